#!/usr/bin/env python3
"""Compresses and restores pictures with the tool, and compares with JPEG, WebP and PNG: demo.py TOOL PICTURES OUT

Peers are those of Pillow: libjpeg-turbo (progressive, optimised tables, the better of 4:2:0 and 4:4:4), libwebp at its slowest
setting, zlib at its best. Their size at the PSNR of a triptych stream is interpolated between the two neighbouring settings. PSNR is over all samples of R, G, B.
"""
import io
import json
import math
import pathlib
import subprocess
import sys

from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageStat

TOOL, PICTURES, OUT = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
QUALITIES = (35, 55, 75)
LIVE = sys.stderr.isatty()


def progress(text):
    if LIVE:
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def tool(*args):
    return subprocess.run([TOOL, *map(str, args)], check=True, stdout=subprocess.PIPE).stdout


def psnr(a, b):
    squares = ImageStat.Stat(ImageChops.difference(a, b)).sum2
    mse = sum(squares) / (a.width * a.height * len(squares))
    return 10 * math.log10(255 * 255 / mse) if mse else math.inf


def saved(picture, **options):
    """(bytes, decoded picture)"""
    file = io.BytesIO()
    picture.save(file, **options)
    return file.tell(), Image.open(file).convert("RGB")


def jpeg(picture, quality, subsampling="4:2:0"):
    return saved(picture, format="JPEG", quality=quality, optimize=True, progressive=True, subsampling=subsampling)


def jpeg_444(picture, quality):
    return jpeg(picture, quality, "4:4:4")


def webp(picture, quality):
    return saved(picture, format="WEBP", quality=quality, method=6)


def size_at(encode, picture, dB):
    """Bytes at that PSNR: bisection over the quality, then linear in log(bytes) between the two neighbours."""
    low, high, points = 0, 100, {}

    def at(q):
        if q not in points:
            size, decoded = encode(picture, q)
            points[q] = math.log(size), psnr(picture, decoded)
        return points[q]
    if not at(low)[1] < dB <= at(high)[1]:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if at(middle)[1] < dB else (low, middle)
    (a, p), (b, q) = points[low], points[high]
    return math.exp(a + (b - a) * (dB - p) / (q - p))


def saving(ours, theirs):
    return "      -" if theirs is None else f"{100 * (1 - ours / theirs):6.1f}%"


def number(size):
    return "       -" if size is None else f"{round(size):8,}"


def lossy(pictures):
    print("\nBytes at equal quality (PSNR): triptych photo against JPEG and WebP\n")
    print("picture     quality     dB      bpp   triptych      JPEG   saved      WebP   saved")
    total = {}
    for name, (path, picture) in pictures.items():
        for q in QUALITIES:
            progress(f"{name}, quality {q} ...")
            stream, back = OUT / f"{name}-q{q}.tpc", OUT / f"{name}-q{q}.png"
            tool("encode", "-f", "-q", q, path, stream)
            tool("decode", "-f", stream, back)
            size, dB = stream.stat().st_size, psnr(picture, Image.open(back).convert("RGB"))
            peers = [min(filter(None, (size_at(e, picture, dB) for e in codecs)), default=None) for codecs in ((jpeg, jpeg_444), (webp,))]
            for key, peer in zip(("JPEG", "WebP"), peers):
                if peer:
                    total.setdefault(key, []).append(math.log(size / peer))
            progress("")
            print(f"{name:12}{q:7}{dB:7.2f}{8 * size / picture.width / picture.height:9.3f}   {number(size)}  {number(peers[0])}"
                  f" {saving(size, peers[0])}  {number(peers[1])} {saving(size, peers[1])}")
    means = ", ".join(f"{100 * (1 - math.exp(sum(v) / len(v))):.1f} % fewer bytes than {k}" for k, v in total.items())
    print(f"\nOn average at equal PSNR: {means}.")


def exact(pictures):
    print("\nLossless: every file decodes to the same samples\n")
    print("picture       raw bytes   triptych       PNG   saved      WebP   saved")
    for name, (path, picture) in pictures.items():
        progress(f"{name}, lossless ...")
        stream, back = OUT / f"{name}-lossless.tpc", OUT / f"{name}-lossless.png"
        tool("encode", "-f", "--lossless", path, stream)
        tool("decode", "-f", stream, back)
        if Image.open(back).convert("RGB").tobytes() != picture.tobytes():
            sys.exit(f"{name}: the restored picture differs")
        size = stream.stat().st_size
        png = saved(picture, format="PNG", optimize=True)[0]
        progress(f"{name}, WebP lossless at its slowest ...")
        peer = saved(picture, format="WEBP", lossless=True, quality=100, method=6)[0]
        progress("")
        print(f"{name:12}{picture.width * picture.height * 3:11,}   {number(size)}  {number(png)} {saving(size, png)}  {number(peer)}"
              f" {saving(size, peer)}")


def font(size):
    try:
        return ImageFont.truetype("DejaVuSans.ttf", size)
    except OSError:
        return ImageFont.load_default()


def montage(name, path, picture, corner, side, bpp):
    """Original, triptych and JPEG of the same size, and a detail of each, enlarged."""
    progress(f"{name}, side by side ...")
    stream, back = OUT / "montage.tpc", OUT / "montage.png"
    tool("encode", "-f", "--bpp", bpp, path, stream)
    tool("decode", "-f", stream, back)
    ours, size = Image.open(back).convert("RGB"), stream.stat().st_size
    # The best JPEG that is not larger, or the smallest there is.
    fitting = [(n, d) for n, d in (jpeg(picture, q) for q in range(100, -1, -1)) if n <= size]
    peer_size, peer = fitting[0] if fitting else jpeg(picture, 0)
    columns = [(picture, "original", f"{picture.width * picture.height * 3:,} bytes"),
               (ours, "triptych", f"{size:,} bytes, {psnr(picture, ours):.1f} dB"),
               (peer, "JPEG", f"{peer_size:,} bytes, {psnr(picture, peer):.1f} dB")]
    gap, text, zoom = 16, 56, picture.width
    sheet = Image.new("RGB", (3 * picture.width + 4 * gap, text + picture.height + zoom + 3 * gap), "white")
    draw = ImageDraw.Draw(sheet)
    for i, (shown, title, facts) in enumerate(columns):
        x = gap + i * (picture.width + gap)
        draw.text((x, 12), title, "black", font(28))
        draw.text((x + 170, 20), facts, "dimgray", font(20))
        detail = shown.crop((*corner, corner[0] + side, corner[1] + side)).resize((zoom, zoom), Image.NEAREST)
        sheet.paste(detail, (x, text + picture.height + gap))
        shown = shown.copy()
        ImageDraw.Draw(shown).rectangle((*corner, corner[0] + side, corner[1] + side), outline="white")
        sheet.paste(shown, (x, text))
    target = OUT / "side-by-side.png"
    sheet.save(target)
    back.unlink()
    stream.unlink()
    progress("")
    print(f"\nThe same bytes for both, to look at: {target}\nStreams and restored pictures lie beside it, in {OUT}/.")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    pictures = {p.stem: (p, Image.open(p).convert("RGB")) for p in sorted(PICTURES.glob("*.png"))}
    some = next(iter(pictures.values()))[0]
    about = json.loads(tool("info", "--json", some))
    assert about["components"] == 3 and about["samples"] == "uint8"
    lossy(pictures)
    exact(pictures)
    montage("dog", *pictures["dog"], corner=(130, 60), side=192, bpp=0.35)


if __name__ == "__main__":
    main()
