"""AARs of another tree are told from those of this one: `python3 tests/packaging/check_fresh.py`."""

import os
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "android/tools"))
import fresh  # noqa: E402


def written(path: pathlib.Path, at: int) -> pathlib.Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    os.utime(path, (at, at))
    return path


def aged(folder: pathlib.Path, at: int) -> None:
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (at, at))


class Fresh(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_a_source_that_is_newer_than_what_was_made_is_named(self) -> None:
        library = written(self.folder / "arm64/lib.so", 200)
        source = written(self.folder / "src/deep/a.rs", 200)
        aged(self.folder / "src", 200)
        self.assertIsNone(fresh.outdated([library], [self.folder / "src"]))
        os.utime(source, (201, 201))
        self.assertIn("a.rs is newer than", fresh.outdated([library], [self.folder / "src"]))

    def test_a_source_that_was_deleted_is_noticed_by_its_folder(self) -> None:
        library = written(self.folder / "arm64/lib.so", 200)
        for name in ("a.rs", "b.rs"):
            source = written(self.folder / "src/deep" / name, 100)
        aged(self.folder / "src", 100)
        self.assertIsNone(fresh.outdated([library], [self.folder / "src"]))
        source.unlink()
        self.assertIn("src/deep is newer than", fresh.outdated([library], [self.folder / "src"]))

    def test_the_oldest_of_several_libraries_counts_and_one_that_is_missing(self) -> None:
        libraries = [written(self.folder / abi / "lib.so", at) for abi, at in (("arm64", 300), ("x86_64", 100))]
        source = written(self.folder / "a.rs", 200)
        self.assertIn("x86_64", fresh.outdated(libraries, [source]))
        self.assertIn("gone is not there", fresh.outdated([*libraries, self.folder / "gone"], [source]))

    def test_classes_are_as_new_as_the_newest_of_them(self) -> None:
        written(self.folder / "classes/Old.class", 100)
        source = written(self.folder / "a.kt", 200)
        self.assertIsNotNone(fresh.outdated([self.folder / "classes"], [source]))
        written(self.folder / "classes/New.class", 300)
        self.assertIsNone(fresh.outdated([self.folder / "classes"], [source]))

    def test_what_is_other_in_the_package_is_named_papers_aside(self) -> None:
        packed = {"classes.jar": b"a", "jni/arm64-v8a/liblachan.so": b"b", "META-INF/lachan/sbom.cdx.json": b"c"}
        self.assertEqual(fresh.differing(packed, {"classes.jar": b"a", "jni/arm64-v8a/liblachan.so": b"b"}), [])
        tree = {"classes.jar": b"A", "proguard.txt": b""}
        self.assertEqual(fresh.differing(packed, tree), ["classes.jar", "jni/arm64-v8a/liblachan.so", "proguard.txt"])

    def test_whoever_asks_ends_with_what_to_run(self) -> None:
        with self.assertRaisesRegex(SystemExit, "apk: .* run `make aar`\n  a fault"):
            fresh.demand("apk", self.folder, "a fault", None)


if __name__ == "__main__":
    unittest.main(verbosity=1)
