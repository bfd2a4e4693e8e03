#!/usr/bin/env python3
"""Writes the golden scores of the picture models into their manifests: what ONNX Runtime answers, with the original
weights, to the two patterns that the self-test makes by arithmetic (`Pattern` in rust-core/src/engine/model.rs).

    pip install numpy onnxruntime ; python3 models/tools/goldens.py
"""
import json
import pathlib

import numpy as np
import onnxruntime

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SIDE = 224
# Storage in ten bits moves a score by 0.003 in 60 photographs (decision 14); kernels of other processors by far less.
TOLERANCE = 0.005


def wave(v, period):
    phase = v % period * 2
    return phase * 255 // period if phase < period else (2 * period - phase) * 255 // period


def waves(x, y):
    a, b = wave(x + y // 2, 96), wave(y + x // 3, 70)
    return [min(255, v) for v in (150 + (a + b) // 6, 90 + (a + b) // 5, 70 + b // 4)]


def blocks(x, y):
    mask = 0xFFFFFFFF
    h = (x // 28 * 0x9E3779B9 & mask) ^ (y // 28 * 0x85EBCA6B & mask)
    h = (h ^ h >> 15) * 0x2C1B3C6D & mask
    h = (h ^ h >> 12) * 0x297A2D39 & mask
    return [h >> 8 & 255, h >> 16 & 255, h >> 24 & 255]


def tensor(pattern, preprocessing):
    rgb = np.array([[pattern(x, y) for x in range(SIDE)] for y in range(SIDE)], np.float32)
    pixels = rgb[..., ::-1] if preprocessing["colours"] == "bgr" else rgb
    pixels = pixels - np.array(preprocessing["means"], np.float32)
    return (pixels.transpose(2, 0, 1) if preprocessing["layout"] == "nchw" else pixels)[None]


for name in ("owen-s", "open-nsfw"):
    path = ROOT / "models" / name / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    session = onnxruntime.InferenceSession(str(ROOT / ".cache" / "models" / f"{name}.onnx"))
    entry = session.get_inputs()[0].name
    goldens = []
    for label, pattern in (("waves", waves), ("blocks", blocks)):
        scores = session.run(None, {entry: np.ascontiguousarray(tensor(pattern, manifest["body"]["preprocessing"]))})[0]
        goldens.append({"pattern": label, "scores": [round(float(s), 6) for s in scores[0]], "tolerance": TOLERANCE})
        print(name, label, goldens[-1]["scores"])
    manifest["body"]["goldens"] = goldens
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
