"""Packs what Maven and cargo built into AARs in a local Maven repository, with sources, POMs and, where Maven ran with
`-Pdocs`, the pages of the API.

The same input gives the same bytes: entries are sorted and carry one date.

    python3 android/tools/package.py --out android/build/repo [--native android/target/native] [--models models/built]
"""

import argparse
import dataclasses
import hashlib
import io
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

ANDROID = pathlib.Path(__file__).resolve().parent.parent
ROOT = ANDROID.parent
DATE = (2026, 1, 1, 0, 0, 0)
ABIS = {"arm64-v8a", "armeabi-v7a", "x86_64"}
# Which bundles go into which package: see docs/decisions/0014-ten-bits-a-weight.md.
BUNDLES = {"lachan-models": ("owen-s", "text"), "lachan-models-second": ("open-nsfw",)}
# The licence that must travel with each bundle. Those of the pictures come with the fetched weights.
LICENCES = {name: ROOT / ".cache/models" / f"{name}.LICENCE.txt" for name in ("owen-s", "open-nsfw")}
LICENCES["text"] = ROOT / "models/text/NOTICE"


def version_of(name: str) -> str:
    """A version from the reactor's POM, so that it stands in one place."""
    pom = (ANDROID / "pom.xml").read_text(encoding="utf-8")
    if name == "lachan":
        return re.search(r"<artifactId>parent</artifactId>\s*<version>([^<]+)", pom).group(1)
    return re.search(rf"<{re.escape(name)}.version>([^<]+)", pom).group(1)


@dataclasses.dataclass(frozen=True)
class Dependency:
    group: str
    artifact: str
    version: str
    kind: str = "jar"


def own(artifact: str) -> Dependency:
    return Dependency("vn.lachan", artifact, version_of("lachan"), "aar")


@dataclasses.dataclass(frozen=True)
class Module:
    name: str
    description: str
    classes: tuple[str, ...]
    sources: tuple[str, ...]
    dependencies: tuple[Dependency, ...]

    @property
    def aar(self) -> pathlib.Path:
        return ANDROID / self.name / "src/main/aar"


def modules() -> list[Module]:
    kotlin = Dependency("org.jetbrains.kotlin", "kotlin-stdlib", version_of("kotlin.stdlib"))
    coroutines = Dependency("org.jetbrains.kotlinx", "kotlinx-coroutines-core", version_of("coroutines"))
    zxing = Dependency("com.google.zxing", "core", version_of("zxing"))
    jna = Dependency("net.java.dev.jna", "jna", version_of("jna"), "aar")
    found = [
        Module("lachan", "On-device protection for children: the Kotlin API and its native library.",
               ("lachan/target/classes", "lachan-ffi/target/classes"),
               ("lachan/src/main/kotlin", "target/generated/ffi"), (kotlin, coroutines, jna)),
        Module("lachan-models", "The first picture model and that of conversations, as assets.", (), (), ()),
        Module("lachan-models-second", "The second picture model, as an asset: fewer pictures missed and fewer false warnings, for more to download.",
               (), (), (own("lachan-models"),)),
        Module("lachan-ui", "Warnings, blurred pictures, tips, help and lessons, of framework views alone.",
               ("lachan-ui/target/classes",), ("lachan-ui/src/main/kotlin", "lachan-ui/target/generated/kotlin"), (own("lachan"), kotlin)),
        Module("lachan-guardian", "Families: pairing, consent, policies, and the bridge between apps.",
               ("lachan-guardian/target/classes",), ("lachan-guardian/src/main/kotlin", "lachan-guardian/target/generated/kotlin"),
               (own("lachan"), own("lachan-ui"), kotlin, coroutines, zxing)),
        Module("lachan-testing", "Fakes, scripted verdicts and the test marker for the tests of an app.",
               ("lachan-testing/target/classes",), ("lachan-testing/src/main/kotlin",), (own("lachan"), kotlin, coroutines)),
    ]
    return found


def zipped(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(entries):
            info = zipfile.ZipInfo(name, DATE)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, entries[name], compresslevel=9)
    return out.getvalue()


def tree(folder: pathlib.Path, suffix: str | tuple[str, ...] = "") -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name.endswith(suffix))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def is_resource_class(name: str) -> bool:
    """R is made by the app that links the resources: its numbers are others in each."""
    return re.search(r"(^|/)R(\$\w+)?\.class$", name) is not None


def classes_jar(module: Module) -> bytes:
    entries: dict[str, bytes] = {}
    for folder in module.classes:
        found = {name: data for name, data in tree(ANDROID / folder).items() if not is_resource_class(name)}
        if not any(name.endswith(".class") for name in found):
            raise SystemExit(f"package: no classes in android/{folder}: run the Maven build first")
        entries |= found
    return zipped(entries)


