#!/usr/bin/env python3
"""Writes the words into the folders of their languages.

usage: resources.py WORDS_DIR RES_DIR

Vietnamese is the default language as well as `values-vi`: see scripts/android_words.py.
"""
import pathlib
import re
import shutil
import sys

words, res = map(pathlib.Path, sys.argv[1:3])
names = {language: re.findall(r'name="(\w+)"', (words / f"{language}.xml").read_text(encoding="utf-8")) for language in ("vi", "en")}
if names["vi"] != names["en"]:
    sys.exit("words: the two languages do not have the same names in the same order")
for folder, language in {"values": "vi", "values-vi": "vi", "values-en": "en"}.items():
    (res / folder).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(words / f"{language}.xml", res / folder / "words.xml")
