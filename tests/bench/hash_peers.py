#!/usr/bin/env python3
"""Hashing and searching beside PyPI pdqhash with Pillow and beside faiss, in one run, one thread, the same data.

    .cache/python/bin/python tests/bench/hash_peers.py [--lachan PATH] [--entries N...] [--write]

Three tables: bytes of a JPEG to its PDQ, a query in a list of so many entries, and which copies of photographs are
still found. With --write they take the place of those in docs/benchmarks-hash.md. Rounds of both sides alternate, and
the median counts.
"""
import argparse
import importlib.metadata
import io
import json
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import faiss
import numpy as np
import pdqhash
from PIL import Image, ImageDraw, ImageOps

from page import renew

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "models"))
import pictures  # noqa: E402

PAGE = ROOT / "docs" / "benchmarks-hash.md"
THRESHOLD = 31


def rows_of(lachan, *arguments):
    """What `lachan bench ... --json` measured, by name."""
    out = subprocess.run([lachan, "bench", *arguments, "--json"], check=True, capture_output=True, text=True).stdout
    return {row["name"]: row["median"] for row in map(json.loads, out.splitlines())}


def photograph(width, height):
    """A photograph of this size: the largest that the packages bring, enlarged, as JPEG."""
    picture = Image.open(next(p for p in pictures.photographs() if p.name == "retina.jpg")).convert("RGB")
    astronaut = Image.open(next(p for p in pictures.photographs() if p.name == "astronaut.png")).convert("RGB")
    picture = Image.blend(picture.resize((width, height), Image.LANCZOS), astronaut.resize((width, height)), 0.7)
    grain = np.random.default_rng(1).normal(0, 3, (height, width, 1))
    picture = Image.fromarray(np.clip(np.asarray(picture, np.float32) + grain, 0, 255).astype(np.uint8))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


def seconds(work):
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def hashing(lachan, rounds):
    lines = ["| JPEG | Pillow + pdqhash, ms | `lachan`, ms | ratio |", "|---|---|---|---|"]
    for name, width, height in [("1 MP", 1156, 867), ("4 MP", 2312, 1734), ("12 MP", 4000, 3000)]:
        data = photograph(width, height)

        def peer():
            return pdqhash.compute(np.asarray(Image.open(io.BytesIO(data)).convert("RGB")))

        with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
            file.write(data)
            file.flush()
            ours, theirs = [], []
            peer()
            for _ in range(rounds):
                theirs.append(min(seconds(peer) for _ in range(2)) * 1e3)
                measured = rows_of(lachan, "hash", file.name, "--runs", "7")
                ours.append(next(v for k, v in measured.items() if k.endswith(": bytes to PDQ")))
            ratio = statistics.median(t / o for t, o in zip(theirs, ours))
            lines.append(f"| {name} | {statistics.median(theirs):.0f} | {statistics.median(ours):.1f} | {ratio:.0f} |")
    return "\n".join(lines)


def searching(lachan, sizes):
    faiss.omp_set_num_threads(1)
    lines = ["| entries | `lachan`, us | heap, MB | faiss flat, us | ratio | faiss MultiHash, us | ratio | missed: lachan / flat "
             "/ MultiHash |", "|---|---|---|---|---|---|---|---|"]
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            measured = rows_of(lachan, "search", "--entries", str(size), "--keep", folder)
            value = {name.split(": ")[1]: number for name, number in measured.items()}
            entries = np.fromfile(f"{folder}/entries.bin", np.uint8).reshape(-1, 32)
            queries = np.fromfile(f"{folder}/queries.bin", np.uint8).reshape(-1, 32)
        flat = faiss.IndexBinaryFlat(256)
        flat.add(entries)
        multi = faiss.IndexBinaryMultiHash(256, 16, 16)
        multi.nflip = 1
        multi.add(entries)

        def asked(index):
            # A query at a time, as on a phone; radius 32 finds what differs in fewer than 32 bits.
            times, missed = [], 0
            for number, query in enumerate(queries):
                started = time.perf_counter()
                limits, _, _ = index.range_search(query[None], THRESHOLD + 1)
                times.append((time.perf_counter() - started) * 1e6)
                missed += number < 64 and limits[1] == 0
            return statistics.median(times), missed

        (flat_us, flat_missed), (multi_us, multi_missed) = asked(flat), asked(multi)
        ours = value["one query"] * 1e3
        lines.append(f"| {size:,} | {ours:.1f} | {value['heap of opening and asking']:.2f} | {flat_us:.0f} | {flat_us / ours:.0f} | "
                     f"{multi_us:.0f} | {multi_us / ours:.1f} | {value['missed']:.0f} / {flat_missed} / {multi_missed} |")
        del flat, multi, entries
    return "\n".join(lines)