def contents(module: Module, native: pathlib.Path | None, models: pathlib.Path | None) -> dict[str, bytes]:
    """What goes into an AAR, its papers aside."""
    manifest = module.aar / "AndroidManifest.xml"
    entries = {"AndroidManifest.xml": manifest.read_bytes(), "classes.jar": classes_jar(module), "R.txt": b""}
    symbols = ANDROID / module.name / "target/R.txt"
    if symbols.is_file():
        entries["R.txt"] = symbols.read_bytes()
        for folder in ("src/main/res", "target/generated/res"):
            entries |= {f"res/{name}": data for name, data in tree(ANDROID / module.name / folder, (".xml", ".json")).items()}
    rules = module.aar / "proguard.txt"
    if rules.is_file():
        entries["proguard.txt"] = rules.read_bytes()
    metadata = ANDROID / "lachan/src/main/aar/aar-metadata.properties"
    entries["META-INF/com/android/build/gradle/aar-metadata.properties"] = metadata.read_bytes()
    if module.name == "lachan" and native is not None:
        libraries = {name: data for name, data in tree(native, ".so").items() if name.split("/")[0] in ABIS}
        missing = ABIS - {name.split("/")[0] for name in libraries}
        if missing:
            print(f"package: no native library for {', '.join(sorted(missing))}", file=sys.stderr)
        entries |= {f"jni/{name}": data for name, data in libraries.items()}
    for bundle in BUNDLES.get(module.name, ()) if models is not None else ():
        members = tree(models / bundle)
        if not members:
            raise SystemExit(f"package: no bundle in {models / bundle}: run `make models`")
        entries |= {f"assets/lachan/models/{bundle}/{name}": data for name, data in members.items()}
        if not LICENCES[bundle].is_file():
            raise SystemExit(f"package: no licence of {bundle}: run `make models`")
        entries[f"META-INF/{module.name}/{bundle}.LICENCE.txt"] = LICENCES[bundle].read_bytes()
    return entries


def aar(module: Module, native: pathlib.Path | None, models: pathlib.Path | None) -> bytes:
    return zipped(contents(module, native, models) | (papers() if module.name == "lachan" else {}))


def papers() -> dict[str, bytes]:
    """This project's licences, those that must travel with the library, and its bill of materials."""
    made = {f"META-INF/lachan/{name}": (ROOT / name).read_bytes() for name in ("LICENSE-MIT", "LICENSE-APACHE")}
    with tempfile.TemporaryDirectory() as folder:
        for command, name in (("notices", "THIRD-PARTY-NOTICES.txt"), ("sbom", "sbom.cdx.json")):
            path = pathlib.Path(folder) / name
            subprocess.run([sys.executable, ROOT / "scripts/shipped.py", command, path], check=True)
            made[f"META-INF/lachan/{name}"] = path.read_bytes()
    return made


def pom(module: Module) -> bytes:
    dependencies = "".join(
        f"""
    <dependency>
      <groupId>{d.group}</groupId>
      <artifactId>{d.artifact}</artifactId>
      <version>{d.version}</version>
      <type>{d.kind}</type>
      <scope>compile</scope>
    </dependency>""" for d in module.dependencies)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>vn.lachan</groupId>
  <artifactId>{module.name}</artifactId>
  <version>{version_of("lachan")}</version>
  <packaging>aar</packaging>
  <name>{module.name}</name>
  <description>{module.description}</description>
  <licenses>
    <license><name>MIT OR Apache-2.0</name></license>
  </licenses>
  <dependencies>{dependencies}
  </dependencies>
</project>
""".encode()


def publish(out: pathlib.Path, module: Module, files: dict[str, bytes]) -> None:
    version = version_of("lachan")
    folder = out / "vn/lachan" / module.name / version
    folder.mkdir(parents=True, exist_ok=True)
    for suffix, data in files.items():
        path = folder / f"{module.name}-{version}{suffix}"
        path.write_bytes(data)
        path.with_name(path.name + ".sha256").write_text(hashlib.sha256(data).hexdigest())
        print(f"{path.relative_to(out)}  {len(data):,} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, default=ANDROID / "build/repo")
    parser.add_argument("--native", type=pathlib.Path, help="a folder with a folder an ABI")
    parser.add_argument("--models", type=pathlib.Path, help="the bundles that go into lachan-models")
    arguments = parser.parse_args()
    for module in modules():
        files = {".pom": pom(module), ".aar": aar(module, arguments.native, arguments.models)}
        if module.sources:
            sources: dict[str, bytes] = {}
            for folder in module.sources:
                sources |= tree(ANDROID / folder, ".kt")
            files["-sources.jar"] = zipped(sources)
            pages = tree(ANDROID / module.name / "target/dokka")
            if pages:
                files["-javadoc.jar"] = zipped(pages)
        publish(arguments.out, module, files)


if __name__ == "__main__":
    main()
