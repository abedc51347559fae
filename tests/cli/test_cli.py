#!/usr/bin/env python3
"""Tests of the command-line tool, with the standard library alone: test_cli.py TOOL SCRATCH [unittest arguments].

Files are written and read by the small codecs below, so that the tool is not checked against itself.
"""
import base64
import json
import math
import os
import pty
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import time
import unittest
import zlib

TOOL, SCRATCH = (os.path.abspath(a) for a in sys.argv[1:3])

JPEG_GRAY = base64.b64decode("""
/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYV
pQYEpRUk//wAALCAAQABABAREA/8QAFQABAQAAAAAAAAAAAAAAAAAABwb/xAAWEAADAAAAAAAAAAAAAAAAAAAABUL/2gAIAQEAAD8AkUMiShkN
kMiShk//2Q==
""")
JPEG_RGB = base64.b64decode("""
/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYV
pQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAQ
ABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAABQb/xAAYEAACAwAAAAAAAAAAAAAAAAAABAUiMf/EABUBAQEAAAAAAAAAAAAAAAAAAA
AC/8QAGREAAgMBAAAAAAAAAAAAAAAAAAUCAyEx/9oADAMBAAIRAxEAPwCRUjcqNKRuVFlI3KjSkblSq5hay5p//9k=
""")
JPEG_CMYK = base64.b64decode("""
/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwANCQoLCggNCwoLDg4NDxMgFRMSEhMnHB4XIC4pMTAuKS0sMzpKPjM2RjcsLUBXQUZMTlJTUjI+WmFaUG
BKUVJP/8AAFAgAEAAQBEMRAE0RAFkRAEsRAP/EABYAAQEBAAAAAAAAAAAAAAAAAAAGB//EABsQAAIBBQAAAAAAAAAAAAAAAAAFBBUhMUJi/9oA
DgRDAE0AWQBLAAA/AJFDqSNE4JNfAxY040lDqKJwU6+BiwM2Q6mk0TgL4GLA0lDqKJwU6+BiwP/Z
""")


# --- files ---------------------------------------------------------------------------------------------------------------

def noise(n, most, seed=1):
    """Samples that are neither flat nor quite random."""
    r = random.Random(seed)
    return [min(most, max(0, (i * 37 % (most + 1)) // 2 + r.randrange(most // 2 + 1))) for i in range(n)]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pack_rows(samples, width, height, components, depth):
    """Filter type 0 before each row."""
    out = b""
    for y in range(height):
        row = samples[y * width * components:(y + 1) * width * components]
        if depth == 16:
            out += b"\0" + struct.pack(f">{len(row)}H", *row)
        elif depth == 8:
            out += b"\0" + bytes(row)
        else:
            bits = "".join(f"{v:0{depth}b}" for v in row)
            bits += "0" * (-len(bits) % 8)
            out += b"\0" + bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
    return out


def png(samples, width, height, components, depth=8, palette=None, alpha=None, interlaced=False):
    colour = 3 if palette else {1: 0, 2: 4, 3: 2, 4: 6}[components]
    if interlaced:
        data = b""
        for x0, y0, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
            xs, ys = range(x0, width, dx), range(y0, height, dy)
            part = [samples[(y * width + x) * components + c] for y in ys for x in xs for c in range(components)]
            if part:
                data += pack_rows(part, len(xs), len(ys), components, depth)
    else:
        data = pack_rows(samples, width, height, components, depth)
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))
    if palette:
        out += chunk(b"PLTE", bytes(v for p in palette for v in p))
    if alpha:
        out += chunk(b"tRNS", bytes(alpha))
    return out + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def read_png(data):
    """(width, height, components, depth, samples) of a PNG of whole bytes without interlacing."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, idat = 8, b""
    while at < len(data):
        n, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + n]
        assert struct.unpack(">I", data[at + 8 + n:at + 12 + n])[0] == zlib.crc32(kind + body)
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            idat += body
        at += 12 + n
    assert kind == b"IEND" and not interlaced
    components = {0: 1, 4: 2, 2: 3, 6: 4}[colour]
    unit = components * depth // 8
    raw, stride, above, out = zlib.decompress(idat), width * components * depth // 8, None, bytearray()
    above = bytearray(stride)
    for y in range(height):
        kind, row = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for i in range(stride):
            a, b, c = row[i - unit] if i >= unit else 0, above[i], above[i - unit] if i >= unit else 0
            p = a + b - c
            paeth = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            row[i] = (row[i] + (0, a, b, (a + b) // 2, paeth)[kind]) & 255
        out += row
        above = row
    samples = list(out) if depth == 8 else list(struct.unpack(f">{len(out) // 2}H", out))
    return width, height, components, depth, samples


def npy(values, shape, code="u1", order="<", fortran=False):
    letters = {"u1": "B", "u2": "H", "i2": "h", "i4": "i", "f4": "f", "f8": "d", "i8": "q"}
    head = f"{{'descr': '{order}{code}', 'fortran_order': {fortran}, 'shape': ({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''}), }}"
    head += " " * (-(11 + len(head)) % 64) + "\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head.encode() + struct.pack(
        f"{'>' if order == '>' else '<'}{len(values)}{letters[code]}", *values)


def read_npy(data):
    """(code, shape, raw bytes of the values)"""
    assert data[:8] == b"\x93NUMPY\1\0"
    n, = struct.unpack("<H", data[8:10])
    head = eval(data[10:10 + n])  # the format says that it is a Python literal
    assert not head["fortran_order"] and (10 + n) % 64 == 0
    return head["descr"], head["shape"], data[10 + n:]


def crc32c(data):
    c = 0xFFFFFFFF
    for b in data:
        c ^= b
        for _ in range(8):
            c = c >> 1 ^ (0x82F63B78 if c & 1 else 0)
    return c ^ 0xFFFFFFFF


def addresses(megabytes):
    """A process's limit of memory, for preexec_fn."""
    def limit():
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20,) * 2)
    return limit