def encoded(picture, quality=85):
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def cropped(picture, share):
    width, height = picture.size
    x, y = int(width * share / 2), int(height * share / 2)
    return picture.crop((x, y, width - x, height - y))


def bordered(picture, share, colour):
    return ImageOps.expand(picture, int(min(picture.size) * share), colour)


def logo(picture):
    out = picture.copy()
    width, height = out.size
    ImageDraw.Draw(out).rectangle([width * 0.8, height * 0.88, width * 0.98, height * 0.97], "white", "red", 3)
    return out


def screenshot(picture):
    """A phone's screen with the picture between bars of one colour."""
    screen = Image.new("RGB", (1080, 2400), "black")
    small = picture.resize((1080, max(64, round(picture.height * 1080 / picture.width))))
    screen.paste(small.crop((0, 0, 1080, min(2200, small.height))), (0, max(0, (2400 - small.height) // 2)))
    return screen


# Drawings, boards and charts, and second copies of a picture that is there already.
NO_PHOTOGRAPHS = {"chessboard_GRAY", "chessboard_RGB", "color", "horse", "logo", "phantom", "cell", "page", "text",
                  "clock_motion", "diagnostic", "32bit", "motorcycle_right", "membrane", "topo"}

CHANGES = {
    "none": lambda p: encoded(p, 95),
    "JPEG 90": lambda p: encoded(p, 90),
    "JPEG 50": lambda p: encoded(p, 50),
    "JPEG 30": lambda p: encoded(p, 30),
    "half the size": lambda p: encoded(p.resize((p.width // 2, p.height // 2), Image.LANCZOS)),
    "128 pixels": lambda p: encoded(ImageOps.contain(p, (128, 128))),
    "aspect 4:3 to 1:1": lambda p: encoded(p.resize((600, 600))),
    "mirrored": lambda p: encoded(ImageOps.mirror(p)),
    "upside down": lambda p: encoded(ImageOps.flip(p)),
    "quarter turn": lambda p: encoded(p.transpose(Image.Transpose.ROTATE_90)),
    "mirrored, 200 pixels": lambda p: encoded(ImageOps.mirror(ImageOps.contain(p, (200, 200)))),
    "turned by 2 degrees": lambda p: encoded(p.rotate(2, Image.BICUBIC)),
    "cropped by 4 %": lambda p: encoded(cropped(p, 0.04)),
    "cropped by 8 %": lambda p: encoded(cropped(p, 0.08)),
    "cropped by 12 %": lambda p: encoded(cropped(p, 0.12)),
    "cropped by 16 %": lambda p: encoded(cropped(p, 0.16)),
    "cropped at one side by 6 %": lambda p: encoded(p.crop((int(p.width * 0.06), 0, p.width, p.height))),
    "white border 10 %": lambda p: encoded(bordered(p, 0.10, "white")),
    "black border 25 %": lambda p: encoded(bordered(p, 0.25, "black")),
    "bordered and mirrored": lambda p: encoded(ImageOps.mirror(bordered(p, 0.15, "gray"))),
    "logo": lambda p: encoded(logo(p)),
    "brighter": lambda p: encoded(p.point(lambda v: min(255, int(v * 1.2 + 10)))),
    "grey": lambda p: encoded(p.convert("L").convert("RGB")),
    "screenshot": lambda p: encoded(screenshot(p)),
}


class List:
    """A list of photographs, published, installed, and asked through the command; a category is a photograph."""

    def __init__(self, lachan, folder, photographs):
        self.lachan, self.folder = lachan, folder
        keys = {name: self.json("list", "key", "--out", name)["public"] for name in "rot"}
        self.json("list", "root", "--out", "p", "--list", "bench", "--root-threshold", "1", "--owner-threshold", "1",
                  "--root-key", keys["r"], "--owner-key", keys["o"], "--timestamp-key", keys["t"])
        self.json("list", "sign", "--out", "p", "--role", "root", "--key", "r")
        categories = [{"code": code, "name": name, "threshold": THRESHOLD} for code, name in enumerate(photographs, 1)]
        (folder / "categories.json").write_text(json.dumps(categories))
        rows = []
        for name, picture in photographs.items():
            value, quality = pdqhash.compute(np.asarray(picture))
            rows.append(f"{np.packbits(value).tobytes().hex()},{name},{quality}")
        (folder / "rows.csv").write_text("hash,category,quality\n" + "\n".join(rows) + "\n")
        self.report = self.json("list", "build", "--out", "p", "--source", "a=rows.csv", "--categories",
                                "categories.json", "--near", "0")
        self.json("list", "sign", "--out", "p", "--role", "owner", "--key", "o")
        self.json("list", "sign", "--out", "p", "--role", "timestamp", "--key", "t")
        self.json("list", "install", "--from", "p/public", "--list", "phone", "--root", "p/public/root.1.json")

    def run(self, *arguments):
        return subprocess.run([self.lachan, *map(str, arguments)], cwd=self.folder, check=True, capture_output=True,
                              text=True).stdout

    def json(self, *arguments):
        return json.loads(self.run(*arguments))

    def match(self, files):
        return [json.loads(line) for line in self.run("match", "--list", "phone", *files).splitlines()]


def robustness(lachan):
    """Recall of copies, beside the plain comparison of pdqhash's hashes (and of its eight dihedral ones)."""
    photographs = {}
    for path in pictures.photographs():
        if path.stem in NO_PHOTOGRAPHS:
            continue
        picture = Image.open(path)
        if getattr(picture, "n_frames", 1) > 1 or min(picture.size) < 200 or len(photographs) == 200:
            continue
        picture = picture.convert("RGB")
        if pdqhash.compute(np.asarray(picture))[1] >= 50:
            photographs[f"{len(photographs)}-{path.stem}"] = picture
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        known = List(lachan, folder, photographs)
        listed = {line.split(",")[3] for line in (folder / "p/private/provenance.csv").read_text().splitlines()}
        photographs = {name: picture for name, picture in photographs.items() if name in listed}
        hashes = np.array([pdqhash.compute(np.asarray(p))[0] for p in photographs.values()])
        exact, fast = drifts(known, folder, photographs)
        lines = [f"{len(photographs)} photographs. JPEG of quality 80: `lachan hash` differs from PyPI `pdqhash` by at most "
                 f"{max(exact)} bits at full size (mean {statistics.mean(exact):.2f}); on enlargements to 4,000 pixels, the "
                 f"phone's way by at most {max(fast)} (mean {statistics.mean(fast):.2f}).", "",
                 "| copy | `lachan match` | pdqhash, plain | pdqhash, dihedral | wrong photograph |", "|---|---|---|---|---|"]
        for change, make in CHANGES.items():
            files, plain, dihedral = [], 0, 0
            for number, (name, picture) in enumerate(photographs.items()):
                data = make(picture)
                file = folder / f"{number}.jpg"
                file.write_bytes(data)
                files.append(file)
                forms, _ = pdqhash.compute_dihedral(np.asarray(Image.open(io.BytesIO(data)).convert("RGB")))
                distances = [int((form != hashes[number]).sum()) for form in forms]
                plain += distances[0] <= THRESHOLD
                dihedral += min(distances) <= THRESHOLD
            answers = known.match(files)
            right = sum(answer["category"] == name for answer, name in zip(answers, photographs))
            wrong = sum(answer["match"] and answer["category"] != name for answer, name in zip(answers, photographs))
            share = len(photographs) / 100
            lines.append(f"| {change} | {right / share:.0f} % | {plain / share:.0f} % | {dihedral / share:.0f} % | {wrong} |")
            print(lines[-1], file=sys.stderr, flush=True)
    return "\n".join(lines)


def drifts(known, folder, photographs):
    """Bits between `lachan hash` and pdqhash: at full size, and the phone's way on 12-megapixel enlargements."""
    exact, fast = [], []
    for picture in photographs.values():
        large = picture.resize((4000, round(picture.height * 4000 / picture.width)), Image.BICUBIC)
        for distances, options, picture in ((exact, [], picture), (fast, ["--fast"], large)):
            distances.append(drift(known, folder, options, picture))
    return exact, fast


def drift(known, folder, options, picture):
    (folder / "drift.jpg").write_bytes(encoded(picture, 80))
    reference, _ = pdqhash.compute(np.asarray(Image.open(folder / "drift.jpg").convert("RGB")))
    line = known.run("hash", *options, "drift.jpg")
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(line[:64]), np.uint8))
    return int((bits != reference).sum())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lachan", default=str(ROOT / "target/release/lachan"))
    parser.add_argument("--entries", type=int, nargs="*", default=[10_000, 100_000, 1_000_000, 10_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=["hashing", "searching", "robustness"])
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    lachan = str(pathlib.Path(arguments.lachan).resolve())
    parts = {"hashing": lambda: hashing(lachan, arguments.rounds),
             "searching": lambda: searching(lachan, arguments.entries),
             "robustness": lambda: robustness(lachan)}
    machine = (f"{platform.machine()}, Python {platform.python_version()}, pdqhash {importlib.metadata.version('pdqhash')}, "
               f"faiss {faiss.__version__}")
    for name, part in parts.items():
        if arguments.only in (None, name):
            table = part()
            print(f"\n## {name}\n\n{table}")
            if arguments.write:
                renew(PAGE, name, f"{machine}\n\n{table}")


if __name__ == "__main__":
    main()
