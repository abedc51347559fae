"""python3 constriction_speed.py FOLDER: size and speed of constriction's coders on the files of bytes that bench_entropy --dump wrote.

Each file is coded with one categorical model of its own counts, whole arrays a call, as constriction's documentation advises; the model's
own size is not counted (some 1.5 KB a file as 16-bit counts). Processor time, best of three.
"""
import pathlib
import sys
import time

import constriction
import numpy as np


def best(work):
    took = []
    for _ in range(3):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return min(took)


def main():
    data = [np.fromfile(p, np.uint8).astype(np.int32) for p in sorted(pathlib.Path(sys.argv[1]).glob("*.bytes"))]
    n = sum(len(x) for x in data)
    counts = [np.bincount(x, minlength=256) for x in data]
    entropy = sum(-(c[c > 0] * np.log2(c[c > 0] / c.sum())).sum() for c in counts) / n
    models = [constriction.stream.model.Categorical(c / c.sum(), perfect=False) for c in counts]

    def ans():
        coder = constriction.stream.stack.AnsCoder
        streams = []
        def encode():
            streams.clear()
            for x, m in zip(data, models):
                c = coder()
                c.encode_reverse(x, m)
                streams.append(c.get_compressed())
        def decode():
            return [coder(s).decode(m, len(x)) for s, x, m in zip(streams, data, models)]
        return encode, decode, streams

    def range_coder():
        streams = []
        def encode():
            streams.clear()
            for x, m in zip(data, models):
                c = constriction.stream.queue.RangeEncoder()
                c.encode(x, m)
                streams.append(c.get_compressed())
        def decode():
            return [constriction.stream.queue.RangeDecoder(s).decode(m, len(x))
                    for s, x, m in zip(streams, data, models)]
        return encode, decode, streams

    for name, make in ("AnsCoder", ans), ("RangeEncoder", range_coder):
        encode, decode, streams = make()
        encoding = best(encode)
        if not all(np.array_equal(a, b) for a, b in zip(decode(), data)):
            sys.exit(f"{name} does not decode what it encoded")
        decoding = best(decode)
        bits = 32 * sum(len(s) for s in streams) / n
        name = f"constriction {constriction.__version__ if hasattr(constriction, '__version__') else ''} {name}"
        print(f"| {name:46} | {bits:6.3f} | {100 * (bits / entropy - 1):+6.2f} % "
              f"| {n / 1e6 / encoding:6.0f} | {n / 1e6 / decoding:6.0f} |")


if __name__ == "__main__":
    main()
