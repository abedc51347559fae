"""Small pictures of one kind: codecs learned on some, judged on others, beside general codecs on the same files.

    python3 small_pictures.py TOOL DATA [--quick]        (run.sh gets all that it needs)

TOOL is the built `triptych`; DATA holds emoji/ and emoji-test/ (PNG, RGBA) and digits/*.npy (uint8, N x 28 x 28; the first 8,000 are learned
from, the last 2,000 judged). Needs numpy, Pillow and imagecodecs (requirements.txt). Our bytes are those of records (two bytes of checksum
included), for a container that knows codec, model and extents; peers' are their files, and in brackets what remains of them without their
containers. Peers may learn nothing beforehand, so this compares systems, not coders: the size of our model stands beside each result.
"""
import argparse
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import imagecodecs as ic
import numpy as np
from PIL import Image


def bare(kind, data):
    """Bytes of a file that are picture and not container."""
    if kind == "webp":  # RIFF: the chunks' payloads
        at, size = 12, 0
        while at + 8 <= len(data):
            name, n = data[at:at + 4], struct.unpack("<I", data[at + 4:at + 8])[0]
            size += n if name in (b"VP8 ", b"VP8L", b"ALPH") else 0
            at += 8 + n + n % 2
        return size
    if kind == "avif":  # ISO BMFF: the payload of mdat
        at = 0
        while at + 8 <= len(data):
            n, name = struct.unpack(">I4s", data[at:at + 8])
            if name == b"mdat":
                return (n or len(data) - at) - 8
            at += n
    return len(data)  # imagecodecs writes naked JPEG XL codestreams


def psnr(a, b):
    e = np.mean((a.astype(float) - b) ** 2)
    return 10 * np.log10(255 ** 2 / max(e, 1e-9))


def on_white(p):
    a = p[..., 3:].astype(float)
    return np.rint((p[..., :3] * a + 255 * (255 - a)) / 255).astype(np.uint8)


class Ours:
    def __init__(self, tool, scratch):
        self.tool, self.scratch = tool, Path(scratch)

    def __call__(self, *words):
        return subprocess.run([self.tool, *map(str, words)], check=True, stdout=subprocess.PIPE).stdout.decode()

    def learn(self, codec, corpus, size=1_000_000, step=None):
        model = self.scratch / "model.safetensors"
        self("train", model, "-f", "--codec", codec, "--corpus", corpus, "--model-size", size, *(["--step", step] if step else []))
        return model

    def judge(self, codec, model, test, step=None):
        """Mean bytes of a record, mean PSNR."""
        rows = self("evaluate", test, "--codec", codec, "--model", model, "--records", "--csv", "-j", 2, *(["--step", step] if step else []))
        head, row = [r.split(",") for r in rows.splitlines()]
        at = dict(zip(head, row))
        return int(at["total_bytes"]) / int(at["images"]), float(at["psnr_rgb"])

    def through(self, codec, model, picture, step):
        here = self.scratch / "x.tpc", self.scratch / "x.png"
        self("encode", picture, here[0], "-f", "--codec", codec, "--model", model, "--step", step)
        self("decode", here[0], here[1], "-f", "--model", model)
        return np.array(Image.open(here[1]).convert("RGBA"))


def line(name, size, model=None, remark=""):
    print(f"{name:44} {size:9.1f} B  {'model %.2f MB' % (model / 1e6) if model else '':14}  {remark}", flush=True)


def lossless_peers(pictures):
    as_rgb = [p if p.ndim == 3 else np.repeat(p[..., None], 3, 2) for p in pictures]
    files = {"WebP lossless, method 6": ("webp", [ic.webp_encode(p, lossless=True, method=6) for p in as_rgb]),
             "JPEG XL, effort 9": ("jxl", [ic.jpegxl_encode(p, lossless=True, effort=9) for p in pictures]),
             "PNG, level 9": ("png", [ic.png_encode(p, level=9) for p in pictures])}
    for name, (kind, data) in files.items():
        line(name, np.mean([len(d) for d in data]), remark=f"({np.mean([bare(kind, d) for d in data]):.1f})")


