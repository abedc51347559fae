"""python3 docs/check.py [ROOT]: what the pages say of files is true.

A fenced block that names a file, ```cpp file=examples/programs/quick_start.cpp, must be a contiguous excerpt of it, whole
lines, indented as a whole as one likes. A relative link must lead to a file.
"""
import pathlib
import re
import sys
import textwrap


def excerpt(block, text):
    """Whether the lines of `block` follow one another in `text`, up to a common indentation."""
    lines, wanted = text.splitlines(), textwrap.dedent(block).splitlines()
    return bool(wanted) and any(
        textwrap.dedent("\n".join(lines[i : i + len(wanted)])).splitlines() == wanted
        for i in range(len(lines) - len(wanted) + 1)
    )


def mistakes(page, root):
    text = page.read_text(encoding="utf-8")
    for fence in re.finditer(r"^```(\w+) file=(\S+)\n(.*?)^```$", text, re.M | re.S):
        source = root / fence[2]
        if not source.is_file():
            yield f"quotes {fence[2]}, which is not there"
        elif not excerpt(fence[3], source.read_text(encoding="utf-8")):
            yield f"{fence[2]} does not hold\n{textwrap.indent(fence[3], '    ')}"
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    for link in re.finditer(r"\]\(([^)#\s]+)(#[^)\s]*)?\)", prose):
        if not re.match(r"[a-z]+:", link[1]) and not (page.parent / link[1]).exists():
            yield f"links to {link[1]}, which is not there"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    pages = [*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("examples/**/*.md")]
    found = [f"{page.relative_to(root)}: {what}" for page in sorted(pages) for what in mistakes(page, root)]
    print("\n".join(found) or f"{len(pages)} pages quote and link what is there")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
