#!/usr/bin/env python3
"""False alarms on harmless pictures, and how far scores lie from the reference implementation's.

    .cache/python/bin/python models/eval_images.py [--lachan PATH]

Fails when any harmless picture is a concern, with both models or with the first alone, when a picture cannot be checked,
or when a score lies more than 0.02 from Pillow with ONNX Runtime. It measures no recall: there is no picture here that
should be found.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

import pictures

ROOT = pathlib.Path(__file__).resolve().parent.parent
MAX_SCORE_DIFFERENCE = 0.02
# Sets that are looked at by the first model alone as well.
ALONE = ("photographs", "chat screens")


def check(lachan, paths, models=ROOT / "models" / "built"):
    """What `lachan check` says of each picture, asked on every processor."""
    def ask(some):
        listing = "\n".join(map(str, some))
        done = subprocess.run([lachan, "check", "--json", "--models", str(models), "-"], input=listing, capture_output=True, text=True)
        if done.returncode not in (0, 3):
            raise SystemExit(done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]
    processors = os.cpu_count()
    with ThreadPoolExecutor(processors) as pool:
        answers = list(pool.map(ask, [paths[n::processors] for n in range(min(processors, len(paths)))]))
    return [answers[n % processors][n // processors] for n in range(len(paths))]


def reference(session, path):
    """The score by ONNX Runtime; of a transparent picture the higher one, on white and on black."""
    picture = ImageOps.exif_transpose(Image.open(path))
    grounds = [picture]
    if picture.mode in ("RGBA", "LA", "P", "PA"):
        picture = picture.convert("RGBA")
        grounds = [Image.alpha_composite(Image.new("RGBA", picture.size, ground), picture) for ground in ("white", "black")]

    def score(picture):
        pixels = np.asarray(picture.convert("RGB").resize((224, 224), Image.BILINEAR), np.float32)
        return float(session.run(None, {session.get_inputs()[0].name: pixels.transpose(2, 0, 1)[None]})[0][0][1])
    return max(map(score, grounds))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lachan", default=str(ROOT / "target" / "debug" / "lachan"))
    arguments = parser.parse_args()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(ROOT / ".cache" / "models" / "owen-s.onnx"), options)
    sets = {"photographs": pictures.photographs(), "variants": pictures.variants(), "chat screens": pictures.screens()}
    failures = []
    print(f"{'set':14} {'pictures':>8} {'concern':>8} {'unchecked':>9} {'asked both':>10} {'highest':>8} {'mean diff':>9} {'max diff':>8}")
    for name, paths in sets.items():
        rows = check(arguments.lachan, paths)
        differences, highest = [0.0], 0.0
        concerns = [r for r in rows if r["verdict"] == "concern"]
        unchecked = [r for r in rows if r["verdict"] == "not_checked"]
        for row in rows:
            scores = list(row["scores"].values())
            if scores:
                highest = max(highest, sum(scores) / len(scores))
            # Frames of an animation and tiles have no single reference.
            if name != "chat screens" and row["frames"] == 1 and "owen-s" in row["scores"]:
                difference = abs(row["scores"]["owen-s"] - reference(session, row["path"]))
                differences.append(difference)
                if difference > MAX_SCORE_DIFFERENCE:
                    failures.append(f"{row['path']}: score differs by {difference:.3f}")
        both = sum(len(r["scores"]) > 1 for r in rows)
        print(f"{name:14} {len(rows):8} {len(concerns):8} {len(unchecked):9} {both:10} {highest:8.3f} "
              f"{np.mean(differences):9.4f} {max(differences):8.4f}")
        failures += [f"{r['path']}: {r['verdict']} {r['reason'] or r['scores']}" for r in concerns + unchecked]
    # As in an app that ships `lachan-models` without the second opinion.
    with tempfile.TemporaryDirectory() as alone:
        (pathlib.Path(alone) / "owen-s").symlink_to(ROOT / "models" / "built" / "owen-s")
        for name in ALONE:
            rows = check(arguments.lachan, sets[name], alone)
            concerns, unchecked = ([r for r in rows if r["verdict"] == verdict] for verdict in ("concern", "not_checked"))
            print(f"{name:14} {len(rows):8} {len(concerns):8} {len(unchecked):9}  by the first model alone")
            failures += [f"{r['path']}, by the first model alone: {r['verdict']} {r['reason'] or r['scores']}" for r in concerns + unchecked]
    for failure in failures:
        print(failure, file=sys.stderr)
    checked = sum(map(len, sets.values())) + sum(len(sets[name]) for name in ALONE)
    print(f"{checked - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
