#!/usr/bin/env python3
"""Prints the truths of structure.cpp and bd_rate.cpp, by scikit-image, SciPy and NumPy alone.

Needs numpy, scipy and scikit-image. The pictures come from an integer generator that the tests repeat.
"""
import math

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import correlate1d
from skimage.metrics import mean_squared_error, peak_signal_noise_ratio, structural_similarity


def pictures(height, width, components, noise):
    """Ramps that wrap, with noise; and the same with more noise."""
    state = 12345
    a = np.zeros((height, width, components), np.uint8)
    b = np.zeros_like(a)
    for y in range(height):
        for x in range(width):
            for c in range(components):
                state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
                v = (2 * x + 3 * y + 40 * c + (state >> 24) // 8) & 255
                state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
                a[y, x, c] = v
                b[y, x, c] = min(max(v + ((state >> 24) - 128) // noise, 0), 255)
    return a, b


def luma(a):
    return a.astype(np.float64) @ np.array([0.299, 0.587, 0.114])


def ssim(a, b):
    return structural_similarity(a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255,
                                 channel_axis=2 if a.ndim == 3 else None)


def ms_ssim(x, y):
    g = np.exp(-0.5 * ((np.arange(11) - 5) / 1.5) ** 2)
    g /= g.sum()
    blur = lambda p: correlate1d(correlate1d(p, g, axis=0)[5:-5], g, axis=1)[:, 5:-5]
    x, y, out = x.astype(np.float64), y.astype(np.float64), 1.0
    for s, w in enumerate([0.0448, 0.2856, 0.3001, 0.2363, 0.1333]):
        mx, my = blur(x), blur(y)
        cs = (2 * (blur(x * y) - mx * my) + 58.5225) / (blur(x * x) - mx * mx + blur(y * y) - my * my + 58.5225)
        v = cs.mean() if s < 4 else (cs * (2 * mx * my + 6.5025) / (mx * mx + my * my + 6.5025)).mean()
        out *= max(v, 0.0) ** w
        h, k = x.shape[0] & ~1, x.shape[1] & ~1
        x, y = (0.25 * (p[0:h:2, 0:k:2] + p[1:h:2, 0:k:2] + p[0:h:2, 1:k:2] + p[1:h:2, 1:k:2]) for p in (x, y))
    return out


def bd_rate(anchor, test, least, most):
    (am, ar), (tm, tr) = ((np.array([q for _, q in c]), np.log10([r for r, _ in c])) for c in (anchor, test))
    lo, hi = max(am[0], tm[0]), min(am[-1], tm[-1])
    inverse = PchipInterpolator(ar, am)
    if math.log10(least) > ar[0]:
        lo = max(lo, float(inverse(math.log10(least))))
    if math.log10(most) < ar[-1]:
        hi = min(hi, float(inverse(math.log10(most))))
    d = (PchipInterpolator(tm, tr).integrate(lo, hi) - PchipInterpolator(am, ar).integrate(lo, hi)) / (hi - lo)
    return (10 ** float(d) - 1) * 100, lo, hi


# Means over the Kodak pictures, bits a pixel and dB (PSNR over RGB).
CURVES = {
    "libjpeg-turbo 4:2:0": [(0.22115, 23.8522), (0.32659, 26.6718), (0.50827, 29.1445), (0.65979, 30.4915),
                            (0.84921, 31.8221), (1.03659, 32.9076), (1.3676, 34.5221), (2.12094, 37.3303)],
    "libjpeg-turbo 4:4:4": [(0.31516, 23.9994), (0.42461, 26.9363), (0.61802, 29.5108), (0.78426, 30.9095),
                            (0.99699, 32.3125), (1.21319, 33.4649), (1.60105, 35.1997), (2.52438, 38.3409)],
    "mozjpeg 4:2:0": [(0.08253, 23.0942), (0.15916, 25.7171), (0.30527, 28.1448), (0.43465, 29.5377),
                      (0.60362, 30.9261), (0.77375, 32.0872), (1.06771, 33.7989), (1.71182, 36.5767)],
}

if __name__ == "__main__":
    for size, noise in (((192, 201, 3), 8), ((192, 201, 3), 2), ((13, 17, 1), 5)):
        a, b = pictures(*size, noise)
        print(size, "noise", noise)
        print("  mse %.17g  psnr %.17g" % (mean_squared_error(a, b), peak_signal_noise_ratio(a, b)))
        if size[2] == 1:
            print("  ssim %.17g" % ssim(a[..., 0], b[..., 0]))
            continue
        ya, yb = luma(a), luma(b)
        print("  psnr_y %.17g" % (10 * math.log10(255 ** 2 / ((ya - yb) ** 2).mean())))
        print("  ssim %.17g  ssim_y %.17g" % (ssim(a, b), ssim(ya, yb)))
        print("  ms_ssim %.17g  ms_ssim_y %.17g" %
              (np.mean([ms_ssim(a[..., c], b[..., c]) for c in range(3)]), ms_ssim(ya, yb)))
    anchor = CURVES["libjpeg-turbo 4:2:0"]
    for name, curve in CURVES.items():
        for least, most in ((1e-9, 1e9), (0.1, 2.0), (0.4, 1.2)):
            print(name, least, most, "%.12g %.12g %.12g" % bd_rate(anchor, curve, least, most))
