#!/usr/bin/env python3
"""Checks the lessons of bindings/words and puts them among the resources of lachan-ui (docs/formats/lessons.md).

usage: android_lessons.py WORDS_DIR RES_DIR

Vietnamese is the default language as well as `raw-vi`: see android_words.py.
"""
import json
import pathlib
import sys

BANDS = ["under13", "from13to15", "from16to17"]
TEXTS = ["title", "what", "why"]


def shape(language: str, key: str, band: str, card: dict):
    """What must be the same in every language; says where a card is not as the format has it."""
    def no(why: str):
        sys.exit(f"lessons.{language}.json: {key}, {band}: {why}")

    if list(card) != [*TEXTS, "do", "check"]:
        no(f"has {', '.join(card)}")
    if not all(isinstance(card[text], str) and card[text].strip() for text in TEXTS):
        no("a text is empty")
    if len(card["do"]) != 3 or len(card["check"]) != 2:
        no("three things to do and two questions are wanted")
    for question in card["check"]:
        if list(question) != ["ask", "choices", "right", "because"]:
            no("a question has other fields")
        if len(question["choices"]) < 2 or question["right"] not in range(len(question["choices"])):
            no("the right answer is not among the choices")
    return key, band, [(len(q["choices"]), q["right"]) for q in card["check"]]


def shapes(data: dict):
    for key, lesson in data["lessons"].items():
        if list(lesson) != BANDS:
            sys.exit(f"lessons.{data['language']}.json: {key} has {', '.join(lesson)}")
        for band, card in lesson.items():
            yield shape(data["language"], key, band, card)


def main() -> None:
    source, res = map(pathlib.Path, sys.argv[1:3])
    vi, en = (json.loads((source / f"lessons.{name}.json").read_text(encoding="utf-8")) for name in ("vi", "en"))
    for ours, theirs in zip(list(shapes(vi)), list(shapes(en))):
        if ours != theirs:
            sys.exit(f"lessons: the languages differ at {ours[:2]}")
    if len(vi["lessons"]) != len(en["lessons"]):
        sys.exit("lessons: one language has more than the other")
    for folder, data in {"raw": vi, "raw-vi": vi, "raw-en": en}.items():
        path = res / folder / "lachan_lessons.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


main()
