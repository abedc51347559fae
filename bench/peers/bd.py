"""Bjontegaard delta rate between two rate-distortion curves.

log10(rate) is interpolated over the metric (dB) with PCHIP, a monotone piecewise cubic, and the mean difference over the
common range is the mean change of rate at equal quality: negative means fewer bits. (G. Bjontegaard, VCEG-M33, 2001; PCHIP
in place of a cubic fit as in later practice.)
"""
import math

import numpy as np
from scipy.interpolate import PchipInterpolator


def curve(points):
    """(bpp, dB) pairs to a strictly increasing metric and log10 of the rate."""
    metric, rate = [], []
    for bpp, value in sorted(points):
        if not metric or (value > metric[-1] + 1e-9 and bpp > 10 ** rate[-1]):
            metric.append(value)
            rate.append(math.log10(bpp))
    return np.array(metric), np.array(rate)


def bd_rate(anchor, test, min_bpp=0.1, max_bpp=2.0):
    """Percent of rate at equal quality, over the part of the anchor's curve between the two rates; None if the curves do not
    overlap by half a dB."""
    (am, ar), (tm, tr) = curve(anchor), curve(test)
    if len(am) < 2 or len(tm) < 2:
        return None
    fa, ft, inverse = PchipInterpolator(am, ar), PchipInterpolator(tm, tr), PchipInterpolator(ar, am)
    low, high = max(am[0], tm[0]), min(am[-1], tm[-1])
    if math.log10(min_bpp) > ar[0]:
        low = max(low, float(inverse(math.log10(min_bpp))))
    if math.log10(max_bpp) < ar[-1]:
        high = min(high, float(inverse(math.log10(max_bpp))))
    if high - low < 0.5:
        return None
    return (10 ** float((ft.integrate(low, high) - fa.integrate(low, high)) / (high - low)) - 1) * 100
