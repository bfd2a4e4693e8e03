#!/usr/bin/env python3
"""How the storage of the weights moves scores and verdicts, and what it saves: the table of decision 0014.

    .cache/python/bin/python models/compare_encodings.py [--lachan PATH] [--pictures N]

Packs both picture models in each encoding (with `lachan model pack`), asks both about the harmless photographs and
variants of them through the command line, and compares the scores with those of single-precision weights. Compressed
is as in an AAR (deflate, level 9).
"""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import zlib

import numpy as np

import pictures
from eval_images import check

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / ".cache" / "encodings"
MODELS = ("owen-s", "open-nsfw")


def pack(lachan, model, encoding):
    """A bundle of `model` in `encoding` that asks the second model about every picture and passes any self-test."""
    folder = WORK / f"{model}-{encoding}"
    if folder.exists():
        return folder
    manifest = json.loads((ROOT / "models" / model / "manifest.json").read_text(encoding="utf-8"))
    manifest["encoding"] = encoding
    for golden in manifest["body"]["goldens"]:
        golden["tolerance"] = 1.0
    if "clear_below" in manifest["body"]["thresholds"]:
        manifest["body"]["thresholds"]["clear_below"]["value"] = 0.0
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / f"{model}-{encoding}.json"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    subprocess.run([lachan, "model", "pack", str(ROOT / ".cache" / "models" / f"{model}.onnx"), str(path), "--out", str(folder)],
                   check=True, capture_output=True)
    return folder


def scores(lachan, encodings, paths):
    """Scores by picture and model, with each model in its own encoding."""
    folder = WORK / "together"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for model, encoding in encodings.items():
        (folder / model).symlink_to(pack(lachan, model, encoding))
    return check(lachan, paths, folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lachan", default=str(ROOT / "target" / "debug" / "lachan"))
    parser.add_argument("--pictures", type=int, default=400)
    parser.add_argument("--encodings", nargs="+", default=["f16", "int10", "int8"])
    arguments = parser.parse_args()
    paths = (pictures.photographs() + pictures.variants())[:arguments.pictures]
    wide = scores(arguments.lachan, dict.fromkeys(MODELS, "f32"), paths)
    print("| model | encoding | stored kB | compressed kB | mean difference | largest difference |")
    print("|---|---|---:|---:|---:|---:|")
    for encoding in ["f32", *arguments.encodings]:
        rows = wide if encoding == "f32" else scores(arguments.lachan, dict.fromkeys(MODELS, encoding), paths)
        for model in MODELS:
            pairs = [(a["scores"][model], b["scores"][model]) for a, b in zip(wide, rows)
                     if a["frames"] == 1 and model in a["scores"] and model in b["scores"]]
            differences = np.array([abs(a - b) for a, b in pairs])
            members = [p.read_bytes() for p in pack(arguments.lachan, model, encoding).iterdir()]
            stored, small = sum(map(len, members)), sum(len(zlib.compress(m, 9)) for m in members)
            print(f"| {model} | {encoding} | {stored / 1000:,.0f} | {small / 1000:,.0f} | {differences.mean():.5f} | {differences.max():.4f} |")
        sys.stdout.flush()
    print(f"\n{len(paths)} pictures; figures are differences from f32.", file=sys.stderr)


if __name__ == "__main__":
    main()
