#!/usr/bin/env python3
"""Turns words into what a module is built from: string resources and a typed Kotlin table of them.

usage: android_words.py WORDS_DIR RES_DIR KOTLIN_FILE [--package vn.lachan.ui]

bindings/words are those of lachan-ui, bindings/words/family those of lachan-guardian.

Each text has two voices, `child` and `teen`; where both say the same, one resource serves both. `{name}` becomes
`%1$s`. Vietnamese is the default language as well as `values-vi`: without the latter, a phone set to Vietnamese and
English would be given English, because the platform does not know what language the default is in.
"""
import json
import pathlib
import re
import sys
from xml.sax.saxutils import escape

VOICES = ("child", "teen")
# Groups that are looked up by keys of the core; the others are named in code.
LOOKED_UP = ("titles", "bodies", "steps", "lessons", "checked", "refusals", "recipients")


def texts(words: dict):
    """Yields group, key and the two voices."""
    for group, entries in words.items():
        if group == "language":
            continue
        if "child" in entries:
            yield group, "", entries
        else:
            for key, voices in entries.items():
                # What is said to a guardian has one voice.
                yield group, key, voices if isinstance(voices, dict) else dict.fromkeys(VOICES, voices)


def resource(group: str, key: str) -> str:
    return "lachan_" + re.sub(r"[^a-z0-9]+", "_", f"{group}_{key}".lower()).strip("_")


def android(text: str) -> str:
    text = re.sub(r"\{\w+\}", "%1$s", text)
    text = escape(text).replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"')
    return "\\" + text if text[:1] in "@?" else text


def strings(words: dict, shared: set) -> str:
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<!-- Made from bindings/words: change it there. -->", "<resources>"]
    for group, key, voices in texts(words):
        name = resource(group, key)
        if name in shared:
            lines.append(f'    <string name="{name}">{android(voices["child"])}</string>')
        else:
            lines += [f'    <string name="{name}_{v}">{android(voices[v])}</string>' for v in VOICES]
    return "\n".join(lines + ["</resources>", ""])


def contacts(data: dict) -> str:
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<!-- Made from bindings/words/contacts.json. -->", "<resources>"]
    lines += [f'    <string name="lachan_contact_{k}" translatable="false">{android(v)}</string>' for k, v in data.items()]
    return "\n".join(lines + ["</resources>", ""])


def constant(group: str, key: str) -> str:
    parts = re.split(r"[^a-z0-9]+", f"{group}_{key}".lower().strip("_"))
    return parts[0] + "".join(p.capitalize() for p in parts[1:])


def kotlin(words: dict, shared: set, package: str) -> str:
    def ids(group, key):
        name = resource(group, key)
        pair = [name, name] if name in shared else [f"{name}_{v}" for v in VOICES]
        return f"Word(R.string.{pair[0]}, R.string.{pair[1]})"

    imports = [] if package == "vn.lachan.ui" else ["import vn.lachan.ui.Word", ""]
    out = ["// Made from bindings/words by scripts/android_words.py: change it there.", f"package {package}", "",
           *imports, "internal object Said {"]
    maps = {group: [] for group in LOOKED_UP}
    for group, key, _ in texts(words):
        if group in maps:
            maps[group].append(f'        "{key}" to {ids(group, key)},')
        else:
            out.append(f"    val {constant(group, key)} = {ids(group, key)}")
    for group, entries in maps.items():
        if not entries:
            continue
        out += [f"    val {constant(group, '')}: Map<String, Word> = mapOf(", *entries, "    )"]
    return "\n".join(out + ["}", ""])


def main() -> None:
    source, res, table = map(pathlib.Path, sys.argv[1:4])
    package = sys.argv[5] if sys.argv[4:5] == ["--package"] else "vn.lachan.ui"
    vi, en = (json.loads((source / f"{name}.json").read_text(encoding="utf-8")) for name in ("vi", "en"))
    if [t[:2] for t in texts(vi)] != [t[:2] for t in texts(en)]:
        sys.exit("bindings/words: the two languages do not have the same keys in the same order")
    same = [{resource(g, k) for g, k, v in texts(words) if v["child"] == v["teen"]} for words in (vi, en)]
    shared = same[0] & same[1]
    for folder, text in {"values": vi, "values-vi": vi, "values-en": en}.items():
        path = res / folder / "lachan_words.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(strings(text, shared), encoding="utf-8")
    if (source / "contacts.json").is_file():
        data = json.loads((source / "contacts.json").read_text(encoding="utf-8"))
        (res / "values" / "lachan_contacts.xml").write_text(contacts(data), encoding="utf-8")
    table.parent.mkdir(parents=True, exist_ok=True)
    table.write_text(kotlin(vi, shared, package), encoding="utf-8")


main()
