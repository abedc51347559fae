"""Small pictures of one kind: codecs learned on some, judged on others, beside general codecs on the same files.

    python3 small_pictures.py TOOL DATA [DOMAIN...] [--choose] [--peers N]       (run.sh gets all that it needs)

TOOL is the built `triptych`. DATA holds, for the domains
    xray     xray/*.npz        28 x 28 gray; the parts train and val are learned from, test is judged
    digits   digits/*.npy      28 x 28 gray; the first 8,000 are learned from, the last 2,000 judged
    cells    cells/*.jpg       halved in size and cut into tiles of 64 x 64 RGB; the last 60 photographs are judged
    emoji    emoji/*.png, emoji-test/*.png       72 x 72 RGBA

Ours are mean bytes of records (two of them a checksum), for a container that knows codec, model and extents. Peers' are mean bytes of files, and
in brackets what remains without container and headers, where the format lets one tell. Both at equal mean PSNR: each codec runs at several
qualities, and between two of them the logarithm of the bytes is taken as straight over decibels; "*" marks a codec whose smallest file
is better than the goal. Peers may learn nothing beforehand (zstd's dictionary aside), so systems are compared, not coders:
the size of our model stands beside each result. Lossy peers run on N pictures evenly spread (100; 0 for all), ours and the lossless ones on all.

With --choose, `train` tries the families for each goal; without, the family that it chose is learned at once, at the step it found.
"""
import argparse
import io
import subprocess
import sys
import tempfile
import struct
from pathlib import Path

import imagecodecs as ic
import numpy as np
import zstandard
from PIL import Image


# --- peers ---------------------------------------------------------------------------------------------------------------

def bare(kind, data):
    """Bytes of a file that are picture, neither container nor headers; all of them where that can't be told."""
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
    if kind == "jpeg":  # what follows the last header
        at = data.rindex(b"\xff\xda")
        return len(data) - at - 2 - struct.unpack(">H", data[at + 2:at + 4])[0]
    if kind == "j2k":
        return len(data) - data.index(b"\xff\x93") - 2
    if kind == "png":
        return data.count(b"IDAT") and sum(n for n, name in png_chunks(data) if name == b"IDAT")
    return len(data)  # imagecodecs writes naked JPEG XL codestreams


def png_chunks(data):
    at = 8
    while at < len(data):
        n, name = struct.unpack(">I4s", data[at:at + 8])
        yield n, name
        at += 12 + n


def rgb(x):
    return np.repeat(x[..., None], 3, 2) if x.ndim == 2 else x


def jpeg(p, q):
    out = io.BytesIO()
    Image.fromarray(p).save(out, "JPEG", quality=q, optimize=True, subsampling=0 if q > 60 else 2)
    return out.getvalue()


# kind, encoder, decoder, qualities from the smallest file to the largest
LOSSY = {
    "WebP, method 6": ("webp", lambda p, q: ic.webp_encode(rgb(p), level=q, method=6, lossless=False), ic.webp_decode, (0, 5, 10, 20, 30, 40, 50, 60, 70, 80, 87, 93, 97)),
    "AVIF 4:4:4, speed 4": ("avif", lambda p, q: ic.avif_encode(rgb(p), level=q, speed=4, pixelformat="444"), ic.avif_decode,
                            (5, 15, 25, 35, 45, 55, 65, 75, 85, 93)),
    "JPEG XL, effort 9": ("jxl", lambda p, d: ic.jpegxl_encode(p, distance=d, effort=9), ic.jpegxl_decode, (15, 11, 8, 6, 4.5, 3.3, 2.4, 1.7, 1.2, 0.8, 0.5)),
    "JPEG 2000": ("j2k", lambda p, d: ic.jpeg2k_encode(p, level=d, codecformat="j2k", reversible=False), ic.jpeg2k_decode,
                  (20, 23, 26, 29, 32, 35, 38, 41)),
    "JPEG, optimised": ("jpeg", jpeg, lambda d: np.array(Image.open(io.BytesIO(d))), (3, 6, 10, 15, 22, 30, 40, 50, 60, 70, 80, 88, 94)),
}


def psnr(a, b):
    e = np.mean((a.astype(float) - b) ** 2)
    return 10 * np.log10(255 ** 2 / max(e, 1e-2))


def like(p, decoded):
    return decoded[..., 0] if p.ndim == 2 and decoded.ndim == 3 else decoded[..., :3] if p.ndim == 3 else decoded


def at_goal(points, wanted):
    """(bytes, bare bytes, remark) at a mean PSNR, from points (PSNR, bytes, bare) of rising quality."""
    points = sorted(points)
    if wanted <= points[0][0]:
        return points[0][1], points[0][2], "*"
    for (d0, *a), (d1, *b) in zip(points, points[1:]):
        if d0 <= wanted <= d1:
            t = (wanted - d0) / max(d1 - d0, 1e-9)
            return (*(x * (y / x) ** t for x, y in zip(a, b)), "")
    return None


