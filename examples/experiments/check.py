"""check.py NAME PROGRAM FOLDER: runs an experiment on the pictures that are here, and what its page says of it must hold."""
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
IMAGES, LABELS = HERE / "digits" / "images.npy", HERE / "digits" / "labels.npy"
PICTURES = HERE.parent / "pictures"


def picture(run):
    rows = run(PICTURES / "dog.png", "@", 160)
    by = {(r["group"], r["codec"]): r for r in rows}

    def of(group, codec, what):
        return by[group, codec][what]

    assert all(r["learned_bytes"] < r["bytes"] and r["ratio"] > 1 for r in rows)
    assert all(r["mse"] == 0 for r in rows if "exact" in r["codec"]) and all(r["mse"] > 0 for r in rows if "exact" not in r["codec"])
    for k in "k-means", "SOM":
        assert of("colours", f"{k} 16", "psnr") < of("colours", f"{k} 64", "psnr")
    assert of("colours", "k-means 64", "psnr") > of("colours", "DBSCAN 16", "psnr")
    # Most of what rows cost is the book, and blocks are cheaper and better.
    assert of("rows", "k-means 64", "learned_bytes") > 0.9 * of("rows", "k-means 64", "bytes")
    assert of("blocks", "4x4, k-means 64", "bytes") < of("rows", "k-means 64", "bytes")
    # Runs pay where symbols repeat, and nowhere else.
    assert of("coders", "2 grays, run length", "bytes") < of("coders", "2 grays, Huffman", "bytes") / 3
    assert of("coders", "exact, median prediction, run length", "bytes") > of("coders", "exact, median prediction, Huffman", "bytes")


def books(run):
    rows = run("@", 128, PICTURES / "dog.png")
    by = {(r["vectors"], r["codec"]): r for r in rows}
    for vectors in "colours", "blocks":
        # An order of the entries does not pay for the error that it costs.
        assert by[vectors, "SOM, chain"]["bd_rate"] > 0 and by[vectors, "SOM, square"]["bd_rate"] > 0
        # With escapes quality goes beyond that of the book, and comes back to it.
        plain, escapes = by[vectors, "k-means"]["points"], by[vectors, "k-means 16, escapes"]["points"]
        assert max(q for _, q in escapes) > max(q for _, q in plain)
        assert abs(escapes[-1][1] - plain[0][1]) < 1


def large_books(run):
    rows = run("@", 128, 2, PICTURES / "dog.png", PICTURES / "reflect.png", PICTURES / "city.png")
    by = {(r["side"], r["book"]): r for r in rows}

    def known(book):
        return by[4, book]["known_psnr"]
    # Structure costs quality where vectors are known, and the less of it, the fewer numbers there are to learn.
    assert known("product 2 of 16") < known("residual 2 of 16") < known("256")
    assert known("product 2 of 16") < known("product 4 of 16") < known("product 4 of 256")
    assert known("residual 4 of 16, beam 1") < known("residual 4 of 16")
    assert by[4, "product 4 of 16"]["learned_numbers"] == 256 and by[4, "residual 4 of 16"]["learned_numbers"] == 1024
    # What is gained by learning vectors by heart does not carry over to another picture.
    assert known("2048") > known("residual 4 of 16") and by[4, "2048"]["psnr"] < by[4, "residual 4 of 16"]["psnr"]
    assert all(r["bits"] < 1.1 * r["index_bits"] for r in rows)


def sets(run):
    rows = run("@", 2, PICTURES / "dog.png", PICTURES / "city.png", PICTURES / "reflect.png")
    by = {(r["coder"], r["transform"]): r["bd_rate"] for r in rows}
    for coder in "range", "rans":
        # Learned axes are no better than cosines on a photograph, and a set is nearer to them than one transform.
        assert by[coder, "cosines"] == 0 and 0 < by[coder, "8 KLTs"] < by[coder, "one KLT"]


def levels(run):
    rows = run("@", PICTURES / "dog.png", PICTURES / "city.png")
    for r in rows:
        # Learned levels are better at a fixed rate, and behind a transform worse with an entropy coder.
        assert all(own > even + 1 for _, even, own in r["gains"])
        assert (r["bd_rate"] > 0) == (r["transform"] == "dct<8>")


def classify(run):
    found = run(IMAGES, LABELS, "@")
    by = {(r["features"], r["size"]): r for r in found["features"]}
    assert by["PCA", 32]["logistic"] > 0.87 and by["k-means", 64]["logistic"] > by["pixels", 64]["logistic"]
    assert by["PCA", 2]["logistic"] < by["PCA", 8]["logistic"] < by["PCA", 32]["logistic"]
    assert sum(map(sum, found["confusion"])) == found["judged"]
    right = sum(row[i] for i, row in enumerate(found["confusion"])) / found["judged"]
    assert abs(right - by["PCA", 32]["logistic"]) < 1e-9
    assert by["k-means", 64]["named"] > 0.8
    # Restoring first is worth most where most is missing; noise hurts little either way.
    by = {(r["damage"], r["amount"]): r for r in found["robust"]}
    assert by["missing", 0.6]["restored"] > by["missing", 0.6]["plain"] + 0.1
    assert by["noise", 40]["restored"] > right - 0.1
    coded = found["coded"]
    assert all(a["bytes"] <= b["bytes"] and a["psnr"] < b["psnr"] for a, b in zip(coded, coded[1:]))
    assert coded[-1]["logistic"] > right - 0.02 and coded[0]["logistic"] < right - 0.2


def generate(run):
    found = run(IMAGES, "@")
    one, some, *_, many = found["density"]
    assert one["unseen"] < some["unseen"] and many["unseen"] < some["unseen"] and many["learned"] > some["learned"]
    assert many["distance"] < one["distance"]
    assert found["walk"] < found["blend"] and found["topographic_error"] < 0.1


def restore(run):
    def better(found, name, peers):
        by = {(r["damage"], r["amount"], r["method"]): r["psnr"] for r in found["rows"]}
        assert any(m == name for _, _, m in by)
        for (damage, amount, method), dB in by.items():
            if method in peers:
                assert dB < by[damage, amount, name], (damage, amount, method)
        return by

    better(run(IMAGES, "@"), "restore", ("nothing", "median 3x3", "projection", "mean picture", "best Gaussian", "k-means 256"))
    found = run(PICTURES / "city.png", "@", 64, PICTURES / "dog.png", PICTURES / "reflect.png")
    by = better(found, "restore, mixture", ("nothing", "median 3x3", "mean patch"))
    better(found, "restore", ("nothing", "mean patch"))
    assert by["noise", 25, "restore, mixture"] > by["noise", 25, "restore"] + 0.5


def anomaly(run):
    rows = run(IMAGES, LABELS, "@")["rows"]

    def mean(method, size):
        of = [r["auc"] for r in rows if r["method"] == method and r["size"] == size]
        assert len(of) == 10
        return sum(of) / 10
    assert mean("mean", 0) < mean("PCA error", 8) - 0.02 and mean("PCA error", 8) > 0.97
    assert all(r["roc"][0] == [0, 0] and r["roc"][-1] == [1, 1] for r in rows)


def main():
    name, program, folder = sys.argv[1:]
    out = pathlib.Path(folder) / name

    def run(*arguments):
        command = [program, *(str(out) if a == "@" else str(a) for a in arguments)]
        subprocess.run(command, check=True)
        return json.loads((out / f"{name}.json").read_text())
    globals()[name](run)


if __name__ == "__main__":
    main()
