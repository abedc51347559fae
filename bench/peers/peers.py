#!/usr/bin/env python3
"""triptych and its peers side by side on a folder of pictures.

    python3 bench/peers/peers.py DIR [--out build/peers] [--codecs photo,jpeg,webp,...] [--limit N]
    python3 bench/peers/peers.py DIR --lossless

Lossy: every codec runs at constant quality settings (for ours, constant quantisation steps). For each setting the bits a pixel, the
mean PSNR over RGB and the mean MS-SSIM of the luma go to curves.csv; the curves are drawn to curves.png and the BD-rate against
libjpeg-turbo 4:2:0 is printed, as the change of the mean curve and as the mean of the changes picture by picture, from 0.1 to 2
bits a pixel. Lossless: bits a pixel. Every decoded picture is compared with the original here, in this script.

Ours runs as the command-line tool (build/release/bin/triptych), so its times are those of a process; the peers run in this process
on one thread. Times are CPU seconds.
"""
import argparse
import csv
import io
import math
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
import imagecodecs as ic
import numpy as np
from PIL import Image
from scipy.ndimage import correlate1d

from bd import bd_rate

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "build" / "release" / "bin" / "triptych"
ANCHOR = "jpeg-420"

# ---------------------------------------------------------------------------------------------------------------- metrics
WEIGHTS = np.array([0.0448, 0.2856, 0.3001, 0.2363, 0.1333])  # Wang, Simoncelli, Bovik 2003
GAUSS = np.exp(-0.5 * ((np.arange(11) - 5) / 1.5) ** 2)
GAUSS /= GAUSS.sum()
C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def blur(a):
    return correlate1d(correlate1d(a, GAUSS, axis=0)[5:-5], GAUSS, axis=1)[:, 5:-5]


def ms_ssim(x, y):
    out = 1.0
    for scale in range(5):
        mx, my = blur(x), blur(y)
        contrast = (2 * (blur(x * y) - mx * my) + C2) / (blur(x * x) - mx * mx + blur(y * y) - my * my + C2)
        if scale == 4:
            contrast = contrast * (2 * mx * my + C1) / (mx * mx + my * my + C1)
        out *= max(float(contrast.mean()), 0.0) ** WEIGHTS[scale]
        h, w = x.shape[0] & ~1, x.shape[1] & ~1
        x, y = (0.25 * (a[0:h:2, 0:w:2] + a[1:h:2, 0:w:2] + a[0:h:2, 1:w:2] + a[1:h:2, 1:w:2]) for a in (x, y))
    return out


def psnr(a, b):
    error = float(((a.astype(np.float64) - b.astype(np.float64)) ** 2).mean())
    return 99.0 if error == 0 else 10 * math.log10(255**2 / error)


def luma(a):
    return a.astype(np.float64) @ np.array([0.299, 0.587, 0.114])


# ----------------------------------------------------------------------------------------------------------------- codecs
def ppm(a):
    return b"P6\n%d %d\n255\n" % (a.shape[1], a.shape[0]) + a.tobytes()


def ours(codec, goal):
    """Encoder and decoder of the command-line tool; `goal` makes the options from a setting."""

    def encode(a, q):
        return subprocess.run([TOOL, "encode", "--codec", codec, *goal(q), "-", "-"], input=ppm(a), stdout=subprocess.PIPE, check=True).stdout

    def decode(b):
        got = subprocess.run([TOOL, "decode", "--format", "ppm", "-", "-"], input=b, stdout=subprocess.PIPE, check=True).stdout
        return np.asarray(Image.open(io.BytesIO(got)))

    return encode, decode


def pil(fmt, **options):
    def encode(a, q):
        out = io.BytesIO()
        Image.fromarray(a).save(out, fmt, quality=q, **options)
        return out.getvalue()

    return encode, lambda b: np.asarray(Image.open(io.BytesIO(b)).convert("RGB"))


STEPS = [8, 12, 18, 27, 40, 60, 95, 160]  # 2.4 to 0.1 bits a pixel on photographs


def step(q):
    return ["--step", str(q)]


