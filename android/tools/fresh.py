"""Whether the AARs in a repository are what this tree would pack: the same libraries, models and classes, and none of those
older than what it is made from.

    python3 android/tools/fresh.py [android/build/repo]

Whoever takes AARs that lie there already (the demo APK, the ledger of sizes) asks first. Contents are compared byte by
byte; whether a library, a bundle or a class is of the present sources is told by the time of its file, so that a source
which was merely touched counts as changed, and that one was deleted is told by the time of its folder.
"""

import collections.abc
import pathlib
import sys
import zipfile

import package

ROOT = package.ROOT
NATIVE = package.ANDROID / "target/native"
MODELS = ROOT / "models/built"
# What ends up in liblachan.so.
LIBRARY = ("Cargo.toml", "Cargo.lock", "rust-core/Cargo.toml", "rust-core/src", "bindings/kotlin", "bindings/words", "android/native")


def files(path: pathlib.Path) -> list[pathlib.Path]:
    found = path.rglob("*") if path.is_dir() else [path]
    return [file for file in found if file.is_file() and "__pycache__" not in file.parts]


def folders(path: pathlib.Path) -> list[pathlib.Path]:
    """A folder's time is that of the last file which came or went; where Python keeps its cache it says nothing."""
    found = [path, *path.rglob("*")]
    return [folder for folder in found if folder.is_dir() and folder.name != "__pycache__" and not (folder / "__pycache__").is_dir()]


def outdated(made: list[pathlib.Path], sources: list[pathlib.Path]) -> str | None:
    """What is wrong with files that are made together: one is not there, or a source is newer than they are."""
    missing = [path for path in made if not path.exists()]
    if missing:
        return f"{shown(missing[0])} is not there"
    # Folders of classes are written as a whole: their newest file says when.
    written = min(max((file.stat().st_mtime for file in files(path)), default=0) for path in made)
    asked = [path for source in sources for path in (*files(source), *folders(source))]
    newest = max(asked, key=lambda path: path.stat().st_mtime, default=None)
    if newest is not None and newest.stat().st_mtime > written:
        return f"{shown(newest)} is newer than {shown(min(made, key=lambda path: path.stat().st_mtime))}"
    return None


def shown(path: pathlib.Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def differing(packed: dict[str, bytes], tree: dict[str, bytes]) -> list[str]:
    """Names of what is in one of the two alone, or other in each. Papers are made when packing, and are not compared."""
    names = {name for name in packed.keys() | tree.keys() if not name.startswith("META-INF/lachan/")}
    return sorted(name for name in names if packed.get(name) != tree.get(name))


def classes(made: str, *sources: str) -> str | None:
    return outdated([ROOT / made], [ROOT / source for source in sources])


def faults_of_tree() -> collections.abc.Iterator[str | None]:
    """What in the tree is older than its sources, so that packing it again would not help."""
    yield outdated([NATIVE / abi / "liblachan.so" for abi in sorted(package.ABIS)], [ROOT / source for source in LIBRARY])
    for bundle in (bundle for bundles in package.BUNDLES.values() for bundle in bundles):
        weights = [ROOT / "models/text/weights/text.weights"] if bundle == "text" else []
        yield outdated([MODELS / bundle / "bundle.json"], [ROOT / "models" / bundle / "manifest.json", *weights])
    yield classes("android/lachan-ffi/target/classes", "bindings/kotlin/src", "bindings/kotlin/uniffi.toml")
    for module in package.modules():
        if module.classes:
            yield classes(f"android/{module.name}/target/classes", f"android/{module.name}/src/main")


def faults_of_aars(repo: pathlib.Path) -> collections.abc.Iterator[str | None]:
    version = package.version_of("lachan")
    for module in package.modules():
        path = repo / "vn/lachan" / module.name / version / f"{module.name}-{version}.aar"
        if not path.is_file():
            yield f"there is no {module.name}-{version}.aar"
            continue
        with zipfile.ZipFile(path) as archive:
            packed = {name: archive.read(name) for name in archive.namelist()}
        names = differing(packed, package.contents(module, NATIVE, MODELS))
        yield f"{module.name}: {', '.join(names[:4])}{' and more' if len(names) > 4 else ''} packed from another tree" if names else None


def demand(who: str, repo: pathlib.Path, *others: str | None) -> None:
    """Ends the program where the AARs are not of this tree; `others` are faults that the caller found itself."""
    faults = [fault for fault in (*others, *faults_of_tree()) if fault]
    # Only what the tree has can be compared.
    faults = faults or [fault for fault in faults_of_aars(repo) if fault]
    if faults:
        raise SystemExit(f"{who}: the AARs in {shown(repo.resolve())} are not of this tree: run `make aar`\n  " + "\n  ".join(faults))


if __name__ == "__main__":
    demand("fresh", pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else package.ANDROID / "build/repo")
    print("the AARs are of this tree")