def starts_in(megabytes):
    """Does the tool start at all? Its libraries, or a sanitizer's shadow memory, may take more."""
    return subprocess.run([TOOL, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          preexec_fn=addresses(megabytes)).returncode == 0


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = os.path.join(SCRATCH, "cli", self.id().split(".", 1)[-1])
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def put(self, name, data):
        with open(self.path(name), "wb") as f:
            f.write(data)
        return name

    def get(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def needs_to_start_in(self, megabytes):
        if not starts_in(megabytes):
            self.skipTest(f"the tool does not start in {megabytes} MB of addresses")

    def tool(self, *args, code=0, stdin=b"", notes=0, **more):
        """Runs the tool in the scratch folder. Failures must be one line, after `notes` others, and must leave nothing behind."""
        before = set(os.listdir(self.folder))
        r = subprocess.run([TOOL, *args], cwd=self.folder, input=stdin, stderr=subprocess.PIPE, timeout=100,
                           **({"stdout": subprocess.PIPE} | more))
        self.assertEqual(r.returncode, code, (args, r.stderr.decode()))
        if code:
            self.assertEqual(set(os.listdir(self.folder)), before, args)
        self.assertEqual(r.stderr.count(b"\n"), notes + (code != 0), (args, r.stderr.decode()))
        if r.stderr:
            self.assertTrue(r.stderr.startswith(b"triptych: ") and r.stderr.endswith(b"\n"), (args, r.stderr.decode()))
        self.notes = r.stderr.decode()
        return r.stderr.decode() if code else r.stdout

    def as_npy(self, name, data, *options):
        """Through the lossless codec to .npy."""
        self.put(name, data)
        self.tool("encode", name, "s.tpc", "--lossless", "-f", *options)
        self.tool("decode", "s.tpc", "out.npy", "-f")
        return read_npy(self.get("out.npy"))


class RoundTrips(Case):
    def test_png(self):
        for depth in (8, 16):
            for components in (1, 2, 3, 4):
                for width, height in ((1, 1), (13, 7), (40, 31)):
                    for interlaced in (False, True):
                        s = noise(width * height * components, 2**depth - 1, components)
                        self.put("a.png", png(s, width, height, components, depth, interlaced=interlaced))
                        self.tool("encode", "a.png", "a.tpc", "--lossless", "-f")
                        self.tool("decode", "a.tpc", "b.png", "-f")
                        self.assertEqual(read_png(self.get("b.png")), (width, height, components, depth, s))

    def test_png_of_few_bits(self):
        for depth in (1, 2, 4):
            s = noise(35, 2**depth - 1)
            _, shape, raw = self.as_npy("a.png", png(s, 5, 7, 1, depth))
            self.assertEqual((shape, list(raw)), ((7, 5), [v * 255 // (2**depth - 1) for v in s]))

    def test_png_palette(self):
        palette = [(i * 20, 255 - i, i * 7) for i in range(12)]
        s = noise(35, 11)
        for depth in (4, 8):
            _, shape, raw = self.as_npy("a.png", png(s, 5, 7, 1, depth, palette=palette))
            self.assertEqual((shape, list(raw)), ((7, 5, 3), [v for i in s for v in palette[i]]))
        alpha = [0, 100, 200]
        _, shape, raw = self.as_npy("a.png", png(s, 5, 7, 1, 8, palette=palette, alpha=alpha))
        expected = [v for i in s for v in (*palette[i], (alpha + [255] * 9)[i])]
        self.assertEqual((shape, list(raw)), ((7, 5, 4), expected))

    def test_pnm(self):
        bits = noise(77, 1)
        white = [255 * (1 - b) for b in bits]
        plain = " ".join(map(str, bits)).encode()
        self.assertEqual(list(self.as_npy("a.pbm", b"P1\n# a comment\n11 7\n" + plain + b"\n")[2]), white)
        self.assertEqual(list(self.as_npy("a.pbm", b"P1 11 7 " + plain.replace(b" ", b""))[2]), white)
        rows = b"".join(bytes([int("".join(map(str, bits[y * 11:y * 11 + 8])), 2),
                               int("".join(map(str, bits[y * 11 + 8:y * 11 + 11])) + "00000", 2)]) for y in range(7))
        self.assertEqual(list(self.as_npy("a.pbm", b"P4\n11 7\n" + rows)[2]), white)
        for most in (3, 255, 256, 1023, 65535):
            letter, code = ("B", "|u1") if most < 256 else ("H", "<u2")
            for kind, components in ((2, 1), (3, 3), (5, 1), (6, 3)):
                s = noise(77 * components, most)
                body = " ".join(map(str, s)).encode() if kind < 4 else struct.pack(f">{len(s)}{letter}", *s)
                d, shape, raw = self.as_npy("a.pnm", f"P{kind}\n11 7\n{most}\n".encode() + body)
                self.assertEqual((d, shape), (code, (7, 11) if components == 1 else (7, 11, 3)))
                self.assertEqual(raw, struct.pack(f"<{len(s)}{letter}", *s))
            for components in (1, 2, 3, 4, 6):
                s = noise(77 * components, most)
                header = f"P7\nWIDTH 11\nHEIGHT 7\n# colours\nDEPTH {components}\nMAXVAL {most}\nTUPLTYPE WHAT EVER\nENDHDR\n"
                d, shape, raw = self.as_npy("a.pam", header.encode() + struct.pack(f">{len(s)}{letter}", *s))
                self.assertEqual(raw, struct.pack(f"<{len(s)}{letter}", *s))

    def test_pnm_is_written_as_it_was(self):
        for most in (255, 1023, 65535):
            letter = "B" if most < 256 else "H"
            for ending, components in (("pgm", 1), ("ppm", 3), ("pnm", 1), ("pnm", 3)):
                s = noise(77 * components, most)
                data = f"P{5 if components == 1 else 6} 11 7\n{most}\n".encode() + struct.pack(f">{len(s)}{letter}", *s)
                self.put(f"a.{ending}", data)
                self.tool("encode", f"a.{ending}", "a.tpc", "--lossless", "-f")
                self.tool("decode", "a.tpc", f"b.{ending}", "-f", "--maxval", str(most))
                self.assertEqual(self.get(f"b.{ending}"), data)
        s = noise(77 * 2, 1023)
        data = b"P7\nWIDTH 11\nHEIGHT 7\nDEPTH 2\nMAXVAL 1023\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n" + struct.pack(">154H", *s)
        self.put("a.pam", data)
        self.tool("encode", "a.pam", "a.tpc", "--lossless", "-f")
        self.tool("decode", "a.tpc", "b.pam", "-f", "--maxval", "1023")
        self.assertEqual(self.get("b.pam"), data)
        self.assertIn("above the maxval", self.tool("decode", "a.tpc", "c.pam", "--maxval", "700", code=1))

    def test_npy(self):
        shapes = (7,), (7, 5), (3, 4, 5), (2, 3, 4, 5), (6, 5, 3), (0,), (0, 4), (1, 1, 1, 1)
        limits = {"u1": (0, 255), "u2": (0, 65535), "i2": (-32768, 32767), "i4": (-2**31, 2**31 - 1)}
        for shape in shapes:
            n = 1
            for e in shape:
                n *= e
            for code in ("u1", "u2", "i2", "i4", "f4"):
                r = random.Random(n)
                low, high = limits.get(code, (0, 0))
                values = [r.uniform(-1e4, 1e4) for _ in range(n)] if code == "f4" else [r.randint(low, high) for _ in range(n)]
                if code == "f4" and n > 3:
                    values[:3] = float("inf"), -0.0, 1e-42
                expected = npy(values, shape, code, "|" if code == "u1" else "<")
                for order in "<>":
                    for options in ((), ("--array",)):
                        self.put("a.npy", npy(values, shape, code, order))
                        self.tool("encode", "a.npy", "a.tpc", "--lossless", "-f", *options)
                        self.tool("decode", "a.tpc", "b.npy", "-f")
                        self.assertEqual(self.get("b.npy"), expected, (shape, code, order))

    def test_npy_in_fortran_order(self):
        shape = (3, 4, 5)
        values = noise(60, 255)
        turned = [values[(i * 4 + j) * 5 + k] for k in range(5) for j in range(4) for i in range(3)]
        self.assertEqual(self.as_npy("a.npy", npy(turned, shape, fortran=True)), ("|u1", shape, bytes(values)))

    def test_nan_keeps_its_bits(self):
        data = npy([1.0] * 4, (2, 2), "f4")[:-16] + bytes.fromhex("0100c07f 0000c0ff 0000807f 01000080".replace(" ", ""))
        self.put("a.npy", data)
        for goal in (["--lossless"], ["--max-error", "0.5"]):
            self.tool("encode", "a.npy", "a.tpc", "-f", *goal)
            self.tool("decode", "a.tpc", "b.npy", "-f")
            self.assertEqual(self.get("b.npy")[-16:-4], data[-16:-4])

    def test_jpeg(self):
        d, shape, raw = self.as_npy("a.jpg", JPEG_GRAY)
        self.assertEqual((d, shape), ("|u1", (16, 16)))
        self.assertTrue(all(abs(raw[y * 16 + x] - x * 15) < 25 for y in range(16) for x in range(16)))
        d, shape, raw = self.as_npy("a.jpg", JPEG_RGB)
        self.assertEqual((d, shape), ("|u1", (16, 16, 3)))
        self.assertTrue(all(abs(raw[(y * 16 + x) * 3 + 1] - y * 15) < 40 for y in range(16) for x in range(16)))

    def test_pipes(self):
        s = noise(40 * 31 * 3, 255)
        picture = png(s, 40, 31, 3)
        stream = self.tool("encode", "-", "-", "--lossless", stdin=picture)
        self.assertEqual(read_png(self.tool("decode", "-", "-", stdin=stream))[4], s)
        self.assertEqual(read_npy(self.tool("decode", "-", "-", "--format", "npy", stdin=stream))[2], bytes(s))
        self.assertEqual(json.loads(self.tool("info", "-", "--json", stdin=stream))["shape"], [31, 40])
        self.put("a.png", picture)
        self.assertTrue(json.loads(self.tool("compare", "a.png", "-", "--json", stdin=stream))["identical"])


class Tiles(Case):
    """Large pictures: threads, regions, tiles of other sides, and rows that are never in memory together."""

    @staticmethod
    def picture(width, height, components=1, rough=1):
        """Ramps, with noise below `rough`."""
        r = random.Random(7)
        row = [bytes((x // 3 + 90 * c + y * 7 + r.randrange(rough)) & 255 for x in range(width) for c in range(components))
               for y in range(37)]
        return b"".join(row[(y * 5 + y // 200) % 37] for y in range(height))

    def big(self, width=600, height=500):
        samples = self.picture(width, height, 3, 24)
        self.put("big.png", png(samples, width, height, 3))
        return samples

    def test_bytes_do_not_depend_on_threads(self):
        s = self.big()
        for goal in (("--lossless",), ("-q", "60"), ("--psnr", "40")):
            streams = [self.tool("encode", "big.png", "-", "--tile", "256", *goal, "-j", j) for j in ("1", "3", "0")]
            self.assertEqual(len(set(streams)), 1, goal)
            again = [self.tool("decode", "-", "-", "--format", "npy", "-j", j, stdin=streams[0]) for j in ("1", "3")]
            self.assertEqual(again[0], again[1])
        self.assertEqual(read_npy(self.as_decoded("big.png", "--lossless", "-j", "2"))[2], s)

    def as_decoded(self, name, *options):
        stream = self.tool("encode", name, "-", *options)
        return self.tool("decode", "-", "-", "--format", "npy", stdin=stream)

    def test_with_alpha(self):
        s = bytearray(self.picture(600, 500, 4, 24))
        self.put("a.png", png(s, 600, 500, 4))
        streams = [self.tool("encode", "a.png", "-", "--tile", "256", "-q", "50", "-j", j) for j in ("1", "4")]
        self.assertEqual(streams[0], streams[1])
        again = read_npy(self.tool("decode", "-", "-", "--format", "npy", "-j", "4", stdin=streams[0]))[2]
        self.assertEqual(again[3::4], bytes(s[3::4]))
        part = self.tool("decode", "-", "-", "--format", "npy", "--region", "300,7,20,9", stdin=streams[0])
        whole = [again[(y * 600 + 300) * 4:(y * 600 + 320) * 4] for y in range(7, 16)]
        self.assertEqual(read_npy(part)[2], b"".join(whole))

    def test_sides_differ_and_all_decode(self):
        self.big()
        seen = set()
        for side in ("256", "512"):
            for goal in (("--lossless",), ("-q", "60")):
                self.tool("encode", "big.png", "t.tpc", "-f", "--tile", side, *goal)
                about = json.loads(self.tool("info", "t.tpc", "--json"))
                self.assertTrue(about["known"])
                self.assertIn(f"tiles,{side}", about["description"])
                self.assertEqual(about["codec"], "lossless" if len(goal) == 1 else "photo")
                seen.add(about["fingerprint"])
                self.tool("decode", "t.tpc", "t.png", "-f")
        self.assertEqual(len(seen), 4)
        self.assertEqual(self.tool("encode", "big.png", "-", "--tile", "512"), self.tool("encode", "big.png", "-"))
        self.assertIn("256 or 512", self.tool("encode", "big.png", "n.tpc", "--tile", "1024", code=1))
        self.assertIn("wavelet", self.tool("encode", "big.png", "n.tpc", "--tile", "256", "--codec", "wavelet", code=1))

    def test_regions(self):
        s = self.big()
        for codec in ("photo", "lossless", "near-lossless", "dct", "photo-256", "lossless-256"):
            self.tool("encode", "big.png", "r.tpc", "-f", "--codec", codec)
            whole = read_npy(self.tool("decode", "r.tpc", "-", "--format", "npy"))[2]
            for x, y, w, h in ((0, 0, 600, 500), (0, 0, 1, 1), (599, 499, 1, 1), (250, 200, 20, 100)):
                part = read_npy(self.tool("decode", "r.tpc", "-", "--format", "npy", "--region", f"{x},{y},{w},{h}"))
                self.assertEqual(part[1], (h, w, 3))
                self.assertEqual(part[2], b"".join(whole[((y + r) * 600 + x) * 3:((y + r) * 600 + x + w) * 3] for r in range(h)),
                                 (codec, x, y, w, h))
        # What is asked for counts against the limit, not what it is a part of.
        self.tool("decode", "r.tpc", "whole.png", "--max-samples", "1000", code=2)
        self.tool("decode", "r.tpc", "part.png", "--max-samples", "1000", "--region", "5,6,10,20")
        self.assertEqual(read_png(self.get("part.png"))[:2], (10, 20))
        for text in ("0,0,601,1", "0,0,1,501", "600,0,1,1", "1,500,1,1", "18446744073709551615,0,2,1"):
            self.assertIn("does not lie in the picture, which is 600 x 500",
                          self.tool("decode", "r.tpc", "no.png", "--region", text, code=1))
        for text in ("1,2,3", "1,2,3,4,5", "a,b,c,d", "0,0,0,1", "0,0,1,0", "-1,0,1,1", "0,0,1,1 ", "1,,2,3"):
            self.assertIn("is not x,y,width,height", self.tool("decode", "r.tpc", "no.png", "--region=" + text, code=1))
        self.put("a.npy", npy(noise(2 * 5 * 7, 255), (2, 5, 7)))
        self.tool("encode", "a.npy", "a.tpc")
        self.assertIn("an array of 2 x 5 x 7", self.tool("decode", "a.tpc", "no.npy", "--region", "0,0,1,1", code=1))
        self.tool("decode", "big.png", "no.png", "--region", "0,0,1,1", code=2)

    def test_effort(self):
        self.big()
        sizes = {e: len(self.tool("encode", "big.png", "-", "--psnr", "36", "--effort", e)) for e in ("1", "5", "9")}
        self.assertLess(sizes["9"], sizes["1"])
        self.assertEqual(len(self.tool("encode", "big.png", "-", "--psnr", "36")), sizes["5"])
        for e in ("0", "10", "x"):
            self.tool("encode", "big.png", "n.tpc", "--effort", e, code=1)

    def test_rows_stream(self):
        """Memory does not grow with the height: what needs the whole picture finds too little."""
        width, height = 2000, 8000
        s = self.picture(width, height)
        self.needs_to_start_in(32)
        small = {"preexec_fn": addresses(32)}
        tiled = ("--tile", "256", "-j", "1")
        self.put("s.pgm", b"P5 2000 8000\n255\n" + s)
        self.put("s.npy", npy([], (height, width)) + s)
        self.tool("encode", "s.pgm", "s.tpc", "--lossless", *tiled, **small)
        for name in ("s.pgm", "s.npy"):
            stream = self.tool("encode", "-", "-", "--lossless", *tiled, stdin=self.get(name), **small)
            self.assertEqual(stream, self.get("s.tpc"))
            out = self.tool("decode", "-", "-", "--format", name[2:], "-j", "1", stdin=stream, **small)
            self.assertTrue(out.endswith(s) and len(out) < len(s) + 256)
        for goal in (("-q", "30"), ("--step", "3")):
            stream = self.tool("encode", "-", "-", *tiled, *goal, "--effort", "1", stdin=self.get("s.pgm"), **small)
            self.tool("decode", "-", "-", "--format", "pgm", "-j", "1", stdin=stream, **small)
        self.tool("decode", "s.tpc", "again.pgm", "-j", "1", **small)
        self.assertEqual(self.get("again.pgm"), self.get("s.pgm"))
        self.assertEqual(json.loads(self.tool("info", "s.tpc", "--json"))["shape"], [height, width])
        self.assertTrue(json.loads(self.tool("compare", "s.pgm", "s.tpc", "--json"))["identical"])
        self.assertIn("memory", self.tool("encode", "s.pgm", "n.tpc", *tiled, "--psnr", "30", code=3, **small))
        self.assertIn("memory", self.tool("decode", "s.tpc", "n.png", "-j", "1", code=3, **small))

    def test_rows_that_end_or_are_damaged(self):
        width, height = 600, 1000
        file = b"P5 600 1000 255\n" + self.picture(width, height)
        args = ("--lossless", "--tile", "256")
        for bad, words in ((file[:-1], "truncated"), (file + b"x", "after the end")):
            self.put("bad.pgm", bad)
            self.assertIn(words, self.tool("encode", "bad.pgm", "n.tpc", *args, code=2))
            r = subprocess.run([TOOL, "encode", "-", "-", *args], input=bad, capture_output=True)
            self.assertEqual((r.returncode, r.stderr.count(b"\n")), (2, 1))
            self.assertIn(words.encode(), r.stderr)
        stream = self.tool("encode", "-", "-", *args, stdin=file)
        for at in (5, 9, 40, len(stream) // 2, len(stream) - 1):
            self.put("bad.tpc", stream[:at] + bytes([stream[at] ^ 1]) + stream[at + 1:])
            self.tool("decode", "bad.tpc", "n.pgm", code=2)
            self.put("bad.tpc", stream[:at])
            self.tool("decode", "bad.tpc", "n.pgm", code=2)
        self.put("bad.tpc", stream + b"x")
        self.tool("decode", "bad.tpc", "n.pgm", code=2)
        self.tool("decode", "-", "n.pgm", "--maxval", "100", stdin=stream, code=1)

    def test_rows_mean_the_same(self):
        """-q of ten bits, and a loss that costs more than exactness, are judged as where the picture is read as a whole."""
        width, height = 600, 1000
        r = random.Random(3)
        flat = bytes(200 if (x // 40 + y // 50) % 2 else 60 for y in range(height) for x in range(width))
        self.assertEqual(read_npy(self.as_decoded(self.put("flat.pgm", b"P5 600 1000 255\n" + flat), "-q", "90", "--tile", "256"))[2], flat)
        wide = [min(1023, max(0, int(500 + 300 * math.sin(x / 50) * math.cos(y / 70) + r.gauss(0, 60)))) for y in range(height)
                for x in range(width)]
        body = struct.pack(f">{len(wide)}H", *wide)
        self.put("ten.pgm", b"P5 600 1000 1023\n" + body)
        for goal in (("-q", "60"), ("--step", "50"), ("-q", "60", "--effort", "2")):
            found = {}
            for side in ("256", "512"): # by rows, and as a whole
                self.tool("encode", "ten.pgm", "ten.tpc", "-f", "--tile", side, *goal)
                about = json.loads(self.tool("info", "ten.tpc", "--json"))
                self.assertEqual(about["codec"], "photo")
                found[side] = json.loads(self.tool("compare", "ten.pgm", "ten.tpc", "--json"))["psnr"], about["bytes"]
            self.assertLess(abs(found["256"][0] - found["512"][0]), 0.3, goal)
            self.assertLess(abs(found["256"][1] / found["512"][1] - 1), 0.1, goal)


class Quality(Case):
    def setUp(self):
        super().setUp()
        # Smooth with some detail, so that there is something to trade.
        r = random.Random(5)
        self.samples = [min(255, max(0, int(128 + 90 * ((x * y) % 97) / 97 - x / 4 + r.gauss(0, 6)))) for y in range(96)
                        for x in range(128) for c in range(3)]
        self.put("a.png", png(self.samples, 128, 96, 3))

    def compare(self, *options):
        self.tool("encode", "a.png", "a.tpc", "-f", *options)
        return json.loads(self.tool("compare", "a.png", "a.tpc", "--json")), json.loads(self.tool("info", "a.tpc", "--json"))

    def test_goals(self):
        sizes = [self.compare("-q", q)[1]["bytes"] for q in ("10", "50", "90")]
        self.assertTrue(sizes[0] < sizes[1] < sizes[2], sizes)
        self.assertAlmostEqual(self.compare("--psnr", "36")[0]["psnr"], 36, delta=0.1)
        self.assertAlmostEqual(self.compare("--bpp", "2")[1]["bits_per_pixel"], 2, delta=0.02)
        for e in (0, 1, 5):
            found, info = self.compare("--max-error", str(e))
            self.assertLessEqual(found["max_error"], e)
            # An error of nothing is lossless, which costs no more.
            self.assertEqual(info["codec"], "near-lossless" if e else "lossless")
        found, info = self.compare("--lossless")
        self.assertTrue(found["identical"] and found["psnr"] is None and info["codec"] == "lossless")
        self.assertEqual(self.compare()[1]["codec"], "photo")
        self.tool("encode", "-f", "-q", "40", "a.png", "b.tpc")
        self.tool("encode", "-f", "a.png", "--quality=40", "c.tpc")
        self.assertEqual(self.get("b.tpc"), self.get("c.tpc"))

    def test_scores_are_those_of_the_definition(self):
        self.tool("encode", "a.png", "a.tpc", "-q", "40")
        self.tool("decode", "a.tpc", "b.png")
        b = read_png(self.get("b.png"))[4]
        found = json.loads(self.tool("compare", "a.png", "b.png", "--json"))
        d = [x - y for x, y in zip(self.samples, b)]
        self.assertAlmostEqual(found["mse"], sum(v * v for v in d) / len(d), places=9)
        self.assertAlmostEqual(found["mae"], sum(map(abs, d)) / len(d), places=9)
        self.assertEqual(found["max_error"], max(map(abs, d)))

    def test_ten_bits_in_sixteen_look_like_eight(self):
        s = noise(64 * 64, 255)
        self.put("a.pgm", b"P5 64 64\n255\n" + bytes(s))
        self.put("b.pgm", b"P5 64 64\n1023\n" + struct.pack(">4096H", *[v * 4 for v in s]))
        scores = []
        for name in ("a.pgm", "b.pgm"):
            self.tool("encode", name, "s.tpc", "-f", "-q", "60")
            scores.append(json.loads(self.tool("compare", name, "s.tpc", "--json"))["psnr"])
        self.assertAlmostEqual(scores[0], scores[1], delta=0.5)

    def test_every_codec_round_trips(self):
        for line in self.tool("codecs").decode().splitlines():
            if "needs --model" in line:
                continue
            name = line.split()[0]
            self.tool("encode", "a.png", "a.tpc", "-f", "--codec", name)
            found = json.loads(self.tool("compare", "a.png", "a.tpc", "--json"))
            self.assertTrue(found["identical"] or found["psnr"] > 28, (name, found))
            self.assertEqual(json.loads(self.tool("info", "a.tpc", "--json"))["codec"], name)

    def test_evaluate(self):
        os.mkdir(self.path("d"))
        self.put("d/a.png", self.get("a.png"))
        self.put("d/b.ppm", b"P6 64 48\n255\n" + bytes(self.samples[:64 * 48 * 3]))
        self.put("d/notes.txt", b"no picture")
        os.mkdir(self.path("d/more"))
        table = self.tool("evaluate", "d", notes=1).decode()
        self.assertEqual(self.notes, "triptych: d: skipped more/, notes.txt\n")
        self.assertIn("b.ppm", table)
        self.assertIn("mean of 2", table)
        os.remove(self.path("d/notes.txt"))
        os.rmdir(self.path("d/more"))
        found = json.loads(self.tool("evaluate", "-q", "20,80", "d", "-j", "2", "--json"))
        self.assertEqual([p["images"] for p in found["points"]], [2, 2])
        self.assertLess(found["points"][0]["mean"]["bpp"], found["points"][1]["mean"]["bpp"])
        rows = self.tool("evaluate", "d", "--step", "4,16,64", "--csv").decode().splitlines()
        head = rows[0].split(",")
        self.assertEqual(head[:4], ["codec", "quality", "images", "total_bytes"])
        self.assertEqual([r.split(",")[1] for r in rows[1:]], ["4", "16", "64"])
        psnr = [float(r.split(",")[head.index("psnr_rgb")]) for r in rows[1:]]
        self.assertTrue(psnr[0] > psnr[1] > psnr[2], psnr)
        rows = self.tool("evaluate", "d", "--lossless", "--csv", "--each").decode().splitlines()
        self.assertEqual(rows[0].split(",")[2], "image")
        self.assertEqual([r.split(",")[rows[0].split(",").index("exact")] for r in rows[1:]], ["1", "1"])

    def test_train_icons(self):
        """Gray pictures in a stack: a frame of one thickness, somewhere, of one of three grays."""
        def pictures(first, n):
            samples = bytearray(n * 16 * 16)
            for i in range(n):
                k = (first + i) * 7919
                top, left, side, gray = k % 5, k // 5 % 5, 6 + k // 25 % 5, 85 * (1 + k // 125 % 3)
                for y in range(side):
                    for x in range(side):
                        if min(x, y, side - 1 - x, side - 1 - y) < 2:
                            samples[(i * 16 + top + y) * 16 + left + x] = gray
            return npy(samples, (n, 16, 16))

        self.put("known.npy", pictures(0, 100))
        self.put("unseen.npy", pictures(1000, 20))
        self.tool("train", "--codec", "icons", "--corpus", "known.npy", "m.safetensors", "--model-size", "40000")
        self.assertLess(len(self.get("m.safetensors")), 42000)
        sizes = []
        for options in [["--records"], []]:
            rows = self.tool("evaluate", "unseen.npy", "--codec", "icons", "--model", "m.safetensors", "--csv", *options)
            head, row = [r.split(",") for r in rows.decode().splitlines()]
            self.assertEqual((row[head.index("images")], row[head.index("exact")]), ("20", "1"))
            sizes.append(int(row[head.index("total_bytes")]))
        self.assertLess(sizes[0], 20 * 15)
        self.assertGreater(sizes[1], sizes[0] + 20 * 20)

    def waves(self, n, side, seed, places=(0, 0)):
        """A stack of gray pictures that differ in the weights of three waves; with `places`, also in where these lie."""
        return npy(self.wave_samples(n, side, side, seed, places), (n, side, side))

    def wave_samples(self, n, height, width, seed, places):
        r = random.Random(seed)
        samples = bytearray()
        for _ in range(n):
            weights = [r.gauss(0, 40), r.gauss(0, 20), r.gauss(0, 10)]
            dy, dx = (r.uniform(0, p) for p in places)
            for y in range(height):
                for x in range(width):
                    v = (weights[0] * math.sin((y + dy) / 5) + weights[1] * math.sin((x + dx) / 4) +
                         weights[2] * math.sin((x + dx) / 3 + (y + dy) / 3) + r.uniform(-2, 2))
                    samples.append(min(255, max(0, round(128 + v))))
        return samples

    def test_train_scans_and_blocks(self):
        self.put("scans.npy", self.waves(200, 16, 1))
        self.put("unseen-scans.npy", self.waves(20, 16, 2))
        self.put("blocks.npy", self.waves(60, 48, 3, (30, 30)))
        self.put("unseen-blocks.npy", self.waves(5, 48, 4, (30, 30)))
        # Three weights of some five bits each, and two bytes of checksum.
        for codec, least, most in (("scans", 39, 9), ("mixture", 39, 9), ("blocks", 35, 60)):
            corpus = "blocks" if codec == "blocks" else "scans"
            self.tool("train", "--codec", codec, "--corpus", f"{corpus}.npy", f"{codec}.safetensors", "--step", "8")
            sizes, psnr = [], []
            for goal in ("--step=8", "-q=60", "-q=90", "--psnr=38", "--bpp=1"):
                rows = self.tool("evaluate", f"unseen-{corpus}.npy", "--codec", codec, "--model", f"{codec}.safetensors", "--records",
                                 "--csv", *goal.split("="))
                head, row = [r.split(",") for r in rows.decode().splitlines()]
                sizes.append(int(row[head.index("total_bytes")]) / int(row[head.index("images")]))
                psnr.append(float(row[head.index("psnr_rgb")]))
            with self.subTest(codec=codec, sizes=sizes, psnr=psnr):
                self.assertLess(sizes[0], most)
                self.assertGreater(psnr[0], least)
                self.assertTrue(sizes[1] < sizes[2] and psnr[1] < psnr[2])
                self.assertAlmostEqual(psnr[3], 38, delta=1)
                self.assertLess(sizes[4], 16 * 16 / 8 * 1.2 if corpus == "scans" else 48 * 48 / 8 * 1.1)

    def drawn(self, n, seed, components):
        """Discs and bars of a few colours, with soft edges."""
        r = random.Random(seed)
        inks = [tuple(r.randrange(256) for _ in range(3)) for _ in range(40)] if components == 3 else [(240,)]
        pictures = []
        for _ in range(n):
            shapes = [(r.uniform(5, 15), r.uniform(5, 15), r.uniform(2.5, 6), r.random() < 0.5, r.choice(inks)) for _ in range(2)]
            samples = bytearray()
            for y in range(20):
                for x in range(20):
                    v = [255.0] * 3 if components == 3 else [5.0]
                    for cy, cx, size, round_, ink in shapes:
                        d = math.hypot(y - cy, x - cx) if round_ else max(abs(y - cy), 2 * abs(x - cx))
                        cover = min(1, max(0, size - d + 0.5))
                        v = [(1 - cover) * a + cover * b for a, b in zip(v, ink)]
                    samples += bytes(round(c) for c in v)
            pictures.append(samples)
        return pictures

    def test_train_tiles(self):
        """Each family is chosen for the pictures that it is made for."""
        self.put("scans.npy", self.waves(150, 16, 1))
        os.mkdir(self.path("blocks"))
        for i in range(24):
            h, w = (32, 40) if i % 2 else (40, 32)
            self.put(f"blocks/{i:02}.pgm", b"P5 %d %d 255\n" % (w, h) + self.wave_samples(1, h, w, i, (30, 30)))
        gray = self.drawn(150, 5, 1)
        self.put("gray.npy", npy(b"".join(gray), (150, 20, 20)))
        os.mkdir(self.path("colours"))
        for i, p in enumerate(self.drawn(150, 6, 3)):
            self.put(f"colours/{i:03}.ppm", b"P6 20 20 255\n" + p)
        for corpus, options, family in (("scans.npy", ["--psnr", "42"], "scans"), ("scans.npy", ["--lossless"], "registered"), ("blocks", ["--psnr", "36"], "blocks"),
                                        ("gray.npy", ["--psnr", "24"], "levels"), ("gray.npy", ["--lossless"], "icons"),
                                        ("colours", ["--psnr", "30"], "palette")):
            with self.subTest(corpus=corpus, family=family):
                report = self.tool("train", "--corpus", corpus, "m.safetensors", "-f", *options).decode()
                self.assertRegex(report, f"chosen: {family}[2-6]?,")
                if options == ["--lossless"]:
                    self.assertNotIn("scans", report)
                else:
                    for other in ("scans", "mixture", "blocks", "blocks8", "levels4", "palette", "icons", "registered", "photo"):
                        self.assertIn(f"  {other} ", report)
                # The file says whose model it is, and for which step.
                rows = self.tool("evaluate", corpus, "--model", "m.safetensors", "--records", "--csv")
                head, row = [r.split(",") for r in rows.decode().splitlines()]
                self.assertTrue(row[0].startswith(family))
                judged = float(re.search(r"chosen: \w+, ([0-9.]+) bytes", report)[1])
                self.assertAlmostEqual(int(row[head.index("total_bytes")]) / int(row[head.index("images")]) / judged, 1, delta=0.25)
                if options != ["--lossless"]:
                    self.assertGreater(float(row[head.index("psnr_rgb")]), float(options[1]) - 1)
                header = self.tool("export-header", "m.safetensors", "--name", "my_model").decode()
                self.assertIn("inline constexpr triptych::model_view my_model", header)
        self.tool("encode", "colours/000.ppm", "a.tpc", "--model", "m.safetensors")
        self.assertEqual(json.loads(self.tool("info", "a.tpc", "--json"))["codec"], "palette")
        self.tool("decode", "a.tpc", "a.ppm", "--model", "m.safetensors")
        self.assertGreater(json.loads(self.tool("compare", "colours/000.ppm", "a.ppm", "--json"))["psnr"], 27)

    def test_train_tiles_looks_at_what_is_seen(self):
        """What is transparent has colours like noise, which nobody sees."""
        r = random.Random(7)
        os.mkdir(self.path("d"))
        for i, p in enumerate(self.drawn(80, 8, 3)):
            samples = b"".join(bytes([*p[j:j + 3], 255]) if p[j:j + 3] != b"\xff\xff\xff" else bytes([*r.randbytes(3), 0])
                               for j in range(0, len(p), 3))
            self.put(f"d/{i:03}.pam", b"P7\nWIDTH 20\nHEIGHT 20\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n" + samples)
        report = self.tool("train", "--corpus", "d", "m.safetensors", "--psnr", "30").decode()
        chosen = re.search(r"chosen: palette, ([0-9.]+) bytes a picture .* at ([0-9.]+) dB", report)
        self.assertTrue(chosen, report)
        # The noise alone would take a thousand bytes.
        self.assertLess(float(chosen[1]), 150)
        self.assertGreater(float(chosen[2]), 29.9)

    def test_train_tiles_by_any_number_of_threads(self):
        self.put("a.npy", self.waves(40, 12, 1))
        for name, threads in (("m", "1"), ("n", "3")):
            self.tool("train", "--psnr", "30", "--corpus", "a.npy", f"{name}.safetensors", "-j", threads)
        self.assertEqual(self.get("m.safetensors"), self.get("n.safetensors"))

    def test_train_tiles_refuses(self):
        self.put("a.npy", self.waves(19, 12, 1))
        self.assertIn("too small", self.tool("train", "--lossless", "--corpus", "a.npy", "m.safetensors", code=2))
        for options in ([], ["--psnr", "30", "--step", "8"], ["--psnr", "30", "--lossless"], ["--codec", "scans", "--psnr", "30"]):
            self.tool("train", "--corpus", "a.npy", "m.safetensors", *options, code=1)

    def test_train(self):
        os.mkdir(self.path("d"))
        for i in range(4):
            self.put(f"d/{i}.ppm", b"P6 128 64\n255\n" + bytes(self.samples[i * 999:i * 999 + 128 * 64 * 3]))
        self.tool("train", "--codec", "pca", "--corpus", "d", "m.safetensors", "-j", "1")
        self.tool("train", "--codec", "pca", "--corpus", "d", "n.safetensors", "-j", "3")
        self.assertEqual(self.get("m.safetensors"), self.get("n.safetensors"))
        n, = struct.unpack("<Q", self.get("m.safetensors")[:8])
        self.assertIn("transform.basis", json.loads(self.get("m.safetensors")[8:8 + n]))
        self.tool("encode", "a.png", "a.tpc", "--codec", "pca", "--model", "m.safetensors", "--psnr", "33")
        self.tool("decode", "a.tpc", "a.ppm", "--model", "m.safetensors")
        found = json.loads(self.tool("compare", "a.png", "a.ppm", "--json"))
        self.assertAlmostEqual(found["psnr"], 33, delta=0.1)
        header = self.tool("export-header", "m.safetensors", "--name", "my_model").decode()
        self.assertIn("inline constexpr triptych::model_view my_model", header)
        self.assertIn("needs", self.tool("codecs").decode())
        self.assertIn("--model", self.tool("decode", "a.tpc", "b.ppm", code=1))
        self.assertIn("--model", self.tool("encode", "a.png", "b.tpc", "--codec", "pca", code=1))
        self.tool("train", "--corpus", "d", "o.safetensors", "--codec", "photo", code=1)
        self.tool("export-header", "a.png", code=2)
        self.put("half.safetensors", self.get("m.safetensors")[:-100])
        self.assertIn("half.safetensors", self.tool("decode", "a.tpc", "b.ppm", "--model", "half.safetensors", code=2))


class Packs(Case):
    def setUp(self):
        super().setUp()
        os.mkdir(self.path("d"))
        for i, (w, h) in enumerate(((9, 7), (9, 7), (5, 8))):
            self.put(f"d/p{i}.png", png(noise(w * h, 255, i), w, h, 1))
        self.stack = noise(20 * 6 * 5, 255, 9)
        self.put("s.npy", npy(self.stack, (20, 5, 6)))

    def listed(self, name, *options):
        return json.loads(self.tool("list", name, "--json", *options))

    def test_round_trip(self):
        self.tool("pack", "a.tpk", "d", "s.npy", "--lossless")
        found = self.listed("a.tpk")
        self.assertEqual((found["pictures"], found["codec"], found["model_bytes"]), (23, "lossless", 0))
        self.assertEqual([p.get("name") for p in found["list"][:4]], ["p0.png", "p1.png", "p2.png", None])
        self.assertEqual([p["shape"] for p in found["list"][1:4]], [[7, 9], [8, 5], [5, 6]])
        self.assertEqual(len(self.get("a.tpk")), found["bytes"])
        self.assertLess(found["bytes"] - found["record_bytes"], 23 * 5 + 3 * 7 + 50) # extents and names
        self.assertIn(b"p2.png", self.tool("list", "a.tpk"))
        self.tool("unpack", "a.tpk", "out")
        for i in range(3):
            self.assertEqual(read_png(self.get(f"out/p{i}.png")), read_png(self.get(f"d/p{i}.png")))
        self.assertEqual(read_png(self.get("out/07.png"))[4], self.stack[4 * 30:5 * 30])
        self.assertEqual(len(os.listdir(self.path("out"))), 23)
        self.tool("unpack", "a.tpk", "some", "--only", "p1.png", "--only", "22", "--format", "pgm")
        self.assertEqual(sorted(os.listdir(self.path("some"))), ["22.pgm", "p1.pgm"])
        self.assertEqual(self.get("some/22.pgm")[-30:], bytes(self.stack[19 * 30:]))
        self.tool("pack", "b.tpk", "s.npy", "--lossless")
        self.tool("unpack", "b.tpk", "t.npy")
        self.assertEqual(read_npy(self.get("t.npy")), ("|u1", (20, 5, 6), bytes(self.stack)))
        self.tool("unpack", "-", "u.npy", "--only", "3", stdin=self.tool("pack", "-", "s.npy", "--lossless"))
        self.assertEqual(read_npy(self.get("u.npy"))[2], bytes(self.stack[90:120]))

    def test_append(self):
        self.tool("pack", "a.tpk", "d", "--lossless")
        before = self.get("a.tpk")
        self.tool("pack", "--append", "a.tpk", "s.npy")
        self.assertEqual(self.get("a.tpk")[:len(before)], before)
        self.assertEqual(self.listed("a.tpk")["pictures"], 23)
        after = self.get("a.tpk")
        # An appending that was cut short takes nothing away.
        self.put("a.tpk", after[:-5])
        self.assertIn("--recover", self.tool("list", "a.tpk", code=2))
        self.assertEqual(self.listed("a.tpk", "--recover")["pictures"], 3)
        self.tool("pack", "--append", "a.tpk", "s.npy", code=2)
        self.tool("pack", "--append", "--recover", "a.tpk", "s.npy")
        self.assertEqual(self.get("a.tpk"), after)
        self.put("w.npy", npy(noise(30, 999), (5, 6), "u2"))
        self.assertIn("uint16", self.tool("pack", "--append", "a.tpk", "w.npy", code=1))
        self.tool("pack", "--append", "a.tpk", "s.npy", "--codec", "photo", code=1)
        self.tool("pack", "--append", "-f", "a.tpk", "s.npy", code=1)
        self.tool("pack", "--append", "nowhere.tpk", "s.npy", code=3)
        self.assertEqual(self.get("a.tpk"), after)

    def test_learned(self):
        self.tool("train", "m.safetensors", "--corpus", "s.npy", "--codec", "scans", "-j", "1")
        options = "--codec", "scans", "--model", "m.safetensors", "--step", "8"
        self.tool("pack", "a.tpk", "s.npy", *options)
        self.assertEqual(self.listed("a.tpk")["model_bytes"], len(self.get("m.safetensors")))
        self.tool("pack", "b.tpk", "s.npy", "--without-model", *options)
        self.assertEqual(self.listed("b.tpk")["model_bytes"], 0)
        self.assertIn("--model", self.tool("unpack", "b.tpk", "b.npy", code=1))
        self.tool("unpack", "a.tpk", "a.npy")
        self.tool("unpack", "b.tpk", "b.npy", "--model", "m.safetensors")
        self.assertEqual(self.get("a.npy"), self.get("b.npy"))
        self.tool("train", "n.safetensors", "--corpus", "s.npy", "--codec", "scans", "-j", "1", "--step", "20")
        self.assertIn("n.safetensors", self.tool("unpack", "b.tpk", "c.npy", "--model", "n.safetensors", code=2))
        self.tool("pack", "--append", "a.tpk", "s.npy", "--step", "8")
        self.assertEqual(self.listed("a.tpk")["pictures"], 40)

    def test_wrong_use(self):
        self.tool("pack", "a.tpk", "d", "-q", "50")
        self.assertIn("-f", self.tool("pack", "a.tpk", "d", code=3))
        self.tool("pack", "a.tpk", "d", "-f")
        self.assertIn("nonesuch", self.tool("unpack", "a.tpk", "o", "--only", "nonesuch", code=1))
        self.tool("unpack", "a.tpk", "o", "--only", "3", code=1)
        self.assertIn("stack", self.tool("unpack", "a.tpk", "o.npy", code=1))
        self.tool("unpack", "a.tpk", "o", "--format", "gif", code=1)
        self.tool("unpack", "a.tpk", "o")
        self.tool("unpack", "a.tpk", "o", code=3)
        self.tool("unpack", "a.tpk", "o", "-f")
        self.put("w.npy", npy(noise(30, 999), (5, 6), "u2"))
        self.assertIn("w.npy", self.tool("pack", "b.tpk", "d", "w.npy", code=1))
        self.assertIn("triptych unpack", self.tool("encode", "a.tpk", "b.tpc", code=2))
        self.assertIn("pack", self.tool("decode", "a.tpk", "b.png", code=2))
        self.tool("pack", "b.tpk", "nowhere", code=3)
        self.assertIn("PNG", self.tool("list", "d/p0.png", code=2))

    def test_damage(self):
        self.tool("pack", "a.tpk", "d", "--lossless")
        good = self.get("a.tpk")
        for at in range(len(good)):
            self.put("b.tpk", good[:at] + bytes([good[at] ^ 4]) + good[at + 1:])
            if at % 9 == 0:
                self.put("c.tpk", good[:at])
                self.assertIn("c.tpk", self.tool("list", "c.tpk", code=2))
                shutil.rmtree(self.path("o"), ignore_errors=True)
                os.mkdir(self.path("o"))
                self.assertIn("b.tpk", self.tool("unpack", "b.tpk", "o", code=2))

    def test_names_lead_nowhere(self):
        # The name of the first picture, changed in place, with the group's checksum made anew.
        os.rename(self.path("d/p0.png"), self.path("d/abcdefgh"))
        self.tool("pack", "a.tpk", "d/abcdefgh", "--lossless")
        good = self.get("a.tpk")
        for evil in (b"../../ab", b"/abcdefg", b"..\\abcde", b".abcdefg", b"a\0bcdefg", b"a\nbcdefg"):
            bad = bytearray(good)
            at = good.index(b"abcdefgh")
            bad[at:at + 8] = evil[:8]
            # flags, width, least, no lengths, the name: the head begins where its checksum says
            head = next(bad[at - k:at + 8] for k in range(1, 9) if crc32c(good[at - k:at + 8]) == struct.unpack("<I", good[at + 8:at + 12])[0])
            bad[at + 8:at + 12] = struct.pack("<I", crc32c(head))
            self.put("b.tpk", bytes(bad))
            shutil.rmtree(self.path("o"), ignore_errors=True)
            self.tool("unpack", "b.tpk", "o")
            self.assertEqual(os.listdir(self.path("o")), ["0.png"])
            self.assertNotIn(b"\nbc", self.tool("list", "b.tpk"))


    def test_names_that_collide(self):
        for folder in ("x", "y"):
            os.mkdir(self.path(folder))
        values = {}
        for i, name in enumerate(("x/a-2.png", "x/a.png", "y/a.png", "x/b.png", "y/b.pgm")):
            values[name] = noise(35, 255, i)
            self.put(name, png(values[name], 5, 7, 1) if name.endswith("png") else b"P5 5 7 255\n" + bytes(values[name]))
        self.tool("pack", "a.tpk", *values, "--lossless")
        for options in ((), ("-f",)):
            self.tool("unpack", "a.tpk", "o", *options)
            found = [read_png(self.get(f"o/{n}"))[4] for n in os.listdir(self.path("o"))]
            self.assertEqual(sorted(found), sorted(values.values()))
            shutil.rmtree(self.path("o"))
        self.tool("unpack", "a.tpk", "o", "--only", "4", "--only", "a.png", "--only", "1", "--only", "0")
        self.assertEqual(sorted(os.listdir(self.path("o"))), ["a-2.png", "a.png", "b.png"])

    def crafted(self, samples, shape, records, names=None):
        """A pack of codec photo with right checksums."""
        def varint(v):
            return bytes([v & 127 | 128]) + varint(v >> 7) if v > 127 else bytes([v])
        self.tool("encode", "d/p0.png", "photo.tpc", "-f", "--codec", "photo")
        codec = self.get("photo.tpc")[6:10]
        head = b"\xd7TPK\1\0" + codec + b"\5photo" + bytes([samples | len(shape) << 4]) + b"".join(map(varint, shape)) + varint(1)
        sum_ = lambda b: struct.pack("<I", self.fast_crc32c(b))
        group = bytes([2 if names else 0, 0]) + varint(len(records[0])) + b"".join(varint(len(n)) + n for n in names or ())
        group += sum_(group) + b"".join(records)
        directory = varint(0) + varint(1) + varint(0) + varint(len(records)) + varint(len(group))
        return head + sum_(head) + group + directory + struct.pack("<I", len(directory)) + sum_(directory) + b"KPT\xd7"

    TABLE = []

    def fast_crc32c(self, data):
        if not self.TABLE:
            for c in range(256):
                for _ in range(8):
                    c = c >> 1 ^ (0x82F63B78 if c & 1 else 0)
                self.TABLE.append(c)
        c = 0xFFFFFFFF
        for b in data:
            c = self.TABLE[(c ^ b) & 255] ^ c >> 8
        return c ^ 0xFFFFFFFF

    def test_samples_that_the_codec_does_not_carry(self):
        for samples, shape in ((2, (4, 5)), (4, (4, 5)), (0, (9,)), (0, (2, 3, 4))):
            self.put("a.tpk", self.crafted(samples, shape, [b"\0\0\0"] * 2))
            self.tool("list", "a.tpk")
            os.makedirs(self.path("o"), exist_ok=True)
            for args in (("o", "--format", "npy"), ("o",), ("o.npy",)):
                self.assertIn("sample type", self.tool("unpack", "a.tpk", *args, code=2))
            self.assertEqual(os.listdir(self.path("o")), [])

    def test_long_names_take_linear_time(self):
        """Of 1,024 names of 4 kB in one group; each looked at for each picture would be four thousand million bytes."""
        names = [b"%04d" % i + b"x" * 4000 for i in range(1024)]
        self.put("a.tpk", self.crafted(0, (4, 5), [b"\0\0\0"] * 1024, names))
        os.mkdir(self.path("o"))
        only = [a for i in range(0, 1024, 8) for a in ("--only", str(i))]
        times = []
        for args in (("list", "a.tpk"), ("unpack", "a.tpk", "o"), ("unpack", "a.tpk", "o", *only)):
            start = os.times().children_user
            self.tool(*args, code=0 if args[0] == "list" else 2)
            times.append(os.times().children_user - start)
        self.assertLess(max(times[1:]), 10 * times[0] + 1, times)

    def test_two_appendings_at_once(self):
        self.tool("pack", "a.tpk", "d", "--lossless")
        for i in range(8):
            self.put(f"s{i}.npy", npy(noise(200 * 30, 255, i), (200, 5, 6)))
        running = [subprocess.Popen([TOOL, "pack", "--append", "a.tpk", f"s{i}.npy"], cwd=self.folder) for i in range(8)]
        self.assertEqual([p.wait() for p in running], [0] * 8)
        self.assertEqual(self.listed("a.tpk")["pictures"], 3 + 8 * 200)
        self.tool("unpack", "a.tpk", "o")
        self.assertEqual(len(os.listdir(self.path("o"))), 3 + 8 * 200)

    def test_a_pack_that_is_cut_while_it_is_read(self):
        """As soon as the first pictures are there."""
        self.put("big.npy", npy(random.Random(1).randbytes(60 * 400 * 400), (60, 400, 400)))
        self.tool("pack", "a.tpk", "big.npy", "--lossless")
        for _ in range(3):
            self.put("b.tpk", self.get("a.tpk"))
            os.mkdir(self.path("o"))
            p = subprocess.Popen([TOOL, "unpack", "b.tpk", "o"], cwd=self.folder, stderr=subprocess.PIPE)
            while p.poll() is None and len(os.listdir(self.path("o"))) < 2:
                pass
            os.truncate(self.path("b.tpk"), 4096)
            said = p.communicate()[1].decode()
            self.assertIn(p.returncode, (2, 3), said)
            self.assertTrue(said.startswith("triptych: b.tpk: ") and said.count("\n") == 1, said)
            self.assertFalse([n for n in os.listdir(self.path("o")) if n.startswith(".")])
            shutil.rmtree(self.path("o"))


class Alpha(Case):
    """Pictures of which something is transparent."""
    W, H = 64, 48

    def picture(self, alpha, junk, colours=3, depth=8):
        """Waves seen through `alpha(x, y)`, and noise or nothing where it is 0."""
        r = random.Random(4)
        scale = 257 if depth == 16 else 1
        out = []
        for y in range(self.H):
            for x in range(self.W):
                a = alpha(x, y)
                for c in range(colours):
                    v = int(128 + 60 * math.sin(x / 5 + c) + 50 * math.cos(y / 7)) + r.randrange(-4, 5)
                    noise_ = r.randrange(256)
                    out.append(scale * (v if a else noise_ if junk else 0))
                out.append(scale * a)
        return out

    @staticmethod
    def mask(x, y):
        return 255 if (x - 30) ** 2 + (y - 24) ** 2 < 200 else 0

    @staticmethod
    def soft(x, y):
        return max(0, min(255, int(400 - 20 * math.hypot(x - 30, y - 24))))

    def there_and_back(self, samples, colours, depth, *options):
        self.put("a.png", png(samples, self.W, self.H, colours + 1, depth))
        self.tool("encode", "a.png", "a.tpc", "-f", *options)
        self.tool("decode", "a.tpc", "b.png", "-f")
        return read_png(self.get("b.png"))[4]

    def test_alpha_is_exact(self):
        for colours in (1, 3):
            for depth in (8, 16):
                for alpha in (lambda x, y: 255, self.mask, self.soft):
                    s = self.picture(alpha, True, colours, depth)
                    for options in (["-q", "20"], ["--psnr", "34"], ["--max-error", "3"], ["--bpp", "6"], ["-q", "60", "--codec", "dct"],
                                    ["-q", "60", "--codec", "wavelet"], ["-q", "60", "--codec", "jpeg-like"]):
                        with self.subTest(colours=colours, depth=depth, options=options):
                            again = self.there_and_back(s, colours, depth, *options)
                            n = colours + 1
                            self.assertEqual(again[n - 1::n], s[n - 1::n])
        self.assertEqual(json.loads(self.tool("info", "a.tpc", "--json"))["codec"], "jpeg-like-alpha")

    def test_opaque_costs_nothing(self):
        s = self.picture(lambda x, y: 255, False)
        self.there_and_back(s, 3, 8, "-q", "60")
        with_alpha = len(self.get("a.tpc"))
        rgb = [v for i in range(0, len(s), 4) for v in s[i:i + 3]]
        self.put("c.png", png(rgb, self.W, self.H, 3))
        self.tool("encode", "c.png", "c.tpc", "-q", "60")
        self.assertLess(with_alpha - len(self.get("c.tpc")), 12)

    def test_hidden_colours_cost_nothing(self):
        sizes = {}
        for junk in (False, True):
            again = self.there_and_back(self.picture(self.mask, junk), 3, 8, "-q", "75")
            sizes[junk] = len(self.get("a.tpc"))
            seen = json.loads(self.tool("compare", "a.png", "a.tpc", "--json"))
            self.assertGreater(seen["psnr"], 30)
            self.assertFalse(seen["identical"])
            # The visible part is as good as its colours say.
            s = self.picture(self.mask, junk)
            wrong = max(abs(a - b) for i in range(0, len(s), 4) if s[i + 3] for a, b in zip(s[i:i + 4], again[i:i + 4]))
            self.assertLess(wrong, 40)
        self.assertEqual(sizes[False], sizes[True])
        self.tool("encode", "a.png", "k.tpc", "-q", "75", "--keep-hidden")
        self.assertGreater(len(self.get("k.tpc")), 3 * sizes[True])
        self.assertLess(json.loads(self.tool("compare", "a.png", "a.tpc", "--json", "--keep-hidden"))["psnr"], 20)

    def test_promises_of_every_sample_keep_them(self):
        s = self.picture(self.mask, True)
        self.assertEqual(self.there_and_back(s, 3, 8, "--lossless"), s)
        again = self.there_and_back(s, 3, 8, "--max-error", "4")
        self.assertLessEqual(max(abs(a - b) for a, b in zip(s, again)), 4)

    def test_four_components_that_are_no_colours(self):
        """A .npy of four components says nothing of alpha: each counts."""
        s = self.picture(self.mask, True)
        self.put("a.npy", npy(s, (self.H, self.W, 4)))
        self.tool("encode", "a.npy", "a.tpc", "-q", "75")
        self.assertEqual(json.loads(self.tool("info", "a.tpc", "--json"))["codec"], "photo")
        self.assertGreater(json.loads(self.tool("compare", "a.npy", "a.tpc", "--json"))["psnr"], 30)

    def test_in_packs_and_evaluations(self):
        os.mkdir(self.path("d"))
        mask = self.picture(self.mask, True)
        self.put("d/a.png", png([v for i in range(0, len(mask), 4) for v in mask[i:i + 3]], self.W, self.H, 3))
        self.put("d/b.png", png(mask, self.W, self.H, 4))
        self.tool("pack", "a.tpk", "d", "-q", "50")
        self.assertEqual(json.loads(self.tool("list", "a.tpk", "--json"))["codec"], "photo-alpha")
        self.tool("unpack", "a.tpk", "o")
        self.assertEqual(read_png(self.get("o/b.png"))[4][3::4], mask[3::4])
        self.assertEqual(read_png(self.get("o/a.png"))[2], 3)
        self.tool("pack", "--append", "a.tpk", "d/b.png", "--codec", "photo")
        found = json.loads(self.tool("evaluate", "d/b.png", "-q", "50", "--json"))["points"][0]["pictures"][0]
        self.assertGreater(found["psnr_rgb"], 25)


class Goals(Case):
    def test_a_loss_that_costs_more_than_exactness(self):
        """Text on paper: a transform pays for the edges, a predictor does not."""
        r = random.Random(2)
        w, h = 320, 96
        s = [255] * (w * h)
        for top in range(8, h - 8, 12):
            for left in range(4, w - 8, 7):
                for y in range(7):
                    for x in range(5):
                        if (left * 31 + top * 17 + x * y + x) % 5 < 2:
                            s[(top + y) * w + left + x] = 0
        self.put("a.png", png(s, w, h, 1))
        self.tool("encode", "a.png", "e.tpc", "--lossless")
        for goal in (["-q", "75"], ["-q", "95"], ["--psnr", "45"], ["--max-error", "1"], []):
            self.tool("encode", "a.png", "a.tpc", "-f", *goal)
            self.assertLessEqual(len(self.get("a.tpc")), len(self.get("e.tpc")), goal)
        self.assertTrue(json.loads(self.tool("compare", "a.png", "a.tpc", "--json"))["identical"])
        # A codec that is named stays.
        self.tool("encode", "a.png", "p.tpc", "-q", "75", "--codec", "photo")
        self.assertEqual(json.loads(self.tool("info", "p.tpc", "--json"))["codec"], "photo")

    def test_goals_are_met_or_missed_aloud(self):
        self.put("flat.png", png([0] * 64, 8, 8, 1))
        self.put("few.pgm", b"P5 64 64 255\n" + bytes([(0, 90, 255)[(x // 9 + y // 7) % 3] for y in range(64) for x in range(64)]))
        self.put("noise.png", png(noise(64 * 64, 255), 64, 64, 1))
        for name in ("flat.png", "few.pgm", "noise.png"):
            for dB in ("25", "40", "60", "90"):
                self.tool("encode", name, "a.tpc", "-f", "--psnr", dB)
                found = json.loads(self.tool("compare", name, "a.tpc", "--json"))["psnr"]
                self.assertTrue(found is None or found >= float(dB) - 0.1, (name, dB, found))
        self.assertIn("bits per pixel", self.tool("encode", "noise.png", "b.tpc", "--bpp", "0.001", code=4))
        self.put("nan.npy", npy([float("nan") if (x + y) % 3 == 0 else math.sin(x / 9) for y in range(64) for x in range(64)], (64, 64), "f4"))
        r = subprocess.run([TOOL, "encode", "nan.npy", "n.tpc", "--bpp", "2"], cwd=self.folder, stderr=subprocess.PIPE)
        self.assertIn(r.returncode, (0, 4))
        if r.returncode == 0:
            self.assertLess(os.path.getsize(self.path("n.tpc")) * 8, 2.03 * 4096)


class WrongUse(Case):
    def setUp(self):
        super().setUp()
        self.put("a.png", png(noise(35, 255), 5, 7, 1))
        self.tool("encode", "a.png", "a.tpc")

    def test_arguments(self):
        for args in (("frobnicate",), ("encode",), ("encode", "a.png"), ("encode", "a.png", "b.tpc", "-q", "101"),
                     ("encode", "a.png", "b.tpc", "-q", "high"), ("encode", "a.png", "b.tpc", "-q", "50", "--psnr", "30"),
                     ("encode", "a.png", "b.tpc", "--lossless", "--bpp", "1"), ("encode", "a.png", "b.tpc", "--bpp", "0"),
                     ("encode", "a.png", "b.tpc", "--codec", "nonesuch"), ("encode", "a.png", "b.tpc", "--bogus"),
                     ("encode", "a.png", "b.tpc", "--codec", "lossless", "-q", "50"),
                     ("encode", "a.png", "b.tpc", "--codec", "photo", "--model", "a.png"),
                     ("decode", "a.tpc", "b.jpg"), ("decode", "a.tpc", "b.gif"), ("decode", "a.tpc", "b.ppm"),
                     ("evaluate", "a.png", "-j", "0"), ("compare", "-", "-"), ("evaluate", "a.png", "--csv", "--json")):
            with self.subTest(args=args):
                self.tool(*args, code=1)

    def test_no_arguments_and_typing_errors_get_help(self):
        r = subprocess.run([TOOL], stderr=subprocess.PIPE, stdout=subprocess.PIPE)
        self.assertEqual((r.returncode, r.stdout), (1, b""))
        for word in (b"Usage: triptych", b"encode", b"Example"):
            self.assertIn(word, r.stderr)
        for args, meant in ((("encdoe", "a.png", "b.tpc"), "did you mean encode?"), (("evalute", "d"), "did you mean evaluate?"),
                            (("xyzzy",), "--help"), (("encode", "a.png", "b.tpc", "--qualty", "3"), "did you mean --quality?"),
                            (("encode", "a.png", "b.tpc", "--lossles"), "did you mean --lossless?"),
                            (("encode", "a.png", "b.tpc", "--codec", "phto"), "did you mean photo?"),
                            (("encode",), "triptych encode [OPTIONS] IN OUT"), (("decode", "a.tpc"), "triptych decode [OPTIONS] IN OUT")):
            self.assertIn(meant, self.tool(*args, code=1))
        for command in ("encode", "decode", "info", "compare", "evaluate", "train", "export-header", "pack", "unpack", "list", "codecs"):
            text = self.tool(command, "--help").decode()
            self.assertIn(f"Usage: triptych {command}", text)
            self.assertIn(f"Example: triptych {command} ", text)

    def test_names_that_mislead(self):
        for name in ("o.jpg", "o.PNG", "o.webp", "o.npy"):
            self.assertIn("--force-name", self.tool("encode", "a.png", name, code=1))
            self.assertIn("--force-name", self.tool("pack", name, "a.png", code=1))
        self.tool("encode", "a.png", "o.jpg", "--force-name")
        self.tool("decode", "o.jpg", "o.png")
        for name in ("o", "o.tpc", "o.bin"):
            self.tool("encode", "a.png", name)

    def test_numbers_have_no_sign(self):
        for n in ("-1", "0", "1e9", "+5", "99999999999999999999", "-"):
            self.tool("encode", "a.png", "b.tpc", f"--max-samples={n}", code=1)
        self.tool("encode", "a.png", "b.tpc", "--max-samples=35")

    def test_names_of_headers(self):
        self.put("s.npy", npy(noise(20 * 30, 255), (20, 5, 6)))
        self.tool("train", "class.safetensors", "--corpus", "s.npy", "--codec", "scans", "-j", "1")
        for name in ("class", "co_await", "bitand", "_mine", "my__model", "1st", "a-b", "triptych", ""):
            if name:
                self.tool("export-header", "class.safetensors", "--name", name, code=1)
        self.assertIn(b"model_view model_class", self.tool("export-header", "class.safetensors"))

    def test_help_and_version(self):
        self.assertIn(b"encode", self.tool("--help"))
        self.assertIn(b"--max-error", self.tool("encode", "--help"))
        self.assertRegex(self.tool("--version"), rb"^triptych \d+\.\d+\.\d+\n$")

    def test_arrays_need_codecs_that_carry_them(self):
        self.put("a.npy", npy([1, 2, 3], (3,), "i2"))
        self.assertIn("uint8 or uint16", self.tool("encode", "a.npy", "b.tpc", "--codec", "photo", code=1))
        self.tool("encode", "a.npy", "b.tpc")
        self.assertIn("write .npy", self.tool("decode", "b.tpc", "b.png", code=1))


class WrongData(Case):
    def broken(self, name, data, *words, command="encode"):
        self.put(name, data)
        out = "out.tpc" if command == "encode" else "out.png"
        sentence = self.tool(command, name, out, code=2)
        self.assertIn(name, sentence)
        for w in words:
            self.assertIn(w, sentence)

    def test_empty_and_foreign(self):
        for command in ("encode", "decode"):
            self.broken("empty", b"", "is empty", command=command)
            self.broken("text", b"Dear reader,\n" * 100, command=command)
            self.broken("zeros", bytes(1000), command=command)
        self.broken("a.png", png(noise(35, 255), 5, 7, 1), "is a PNG file", command="decode")
        self.put("b.png", png(noise(35, 255), 5, 7, 1))
        self.tool("encode", "b.png", "b.tpc")
        self.broken("s.tpc", self.get("b.tpc"), "decode it first")

    def test_truncated(self):
        pictures = {"a.png": png(noise(3000, 255), 50, 60, 1), "i.png": png(noise(3000, 255), 50, 60, 1, interlaced=True),
                    "a.jpg": JPEG_RGB, "a.pgm": b"P5 50 60 255\n" + bytes(3000), "b.pgm": b"P2 3 3 255\n" + b"10 " * 8,
                    "a.pbm": b"P4 50 60\n" + bytes(7 * 60), "a.npy": npy(noise(3000, 255), (50, 60))}
        for name, data in pictures.items():
            self.put(name, data)
            if name != "b.pgm":
                self.tool("encode", name, "x.tpc", "-f")
            for keep in sorted({3, 8, 10, 20, 40, len(data) // 2, len(data) - 40, len(data) - 3, len(data) - 1}):
                if 2 < keep < len(data):
                    with self.subTest(name=name, keep=keep):
                        self.broken(name, data[:keep])

    def test_damaged(self):
        data = bytearray(png(noise(3000, 255), 50, 60, 1))
        data[len(data) // 2] ^= 1
        self.broken("a.png", bytes(data), "damaged PNG")
        self.broken("b.png", png(noise(300, 255), 5, 60, 1).replace(b"IHDR", b"IHDX"), "damaged PNG")
        half = len(JPEG_RGB) * 2 // 3
        self.broken("a.jpg", JPEG_RGB[:half] + b"\xff\x01" * 20 + JPEG_RGB[half + 40:], "damaged JPEG")
        self.broken("b.jpg", JPEG_RGB[:20] + b"\xff" * 40 + JPEG_RGB[60:])
        self.broken("c.jpg", JPEG_CMYK, "CMYK")
        for bad in (b"P5 0 7 255\n", b"P5 5 7 0\n" + bytes(35), b"P5 5 7 70000\n" + bytes(70), b"P5 5 x 255\n" + bytes(35),
                    b"P5 5 7 255\n" + bytes(36), b"P5 5 7 9\n" + bytes([10] * 35), b"P2 2 2 9\n1 2 3 10\n", b"P2 2 2 9\n1 2 3 4 5\n",
                    b"P7\nWIDTH 5\nHEIGHT 7\nMAXVAL 255\nENDHDR\n" + bytes(35), b"P7\nWIDTH 5\nCOLOUR blue\nENDHDR\n"):
            self.broken("a.pnm", bad, "a.pnm")
        good = npy(noise(12, 255), (3, 4))
        self.broken("a.npy", good + b"x", "after the end")
        self.broken("a.npy", good.replace(b"(3, 4)", b"(3, -)"), "damaged")
        self.broken("a.npy", good.replace(b"fortran", b"fortune"), "none of NumPy's")
        self.broken("a.npy", npy([1.0], (1,), "f8"), "<f8")
        self.broken("a.npy", npy([1] * 32, (1, 2, 2, 2, 4)), "5 axes")
        self.broken("a.npy", npy([1], ()), "0 axes")

    def npy_with(self, head, data=b"", version=1):
        return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(head) + 1) + head.encode("latin-1") + b"\n" + data

    def test_headers_that_numpy_reads_otherwise(self):
        good = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }"
        twice = good.replace("'descr'", "'descr': '>u2', 'descr'", 1)
        self.broken("a.npy", self.npy_with(twice, bytes(12)), "twice")
        self.broken("a.npy", self.npy_with(good.replace("'fortran_order': False, ", ""), bytes(6)), "lacks \"fortran_order\"")
        for shape in ("(2 3)", "(6)", "(2,,3)", "(,2)", "2, 3", "[2, 3]", "(2, 3", "(-2, 3)", "(02, 3)", "(2.0, 3)", "(2L, 3L)"):
            self.broken("a.npy", self.npy_with(good.replace("(2, 3)", shape), bytes(6)), "makes no sense")
        self.broken("a.npy", self.npy_with(good + " 1", bytes(6)), "makes no sense")
        self.broken("a.npy", self.npy_with(good.replace("False", "'False'"), bytes(6)), "makes no sense")
        self.broken("a.npy", self.npy_with(good.replace(", }", ", 'more': 1}"), bytes(6)), "none of NumPy's")
        self.broken("a.npy", self.npy_with("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", bytes(8)), "records")
        self.broken("a.npy", b"\x93NUMPY\2\0" + struct.pack("<I", 2**31) + b"{", "too long")
        for same in (good, good.replace(", }", "}"), "{'shape':(2,3),\"fortran_order\" : False , 'descr':'|u1'}  ", good.replace("(2, 3)", "(2, 3,)")):
            for version in (1, 2, 3):
                self.put("a.npy", self.npy_with(same, bytes(range(6)), version))
                self.tool("encode", "a.npy", "a.tpc", "--lossless", "-f")
                self.tool("decode", "a.tpc", "b.npy", "-f")
                self.assertEqual(read_npy(self.get("b.npy")), ("|u1", (2, 3), bytes(range(6))))

    def test_nothing_by_two_thousand_million(self):
        self.broken("a.npy", npy([], (0, 2**31 - 1)), "--max-samples")
        self.put("a.npy", npy([], (0, 1000)))
        self.tool("encode", "a.npy", "a.tpc")
        self.tool("decode", "a.tpc", "b.npy")
        self.assertEqual(read_npy(self.get("b.npy"))[1], (0, 1000))

    def test_strangers_words_are_made_printable(self):
        head = "{'descr': '\x1b]0;owned\x07\x1b[31mX', 'fortran_order': False, 'shape': (2, 3), }"
        self.broken("a.npy", self.npy_with(head, bytes(6)), "\\x1b]0;owned\\x07")
        for name, shown in ((b"a\x1b[31m\n.npy", "a\\x1b[31m\\x0a.npy"), (b"\xff\xfe.npy", "\\xff\\xfe.npy"),
                            ("\u202egnp.a.npy".encode(), "\\xe2\\x80\\xaegnp.a.npy"), ("\u00fcber.npy".encode(), "\u00fcber.npy")):
            with open(os.path.join(os.fsencode(self.folder), name), "wb") as f:
                f.write(b"")
            self.assertIn(shown + ": is empty", self.tool("info", name, code=2))

    def test_file_names_that_are_not_utf8(self):
        name = b"\xff\xfe\x1b.pgm"
        with open(os.path.join(os.fsencode(self.folder), name), "wb") as f:
            f.write(b"P5 16 16 255\n" + bytes(256))
        self.assertEqual(json.loads(self.tool("info", "--json", name))["shape"], [16, 16])
        json.loads(self.tool("compare", "--json", name, name))
        json.loads(self.tool("evaluate", "--json", name))
        self.assertNotIn(b"\x1b", self.tool("info", name) + self.tool("evaluate", name))
        with open(os.path.join(os.fsencode(self.folder), b'a,"b.pgm'), "wb") as f:
            f.write(b"P5 16 16 255\n" + bytes(256))
        self.assertIn(b',"a,""b.pgm",', self.tool("evaluate", "--csv", "--each", 'a,"b.pgm'))

    def test_huge_headers(self):
        ihdr = png([0], 1, 1, 1)
        huge = ihdr[:8] + chunk(b"IHDR", struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 16, 6, 0, 0, 0)) + ihdr[33:]
        self.broken("a.png", huge, "--max-samples")
        self.broken("b.png", ihdr[:8] + chunk(b"IHDR", struct.pack(">IIBBBBB", 30000, 30000, 8, 0, 0, 0, 0)) + ihdr[33:], "--max-samples")
        self.broken("a.pgm", b"P5 2000000000 2000000000 65535\n", "--max-samples")
        self.broken("b.pgm", b"P5 99999999999999999999 1 255\n", "too large")
        self.broken("a.pam", b"P7\nWIDTH 2000000000\nHEIGHT 2000000000\nDEPTH 65535\nMAXVAL 255\nENDHDR\n", "--max-samples")
        self.broken("a.npy", npy([], (2**31 - 1, 2**31 - 1, 2**31 - 1), "f4"), "--max-samples")
        self.broken("b.npy", npy([], (10**17,), "f4"), "too long")
        sof = JPEG_RGB.index(b"\xff\xc0")
        self.broken("a.jpg", JPEG_RGB[:sof + 5] + b"\xff\xdc\xff\xdc" + JPEG_RGB[sof + 9:], "--max-samples")
        self.put("c.pgm", b"P5 50 60 255\n" + bytes(3000))
        self.assertIn("--max-samples", self.tool("encode", "c.pgm", "c.tpc", "--max-samples", "2999", code=2))
        self.tool("encode", "c.pgm", "c.tpc", "--max-samples", "3000")
        self.tool("decode", "c.tpc", "d.pgm", "--max-samples", "2999", code=2)

    def endless(self, *args, begin=b"", code=2):
        """With a pipe that gives `begin` and then zeros for ever; the tool may take 1 GiB of memory."""
        p = subprocess.Popen([TOOL, *args], cwd=self.folder, stdin=subprocess.PIPE, stderr=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, preexec_fn=addresses(1024) if starts_in(1024) else None)
        given = 0
        try:
            p.stdin.write(begin)
            while given < 2**31:
                given += p.stdin.write(bytes(1 << 20))
        except BrokenPipeError:
            pass
        try:
            p.stdin.close()
        except BrokenPipeError:
            pass
        sentence = p.stderr.read().decode()
        p.stderr.close()
        self.assertEqual(p.wait(), code, sentence)
        self.assertEqual(sentence.count("\n"), 1, sentence)
        self.assertLess(given, 2**31)
        return sentence

    def test_what_does_not_end(self):
        for command in (("encode", "-", "o.tpc"), ("info", "-"), ("decode", "-", "o.png"), ("list", "-"), ("unpack", "-", "o"),
                        ("encode", "/dev/zero", "o.tpc"), ("decode", "/dev/zero", "o.png"), ("list", "/dev/zero"),
                        ("compare", "/dev/zero", "-")):
            self.endless(*command)
        self.put("p.png", png(noise(300, 255), 20, 15, 1))
        self.tool("encode", "p.png", "p.tpc")
        self.assertIn("after the end", self.endless("encode", "-", "o.tpc", begin=b"P5 5 7 255\n" + bytes(35)))
        self.assertIn("after the end", self.endless("encode", "-", "o.tpc", begin=npy([1, 2, 3], (3,))))
        self.endless("encode", "-", "o.tpc", begin=b"P2 # comment ")
        self.endless("encode", "-", "o.tpc", begin=b"\x93NUMPY\2\0\0\0\0\x80")
        self.endless("encode", "-", "o.tpc", begin=self.get("p.png")[:-12])
        self.endless("decode", "-", "o.png", begin=self.get("p.tpc"))
        self.endless("list", "-", begin=b"\xd7TPK\1")

    def test_headers_are_judged_before_what_follows(self):
        """Files of 4 GiB without a block on the disk."""
        for name, head in (("a.npy", npy([], (2**32 - 200,), "u1")), ("b.npy", npy([], (65536, 65536), "u1")),
                           ("c.pgm", b"P5 65536 65536 255\n"), ("d.npy", npy([], (2,), "f8"))):
            self.put(name, head)
            os.truncate(self.path(name), 2**32)
            start = time.time()
            self.tool("encode", name, "o.tpc", code=2)
            self.assertLess(time.time() - start, 10)

    def test_a_small_file_of_a_large_picture(self):
        """33 kB that are 16384 x 16384 samples: bounded by --max-samples, before anything is allocated."""
        rows = zlib.compressobj(9)
        data = b"".join(rows.compress(bytes(16385)) for _ in range(16384)) + rows.flush()
        self.put("a.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 16384, 16384, 8, 0, 0, 0, 0)) +
                 chunk(b"IDAT", data) + chunk(b"IEND", b""))
        self.assertLess(len(self.get("a.png")), 300_000)
        self.needs_to_start_in(96)
        self.assertIn("--max-samples", self.tool("encode", "a.png", "a.tpc", "--max-samples", "268435455", code=2, preexec_fn=addresses(96)))
        self.assertIn("memory", self.tool("encode", "a.png", "a.tpc", code=3, preexec_fn=addresses(96)))

    def test_streams(self):
        self.put("p.png", png(noise(300, 255), 20, 15, 1))
        for options in (["-q", "50"], ["--lossless"]):
            self.tool("encode", "p.png", "p.tpc", "-f", *options)
            good = self.get("p.tpc")
            for at in range(0, len(good), 7):
                for damage in (good[:at], good[:at] + bytes([good[at] ^ 4]) + good[at + 1:]):
                    with self.subTest(options=options, at=at, size=len(damage)):
                        self.broken("s.tpc", damage, command="decode")
            self.put("s.tpc", good[:-1])
            self.tool("info", "s.tpc", code=2)
            self.tool("compare", "p.png", "s.tpc", code=2)

    def test_pictures_that_differ_in_kind(self):
        self.put("a.pgm", b"P5 5 7 255\n" + bytes(35))
        self.put("b.pgm", b"P5 7 5 255\n" + bytes(35))
        self.assertIn("7 x 5", self.tool("compare", "a.pgm", "b.pgm", code=2))

    def test_damage_in_a_folder_names_the_file(self):
        os.mkdir(self.path("d"))
        self.put("d/good.pgm", b"P5 5 7 255\n" + bytes(35))
        self.put("d/bad.pgm", b"P5 5 7 255\n" + bytes(34))
        self.put("d/empty.png", b"")
        self.put("d/cmyk.jpg", JPEG_CMYK)
        self.put("d/stack.npy", b"\x93NUMPY")
        for options in ((), ("-j", "3"), ("--csv", "--each"), ("--json",)):
            r = subprocess.run([TOOL, "evaluate", "d", *options], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.assertEqual(r.returncode, 2)
            self.assertIn(b"good.pgm", r.stdout)
            self.assertNotIn(b"bad.pgm", r.stdout)
            lines = r.stderr.decode().splitlines()
            self.assertEqual(lines[-1], "triptych: 4 of 5 pictures could not be evaluated")
            for name, why in (("bad.pgm", "truncated"), ("empty.png", "empty"), ("cmyk.jpg", "CMYK"), ("stack.npy", "truncated")):
                self.assertTrue(any(name in line and why in line for line in lines), (name, lines))
        for name in ("empty.png", "cmyk.jpg", "stack.npy"):
            os.remove(self.path("d/" + name))
        os.remove(self.path("d/good.pgm"))
        self.assertIn("1 of 1", self.tool("evaluate", "d", notes=1, code=2))
        self.put("d/good.pgm", b"P5 5 7 255\n" + bytes(35))
        self.assertIn("bad.pgm", self.tool("train", "--codec", "pca", "--corpus", "d", "m.safetensors", code=2))


class FileTrouble(Case):
    def setUp(self):
        super().setUp()
        self.put("a.png", png(noise(3000, 255), 50, 60, 1))
        self.tool("encode", "a.png", "a.tpc")

    def test_missing(self):
        self.assertIn("nowhere.png", self.tool("encode", "nowhere.png", "b.tpc", code=3))
        self.tool("decode", "nowhere.tpc", "b.png", code=3)
        self.tool("info", "nowhere", code=3)
        self.tool("evaluate", "nowhere", code=3)
        self.tool("train", "--lossless", "--corpus", "nowhere", "m.safetensors", code=3)
        self.tool("export-header", "nowhere", code=3)
        self.tool("encode", "a.png", "nowhere/b.tpc", code=3)
        os.mkdir(self.path("d"))
        self.tool("encode", "d", "b.tpc", code=3)
        self.tool("encode", "a.png", "d", code=3)
        self.tool("evaluate", "d", code=3)

    def test_nothing_is_overwritten(self):
        self.put("b.tpc", b"precious")
        self.assertIn("-f", self.tool("encode", "a.png", "b.tpc", code=3))
        self.assertEqual(self.get("b.tpc"), b"precious")
        self.put("b.png", b"precious")
        self.tool("decode", "a.tpc", "b.png", code=3)
        self.assertEqual(self.get("b.png"), b"precious")
        self.tool("decode", "a.tpc", "b.png", "-f")
        self.assertEqual(read_png(self.get("b.png"))[:2], (50, 60))

    def test_failures_keep_what_was_there(self):
        self.put("b.png", b"precious")
        self.put("s.tpc", self.get("a.tpc")[:-9])
        self.tool("decode", "s.tpc", "b.png", "-f", code=2)
        self.assertEqual(self.get("b.png"), b"precious")

    def test_in_place(self):
        self.tool("encode", "a.png", "a.png", "-f", "--lossless", "--force-name")
        self.tool("decode", "a.png", "a.png", "-f", "--format", "png")
        self.assertEqual(read_png(self.get("a.png"))[4], noise(3000, 255))

    def test_links_and_modes_stay(self):
        self.put("target.tpc", b"old")
        os.chmod(self.path("target.tpc"), 0o640)
        os.symlink("target.tpc", self.path("link.tpc"))
        self.tool("encode", "a.png", "link.tpc", "-f")
        self.assertTrue(os.path.islink(self.path("link.tpc")))
        self.assertEqual(self.get("target.tpc"), self.get("a.tpc"))
        self.assertEqual(os.stat(self.path("target.tpc")).st_mode & 0o777, 0o640)

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_full_disk(self):
        for args in (("encode", "a.png", "-"), ("decode", "a.tpc", "-"), ("info", "a.tpc"), ("compare", "a.png", "a.tpc"),
                     ("codecs",), ("evaluate", "a.png"), ("--help",), ("--version",)):
            with self.subTest(args=args), open("/dev/full", "wb") as full:
                self.tool(*args, code=3, stdout=full)
        self.tool("encode", "a.png", "/dev/full", code=3)
        self.tool("encode", "a.png", "/dev/null")
        self.assertTrue(os.path.exists("/dev/null") and not os.path.isfile("/dev/null"))

    def test_reader_that_went_away(self):
        r, w = os.pipe()
        os.close(r)
        with os.fdopen(w, "wb") as broken:
            self.tool("encode", "a.png", "-", code=3, stdout=broken)

    @unittest.skipIf(hasattr(os, "geteuid") and os.geteuid() == 0, "root may do everything")
    def test_permission(self):
        os.chmod(self.path("a.png"), 0)
        self.tool("encode", "a.png", "b.tpc", code=3)
        os.mkdir(self.path("d"), 0o500)
        self.tool("decode", "a.tpc", "d/b.png", code=3)

    def test_file_size_limit(self):
        def limit():
            import resource
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
        self.put("old.tpc", b"precious")
        for args in (("new.tpc",), ("old.tpc", "-f")):
            r = subprocess.run([TOOL, "encode", "a.png", *args], cwd=self.folder, stderr=subprocess.PIPE, preexec_fn=limit)
            self.assertEqual(r.returncode, 3, r.stderr)
        self.assertEqual(sorted(os.listdir(self.folder)), ["a.png", "a.tpc", "old.tpc"])
        self.assertEqual(self.get("old.tpc"), b"precious")

    def test_a_limit_on_file_sizes_as_shells_set_it(self):
        def limit():
            import resource
            resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
        for args in (("encode", "a.png", "b.tpc"), ("decode", "a.tpc", "b.png"), ("pack", "b.tpk", "a.png")):
            self.tool(*args, code=3, preexec_fn=limit)

    def test_too_little_memory(self):
        """Whatever is short of memory says so, and leaves nothing."""
        self.put("big.pgm", b"P5 2000 2000 255\n" + bytes(noise(1000, 255)) * 4000)
        self.tool("encode", "big.pgm", "big.tpc", "--step", "20")
        self.tool("decode", "big.tpc", "big.png")
        self.tool("pack", "big.tpk", "big.png", "--step", "20")
        ran = 0
        for megabytes in (12, 16, 20, 28, 40):
            if not starts_in(megabytes):
                continue
            for args in (("decode", "big.tpc", "o.pgm"), ("encode", "big.pgm", "o.tpc", "--step", "20"), ("info", "big.png"),
                         ("encode", "big.png", "o.tpc", "--step", "20"), ("unpack", "big.tpk", "o.npy")):
                r = subprocess.run([TOOL, *args], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   preexec_fn=addresses(megabytes))
                with self.subTest(args=args, megabytes=megabytes, said=r.stderr):
                    ran += 1
                    self.assertIn(r.returncode, (0, 3))
                    if r.returncode:
                        self.assertIn(b"memory", r.stderr)
                for name in ("o.pgm", "o.tpc", "o.npy"):
                    if os.path.exists(self.path(name)):
                        os.remove(self.path(name))
        if not ran:
            self.skipTest("the tool does not start in 40 MB of addresses")
        self.assertGreater(ran, 6)

    def test_signals_while_writing(self):
        """As soon as the temporary file is there."""
        self.put("big.pgm", b"P5 6000 6000 255\n" + bytes(36_000_000))
        self.tool("encode", "big.pgm", "big.tpc", "--lossless")
        before = set(os.listdir(self.folder))
        caught = 0
        for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGXCPU, signal.SIGALRM, signal.SIGUSR1):
            p = subprocess.Popen([TOOL, "decode", "big.tpc", "o.npy"], cwd=self.folder, stderr=subprocess.PIPE)
            while p.poll() is None and not any(n.startswith(".triptych-") for n in os.listdir(self.folder)):
                pass
            p.send_signal(s)
            p.communicate()
            caught += p.returncode == -s
            self.assertIn(p.returncode, (-s, 0), s)
            self.assertEqual(set(os.listdir(self.folder)) - before, {"o.npy"} if p.returncode == 0 else set(), s)
            if p.returncode == 0:
                os.remove(self.path("o.npy"))
        self.assertGreater(caught, 2)

    def test_dangling_links_are_followed(self):
        os.mkdir(self.path("d"))
        for name, target in (("one.tpc", "d/target.tpc"), ("two.tpc", "one.tpc")):
            os.symlink(target, self.path(name))
        for name in ("one.tpc", "two.tpc"):
            for options in ((), ("-f",)):
                self.tool("encode", "a.png", name, *options)
                self.assertTrue(os.path.islink(self.path("one.tpc")) and os.path.islink(self.path("two.tpc")))
                self.assertEqual(self.get("d/target.tpc"), self.get("a.tpc"))
                os.remove(self.path("d/target.tpc"))
        os.symlink("nowhere/x.tpc", self.path("lost.tpc"))
        os.symlink("round.tpc", self.path("round.tpc"))
        for name in ("lost.tpc", "round.tpc"):
            self.tool("encode", "a.png", name, "-f", code=3)
            self.assertTrue(os.path.islink(self.path(name)))

    def test_signals_leave_nothing(self):
        self.put("big.pgm", b"P5 1500 1500 255\n" + bytes(noise(1500 * 1500, 255)))
        for delay in (0.01, 0.05, 0.2, 0.5):
            for s in (signal.SIGINT, signal.SIGTERM):
                p = subprocess.Popen([TOOL, "encode", "big.pgm", "big.tpc", "--psnr", "40"], cwd=self.folder,
                                     stderr=subprocess.PIPE)
                time.sleep(delay)
                p.send_signal(s)
                p.communicate()
                left = set(os.listdir(self.folder)) - {"a.png", "a.tpc", "big.pgm"}
                self.assertIn(p.returncode, (-s, 0))
                self.assertEqual(left, {"big.tpc"} if p.returncode == 0 else set())

    def test_progress_on_terminals_only(self):
        self.put("big.pgm", b"P5 1500 1500 255\n" + bytes(noise(1500 * 1500, 255)))
        master, terminal = pty.openpty()
        p = subprocess.Popen([TOOL, "encode", "big.pgm", "big.tpc", "--psnr", "45"], cwd=self.folder, stderr=terminal,
                             env=os.environ | {"TERM": "xterm"})
        start = time.time()
        p.wait()
        took = time.time() - start
        os.close(terminal)
        shown = b""
        try:
            while part := os.read(master, 4096):
                shown += part
        except OSError:
            pass
        os.close(master)
        self.assertEqual(p.returncode, 0)
        if took > 1.5:
            self.assertIn(b"encoding big.pgm", shown)
            self.assertTrue(shown.endswith(b"\x1b[K"), shown[-40:])
        elif took < 0.9:
            self.assertEqual(shown, b"")
        self.tool("encode", "big.pgm", "big.tpc", "--psnr", "45", "-f")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