def smallest(picture, encode, decode, settings, wanted):
    """The smallest file that keeps `wanted` dB, over all settings."""
    best = None
    for s in settings:
        data = encode(picture, s)
        if psnr(picture, decode(data)[..., :3]) >= wanted and (best is None or len(data) < len(best)):
            best = data
    return best


def lossy_peers(pictures, wanted):
    """Each picture's smallest file at the wanted PSNR or above, which flatters peers: ours has one setting."""
    def rgb(x):
        return np.repeat(x[..., None], 3, 2) if x.ndim == 2 else x

    peers = {
        "AVIF 4:4:4, speed 2": ("avif", lambda p, q: ic.avif_encode(p, level=q, speed=2, pixelformat="444"), ic.avif_decode, range(5, 96, 5)),
        "WebP, method 6": ("webp", lambda p, q: ic.webp_encode(p, level=q, method=6), ic.webp_decode, range(0, 101, 4)),
        "JPEG XL, effort 7": ("jxl", lambda p, d: ic.jpegxl_encode(p, distance=d, effort=7), ic.jpegxl_decode,
                              [0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12, 15]),
    }
    for name, (kind, encode, decode, settings) in peers.items():
        data = [smallest(p, encode, lambda d: rgb(decode(d)), settings, wanted) for p in map(rgb, pictures)]
        met = [d for d in data if d]
        line(name, np.mean([len(d) for d in met]), remark=f"({np.mean([bare(kind, d) for d in met]):.1f}) {len(met)} of {len(data)} pictures reach it")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("tool")
    p.add_argument("data", type=Path)
    p.add_argument("--quick", action="store_true", help="lossy peers on every eighth picture")
    a = p.parse_args()
    every = 8 if a.quick else 1
    with tempfile.TemporaryDirectory() as scratch:
        ours = Ours(a.tool, scratch)
        icons, unseen = a.data / "emoji", a.data / "emoji-test"
        names = sorted(unseen.glob("*.png"))
        pictures = [np.array(Image.open(n).convert("RGBA")) for n in names]
        print(f"\nicons, lossless, {len(pictures)} unseen of {pictures[0].shape}")
        for size in (1_000_000, 10_000_000):
            model = ours.learn("icons", icons, size)
            line("triptych icons", ours.judge("icons", model, unseen)[0], model.stat().st_size)
        lossless_peers(pictures)

        step = 22.1  # 255 / 10^(32 / 20) * sqrt(12) is 22.2
        print("\nicons on white, at least 32 dB each")
        model = ours.learn("palette", icons, step=step)
        size, _ = ours.judge("palette", model, unseen, step)
        found = [psnr(on_white(p), on_white(ours.through("palette", model, n, step))) for n, p in zip(names, pictures)]
        line("triptych palette (with alpha)", size, model.stat().st_size, f"{np.mean(found):.2f} dB, least {min(found):.2f}")
        lossy_peers([on_white(p) for p in pictures[::every]], 32)

        stack = np.load(next((a.data / "digits").glob("*images*.npy")))
        known, test = Path(scratch) / "known.npy", Path(scratch) / "test.npy"
        np.save(known, stack[:8000]), np.save(test, stack[8000:])
        digits = list(stack[8000:])
        print(f"\ndigits, lossless, {len(digits)} unseen")
        for size in (60_000, 1_000_000):
            model = ours.learn("icons", known, size)
            line("triptych icons", ours.judge("icons", model, test)[0], model.stat().st_size)
        lossless_peers(digits)
        print("\ndigits, mean PSNR")
        for codec, step in (("levels2", 104), ("levels2", 60), ("levels2", 1), ("levels4", 36), ("levels4", 1)):
            model = ours.learn(codec, known, 200_000, step)
            size, dB = ours.judge(codec, model, test, step)
            line(f"triptych {codec}, step {step}", size, model.stat().st_size, f"{dB:.2f} dB")
        for wanted in (20, 25, 30):
            print(f"  at least {wanted} dB each:")
            lossy_peers(digits[::5 * every], wanted)


if __name__ == "__main__":
    sys.exit(main())
