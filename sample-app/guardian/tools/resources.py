#!/usr/bin/env python3
"""Writes the words into the folders of their languages, and the versions of what came with this release.

usage: resources.py VERSION MODELS_DIR WORDS_DIR RES_DIR

Vietnamese is the default language as well as `values-vi`: see scripts/android_words.py.
"""
import json
import pathlib
import shutil
import sys

version, models, words, res = sys.argv[1], *map(pathlib.Path, sys.argv[2:5])
for folder, language in {"values": "vi", "values-vi": "vi", "values-en": "en"}.items():
    (res / folder).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(words / f"{language}.xml", res / folder / "words.xml")
numbers = {"release": version}
for model in ("owen-s", "open-nsfw", "text"):
    manifest = json.loads((models / model / "manifest.json").read_text(encoding="utf-8"))
    numbers["model_" + model.replace("-", "_")] = manifest["version"]
lines = [f'    <string name="{name}" translatable="false">{number}</string>' for name, number in numbers.items()]
text = "\n".join(['<?xml version="1.0" encoding="utf-8"?>', "<resources>", *lines, "</resources>", ""])
(res / "values" / "versions.xml").write_text(text, encoding="utf-8")
