"""exchange.py <ours> <theirs>: reads a file of ours with the safetensors package, checks it, and writes one of its own."""
import sys

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

ours, theirs = sys.argv[1:]
arrays = load_file(ours)
expected = {
    "transform.1.a": (np.int8, (2, 2)),
    "transform.1.b": (np.uint8, (3,)),
    "transform.1.c": (np.int16, (5, 4, 3, 2)),
    "transform.1.d": (np.uint16, (120,)),
    "transform.1.e": (np.int32, (1, 2)),
}
assert {name: (a.dtype.type, a.shape) for name, a in arrays.items()} == expected, arrays
assert arrays["transform.1.a"].tolist() == [[-128, 127], [0, -1]]
assert arrays["transform.1.b"].tolist() == [0, 255, 7]
c = [-32768 + 550 * i for i in range(119)] + [32767]
assert arrays["transform.1.c"].ravel().tolist() == c
assert arrays["transform.1.d"][:5].tolist() == [0, 0xFFFF, 0xFFFE, 0xD800, 0xDC00]
assert arrays["transform.1.e"].tolist() == [[-(2**31), 2**31 - 1]]
with safe_open(ours, "np") as f:
    assert f.metadata()["triptych.codec"] == "codec<chain<identity,toy>,none,raw>", f.metadata()

arrays["transform.1.c"] = arrays["transform.1.c"][::-1].copy()
arrays["another"] = np.zeros((3, 3), np.float32)
save_file(arrays, theirs, metadata={"made by": "exchange.py"})
