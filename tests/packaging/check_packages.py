"""Checks the published AARs as an app meets them: by what is in them and by a small app that uses them.

    python3 tests/packaging/check_packages.py android/build/repo [--everything]

What cannot be checked for want of files is named at the end with the command that provides them; with --everything, as
`make aar` has it, it fails instead. Uses nothing but the packages, the JDK, the dependencies that their POMs name, and liblachan.so of this machine.
"""

import hashlib
import io
import json
import os
import pathlib
import pwd
import re
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "android/native"))
import check  # noqa: E402

REPOSITORY = ROOT / "android/build/repo"
# Whether a check that lacks its files fails.
EVERYTHING = False
ABIS = ("arm64-v8a", "armeabi-v7a", "x86_64")
HOST_LIBRARY = ROOT / "target/debug/liblachan.so"
COMMAND = ROOT / "target/debug/lachan"
R8 = ("com.android.tools", "r8", "9.5.28", "jar")
# What Android 7.0 has, by signature, and what looks each use up.
API_24 = ("com.toasttab.android", "gummy-bears-api-24", "0.5.1", "signature")
SNIFFER = (("org.codehaus.mojo", "animal-sniffer", "1.24", "jar"), ("org.ow2.asm", "asm", "9.7.1", "jar"))
# Uses of what came later, each behind a question for the version (`SDK_INT`).
ASKED_FOR_FIRST = {
    ("vn/lachan/guardian/internal/PagesKt", "EditText.setImportantForAutofill(int)"),
    ("vn/lachan/guardian/internal/Signers$Companion", "PackageInfo.signingInfo"),
    ("vn/lachan/guardian/internal/Signers$Companion", "SigningInfo.getApkContentsSigners()"),
    ("vn/lachan/guardian/internal/Signers$Companion", "SigningInfo.getSigningCertificateHistory()"),
    ("vn/lachan/guardian/internal/Signers$Companion", "SigningInfo.hasMultipleSigners()"),
    ("vn/lachan/internal/AndroidKeyWrapper", "KeyGenParameterSpec.Builder.setIsStrongBoxBacked(boolean)"),
    ("vn/lachan/internal/AndroidKeyWrapper", "StrongBoxUnavailableException"),
    ("vn/lachan/internal/AndroidKeyWrapper", "KeyStoreException"),
    ("vn/lachan/internal/AndroidKeyWrapper", "KeyStoreException.getNumericErrorCode()"),
    ("vn/lachan/internal/AndroidKeyWrapper", "KeyStoreException.isTransientFailure()"),
    ("vn/lachan/ui/LookKt", "ValueAnimator.areAnimatorsEnabled()"),
    ("vn/lachan/ui/PartsKt", "TextView.setAccessibilityHeading(boolean)"),
    ("vn/lachan/ui/PartsKt", "LinearLayout.setScreenReaderFocusable(boolean)"),
    ("vn/lachan/ui/Sheet", "WindowInsets.Type.systemBars()"),
    ("vn/lachan/ui/Sheet", "WindowInsets.Type.ime()"),
    ("vn/lachan/ui/Sheet", "WindowInsets.getInsets(int)"),
    ("vn/lachan/ui/Sheet", "Insets"),
    ("vn/lachan/ui/Sheet", "Insets.top"),
    ("vn/lachan/ui/Sheet", "Insets.bottom"),
}
# Where Maven looks as well: Java takes the home of the user, not that of the environment.
MAVEN = pathlib.Path(pwd.getpwuid(os.getuid()).pw_dir) / ".m2/repository"
ALLOWED_DEPENDENCIES = {"kotlin-stdlib", "kotlinx-coroutines-core", "jna"}
# What an app downloads at most for one ABI, in bytes: the native library and the models that are there by default.
DOWNLOAD_BUDGET = 14_000_000
# QR codes, by ZXing's `core`, and the screens.
ALLOWED_FOR_FAMILIES = {"core", "lachan-ui"}
# Views that show pages of a network; a layout names them without their package.
WEB_VIEW = re.compile(rb"android\.webkit|<WebView")
# JNA's classes that call a function of a library; the last two take any function of any library.
CALLS, CALLS_ANY = re.compile(rb"com/sun/jna/Native\b"), re.compile(rb"com[/.]sun[/.]jna[/.](?:NativeLibrary|Function)\b")


