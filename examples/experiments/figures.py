"""figures.py OUT FIGURES: what the experiments wrote below OUT, as figures. What an experiment did not write is left out."""
import json
import pathlib
import sys

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

OUT, FIGURES = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
SETS = {"digits-8x8": "digits, 8 × 8", "digits": "digits, 28 × 28", "xray": "x-rays, 28 × 28", "emoji": "emoji, 32 × 32"}
COLOURS = {"digits-8x8": "#c0392b", "digits": "#d68910", "xray": "#2471a3", "emoji": "#1e8449"}
plt.rcParams.update({"font.size": 9, "axes.grid": True, "grid.alpha": 0.3, "figure.dpi": 100, "axes.spines.top": False,
                     "axes.spines.right": False, "legend.frameon": False})


def results(experiment):
    """What an experiment found, set by set."""
    paths = ((s, OUT / s / f"{experiment}.json") for s in SETS)
    return {s: json.loads(p.read_text()) for s, p in paths if p.exists()}


def save(figure, name):
    figure.tight_layout()
    # Few colours make small files, and lines need no more.
    figure.savefig(FIGURES / "plot.png", dpi=110)
    plt.close(figure)
    Image.open(FIGURES / "plot.png").convert("RGB").quantize(64, dither=Image.Dither.NONE).save(FIGURES / name, optimize=True)
    (FIGURES / "plot.png").unlink()


