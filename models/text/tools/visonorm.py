#!/usr/bin/env python3
"""Derives rust-core/src/text/visonorm.tsv from the dictionary of visonorm 0.1.4 (MIT).

    pip install --no-deps visonorm==0.1.4
    visonorm.py DICTIONARY.json target/release/lachan > visonorm.tsv

Kept are forms of two letters or more with exactly one standard form, that are no syllable themselves and that the
normaliser does not already bring to the same end; and only standard forms that the normaliser leaves as they are.
"""
import json
import re
import subprocess
import sys

HEAD = "# Derived from visonorm 0.1.4 by models/text/tools/visonorm.py. MIT License, Copyright (c) 2024 HaDung2002."


def ask(lachan, form, texts):
    """What the Rust code itself says of each text."""
    lines = "\n".join(json.dumps(t, ensure_ascii=False) for t in texts)
    command = [lachan, "text-features", "--form", form]
    return subprocess.run(command, input=lines, capture_output=True, text=True, check=True).stdout.split("\n")


def main(dictionary, lachan):
    entries = json.load(open(dictionary, encoding="utf-8"))
    pairs = {}
    for form, entry in entries.items():
        standards = {s.strip().lower() for s in entry.get("normalized") or [] if isinstance(s, str)}
        form = form.strip().lower()
        if len(standards) == 1 and re.fullmatch(r"[^\W\d_]{2,10}", form) and not re.search(r"(.)\1", form):
            standard = standards.pop()
            if re.fullmatch(r"[^\W\d_]+( [^\W\d_]+){0,3}", standard) and standard != form:
                pairs[form] = standard
    forms, standards = list(pairs), list(pairs.values())
    rows = zip(forms, standards, ask(lachan, "syllable", forms), ask(lachan, "normal", forms),
               ask(lachan, "normal", standards))
    print(HEAD)
    for form, standard, syllable, own, settled in sorted(rows):
        # Short forms of several words are somebody's private shorthand more often than a common one.
        common = len(form) >= 3 if " " not in standard else len(form) >= 4
        if common and syllable == "0" and own != settled and settled == standard:
            print(f"{form}\t{standard}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