def published(name: str, suffix: str) -> pathlib.Path:
    found = sorted((REPOSITORY / "vn/lachan" / name).glob(f"*/*{suffix}"))
    if len(found) != 1:
        raise AssertionError(f"{name}: expected one *{suffix}, found {len(found)}; run `make aar`")
    return found[0]


def aar(name: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(published(name, ".aar"))


def classes(name: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(aar(name).read("classes.jar")))


def network_of_class(data: bytes) -> list[str]:
    """What in a class could reach a network: classes by their names, and native functions that JNA would be asked for."""
    found = {name.decode() for name in check.FORBIDDEN_CLASS.findall(data)} | {name.decode() for name in CALLS_ANY.findall(data)}
    if CALLS.search(data):
        # A constant of a class is a 1, its length and its text.
        found |= {name for name in check.FORBIDDEN_IMPORT if struct.pack(">BH", 1, len(name)) + name.encode() in data}
    return sorted(found)


class Packages(unittest.TestCase):
    def lacks(self, what: str, *commands: str) -> None:
        """Ends a test that cannot be made here: never as if it had passed."""
        sentence = f"{what}; run: {' && '.join(commands)}"
        if EVERYTHING:
            self.fail(sentence)
        self.skipTest(sentence)

    def lacks_fetched(self, *files: tuple[str, str, str, str]) -> None:
        names = ", ".join(artifact for _, artifact, _, _ in files)
        self.lacks(f"{names} cannot be had here", *(" ".join(getting(*file)) for file in files))

    modules = ("lachan", "lachan-guardian", "lachan-models", "lachan-models-second", "lachan-testing", "lachan-ui")

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
                self.assertEqual(network_of_class(jar.read(name)), [], f"{module}: {name}")
            package = aar(module)
            for name in (name for name in package.namelist() if name.endswith(".xml")):
                self.assertIsNone(WEB_VIEW.search(package.read(name)), f"{module}: {name}")

    def test_nothing_native_of_jna_talks_to_a_network(self) -> None:
        # It calls what Java names to it; that our classes name no such function is asked above.
        version = re.search(r"<artifactId>jna</artifactId>\s*<version>([^<]+)", published("lachan", ".pom").read_text(encoding="utf-8"))[1]
        coordinates = ("net.java.dev.jna", "jna", version, "aar")
        file = fetched(*coordinates)
        if file is None:
            self.lacks_fetched(coordinates)
        package = zipfile.ZipFile(file)
        for abi in ABIS:
            elf = check.Elf(package.read(f"jni/{abi}/libjnidispatch.so"))
            self.assertEqual((check.network(elf), set(elf.needed()) - check.ALLOWED), ([], set()), abi)

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

    def test_classes_use_what_android_7_has(self) -> None:
        files = {coordinates: fetched(*coordinates) for coordinates in (API_24, *SNIFFER)}
        if None in files.values():
            self.lacks_fetched(*(coordinates for coordinates, file in files.items() if file is None))
        signatures, *sniffer = map(str, files.values())
        used = set()
        with tempfile.TemporaryDirectory() as folder:
            for module in self.modules:
                jar = pathlib.Path(folder) / "classes.jar"
                jar.write_bytes(aar(module).read("classes.jar"))
                known = ("vn.lachan.*", "kotlin.*", "kotlinx.*", "com.sun.jna.*", "com.google.zxing.*")
                result = subprocess.run(["java", "-cp", ":".join(sniffer), str(ROOT / "tests/packaging/Api24.java"), signatures, str(jar), *known],
                                        capture_output=True, text=True)
                self.assertIn(result.returncode, (0, 1), result.stderr)
                lines = re.findall(r":(\S+)\.class\S*: Undefined reference: (.+)", result.stdout)
                self.assertEqual(len(lines) > 0, result.returncode == 1, result.stdout + result.stderr)
                # `android.view.WindowInsets.Type.ime()` without its type and its package.
                used |= {(name, re.sub(r"^(?:\S+ )?(?:[a-z]\w*\.)*", "", use)) for name, use in lines}
        self.assertEqual(used, ASKED_FOR_FIRST)

    def test_dependencies_are_those_that_are_promised(self) -> None:
        for module in self.modules:
            pom = published(module, ".pom").read_text(encoding="utf-8")
            names = set(re.findall(r"<artifactId>([^<]+)", pom)) - {module, "lachan", "lachan-models"}
            allowed = ALLOWED_DEPENDENCIES | (ALLOWED_FOR_FAMILIES if module == "lachan-guardian" else set())
            self.assertLessEqual(names, allowed, module)

    def test_consumer_rules_come_with_the_library(self) -> None:
        rules = aar("lachan").read("proguard.txt").decode()
        for kept in ("vn.lachan.internal.Native", "com.sun.jna", "vn.lachan.ffi"):
            self.assertIn(kept, rules)

    def test_licences_travel_with_what_they_are_of(self) -> None:
        package = aar("lachan")
        for name in ("LICENSE-MIT", "LICENSE-APACHE"):
            self.assertEqual(package.read(f"META-INF/lachan/{name}"), (ROOT / name).read_bytes())
        notices = package.read("META-INF/lachan/THIRD-PARTY-NOTICES.txt").decode()
        rows = re.findall(r"^\| ([^:|]+) \| ([^|]*) \|", (ROOT / "docs/third-party.md").read_text(encoding="utf-8"), re.MULTILINE)
        self.assertGreater(len(rows), 100)
        for name, version in rows[1:]:
            shown = f"{name} {version}".strip() if version[:1].isdigit() else name.strip()
            self.assertIn(f"\n{shown} (", notices)

    def test_screens_come_with_their_resources(self) -> None:
        package = aar("lachan-ui")
        self.assertIn("int string lachan_nobody_told_child ", package.read("R.txt").decode())
        for name in ("res/values/lachan_words.xml", "res/values-en/lachan_words.xml", "res/raw/lachan_lessons.json", "res/layout/lachan_sheet.xml"):
            self.assertIn(name, package.namelist())

    def test_models_are_whole_bundles(self) -> None:
        for module, bundles in (("lachan-models", {"owen-s", "text"}), ("lachan-models-second", {"open-nsfw"})):
            package = aar(module)
            names = [n.removeprefix("assets/lachan/models/") for n in package.namelist() if n.startswith("assets/")]
            self.assertEqual({n.split("/")[0] for n in names}, bundles, module)
            for bundle in bundles:
                manifest = json.loads(json.loads(package.read(f"assets/lachan/models/{bundle}/bundle.json"))["signed"])
                for member in manifest["members"].values():
                    data = package.read(f"assets/lachan/models/{bundle}/{member['sha256']}")
                    self.assertEqual(hashlib.sha256(data).hexdigest(), member["sha256"], bundle)

    def test_library_and_models_are_a_small_download(self) -> None:
        libraries = [i for i in aar("lachan").infolist() if i.filename == "jni/arm64-v8a/liblachan.so"]
        if not libraries:
            self.lacks("the package has no native library", "make aar")
        models = [i for i in aar("lachan-models").infolist() if i.filename.startswith("assets/")]
        size = sum(i.compress_size for i in libraries + models)
        self.assertLess(size, DOWNLOAD_BUDGET)

    def test_sources_are_published(self) -> None:
        names = zipfile.ZipFile(published("lachan", "-sources.jar")).namelist()
        self.assertIn("vn/lachan/LaChan.kt", names)
        self.assertIn("vn/lachan/ffi/lachan.kt", names)

    def test_pages_of_the_api_are_published(self) -> None:
        folders = (REPOSITORY / "vn/lachan").glob("*/*")
        if not any(path.name.endswith("-javadoc.jar") for folder in folders for path in folder.iterdir()):
            self.lacks("the packages have no pages of the API", "make aar")
        for module, word in (("lachan", "LaChan"), ("lachan-ui", "ShieldedImageView"), ("lachan-guardian", "Guardian"), ("lachan-testing", "Fake")):
            pages = zipfile.ZipFile(published(module, "-javadoc.jar"))
            text = "".join(pages.read(n).decode() for n in pages.namelist() if n.endswith(".html"))
            self.assertIn("index.html", pages.namelist(), module)
            # Not by assertIn, which would print all of the pages.
            self.assertTrue(word in text, f"{module}: nothing of {word}")
            # What is read, not the targets of links: those name internal constructors as well.
            self.assertFalse("vn.lachan.ffi" in re.sub(r"<[^>]*>", "", text), f"{module}: a generated type in the public API")
            self.assertFalse(str(ROOT) in text, f"{module}: a path of this machine")

    def test_native_libraries_pass_the_loader_check(self) -> None:
        libraries = [n for n in aar("lachan").namelist() if n.startswith("jni/")]
        found = {name.split("/")[1] for name in libraries}
        if found != set(ABIS):
            self.lacks(f"the package has no native library for {', '.join(abi for abi in ABIS if abi not in found)}", "make aar")
        with tempfile.TemporaryDirectory() as folder:
            for name in libraries:
                path = pathlib.Path(aar("lachan").extract(name, folder))
                command = [sys.executable, str(ROOT / "android/native/check.py"), name.split("/")[1], str(path)]
                result = subprocess.run(command, capture_output=True, text=True)
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

    def dependencies(self) -> list[str]:
        """The jars that the POM names."""
        pom = published("lachan", ".pom").read_text(encoding="utf-8")
        path = []
        for group, artifact, version in re.findall(
                r"<groupId>([^<]+)</groupId>\s*<artifactId>([^<]+)</artifactId>\s*<version>([^<]+)</version>\s*<type>", pom):
            # On a JVM the artifact of a multiplatform library has this suffix; JNA's plain jar stands for its AAR.
            names = [artifact, f"{artifact}-jvm"]
            path += [str(j) for n in names for j in (MAVEN / group.replace(".", "/") / n / version).glob(f"{n}-{version}.jar")]
        # What kotlin-stdlib brings along.
        return path + [str(j) for j in sorted(MAVEN.glob("org/jetbrains/annotations/*/annotations-*.jar"))[-1:]]

    def built_app(self, folder: pathlib.Path) -> None:
        """The small app, compiled against the AAR alone; and its pictures."""
        (folder / "classes.jar").write_bytes(aar("lachan").read("classes.jar"))
        path = ":".join([str(folder / "classes.jar"), *self.dependencies(), str(platform())])
        command = ["javac", "-nowarn", "--release", "11", "-cp", path, "-d", str(folder / "app"), str(ROOT / "tests/packaging/Smoke.java")]
        result = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        subprocess.run([str(COMMAND), "marker", "nudity", str(folder / "marker.png")], check=True, capture_output=True)

    def run_app(self, folder: pathlib.Path, path: list[str]) -> None:
        threat = ":không gửi thì anh đăng hết lên cho cả trường biết, chuyển tiền cho anh trong tối nay"
        command = ["java", "-cp", ":".join([*path, str(platform())]), f"-Dlachan.library={HOST_LIBRARY}", "Smoke",
                   str(folder / "private"), str(ROOT / "models/built"), str(folder / "marker.png"), threat, str(folder / "gone")]
        result = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = result.stdout.splitlines()
        # A shrinker may rename the classes; what they say stays.
        answers = {word: [line for line in lines if line.startswith(word + " ")] for word in ("picture", "message", "log")}
        self.assertIn("kind=Nudity", answers["picture"][0], result.stdout)
        self.assertIn("reason=test_marker", answers["picture"][0])
        self.assertIn("kind=Grooming", answers["message"][0], result.stdout)
        self.assertIn("NotChecked(reason=Unreadable)", answers["picture"][1])
        self.assertIn("log models freed", lines)

    def test_an_app_gets_verdicts_from_the_package_alone(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            self.built_app(folder)
            self.run_app(folder, [str(folder / "app"), str(folder / "classes.jar"), *self.dependencies()])

    def test_an_app_that_r8_shrank_in_full_mode_still_gets_them(self) -> None:
        r8 = fetched(*R8)
        if r8 is None:
            self.lacks_fetched(R8)
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            self.built_app(folder)
            # What an app adds to the library's own rules: its entry. Nothing of the SDK is kept by it.
            (folder / "app.pro").write_text("-keep class Smoke { public static void main(java.lang.String[]); }\n")
            (folder / "consumer.pro").write_bytes(aar("lachan").read("proguard.txt"))
            program = [*map(str, (folder / "app").glob("*.class")), str(folder / "classes.jar"), *self.dependencies()]
            command = ["java", "-cp", str(r8), "com.android.tools.r8.R8", "--classfile", "--release", "--lib", java_home(),
                       "--lib", str(platform()), "--pg-conf", str(folder / "app.pro"), "--pg-conf", str(folder / "consumer.pro"),
                       "--output", str(folder / "shrunk.jar"), *program]
            result = subprocess.run(command, capture_output=True, text=True)
            self.assertEqual(result.returncode, 0, result.stderr[-3000:])
            kept = zipfile.ZipFile(folder / "shrunk.jar").namelist()
            self.assertNotIn("vn/lachan/internal/OpenedLaChan.class", kept, "nothing was shrunk")
            self.run_app(folder, [str(folder / "shrunk.jar")])


def platform() -> pathlib.Path:
    """The classes of Android, as the Kotlin was compiled against them."""
    version = re.search(r"<android.all.version>([^<]+)", (ROOT / "android/pom.xml").read_text(encoding="utf-8")).group(1)
    return MAVEN / f"org/robolectric/android-all/{version}/android-all-{version}.jar"


def getting(group: str, artifact: str, version: str, kind: str) -> list[str]:
    return ["mvn", "-B", "-q", "dependency:get", f"-Dartifact={group}:{artifact}:{version}:{kind}", "-Dtransitive=false"]


def fetched(group: str, artifact: str, version: str, kind: str) -> pathlib.Path | None:
    """A file of a Maven repository, from the one on this machine where it is there already."""
    path = MAVEN / group.replace(".", "/") / artifact / version / f"{artifact}-{version}.{kind}"
    if not path.is_file():
        subprocess.run(getting(group, artifact, version, kind), capture_output=True)
    return path if path.is_file() else None


def java_home() -> str:
    said = subprocess.run(["java", "-XshowSettings:properties", "-version"], capture_output=True, text=True).stderr
    return re.search(r"java.home = (\S+)", said).group(1)


def main() -> None:
    global REPOSITORY, EVERYTHING
    if "--everything" in sys.argv:
        sys.argv.remove("--everything")
        EVERYTHING = True
    if len(sys.argv) > 1:
        REPOSITORY = pathlib.Path(sys.argv.pop(1)).resolve()
    result = unittest.main(verbosity=1, exit=False).result
    for test, why in result.skipped:
        print(f"NOT CHECKED: {test.id().split('.')[-1]}: {why}", file=sys.stderr)
    sys.exit(0 if result.wasSuccessful() else 1)


if __name__ == "__main__":
    main()
