"""python3 docs/compile.py [ROOT] [COMPILER [FLAG ...]]: the C++ of the pages compiles.

A ```cpp block that names no file (docs/check.py sees to those that do) is compiled behind triptych.hpp and learn.hpp: inside a function, or at
global scope where it has a template or a class. What it takes for given stands above it, in a comment that no reader sees:

    <!-- given: std::vector<std::byte> const bytes; -->

A block that has a `main` compiles alone, as pasted, whether it names a file or not. ```cpp sketch is C++ that needs what a page can't give, such
as a model; what is no C++ is ```text.
"""
import pathlib
import re
import subprocess
import sys

HEAD = "".join(f"#include <{name}>\n" for name in (
    "array", "cstddef", "cstdint", "span", "string", "vector", "triptych/triptych.hpp", "triptych/learn.hpp"))
BLOCK = re.compile(r"(?:^<!-- given: (?P<given>.*?) -->\n)?^```cpp(?P<note>[^\n]*)\n(?P<text>.*?)^```$", re.M | re.S)


def blocks(page):
    """(line, note, given, text) of each block of C++."""
    text = page.read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        yield text.count("\n", 0, found.start("text")) + 1, found["note"].strip(), found["given"] or "", found["text"]


def unit(page, line, given, text, number):
    """The block as a piece of a program of all blocks, with its lines named as in the page."""
    includes = re.findall(r"^#include .*\n", text, re.M)
    body = re.sub(r"^#include .*\n", "\n", text, flags=re.M)
    place = f'#line {line} "{page}"\n{body}'
    if re.search(r"^(template|struct|class)\b", body, re.M):
        return includes, f"{given}\n{place}\n"
    return includes, f"void block_{number}() {{\n{given}\n{place}}}\n"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    compiler = sys.argv[2:] or ["c++"]
    command = [*compiler, "-std=c++20", "-fsyntax-only", "-w", f"-I{root / 'include'}", "-x", "c++", "-"]
    programs, includes, units, sketches = [], [HEAD], [], 0
    for page in sorted([*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("examples/**/*.md")]):
        name = page.relative_to(root)
        for line, note, given, text in blocks(page):
            if re.search(r"\bint main\(", text) and "#include" in text:
                programs.append(f'#line {line} "{name}"\n{text}')
            elif note == "sketch":
                sketches += 1
            elif not note:
                own, body = unit(name, line, given, text, len(units))
                includes += own
                units.append(body)
            elif not note.startswith("file="):
                print(f"{name}:{line}: what does ```cpp {note} mean?")
                return 1
    programs.append("".join(includes) + "".join(units))
    failed = sum(subprocess.run(command, input=text, text=True).returncode != 0 for text in programs)
    print(f"{len(units)} blocks and {len(programs) - 1} whole programs, {sketches} sketches left out; {failed} units failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