def font(size):
    return ImageFont.truetype(str(pathlib.Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"), size)


def shrunk(picture, side):
    return picture.convert("RGB").resize((side, round(side * picture.height / picture.width)), Image.LANCZOS)


def contact(name, tiles, columns, side, strips=False):
    """Pictures with two lines of text above each, and with `strips` their colours below."""
    text, gap, strip = 36, 8, 22 if strips else 0
    height = text + max(t[0].height * side // t[0].width for t in tiles) + strip
    rows = -(-len(tiles) // columns)
    sheet = Image.new("RGB", (columns * (side + gap) + gap, rows * (height + gap) + gap), "white")
    draw = ImageDraw.Draw(sheet)
    for i, (picture, title, facts) in enumerate(tiles):
        x, y = gap + i % columns * (side + gap), gap + i // columns * (height + gap)
        draw.text((x, y), title, "black", font(14))
        draw.text((x, y + 18), facts, "dimgray", font(11))
        small = shrunk(picture, side)
        sheet.paste(small, (x, y + text))
        if strips:
            colours, counts = np.unique(np.asarray(picture.convert("RGB")).reshape(-1, 3), axis=0, return_counts=True)
            if len(colours) > 256:
                continue
            order = np.argsort(colours @ [0.299, 0.587, 0.114])
            bar = Image.fromarray(colours[order][None].astype(np.uint8)).resize((side, strip - 6), Image.NEAREST)
            sheet.paste(bar, (x, y + text + small.height + 4))
    sheet.save(FIGURES / name, quality=82, optimize=True, progressive=True)


def picture():
    folder = OUT / "dog"
    rows = json.loads((folder / "picture.json").read_text())

    def tile(group, codec, title=None):
        r = next(r for r in rows if (r["group"], r["codec"]) == (group, codec))
        return (Image.open(folder / r["picture"]), title or codec, f"{r['bytes']:,} bytes, {r['learned_bytes']:,} learned, {r['psnr']:.1f} dB")

    gray = Image.open(folder / "gray.png")
    contact("experiments-rows.jpg", [
        (gray, "original, gray", f"{gray.width * gray.height:,} bytes"), tile("rows", "k-means 64", "64 rows, k-means"),
        tile("rows", "SOM 64", "64 rows, SOM"), tile("rows", "DBSCAN 64", "rows, DBSCAN"),
        tile("rows", "PCA 64, step 24", "64 axes of rows, step 24"), tile("rows", "PCA 64, k-means 64", "64 axes, 64 rows"),
        tile("blocks", "4x4, k-means 256", "256 blocks 4×4, k-means"), tile("blocks", "8x8, PCA 16, step 24", "16 axes of blocks 8×8")], 4, 250)
    contact("experiments-palettes.jpg", [tile("colours", f"{name} {k}", f"{name}, {k} colours")
                                         for name, k in (("k-means", 16), ("SOM", 16), ("DBSCAN", 16), ("k-means", 64))], 4, 250, strips=True)

    coders = [r for r in rows if r["group"] == "coders"]
    symbols = list(dict.fromkeys(r["codec"].rsplit(", ", 1)[0] for r in coders))
    figure, axis = plt.subplots(figsize=(7, 2.9))
    for i, (coder, colour) in enumerate((("Huffman", "#7f8c8d"), ("run length", "#2471a3"), ("range", "#c0392b"))):
        bytes_ = [next(r["bytes"] for r in coders if r["codec"] == f"{s}, {coder}") for s in symbols]
        bars = axis.bar(np.arange(len(symbols)) + (i - 1) * 0.27, bytes_, 0.25, label=coder, color=colour)
        axis.bar_label(bars, [f"{b / 1000:.1f}" for b in bytes_], fontsize=7)
    axis.set_yscale("log"), axis.set_ylabel("stream, bytes"), axis.legend(ncol=3, loc="upper right"), axis.set_ylim(top=1.2e6)
    axis.set_xticks(range(len(symbols)), [s.replace(", ", ",\n") for s in symbols]), axis.grid(axis="x", alpha=0)
    save(figure, "experiments-coders.png")


def classify():
    found = results("classify")
    figure, axes = plt.subplots(1, 3, figsize=(11, 3.3), gridspec_kw={"width_ratios": (1.25, 1, 1)})
    for name, f in found.items():
        rows = f["features"]
        pixels = next(r for r in rows if r["features"] == "pixels")
        for kind, style in (("PCA", "o-"), ("k-means", "s--"), ("SOM", "^:")):
            line = [(r["size"], 100 * r["logistic"]) for r in rows if r["features"] == kind]
            axes[0].plot(*zip(*line), style, color=COLOURS[name], ms=4, lw=1.2, label=None)
        axes[0].axhline(100 * pixels["logistic"], color=COLOURS[name], lw=0.8, alpha=0.6)
        axes[0].annotate(f"{SETS[name]}, pixels", (2, 100 * pixels["logistic"]), color=COLOURS[name], fontsize=7,
                         va="top" if name == "digits-8x8" else "bottom")
        axes[1].plot([r["bytes"] for r in f["coded"]], [100 * r["logistic"] for r in f["coded"]], "o-", color=COLOURS[name], ms=4, label=SETS[name])
    for kind, style in (("PCA", "o-"), ("k-means", "s--"), ("SOM", "^:")):
        axes[0].plot([], [], style, color="dimgray", ms=4, label=kind)
    axes[0].legend(fontsize=7, loc="lower right")
    axes[0].set_xscale("log", base=2), axes[0].set_xlabel("features a picture"), axes[0].set_ylabel("right, %")
    axes[0].set_title("logistic regression on features", fontsize=9)
    axes[1].set_xscale("log", base=2), axes[1].set_xlabel("bytes a picture"), axes[1].set_title("… on pictures that were compressed", fontsize=9)
    axes[1].set_xticks([2, 4, 8, 16, 32, 64, 128], [2, 4, 8, 16, 32, 64, 128]), axes[1].legend(fontsize=7)
    name = "digits" if "digits" in found else "digits-8x8"
    confusion = np.array(found[name]["confusion"])
    axes[2].imshow(confusion / confusion.sum(1, keepdims=True), cmap="Blues", vmin=0, vmax=0.3)
    for (i, j), n in np.ndenumerate(confusion):
        if n:
            axes[2].text(j, i, n, ha="center", va="center", fontsize=6, color="white" if i == j else "black")
    axes[2].set_xticks(range(len(confusion))), axes[2].set_yticks(range(len(confusion))), axes[2].grid(False)
    axes[2].set_xlabel("said"), axes[2].set_ylabel("is"), axes[2].set_title(f"{SETS[name]}, 32 axes", fontsize=9)
    save(figure, "features-classify.png")


def robust():
    found = results("classify")
    figure, axes = plt.subplots(1, 2, figsize=(8, 2.9), sharey=True)
    for axis, damage, label in ((axes[0], "noise", "noise, deviation"), (axes[1], "missing", "missing pixels, %")):
        for name, f in found.items():
            whole = next(r["logistic"] for r in f["features"] if (r["features"], r["size"]) == ("PCA", 32))
            rows = [r for r in f["robust"] if r["damage"] == damage]
            amount = [0] + [r["amount"] * (100 if damage == "missing" else 1) for r in rows]
            axis.plot(amount, [100 * whole] + [100 * r["plain"] for r in rows], "o:", color=COLOURS[name], ms=3, lw=1.2)
            axis.plot(amount, [100 * whole] + [100 * r["restored"] for r in rows], "o-", color=COLOURS[name], ms=4, label=SETS[name])
        axis.set_xlabel(label)
    axes[0].plot([], [], "o:", color="dimgray", ms=3, label="not restored")
    axes[0].set_ylabel("right, %"), axes[0].legend(fontsize=7)
    save(figure, "features-robust.png")


def zoomed(path, factor):
    p = Image.open(path).convert("RGB")
    return p.resize((p.width * factor, p.height * factor), Image.NEAREST)


def sheets(name, parts):
    """(text, path, rows of cells to keep of rows, zoom) under one another."""
    text, gap, tiles = 24, 6, []
    for title, path, keep, of, factor in parts:
        p = Image.open(path).convert("RGB")
        p = p.crop((0, 0, p.width, (p.height + 1) // of * keep - 1))
        tiles.append((title, p.resize((p.width * factor, p.height * factor), Image.NEAREST)))
    sheet = Image.new("RGB", (max(p.width for _, p in tiles) + 2 * gap, sum(p.height + text + gap for _, p in tiles) + gap), "white")
    draw, y = ImageDraw.Draw(sheet), gap
    for title, p in tiles:
        draw.text((gap, y), title, "black", font(14))
        sheet.paste(p, (gap, y + text))
        y += p.height + text + gap
    sheet.quantize(96, dither=Image.Dither.NONE).save(FIGURES / name, optimize=True)


def rows_of(path, cell):
    return (Image.open(path).height + 1) // (cell + 1)


def generate():
    for name, cell, factor in (("digits-8x8", 8, 5), ("emoji", 32, 1)):
        folder = OUT / name
        if not (folder / "axes.png").exists():
            continue
        axes = rows_of(folder / "axes.png", cell)
        sheets(f"features-learned-{name}.png", [
            (f"the first {16 * axes} principal axes, by variance", folder / "axes.png", axes, axes, factor),
            ("64 centroids of k-means", folder / "centroids.png", 4, 4, factor),
            ("a self-organising map of 12 × 16: neighbours are alike", folder / "map.png", 12, 12, factor)])
        drawn = [(f"drawn from {n} Gaussian{'s' * (n > 1)} on the axes", folder / f"drawn-{n}.png", 2, 4, factor) for n in (1, 20, 60)
                 if (folder / f"drawn-{n}.png").exists()]
        sheets(f"features-drawn-{name}.png", [("real", folder / "real.png", 2, 4, factor), *drawn,
                                              ("a walk from corner to corner of the map, and the mixture of its ends", folder / "walk.png", 2, 2, factor)])


def coded():
    folder = OUT / "digits-8x8"
    if not (folder / "coded.png").exists():
        return
    rows = json.loads((folder / "classify.json").read_text())["coded"]
    p = zoomed(folder / "coded.png", 5)
    height = (p.height + 5) // (len(rows) + 1)
    sheet = Image.new("RGB", (p.width + 150, p.height), "white")
    sheet.paste(p, (150, 0))
    draw = ImageDraw.Draw(sheet)
    for i, title in enumerate(["original, 64 bytes", *(f"{r['bytes']:.1f} bytes, {r['psnr']:.1f} dB" for r in rows)]):
        draw.text((4, i * height + height // 2 - 9), title, "black", font(12))
    sheet.quantize(64, dither=Image.Dither.NONE).save(FIGURES / "features-rates.png", optimize=True)


METHODS = {"nothing": ("#95a5a6", ":"), "mean picture": ("#95a5a6", ":"), "mean patch": ("#95a5a6", ":"), "median 3x3": ("#7d3c98", "-."),
           "best Gaussian": ("#2471a3", "--"), "projection": ("#1e8449", "-."), "k-means 256": ("#d68910", "-."), "restore": ("#c0392b", "-"),
           "restore, mixture": ("black", "-")}


def restore():
    found = {**results("restore")}
    if (OUT / "city" / "restore.json").exists():
        found["city"] = json.loads((OUT / "city" / "restore.json").read_text())
    names = [n for n in ("digits-8x8", "xray", "emoji", "city") if n in found]
    figure, axes = plt.subplots(2, len(names), figsize=(3 * len(names), 4.9), squeeze=False)
    for column, name in enumerate(names):
        for axis, damage, label in ((axes[0][column], "noise", "noise, deviation"), (axes[1][column], "missing", "missing pixels, %")):
            rows = [r for r in found[name]["rows"] if r["damage"] == damage]
            for method in dict.fromkeys(r["method"] for r in rows):
                line = [(r["amount"] * (100 if damage == "missing" else 1), r["psnr"]) for r in rows if r["method"] == method]
                colour, style = METHODS[method]
                axis.plot(*zip(*line), style, marker="o", ms=3, color=colour, lw=2 if method.startswith("restore") else 1.2, label=method)
            axis.set_xlabel(label)
            if damage == "noise":
                axis.set_title(SETS.get(name, "photograph, patches 6 × 6 × 3"), fontsize=9)
            if column in (0, len(names) - 1):
                axis.legend(fontsize=6.5, loc="best" if column == 0 else "lower left" if damage == "noise" else "center left")
        axes[0][0].set_ylabel("PSNR, dB"), axes[1][0].set_ylabel("PSNR, dB")
    save(figure, "features-restore.png")

    folder = OUT / "city"
    if "city" in found:
        by = {(r["damage"], r["amount"], r["method"]): r["psnr"] for r in found["city"]["rows"]}
        show = [("original", "original", ""), ("noisy", "noise of 25", f"{by['noise', 25, 'nothing']:.1f} dB"),
                ("noisy-restored", "restored", f"mixture, {by['noise', 25, 'restore, mixture']:.1f} dB; best Gaussian {by['noise', 25, 'best Gaussian']:.1f} dB"), ("gaps", "80 % missing", ""),
                ("gaps-gaussian", "best Gaussian", f"{by['missing', 0.8, 'best Gaussian']:.1f} dB"),
                ("gaps-restored", "restored", f"mixture, {by['missing', 0.8, 'restore, mixture']:.1f} dB")]
        contact("features-restored.jpg", [(Image.open(folder / f"{n}.png"), t, f) for n, t, f in show], 3, 250)


def anomaly():
    found = results("anomaly")
    figure, axes = plt.subplots(1, 2, figsize=(8, 3.2))
    for name, f in found.items():
        for method, style in (("PCA error", "o-"), ("k-means error", "s--")):
            sizes = sorted({r["size"] for r in f["rows"] if r["method"] == method})
            mean = [np.mean([r["auc"] for r in f["rows"] if (r["method"], r["size"]) == (method, s)]) for s in sizes]
            axes[0].plot(sizes, mean, style, color=COLOURS[name], ms=4, label=f"{SETS[name]}: {method}")
        own = 0 if name == "xray" else 8
        row = next(r for r in f["rows"] if (r["class"], r["method"], r["size"]) == (own, "PCA error", 16))
        what = "pneumonia among sound lungs" if name == "xray" else f"others among eights, {SETS[name][8:]}"
        axes[1].plot(*zip(*row["roc"]), color=COLOURS[name], label=f"{what}: {row['auc']:.3f}")
    axes[0].axhline(0.5, color="gray", lw=0.8, ls=":"), axes[1].plot([0, 1], [0, 1], color="gray", lw=0.8, ls=":")
    axes[0].set_xscale("log", base=2), axes[0].set_xlabel("axes or centroids"), axes[0].set_ylabel("AUC, mean of the classes")
    axes[0].legend(fontsize=7, loc="center right"), axes[1].legend(fontsize=7, loc="lower right")
    axes[1].set_xlabel("false alarms"), axes[1].set_ylabel("hits"), axes[1].set_title("16 axes", fontsize=9)
    save(figure, "features-strangers.png")


def density():
    found = results("generate")
    figure, axes = plt.subplots(1, 2, figsize=(8, 2.9))
    for name, f in found.items():
        n = [r["components"] for r in f["density"]]
        axes[0].plot(n, [r["unseen"] for r in f["density"]], "o-", color=COLOURS[name], ms=4, label=SETS[name])
        axes[0].plot(n, [r["learned"] for r in f["density"]], "o:", color=COLOURS[name], ms=3, lw=1)
        axes[1].plot(n, [r["distance"] / r["distance_unseen"] for r in f["density"]], "o-", color=COLOURS[name], ms=4)
    axes[0].plot([], [], ":", color="dimgray", label="on what was learned")
    axes[0].set_ylabel("log-likelihood an axis, unseen"), axes[0].legend(fontsize=7), axes[0].set_ylim(-2.2, 0.2)
    axes[1].axhline(1, color="gray", lw=0.8, ls=":"), axes[1].set_ylabel("distance to nearest learned,\ndrawn / unseen")
    for a in axes:
        a.set_xscale("log"), a.set_xlabel("Gaussians"), a.set_xticks([1, 5, 20, 60], [1, 5, 20, 60]), a.minorticks_off()
    save(figure, "features-density.png")


def main():
    FIGURES.mkdir(parents=True, exist_ok=True)
    for draw in (picture, classify, robust, generate, coded, restore, anomaly, density):
        draw()
    for path in sorted(FIGURES.iterdir()):
        print(f"{path}  {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