LOSSY = {
    "jpeg-420": (lambda a, q: ic.jpeg8_encode(a, level=q, subsampling="420"), ic.jpeg8_decode, [5, 10, 20, 30, 45, 60, 75, 88]),
    "jpeg-420-progressive": (*pil("JPEG", subsampling=2, optimize=True, progressive=True), [5, 10, 20, 30, 45, 60, 75, 88]),
    "webp-m6": (lambda a, q: ic.webp_encode(a, level=q, method=6, lossless=False), ic.webp_decode, [1, 8, 20, 35, 52, 70, 82, 92]),
    "jpegxl-e7": (lambda a, q: ic.jpegxl_encode(a, effort=7, distance=q, numthreads=1), lambda b: ic.jpegxl_decode(b, numthreads=1), [0.6, 1.0, 1.6, 2.6, 4.2, 7.0, 11.0, 18.0]),
    "avif-s6-444": (*pil("AVIF", speed=6, subsampling="4:4:4", codec="aom", max_threads=1, advanced={"tune": "psnr"}), [8, 16, 25, 34, 43, 52, 61, 72]),
    "photo": (*ours("photo", step), STEPS),
}
LOSSLESS = {
    "png-9": (lambda a, q: ic.png_encode(a, level=9), ic.png_decode),
    "webp-lossless": (lambda a, q: ic.webp_encode(a, lossless=True, level=100, method=6), ic.webp_decode),
    "jpegls": (lambda a, q: ic.jpegls_encode(a), ic.jpegls_decode),
    "jpegxl-e7": (lambda a, q: ic.jpegxl_encode(a, lossless=True, effort=7, numthreads=1), lambda b: ic.jpegxl_decode(b, numthreads=1)),
    "lossless": ours("lossless", lambda q: []),
}


def add_ours(table, names, lossless):
    """Codecs of the tool that are asked for by name and have no row yet."""
    for name in names:
        if name not in table:
            table[name] = ours(name, lambda q: []) if lossless else (*ours(name, step), STEPS)


# -------------------------------------------------------------------------------------------------------------- measuring
def cpu():
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def timed(f, *a):
    start = cpu()
    got = f(*a)
    return got, cpu() - start


