#!/usr/bin/env python3
"""Removes each check of the known list's trust rules in turn and sees that its test fails.

Every rule is one line marked `// check: NAME` in rust-core/src/hash/list/; the test that must fail without it is the
one of that name (with underscores) in rust-core/tests/list_attacks.rs. Works on a copy of the sources, with the target
folder of this checkout; takes a few minutes.

    python3 tests/bench/list_mutants.py [NAME...]
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = ["rust-core/src/hash/list/updates.rs", "rust-core/src/hash/list/documents.rs"]
MARK = re.compile(r"// check: ([a-z-]+)$")


def without(line: str) -> str:
    """The line with its rule taken out."""
    code = line.split("// check:")[0].rstrip()
    indent = code[: len(code) - len(code.lstrip())]
    if "refuse_if(" in code:
        return indent + "let _ = " + re.sub(r"refuse_if\((.*)\)\?;$", r"(\1);", code.strip())
    if "envelope.verify(" in code:
        return re.sub(r"envelope\.verify\(KIND, [^)]*\)\?", "envelope.unverified_payload()", code)
    if "now.max(trusted.time)" in code:
        return code.replace("now.max(trusted.time)", "now")
    if "if rotated { 0 } else { version }" in code:
        return code.replace("if rotated { 0 } else { version }", "version")
    raise SystemExit(f"this rule has a form that is not known here: {line.strip()}")


def marks() -> list[tuple[str, str, int]]:
    found = []
    for file in FILES:
        for number, line in enumerate((ROOT / file).read_text().splitlines()):
            match = MARK.search(line)
            if match:
                found.append((match.group(1), file, number))
    return found


def main() -> int:
    wanted = set(sys.argv[1:])
    failures = []
    with tempfile.TemporaryDirectory() as temporary:
        copy = pathlib.Path(temporary) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns("target", ".git", ".venv", ".cache", "build"))
        for name, file, number in marks():
            if wanted and name not in wanted:
                continue
            lines = (ROOT / file).read_text().splitlines()
            lines[number] = without(lines[number])
            (copy / file).write_text("\n".join(lines) + "\n")
            test = name.replace("-", "_")
            run = subprocess.run(
                ["cargo", "test", "--offline", "-q", "-p", "lachan", "--no-default-features", "--test", "list_attacks",
                 "--target-dir", str(ROOT / "target" / "mutants"), "--", "--exact", test],
                cwd=copy, capture_output=True, text=True)
            (copy / file).write_text((ROOT / file).read_text())
            output = run.stdout + run.stderr
            if "error[" in output or "error: could not compile" in output:
                verdict = "DOES NOT COMPILE"
            elif "0 passed; 1 failed" in output:
                verdict = "noticed"
            elif "running 0 tests" in output:
                verdict = "HAS NO TEST"
            else:
                verdict = "NOT NOTICED"
            print(f"{name:24} {verdict}", flush=True)
            if verdict != "noticed":
                failures.append(name)
    print(f"{len(failures)} rules are not covered" if failures else "every rule is covered")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
