#!/usr/bin/env python3
"""What each release weighs and how fast it is, over time: one row a version and part, plotted.

    make ledger                                                       both, and the plots
    .cache/python/bin/python tests/ledger/ledger.py sizes [--write]   after `make aar`
    .cache/python/bin/python tests/ledger/ledger.py speed [--write]   after docs/benchmarks.md was renewed
    .cache/python/bin/python tests/ledger/ledger.py plot              docs/ledger/*.svg
    python3 tests/ledger/ledger.py check                              docs/sizes.md and the ledger say the same

`sizes` compares with the last version in docs/ledger/sizes.csv and warns where a part grew by more than 100 KB.
With --write the rows of the present version take the place of its earlier ones, and the figures of docs/sizes.md that are
of these parts are renewed with them. The APK's is not: `make apk` says it.
"""
import argparse
import csv
import gzip
import pathlib
import re
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "android/tools"))
LEDGER = ROOT / "docs" / "ledger"
REPOSITORY = ROOT / "android" / "build" / "repo"
PAGE = ROOT / "docs" / "sizes.md"
GROWTH = 100_000
FIELDS = {"sizes": ["version", "artifact", "part", "bytes", "compressed"], "speed": ["version", "measure", "ratio"]}


def version():
    return re.search(r'^version = "([^"]+)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE).group(1)


def part_of(name):
    """Which part of an AAR a member belongs to: each library by itself, the rest by its first folder."""
    if name.startswith("jni/"):
        return name
    if name.startswith(("assets/", "res/", "META-INF/")):
        return "/".join(name.split("/")[: 3 if name.startswith("assets/") else 1])
    return name


def sizes():
    archives = sorted(REPOSITORY.rglob("*.aar"))
    if not archives:
        raise SystemExit("ledger: no AAR in android/build/repo; run `make aar` first")
    import fresh
    fresh.demand("ledger", REPOSITORY)
    rows = []
    for archive in archives:
        parts = {}
        with zipfile.ZipFile(archive) as members:
            for member in members.infolist():
                data = members.read(member)
                raw, packed = parts.get(part_of(member.filename), (0, 0))
                parts[part_of(member.filename)] = (raw + len(data), packed + len(gzip.compress(data, 9, mtime=0)))
        artifact = archive.parent.parent.name
        rows += [[version(), artifact, part, raw, packed] for part, (raw, packed) in sorted(parts.items())]
        rows.append([version(), artifact, "whole", sum(r for r, _ in parts.values()), archive.stat().st_size])
    return rows


def speed():
    """The ratios of the pages that benchmarks write: smaller is better than the peer."""
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| [^|]+ \| \*\*([\d.]+)\*\*", page, re.MULTILINE)
    if not rows:
        raise SystemExit("ledger: no ratio in docs/benchmarks.md; renew its table as the page says")
    return [[version(), name.strip(), ratio] for name, ratio in rows]


def read(name):
    path = LEDGER / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def write(name, rows):
    LEDGER.mkdir(parents=True, exist_ok=True)
    kept = [row for row in read(name) if row[0] != version()]
    with (LEDGER / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(FIELDS[name])
        out.writerows(kept + rows)


def warn_of_growth(rows):
    before = read("sizes")
    earlier = [row for row in before if row[0] != version()] or before
    last = {(artifact, part): int(raw) for _, artifact, part, raw, _ in earlier}
    for _, artifact, part, raw, _ in rows:
        growth = raw - last.get((artifact, part), raw)
        if growth > GROWTH:
            print(f"WARNING: {artifact} {part} grew by {growth / 1000:.0f} KB", file=sys.stderr)


def on_page(rows):
    """The lines of the table in docs/sizes.md by how they begin: bytes stored and compressed."""
    parts = {(artifact, part): (int(raw), int(packed)) for _, artifact, part, raw, packed in rows}
    libraries = {name: figures for (_, name), figures in parts.items() if name.endswith(".so")}
    lines = {f"`liblachan.so`, {name.split('/')[1]}": figures for name, figures in libraries.items()}
    lines |= {f"`{artifact}`": figures for (artifact, part), figures in parts.items()
              if part == "whole" and artifact not in ("lachan", "lachan-testing")}
    lines["`lachan` without native libraries"] = tuple(
        whole - sum(column) for whole, column in zip(parts["lachan", "whole"], zip(*libraries.values())))
    lines["**library for arm64 and default models**"] = tuple(
        map(sum, zip(libraries["jni/arm64-v8a/liblachan.so"], parts["lachan-models", "whole"])))
    return lines


def renewed(page, rows):
    """The page with the figures of these rows; what stands empty stays empty."""
    for start, figures in on_page(rows).items():
        row = re.compile(rf"^(\| {re.escape(start)}[^|]*)\|([^|]*)\|([^|]*)\|", re.MULTILINE)
        found = row.search(page)
        if not found:
            raise SystemExit(f"ledger: docs/sizes.md has no line for {start}")
        cells = [re.sub(r"\d[\d,]*", f"{figure:,}", cell) for figure, cell in zip(figures, found.groups()[1:])]
        page = f"{page[:found.start()]}{found[1]}|{cells[0]}|{cells[1]}|{page[found.end():]}"
    return page


def check():
    page = PAGE.read_text(encoding="utf-8")
    expected = renewed(page, [row for row in read("sizes") if row[0] == version()])
    faults = [f"docs/sizes.md: {line}\n    ledger: {other}" for line, other in zip(page.splitlines(), expected.splitlines()) if line != other]
    if faults:
        raise SystemExit("ledger: not of one age; run `make aar ledger`\n  " + "\n  ".join(faults))


def plot():
    import matplotlib
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "lachan", "font.size": 8})
    from matplotlib import pyplot

    series = {"sizes": [(f"{a} {p}", v, int(packed) / 1e6) for v, a, p, _, packed in read("sizes")
                        if p == "whole" or p.endswith(".so")],
              "speed": [(name, v, float(ratio)) for v, name, ratio in read("speed")]}
    units = {"sizes": "megabytes, compressed", "speed": "ratio to the peer (below 1: faster or smaller)"}
    for name, points in series.items():
        if not points:
            continue
        versions = sorted({v for _, v, _ in points}, key=lambda v: [int(n) for n in re.findall(r"\d+", v)])
        labels = list(dict.fromkeys(label for label, _, _ in points))
        figure, axes = pyplot.subplots(figsize=(8, 0.9 + 0.22 * len(labels) * max(1, len(versions) / 2)))
        height = 0.8 / len(versions)
        for i, v in enumerate(versions):
            values = dict((label, value) for label, at, value in points if at == v)
            axes.barh([y + i * height for y in range(len(labels))], [values.get(label, 0) for label in labels],
                      height=height, label=v)
        axes.set_yticks([y + 0.4 - height / 2 for y in range(len(labels))], labels)
        axes.invert_yaxis()
        axes.set_xlabel(units[name])
        axes.legend(title="version")
        figure.tight_layout()
        figure.savefig(LEDGER / f"{name}.svg", metadata={"Date": None})
        pyplot.close(figure)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["sizes", "speed", "plot", "check"])
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    if arguments.what in ("plot", "check"):
        return plot() if arguments.what == "plot" else check()
    rows = sizes() if arguments.what == "sizes" else speed()
    for row in rows:
        print(*row, sep="\t")
    if arguments.what == "sizes":
        warn_of_growth(rows)
    if arguments.write:
        write(arguments.what, rows)
        if arguments.what == "sizes":
            PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8"), rows), encoding="utf-8")
        plot()


if __name__ == "__main__":
    main()
