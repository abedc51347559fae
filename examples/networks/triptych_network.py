"""Networks of triptych in PyTorch: `load(path)` builds the network that triptych::learn::network::save_network wrote, `save(network, path)` writes one
that load_network reads. Pictures are PyTorch's: batch, channel, row, column.

triptych_network.py IN OUT: what tests/network/interchange.cpp compares: outputs and derivatives for inputs that both sides compute.
"""
import json
import struct
import sys

import torch
from torch import nn

KINDS = ("dense convolution transposed_convolution shuffle unshuffle max_pool average_pool nearest bilinear add reshape gdn inverse_gdn "
         "relu leaky_relu sigmoid tanh gelu silu").split()
FIELDS = "kind in_ out kernel stride padding extra groups source frac weight_frac limit".split()


def last(x):
    """Channels last, as triptych's values lie."""
    return x.permute(0, 2, 3, 1)


class Dense(nn.Linear):
    def forward(self, x):
        return super().forward(last(x).flatten(1))[:, :, None, None]


class Reshape(nn.Module):
    def __init__(self, *extents):
        super().__init__()
        self.extents = extents

    def forward(self, x):
        return last(x).reshape(len(x), *self.extents).permute(0, 3, 1, 2)


class Normalisation(nn.Linear):
    def __init__(self, channels, divides):
        super().__init__(channels, channels)
        self.divides = divides

    def forward(self, x):
        by = super().forward(last(x).abs()).permute(0, 3, 1, 2)
        return x / by if self.divides else x * by


class Add(nn.Module):
    def __init__(self, source):
        super().__init__()
        self.source = source


def module(row):
    f = dict(zip(FIELDS, row))
    kind = KINDS[f["kind"]]
    sliding = dict(kernel_size=f["kernel"], stride=f["stride"])
    if kind == "dense":
        return Dense(f["in_"], f["out"])
    if kind == "convolution":
        return nn.Conv2d(f["in_"], f["out"], padding=f["padding"], groups=f["groups"], **sliding)
    if kind == "transposed_convolution":
        return nn.ConvTranspose2d(f["in_"], f["out"], padding=f["padding"], output_padding=f["extra"], groups=f["groups"], **sliding)
    if kind in ("gdn", "inverse_gdn"):
        return Normalisation(f["in_"], kind == "gdn")
    return {
        "shuffle": lambda: nn.PixelShuffle(f["stride"]), "unshuffle": lambda: nn.PixelUnshuffle(f["stride"]),
        "max_pool": lambda: nn.MaxPool2d(**sliding), "average_pool": lambda: nn.AvgPool2d(**sliding),
        "nearest": lambda: nn.Upsample(scale_factor=f["stride"]),
        "bilinear": lambda: nn.Upsample(scale_factor=f["stride"], mode="bilinear", align_corners=False),
        "add": lambda: Add(f["source"]), "reshape": lambda: Reshape(f["in_"], f["stride"], f["out"]),
        "relu": nn.ReLU, "leaky_relu": lambda: nn.LeakyReLU(2.0**-f["extra"]), "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "gelu": nn.GELU,
        "silu": nn.SiLU
    }[kind]()


class Network(nn.Sequential):
    """layers: rows of twelve numbers, see triptych/network/layer.hpp. extents: rows, columns and channels of a picture."""

    def __init__(self, layers, extents):
        super().__init__(*map(module, layers))
        self.layers, self.extents = layers, extents

    def forward(self, x):
        outputs = [x]
        for m in self:
            outputs.append(outputs[-1] + outputs[m.source] if isinstance(m, Add) else m(outputs[-1]))
        return outputs[-1]


def load(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)

    def array(entry):
        begin, end = entry["data_offsets"]
        kind = {"I32": torch.int32, "F32": torch.float32}[entry["dtype"]]
        return torch.frombuffer(bytearray(data[begin:end]), dtype=kind).reshape(entry["shape"])

    arrays = {name: array(entry) for name, entry in header.items()}
    network = Network(arrays.pop("layers").tolist(), arrays.pop("input").tolist())
    network.load_state_dict(arrays)
    return network


def save(network, path, arrays=None):
    """`arrays`: instead of the network's own parameters, others of their names."""
    all_ = {"layers": torch.tensor(network.layers, dtype=torch.int32), "input": torch.tensor(network.extents, dtype=torch.int32)}
    all_.update(arrays or network.state_dict())
    header, data = {}, b""
    for name, a in all_.items():
        values = a.detach().contiguous().numpy().tobytes()
        kind = "I32" if a.dtype == torch.int32 else "F32"
        header[name] = {"dtype": kind, "shape": list(a.shape), "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def pattern(count, step, modulus):
    i = torch.arange(count, dtype=torch.int64)
    return ((i * step % modulus).double() / (modulus // 2) - 1).float()


def main():
    network = load(sys.argv[1])
    h, w, c = network.extents
    x = pattern(2 * h * w * c, 7919, 2003).reshape(2, h, w, c).permute(0, 3, 1, 2).contiguous()
    y = last(network(x)).flatten()
    (y * pattern(len(y), 104729, 997)).sum().backward()
    # Derivatives as the parameters of a network, and outputs by themselves.
    save(network, sys.argv[2], {name: p.grad for name, p in network.named_parameters()})
    with open(sys.argv[2] + ".output", "wb") as file:
        file.write(y.detach().numpy().tobytes())


if __name__ == "__main__":
    main()
