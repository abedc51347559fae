"""A decoder written from docs/format.md and its panels' pages alone, to show that they suffice.

Decodes every worked example of the pages, and the golden streams; Python's standard library only. Learned state comes from the headers
of tests/models, which are read as text.
Names are those of the pages. It checks what the pages call corrupt only as far as it goes by itself.
"""
import itertools
import math
import re
import struct
import sys
from pathlib import Path


class Corrupt(Exception):
    pass


# --- 1. Conventions ------------------------------------------------------------------------------------------------------


def clamp(v, a, b):
    return a if v < a else b if v > b else v


def wrap(v, n):
    v &= (1 << n) - 1
    return v - (1 << n) if v >> (n - 1) else v


def rnd(v, s):
    return (v + (1 << (s - 1))) >> s if s > 0 else v << -s


def quotient(a, b):
    """Rounds to zero."""
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def width(x):
    return x.bit_length()


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        if self.at + n > len(self.data):
            raise Corrupt("truncated")
        self.at += n
        return self.data[self.at - n : self.at]

    def u8(self):
        return self.take(1)[0]

    def i8(self):
        return wrap(self.u8(), 8)

    def u16(self):
        return struct.unpack("<H", self.take(2))[0]

    def u32(self):
        return struct.unpack("<I", self.take(4))[0]

    def varint(self):
        v = shift = 0
        while True:
            b = self.u8()
            v |= (b & 127) << shift
            if b < 128:
                if shift and b == 0 or v >> 64:
                    raise Corrupt("varint")
                return v
            shift += 7

    def svarint(self):
        v = self.varint()
        return -(v >> 1) - 1 if v & 1 else v >> 1


# --- 2. Framings ---------------------------------------------------------------------------------------------------------


def crc32c(data):
    c = 0xFFFFFFFF
    for b in data:
        c ^= b
        for _ in range(8):
            c = c >> 1 ^ (0x82F63B78 if c & 1 else 0)
    return c ^ 0xFFFFFFFF


def crc16(data):
    c = 0xFFFF
    for b in data:
        c ^= b << 8
        for _ in range(8):
            c = (c << 1 ^ (0x1021 if c & 0x8000 else 0)) & 0xFFFF
    return c


def fingerprint(description):
    h = 2166136261
    for c in f"<{description}>".encode():
        h = (h ^ c) * 16777619 & 0xFFFFFFFF
    return h


KINDS = ["uint8", "uint16", "int16", "int32", "float32"]


def read_identity(r, magic):
    """What files and packs open with: flags, fingerprints of codec and model, the number of the sample type, extents, components."""
    if r.take(4) != magic or r.u8() != 1:
        raise Corrupt("foreign or of another version")
    flags, codec = r.u8(), r.u32()
    r.take(r.u8())
    model = r.u32() if flags & 1 else 0
    kind = r.u8()
    return flags, codec, model, kind & 15, [r.varint() for _ in range(kind >> 4)], r.varint()


def read_file(data):
    r = Reader(data)
    flags, codec, model, kind, shape, components = read_identity(r, b"\xd7TPC")
    payload = r.take(len(data) - 4 - r.at if flags & 2 else r.varint())
    if crc32c(data[: r.at]) != r.u32() or r.at != len(data):
        raise Corrupt("checksum")
    return codec, model, KINDS[kind], shape, components, payload


def checked(data, *numbers):
    """All but the CRC-16 at the end, which is over the numbers, too."""
    body = data[:-2]
    if crc16(struct.pack(f"<{len(numbers)}Q", *numbers) + body) != struct.unpack("<H", data[-2:])[0]:
        raise Corrupt("checksum")
    return body


def read_record(data, description, shape, components):
    return checked(data, fingerprint(description), 0, components, *shape)


