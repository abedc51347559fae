"""Draws the `size` lines of scaling.cpp: seconds against megapixels, both logarithmic. plot.py IN.txt OUT.png"""
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

curves = {}
for line in open(sys.argv[1], encoding="utf-8"):
    words = line.split()
    if words[:1] == ["size"]:
        curves.setdefault(words[1], []).append([float(w) for w in words[2:5]])
figure, axes = plt.subplots(figsize=(7, 5))
for name, rows in curves.items():
    x = [r[0] for r in rows]
    for column, what in ((1, "encode"), (2, "decode")):
        axes.loglog(x, [r[column] for r in rows], marker="o", label=f"{name}, {what}")
axes.set_xlabel("Mpixel (RGB, 8 bits)")
axes.set_ylabel("seconds, one thread")
axes.grid(True, which="both", alpha=0.3)
axes.legend()
figure.tight_layout()
figure.savefig(sys.argv[2], dpi=120)
print(f"{sys.argv[2]}: {len(curves)} codecs")
