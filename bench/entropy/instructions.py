#!/usr/bin/env python3
"""Instructions a symbol that each entropy coder executes, counted by Callgrind, beside those noted in instructions.txt.

    python3 bench/entropy/instructions.py [--update] [--compiler g++]

Unlike seconds they are the same on a busy machine, so a coder that has become slower shows. The symbols are fixed, the flags are -O2 without
any instruction set, and only another compiler changes the counts. `--update` notes what was counted; without it a coder that takes over
5 % more than noted makes the exit status 1. Needs valgrind.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
NOTED = HERE / "instructions.txt"
WORSE = 1.05


def counted(compiler):
    """(coder, direction) to instructions a symbol, in the registry's order."""
    with tempfile.TemporaryDirectory() as folder:
        program, out = pathlib.Path(folder, "instructions"), pathlib.Path(folder, "parts")
        subprocess.run([compiler, "-std=c++20", "-O2", f"-I{HERE.parent.parent / 'include'}",
                        HERE / "instructions.cpp", "-o", program], check=True)
        run = subprocess.run(["valgrind", "-q", "--tool=callgrind", "--instr-atstart=no",
                              f"--callgrind-out-file={out}", program], check=True, capture_output=True, text=True)
        symbols = int(run.stdout)
        counts = {}
        for part in sorted(out.parent.glob("parts.*"), key=lambda p: int(p.suffix[1:])):
            text = part.read_text(errors="replace")
            trigger = re.search(r"^desc: Trigger: Client Request: (encode|decode) (.*)$", text, re.M)
            total = re.search(r"^totals: (\d+)$", text, re.M)
            if trigger and total:
                counts[trigger[2], trigger[1]] = int(total[1]) / symbols
        return counts


def noted():
    found = {}
    if NOTED.exists():
        for line in NOTED.read_text().splitlines():
            if line and line[0] != "#":
                coder, encode, decode = line.rsplit(None, 2)
                found[coder, "encode"], found[coder, "decode"] = float(encode), float(decode)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="note what was counted")
    parser.add_argument("--compiler", default="g++")
    options = parser.parse_args()
    now, before = counted(options.compiler), noted()
    coders = list(dict.fromkeys(coder for coder, _ in now))
    worse = []
    print(f"{'instructions a symbol':42} {'encode':>8} {'change':>8} {'decode':>8} {'change':>8}")
    for coder in coders:
        cells = []
        for direction in "encode", "decode":
            count, old = now[coder, direction], before.get((coder, direction))
            cells += [f"{count:8.1f}", f"{100 * (count / old - 1):+6.1f} %" if old else "     new"]
            if old and count > WORSE * old:
                worse.append(f"{direction} {coder}")
        print(f"{coder:42} {' '.join(cells)}")
    if options.update:
        version = subprocess.run([options.compiler, "--version"], check=True, capture_output=True, text=True).stdout
        lines = ["# Instructions a symbol to encode and to decode, counted by instructions.py --update with",
                 f"# {version.splitlines()[0]}, -O2"]
        lines += [f"{c:42} {now[c, 'encode']:8.1f} {now[c, 'decode']:8.1f}" for c in coders]
        NOTED.write_text("\n".join(lines) + "\n")
    elif worse:
        print(f"more than {100 * (WORSE - 1):.0f} % over what {NOTED.name} notes: {', '.join(worse)}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