def read_pack(data):
    """The codec's fingerprint, the sample type, and for each picture: extents, components, name, record."""
    r = Reader(data)
    flags, codec, _, kind, *usual = read_identity(r, b"\xd7TPK")
    if flags & 2:
        r.take(r.varint())
    if crc32c(data[: r.at]) != r.u32():
        raise Corrupt("checksum")
    end, directories = len(data), []
    while end:
        size, checksum, magic = struct.unpack("<II4s", data[end - 12 : end])
        if magic != b"KPT\xd7":
            raise Corrupt("truncated")
        start = end - 12 - size
        if crc32c(data[start : end - 12]) != checksum:
            raise Corrupt("checksum")
        d = Reader(data[start : end - 12])
        end = d.varint()
        if end > start:
            raise Corrupt("a directory that comes later")
        groups = [(d.varint(), d.varint(), d.varint()) for _ in range(d.varint())]
        if d.at != size:
            raise Corrupt("bytes are left over")
        directories.insert(0, (start, groups))
    at, pictures = r.at, []
    for start, groups in directories:
        for gap, n, size in groups:
            at += gap + size
            if at > start or not 1 <= n <= 1024:
                raise Corrupt("group")
            g = Reader(data[at - size : at])
            flags, bits, least = g.u8(), g.u8(), g.varint()
            packed = int.from_bytes(g.take((n * bits + 7) // 8), "little")
            lengths = [least + (packed >> k * bits & (1 << bits) - 1) for k in range(n)]
            where = [([g.varint() for _ in usual[0]], g.varint()) for _ in lengths] if flags & 1 else [usual] * n
            names = [g.take(g.varint()) for _ in lengths] if flags & 2 else [b""] * n
            if crc32c(g.data[: g.at]) != g.u32():
                raise Corrupt("checksum")
            pictures += [(*e, name.decode(), g.take(length)) for e, name, length in zip(where, names, lengths)]
            if g.at != size:
                raise Corrupt("bytes are left over")
    return codec, KINDS[kind], pictures


# --- 4. Payload ----------------------------------------------------------------------------------------------------------


class Map:
    def __init__(self, kind, r):
        self.kind, self.how, self.exponent, self.centre, self.bits = kind, 0, 0, 128, 8
        if kind == "uint8":
            return
        self.how = r.u8()
        if self.how == 2:
            self.exponent = r.svarint()
        self.centre, self.bits = r.svarint(), r.u8()

    def sample(self, v, frac):
        r = (rnd(v, frac) if frac > 0 else v) + self.centre
        if self.kind == "float32":
            if self.how == 1:
                r &= 0xFFFFFFFF
                return r ^ 0x7FFFFFFF if r >> 31 else r
            return self.scaled(r)
        if self.how == 2:
            r <<= self.exponent
        low, high = {"uint8": (0, 255), "uint16": (0, 65535), "int16": (-32768, 32767),
                     "int32": (-(1 << 31), (1 << 31) - 1)}[self.kind]
        return clamp(r, low, high)

    def scaled(self, r):
        if r == 0:
            return 0
        sign, m = (1 << 31 if r < 0 else 0), abs(r)
        # In units of the smallest subnormal, or of the float's last place: 24 bits.
        place = max(self.exponent + width(m) - 24, -149)
        shift = place - self.exponent
        m = m << -shift if shift <= 0 else (m + (1 << shift - 1) - 1 + (m >> shift & 1)) >> shift
        return sign | min((place + 149 << 23) + m, 0x7F7FFFFF)


class Band:
    def __init__(self, shape, component=0, level=0, index=0, side=False, frac=0, bits=8, gain=256, v=None):
        self.shape, self.component, self.level, self.index, self.side = list(shape), component, level, index, side
        self.frac, self.bits, self.gain, self.v = frac, bits, gain, v

    def like(self, **changes):
        new = Band(self.shape, self.component, self.level, self.index, self.side, self.frac, self.bits, self.gain)
        new.__dict__.update(changes)
        return new

    def planes(self):
        """batch, rows, cols"""
        n = self.shape
        rows = n[-2] if len(n) > 1 else 1
        batch = math.prod(n[:-2]) if math.prod(n) else 0
        return batch, rows, n[-1]


def whole(b):
    return clamp(b.bits - b.frac, 1, 32)


def room(w, wanted):
    return clamp((16 if w <= 16 else 32) - w, 0, wanted)


def cap(bits):
    return clamp(bits, 1, 32)


def gained(a, b):
    return min(a * b + 128 >> 8, 65535)


def divided(shape, *by):
    n = min(len(by), len(shape))
    return list(shape[: len(shape) - n]) + [-(-e // d) for e, d in zip(shape[len(shape) - n :], by[-n:])]


def flat(layout):
    return [b for group in layout for b in group]


def buffer_order(layout):
    """(band, position, band of its group) of each value."""
    for group in layout:
        for p in range(math.prod(group[0].shape) if group else 0):
            for k, b in enumerate(group):
                yield b, p, k


class Work:
    """The work type."""

    def __init__(self, bits):
        self.bits, self.low, self.high = bits, -(1 << bits - 1), (1 << bits - 1) - 1

    def sat(self, v):
        return clamp(v, self.low, self.high)

    def width(self, b):
        return self.bits if b.bits == 0 or b.bits > self.bits else b.bits


def common_frac(bands, work):
    least = min(b.frac for b in bands)
    for b in bands:
        if b.frac != least:
            b.v = [work.sat(rnd(v, min(b.frac - least, 31))) for v in b.v]
    return least


def handed(like, frac, v):
    return like.like(frac=frac, bits=cap(like.bits + frac - like.frac), v=v)


# --- learned state -------------------------------------------------------------------------------------------------------

ELEMENTS = {"int8": "b", "uint8": "B", "int16": "h", "uint16": "H", "int32": "i"}


def read_model(text):
    """The arrays of a generated header, by name: element type, extents, values."""
    values = {}
    for kind, label, body in re.findall(r"constexpr (\S+) (values_\d+)\[\] =\s*(.*?);\n", text, re.S):
        if kind == "char16_t":
            values[label] = [int(v, 16) for v in re.findall(r"\\x([0-9a-f]+)", body)]
        else:
            numbers = [v.strip() for v in body.strip("{} \n").split(",")]
            values[label] = [-(1 << 31) if v == "-2147483647 - 1" else int(v) for v in numbers if v]
    arrays = {}
    for name, kind, extents, rest in re.findall(r'\{\.name = "(.*?)", \.type = triptych::element::(\w+), \.shape = triptych::dims\{(.*?)\}(.*?)\},', text):
        own = values[re.search(r"values_\d+", rest)[0]] if "values_" in rest else []
        if ".literal" in rest and kind == "int16":
            own = [wrap(v, 16) for v in own]
        arrays[name] = kind, [int(e.strip(" u")) for e in extents.split(",") if e], own
    return arrays


def model_fingerprint(arrays):
    data = b""
    for name, (kind, extents, values) in arrays.items():
        data += name.encode() + bytes([list(ELEMENTS).index(kind), len(extents)]) + struct.pack(f"<{len(extents)}I", *extents)
        data += struct.pack(f"<{len(values)}{ELEMENTS[kind]}", *values)
    return crc32c(data)


def part_of(arrays, name):
    """The arrays of a part: those whose names begin with its own."""
    return {n[len(name) + 1 :]: a for n, a in arrays.items() if n.startswith(name + ".")}


class Policy:
    def learn(self, arrays):
        assert not arrays

    def told(self, step):
        """The step of the picture."""


class Learned(Policy):
    """A policy with arrays of its own: `arrays` are values and `shapes` extents, by name, of those that have elements."""

    def __init__(self):
        self.arrays, self.shapes = {}, {}

    def learn(self, arrays):
        for name, (extents, values) in arrays.items():
            if values:
                self.arrays[name], self.shapes[name] = values, extents


# --- transforms ----------------------------------------------------------------------------------------------------------
# arrange(layout) -> layout; inverse(layout with values, layout it came from) -> layout with values


class Identity(Policy):
    def read(self, r):
        pass

    def arrange(self, layout):
        return [[b.like() for b in g] for g in layout]

    def inverse(self, x, where):
        return x


class Mixture(Identity):
    def __init__(self, members):
        self.members, self.used = members, 1

    def learn(self, arrays):
        parts = [part_of(arrays, str(m)) for m in range(len(self.members))]
        for member, part in zip(self.members, parts):
            member.learn(part)
        some = [any(values for _, values in part.values()) for part in parts] + [False]
        self.used = max(some.index(False), 1)

    def told(self, step):
        for m in self.members:
            m.told(step)

    def arrange(self, layout):
        rank = len(layout[0][0].shape) if layout else 2
        number = Band([1] * rank, side=True, bits=max(1, width(self.used - 1)))
        return [[number]] + self.members[0].arrange(layout)

    def inverse(self, x, where):
        number = x[0][0]
        member = self.members[clamp(number.v[0] + (1 << max(1, width(self.used - 1)) - 1), 0, self.used - 1)]
        arranged = flat(member.arrange(where))
        if sum(math.prod(b.shape) for b in arranged) != sum(len(b.v) for b in flat(x[1:])):
            raise Corrupt("a member that arranges otherwise")
        return member.inverse(x[1:], where)


class Chain(Identity):
    def __init__(self, *members):
        self.members = members

    def learn(self, arrays):
        for n, m in enumerate(self.members):
            m.learn(part_of(arrays, str(n)))

    def read(self, r):
        for m in self.members:
            m.read(r)

    def told(self, step):
        for m in self.members:
            m.told(step)

    def arrange(self, layout):
        for m in self.members:
            layout = m.arrange(layout)
        return layout

    def inverse(self, x, where):
        layouts = [where]
        for m in self.members:
            layouts.append(m.arrange(layouts[-1]))
        for m, into in zip(reversed(self.members), reversed(layouts[:-1])):
            x = m.inverse(x, into)
        return x


class Difference(Identity):
    def __init__(self, work, kind):
        self.work, self.kind = work, kind

    def guess(self, w, n, nw):
        if self.kind == "left":
            return w
        if self.kind == "up":
            return n
        g = w + n - nw
        if self.kind == "median":
            return clamp(g, min(w, n), max(w, n))
        a, b, c = abs(g - w), abs(g - n), abs(g - nw)
        return w if a <= b and a <= c else n if b <= c else nw

    def inverse(self, x, where):
        for b in flat(x):
            if b.side:
                continue
            batch, rows, cols = b.planes()
            v, n = b.v, clamp(b.bits, 1, self.work.bits)
            for i in range(batch * rows * cols):
                r, c = i // cols % rows, i % cols
                p = (v[i - 1] if c else 0) if r == 0 else v[i - cols] if c == 0 else self.guess(
                    v[i - 1], v[i - cols], v[i - cols - 1])
                v[i] = wrap(v[i] + p, n)
        return x


class Colour(Identity):
    GAINS = {"ycbcr": (443, 462, 403), "ycbcr420": (443, 578, 503), "ycocg_r": (443, 181, 222),
             "subtract_green": (443, 286, 256)}

    def __init__(self, work, kind):
        self.work, self.kind, self.lossy = work, kind, kind.startswith("ycbcr")

    def applies(self, layout):
        x = flat(layout)
        return len(x) in (3, 4) and all(
            b.component == i and not b.side and b.shape == x[0].shape and (i > 2 or (b.bits, b.frac) == (x[0].bits, x[0].frac))
            for i, b in enumerate(x))

    def arrange(self, layout):
        if not self.applies(layout):
            return super().arrange(layout)
        out = []
        for i, b in enumerate(flat(layout)):
            b = b.like()
            if i < 3:
                gains = self.GAINS[self.kind]
                if self.kind == "ycbcr420" and len(b.shape) == 1:
                    gains = 443, 517, 450
                f = room(b.bits + 1, max(0, 3 - b.frac)) if self.lossy else 0
                more = (f if i == 0 else max(f, 1)) if self.lossy else min(i, 1)
                b.gain, b.bits, b.frac = gained(b.gain, gains[i]), cap(b.bits + more), b.frac + f
                if self.kind == "ycbcr420" and i > 0:
                    b.shape = divided(b.shape, 2, 2)
            out.append([b])
        return out

    def inverse(self, x, where):
        if not self.applies(where):
            return x
        x, into = flat(x), flat(where)
        frac = common_frac(x[:3], self.work)
        if self.kind == "ycbcr420":
            for i in (1, 2):
                x[i].v = self.doubled(x[i], into[i])
        w = self.work
        out = [self.sample(w, a, b, c) for a, b, c in zip(x[0].v, x[1].v, x[2].v)]
        result = [[handed(into[i], frac, [t[i] for t in out])] for i in range(3)]
        return result + [[handed(into[3], x[3].frac, x[3].v)] for _ in into[3:]]

    def sample(self, w, a, b, c):
        if self.kind == "ycocg_r":
            t = wrap(a - (c >> 1), w.bits)
            g = wrap(c + t, w.bits)
            blue = wrap(t - (b >> 1), w.bits)
            return wrap(blue + b, w.bits), g, blue
        if self.kind == "subtract_green":
            r = wrap(b + a, w.bits)
            return r, a, wrap(c + (r + a >> 1), w.bits)
        s, kr, kb, gb, gr = (14, 22970, 29032, 5638, 11700) if w.bits == 16 else (
            29, 752693019, 951335256, 184756762, 383398999)
        return w.sat(a + rnd(kr * c, s)), w.sat(a - rnd(gb * b + gr * c, s)), w.sat(a + rnd(kb * b, s))

    @staticmethod
    def doubled(small, large):
        batch, rows, cols = large.planes()
        _, h, w = small.planes()
        out = []
        for k in range(batch):
            x = lambda i, j: small.v[(k * h + i) * w + j]
            for r in range(rows):
                i = r // 2
                i2 = clamp(i + 1 if r % 2 else i - 1, 0, h - 1)
                for c in range(cols):
                    j = c // 2
                    j2 = clamp(j + 1 if c % 2 else j - 1, 0, w - 1)
                    out.append(9 * x(i, j) + 3 * x(i, j2) + 3 * x(i2, j) + x(i2, j2) + 8 >> 4)
        return out


class Klt(Identity):
    def __init__(self, work):
        self.work, self.k, self.axes = work, 0, []

    def read(self, r):
        self.k = r.u8()
        if self.k > 16:
            raise Corrupt("klt")
        self.axes = [r.i8() for _ in range(self.k**2)]

    @staticmethod
    def rotated(layout):
        x = flat(layout)
        n = 3 if len(x) == 4 else len(x)
        if not 3 <= n <= 16 or any(b.side or (b.shape, b.bits, b.frac) != (x[0].shape, x[0].bits, x[0].frac) for b in x[:n]):
            return 0
        return n

    def arrange(self, layout):
        n, out = self.rotated(layout), super().arrange(layout)
        for b in flat(out)[:n]:
            w = whole(b) + (width(n - 1) + 1) // 2
            b.frac += room(w, 2)
            b.bits = cap(w + b.frac)
        return out

    def inverse(self, x, where):
        n, x, into = self.rotated(where), flat(x), flat(where)
        if n:
            m = self.axes if self.k == n else [74, 91, 52, 74, 0, -105, 74, -91, 52] if n == 3 else [
                127 * (i % n == i // n) for i in range(n * n)]
            frac = common_frac(x[:n], self.work)
            rows = [[self.work.sat(sum(m[j * n + k] * c[k] for k in range(n)) + 64 >> 7) for j in range(n)]
                    for c in zip(*(b.v for b in x[:n]))]
            for j in range(n):
                x[j].v, x[j].frac = [t[j] for t in rows], frac
        return [[handed(into[i], b.frac, b.v)] for i, b in enumerate(x)]


def half_away(v):
    return int(v + 0.5) if v >= 0 else -int(-v + 0.5)


def basis(kind, n, s):
    if kind == "dct":
        entry = lambda k, i: math.sqrt((1 if k == 0 else 2) / n) * math.cos(math.pi * (k * (2 * i + 1) % (4 * n)) / (2 * n))
    else:
        def entry(row, i):
            if row in (0, n - 1):
                return math.sqrt(1 / n) * (-1 if row and i % 2 else 1)
            angle = 2 * math.pi * ((row + 1) // 2 * i % n) / n
            return math.sqrt(2 / n) * (math.cos(angle) if row % 2 else math.sin(angle))
    return [[half_away(entry(k, i) * 2**s) for i in range(n)] for k in range(n)]


class Blocks(Identity):
    CRC = {("dct", 4): "69c0eaae a05bbf4b", ("dct", 8): "4b522c7d 3403d5f3", ("dct", 16): "642453e9 a45cd996",
           ("dct", 32): "125a5e40 9d863c6a", ("fourier", 8): "5d963e42 d86acbf7", ("fourier", 16): "d98c3157 6363ea16",
           ("fourier", 32): "ad0842a3 b62db213", ("fourier", 64): "f63ba94f 458483a6"}

    def __init__(self, work, kind, n):
        self.work, self.n, self.s = work, n, 13 if work.bits == 16 else 28
        self.m = basis(kind, n, self.s)
        crc = crc32c(b"".join(struct.pack("<i", v) for row in self.m for v in row))
        assert f"{crc:08x}" == self.CRC[kind, n].split()[self.s == 28], "the basis is not that of the page"
        self.columns = list(zip(*self.m))

    def arrange(self, layout):
        out, n = [], self.n
        for b in flat(layout):
            if b.side:
                out.append([b.like()])
                continue
            one = len(b.shape) == 1
            log = width(n) - 1
            w = whole(b) + ((log + 1) // 2 if one else log)
            size = n if one else n * n
            f = room(w, 3)
            out.append([b.like(shape=divided(b.shape, n, n), index=b.index * size + k, frac=f, bits=cap(w + f))
                        for k in range(size)])
        return out

    def line(self, q, shift):
        return [self.work.sat(rnd(sum(a * b for a, b in zip(m, q)), shift)) for m in self.columns]

    def block(self, q):
        """n rows of n coefficients to samples."""
        h = (width(self.n) - 1) // 2
        t = zip(*(self.line(column, self.s - h) for column in zip(*q)))
        return [self.line(row, self.s + h) for row in t]

    def inverse(self, x, where):
        out, n = [], self.n
        for group, b in zip(x, flat(where)):
            if b.side:
                out.append(group)
                continue
            frac = common_frac(group, self.work)
            batch, rows, cols = b.planes()
            one = len(b.shape) == 1
            down, across = (1 if one else -(-rows // n)), -(-cols // n)
            v = [0] * (batch * rows * cols)
            for p in range(batch * down * across):
                k, i, j = p // across // down, p // across % down, p % across
                c = [band.v[p] for band in group]
                samples = [self.line(c, self.s)] if one else self.block([c[r * n : r * n + n] for r in range(n)])
                for y, row in enumerate(samples):
                    for z, sample in enumerate(row):
                        r, s = i * n + y, j * n + z
                        if r < rows and s < cols:
                            v[(k * rows + r) * cols + s] = sample
            out.append([handed(b, frac, v)])
        return out


def quadtree(size, y, x, l=5):
    if l == 3 or size(y // 8, x // 8) >= l:
        yield y, x, l
    else:
        h = 1 << l - 1
        for dy, dx in ((0, 0), (0, h), (h, 0), (h, h)):
            yield from quadtree(size, y + dy, x + dx, l - 1)


class AdaptiveDct(Identity):
    def __init__(self, work):
        self.work, self.step = work, 0
        self.blocks = {l: Blocks(work, "dct", 1 << l) for l in (3, 4, 5)}

    def told(self, step):
        self.step = step

    def arrange(self, layout):
        out, before = [], None
        for b in flat(layout):
            if b.side:
                out.append([b.like()])
            else:
                small = divided(b.shape, 32, 32)
                if before is None or before.side or before.shape != b.shape:
                    out.append([b.like(shape=small[:-2] + [4 * small[-2], 4 * small[-1]], side=True, frac=0, bits=4, gain=256)])
                w = whole(b) + 5
                f = room(w, 3)
                out.append([b.like(shape=small[:-2] + [32 * small[-2], 32 * small[-1]], frac=f, bits=cap(w + f))])
            before = b
        return out

    def inverse(self, x, where):
        x, out, sizes, i, before = flat(x), [], None, 0, None
        for b in flat(where):
            if b.side:
                out.append([x[i]])
                i, before = i + 1, b
                continue
            if before is None or before.side or before.shape != b.shape:
                sizes, i = x[i], i + 1
            before = b
            out.append([handed(b, x[i].frac, self.synthesise(sizes, x[i], b))])
            i += 1
        return out

    def synthesise(self, sizes, x, into):
        batch, h, w = x.planes()
        _, rows, cols = into.planes()
        result = []
        for k in range(batch):
            plane = x.v[k * h * w : (k + 1) * h * w]
            cell = lambda r, c: sizes.v[(k * (h // 8) + r) * (w // 8) + c]
            for y0 in range(0, h, 32):
                for x0 in range(0, w, 32):
                    for y, z, l in quadtree(cell, y0, x0):
                        n = 1 << l
                        q = [plane[(y + r) * w + z : (y + r) * w + z + n] for r in range(n)]
                        for r, row in enumerate(self.blocks[l].block(q)):
                            plane[(y + r) * w + z : (y + r) * w + z + n] = row
            self.deblock(plane, h, w, cell, x)
            for r in range(rows):
                result += plane[r * w : r * w + cols]
        return result

    def deblock(self, p, h, w, cell, band):
        q = min((self.step << clamp(band.frac, 0, 15)) * 16 // max(band.gain, 1), 1 << self.work.bits + 6)
        self.limit, self.rough = 13 * q >> 11, 3 * q >> 5
        if self.limit == 0:
            return
        size = lambda y, x: 1 << clamp(cell(y // 8, x // 8), 3, 5)
        for y in range(0, h, 8):
            for x in range(8, w, 8):
                n, m = size(y, x), size(y, x - 8)
                if m != n or x % n == 0:
                    self.border(p, y * w + x, 1, w, min(m, n))
        for y in range(8, h, 8):
            for x in range(0, w, 8):
                n, m = size(y, x), size(y - 8, x)
                if m != n or y % n == 0:
                    self.border(p, y * w + x, w, 1, min(m, n))

    def border(self, p, at, across, along, size):
        for i in range(8):
            a = at + i * along
            if size < 16 or not self.ramp(p, a, across):
                self.soften(p, a, across)

    def ramp(self, v, at, s):
        p = lambda i: v[at + i * s]
        jump = p(0) - p(-1)
        if abs(jump) >= 2 * self.limit:
            return False
        if abs(p(-4) - 2 * p(-2) + p(-1)) + abs(p(3) - 2 * p(1) + p(0)) + abs(p(-6) - p(-4) - p(-3) + p(-1)) + abs(
                p(5) - p(3) - p(2) + p(0)) >= self.limit:
            return False
        for i in range(6):
            d = jump * (11 - 2 * i) * 85 + 1024 >> 11
            v[at - (1 + i) * s] = self.work.sat(p(-1 - i) + d)
            v[at + i * s] = self.work.sat(p(i) - d)
        return True

    def soften(self, v, at, s):
        a0, a1, a2, b0, b1, b2 = (v[at + i * s] for i in (-1, -2, -3, 0, 1, 2))
        d = 9 * (b0 - a0) - 3 * (b1 - a1) + 8 >> 4
        if abs(a2 - 2 * a1 + a0) + abs(b2 - 2 * b1 + b0) >= self.rough or abs(d) >= 10 * self.limit:
            return
        e, d, sat = self.limit >> 1, clamp(d, -self.limit, self.limit), self.work.sat
        v[at - s] = sat(a0 + d)
        v[at - 2 * s] = sat(a1 + clamp((a2 + a0 + 1 >> 1) - a1 + d >> 1, -e, e))
        v[at] = sat(b0 - d)
        v[at + s] = sat(b1 + clamp((b2 + b0 + 1 >> 1) - b1 - d >> 1, -e, e))


class Wavelet(Identity):
    TABLES = {  # low gain, high gain, low growth, high growth, slack
        "haar": ((92682, 131072, 185364, 262144, 370728, 524288), (46341, 65536, 92682, 131072, 185364, 262144),
                 (256,) * 6, (512,) * 6, 0),
        "cdf53": ((80265, 108679, 151939, 214249, 302772, 428105), (55561, 62924, 82532, 114322, 160817, 227125),
                  (384, 416, 432, 435, 437, 439), (512, 640, 704, 718, 722, 728), 4),
        "cdf97": ((91889, 133062, 190131, 269699, 381715, 539935), (58149, 79288, 116252, 167188, 237615, 336478),
                  (354, 342, 335, 334, 333, 333), (541, 547, 531, 515, 513, 512), 6)}

    def __init__(self, work, kind, levels):
        self.work, self.kind, self.levels = work, kind, levels

    @staticmethod
    def low(n, l):
        for _ in range(l):
            n -= n // 2
        return n

    def axis_gain(self, n, l, high):
        if not high:
            l = next((i for i in range(l) if self.low(n, i) <= 1), l)
        if l == 0:
            return 65536
        g = self.TABLES[self.kind][high][min(l, 6) - 1]
        for _ in range(6, l):
            g = g * 92682 >> 16
        return g

    def sub(self, b, l, kind):
        one, part = len(b.shape) == 1, lambda n, high: self.low(n, l - 1) // 2 if high else self.low(n, l)
        across, down = kind % 2, kind // 2
        new = b.like(index=4 * b.index + kind)
        if l == 0:
            return new
        if self.kind == "cdf97":
            f = room(whole(b) + 4, 4)
            new.bits, new.frac = cap(b.bits + f - b.frac), f
        new.level = b.level + l - 1
        growth = lambda high: self.TABLES[self.kind][2 + high][min(l, 6) - 1]
        g, G = self.axis_gain(b.shape[-1], l, across), growth(across) << 8
        new.shape[-1] = part(b.shape[-1], across)
        if not one:
            g = g * self.axis_gain(b.shape[-2], l, down) >> 16
            G = (G >> 8) * growth(down)
            new.shape[-2] = part(b.shape[-2], down)
        new.gain = gained(b.gain, g + 128 >> 8)
        largest = ((G << new.bits - 1) >> 16) + self.TABLES[self.kind][4]
        while new.bits < 32 and largest > 1 << new.bits - 1:
            new.bits += 1
        return new

    def kinds(self, b):
        return range(1, 2 if len(b.shape) == 1 else 4)

    def arrange(self, layout):
        out = []
        for b in flat(layout):
            if b.side:
                out.append([b.like()])
                continue
            out.append([self.sub(b, self.levels, 0)])
            out += [[self.sub(b, l, kind)] for l in range(self.levels, 0, -1) for kind in self.kinds(b)]
        return out

    def inverse(self, x, where):
        x, out, at = flat(x), [], 0
        for b in flat(where):
            count = 1 if b.side else 1 + self.levels * len(self.kinds(b))
            own, at = x[at : at + count], at + count
            frac = common_frac(own, self.work)
            out.append([handed(b, frac, own[0].v if b.side else self.synthesise(own, b))])
        return out

    def synthesise(self, own, b):
        batch, rows, cols = b.planes()
        one, out = len(b.shape) == 1, []
        for k in range(batch):
            def rows_of(band):
                _, h, w = band.planes()
                return [band.v[(k * h + r) * w : (k * h + r + 1) * w] for r in range(h)] if band.v else []
            low = rows_of(own[0])
            for n, l in enumerate(range(self.levels, 0, -1)):
                h, w = (1 if one else self.low(rows, l - 1)), self.low(cols, l - 1)
                if one:
                    low = [self.join(low[0], (rows_of(own[1 + n]) or [[]])[0])]
                    continue
                hl, lh, hh = (rows_of(own[1 + 3 * n + i]) for i in range(3))
                plane = []
                for r in range(h):
                    s, d = (lh, hh) if r % 2 else (low, hl)
                    plane.append(self.join(s[r // 2] if s else [], d[r // 2] if d else []))
                columns = [list(c) for c in zip(*plane)]
                low = [list(r) for r in zip(*(self.join(c[0::2], c[1::2]) for c in columns))] if h > 1 else plane
            for r in low:
                out += r
        return out

    def join(self, s, d):
        n, m, s, d = len(s), len(d), list(s), list(d)
        if m == 0:
            return s
        D = lambda i: (d[i - 1] if i else d[0]) + d[min(i, m - 1)]
        S = lambda i: s[i] + s[min(i + 1, n - 1)]
        mod, sat = (lambda v: wrap(v, self.work.bits)), self.work.sat
        if self.kind == "haar":
            s = [mod(v - (d[i] >> 1)) if i < m else v for i, v in enumerate(s)]
            d = [mod(v + s[i]) for i, v in enumerate(d)]
        elif self.kind == "cdf53":
            s = [mod(v - (D(i) + 2 >> 2)) for i, v in enumerate(s)]
            d = [mod(v + (S(i) >> 1)) for i, v in enumerate(d)]
        else:
            shift, k = (14, (-25987, -868, 14466, 7266, 20156)) if self.work.bits == 16 else (
                28, (-425774695, -14221742, 237004637, 119052964, 330222347))
            f = lambda v, by: rnd(v * by, shift)
            s = [sat(f(v, k[4])) for v in s]
            s = [sat(v - f(D(i), k[3])) for i, v in enumerate(s)]
            d = [sat(v - f(S(i), k[2])) for i, v in enumerate(d)]
            s = [sat(v - f(D(i), k[1])) for i, v in enumerate(s)]
            d = [sat(v - f(S(i), k[0])) for i, v in enumerate(d)]
        return [v for pair in zip(s, d) for v in pair] + s[m:]


def scale_of(bands, dimension, wider=0):
    """frac and bits of the coefficients of a basis."""
    w, e = max([1] + [b.bits - b.frac for b in bands]) + wider, 0
    while dimension > 1:
        dimension, e = (dimension + 3) // 4, e + 1
    f = clamp(15 - w - e, 0, 6)
    return f, min(w + e + 1 + f, 16 if w <= 10 else 32)


def vector_gain(bands, basis, K, D, k):
    """Of coefficient k of K, from all sets of a learned basis; `basis` is empty without state."""
    gains = [b.gain for b in bands]
    if not basis or len(set(gains)) == 1:
        return gains[k % len(gains)]
    squares = [(d, v * v >> 8) for row in range(k, len(basis) // D, K) for d, v in enumerate(basis[row * D : row * D + D])]
    weight = sum(w for _, w in squares)
    return max(math.isqrt(sum(w * gains[d % len(gains)] ** 2 for d, w in squares) // weight), 1) if weight else gains[k % len(gains)]


def coefficients(shape, bands, basis, K, D, wider=0):
    """The group of K coefficients of vectors of D samples."""
    f, bits = scale_of(bands, D, wider)
    return [Band(shape, index=k, frac=f, bits=bits, gain=vector_gain(bands, basis, K, D, k)) for k in range(K)]


def rows_of(values, K, D, first=0):
    return [values[(first + k) * D : (first + k + 1) * D] for k in range(K)]


def low_frequencies(H, W, K, bands):
    D = H * W * bands
    out = [[0] * D for _ in range(K)]

    def e(N, u, n):
        c = half_away(math.sqrt((1 if u == 0 else 2) / N) * 2**24)
        t = half_away(math.cos(math.pi * (u * (2 * n + 1) % (4 * N)) / (2 * N)) * 2**24)
        return c * t + (1 << 23) >> 24

    k = 0
    for _, u, v in sorted((u * W + v * H, u, v) for u in range(H) for v in range(W)):
        for c in range(bands):
            if k < K:
                for y in range(H):
                    for x in range(W):
                        out[k][(y * W + x) * bands + c] = e(H, u, y) * e(W, v, x) + (1 << 33) >> 34
                k += 1
    return out


def patches(work, group, into, H, W, learned):
    """The planes of patches of H x W; `learned(p)` is the mean and the basis of the p-th."""
    frac, f, n = group[0].frac, into[0].frac, len(into)
    s, b = 14 + frac - f, min(max(t.bits for t in into), work.bits)
    batch, rows, cols = into[0].planes()
    down, across = -(-rows // H), -(-cols // W)
    out = [[0] * (batch * rows * cols) for _ in into]
    for p in range(batch * down * across):
        mean, basis = learned(p)
        c = [band.v[p] for band in group]
        k, i, j = p // across // down, p // across % down * H, p % across * W
        for d in range(H * W * n):
            y, z = i + d // n // W, j + d // n % W
            if y < rows and z < cols:
                v = (mean[d] << 10 + frac) + (1 << s - 1) + sum(q * row[d] for q, row in zip(c, basis))
                out[d % n][(k * rows + y) * cols + z] = clamp(v >> s, -(1 << b - 1), (1 << b - 1) - 1)
    return [[t.like(v=v)] for t, v in zip(into, out)]


class Pca(Learned, Identity):
    state = ("mean", "basis")

    def __init__(self, work, H, W, K):
        super().__init__()
        self.work, self.H, self.W, self.K = work, H, W, K

    def learned(self, bands):
        D = self.H * self.W * bands
        if "basis" in self.arrays:
            return self.arrays["mean"], rows_of(self.arrays["basis"], self.K, D)
        return [0] * D, low_frequencies(self.H, self.W, self.K, bands)

    def arrange(self, layout):
        x = flat(layout)
        if "basis" in self.arrays and self.shapes["mean"] != [self.H * self.W * len(x)]:
            raise Corrupt("learned from another number of components")
        grid, D = divided(x[0].shape, self.H, self.W), self.H * self.W * len(x)
        return [coefficients(grid, x, self.arrays.get("basis"), self.K, D)]

    def inverse(self, x, where):
        into = flat(where)
        learned = self.learned(len(into))
        return patches(self.work, x[0], into, self.H, self.W, lambda p: learned)


class Eigenpicture(Learned, Identity):
    def __init__(self, work):
        super().__init__()
        self.work = work

    def fits(self, layout):
        if "basis" not in self.arrays:
            return False
        *shape, components = self.shapes["mean"]
        x = flat(layout)
        return len(x) == components and all(
            b.shape == shape and not b.side and b.frac == x[0].frac and 0 <= b.frac <= 8 for b in x)

    def arrange(self, layout):
        if not self.fits(layout):
            return super().arrange(layout)
        return [coefficients([1, 1], flat(layout), self.arrays["basis"], *self.shapes["basis"])]

    def inverse(self, x, where):
        if not self.fits(where):
            return x
        learned = self.arrays["mean"], rows_of(self.arrays["basis"], *self.shapes["basis"])
        into = flat(where)
        return patches(self.work, x[0], into, *into[0].shape, lambda p: learned)


class KltSet(Learned, Identity):
    def __init__(self, work, N, classes):
        super().__init__()
        self.work, self.N, self.classes = work, N, classes

    def arrange(self, layout):
        x = flat(layout)
        K = self.shapes["basis"][1] if "basis" in self.arrays else self.N * self.N
        grid = divided(x[0].shape, self.N, self.N)
        if "basis" in self.arrays and self.shapes["mean"][1] != self.N * self.N * len(x):
            raise Corrupt("learned from another number of components")
        return [[Band(grid, side=True, bits=width(self.classes - 1) + 1)],
                coefficients(grid, x, self.arrays.get("basis"), K, self.N * self.N * len(x))]

    def inverse(self, x, where):
        into, which = flat(where), x[0][0].v
        D, K = self.N * self.N * len(into), len(x[1])
        if "basis" in self.arrays:
            learned = [(self.arrays["mean"][c * D : c * D + D], rows_of(self.arrays["basis"], K, D, c * K))
                       for c in range(self.classes)]
        else:
            learned = [([0] * D, low_frequencies(self.N, self.N, K, len(into)))]
        return patches(self.work, x[1], into, self.N, self.N, lambda p: learned[clamp(which[p], 0, len(learned) - 1)])


class PredictedKlt(Learned, Identity):
    """A closed loop: `inverse` gets symbols, and the quantizer's value of one."""

    closed = True

    def __init__(self, work, N):
        super().__init__()
        self.work, self.N = work, N

    def known(self, components):
        return "basis" in self.arrays and self.shapes["mean"][1] == self.N * self.N * components

    def arrange(self, layout):
        x = flat(layout)
        D = self.N * self.N * len(x)
        K = self.shapes["basis"][1] if self.known(len(x)) else min(32, D)
        basis = self.arrays["basis"] if self.known(len(x)) else []
        return [coefficients(divided(x[0].shape, self.N, self.N), x, basis, K, D, 1)]

    def inverse(self, x, where, value):
        group, into, N = x[0], flat(where), self.N
        n, (_, rows, cols) = len(into), into[0].planes()
        D, K, known = N * N * n, len(group), self.known(len(into))
        usual = None if known else low_frequencies(N, N, K, n)
        s, w = 14 + group[0].frac, self.work.bits
        b = min(max(t.bits for t in into), w)
        sat = lambda v: clamp(v, -(1 << b - 1), (1 << b - 1) - 1)
        out = [[[0] * cols for _ in range(rows)] for _ in into]
        for p in range(-(-rows // N) * -(-cols // N) if rows and cols else 0):
            top, left = p // -(-cols // N) * N, p % -(-cols // N) * N
            kind = (left > 0) + 2 * (top > 0)
            places = [(top > 0, top - 1, max(left + j - 1, 0)) for j in range(2 * N + 1)]
            places += [(top > 0, max(top - 2, 0), left + j) for j in range(N)]
            places += [(left > 0, top + j, left - 1) for j in range(N)]
            places += [(left > 0, top + j, max(left - 2, 0)) for j in range(N)]
            r = [out[k][min(i, rows - 1)][min(j, cols - 1)] if there else 0 for there, i, j in places for k in range(n)]
            if known:
                basis = rows_of(self.arrays["basis"], K, D, kind * K)
                by, P = self.arrays["predictor"], len(r)
                guess = [sat((self.arrays["mean"][kind * D + d] + 8 >> 4)
                             + (sum(f * v for f, v in zip(by[(kind * D + d) * P : (kind * D + d + 1) * P], r)) + (1 << 13) >> 14))
                         for d in range(D)]
            else:
                basis, m = usual, max(sum(there for there, _, _ in places), 1)
                means = [quotient(t + (m // 2 if t >= 0 else -(m // 2)), m) for t in (sum(r[k::n]) for k in range(n))]
                guess = [sat(means[d % n]) for d in range(D)]
            c = [value(band.v[p], band) for band in group]
            for d in range(D):
                i, j, k = top + d // n // N, left + d // n % N, d % n
                if i < rows and j < cols:
                    rest = (1 << s - 1) + sum(q * row[d] for q, row in zip(c, basis)) >> s
                    out[k][i][j] = sat(guess[d] + clamp(rest, -(1 << w - 1), (1 << w - 1) - 1))
        return [[t.like(v=[v for row in rows_ for v in row])] for t, rows_ in zip(into, out)]


class LinearSynthesis(Learned, Identity):
    def __init__(self, work):
        super().__init__()
        self.work = work

    def filter(self, s):
        name, tent = {2: "half", 4: "quarter"}[s], lambda k: 2 * s - abs(2 * k + 1 - 2 * s)
        return self.arrays.get(name) or [tent(r) * tent(c) * 4096 // (4 * s * s) for r in range(2 * s) for c in range(2 * s)]

    def arrange(self, layout):
        return [[b.like(shape=divided(b.shape, s, s), level=l, frac=0, bits=16, gain=256)]
                for b in flat(layout) for l, s in ((1, 2), (2, 4))]

    def inverse(self, x, where):
        x, out, filters = flat(x), [], {s: self.filter(s) for s in (2, 4)}
        for n, b in enumerate(flat(where)):
            v, t = [], 8 - b.frac
            for i in range(b.shape[0]):
                for j in range(b.shape[1]):
                    total = 0
                    for latent, s in ((x[2 * n], 2), (x[2 * n + 1], 4)):
                        rows, cols = latent.shape
                        (u, a), (w, c) = divmod(i + s // 2, s), divmod(j + s // 2, s)
                        for e in (0, 1):
                            for f in (0, 1):
                                q = latent.v[clamp(u - e, 0, rows - 1) * cols + clamp(w - f, 0, cols - 1)]
                                total += q * filters[s][(a + s * e) * 2 * s + c + s * f]
                    v.append(clamp(total + (1 << t) // 2 >> t, -(1 << b.bits - 1), (1 << b.bits - 1) - 1))
            out.append([b.like(v=v)])
        return out


class PerImage(Identity):
    def __init__(self, policy):
        self.policy = policy

    def __getattr__(self, name):
        return getattr(self.policy, name)

    def told(self, step):
        self.policy.told(step)

    def arrange(self, layout):
        return self.policy.arrange(layout)

    def inverse(self, x, where):
        return self.policy.inverse(x, where)

    def read(self, r):
        for name in self.policy.state:
            n = math.prod(dims) if (dims := [r.varint() for _ in range(r.u8())]) else 0
            if n == 0:
                continue
            zeros, engine = r.u8(), Engine(r)
            rows, before, last, values = {}, 0, 0, []
            for _ in range(n):
                row, w = (before + last) // 2, 0
                while w < 32 and self.bit(engine, rows, (row, w)):
                    w += 1
                m = w if w < 2 else 1 << w - 1 | engine.direct(w - 1)
                if w and engine.direct(1):
                    m = -m
                values.append(wrap(m, 32) << zeros)
                before, last = last, w
            engine.finish()
            self.policy.learn({name: (dims, values)})
        self.policy.read(r)

    @staticmethod
    def bit(engine, rows, key):
        p, n = rows.get(key, (32768, 0))
        b = engine.bit(p)
        n, r = (n + 1, n + 1) if n < 4 else (n, 5)
        rows[key] = p + quotient((65472 if b else 64) - p, 1 << r), n
        return b


# --- quantizers ----------------------------------------------------------------------------------------------------------


class Quantizer(Policy):
    """`uniform`, and what all with a step share."""

    def __init__(self, work):
        self.work, self.step = work, 0

    def read(self, r):
        self.step = r.varint()

    def own(self, b, top):
        if self.step == 0 or b.side:
            return 256
        e = clamp(b.frac, -15, 15)
        t = self.step * 256 >> -e if e < 0 else self.step * 256 << e
        G = max(b.gain, 1)
        return clamp((t + G // 2) // G, 256, 1 << top)

    def arrange(self, layout):
        out = [[b.like() for b in g] for g in layout]
        for b in flat(out):
            if self.step == 0 or b.side or not 1 <= b.bits <= 32:
                continue
            s, B, n = self.own(b, 41), 1 << b.bits - 1, 1
            up, down = ((B - 1) * 256 + s // 2) // s, (B * 256 + s // 2) // s
            while n < b.bits and not (up < 1 << n - 1 and down <= 1 << n - 1):
                n += 1
            b.symbol_bits = n
        for b in flat(out):
            b.bits = b.__dict__.pop("symbol_bits", b.bits)
        return out

    def shift(self, b, s, q, counts):
        return 0

    def value(self, q, b):
        """Of one symbol, in a closed loop."""
        s, bits = self.own(b, 41), b.bits if 1 <= b.bits <= 32 else 32
        v = min(abs(q), (1 << 39) // s + 1) * s + 128 >> 8
        return clamp(-v if q < 0 else v, -(1 << bits - 1), (1 << bits - 1) - 1)

    def values(self, symbols, layout):
        small = self.work.bits == 16
        out, number = [], 0
        for group, into in zip(symbols, layout):
            out.append([])
            for x, b in zip(group, into):
                s = self.own(b, 25 if small else 41)
                counts = len(x.v), sum(v != 0 for v in x.v)
                bits = self.work.bits if b.side or not 1 <= b.bits <= self.work.bits else b.bits
                v = []
                b.number = number
                number += 1
                for q in x.v:
                    d = self.shift(b, s, q, counts) if q else 0
                    m = min(abs(q), (1 << (23 if small else 39)) // s + 1)
                    value = m * s + 128 - d >> 8
                    v.append(clamp(-value if q < 0 else value, -(1 << bits - 1), (1 << bits - 1) - 1))
                out[-1].append(b.like(v=v))
        return out


class NoQuantizer(Quantizer):
    def read(self, r):
        pass

    def values(self, symbols, layout):
        return [[b.like(v=x.v) for x, b in zip(g, into)] for g, into in zip(symbols, layout)]


class Levels(Learned, Quantizer):
    def __init__(self, work, k):
        super().__init__()
        self.work, self.k, self.bits = work, k, width(k - 1)

    def read(self, r):
        pass

    def arrange(self, layout):
        return [[b if b.side else b.like(bits=self.bits) for b in g] for g in layout]

    def values(self, symbols, layout):
        def band(x, b):
            if b.side:
                return x.v
            low = -(1 << self.work.width(b) - 1)
            high, learned = -low - 1, self.arrays.get("values")
            level = [clamp(learned[k] if learned else low + (high - low) * k // (self.k - 1), low, high) for k in range(self.k)]
            v = [level[clamp(q + (1 << self.bits - 1), 0, self.k - 1)] for q in x.v]
            return self.corrected(v, b, low, high) if "hidden" in self.arrays else v

        return [[b.like(v=band(x, b)) for x, b in zip(g, into)] for g, into in zip(symbols, layout)]

    def corrected(self, v, b, low, high):
        """What a network makes of the levels around each."""
        hidden, output, out = rows_of(self.arrays["hidden"], 24, 26), self.arrays["output"], []
        batch, rows, cols = b.planes()
        for p in range(batch * rows * cols):
            first, (y, x) = p // (rows * cols) * rows * cols, divmod(p % (rows * cols), cols)
            a = [v[first + clamp(y + dy, 0, rows - 1) * cols + clamp(x + dx, 0, cols - 1)]
                 for dy in range(-2, 3) for dx in range(-2, 3)]
            h = [clamp(1024 * row[25] + sum(f * t for f, t in zip(row, a)), 0, 1 << 32) for row in hidden]
            total = (output[24] << 16) + sum(f * t for f, t in zip(output, h)) + (1 << 19)
            out.append(clamp(a[12] + (total >> 20), low, high))
        return out


class DeadZone(Quantizer):
    def read(self, r):
        first = r.varint()
        self.step, self.points = first // 2, [(0, 2, 2), (0, 0, 0), (1, 0, -1), (-1, -1, -2)]
        if first % 2:
            classes = r.u8()
            if not 0 < classes < 16:
                raise Corrupt("dead_zone")
            for c in range(4):
                if classes >> c & 1:
                    self.points[c] = [r.i8() for _ in range(3)]

    def shift(self, b, s, q, counts):
        if b.side or s == 256:
            return 0
        n, x = counts
        c = (32 * x > n) + (8 * x > n) + (8 * x > 3 * n)
        return quotient(self.points[c][min(abs(q), 3) - 1] * s, 64)


class Codebook(Learned, NoQuantizer):
    state = ["entries"]

    def __init__(self, work):
        super().__init__()
        self.work, self.step = work, 0

    @property
    def extents(self):
        return self.shapes.get("entries")

    def indices(self):
        """Bands of indices."""
        return 1

    def fits(self, layout):
        signal = [b for b in flat(layout) if not b.side]
        return self.extents is not None and len(signal) == self.extents[-1] and all(b.shape == signal[0].shape for b in signal)

    def arrange(self, layout):
        if not self.fits(layout):
            return [[b.like() for b in g] for g in layout]
        out, found = [], False
        for b in flat(layout):
            if b.side:
                out.append([b.like()])
            elif not found:
                found = True
                out += [[b.like(component=(b.component + i) % 65536, frac=0, gain=256, bits=(self.extents[-2] - 1).bit_length() + 1)]
                        for i in range(self.indices())]
        return out

    def values(self, symbols, layout):
        if not self.fits(layout):
            return super().values(symbols, layout)
        symbols = flat(symbols)
        indices = [x.v for x in symbols if not x.side][:self.indices()]
        sides = iter([x.v for x in symbols if x.side])
        out, element = [], 0
        for group in layout:
            out.append([])
            for b in group:
                if b.side:
                    out[-1].append(b.like(v=next(sides)))
                    continue
                n, up = self.work.width(b), clamp(b.frac, -20, 20)
                sums = [self.entry(q, element) for q in zip(*indices)]
                out[-1].append(b.like(v=[clamp(e << up if up >= 0 else e + (1 << -up - 1) >> -up, -(1 << n - 1), (1 << n - 1) - 1)
                                         for e in sums]))
                element += 1
        return out

    def entry(self, q, element):
        """What the symbols of a place stand for in one signal band, in samples."""
        k, m = self.extents
        return self.arrays["entries"][clamp(q[0], 0, k - 1) * m + element]


class Product(Codebook):
    def __init__(self, work, pieces):
        super().__init__(work)
        self.pieces = pieces

    def indices(self):
        return min(self.pieces, self.extents[1])

    def entry(self, q, element):
        return super().entry([q[element % self.indices()]], element)


class Residual(Codebook):
    def indices(self):
        return self.extents[0]

    def entry(self, q, element):
        _, k, m = self.extents
        return clamp(sum(self.arrays["entries"][(t * k + clamp(i, 0, k - 1)) * m + element] for t, i in enumerate(q)), -2**31, 2**31 - 1)


class EscapeCodebook(Codebook):
    def read(self, r):
        self.step, self.escapes = r.varint(), r.varint()

    def arrange(self, layout):
        uniform = Quantizer.arrange(self, layout)
        if not self.fits(layout):
            if self.escapes:
                raise Corrupt("escapes of nothing")
            return uniform
        out = super().arrange(layout)
        index = next(b for b in flat(out) if not b.side)
        index.bits = self.extents[0].bit_length() + 1
        if self.escapes > math.prod(index.shape):
            raise Corrupt("more escapes than vectors")
        for g in uniform if self.escapes else []:
            signal = [b.like(shape=[1] * (len(b.shape) - 1) + [self.escapes]) for b in g if not b.side]
            out += [signal] if signal else []
        return out

    def values(self, symbols, layout):
        if not self.fits(layout):
            return Quantizer.values(self, symbols, layout)
        index = next(x for x in flat(symbols) if not x.side)
        escaped = [p for p, q in enumerate(index.v) if q <= 0][:self.escapes]
        signal = [[b for b in g if not b.side] for g in layout]
        signal = [g for g in signal if g]
        sent = flat(Quantizer.values(self, symbols[-len(signal):], signal)) if self.escapes else []
        out = super().values([[x if x is not index else x.like(v=[max(q, 1) - 1 for q in x.v]) for x in g] for g in symbols], layout)
        for b, from_ in zip([b for b in flat(out) if not b.side], sent):
            for p, v in zip(escaped, from_.v):
                b.v[p] = v
        return out


class LloydMax(Learned, NoQuantizer):
    state = ["levels"]

    def __init__(self, work, K):
        super().__init__()
        self.work, self.K = work, K

    def arrange(self, layout):
        return [[b.like() if b.side else b.like(bits=width(self.K - 1)) for b in g] for g in layout]

    def values(self, symbols, layout):
        K, count, rows, extents = self.K, len(flat(layout)), None, self.shapes.get("levels", [])
        if len(extents) == 2 and extents[1] == K and extents[0] in (1, count):
            rows = rows_of(self.arrays["levels"], extents[0], K)
        out, at = [], 0
        for group, quantised in zip(layout, symbols):
            out.append([])
            for b, x in zip(group, quantised):
                row, n, up = rows[at % len(rows)] if rows else None, self.work.width(b), clamp(b.frac - 4, -20, 20)
                low, high = -(1 << n - 1), (1 << n - 1) - 1
                if row:
                    zero = min(range(K), key=lambda k: (abs(row[k]), k))
                    level = [clamp(v << up if up >= 0 else v + (1 << -up - 1) >> -up, low, high) for v in row]
                else:
                    zero, level = K // 2, [low + (high - low) * k // (K - 1) for k in range(K)]
                out[-1].append(b.like(v=x.v if b.side else [level[(q + zero) % K] for q in x.v]))
                at += 1
        return out


class TrainedZone(Learned, Quantizer):
    def __init__(self, work):
        super().__init__()
        self.work = work

    def read(self, r):
        f, own = r.u8(), self.arrays.get("step", [0])[0]
        S = min(own, 1 << 24) if own > 0 and self.shapes["step"] == [1] else 2048
        self.step = max((S * rounded_root(f % 32) << f // 32) >> 19, 1)

    def shift(self, b, s, q, counts):
        at, points = 3 * b.number + min(abs(q), 3) - 1, self.arrays.get("points", [])
        return 0 if b.side or s == 256 or at >= len(points) else quotient(clamp(points[at], -31, 31) * s, 64)


def rounded_root(i):
    """2^(i / 32) in 2^-15, to the nearest."""
    return int(2 ** (i / 32) * 32768 + 0.5)


class Matrix(Policy):
    LUMA = [16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
            87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120,
            101, 72, 92, 95, 98, 112, 100, 103, 99]
    CHROMA = [17, 18, 24, 47, 18, 21, 26, 66, 24, 26, 56, 99, 47, 66, 99, 99]

    def __init__(self, inner):
        self.inner = inner

    @property
    def step(self):
        return getattr(self.inner, "step", 0)

    def learn(self, arrays):
        self.inner.learn(part_of(arrays, "inner"))

    def read(self, r):
        self.inner.read(r)

    def arrange(self, layout):
        return self.inner.arrange(self.weighted(layout))

    def values(self, symbols, layout):
        out = self.inner.values(symbols, self.weighted(layout))
        for x, b in zip(flat(out), flat(layout)):
            x.gain = b.gain
        return out

    def entry(self, component, i, j):
        return self.LUMA[8 * i + j] if component == 0 else self.CHROMA[4 * i + j] if i < 4 and j < 4 else 99

    def weight(self, component, row, column, n):
        (i, f), (j, g) = (divmod(min(k * 512 // n, 448), 64) for k in (row, column))
        A = lambda i, j: self.entry(component, min(i, 7), min(j, 7))
        return (A(i, j) * (64 - g) + A(i, j + 1) * g) * (64 - f) + (A(i + 1, j) * (64 - g) + A(i + 1, j + 1) * g) * f

    def weighted(self, layout):
        """The layout with other gains."""
        out = []
        for group in layout:
            one = group and len(group[0].shape) == 1
            n = len(group) if one else math.isqrt(len(group))
            square = n >= 2 and (one or n * n == len(group))
            out.append([])
            for k, b in enumerate(group):
                c = group[0].component
                W = self.weight(c, 0 if one else k // n, k % n, n) if square else 0
                gain = clamp((b.gain * self.weight(c, 0, 0, n) + W // 2) // W, 1, 65535) if square else b.gain
                out[-1].append(b.like(gain=gain))
        return out


# --- coders --------------------------------------------------------------------------------------------------------------
# decode(layout, r) fills v of all bands


class Bits:
    def __init__(self, r):
        self.r, self.held, self.count = r, 0, 0

    def get(self, n):
        while self.count < n:
            self.held |= self.r.u8() << self.count
            self.count += 8
        v = self.held & (1 << n) - 1
        self.held, self.count = self.held >> n, self.count - n
        return v

    def finish(self):
        if self.held:
            raise Corrupt("padding")


def extra(t):
    return 0 if t < 16 else (t - 16) // 2 + 3


def symbol(t, rest):
    f = (t if t < 16 else (2 + t % 2 << extra(t)) + rest) & 0xFFFFFFFF
    return f >> 1 if f % 2 == 0 else -(f >> 1) - 1


class Engine:
    def __init__(self, r):
        self.r, self.at, self.range = r, r.at, (1 << 64) - 1
        self.code = self.next() << 32 | self.next()

    def next(self):
        b = self.r.data[self.at : self.at + 4]
        self.at += 4
        return int.from_bytes(b + bytes(4 - len(b)), "big")

    def refill(self):
        if self.range < 1 << 32:
            self.range <<= 32
            self.code = self.code << 32 | self.next()

    def bit(self, p):
        part = (self.range >> 16) * p
        b = self.code < part
        if b:
            self.range = part
        else:
            self.code -= part
            self.range -= part
        self.refill()
        return int(b)

    def direct(self, n):
        v = 0
        for _ in range(n):
            self.range >>= 1
            b = self.code >= self.range
            if b:
                self.code -= self.range
            v = 2 * v + b
            self.refill()
        return v

    def finish(self):
        k = 0
        if self.range != (1 << 64) - 1:
            k = 1
            while k < 8 and self.range < 1 << 65 - 8 * k:
                k += 1
        self.r.take(self.at - 8 + k - self.r.at)
        if k > 0:
            behind = (self.r.data[self.r.at : self.at] + bytes(8))[: 8 - k]
            if not 0 <= self.code - int.from_bytes(behind, "big") < 1 << 64 - 8 * k:
                raise Corrupt("the stream does not close as it should")


class MultisymbolEngine:
    def __init__(self, r):
        self.r, self.start, self.shifts, self.range = r, r.at, 0, 65535
        self.code = int.from_bytes((r.data[r.at : r.at + 2] + bytes(2))[:2], "big")

    def take(self, low, high):
        self.code -= low
        self.range = high - low
        while self.range < 1 << 15:
            at = self.start * 8 + self.shifts + 16
            bit = self.r.data[at // 8] >> 7 - at % 8 & 1 if at // 8 < len(self.r.data) else 0
            self.range, self.code, self.shifts = 2 * self.range, 2 * self.code + bit, self.shifts + 1

    def digit(self, t):
        edges = [self.range] + [self.range * v >> 15 for v in t.t[1:]] + [0]
        d = sum(e > self.code for e in edges[1:16])
        self.take(edges[d + 1], edges[d])
        t.learn(d)
        return d

    def direct(self, n):
        v = 0
        while n > 0:
            k = min(n, 8)
            u = self.range >> k
            a = min(self.code // u, (1 << k) - 1)
            self.take(u * a, u * (a + 1))
            v, n = v << k | a, n - k
        return v

    def finish(self):
        n = 0 if self.range == 65535 else (self.shifts + 2 + 7) // 8
        self.r.take(n)
        if n:
            j = 8 * n - self.shifts
            t = int.from_bytes((self.r.data[self.r.at : self.r.at + 2] + bytes(2))[:2], "big") >> j
            if not (self.code < self.range and 0 <= self.code - t < 1 << 16 - j):
                raise Corrupt("the stream does not close as it should")


class Thresholds:
    def __init__(self, S, tail):
        self.S, self.n, self.t = S, 0, [0] + [16 - i + (tail(i) * 32737 >> 15) for i in range(1, 16)]

    def learn(self, d):
        shift = min(3 + width(self.n) // 2, self.S)
        for i in range(1, 16):
            self.t[i] += (32768 - i if i <= d else 16 - i) - self.t[i] >> shift
        self.n = min(self.n + 1, 255)


class Counter:
    __slots__ = "fast", "slow", "n"

    def __init__(self):
        self.fast = self.slow = 32768
        self.n = 0

    def p(self):
        return self.fast + self.slow >> 1

    def learn(self, b, F, S):
        step, aim = 131072 // (2 * self.n + 3), 65535 if b else 0
        self.fast += (aim - self.fast) * (max(step, 65536 >> F) >> 1) >> 15
        self.slow += (aim - self.slow) * (max(step, 65536 >> S) >> 1) >> 15
        self.n = min(self.n + 1, 255)


class Cells(dict):
    """Counters that are there when asked for."""

    def __init__(self, make):
        super().__init__()
        self.make = make

    def __missing__(self, key):
        self[key] = value = self.make()
        return value


def single(engine, c, F, S, low=64, high=65472):
    b = engine.bit(clamp(c.p(), low, high))
    c.learn(b, F, S)
    return b


class Raw(Policy):
    def __init__(self, work):
        self.work, self.bits = work, None

    def decode(self, layout, r):
        self.bits = self.bits or Bits(r)
        for b, _, _ in buffer_order(layout):
            n = self.work.width(b)
            b.v.append(wrap(self.bits.get(n), n))

    def finish(self):
        if self.bits:
            self.bits.finish()


class Golomb(Raw):
    def __init__(self, work, kind):
        self.work, self.kind = work, kind

    def decode(self, layout, r):
        order = list(buffer_order(layout))
        if not order:
            return
        bits, (of, count) = Bits(r), classes(layout)
        codes = []
        for _ in range(count):
            if bits.get(1):
                codes.append(("one", wrap(bits.get(32), 32)))
            elif self.kind != "general":
                codes.append((self.kind, bits.get(5)))
            else:
                n = bits.get(5)
                if n == 0:
                    raise Corrupt("divisor")
                codes.append((self.kind, 1 << n - 1 | bits.get(n - 1)))
        for b, _, _ in order:
            kind, k = codes[of[id(b)]]
            w = self.work.width(b)
            b.v.append(wrap(k if kind == "one" else self.symbol(kind, k, w, bits), w))
        bits.finish()

    def finish(self):
        pass

    @staticmethod
    def symbol(kind, k, w, bits):
        z = 0
        while not bits.get(1):
            z += 1
            if z == 24:
                return bits.get(w)
        if kind == "rice":
            f = (z << k) + bits.get(k)
        elif kind == "exponential":
            n = min(z + k, 32)
            f = (1 << n) + bits.get(n) - (1 << k)
        else:
            x = 0
            if k > 1:
                n = width(k - 1)
                x = bits.get(n - 1)
                if x >= (1 << n) - k:
                    x = 2 * x + bits.get(1) - ((1 << n) - k)
            f = z * k + x
        f %= 1 << 32
        return -(f + 1) // 2 if f % 2 else f // 2


class RunLength(Raw):
    def __init__(self, work, inner):
        self.work, self.inner = work, inner

    def learn(self, arrays):
        self.inner.learn(part_of(arrays, "inner"))

    def told(self, step):
        self.inner.told(step)

    def decode(self, layout, r):
        order = list(buffer_order(layout))
        if not order:
            return
        pairs, equal = divmod(r.varint(), 2)
        v = []
        if pairs:
            bits = r.u8()
            widest = max(b.bits if 1 <= b.bits <= 32 else 32 for b in flat(layout))
            group = [Band([pairs], index=0, bits=bits, v=[]), Band([pairs], index=1, bits=widest, v=[])]
            self.inner.work = Work(32)
            self.inner.decode([group], r)
            self.inner.finish()
            for run, value in zip(group[0].v, group[1].v):
                if not 0 <= run < len(order) - len(v):
                    raise Corrupt("run")
                v += [value if equal else 0] * run + [value]
        if equal and len(v) != len(order):
            raise Corrupt("runs")
        v += [0] * (len(order) - len(v))
        for (b, _, _), value in zip(order, v):
            b.v.append(wrap(value, self.work.width(b)))

    def finish(self):
        pass


def classes(layout):
    of, seen = {}, {}
    for group in layout:
        n = math.isqrt(len(group))
        square = len(group) > 0 and len(group[0].shape) > 1 and n * n == len(group) and n <= 64
        for k, b in enumerate(group):
            zone = b.index % 4
            if len(group) > 1:
                x = k // n + k % n if square else k
                zone = 4 + (x if x < 15 else min(11 + width(x), 27))
            key = b.side, min(b.component, 3), min(b.level, 15), zone
            of[id(b)] = seen.setdefault(key, len(seen))
    return of, len(seen)


class Grid:
    """The regions of a group."""

    def __init__(self, group):
        shape, n = group[0].shape, len(group)
        self.w, samples = shape[-1], math.prod(shape)
        h = samples // self.w if samples else 0
        area = max(0, 8 - width(n - 1))
        a = min((area + 1) // 2, width(self.w - 1)) if samples else 0
        self.b = min(area - a, width(h - 1)) if samples else 0
        self.a = min(area - self.b, width(self.w - 1)) if samples else 0
        self.across = -(-self.w // (1 << self.a)) if samples else 0
        self.down = -(-h // (1 << self.b))

    def region(self, p):
        return (p // self.w >> self.b) * self.across + (p % self.w >> self.a)


class Static(Raw):
    """The head that huffman and rans share."""

    def __init__(self, work):
        self.work = work

    def head(self, layout, r):
        of, _ = classes(layout)
        engine, cells = Engine(r), Cells(Counter)
        self.counts, self.base = engine.direct(1), 0
        if self.counts:
            n = engine.direct(5) + 1
            self.base = wrap(engine.direct(n), n)
        self.split = engine.direct(3) + 4
        if self.split > 8:
            raise Corrupt("split")
        self.last = 256 if self.split == 8 else (1 << self.split) + 2 * (32 - self.split)
        levels = {}
        for i, g in enumerate(layout):
            if g and len(g) * math.prod(g[0].shape) >= 1024 and engine.direct(1):
                levels[i] = self.levels(engine, cells, Grid(g))
        # The context of each symbol, in buffer order.
        contexts = []
        for i, g in enumerate(layout):
            grid = Grid(g) if g else None
            for p in range(math.prod(g[0].shape) if g else 0):
                level = levels[i][grid.region(p)] if i in levels else 0
                contexts += [16 * of[id(b)] + level for b in g]
        table_of, n, before = {}, 0, 0
        for c in sorted(set(contexts)):
            if n == 0 or n < 64 and single(engine, cells["fresh"], 4, 6):
                before, n = n, n + 1
            elif not single(engine, cells["same"], 4, 6):
                before = engine.direct(width(n - 1))
            if before >= n:
                raise Corrupt("table")
            table_of[c] = before
        numbers, tables = Numbers(engine), []
        for _ in range(n):
            tables.append(self.any_table(engine, numbers))
        self.setting(engine)
        engine.finish()
        extra = b""
        if any(t >= 1 << self.split for table in tables for t in self.tokens_of(table)):
            extra = r.take(r.varint())
        self.extra, self.extra_size = Bits(Reader(extra)), len(extra)
        return [tables[table_of[c]] for c in contexts]

    def any_table(self, engine, numbers):
        return self.alone(engine) if engine.direct(1) else self.table(engine, numbers)

    @staticmethod
    def levels(engine, cells, grid):
        out = []
        for y in range(grid.down):
            for x in range(grid.across):
                up = out[-grid.across] if y else None
                left = out[-1] if x else up if y else 0
                up = left if up is None else up
                c = "level", min(abs(left - up), 3)
                m = 0
                if not single(engine, cells[c, "zero"], 4, 6):
                    negative, m = single(engine, cells[c, "negative"], 4, 6), 1
                    while m < 15 and single(engine, cells[c, min(m - 1, 2)], 4, 6):
                        m += 1
                    m = -m if negative else m
                level = (left + up + 1) // 2 + m
                if not 0 <= level <= 15:
                    raise Corrupt("level")
                out.append(level)
        return out

    def symbols(self, layout, tokens):
        for (b, _, _), t in zip(buffer_order(layout), tokens):
            f = t
            if t >= 1 << self.split:
                n = (t - (1 << self.split)) // 2 + self.split - 1
                f = (2 + t % 2 << n) + self.extra.get(n)
            v = f + self.base if self.counts else f >> 1 if f % 2 == 0 else -(f >> 1) - 1
            b.v.append(wrap(v, self.work.width(b)))
        self.extra.finish()
        if self.extra.r.at != self.extra_size:
            raise Corrupt("extra bits")

    def setting(self, engine):
        pass

    def finish(self):
        pass


class Numbers:
    """The numbers of tables, each expected from those before and from the table before."""

    def __init__(self, engine):
        self.engine, self.cells, self.last = engine, Cells(Counter), {}

    def table(self):
        """A function that gives the next number of a table."""
        old, new = self.last, {}
        self.last = new

        def number():
            k = len(new)
            e = new.get(k - 1, 0) + old.get(k, 0) - old.get(k - 1, 0)
            node = 1
            for _ in range(4):
                node = 2 * node + single(self.engine, self.cells[clamp(e, 0, 15), node], 4, 5)
            new[k] = node - 16
            return node - 16

        return number


class Huffman(Static):
    def setting(self, engine):
        self.streams = 8 if engine.direct(1) else 1

    def alone(self, engine):
        t = engine.direct(8)
        if t >= self.last:
            raise Corrupt("token")
        return {(0, 0): t}

    def tokens_of(self, table):
        return table.values()

    def table(self, engine, numbers):
        number, lengths, filled = numbers.table(), [], 0
        while filled < 2048 and len(lengths) < self.last:
            n = number()
            if n > 11:
                raise Corrupt("length")
            lengths.append(n)
            filled += 1 << 11 - n if n else 0
        if filled != 2048:
            raise Corrupt("lengths")
        codes, code = {}, 0
        for n in range(1, 12):
            for t, length in enumerate(lengths):
                if length == n:
                    codes[n, code] = t
                    code += 1
            code <<= 1
        return codes

    def decode(self, layout, r):
        if not list(buffer_order(layout)):
            return
        tables, tokens = self.head(layout, r), []
        sizes = [r.varint() for _ in range(self.streams - 1)]
        parts = [r.take(n) for n in sizes]
        streams = [Bits(Reader(part)) for part in parts] + [Bits(r)]
        for i, table in enumerate(tables):
            n = code = 0
            while (n, code) not in table:
                n, code = n + 1, code << 1 | streams[i % self.streams].get(1)
            tokens.append(table[n, code])
        for bits, n in zip(streams, sizes + [None]):
            bits.finish()
            if n not in (None, bits.r.at):
                raise Corrupt("stream")
        self.symbols(layout, tokens)


class Rans(Static):
    def alone(self, engine):
        t = engine.direct(8)
        if t >= self.last:
            raise Corrupt("token")
        return [(t, 4096, 0)] * 4096

    def tokens_of(self, table):
        return {t for t, _, _ in table}

    def table(self, engine, numbers):
        number, slots = numbers.table(), []
        for t in range(self.last):
            n = number()
            if n > 12:
                raise Corrupt("frequency")
            f = n if n < 2 else 1 << n - 1 | engine.direct(n - 1)
            slots += [(t, f, len(slots))] * f
            if len(slots) >= 4096:
                break
        if len(slots) != 4096:
            raise Corrupt("frequencies")
        return slots

    def decode(self, layout, r):
        count = len(list(buffer_order(layout)))
        if not count:
            return
        tables = self.head(layout, r)
        lanes = 1 if count < 1024 else 4 if count < 8192 else 32
        states, tokens = [1 << 16] * lanes, []
        if any(table[0][1] != 4096 for table in tables):
            states = [r.u32() for _ in range(lanes)]
        for i, table in enumerate(tables):
            x = states[i % lanes]
            m = x % 4096
            t, f, start = table[m]
            x = f * (x >> 12) + m - start
            if x < 1 << 16:
                x = x << 16 | r.u16()
            states[i % lanes] = x
            tokens.append(t)
        if any(x != 1 << 16 for x in states):
            raise Corrupt("states")
        self.symbols(layout, tokens)


ROOTS = [1 << 30]
while len(ROOTS) < 17:
    ROOTS.append(math.isqrt(ROOTS[-1] << 31))


def root_products(first):
    out = []
    for i in range(256):
        v = 1 << 31
        for b in range(8):
            if i >> b & 1:
                v = v * ROOTS[first - b] >> 31
        out.append(v)
    return out


COARSE, FINE = root_products(8), root_products(16)
QUARTER = 16777216, 19951585, 23726566, 28215802


def half(y):
    return 0 if y >= 1 << 21 else (COARSE[y >> 8 & 255] * FINE[y & 255] >> 31) >> (y >> 16)


class RansFamily(Rans):
    """rans<laplace>, rans<gaussian>"""

    def __init__(self, work, gaussian):
        self.work, self.gaussian = work, gaussian

    def mass(self, s, a, n):
        slope, total = QUARTER[(64 - s) % 4] << (64 - s) // 4 >> 12, 0
        for j in range(8):
            y = min(abs(16 * a - 8 + n * (2 * j + 1)), 1 << 20) * slope >> 12
            if self.gaussian:
                y = min(y, 1 << 22) ** 2 >> 16
            total += half(y)
        return n * (total >> 3)

    def token_mass(self, s, t):
        if t < 1 << self.split:
            return self.mass(s, t + self.base if self.counts else t >> 1 if t % 2 == 0 else -(t >> 1) - 1, 1)
        n = 1 << (t - (1 << self.split)) // 2 + self.split - 1
        f = (2 + t % 2) * n
        if self.counts:
            return self.mass(s, self.base + f, n)
        return self.mass(s, f // 2, n // 2) + self.mass(s, -(f + n) // 2, n // 2)

    def frequencies(self, s, top):
        m = [min(self.token_mass(s, t), 1 << 40) + 1 for t in range(top + 1)]
        f = [max(1, (v << 12) // sum(m)) for v in m]
        if sum(f) < 4096:
            f[f.index(max(f))] += 4096 - sum(f)
        while sum(f) > 4096:
            f[f.index(max(f))] -= 1
        return f

    def any_table(self, engine, numbers):
        s, top, slots = engine.direct(6), engine.direct(8), []
        if top >= self.last:
            raise Corrupt("token")
        for t, f in enumerate(self.frequencies(s, top)):
            slots += [(t, f, len(slots))] * f
        return slots

    @classmethod
    def checksum(cls, gaussian):
        family, data = cls(None, gaussian), b""
        family.counts = family.base = 0
        for family.split, last in ((4, 72), (8, 256)):
            for s in range(64):
                data += struct.pack(f"<{last}H", *family.frequencies(s, last - 1))
        return crc32c(data)


class Tans(Rans):
    def decode(self, layout, r):
        count = len(list(buffer_order(layout)))
        if not count:
            return
        tables, tokens = self.head(layout, r), []
        slots = {id(t): self.slots(t) for t in tables}
        states = [0] * (8 if count >= 1024 else 1)
        bits = None
        if any(table[0][1] != 4096 for table in tables):
            bits, skipped = Bits(r), 1
            while not bits.get(1):
                skipped += 1
                if skipped > 8:
                    raise Corrupt("start")
            states = [bits.get(12) for _ in states]
        for i, table in enumerate(tables):
            t, n, base = slots[id(table)][states[i % len(states)]]
            states[i % len(states)] = base + (bits.get(n) if n else 0)
            tokens.append(t)
        if any(states) or bits and bits.count:
            raise Corrupt("states")
        self.symbols(layout, tokens)

    @staticmethod
    def slots(table):
        tokens, s = [0] * 4096, 0
        for t, _, _ in table:
            tokens[s] = t
            s = (s + 2563) % 4096
        number = {t: f for t, f, _ in table}
        out = []
        for t in tokens:
            k = number[t]
            number[t] += 1
            n = 13 - width(k)
            out.append((t, n, (k << n) - 4096))
        return out


class Range(Raw):
    def __init__(self, work, model, engine=Engine):
        self.work, self.model, self.make, self.engine = work, model, engine, None

    def learn(self, arrays):
        if arrays:
            self.model.learn(part_of(arrays, "model"))

    def told(self, step):
        if isinstance(self.model, Policy):
            self.model.told(step)

    def decode(self, layout, r):
        self.engine = self.engine or self.make(r)
        self.model.code(self.engine, layout, self.work)

    def finish(self):
        if self.engine:
            self.engine.finish()


# --- models --------------------------------------------------------------------------------------------------------------


class Adaptive:
    def __init__(self):
        self.cells = Cells(Counter)

    def code(self, engine, layout, work):
        of, _ = classes(layout)
        for b, _, _ in buffer_order(layout):
            node, kind = 1, of[id(b)] % 256
            for _ in range(7):
                node = 2 * node + single(engine, self.cells[kind, node], 5, 8, 16, 65520)
            t = min(node - 128, 71)
            b.v.append(wrap(symbol(t, engine.direct(extra(t))), work.width(b)))


class Geometric(Learned):
    def code(self, engine, layout, work):
        odds = self.arrays.get("odds", [])
        for at, b in enumerate(flat(layout)):
            zero, on = (clamp(p, 32, 65504) for p in odds[2 * at : 2 * at + 2]) if 2 * at < len(odds) else (32768, 32768)
            for _ in range(math.prod(b.shape)):
                if engine.bit(zero):
                    b.v.append(0)
                    continue
                negative, m = engine.direct(1), 1
                while m < 24 and engine.bit(on):
                    m += 1
                if m == 24:
                    m += engine.direct(min(engine.direct(6), 32))
                b.v.append(wrap(-m if negative else m, work.width(b)))


class ConditionalScale(Learned):
    @staticmethod
    def chance(c, m):
        up = 72 - c
        t = (65536, 82570, 104032)[up % 3] << up // 3 - 8
        h = (t * 3 // 5 if m == 0 else t) >> 2
        y = (1 << 32) - h + (h * h >> 33)
        for _ in range(10):
            y = y * (y >> 8) >> 24
        return clamp(y >> 16, 1, 65535)

    @staticmethod
    def log(x):
        e = width(x) - 1
        return 16 * e + ((x << 4) >> e) - 16

    def level(self, values):
        return self.log((sum(values) // len(values) if values else 128) + 26) - self.log(154)

    def told(self, step):
        self.now = step

    def row(self, band):
        """Unit, bias and weights of a band of the symbols, by its number among all."""
        if "bias" not in self.arrays:
            return 256, 21 << 12, [77] * 9
        r, then, now = min(band, len(self.arrays["bias"]) - 1), max(self.arrays["step"][0], 1), self.now
        spare = max(width(max(then, now)) - 20, 0)
        then, now = (max(then >> spare, 1), max(now >> spare, 1)) if now else (1, 1)
        bias = clamp(self.arrays["bias"][r], -(1 << 24), 1 << 24) + 768 * (self.log(then) - self.log(now))
        return min(self.arrays["unit"][r] * now // then, 1 << 20), bias, self.arrays["weight"][9 * r : 9 * r + 9]

    def code(self, engine, layout, work):
        if "odds" in self.arrays:
            self.odds = [[clamp(p, 1, 65535) for p in row] for row in rows_of(self.arrays["odds"], 40, 24)]
        else:
            self.odds = [[self.chance(c, m) for m in range(24)] for c in range(40)]
        number = {id(b): n for n, b in enumerate(flat(layout))}
        for group in layout:
            v = View(group)
            if not v.batch * v.h * v.w * v.n:
                continue
            if group[0].side:
                for _ in range(v.batch * v.h * v.w):
                    for b in group:
                        b.v.append(wrap(engine.direct(work.width(b)), work.width(b)))
                continue
            learned = [self.row(number[id(b)]) for b in group]
            rows = []
            for row in range(v.batch * v.h):
                rows.append([])
                for x in range(v.w):
                    now, beside = [], []
                    rows[-1].append(now)
                    if row % v.h:
                        beside.append(rows[row - 1][x])
                    if x:
                        beside.append(rows[-1][x - 1])
                    for k in range(v.n):
                        unit, bias, weights = learned[k]
                        f = [self.level(now[max(k - n, 0) : k]) for n in (2, 4, 8, 16, 32, k)]
                        f += [self.level([a for s in beside for a in s[max(k - n, 0) : k + n + 1]]) for n in (2, 8, v.n)]
                        c = clamp((bias + 2048 + sum(w * a for w, a in zip(weights, f))) >> 12, 0, 39)
                        q = self.value(engine, c)
                        group[k].v.append(wrap(q, work.width(group[k])))
                        now.append(min(2048, min(abs(group[k].v[-1]), 4095) * unit))

    def value(self, engine, c):
        m = 0
        while m < 24 and engine.bit(self.odds[c][m]):
            m += 1
        if m == 0:
            return 0
        if m == 24:
            n = 0
            while n < 31 and engine.bit(32768):
                n += 1
            m += (1 << n) - 1 + engine.direct(n)
        return -m if engine.direct(1) else m


KNOTS = [int(v) for v in """0 1 1 2 3 5 8 13 22 36 60 98 162 267 439 720 1179 1921 3108 4971 7812 11955 17625 24743 32768 40793
47911 53581 57724 60565 62428 63615 64357 64816 65097 65269 65374 65438 65476 65500 65514 65523 65528 65531 65533 65534 65535
65535 65536""".split()]


def squash(x):
    i, f = divmod(clamp(x, -3071, 3071) + 3072, 128)
    return KNOTS[i] * (128 - f) + KNOTS[i + 1] * f + 64 >> 7


def stretches():
    table, x = [], -3071
    for i in range(4096):
        while x < 3071 and squash(x) < 16 * i + 8:
            x += 1
        table.append(x)
    return table


STRETCH = stretches()


def mixed(engine, counters, w, R, F, S):
    x = [STRETCH[c.p() >> 4] for c in counters]
    p = clamp(squash(clamp(sum(a * b for a, b in zip(w, x)) >> 16, -3071, 3071)), 4, 65532)
    b = engine.bit(p)
    miss = (65536 if b else 0) - p
    for i, v in enumerate(x):
        w[i] = clamp(w[i] + (v * miss + (1 << R - 1) >> R), -(1 << 20), 1 << 20)
    for c in counters:
        c.learn(b, F, S)
    return b


def log_class(x, most):
    if x < 4:
        return min(x, most)
    e = width(x)
    return min(2 * e - 2 + (x >> e - 2 & 1), most)


class Autoregressive(Learned):
    PLACES = sorted((up * up + right * right, up, right) for up in range(7) for right in range(-6, 7)
                    if (up > 0 or right < 0) and up * up + right * right <= 37)
    G = {1: 16, 2: 11, 4: 8, 5: 7, 8: 6, 9: 5, 10: 5, 13: 4}

    def code(self, engine, layout, work):
        for b in flat(layout):
            batch, h, w = b.planes()
            for _ in range(batch if h * w else 0):
                b.v += self.plane(engine, h, w, work.width(b))

    def plane(self, engine, h, w, n):
        array = self.arrays
        known = self.shapes.get("bias") == [h, w]
        v, a = {}, {}
        for i in range(h * w):
            y, x = divmod(i, w)
            near = lambda plane, beyond, up, right: plane.get((y - up, x + right), beyond)
            W, N, NW = near(v, 0, 0, -1), near(v, 0, 1, 0), near(v, 0, 1, -1)
            total = 4096 + sum(self.G[square] * near(a, 256, up, right) for square, up, right in self.PLACES[:22])
            level = L16(total)
            if known:
                taps = self.shapes["weight"][2]
                C = array["bias"][i] + sum(array["weight"][i * taps + t] * near(v, 0, *self.PLACES[t][1:]) for t in range(taps)) >> 9
                s, R, most = array["spread"][i], array["response"][min((level - 192) >> 2, 31)], 4096
            else:
                C = 16 * (W if y == 0 else N if x == 0 else clamp(W + N - NW, min(W, N), max(W, N)))
                s, R, most = 16 * max(n, 5) - 80, level - 246, 1 << 20
            C = clamp(C, -16 << n - 1, 16 << n - 1)
            v[y, x] = self.symbol(engine, C, clamp(s + R, 0, 575), n)
            a[y, x] = min(abs(16 * v[y, x] - C) * 256 * SIXTEENTHS[s & 15] >> 16 + (s >> 4), most)
        return [v[divmod(i, w)] for i in range(h * w)]

    @staticmethod
    def symbol(engine, C, u, n):
        def below(v):
            d = 16 * v - 8 - C
            q = half(2 * abs(d) * SIXTEENTHS[u & 15] >> (u >> 4))
            t = (q << 30) // ((1 << 31) + q)
            return ((t if d < 0 else (1 << 30) - t) << 16) + (v + (1 << n - 1) << 35 - n)

        low = -(1 << n - 1)
        start, end, step = below(low), below(-low), -low
        while step:
            m = below(low + step)
            if engine.bit(clamp((end - m << 16) // max(end - start, 1), 1, 65535)):
                low, start = low + step, m
            else:
                end = m
            step //= 2
        return low


class View:
    def __init__(self, group):
        self.bands, self.n = group, len(group)
        self.batch, self.h, self.w = group[0].planes() if group else (0, 0, 0)
        n = math.isqrt(self.n)
        self.side = n if 2 <= n <= 64 and n * n == self.n and len(group[0].shape) > 1 else 0

    def at(self, k, b, y, x):
        return self.bands[k].v[(b * self.h + y) * self.w + x]


def half_of(small, large):
    return small in (large // 2, large - large // 2)


def links(views, g):
    """colocated: (view, f); parent: view."""
    me, colocated, parent = views[g], None, None
    for there in reversed(views[max(0, g - 64) : g]):
        if there.n != me.n or not there.batch or there.batch != me.batch:
            continue
        a, b = me.bands[0], there.bands[0]
        if (a.side, a.index) != (b.side, b.index):
            continue
        if not colocated and b.component < a.component and b.level == a.level:
            if (me.h, me.w) == (there.h, there.w):
                colocated = there, 0
            elif me.h != there.h and me.w != there.w and half_of(me.h, there.h) and half_of(me.w, there.w):
                colocated = there, 1
        if not parent and b.component == a.component and b.level == a.level + 1:
            if all(s == l or half_of(s, l) for s, l in ((there.h, me.h), (there.w, me.w))):
                parent = there
    return colocated, parent


def mag(v):
    return min(abs(v), 4095)


class Neighbourhood:
    def __init__(self):
        self.cells, self.weights = Cells(Counter), Cells(lambda: [81920 // 3] * 3)

    def code(self, engine, layout, work):
        views = [View(g) for g in layout]
        for g in range(len(layout)):
            self.group(engine, views, g, work)

    def group(self, engine, views, g, work):
        view = views[g]
        colocated, parent = links(views, g) if view.batch else (None, None)
        for b in range(view.batch):
            for y in range(view.h):
                for x in range(view.w):
                    for k in range(view.n):
                        view.bands[k].v.append(self.value(engine, view, colocated, parent, b, y, x, k, work))

    @staticmethod
    def magnitudes(view, b, y, x, k):
        def m(dy, dx, kk=k, db=0):
            if y + dy < 0 or not 0 <= x + dx < view.w or b + db < 0:
                return 0
            return mag(view.at(kk, b + db, y + dy, x + dx))

        return m

    @staticmethod
    def inside(view, b, y, x, k):
        """Of the bands before k at this sample."""
        side, here = view.side, lambda kk: mag(view.at(kk, b, y, x))
        if side == 0:
            return (2 * here(k - 1) if k > 0 else 0) + (here(k - 2) if k > 1 else 0)
        v, u, total = k // side, k % side, 0
        for dv, du, by in ((0, -1, 2), (0, -2, 1), (-1, 0, 2), (-2, 0, 1), (-1, -1, 1), (-1, 1, 1)):
            if v + dv >= 0 and 0 <= u + du < side:
                total += by * here(k + dv * side + du)
        return total

    @staticmethod
    def zone(info, n, side, k):
        fold = lambda i: i if i < 4 else 4 if i < 6 else 5 if i < 9 else 6 if i < 15 else 7
        if n == 1:
            return 4 * min(info.level, 15) + info.index % 4
        if n <= 64:
            return k
        if side:
            return 8 * fold(k // side) + fold(k % side)
        return k if k < 32 else 32 + min(log_class(k, 63) - 8, 31)

    @staticmethod
    def linked(colocated, parent, b, y, x, k):
        cv = pv = 0
        if colocated:
            t, f = colocated
            cv = t.at(k, b, min(y << f, t.h - 1), min(x << f, t.w - 1))
        if parent:
            pv = parent.at(k, b, min(y >> 1, parent.h - 1), min(x >> 1, parent.w - 1))
        return cv, pv

    def value(self, engine, view, colocated, parent, b, y, x, k, work):
        info, n, side = view.bands[k], view.n, view.side
        m = self.magnitudes(view, b, y, x, k)
        c = 3 if info.side else min(info.component, 2)
        W, N = m(0, -1), m(-1, 0)
        around = 2 * W + 2 * N + m(-1, -1) + m(-1, 1) + 2 * m(0, 0, k, -1)
        near = around
        if n == 1:
            inside = m(0, -2) + m(-2, 0) + W + N
        else:
            inside = self.inside(view, b, y, x, k)
            v, u, wide = (k // side, k % side, side) if side else (0, k, n)
            for dy, dx in ((0, -1), (-1, 0)):
                near += m(dy, dx, k - 1) if u > 0 else 0
                near += m(dy, dx, k + 1) if u + 1 < wide else 0
                if side:
                    near += m(dy, dx, k - side) if v > 0 else 0
                    near += m(dy, dx, k + side) if v + 1 < side else 0
        zone = self.zone(info, n, side, k)
        coarse = min(info.level, 7) if n == 1 else log_class(k // side + k % side if side else k, 7)
        cv, pv = self.linked(colocated, parent, b, y, x, k)
        A = c, zone, log_class(around, 13)
        B = c, coarse, log_class(inside, 9), log_class(near, 9)
        C = c, log_class(mag(cv), 7), log_class(mag(pv), 7), log_class(inside + near // 2, 9)
        cells, count = self.cells, 0
        while count < 15 and mixed(engine, [cells["A", A, count], cells["B", B, count], cells["C", C, count]],
                                   self.weights[c, zone, min(count, 3)], 14, 4, 7):
            count += 1
        if count == 0:
            return 0
        if count == 15:
            i, E = 0, log_class(around >> 3, 11)
            while i < 31 and single(engine, cells["E", c, E, i], 4, 7):
                i += 1
            count += (1 << i) - 1 + engine.direct(i)
        sign = lambda v: 2 if v < 0 else 1 if v > 0 else 0
        left = above = 0
        if n == 1 or k == 0:
            left = view.at(k, b, y, x - 1) if x > 0 else 0
            above = view.at(k, b, y - 1, x) if y > 0 else 0
        negative = single(engine, cells["S", c, sign(left), sign(above), sign(cv)], 4, 7)
        return wrap(-count if negative else count, work.width(info))


class Mixing:
    """Contexts are functions of the causal_neighbours to a number; sizes do not matter here, only that values differ."""

    def __init__(self, contexts):
        self.contexts = contexts
        self.cells, self.tails = Cells(Counter), Cells(Counter)
        self.weights = Cells(lambda: [81920 // len(contexts)] * len(contexts))
        self.knots = Cells(lambda: [min(squash(256 * (i - 12)), 65535) for i in range(25)])

    def code(self, engine, layout, work):
        views = [View(g) for g in layout]
        for g, view in enumerate(views):
            self.view = view
            self.planes = {"colocated": None, "elder": None, "parent": None}
            if view.batch:
                colocated, self.planes["parent"] = links(views, g)
                if colocated:
                    self.planes["colocated"] = colocated
                    elder = links(views, views.index(colocated[0]))[0]
                    self.planes["elder"] = elder and (elder[0], elder[1] + colocated[1])
            for self.b in range(view.batch):
                for self.y in range(view.h):
                    for self.x in range(view.w):
                        for self.k in range(view.n):
                            view.bands[self.k].v.append(self.value(engine, work))

    def near(self, dy, dx, k=None, db=0):
        y, x, b = self.y + dy, self.x + dx, self.b + db
        if y < 0 or b < 0 or not 0 <= x < self.view.w:
            return 0
        return self.view.at(self.k if k is None else k, b, y, x)

    def same(self, name):
        if not self.planes[name]:
            return 0
        t, f = self.planes[name]
        return t.at(self.k, self.b, min(self.y << f, t.h - 1), min(self.x << f, t.w - 1))

    def around(self, name):
        if not self.planes[name]:
            return 0
        t, f = self.planes[name]
        y, x = min(self.y << f, t.h - 1), min(self.x << f, t.w - 1)
        four = sum(mag(t.at(self.k, self.b, v, u)) for v, u in ((y, x - 1), (y, x + 1), (y - 1, x), (y + 1, x))
                   if 0 <= v < t.h and 0 <= u < t.w)
        return mag(t.at(self.k, self.b, y, x)) + four // 2

    ORDER = ((0, -1), (-1, 0), (-1, -1), (-1, 1), (0, -2), (-2, 0))

    def s(self, v, most):
        c = log_class(mag(v), most)
        return 2 * c - (v > 0) if c else 0

    def activity(self):
        e = sum(f * mag(self.near(*at)) for f, at in zip((2, 2, 1, 1, 1, 1), self.ORDER)) + 2 * mag(self.near(0, 0, None, -1))
        n, side, k = self.view.n, self.view.side, self.k
        if n > 1:
            wide = side or n
            v, u = divmod(k, side) if side else (0, k)
            here = lambda kk: mag(self.view.at(kk, self.b, self.y, self.x))
            if not side:
                e += 2 * ((2 * here(k - 1) if k > 0 else 0) + (here(k - 2) if k > 1 else 0))
            else:
                for dv, du, by in ((0, -1, 2), (0, -2, 1), (-1, 0, 2), (-2, 0, 1), (-1, -1, 1), (-1, 1, 1)):
                    if v + dv >= 0 and 0 <= u + du < side:
                        e += 2 * by * here(k + dv * side + du)
            for at in self.ORDER[:2]:
                for step, there in ((-1, u > 0), (1, u + 1 < wide), (-side, side and v > 0), (side, side and v + 1 < side)):
                    e += mag(self.near(*at, k + step)) if there else 0
        return log_class(e, 23)

    def context(self, node):
        name, arguments = node
        info = self.view.bands[self.k]
        if name == "order":
            n = int(arguments[0][0])
            most = {1: [15], 2: [9] * 2, 3: [5] * 3, 4: [3] * 4}.get(n, [2, 2, 1, 1, 1, 1])
            return tuple(self.s(self.near(*at), m) for at, m in zip(self.ORDER[:n], most))
        if name == "activity":
            return self.activity()
        if name == "position":
            return 4 * min(info.level, 15) + info.index % 4 if self.view.n == 1 else min(self.k, 63)
        if name == "colocated":
            return self.s(self.same("colocated"), 6), log_class(self.around("colocated"), 11)
        if name == "components":
            return log_class(self.around("elder"), 11), log_class(self.around("colocated"), 11)
        if name == "parent":
            t, v = self.planes["parent"], 0
            if t:
                v = t.at(self.k, self.b, min(self.y >> 1, t.h - 1), min(self.x >> 1, t.w - 1))
            return log_class(mag(v), 7), self.activity()
        assert name == "both"
        return tuple(self.context(a) for a in arguments)

    def value(self, engine, work):
        info = self.view.bands[self.k]
        w, c = work.width(info), 3 if info.side else min(info.component, 2)
        values = [self.context(a) for a in self.contexts]
        active, left = self.activity(), self.context(("order", [("1", [])]))

        def decide(node):
            counters = [self.cells[i, c, v, node] for i, v in enumerate(values)]
            weights = self.weights[c, active, node]
            knots = [self.knots["A", c, active, node], self.knots["W", c, left, node]]
            x = [STRETCH[t.p() >> 4] for t in counters]
            total = clamp(sum(a * b for a, b in zip(weights, x)) >> 16, -3071, 3071)
            p = clamp(squash(total), 4, 65532)
            i, f = divmod(total + 3072, 256)
            b = engine.bit(clamp(2 * p + sum(r[i] * (256 - f) + r[i + 1] * f >> 8 for r in knots) >> 2, 16, 65520))
            miss = (65536 if b else 0) - p
            for i, v in enumerate(x):
                weights[i] = clamp(weights[i] + (v * miss + (1 << 16) >> 17), -(1 << 20), 1 << 20)
            for r in knots:
                i = total + 3200 >> 8
                r[i] += (65535 if b else 0) - r[i] >> 7
            for t in counters:
                t.learn(b, 6, 8)
            return b

        return self.number(engine, w, decide, lambda node: single(engine, self.tails[c, node], 6, 8))

    @staticmethod
    def number(engine, w, decide, tail):
        if not decide(0):
            return 0
        negative, l, m = decide(1), 1, 1
        while l < w and (decide(31 * negative + l + 1) if l < 10 else tail(l)):
            l += 1
        for i in range(l - 1):
            if l <= 3:
                b = decide(31 * negative + (11 if l == 2 else 11 + m))
            elif i < 2:
                b = decide(15 + 3 * min(l - 4, 5) + (1 + m % 2 if i else 0))
            elif i < 4:
                b = tail(32 + 16 * l + 4 * (i - 2) + m % 4)
            else:
                b = engine.direct(1)
            m = 2 * m + b
        return wrap(-m if negative else m, w)


class Network(Mixing, Learned):
    def __init__(self):
        Learned.__init__(self)
        Mixing.__init__(self, [])
        self.means, self.sample = Cells(lambda: [0, 0]), 0
        self.last = Cells(lambda: None)

    def weights_of(self, c, node):
        """The last layer's for a decision."""
        if self.last[c, node] is None:
            self.last[c, node] = [256 * v for v in self.arrays["output"][33 * node : 33 * node + 33]] if self.arrays else [0] * 33
        return self.last[c, node]

    def units(self, zone, f):
        if not self.arrays:
            return [clamp(4 * v, 0, 1023) for v in f + [-v for v in f[16:]]] + [512]
        total = [256 * v for v in self.arrays["zone"][32 * zone : 32 * zone + 32]]
        for v, row in zip(f, rows_of(self.arrays["input"], 24, 32)):
            total = [t + w * v for t, w in zip(total, row)]
        return [clamp(t >> 12, 0, 1023) for t in total] + [512]

    @staticmethod
    def level(m):
        e = width(m + 1) - 1
        return min(8 * e + ((m + 1 << 3) >> e) - 8, 127)

    def around_parent(self):
        t = self.planes["parent"]
        if not t:
            return 0, 0
        self.planes["half"] = (t, 0)
        y, x = self.y, self.x
        self.y, self.x = y >> 1, x >> 1
        found = mag(self.same("half")), self.around("half")
        self.y, self.x = y, x
        return found

    def inputs(self, zone):
        view = self.view
        if self.k == 0:
            self.sample = 0
        W, N, NW, NE, WW, NN = (mag(self.near(*at)) for at in self.ORDER)
        if view.n > 1:
            ring = Neighbourhood.inside(view, self.b, self.y, self.x, self.k)
        else:
            ring = sum(mag(self.near(*at)) for at in ((-1, -2), (-1, 2), (-2, -1), (-2, 1)))
        beside = 0
        if view.n > 1:
            wide = view.side or view.n
            v, u = divmod(self.k, wide)
            for at in self.ORDER[:2]:
                for step, there in ((-1, u > 0), (1, u + 1 < wide), (-wide, view.side and v > 0),
                                    (wide, view.side and v + 1 < wide)):
                    beside += mag(self.near(*at, self.k + step)) if there else 0
        parent, near_parent = self.around_parent()
        f = [W, N, NW, NE, WW + NN, 2 * W + 2 * N + NW + NE + WW + NN, mag(self.near(0, 0, None, -1)), ring, beside,
             self.sample, mag(self.same("colocated")), self.around("colocated"), self.around("elder"), parent, near_parent]
        f = [self.level(m) for m in f] + [self.level(self.means[zone][0] // 16) - 32]
        signed = [self.near(*at) for at in self.ORDER] + [self.same("colocated"), self.same("elder")]
        return f + [self.level(mag(v)) * (-1 if v < 0 else 1) for v in signed]

    def value(self, engine, work):
        info = self.view.bands[self.k]
        w, c = work.width(info), 3 if info.side else min(info.component, 2)
        zone = c, Neighbourhood.zone(info, self.view.n, self.view.side, self.k)
        f = self.inputs(zone)
        units = self.units(64 * c + zone[1], f)
        active, left = self.activity(), self.context(("order", [("1", [])]))

        def decide(node):
            weights = self.weights_of(c, node)
            total = clamp(sum((a >> 8) * b for a, b in zip(weights, units)) >> 12, -3071, 3071)
            knots = [self.knots["A", c, active, node], self.knots["W", c, left, node]]
            i, g = divmod(total + 3072, 256)
            b = engine.bit(clamp(2 * squash(total) + sum(r[i] * (256 - g) + r[i + 1] * g >> 8 for r in knots) >> 2, 4, 65532))
            miss = (65536 if b else 0) - clamp(squash(total), 4, 65532) >> 1
            for i, v in enumerate(units):
                weights[i] = clamp(weights[i] + (miss * v + 256 >> 9), 1 - (1 << 23), (1 << 23) - 1)
            for r in knots:
                i = total + 3200 >> 8
                r[i] += (65535 if b else 0) - r[i] >> 7
            return b

        v = self.number(engine, w, decide, lambda node: single(engine, self.tails[c, node], 6, 8))
        mean, m = self.means[zone], mag(v)
        self.sample = min(self.sample + m, 1 << 20)
        mean[0] += (256 * m - mean[0]) * max(131072 // (2 * mean[1] + 3), 512) >> 16
        mean[1] = min(mean[1] + 1, 255)
        return v


def first_of_class(c):
    return c if c < 4 else 192 if c == 15 else 2 + c % 2 << c // 2 - 1


def uniform(u):
    return lambda i: (u - i) * 32768 // u if i < u else 0


def laplacian(z):
    def P(m):
        p = 32768
        for _ in range(m):
            p = p * z >> 15
        return p

    def tail(i):
        f = first_of_class(i)
        return P((f + 1) // 2) if f % 2 else P(f // 2) + P(f // 2 + 1) >> 1

    return tail


class Digits:
    """A symbol in digits; contexts begin as `first(context)` says."""

    def __init__(self, S, first):
        self.S, self.first, self.contexts, self.behind = S, first, {}, {}

    def value(self, engine, context, kind, w):
        if context not in self.contexts:
            self.contexts[context] = Thresholds(self.S, self.first(context))
        f = c = engine.digit(self.contexts[context])
        bits = c // 2 - 1
        if c >= 4:
            if (kind, c) not in self.behind:
                self.behind[kind, c] = Thresholds(self.S, uniform(16 if c == 15 else 1 << min(bits, 4)))
            d = engine.digit(self.behind[kind, c])
            if c < 15:
                low = max(bits - 4, 0)
                f = first_of_class(c) + (d << low) + engine.direct(low)
            else:
                length = 2 * d + engine.direct(1)
                f = 191 + (1 << length) + engine.direct(length) & 0xFFFFFFFF
        return wrap(f >> 1 if f % 2 == 0 else -(f >> 1) - 1, w)


class AdaptiveDigits:
    def __init__(self):
        self.digits = Digits(6, lambda _: laplacian(16384))

    def code(self, engine, layout, work):
        of, _ = classes(layout)
        for b, _, _ in buffer_order(layout):
            kind = of[id(b)]
            b.v.append(self.digits.value(engine, kind % 256, kind % 32, work.width(b)))


class NeighbourhoodDigits(Neighbourhood):
    def __init__(self):
        def first(context):
            f = first_of_class(context[2])
            return laplacian(32768 * (2 * f + 1) // (2 * f + 31))

        self.digits = Digits(7, first)

    def value(self, engine, view, colocated, parent, b, y, x, k, work):
        info, n, side = view.bands[k], view.n, view.side
        m = self.magnitudes(view, b, y, x, k)
        c = 3 if info.side else min(info.component, 2)
        around = 2 * (m(0, -1) + m(-1, 0) + m(0, 0, k, -1)) + m(-1, -1) + m(-1, 1)
        cv, pv = self.linked(colocated, parent, b, y, x, k)
        if n == 1:
            total = around + m(0, -2) + m(-2, 0) + 2 * mag(pv)
            zone = 2 * min(info.level, 1) + (info.index % 4 != 0)
        else:
            total = around + 2 * self.inside(view, b, y, x, k)
            zone = log_class(k // side + k % side if side else k, 15)
        a = log_class(total, 15)
        return self.digits.value(engine, (c, zone, a, min(mag(cv), 3)), (c, a // 2), work.width(info))


def small(v):
    return min(abs(v), 1 << 20)


def median(a, n, d):
    return min(a, n) if d >= max(a, n) else max(a, n) if d <= min(a, n) else a + n - d


def L16(x):
    e = width(x) - 1
    part = (0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 15)
    return 16 * e + part[(x >> e - 4 if e >= 4 else x << 4 - e) & 15]


SIXTEENTHS = (65536, 62757, 60097, 57549, 55109, 52773, 50535, 48393, 46341, 44376, 42495, 40693, 38968, 37316, 35734, 34219)


def X16(x):
    return SIXTEENTHS[x & 15] >> (x >> 4) if x < 512 else 0


class BitPlane(Raw):
    def __init__(self, work, by_gain):
        self.work, self.by_gain = work, by_gain

    def finish(self):
        pass

    def decode(self, layout, r):
        if not any(math.prod(b.shape) for b in flat(layout)):
            return
        self.engine, self.cells = Engine(r), Cells(Counter)
        views = [View(g) for g in layout]
        for b in flat(layout):
            n = math.prod(b.shape)
            b.m, b.last, b.negative, b.v = [0] * n, [0] * n, [False] * n, [0] * n
        linked = [links(views, g) if v.batch else (None, None) for g, v in enumerate(views)]
        octave = [width(g[0].gain) - g[0].frac if self.by_gain and g else 0 for g in layout]
        least = min(o for o, g in zip(octave, layout) if g)
        octave = [min(o - least, 31) for o in octave]
        top = sum(self.engine.bit(32768) << i for i in (5, 4, 3, 2, 1, 0))
        begun = [False] * len(views)
        for P in range(top - 1, -1, -1):
            before = False
            for g, v in enumerate(views):
                if v.batch * v.h * v.w * v.n == 0 or not 0 <= P - octave[g] < max(self.work.width(b) for b in v.bands):
                    continue
                begun[g] = begun[g] or bool(self.single("begin", before))
                before = begun[g]
            for self.which in ("near", "refine", "rest"):
                for g, v in enumerate(views):
                    if begun[g] and P >= octave[g]:
                        self.group(v, linked[g], P - octave[g])
        for b in flat(layout):
            b.v = [wrap(-m if s else m, self.work.width(b)) for m, s in zip(b.m, b.negative)]
        self.engine.finish()

    def single(self, *key):
        return single(self.engine, self.cells[key], 4, 7)

    def group(self, view, linked, p):
        for b in range(view.batch):
            for y in range(view.h):
                for x in range(view.w):
                    for k in range(view.n):
                        self.visit(view, linked, b, y, x, k, p)

    def visit(self, view, linked, b, y, x, k, p):
        info, n, side, i = view.bands[k], view.n, view.side, (b * view.h + y) * view.w + x
        old = info.m[i] >> p > 1
        if not old if self.which == "refine" else info.m[i] > 0 or info.last[i] == p + 1:
            return

        def at(dy, dx, what):
            inside = 0 <= y + dy < view.h and 0 <= x + dx < view.w
            return what(i + dy * view.w + dx) if inside else 0

        u = lambda band, j: min(band.m[j] >> p, 63)
        mine = lambda j: u(info, j)
        four, corners = ((0, -1), (0, 1), (-1, 0), (1, 0)), ((-1, -1), (-1, 1), (1, -1), (1, 1))
        total = 2 * sum(at(*d, mine) for d in four) + sum(at(*d, mine) for d in corners)
        if n > 1:
            wide = side or n
            row, column = divmod(k, wide)
            for step, there in ((-1, column > 0), (1, column + 1 < wide), (-wide, row > 0), (wide, side and row + 1 < wide)):
                total += 2 * u(view.bands[k + step], i) if there else 0
        (colocated, f), parent = linked[0] or (None, 0), linked[1]
        if parent:
            total += 2 * u(parent.bands[k], (b * parent.h + min(y >> 1, parent.h - 1)) * parent.w + min(x >> 1, parent.w - 1))
        if self.which == "near" and total == 0:
            return
        c = 3 if info.side else min(info.component, 2)
        if self.which == "refine":
            info.m[i] |= self.single("refine", c, log_class(total // 2, 3), info.m[i] >> p > 3) << p
        else:
            if n == 1:
                zone = 4 * min(info.level, 3) + info.index % 4
            else:
                zone = log_class(k // side + k % side if side else k, 15)
            near = min(u(colocated.bands[k], (b * colocated.h + min(y << f, colocated.h - 1)) * colocated.w + min(x << f, colocated.w - 1)),
                       2) if colocated else 0
            if self.single("significant", c, zone, log_class(total, 15), near):
                sign = lambda j: 0 if info.m[j] == 0 else -1 if info.negative[j] else 1
                across, along = at(0, -1, sign) + at(0, 1, sign), at(-1, 0, sign) + at(1, 0, sign)
                info.negative[i] = bool(self.single("sign", c, clamp(across, -1, 1), clamp(along, -1, 1)))
                info.m[i] = 1 << p
        info.last[i] = p + 1


class Predictive:
    def __init__(self):
        self.cells, self.weights = Cells(Counter), Cells(lambda: [81920 // 4] * 4)
        self.biases, self.filters = Cells(lambda: [0, 0]), Cells(lambda: [32768, 32768, -32768] + [0] * 13)

    def code(self, engine, layout, work):
        views = [View(g) for g in layout]
        for g, view in enumerate(views):
            if not view.batch:
                continue
            colocated = links(views, g)[0]
            colocated = colocated and colocated[0]
            far = links(views, views.index(colocated))[0] if colocated else None
            refs = [v for v in (colocated, far and far[0]) if v and (v.h, v.w) == (view.h, view.w)]
            for k in range(view.n):
                for b in range(view.batch):
                    self.slice(engine, view, k, b, refs, work)

    def slice(self, engine, view, k, b, refs, work):
        info, h, w = view.bands[k], view.h, view.w
        kind = min(info.component + k, 2) + info.side
        bits = work.width(info)
        low, high = -(1 << bits - 1), (1 << bits - 1) - 1
        rows = [(v, kk, bb) for v, kk, bb in [(view, k - 1, b)] * (k > 0) + [(v, k, b) for v in refs] + [(view, k, b - 1)] * (b > 0)]

        def ref(i):
            v, kk, bb = rows[i]
            return lambda y, x: v.at(kk, bb, max(y, 0), clamp(x, 0, w - 1))

        O = [ref(i) for i in range(min(2, len(rows)))]
        V, E, D = {}, {}, [{} for _ in range(6)]

        def get(a, y, x):
            if y < 0:
                return 0
            if x < 0:
                return get(a, y - 1, 0)
            return a[y, min(x, w - 1)]

        filt = self.filters[kind]
        for y in range(h):
            for x in range(w):
                W, WW = get(V, y, x - 1), get(V, y, x - 2)
                if y == 0:
                    N = NE = NN = NNE = NEE = W
                    NW = WW
                else:
                    N, NW, NE, NEE = (get(V, y - 1, x + d) for d in (0, -1, 1, 2))
                    NN, NNE = (get(V, max(y - 2, 0), x + d) for d in (0, 1))
                g = [8 * W, 8 * N, 8 * (W + N - NW), 8 * (W + NE - N), 8 * median(W, N, NW)]
                base = W + N >> 1 if y else W
                d = [v - base for v in (W, N, NW, NE, WW, NN, NNE, NEE)] + [0] * 8
                surprise = [0, 0]
                for i, o in enumerate(O):
                    mid = o(y, x - 1) + o(y - 1, x) >> 1
                    d[8 + 4 * i : 12 + 4 * i] = [v - mid for v in (o(y, x), o(y, x + 1), o(y, x - 1), o(y - 1, x + 1))]
                    surprise[i] = small(o(y, x) - median(o(y, x - 1), o(y - 1, x), o(y - 1, x - 1)))
                d = [clamp(v, -(1 << 26), 1 << 26) for v in d]
                g.append(8 * base + (sum(f * v for f, v in zip(filt, d)) >> 13))
                g = [clamp(v, 8 * low, 8 * high) for v in g]
                around = lambda a: 2 * get(a, y, x - 1) + 2 * get(a, y - 1, x) + get(a, y - 1, x - 1) + get(
                    a, y - 1, x + 1) + get(a, y, x - 2)
                cost = [L16(around(m) + 4) for m in D]
                u = [X16(3 * (c - min(cost))) for c in cost]
                p = quotient(sum(a * v for a, v in zip(u, g)), sum(u))
                spread = max(small(v - p >> 3) for v in g)
                activity = log_class(around(E) + surprise[0] + (surprise[1] >> 1), 23)
                cell = self.biases[(kind, min(activity // 3, 7)) + tuple(
                    8 * v > p for v in (W, N, NW, NE, 2 * W - WW, 2 * N - NN))]
                p = clamp(p + quotient(cell[0], 16), 8 * low, 8 * high)
                centre, lean = clamp(p + 4 >> 3, low, high), p + 4 & 7
                z = lambda v: 2 * log_class(small(8 * v - p >> 2), 7) + (8 * v > p)
                where = [activity * 8 + lean,
                         (log_class(get(E, y, x - 1), 9) * 10 + log_class(get(E, y - 1, x), 9)) * 8 + log_class(spread, 7),
                         (log_class(surprise[0], 11) * 8 + log_class(surprise[1], 7)) * 8 + min(activity // 2, 7),
                         (z(W) * 16 + z(N)) * 4 + min(activity // 4, 3)]
                r = self.residual(engine, kind, where, activity, bits)
                v = wrap(r + centre, bits)
                V[y, x], E[y, x] = v, small(r)
                for i in range(6):
                    D[i][y, x] = small(8 * v - g[i])
                limited = lambda m: clamp(m, -(1 << 18), 1 << 18)
                cell[0] += quotient(16 * limited(8 * v - p) - cell[0], cell[1] + 4)
                cell[1] = min(cell[1] + 1, 60)
                pull = quotient(limited(8 * v - g[5]) << 17, 64 + sum(t * t for t in d))
                for i, t in enumerate(d):
                    filt[i] = clamp(filt[i] + (pull * t + 128 >> 8), -(1 << 20), 1 << 20)
                info.v.append(v)

    def residual(self, engine, kind, where, activity, bits):
        def decide(node):
            return mixed(engine, [self.cells[kind, i, c, node] for i, c in enumerate(where)],
                         self.weights[kind, activity, min(node, 15)], 16, 5, 8)

        tail = lambda node: single(engine, self.cells["tail", kind, node], 5, 8)
        if not decide(0):
            return 0
        negative, l = decide(1), 1
        while l < bits and (decide(l + 1) if l < 10 else tail(l)):
            l += 1
        m = 1
        for i in range(l - 1):
            if l <= 3:
                b = decide(11 if l == 2 else 11 + m)
            elif i == 0:
                b = decide(18 + min(l - 4, 5))
            elif i < 3:
                b = tail(32 + 8 * l + (m & 1)) if i == 1 else tail(34 + 8 * l + (m & 3))
            else:
                b = engine.direct(1)
            m = 2 * m + b
        return wrap(-m if negative else m, bits)


class BlockCounter:
    __slots__ = "p", "n"

    def __init__(self):
        self.p, self.n = 32768, 0

    def learn(self, b, most):
        self.p += ((65535 if b else 0) - self.p) * (131072 // (2 * self.n + 3) >> 1) >> 15
        self.n += self.n < most


def table_class(ends, v):
    return sum(v >= e for e in ends) - 1


T = 0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 23, 33, 49
G = 0, 1, 2, 3, 5, 7, 10, 15, 23, 41
Z = 0, 2, 4, 6, 9, 13, 20, 34
BAND = (0, 1, 2, 3, 4, 5, 6, 7), (0, 1, 2, 3, 4, 6, 8, 12), (0, 1, 2, 3, 4, 6, 8, 16)
SIDE, FLAT, INV, SCALE = (512, 362, 256), (362, 256, 181), (2896, 4096, 5793), (1024, 1448, 2048)


def tame(v):
    return clamp(v, -32767, 32767)


def sat16(v):
    return clamp(v, -32768, 32767)


class TransformBlocks:
    def __init__(self):
        self.cells, self.weights = Cells(BlockCounter), Cells(lambda: [19660] * 5)
        self.others = None
        self.M = [basis("dct", n, 13) for n in (8, 16, 32)]

    def simple(self, *key):
        c = self.cells[key]
        b = self.engine.bit(clamp(c.p, 4, 65532))
        c.learn(b, 60)
        return b

    def mixed(self, keys, w):
        counters, w = [self.cells[k] for k in keys], self.weights[w]
        x = [STRETCH[c.p >> 4] for c in counters]
        p = clamp(squash(clamp(sum(a * b for a, b in zip(w, x)) >> 16, -3071, 3071)), 4, 65532)
        b = self.engine.bit(p)
        miss = ((65536 if b else 0) - p >> 4) * 10
        for i, v in enumerate(x):
            w[i] = clamp(w[i] + (v * miss + (1 << 15) >> 16), -(1 << 20), 1 << 20)
        for c in counters:
            c.learn(b, 255)
        return b

    def code(self, engine, layout, work):
        self.engine, self.work = engine, work
        views, g = [View(group) for group in layout], 0
        while g < len(layout):
            planes, sizes = 0, layout[g][0] if len(layout[g]) == 1 else None
            if sizes and len(sizes.shape) == 2 and sizes.side and (sizes.frac, sizes.bits) == (0, 4):
                if all(e > 0 and e % 4 == 0 for e in sizes.shape):
                    while g + 1 + planes < len(layout) and len(layout[g + 1 + planes]) == 1:
                        b = layout[g + 1 + planes][0]
                        if b.side or b.shape != [8 * e for e in sizes.shape]:
                            break
                        planes += 1
            end = g + 1 + planes
            if planes and self.simple("blocks"):
                self.run(sizes, [layout[i][0] for i in range(g + 1, end)])
            else:
                self.others = self.others or Neighbourhood()
                for i in range(g, end):
                    self.others.group(engine, views, i, work)
            g = end

    def run(self, sizes, planes):
        self.rows, self.cols = sizes.shape
        h, w = self.height, self.wide = 8 * self.rows, 8 * self.cols
        n = self.rows * self.cols
        self.size, sizes.v = [0] * n, []
        self.q = [[0] * (h * w) for _ in planes]
        self.planes = planes
        self.top, self.left = [[0] * w for _ in planes], [[0] * h for _ in planes]
        self.energy = [[0] * (h * w) for _ in planes]
        self.bucket, self.residual = [[0] * n for _ in planes], [[0] * n for _ in planes]
        self.regression = [[[(0, 0)] * n for _ in range(2)] for _ in planes]
        for y in range(0, h, 32):
            for x in range(0, w, 32):
                self.sizes(y, x, 5)
                for by, bx, l in quadtree(lambda r, c: self.size[r * self.cols + c], y, x):
                    for p in range(len(planes)):
                        self.block(p, by, bx, l - 3)
        sizes.v = self.size
        for b, v in zip(planes, self.q):
            b.v = v

    def sizes(self, y, x, l):
        at = y // 8 * self.cols + x // 8
        s = (y > 0 and self.size[at - self.cols] < l) + (x > 0 and self.size[at - 1] < l)
        split = self.simple("split", l, s)
        if split and l > 4:
            h = 1 << l - 1
            for dy, dx in ((0, 0), (0, h), (h, 0), (h, h)):
                self.sizes(y + dy, x + dx, l - 1)
        else:
            self.keep(self.size, at, l - 3, l - split)

    def keep(self, cells, at, k, v):
        for j in range(1 << k):
            for i in range(1 << k):
                cells[at + j * self.cols + i] = v

    def block(self, p, y, x, k):
        self.p, self.c, self.y, self.x, self.k, self.N = p, min(p, 2), y, x, k, 8 << k
        self.cell = y // 8 * self.cols + x // 8
        N, M = self.N, self.M[k]
        last = self.last_diagonal()
        used = min(last + 1, N)
        line = lambda there, v: [sum(a * b for a, b in zip(M[u], v)) >> 9 if there and u < used else 0 for u in range(N)]
        self.l = line(x > 0, self.left[p][y : y + N])
        self.t = line(y > 0, self.top[p][x : x + N])
        self.r, self.b = [0] * N, [0] * N
        if last > 0:
            self.levels(last, used)
        self.dc(last)
        back = lambda v: [sat16((1 << 12) + sum(M[u][i] * sat16(v[u] + 8 >> 4) for u in range(used)) >> 13) for i in range(N)]
        self.left[p][y : y + N] = back(self.r)
        self.top[p][x : x + N] = back(self.b)

    def beside(self, cells):
        """Of the cells above and to the left, None where outside."""
        return (cells[self.cell - self.cols] if self.y > 0 else None, cells[self.cell - 1] if self.x > 0 else None)

    def last_diagonal(self):
        c, k, c2 = self.c, self.k, min(self.c, 1)
        A, B = self.beside(self.bucket[self.p])
        A, B = (B if A is None else A), (A if B is None else B)
        near = 5 if A is None else min((A + B + 1) // 2, 15)
        if c == 0:
            other = 0 if A is None else min(abs(A - B), 7)
        elif c == 1:
            other = self.bucket[0][self.cell]
        else:
            other = (self.bucket[0][self.cell] + 2 * self.bucket[1][self.cell] + 2) // 3
        node = 1
        for i in (3, 2, 1, 0):
            node = 2 * node + self.mixed([("near", c, k, near, node), ("other", c, k, other, node),
                                          ("both", c2, near // 2, other // 2, node)], ("last", c, i))
        bucket = node - 16
        self.keep(self.bucket[self.p], self.cell, k, bucket)
        last = bucket << k
        if bucket == 15 and k != 1:
            return 2 * self.N - 2
        if bucket > 0:
            node = 1
            for _ in range(k):
                node = 2 * node + self.simple("fine", c2, k, min(bucket, 3), node)
            last -= node - (1 << k)
        return last

    def levels(self, last, used):
        p, c, k, N, w = self.p, self.c, self.k, self.N, self.wide
        here, q = self.y * w + self.x, self.q[p]
        a = {}
        R = []
        for r in range(min(p, 2)):
            pairs = [v for v in self.beside(self.regression[p][r]) if v]
            R.append([sum(v[0] for v in pairs), sum(v[1] for v in pairs)])
        around = []
        for ny, nx, there in ((self.y, self.x - 1, self.x > 0), (self.y - 1, self.x, self.y > 0)):
            if there:
                l = self.size[ny // 8 * self.cols + nx // 8]
                around.append((ny >> l << l, nx >> l << l, l - 3 - k))
        band = [table_class(BAND[k], u) for u in range(N)]
        for s in range(last, 0, -1):
            for u in range(min(s, N - 1), max(0, s - N + 1) - 1, -1):
                v = s - u
                at = here + u * w + v
                A = lambda du, dv: a.get((u + du, v + dv), 0)
                e = [0, 0]
                for r, (xy, xx) in enumerate(R):
                    X = tame(self.q[r][at])
                    if X:
                        e[r] = quotient(clamp(X, -255, 255) * 8 * xy, xx + 4)
                t = table_class(T, 2 * A(0, 1) + 2 * A(1, 0) + A(1, 1) + A(0, 2) + A(2, 0))
                energy = 0
                for oy, ox, d in around:
                    uu, vv = (u << d, v << d) if d >= 0 else (u >> -d, v >> -d)
                    energy += self.energy[p][(oy + uu) * w + ox + vv]
                energy = table_class(G, energy)
                if c == 0:
                    other = min(last - s, 9)
                elif c == 1:
                    other = table_class(G, self.energy[0][at])
                else:
                    other = table_class(G, self.energy[0][at] // 2 + self.energy[1][at])
                follow = table_class(Z, abs(e[0]) + abs(e[1]))
                m = 0
                while m < 3:
                    keys = [("local", m, c, k, (band[u] + band[v]) // 2, t), ("position", m, c, k, band[u], band[v], min(t, 2)),
                            ("around", m, c, energy, t), ("others", m, c, other, t)]
                    if c:
                        keys.append(("follow", m, c, follow, t))
                    if not self.mixed(keys, ("level", m, c, k)):
                        break
                    m += 1
                if m == 3:
                    h = 0
                    while h < 31 and self.simple("escape", t, min(h, 16)):
                        h += 1
                    m = 2 + self.below(h + 1, "mantissa", t, min(h, 16))
                if m:
                    level = wrap(-m if self.sign(u, v, e, m) else m, self.work.width(self.planes[p]))
                    q[at] = level
                    a[u, v] = min(abs(level), 255)
                    level = tame(level)
                    for r, pair in enumerate(R):
                        X, Y = clamp(tame(self.q[r][at]), -255, 255), clamp(level, -255, 255)
                        pair[0] += X * Y
                        pair[1] += X * X
                    side, flat_ = level * SIDE[k], level * FLAT[k]
                    self.l[u] -= side if v else flat_
                    self.t[v] -= side if u else flat_
                    self.r[u] += flat_ if v == 0 else -side if v % 2 else side
                    self.b[v] += flat_ if u == 0 else -side if u % 2 else side
        for u in range(min(used + 1, N)):
            for v in range(min(used + 1, N)):
                A = lambda du, dv: a.get((u + du, v + dv), 0)
                self.energy[p][here + u * w + v] = min(2 * A(0, 0) + A(0, 1) + A(1, 0) + A(0, -1) + A(-1, 0), 255)
        for r, (xy, xx) in enumerate(R):
            self.keep(self.regression[p][r], self.cell, k, (quotient(xy, 4), xx // 4))

    def below(self, l, *key):
        if l < 2:
            return l
        v = 2 + self.simple(*key)
        return (v << l - 2) + self.engine.direct(l - 2)

    def sign(self, u, v, e, m):
        c, k = self.c, self.k

        def Q(z):
            a = min(abs(z), 1 << 20) * SCALE[k] >> 16
            return -a if z < 0 else a

        def S(v, *ends):
            n = sum(abs(v) >= t for t in ends)
            return 3 - n if v < 0 else 3 + n

        z = self.l[u] + self.t[v]
        f = z < 0
        turned = lambda e: -e if f else e
        zc = table_class(Z, abs(Q(z)))
        keys = [("sign both", min(c, 1), S(Q(turned(self.l[u])), 2, 6, 14), S(Q(turned(self.t[v])), 2, 6, 14)),
                ("sign size", k, zc, min(u, 3), min(v, 3)),
                ("sign level", zc, min(m, 4), 0 if u == 0 else 1 if v == 0 else 2)]
        if c:
            keys.append(("sign follow", c, S(turned(e[0]), 1, 3, 8), S(turned(e[1]), 1, 3, 8), min(m, 3)))
        return self.mixed(keys, ("sign", c)) != f

    def dc(self, last):
        p, c, k = self.p, self.c, self.k
        ways = (self.x > 0) + (self.y > 0)
        total = (self.l[0] if self.x > 0 else 0) + (self.t[0] if self.y > 0 else 0)
        e = (quotient(total * INV[k], ways) if ways else 0) + (1 << 19)
        prediction, quarter = clamp(e >> 20, -32767, 32767), e >> 18 & 3
        disagree = width(min(abs(self.l[0] - self.t[0]) * INV[k] >> 20, 255)) if ways == 2 else 8
        A, B = self.beside(self.residual[p])
        A, B = (B if A is None else A), (A if B is None else B)
        near = 0 if A is None else min(A + B, 11)
        other = last if c == 0 else self.residual[0][self.cell] + (self.residual[1][self.cell] if c == 2 else 0)
        other, h = min(other, 12), 0
        while h < 32 and self.mixed([("dc near", c, k, near, min(h, 17)), ("dc other", c, other, min(h, 17)),
                                     ("dc disagree", c, disagree, min(h, 17))], ("dc", c, min(h, 3))):
            h += 1
        level = prediction
        if h:
            m = self.below(h, "dc mantissa", c, min(h, 17))
            level += -m if self.simple("dc sign", min(h, 2), quarter) else m
        level = wrap(level, self.work.width(self.planes[p]))
        self.q[p][self.y * self.wide + self.x] = level
        self.r[0] += tame(level) * FLAT[k]
        self.b[0] += tame(level) * FLAT[k]
        self.keep(self.residual[p], self.cell, k, h)


def blend(a, b, *more):
    m = (1 << 64) - 1
    v = ((a & 0xFFFFFFFF ^ 0x9E3779B9) * 0x9E3779B97F4A7C15 + (b & 0xFFFFFFFF) * 0xD6E8FEB86659FD93) & m
    v = (v ^ v >> 29) * 0xBF58476D1CE4E5B9 & m
    return blend(v >> 32, *more) if more else v >> 32


def towards_zero(a, b):
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


class Pretrained(Learned):
    def __init__(self):
        super().__init__()
        self.cells = None
        self.worth = [STRETCH[(5 * (t % 15) + 2) * 65536 // (5 * (t // 15 + t % 15) + 4) >> 4] for t in range(225)]
        self.weights = Cells(lambda: None)
        self.seen = Cells(int)

    def weights_of(self, decision_kind, m):
        if self.weights[decision_kind, m] is None:
            learned = self.arrays.get(decision_kind + ".weights")
            self.weights[decision_kind, m] = [16 * w for w in learned[33 * m : 33 * m + 33]] if learned else [10000] * 32 + [0]
        return self.weights[decision_kind, m]

    def summary(self, h):
        """What a context meant in the corpus."""
        slots = self.arrays.get("slots", [])
        first = 4 * ((h >> 9) * (len(slots) // 4) >> 23)
        return next((slot & 127 for slot in slots[first : first + 4] if slot >> 7 == h & 511 and slot & 127), 0)

    def code(self, engine, layout, work):
        bands = flat(layout)
        if self.cells is None:
            symbols = sum(math.prod(b.shape) for b in bands)
            self.size = 4096
            while self.size < 1 << 22 and self.size < 64 * symbols:
                self.size *= 2
            self.cells = Cells(lambda: (0, 0))
        self.engine = engine
        while bands:
            picture = [bands.pop(0)]
            while bands and len(picture) < 4:
                first, next_ = picture[0], bands[0]
                if (next_.shape, next_.level, next_.side) != (first.shape, first.level, first.side):
                    break
                if next_.component != first.component + len(picture):
                    break
                picture.append(bands.pop(0))
            if not math.prod(picture[0].shape):
                continue
            self.wide = picture[0].shape[-1]
            self.high = math.prod(picture[0].shape) // self.wide
            self.widths = [work.width(b) for b in picture]
            if len(picture) == 1:
                self.values(picture[0])
            else:
                self.colours(picture)

    def decide(self, decision_kind, contexts, mixers):
        x = []
        corpus, picture = (self.arrays.get(f"{decision_kind}.{name}") for name in ("corpus", "picture"))
        for i, h in enumerate(contexts):
            at = (h >> 8) % self.size
            if self.cells[at][1] != h & 255:
                self.cells[at] = 0, h & 255
            t = self.cells[at][0]
            x += [corpus[128 * i + self.summary(h)] if corpus else 0,
                  (picture[225 * i + t] if picture else self.worth[t]) if t else 0]
        x.append(256)
        # A cell that two contexts of one decision share holds what the last of them made of it.
        total = sum(w * v for m in mixers for w, v in zip(self.weights_of(decision_kind, m), x))
        p = clamp(squash(clamp(towards_zero(total, 3) >> 16, -3071, 3071)), 2, 65534)
        b = self.engine.bit(p)
        miss = (65536 if b else 0) - p
        boost = 0 if decision_kind + ".weights" in self.arrays else 1311
        for m in mixers:
            pull = miss * (262 + boost * 64 // (64 + self.seen[decision_kind, m]))
            self.seen[decision_kind, m] = min(self.seen[decision_kind, m] + 1, 65535)
            w = self.weights_of(decision_kind, m)
            for j, v in enumerate(x):
                w[j] = clamp(w[j] + (v * pull + (1 << 23) >> 24), -(1 << 19), (1 << 19) - 1)
        for h in contexts:
            at = (h >> 8) % self.size
            t, check = self.cells[at]
            n = list(divmod(t, 15))
            n[b] = min(n[b] + 1, 14)
            if n[1 - b] > 2:
                n[1 - b] -= (n[1 - b] - 1) // 2
            self.cells[at] = 15 * n[0] + n[1], check
        return b

    @staticmethod
    def expected(q, width, node, left):
        whole = 1 << width | q
        return 1 + (whole >> left - 1 & 1) if whole >> left == node else 0

    def tree(self, width, decide):
        node = 1
        for left in range(width, 0, -1):
            if width - left == 12:
                return (node << left | self.engine.direct(left)) - (1 << width)
            node = 2 * node + decide(node, left)
        return node - (1 << width)

    @staticmethod
    def reach(row, x, step):
        n = 0
        while n < 15 and 0 <= x + step * (n + 1) < len(row) and row[x + step * (n + 1)] == row[x]:
            n += 1
        return n

    def values(self, band):
        width, wide = self.widths[0], self.wide
        most = (1 << width) - 1
        rows = [[0] * wide] * 3
        places = [(0, -1), (1, 0), (1, 1), (1, -1), (0, -2), (2, 0), (1, 2), (1, -2), (2, 1), (2, -1), (0, -3), (3, 0), (2, 2),
                  (2, -2), (1, 3), (1, -3), (3, 1), (3, -1), (2, 3), (2, -3), (3, 2), (3, -2)]

        def coarse(q, k):
            return q if width <= k or q == 0 else 1 + (q * ((1 << k) - 1) >> width)

        def apart(a, b):
            return abs(a - b).bit_length()

        for y in range(self.high):
            now = [0] * wide
            run = 0
            for x in range(wide):
                def at(up, right):
                    row = now if up == 0 else rows[-up]
                    return row[x + right] if 0 <= x + right < wide else 0

                a = [at(*p) for p in places]
                W, N, NE, NW, WW, NN = a[:6]
                Y, X = min(y, 4095), min(x, 4095)

                def near(m, k):
                    h = 0
                    for v in a[:m]:
                        h = blend(h, coarse(v, k))
                    return h

                slope, drift = clamp(W + N - NW, 0, most), (2 * W + N + NE) // 4
                shape = min(run, 15) | self.reach(rows[-1], x, 1) << 4 | self.reach(rows[-2], x, 1) << 8
                shape |= self.reach(rows[-1], x, -1) << 12
                f = [blend(W, N), blend(W, N, NE, NW), near(6, 3), near(12, 2), near(22, 1),
                     blend(near(12, 1), Y // 4 << 12 | X // 4), blend(near(2, 1), Y << 12 | X),
                     blend(near(3, 2), Y // 2 << 12 | X // 2), blend(coarse(slope, 6), apart(W, NW), apart(N, NW)),
                     blend(coarse(drift, 6), apart(W, NE), apart(N, NN)), blend(W, NE, coarse(N, 2)),
                     blend(N, NN, coarse(W, 3)), blend(W, WW, coarse(N, 3)),
                     blend(near(8, 1), coarse(slope, 5), coarse(drift, 5)), 0, blend(shape, near(2, 2))]
                equal = (W == N) | (W == NW) << 1 | (N == NE) << 2 | (W == WW) << 3 | (N == NN) << 4

                def decide(node, left):
                    e = [self.expected(v, width, node, left) for v in [slope] + a[:8]]
                    contexts = [blend(blend(0x4000, node), v, i) for i, v in enumerate(f)]
                    o = 0
                    for v in e:
                        o = o << 2 | v
                    contexts[14] = blend(0x5000 + left, o, 14)
                    return self.decide("values", contexts, [node if node < 32 else 27 + min(width - left, 12),
                                                            40 + e[1] + 3 * e[2] + 9 * e[3] + 27 * e[4], 121 + equal])

                now[x] = self.tree(width, decide)
                run = run + 1 if now[x] == W else 1
                band.v.append(wrap(now[x] - (1 << width - 1), width))
            rows = rows[1:] + [now]

    def colours(self, bands):
        n, wide = len(bands), self.wide
        order = {2: [1, 0], 3: [1, 0, 2], 4: [3, 1, 0, 2]}[n]
        widths = [self.widths[c] for c in order]
        alpha, small = n % 2 == 0, max(widths) <= 8

        def name(a):
            h = 0
            for v in a:
                h = h << 8 | v if small else blend(h, v)
            return h

        clear = alpha and self.engine.bit(61440)
        mirrored = flags = 0
        # A pixel here is (values, id); what lies outside has the id 0, whatever zeros would give.
        none = ((0,) * n, 0)
        rows = [[none] * wide] * 3
        last = before = none

        def cover(a):
            if not alpha:
                return 2
            return 0 if a[0][0] == 0 else 2 if a[0][0] == (1 << widths[0]) - 1 else 1

        def far(a, b):
            d = sum(abs(p - q) for p, q in zip(a[0], b[0]))
            return min((d // 4 + (d > 0)).bit_length(), 7)

        def reach(row, x, step):
            return self.reach([p[1] for p in row], x, step)

        def bits(*tests):
            return sum(int(t) << i for i, t in enumerate(tests))

        for y in range(self.high):
            now = [none] * wide
            count = 0
            for x in range(wide):
                def at(up, right):
                    row = now if up == 0 else rows[-up]
                    return row[x + right] if 0 <= x + right < wide else none

                W, WW, WWW = at(0, -1), at(0, -2), at(0, -3)
                N, NE, NEE, NEEE, NW, NWW = at(1, 0), at(1, 1), at(1, 2), at(1, 3), at(1, -1), at(1, -2)
                NN, NNE, NNEE, NNW, NNWW, NNN = at(2, 0), at(2, 1), at(2, 2), at(2, -1), at(2, -2), at(3, 0)
                right, right2 = reach(rows[-1], x, 1), reach(rows[-2], x, 1)
                left, left2 = reach(rows[-1], x, -1), reach(rows[-2], x, -1)
                pattern = bits(*(a[1] == b[1] for a, b in [
                    (W, N), (W, NW), (N, NW), (N, NE), (W, NE), (W, WW), (N, NN), (NE, NEE), (NW, NWW), (NE, NNE), (NN, NNE),
                    (NW, NNW), (WW, NWW), (NEE, NEEE), (W, NWW), (WW, WWW), (W, NN), (NN, NNN)]))
                near, run = pattern & 31, min(count, 15)
                m = wide - 1 - x
                M, mirrors = none, 0
                if m < x:
                    M, M1, M2 = now[m], now[m + 1], now[m - 1] if m else none
                    mirrors = bits(1, *(a[1] == b[1] for a, b in [(M, W), (M, N), (M1, W), (M, NE), (M2, M), (M1, M), (M2, NE)]))
                covers = sum(cover(a) << 2 * k for k, a in enumerate([W, N, NE, NW, WW, NN]))
                up = (2 if NNN[1] == N[1] else 1) if NN[1] == N[1] else 0
                Y, X = min(y, 4095), min(x, 4095)
                first = m < x and bin(mirrored & 255).count("1") >= 6
                asked = []
                for k, a in ([(4, M)] if first else []) + list(enumerate([W, N, NE, NW, M, WW, NN, NEE, NWW, last])):
                    if (k != 4 or m < x) and a[1] not in [q[1] for _, q in asked]:
                        asked.append((k, a))
                pixel, ruled_out = None, 0
                for k, (which, C) in enumerate(asked):
                    like = bits(*(a[1] == C[1] for a in [W, N, NE, NW, WW, NN, NEE, NWW, NNE, NNW, NNEE, NEEE, WWW, NNWW]),
                                m < x and M[1] == C[1])
                    f = [pattern & 511, pattern, blend(W[1], N[1]), blend(W[1], N[1], NE[1], NW[1]),
                         blend(W[1], WW[1], N[1], NW[1]), blend(near, Y // 4 << 12 | X // 4), blend(C[1], W[1], near),
                         blend(run | right << 4 | right2 << 8, near),
                         blend(mirrors | (mirrored & 7) << 8, near | far(M, W) << 8), like,
                         blend(like & 255, far(W, N) | far(N, NE) << 3 | far(W, NW) << 6 | far(N, NW) << 9),
                         blend(covers, near), blend(left | left2 << 4 | right << 8 | right2 << 12, pattern & 3),
                         blend(run | up << 4, pattern & 127), blend(flags & 65535, near), blend(pattern, covers)]
                    of = blend(0x1000 + which, ruled_out | first << 12)
                    b = self.decide("flags", [blend(of, v, j) for j, v in enumerate(f)],
                                    [10 * min(k, 3) + which, 40 + near + 32 * min(k, 2),
                                     136 + (1 + 4 * (mirrored & 3) + (mirrors >> 1 & 3) if m < x else 0) + 17 * min(k, 1)])
                    ruled_out |= 1 << which
                    flags = (flags << 1 | b) & 0xFFFFFFFF
                    if b:
                        pixel = C
                        break
                if pixel is None:
                    values, so_far = [], 0
                    for c in range(n):
                        width = widths[c]
                        e = values[c - 1] if c else 0

                        def off(a):
                            return e - a[0][c - 1] if c else 0

                        def between(a, b):
                            if c == 0 or c == 1 and alpha:
                                return a[0][c]
                            start, end = a[0][c - 1], b[0][c - 1]
                            if start == end:
                                return a[0][c]
                            t = towards_zero((e - start) * 256, end - start)
                            if t < -128 or t > 384:
                                return a[0][c]
                            return clamp(a[0][c] + ((b[0][c] - a[0][c]) * t >> 8), 0, (1 << width) - 1)

                        w, v, l = W[0][c], N[0][c], last[0][c]
                        slope = clamp(w + v - NW[0][c], 0, (1 << width) - 1)
                        wn, wne, nnw, wl, nl = (between(*p) for p in [(W, N), (W, NE), (N, NW), (W, last), (N, last)])

                        def decide(node, rest):
                            def ex(q):
                                return self.expected(q, width, node, rest)

                            tree, level = blend(0x3000 + c, node), blend(0x2000 + c, rest)
                            exactly = blend(tree, so_far)
                            f = [(exactly, 0), (exactly, W[1]), (exactly, N[1]), (tree, blend(w, off(W))),
                                 (tree, blend(v, off(N))), (tree, blend(slope, e >> 3)), (tree, wn),
                                 (tree, blend(wne, wn == wne)), (tree, blend(nnw, wl)),
                                 (tree, blend((w + v) // 2, abs(w - v).bit_length(), e >> 5)),
                                 (tree, blend(so_far, pattern & 255)),
                                 (level, blend(ex(w) | ex(v) << 2 | ex(NE[0][c]) << 4 | ex(NW[0][c]) << 6,
                                               ex(M[0][c]) | ex(l) << 2 | ex(wn) << 4)),
                                 (level, blend(ex(slope) | ex(wne) << 2 | ex(wl) << 4 | ex(nl) << 6,
                                               ex(before[0][c]) | ex(WW[0][c]) << 2 | ex(NN[0][c]) << 4)),
                                 (tree, blend(l, off(last))),
                                 (tree, blend(e, W[0][c - 1] >> 2, w >> 2) if c else blend(e, run | right << 4, covers)),
                                 (tree, blend(off(W), off(N)) if c else blend(covers, left | right << 4 | right2 << 8))]
                            return self.decide("colours", [blend(of, h, j) for j, (of, h) in enumerate(f)],
                                               [20 * c + (node if node < 16 else 12 + min(width - rest, 7)),
                                                80 + ex(w) + 3 * ex(v) + 9 * ex(wn) + 27 * ex(l),
                                                161 + ex(slope) + 3 * ex(wne) + 9 * ex(nl) + 27 * ex(M[0][c])])

                        values.append(self.tree(width, decide))
                        so_far = blend(so_far, values[c], c)
                        if c == 0 and clear and values[0] == 0:
                            values += [0] * (n - 1)
                            break
                    pixel = tuple(values), name(values)
                    before, last = last, pixel
                if m < x:
                    mirrored = (mirrored << 1 | (pixel[1] == M[1])) & 0xFFFFFFFF
                count = count + 1 if pixel[1] == W[1] else 1
                now[x] = pixel
                for c, value in enumerate(pixel[0]):
                    bands[order[c]].v.append(wrap(value - (1 << widths[c] - 1), widths[c]))
            rows = rows[1:] + [now]


# --- a codec from its description ----------------------------------------------------------------------------------------


def parse(text):
    """name<a,b<c>> to (name, [a, (b, [c])])"""
    def item(i):
        start = i
        while i < len(text) and text[i] not in "<,>":
            i += 1
        name, arguments = text[start:i], []
        if i < len(text) and text[i] == "<":
            while text[i] != ">":
                a, i = item(i + 1)
                arguments.append(a)
            i += 1
        return (name, arguments), i

    return item(0)[0]


def make(node, work):
    name, arguments = node
    words = [a[0] for a in arguments]
    if name in ("dct", "fourier"):
        return Blocks(work, name, int(words[0]))
    if name == "wavelet":
        return Wavelet(work, words[0], int(words[1]))
    if name == "predicted_klt":
        return PredictedKlt(work, int(words[0]))
    if name == "classified_klt":
        return KltSet(work, *map(int, words))
    if name == "lloyd_max":
        return LloydMax(work, int(words[0]))
    if name == "levels":
        return Levels(work, int(words[0]))
    if name == "product":
        return Product(work, int(words[0]))
    if name == "pca":
        return Pca(work, *map(int, words))
    if name == "range" and words[0] == "mixing":
        return Range(work, Mixing(arguments[0][1]))
    if name == "range":
        return Range(work, {"adaptive": Adaptive, "neighbourhood": Neighbourhood, "predictive": Predictive,
                            "pretrained": Pretrained, "transform_blocks": TransformBlocks, "autoregressive": Autoregressive,
                            "conditional_scale": ConditionalScale, "network": Network, "geometric": Geometric}[words[0]]())
    if name == "bit_plane":
        return BitPlane(work, words == ["by_gain"])
    if name == "multisymbol":
        return Range(work, {"adaptive": AdaptiveDigits, "neighbourhood": NeighbourhoodDigits}[words[0]](), MultisymbolEngine)
    if name == "rans" and words[0] != "table":
        return RansFamily(work, words[0] == "gaussian")
    if name == "identity":
        return Identity()
    if name == "mixture":
        return Mixture([make(arguments[0], work) for _ in range(int(words[1]))])
    if name == "chain":
        return Chain(*(make(a, work) for a in arguments))
    if name == "matrix":
        return Matrix(make(arguments[1], work))
    if name == "per_image":
        return PerImage(make(arguments[0], work))
    if name == "golomb":
        return Golomb(work, words[0])
    if name == "run_length":
        return RunLength(work, make(arguments[0], work))
    if name in ("difference", "colour"):
        return {"difference": Difference, "colour": Colour}[name](work, words[0])
    return {"klt": Klt, "eigenpicture": Eigenpicture, "adaptive_dct": AdaptiveDct, "linear_synthesis": LinearSynthesis, "none": NoQuantizer, "palette": NoQuantizer,
            "uniform": Quantizer, "dead_zone": DeadZone, "learned_dead_zone": TrainedZone, "codebook": Codebook, "escape_codebook": EscapeCodebook, "residual": Residual,
            "raw": Raw, "huffman": Huffman, "rans": Rans, "tans": Tans}[name](work)


def told_step(transform, quantizer, coder):
    for panel in (transform, coder):
        panel.told(getattr(quantizer, "step", 0))


def decode_planes(panels, shape, components, bits, r):
    """Values of all components, and their frac."""
    transform, quantizer, coder = panels
    where = [[Band(shape, component=c, bits=bits)] for c in range(components)]
    coefficients = transform.arrange(where)
    closed = getattr(transform, "closed", False)
    symbols = [[b.like() for b in g] for g in coefficients] if closed else quantizer.arrange(coefficients)
    for b in flat(symbols):
        b.v = []
    coder.decode(symbols, r)
    if closed:
        return flat(transform.inverse(symbols, where, quantizer.value))
    return flat(transform.inverse(quantizer.values(symbols, coefficients), where))


def side_of_tiles(n, rank):
    if rank < 3:
        return n * n if rank == 1 else n
    side = 1
    while (2 * side) ** rank <= n * n:
        side *= 2
    return side


def rows_of_tiles(shape, n):
    """First samples and extents of all tiles, row after row; one tile if there are few samples."""
    if math.prod(shape) <= 4 * n * n:
        return [[([0] * len(shape), shape)]]
    s, axes = side_of_tiles(n, len(shape)), []
    for e in shape:
        count = max(1, e // s + (e % s >= (s + 1) // 2))
        axes.append([(i * s, e - i * s if i + 1 == count else s) for i in range(count)])
    tiles = [list(zip(*tile)) for tile in itertools.product(*axes)]
    across = len(tiles) // len(axes[0])
    return [tiles[i : i + across] for i in range(0, len(tiles), across)]


def decode(description, kind, shape, components, payload, state=None, model=0):
    """Samples, floats by their bits. `state`: extents and values of learned arrays, by name; `model`: its fingerprint."""
    arguments = parse(description)[1]
    schedule = [a[0] for a in arguments[3:]]
    work = Work(16 if kind == "uint8" else 32)

    def panels():
        made = [make(a, work) for a in arguments[:3]]
        for panel, own in zip(made, ("transform", "quantizer", "coder")):
            if state:
                panel.learn(part_of(state, own))
        return made

    r = Reader(payload)
    m = Map(kind, r)
    verbatim, at = [], 0
    if kind == "float32" and m.how == 2:
        for _ in range(r.varint()):
            at += r.varint()
            verbatim.append((at, r.u32()))
            at += 1
    samples = [0] * (math.prod(shape) * components)

    def put(planes, first, part):
        places = itertools.product(*(range(a, a + n) for a, n in zip(first, part)))
        for p, place in enumerate(places):
            at = 0
            for x, n in zip(place, shape):
                at = at * n + x
            for c, b in enumerate(planes):
                samples[at * components + c] = m.sample(b.v[p], b.frac)

    def piece(r, first, part, settled=None):
        transform, quantizer, coder = panels()
        quantizer.read(r)
        if settled is None:
            transform.read(r)
        else:
            transform = settled
        told_step(transform, quantizer, coder)
        put(decode_planes((transform, quantizer, coder), part, components, m.bits, r), first, part)
        coder.finish()
        if r.at != len(r.data):
            raise Corrupt("bytes are left over")

    if schedule[:1] == ["strips"]:
        transform, quantizer, coder = panels()
        quantizer.read(r)
        told_step(transform, quantizer, coder)
        for row in range(0, shape[0], int(schedule[1])):
            part = [min(int(schedule[1]), shape[0] - row)] + shape[1:]
            put(decode_planes((transform, quantizer, coder), part, components, m.bits, r), [row] + [0] * len(shape[1:]), part)
        coder.finish()
    else:
        rows = rows_of_tiles(shape, int(schedule[1])) if schedule else [[([0] * len(shape), shape)]]
        if len(rows) * len(rows[0]) == 1:
            piece(r, *rows[0][0])
        else:
            settled = None
            if schedule[2:] == ["of_picture"]:
                settled = panels()[0]
                settled.read(r)
            for tiles in rows:
                sizes = [r.varint() for _ in tiles]
                for (first, part), size in zip(tiles, sizes):
                    body = checked(r.take(size), fingerprint(description), model, components, *part, *first)
                    piece(Reader(body), first, list(part), settled)
    if r.at != len(payload):
        raise Corrupt("bytes are left over")
    for at, v in verbatim:
        samples[at] = v
    return samples


# --- what is decoded -----------------------------------------------------------------------------------------------------


def examples(page):
    """Head, bytes, samples, and what lines before the head say of the state."""
    head, data, state = None, b"", {}
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("    state "):
            name, extents, *values = line.replace(":", "").split()[1:]
            state[name] = [int(e) for e in extents.split("x")], [int(v) for v in values]
        elif line.startswith("    codec<"):
            head, data = line.split(), b""
        elif head and line.startswith("    = "):
            yield head, data, line.split()[1:], state
            head, state = None, {}
        elif head:
            data += bytes.fromhex(line.split("#")[0])


def packs(page):
    """Description, bytes and the lines of samples of each worked pack."""
    description, data, lines = None, b"", []
    for line in page.read_text(encoding="utf-8").splitlines() + [""]:
        if line.startswith("    pack "):
            description, data, lines = line.split()[1], b"", []
        elif description and line.startswith("    = "):
            lines.append(line[6:])
        elif description and line.startswith("    "):
            data += bytes.fromhex(line.split("#")[0])
        elif description:
            yield description, data, lines
            description = None


def unpack(data, description):
    """The pictures of a pack as worked examples write them."""
    codec, kind, pictures = read_pack(data)
    assert codec == fingerprint(description)
    for shape, components, name, record in pictures:
        samples = decode(description, kind, shape, components, read_record(record, description, shape, components))
        yield f"{'x'.join(map(str, shape))} {components} {name}: {' '.join(map(str, samples))}"


def digest(kind, shape, components, samples):
    form = {"uint8": "B", "uint16": "H", "int16": "h", "int32": "i", "float32": "I"}[kind]
    return crc32c(struct.pack(f"<{len(shape) + 1}I", *shape, components) + struct.pack(f"<{len(samples)}{form}", *samples))


def main():
    root = Path(__file__).resolve().parents[2]
    count = failures = 0
    for page in [root / "docs" / "format.md", *sorted((root / "docs" / "format").glob("*.md"))]:
        for (description, frame, kind, shape, components), data, expected, state in examples(page):
            shape, components = [int(e) for e in shape.split("x")], int(components)
            if frame == "file":
                codec, _, kind, shape, components, data = read_file(data)
                assert codec == fingerprint(description)
            elif frame == "record":
                data = read_record(data, description, shape, components)
            got = decode(description, kind, shape, components, data, state)
            wanted = [int(v, 16) if kind == "float32" else int(v) for v in expected]
            count += 1
            if got != wanted:
                failures += 1
                print(f"{page.name}: {description}:\n  got      {got}\n  expected {wanted}")
    assert count > 30, "the pages have lost their examples"
    for description, data, expected in packs(root / "docs" / "format" / "pack.md"):
        got = list(unpack(data, description))
        count += 1
        if got != expected:
            failures += 1
            print(f"pack.md:\n  got      {got}\n  expected {expected}")
    got = list(unpack((root / "tests" / "golden" / "pack-0.tpk").read_bytes(), "codec<identity,none,raw>"))
    assert len(got) == 150 and got[80].startswith("3x2 1 80: 80 87 94 "), got[80]
    page = (root / "docs" / "format" / "coder.md").read_text(encoding="utf-8")
    for name in ("laplace", "gaussian"):
        assert int(re.search(f"`{name}` ([0-9a-f]{{8}})[,.]", page)[1], 16) == RansFamily.checksum(name == "gaussian"), name

    index = root / "tests" / "golden" / "index.txt"
    streams, models = 0, {}
    for line in index.read_text().splitlines() if index.exists() else []:
        name, crc, description, *learned = line.split()
        codec, model, kind, shape, components, payload = read_file((index.parent / name).read_bytes())
        assert codec == fingerprint(description), description
        for instance in learned:
            if instance not in models:
                models[instance] = read_model((root / "tests" / "models" / f"{instance}.hpp").read_text())
                assert model_fingerprint(models[instance]) == model, f"{name} is not of the model {instance}.hpp"
        state = {n: (extents, values) for n, (_, extents, values) in models[learned[0]].items()} if learned else None
        got = digest(kind, shape, components, decode(description, kind, shape, components, payload, state, model))
        streams += 1
        if got != int(crc, 16):
            failures += 1
            print(f"{name}: {description}: another picture")
    print(f"{count} examples, {streams} golden streams, {len(models)} models, {failures} failures")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
