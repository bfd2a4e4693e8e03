#!/usr/bin/env python3
"""The picture pipeline beside Pillow with ONNX Runtime, in one run: the same model, one thread, the same files.

    .cache/python/bin/python tests/bench/image_peers.py [--lachan PATH] [--rounds N] [--write]

Prints a table of ratios; with --write renews the table in docs/benchmarks.md. Machines are noisy: rounds of both
sides alternate, and the median of the rounds' ratios counts.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys

from page import renew

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "models"))
SIZES = {"1 MP": (1156, 867), "4 MP": (2312, 1734), "12 MP": (4000, 3000)}
PEER = """
import io, json, resource, sys, time
import numpy as np, onnxruntime
from PIL import Image
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
started = time.perf_counter()
session = onnxruntime.InferenceSession(sys.argv[1], options)
cold = (time.perf_counter() - started) * 1e3
entry = session.get_inputs()[0].name
out = {"cold start": cold}
runs = int(sys.argv[2])
def timed(f):
    f()
    samples = []
    for _ in range(runs):
        started = time.perf_counter(); f(); samples.append((time.perf_counter() - started) * 1e3)
    return sorted(samples)[len(samples) // 2]
for name, path in zip(sys.argv[3::2], sys.argv[4::2]):
    data = open(path, "rb").read()
    def pixels():
        return Image.open(io.BytesIO(data)).convert("RGB")
    def tensor(picture):
        small = picture.resize((224, 224), Image.BILINEAR)
        return np.asarray(small, np.float32).transpose(2, 0, 1)[None]
    decoded = pixels()
    ready = np.ascontiguousarray(tensor(decoded))
    idle = int(next(l for l in open("/proc/self/status") if l.startswith("VmRSS")).split()[1])
    open("/proc/self/clear_refs", "w").write("5")
    session.run(None, {entry: tensor(pixels())})
    peak = int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1])
    out[name] = {"decode": timed(pixels), "tensor": timed(lambda: tensor(decoded)),
                 "network": timed(lambda: session.run(None, {entry: ready})),
                 "whole": timed(lambda: session.run(None, {entry: tensor(pixels())})), "memory": max(0, peak - idle) / 1024}
print(json.dumps(out))
"""


def files():
    """The same photograph of a city, enlarged to each size and saved by a camera's quality."""
    import pictures
    from PIL import Image
    folder = ROOT / ".cache" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    source = Image.open(next(p for p in pictures.photographs() if p.name == "china.jpg")).convert("RGB")
    out = {}
    for name, size in SIZES.items():
        path = folder / f"{name.replace(' ', '-')}.jpg"
        if not path.exists():
            source.resize(size, Image.BICUBIC).save(path, quality=90)
        out[name] = path
    return out


def ours(lachan, paths, runs):
    done = subprocess.run([lachan, "bench", "image", "--json", "--runs", str(runs), "--models", str(ROOT / "models/built"),
                           *map(str, paths.values())], capture_output=True, text=True, check=True)
    rows = {r["name"]: r["median"] for r in map(json.loads, done.stdout.splitlines())}
    out = {"cold start": rows["cold start, first model"], "cold start both": rows["cold start, both at once"]}
    for name, path in paths.items():
        stem = path.stem
        out[name] = {"decode": rows[f"{stem}: decode"], "tensor": rows[f"{stem}: tensor for owen-s"],
                     "network": rows[f"{stem}: network owen-s"], "whole": rows[f"{stem}: whole check"],
                     "memory": rows[f"{stem}: peak memory above idle"]}
    return out


def theirs(paths, runs):
    pairs = [str(x) for pair in paths.items() for x in pair]
    done = subprocess.run([sys.executable, "-c", PEER, str(ROOT / ".cache/models/owen-s.onnx"), str(runs), *pairs],
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lachan", default=str(ROOT / "target/release/lachan"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    paths = files()
    rounds = [(ours(arguments.lachan, paths, arguments.runs), theirs(paths, arguments.runs)) for _ in range(arguments.rounds)]

    def row(label, pick, target, unit="ms"):
        a = statistics.median(pick(r[0]) for r in rounds)
        b = statistics.median(pick(r[1]) for r in rounds)
        ratio = statistics.median(pick(r[0]) / max(pick(r[1]), 1e-9) for r in rounds)
        return f"| {label} | {a:.1f} {unit} | {b:.1f} {unit} | **{ratio:.2f}** | {target} |"

    lines = ["| | Lá Chắn | Pillow + ONNX Runtime | ratio | aim |", "|---|---|---|---|---|"]
    for name in SIZES:
        for part, target in (("decode", ""), ("tensor", ""), ("network", "at most 1.2, better 1.0"),
                             ("whole", "at most 0.6" if name == "12 MP" else "")):
            lines.append(row(f"{name}, {part}", lambda r, n=name, p=part: r[n][p], target))
        lines.append(row(f"{name}, peak memory above idle", lambda r, n=name: r[n]["memory"],
                         "at most 60 MB" if name == "12 MP" else "", "MB"))
    lines.append(row("cold start, self-test included", lambda r: r["cold start"], "at most 150 ms, better 100"))
    table = "\n".join(lines)
    print(table)
    if arguments.write:
        renew(ROOT / "docs" / "benchmarks.md", "image peers", table)


if __name__ == "__main__":
    main()
