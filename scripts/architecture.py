#!/usr/bin/env python3
"""The diagram of docs/ARCHITECTURE.md is the code's: rooms that stand there, and who uses whom in rust-core.

    scripts/architecture.py        fails where a folder is missing, or an arrow is drawn or used and not the other

Between `<!-- core: begin -->` and `<!-- core: end -->` each line `a --> b` says that module a of the core uses module b,
in code that ships: what stands behind `#[cfg(test)]` does not count. In the table below `<!-- house -->` the first cell
of each row is a path that must exist.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORE = ROOT / "rust-core" / "src"
PAGE = ROOT / "docs" / "ARCHITECTURE.md"
# `use crate::{a::X, b::Y}` names several at once.
USE = re.compile(r"\bcrate::(?:\{([^}]*)\}|(\w+))")
EDGE = re.compile(r"^\s*(\w+) --> (\w+)\s*$", re.MULTILINE)


def module_of(path):
    return path.relative_to(CORE).parts[0].removesuffix(".rs")


def used():
    modules = {module_of(path) for path in CORE.rglob("*.rs")} - {"lib"}
    edges = set()
    for path in CORE.rglob("*.rs"):
        shipped = path.read_text(encoding="utf-8").split("#[cfg(test)]\nmod ")[0]
        code = "\n".join(line for line in shipped.splitlines() if not line.lstrip().startswith("//"))
        for several, one in USE.findall(code):
            for name in re.findall(r"(?:^|,)\s*(\w+)", several) if several else [one]:
                if name in modules and module_of(path) not in ("lib", name):
                    edges.add((module_of(path), name))
    return edges


def main():
    page = PAGE.read_text(encoding="utf-8")
    drawn = set(EDGE.findall(page.split("<!-- core: begin -->")[1].split("<!-- core: end -->")[0]))
    faults = [f"{a} uses {b}, and the diagram has no such arrow" for a, b in sorted(used() - drawn)]
    faults += [f"the diagram says that {a} uses {b}, and it does not" for a, b in sorted(drawn - used())]
    house = page.split("<!-- house -->")[1].split("\n\n")[0]
    for path in re.findall(r"^\| `([^`]+)` \|", house, re.MULTILINE):
        if not (ROOT / path).exists():
            faults.append(f"{path} is in the table, and there is no such place")
    for fault in faults:
        print(f"architecture: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