def sampled(pictures, n):
    return pictures if not n or len(pictures) <= n else [pictures[i * len(pictures) // n] for i in range(n)]


def curves(pictures):
    found = {}
    for name, (kind, encode, decode, qualities) in LOSSY.items():
        found[name] = []
        for q in qualities:
            files = [encode(p, q) for p in pictures]
            found[name].append((np.mean([psnr(p, like(p, decode(f))) for p, f in zip(pictures, files)]),
                                np.mean([len(f) for f in files]), np.mean([bare(kind, f) for f in files])))
    return found


def floors(pictures, wanted):
    """For each picture the smallest file that keeps `wanted` dB, found by bisection of the qualities."""
    for name, (kind, encode, decode, qualities) in LOSSY.items():
        if name.startswith("JPEG 2") or name.startswith("JPEG,"):
            continue
        files = []
        for p in pictures:
            low, high, best = 0, len(qualities), None
            while low < high:
                middle = (low + high) // 2
                data = encode(p, qualities[middle])
                if psnr(p, like(p, decode(data))) >= wanted:
                    best, high = data, middle
                else:
                    low = middle + 1
            if best:
                files.append(best)
        line(name, np.mean([len(d) for d in files]), remark=f"({np.mean([bare(kind, d) for d in files]):.1f}) {len(files)} of {len(pictures)} pictures reach it")


def lossless_peers(known, pictures):
    kinds = {"WebP lossless, method 6": ("webp", lambda p: ic.webp_encode(rgb(p), lossless=True, method=6)),
             "JPEG XL, effort 9": ("jxl", lambda p: ic.jpegxl_encode(p, lossless=True, effort=9)),
             "PNG, level 9": ("png", lambda p: ic.png_encode(p, level=9))}
    for name, (kind, encode) in kinds.items():
        files = [encode(p) for p in pictures]
        line(name, np.mean([len(d) for d in files]), remark=f"({np.mean([bare(kind, d) for d in files]):.1f})")
    dictionary = zstandard.train_dictionary(112_640, [p.tobytes() for p in known])
    packer = zstandard.ZstdCompressor(level=19, dict_data=dictionary, write_checksum=False, write_content_size=False, write_dict_id=False)
    line("zstd -19, trained dictionary", np.mean([len(packer.compress(p.tobytes())) for p in pictures]), len(dictionary.as_bytes()))


# --- ours ----------------------------------------------------------------------------------------------------------------

class Ours:
    def __init__(self, tool, scratch, choose):
        self.tool, self.scratch, self.choose = tool, Path(scratch), choose

    def __call__(self, *words):
        return subprocess.run([self.tool, *map(str, words)], check=True, stdout=subprocess.PIPE).stdout.decode()

    def learn(self, corpus, goal, codec, step=None, size=1_000_000):
        model = self.scratch / "model.safetensors"
        if self.choose:
            how = ["--psnr", goal] if goal else ["--lossless"]
            report = self("train", model, "-f", "--corpus", corpus, "--model-size", size, *how)
            print("    " + report.replace("\n", "\n    "))
        else:
            self("train", model, "-f", "--codec", codec, "--corpus", corpus, "--model-size", size, *(["--step", step] if step else []))
        return model

    def judge(self, model, test, step=None):
        """(PSNR, bytes, bytes, step) for each step; of the model's own if none is given."""
        steps = ["--step", ",".join(f"{s:.4g}" for s in step)] if step else []
        rows = self("evaluate", test, "--model", model, "--records", "--csv", "-j", 2, *steps).splitlines()
        head = rows[0].split(",")
        for r in rows[1:]:
            at = dict(zip(head, r.split(",")))
            yield float(at["psnr_rgb"]), *[int(at["total_bytes"]) / int(at["images"])] * 2, at["codec"], float(at["quality"])


def line(name, size, model=None, remark=""):
    print(f"  {name:34} {size:9.1f} B  {'model %.2f MB' % (model / 1e6) if model else '':14}  {remark}", flush=True)


def lossy(ours, name, corpus, test, pictures, plan):
    """`plan`: (goal in dB, family, step) for each goal."""
    peers = curves(pictures) if pictures else {}
    for goal, codec, step in plan:
        print(f"\n{name}, {goal} dB mean PSNR")
        model = ours.learn(corpus, goal, codec, step)
        (_, _, _, codec, own), = ours.judge(model, test)
        points = list(ours.judge(model, test, [own * 2 ** (i / 6) for i in (-5, -2, 0, 2, 6)]))
        found = at_goal([p[:3] for p in points], goal) or (points[0][1], 0, f"only {points[0][0]:.2f} dB")
        line(f"triptych {codec}, step {own:.4g}", found[0], model.stat().st_size, found[2])
        for peer, points in peers.items():
            if found := at_goal(points, goal):
                line(peer + found[2], found[0], remark=f"({found[1]:.1f})")


def lossless(ours, name, corpus, test, known, pictures, family, sizes):
    print(f"\n{name}, lossless, {len(pictures)} pictures of {pictures[0].shape}")
    for size in sizes:
        model = ours.learn(corpus, None, family, None, size)
        (_, mean, _, codec, _), = ours.judge(model, test)
        line(f"triptych {codec}", mean, model.stat().st_size)
    lossless_peers(known, pictures)


# --- domains -------------------------------------------------------------------------------------------------------------

def xray(ours, data, scratch, n):
    z = np.load(next((data / "xray").glob("*.npz")))
    known, test = np.concatenate([z["train_images"], z["val_images"]]), z["test_images"]
    paths = scratch / "xray-known.npy", scratch / "xray-test.npy"
    np.save(paths[0], known), np.save(paths[1], test)
    lossy(ours, "xray", *paths, sampled(list(test), n), [(31, "scans", 42), (35, "scans", 22), (40, "scans", 11)])
    lossless(ours, "xray", *paths, list(known), list(test), "registered", (1_000_000,))


def digits(ours, data, scratch, n):
    stack = np.load(next((data / "digits").glob("*images*.npy")))
    paths = scratch / "digits-known.npy", scratch / "digits-test.npy"
    np.save(paths[0], stack[:8000]), np.save(paths[1], stack[8000:])
    lossy(ours, "digits", *paths, sampled(list(stack[8000:]), n), [(20, "levels2", 95), (25, "levels2", 67), (30, "levels4", 40)])
    lossless(ours, "digits", *paths, list(stack[:8000]), list(stack[8000:]), "icons", (1_000_000,))


def cells(ours, data, scratch, n):
    files = sorted((data / "cells").glob("*.jpg"))
    folders = scratch / "cells-known", scratch / "cells-test"
    test = []
    for i, f in enumerate(files):
        whole = np.asarray(Image.open(f).convert("RGB")).astype(float)
        half = np.rint((whole[0::2, 0::2] + whole[1::2, 0::2] + whole[0::2, 1::2] + whole[1::2, 1::2]) / 4).astype(np.uint8)
        folder = folders[i >= len(files) - 60]
        folder.mkdir(exist_ok=True)
        for y in range(0, half.shape[0] - 63, 64):
            for x in range(0, half.shape[1] - 63, 64):
                tile = half[y:y + 64, x:x + 64]
                Image.fromarray(tile).save(folder / f"{i:03}-{y:03}-{x:03}.png", compress_level=1)
                if folder == folders[1]:
                    test.append(tile)
    lossy(ours, "cells", *folders, sampled(test, n), [(34, "blocks", 78), (37, "blocks", 42), (40, "blocks", 22)])


def on_white(p):
    a = p[..., 3:].astype(float)
    return np.rint((p[..., :3] * a + 255 * (255 - a)) / 255).astype(np.uint8)


def emoji(ours, data, scratch, n):
    folders = data / "emoji", data / "emoji-test"
    known, pictures = ([np.array(Image.open(f).convert("RGBA")) for f in sorted(d.glob("*.png"))] for d in folders)
    lossless(ours, "emoji", *folders, known, pictures, "icons", (1_000_000, 10_000_000))

    # A bound on each picture's mean squared error, not a mean: the step whose uniform error lies at 32 dB.
    step = 255 / 10 ** (32 / 20) * 12 ** 0.5
    print("\nemoji composited on white, at least 32 dB each; ours carries the alpha as well")
    model = ours.learn(folders[0], 32, "palette", step)
    ours("pack", scratch / "emoji.tpk", folders[1], "-f", "--model", model, "--step", step)
    ours("unpack", scratch / "emoji.tpk", scratch / "again", "-f")
    again = [np.array(Image.open(f).convert("RGBA")) for f in sorted((scratch / "again").glob("*.png"))]
    found = [psnr(on_white(a), on_white(b)) for a, b in zip(pictures, again, strict=True)]
    (_, mean, _, codec, _), = ours.judge(model, folders[1], [step])
    line(f"triptych {codec}, step {step:.4g}", mean, model.stat().st_size, f"{np.mean(found):.2f} dB on white, least {min(found):.2f}")
    floors([on_white(p) for p in sampled(pictures, n)], 32)


DOMAINS = {f.__name__: f for f in (xray, digits, cells, emoji)}


def main():
    p = argparse.ArgumentParser()
    p.add_argument("tool")
    p.add_argument("data", type=Path)
    p.add_argument("domain", nargs="*", help=f"of {', '.join(DOMAINS)}; all if none is named")
    p.add_argument("--choose", action="store_true", help="let train try the families for each goal")
    p.add_argument("--peers", type=int, default=100, metavar="N", help="pictures for lossy peers, 0 for all")
    a = p.parse_args()
    for name in a.domain or DOMAINS:
        with tempfile.TemporaryDirectory() as scratch:
            DOMAINS[name](Ours(a.tool, scratch, a.choose), a.data, Path(scratch), a.peers)


if __name__ == "__main__":
    sys.exit(main())
