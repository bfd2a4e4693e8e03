"""Checks the published AARs as an app meets them: by what is in them and by one call through them.

    python3 tests/packaging/check_packages.py android/build/repo

Uses nothing but the packages, the JDK, the dependencies that their POMs name, and liblachan.so of this machine.
"""

import io
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parents[2]
REPOSITORY = ROOT / "android/build/repo"
HOST_LIBRARY = ROOT / "target/debug/liblachan.so"
MAVEN = pathlib.Path.home() / ".m2/repository"
ALLOWED_DEPENDENCIES = {"kotlin-stdlib", "kotlinx-coroutines-core", "jna"}
# Names that code which talks to a network cannot do without.
NETWORK = (b"java/net/Socket", b"java/net/URL", b"java/net/HttpURLConnection", b"java/net/InetAddress", b"javax/net/",
           b"android/net/ConnectivityManager", b"android/webkit", b"okhttp")


def published(name: str, suffix: str) -> pathlib.Path:
    found = sorted((REPOSITORY / "vn/lachan" / name).glob(f"*/*{suffix}"))
    if len(found) != 1:
        raise AssertionError(f"{name}: expected one *{suffix}, found {len(found)}; run `make aar`")
    return found[0]


def aar(name: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(published(name, ".aar"))


def classes(name: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(aar(name).read("classes.jar")))


class Packages(unittest.TestCase):
    modules = ("lachan", "lachan-models", "lachan-testing", "lachan-ui")

    def test_manifests_ask_for_nothing(self) -> None:
        for module in self.modules:
            manifest = xml.fromstring(aar(module).read("AndroidManifest.xml"))
            self.assertEqual([child.tag for child in manifest], ["uses-sdk"], module)
            sdk = manifest[0].attrib["{http://schemas.android.com/apk/res/android}minSdkVersion"]
            self.assertEqual(sdk, "24", module)

    def test_packages_of_manifests_are_distinct(self) -> None:
        names = [xml.fromstring(aar(m).read("AndroidManifest.xml")).attrib["package"] for m in self.modules]
        self.assertEqual(len(set(names)), len(names))

    def test_nothing_talks_to_a_network(self) -> None:
        for module in self.modules:
            jar = classes(module)
            for name in jar.namelist():
                data = jar.read(name)
                for word in NETWORK:
                    self.assertNotIn(word, data, f"{module}: {name}")

    def test_no_class_of_android_or_of_tests_is_packed(self) -> None:
        for module in self.modules:
            for name in classes(module).namelist():
                self.assertTrue(name.startswith(("vn/lachan/", "META-INF/")), f"{module}: {name}")
                self.assertNotRegex(name, r"(^|/)R(\$\w+)?\.class$|Test\.class$|/samples/")

    def test_classes_run_on_java_8_bytecode(self) -> None:
        for module in self.modules:
            jar = classes(module)
            for name in (n for n in jar.namelist() if n.endswith(".class")):
                self.assertLessEqual(int.from_bytes(jar.read(name)[6:8], "big"), 52, name)

    def test_dependencies_are_those_that_are_promised(self) -> None:
        for module in self.modules:
            pom = published(module, ".pom").read_text(encoding="utf-8")
            names = set(re.findall(r"<artifactId>([^<]+)", pom)) - {module, "lachan"}
            self.assertLessEqual(names, ALLOWED_DEPENDENCIES, module)

    def test_consumer_rules_come_with_the_library(self) -> None:
        rules = aar("lachan").read("proguard.txt").decode()
        for kept in ("vn.lachan.internal.Native", "com.sun.jna", "vn.lachan.ffi"):
            self.assertIn(kept, rules)

    def test_screens_come_with_their_resources(self) -> None:
        package = aar("lachan-ui")
        self.assertIn("int string lachan_nobody_told_child ", package.read("R.txt").decode())
        for name in ("res/values/lachan_words.xml", "res/values-en/lachan_words.xml", "res/raw/lachan_lessons.json", "res/layout/lachan_sheet.xml"):
            self.assertIn(name, package.namelist())

    def test_models_are_whole_bundles(self) -> None:
        names = aar("lachan-models").namelist()
        for bundle in ("owen-s", "open-nsfw"):
            self.assertIn(f"assets/lachan/models/{bundle}/bundle.json", names)

    def test_sources_are_published(self) -> None:
        names = zipfile.ZipFile(published("lachan", "-sources.jar")).namelist()
        self.assertIn("vn/lachan/LaChan.kt", names)
        self.assertIn("vn/lachan/ffi/lachan.kt", names)

    def test_native_libraries_pass_the_loader_check(self) -> None:
        libraries = [n for n in aar("lachan").namelist() if n.startswith("jni/")]
        if not libraries:
            self.skipTest("no native library was built: `make aar` builds them, which takes minutes an ABI")
        with tempfile.TemporaryDirectory() as folder:
            for name in libraries:
                path = pathlib.Path(aar("lachan").extract(name, folder))
                check = [sys.executable, str(ROOT / "android/native/check.py"), name.split("/")[1], str(path)]
                result = subprocess.run(check, capture_output=True, text=True)
                self.assertEqual(result.returncode, 0, result.stderr)

    def test_packing_again_gives_the_same_bytes(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            native = ROOT / "android/target/native"
            command = [sys.executable, str(ROOT / "android/tools/package.py"), "--out", folder,
                       "--models", str(ROOT / "models/built")]
            had_native = any(n.startswith("jni/") for n in aar("lachan").namelist())
            subprocess.run(command + (["--native", str(native)] if had_native else []), check=True, capture_output=True)
            again = {p.relative_to(folder): p.read_bytes() for p in pathlib.Path(folder).rglob("*") if p.is_file()}
        first = {p.relative_to(REPOSITORY): p.read_bytes() for p in REPOSITORY.rglob("*") if p.is_file()}
        self.assertEqual(sorted(first), sorted(again))
        for path in first:
            self.assertEqual(first[path], again[path], path)

    def test_one_call_through_each_door(self) -> None:
        pom = published("lachan", ".pom").read_text(encoding="utf-8")
        path = []
        for group, artifact, version in re.findall(
                r"<groupId>([^<]+)</groupId>\s*<artifactId>([^<]+)</artifactId>\s*<version>([^<]+)</version>\s*<type>", pom):
            # On a JVM the artifact of a multiplatform library has this suffix; JNA's plain jar stands for its AAR.
            names = [artifact, f"{artifact}-jvm"]
            path += [str(j) for n in names for j in (MAVEN / group.replace(".", "/") / n / version).glob(f"{n}-{version}.jar")]
        with tempfile.TemporaryDirectory() as folder:
            jar = pathlib.Path(folder) / "classes.jar"
            jar.write_bytes(aar("lachan").read("classes.jar"))
            command = ["java", "-cp", ":".join([str(jar), *path]), f"-Dlachan.library={HOST_LIBRARY}",
                       str(ROOT / "tests/packaging/Smoke.java")]
            result = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"jni \d+\.\d+\.\d+\nuniffi \d+\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        REPOSITORY = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main(verbosity=1)
