#!/usr/bin/env python3
"""The diagram of docs/ARCHITECTURE.md is the code's: rooms that stand there, and who uses whom in rust-core.

    scripts/architecture.py        fails where a folder is missing, or an arrow is drawn or used and not the other, or one of
                                   those that may never be is drawn or used

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
# A module by its path from the crate, or from a module of the crate; `use crate::{a::X, b::Y}` names several at once.
USE = re.compile(r"\b(?:crate|super)::(\w+|[{*])")
# To the brace that ends it, not to the end of the file: what follows ships.
TESTS = re.compile(r"^#\[cfg\(test\)\]\nmod \w+ \{\n.*?^\}$", re.MULTILINE | re.DOTALL)
EDGE = re.compile(r"^\s*(\w+) --> (\w+)\s*$", re.MULTILINE)
# Whatever the diagram says: detectors know nothing of what is made of their findings, and that knows nothing of detectors.
DETECTORS, DECIDING = ("image", "text", "hash", "engine"), ("policy", "family", "guard")
FORBIDDEN = {(a, b) for a in DETECTORS for b in DECIDING} | {("policy", detector) for detector in DETECTORS}


def module_of(path, core):
    return path.relative_to(core).parts[0].removesuffix(".rs")


def first_names(code, at):
    """The first name of each path in a group that begins at `at`, behind its brace; groups in it may be of any depth."""
    depth, outer = 1, ""
    for letter in code[at:]:
        depth += (letter == "{") - (letter == "}")
        if depth == 0:
            break
        outer += letter if depth == 1 else ""
    return re.findall(r"(?:^|,)\s*(\w+|\*)", outer)


def used(core=CORE):
    """Who uses whom, and files where that cannot be told."""
    modules = {module_of(path, core) for path in core.rglob("*.rs")} - {"lib"}
    edges, hidden = set(), []
    for path in sorted(core.rglob("*.rs")):
        shipped = TESTS.sub("", path.read_text(encoding="utf-8"))
        code = "\n".join(line for line in shipped.splitlines() if not line.lstrip().startswith("//"))
        for found in USE.finditer(code):
            whole_crate = found[0].startswith("crate")
            for name in first_names(code, found.end()) if found[1] == "{" else [found[1]]:
                if name in modules and module_of(path, core) not in ("lib", name):
                    edges.add((module_of(path, core), name))
                if whole_crate and name in ("*", "self"):
                    hidden.append(path.relative_to(core))
        if re.search(r"\buse\s+crate\s+as\b", code):
            hidden.append(path.relative_to(core))
    return edges, hidden


def faults(page, core=CORE):
    drawn = set(EDGE.findall(page.split("<!-- core: begin -->")[1].split("<!-- core: end -->")[0]))
    edges, hidden = used(core)
    found = [f"{a} may never use {b}" for a, b in sorted(FORBIDDEN & (drawn | edges))]
    found += [f"{a} uses {b}, and the diagram has no such arrow" for a, b in sorted(edges - drawn)]
    found += [f"the diagram says that {a} uses {b}, and it does not" for a, b in sorted(drawn - edges)]
    found += [f"{path} takes the whole crate: name the modules" for path in hidden]
    house = page.split("<!-- house -->")[1].split("\n\n")[0]
    for path in re.findall(r"^\| `([^`]+)` \|", house, re.MULTILINE):
        if not (ROOT / path).exists():
            found.append(f"{path} is in the table, and there is no such place")
    return found


def main():
    found = faults(PAGE.read_text(encoding="utf-8"))
    for fault in found:
        print(f"architecture: {fault}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