def progress(done, total, what):
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{what:24s} [{'#' * (40 * done // total):40s}] {done}/{total}" + ("\n" if done == total else ""))


def measure(table, names, pictures, lossless):
    rows = []
    for name in names:
        encode, decode = table[name][:2]
        qualities = [0] if lossless else table[name][2]
        for k, q in enumerate(qualities):
            for path in pictures:
                a = np.ascontiguousarray(np.asarray(Image.open(path).convert("RGB")))
                coded, encode_s = timed(encode, a, q)
                decoded, decode_s = timed(decode, bytes(coded))
                if lossless and not np.array_equal(decoded, a):
                    sys.exit(f"{name} is not lossless on {path.name}")
                row = dict(codec=name, quality=q, image=path.name, bpp=8 * len(coded) / (a.shape[0] * a.shape[1]), encode_s=encode_s, decode_s=decode_s, bytes=a.size)
                if not lossless:
                    row.update(psnr_rgb=psnr(a, decoded), msssim_y=ms_ssim(luma(a), luma(decoded)) if min(a.shape[:2]) >= 176 else math.nan)
                rows.append(row)
            progress(k + 1, len(qualities), name)
    return rows


def earlier(path, names):
    """Rows of a table that an earlier run has left, of other codecs than those measured now."""
    if not path.exists():
        return []
    with open(path) as f:
        rows = [r for r in csv.DictReader(f) if r["codec"] not in names]
    text = ("codec", "image")
    return [{k: v if k in text else float(v) for k, v in r.items()} for r in rows]


def mean(rows, key):
    return float(np.mean([r[key] for r in rows]))


def points(rows, name, metric, picture=None):
    """A curve's (bpp, dB) points: means over the pictures, or those of one picture."""
    out = []
    for q in dict.fromkeys(r["quality"] for r in rows if r["codec"] == name):
        group = [r for r in rows if r["codec"] == name and r["quality"] == q and picture in (None, r["image"])]
        value = mean(group, metric)
        out.append((mean(group, "bpp"), -10 * math.log10(max(1e-12, 1 - value)) if metric.startswith("msssim") else value))
    return out


def speed(rows, name, key):
    group = [r for r in rows if r["codec"] == name]
    return sum(r["bytes"] for r in group) / 1e6 / max(sum(r[key] for r in group), 1e-9)


def number(x):
    return "-" if x is None else f"{x:+.1f} %"


def report(rows, names, pictures, out):
    print(f"| codec | BD-rate PSNR-RGB, mean curve | by picture | BD-rate MS-SSIM (Y) | encode MB/s | decode MB/s |")
    print("|---|---:|---:|---:|---:|---:|")
    for name in names:
        by_picture = [bd_rate(points(rows, ANCHOR, "psnr_rgb", p.name), points(rows, name, "psnr_rgb", p.name)) for p in pictures]
        by_picture = [b for b in by_picture if b is not None]
        print(f"| {name} | {number(bd_rate(points(rows, ANCHOR, 'psnr_rgb'), points(rows, name, 'psnr_rgb')))} "
              f"| {number(float(np.mean(by_picture)) if by_picture else None)} "
              f"| {number(bd_rate(points(rows, ANCHOR, 'msssim_y'), points(rows, name, 'msssim_y')))} "
              f"| {speed(rows, name, 'encode_s'):.1f} | {speed(rows, name, 'decode_s'):.1f} |")
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(14, 6))
    for ax, metric, label in zip(axes, ["psnr_rgb", "msssim_y"], ["PSNR over RGB, dB", "MS-SSIM of luma, dB"]):
        for name in names:
            curve = np.array(points(rows, name, metric))
            own = name not in ("jpeg-420", "jpeg-420-progressive", "webp-m6", "jpegxl-e7", "avif-s6-444")
            ax.plot(curve[:, 0], curve[:, 1], marker="o", markersize=4, linewidth=2.5 if own else 1.3, label=name)
        ax.set_xlim(0, 2.2)
        low = [v for name in names for b, v in points(rows, name, metric) if b <= 2.2]
        ax.set_ylim(min(low) - 0.5, max(low) + 0.5)
        ax.set_xlabel("bits per pixel")
        ax.set_ylabel(label)
        ax.grid(alpha=0.3)
        ax.legend(loc="lower right")
    figure.suptitle(f"Mean over {len(pictures)} pictures at constant quality settings")
    figure.tight_layout()
    figure.savefig(out / "curves.png", dpi=110)
    print(f"\ncurves: {out / 'curves.png'}")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("folder", type=Path)
    ap.add_argument("--out", type=Path, default=ROOT / "build" / "peers")
    ap.add_argument("--codecs", default="", help="comma-separated; default: all. Any other name is a codec of the tool. "
                    "Results of other codecs that an earlier run has left in the output folder are kept.")
    ap.add_argument("--lossless", action="store_true")
    ap.add_argument("--limit", type=int, default=0, help="the first N pictures only")
    a = ap.parse_args()
    table = LOSSLESS if a.lossless else LOSSY
    names = a.codecs.split(",") if a.codecs else list(table)
    add_ours(table, names, a.lossless)
    table_file = a.out / ("lossless.csv" if a.lossless else "curves.csv")
    kept = earlier(table_file, names) if a.codecs else []
    if not a.lossless and ANCHOR not in names and ANCHOR not in (r["codec"] for r in kept):
        names.insert(0, ANCHOR)
    pictures = sorted(p for p in a.folder.iterdir() if p.suffix.lower() in (".png", ".ppm", ".tif", ".tiff"))
    pictures = pictures[: a.limit] if a.limit else pictures
    if not pictures:
        sys.exit(f"no pictures in {a.folder}")
    if not TOOL.exists():
        sys.exit(f"{TOOL} is missing: cmake --preset release && cmake --build --preset release")
    a.out.mkdir(parents=True, exist_ok=True)
    rows = kept + measure(table, names, pictures, a.lossless)
    names = list(dict.fromkeys(r["codec"] for r in rows))
    with open(table_file, "w", newline="") as f:
        writer = csv.DictWriter(f, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    if not a.lossless:
        return report(rows, names, pictures, a.out)
    reference = mean([r for r in rows if r["codec"] == names[0]], "bpp")
    print(f"| codec | bits per pixel | against {names[0]} | encode MB/s | decode MB/s |")
    print("|---|---:|---:|---:|---:|")
    for name in names:
        bpp = mean([r for r in rows if r["codec"] == name], "bpp")
        print(f"| {name} | {bpp:.3f} | {100 * (bpp / reference - 1):+.1f} % | {speed(rows, name, 'encode_s'):.1f} | {speed(rows, name, 'decode_s'):.1f} |")


if __name__ == "__main__":
    main()
