"""Makes a signed demo APK of sample-app/chat from the published AARs, as an app's build would: resources linked, classes
made into dex, the native libraries and the models put in, all aligned and signed with a debug key that is made here.

    python3 android/tools/apk.py --repo android/build/repo --out android/build/chat.apk

Run after `make aar`: AARs that were packed from another tree are refused. Takes D8 from Google's Maven repository, apksigner and aapt2 from Debian. The key is nobody's: an APK
that goes to anybody is signed by its publisher.
"""

import argparse
import os
import pathlib
import pwd
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile

import fresh
import package

CHAT = package.ROOT / "sample-app/chat"
FRAMEWORK = "/usr/share/android-framework-res/framework-res.apk"
# Where Maven looks as well: Java takes the home of the user, not that of the environment.
MAVEN = pathlib.Path(pwd.getpwuid(os.getuid()).pw_dir) / ".m2/repository"
R8 = "9.5.28"
ABI = "arm64-v8a"
# The AARs that bring resources.
SCREENS = ("lachan-ui", "lachan-guardian")
# Libraries are mapped from the APK: they lie uncompressed on the boundary of a page, which may have 16 KB.
PAGE, WORD = 16384, 4
# The extra field by which apksigner knows what a file must be aligned to, and keeps it so.
ALIGNMENT_FIELD = 0xD935
KEY = ("-storepass", "android", "-alias", "debug")


def run(*command: object) -> None:
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if result.returncode:
        raise SystemExit(f"apk: {command[0]} failed\n{result.stdout[-2000:]}{result.stderr[-3000:]}")


def maven(group: str, artifact: str, version: str, kind: str = "jar") -> pathlib.Path:
    """A file of Maven's repository on this machine, fetched where it is not there yet."""
    path = MAVEN / group.replace(".", "/") / artifact / version / f"{artifact}-{version}.{kind}"
    if not path.is_file():
        run("mvn", "-B", "-q", "dependency:get", f"-Dartifact={group}:{artifact}:{version}:{kind}", "-Dtransitive=false")
    return path


def published(repo: pathlib.Path, name: str) -> zipfile.ZipFile:
    version = package.version_of("lachan")
    path = repo / "vn/lachan" / name / version / f"{name}-{version}.aar"
    if not path.is_file():
        raise SystemExit(f"apk: no {path}: run `make aar` first")
    return zipfile.ZipFile(path)


def resources(repo: pathlib.Path, work: pathlib.Path) -> pathlib.Path:
    """Links the app's resources with those of the AAR; writes R into work/r."""
    compiled = []
    for name in SCREENS:
        screens = published(repo, name)
        screens.extractall(work / name, [entry for entry in screens.namelist() if entry.startswith("res/")])
        compiled.append(work / f"{name}.zip")
        run("aapt2", "compile", "--dir", work / name / "res", "-o", compiled[-1])
    linked = work / "resources.apk"
    run("aapt2", "link", "--auto-add-overlay", "--non-final-ids", "-I", FRAMEWORK, "--min-sdk-version", 24,
        "--target-sdk-version", 35, "--version-code", 1, "--version-name", package.version_of("lachan"),
        "--manifest", CHAT / "src/main/AndroidManifest.xml", "--extra-packages", "vn.lachan.ui:vn.lachan.guardian", "--java", work / "r",
        "-o", linked, *compiled, CHAT / "target/res.zip", CHAT / "target/words.zip")
    return linked


def dex(repo: pathlib.Path, work: pathlib.Path) -> list[pathlib.Path]:
    """All classes of the app, R of this very link among them."""
    program = []
    for name in ("lachan", *SCREENS):
        program.append(work / f"{name}.jar")
        program[-1].write_bytes(published(repo, name).read("classes.jar"))
    sources = sorted((work / "r").rglob("*.java"))
    run("javac", "-nowarn", "-Xlint:-options", "--release", 8, "-d", work / "compiled", *sources)
    ours = {n: d for n, d in package.tree(CHAT / "target/classes", ".class").items() if not package.is_resource_class(n)}
    program.append(work / "chat.jar")
    program[-1].write_bytes(package.zipped(ours | package.tree(work / "compiled", ".class")))
    jna = zipfile.ZipFile(maven("net.java.dev.jna", "jna", package.version_of("jna"), "aar"))
    program.append(work / "jna.jar")
    program[-1].write_bytes(jna.read("classes.jar"))
    program.append(maven("com.google.zxing", "core", package.version_of("zxing")))
    program.append(maven("org.jetbrains.kotlin", "kotlin-stdlib", package.version_of("kotlin.stdlib")))
    program.append(maven("org.jetbrains.kotlinx", "kotlinx-coroutines-core-jvm", package.version_of("coroutines")))
    platform = maven("org.robolectric", "android-all", package.version_of("android.all"))
    (work / "dex").mkdir()
    run("java", "-cp", maven("com.android.tools", "r8", R8), "com.android.tools.r8.D8", "--release", "--min-api", 24,
        "--lib", platform, "--output", work / "dex", *program)
    return sorted((work / "dex").glob("*.dex"))


def contents(repo: pathlib.Path, work: pathlib.Path) -> dict[str, bytes]:
    with zipfile.ZipFile(resources(repo, work)) as linked:
        entries = {name: linked.read(name) for name in linked.namelist()}
    entries |= {path.name: path.read_bytes() for path in dex(repo, work)}
    core = published(repo, "lachan")
    library = f"jni/{ABI}/liblachan.so"
    if library not in core.namelist():
        raise SystemExit(f"apk: the AAR has no {library}: run `make aar`, which builds it")
    entries[f"lib/{ABI}/liblachan.so"] = core.read(library)
    jna = zipfile.ZipFile(maven("net.java.dev.jna", "jna", package.version_of("jna"), "aar"))
    entries[f"lib/{ABI}/libjnidispatch.so"] = jna.read(f"jni/{ABI}/libjnidispatch.so")
    models = published(repo, "lachan-models")
    entries |= {name: models.read(name) for name in models.namelist() if name.startswith("assets/")}
    return entries


def aligned(entries: dict[str, bytes], out: pathlib.Path) -> None:
    """The archive, with each uncompressed file on its boundary."""
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(entries):
            info = zipfile.ZipInfo(name, package.DATE)
            stored = name.endswith(".so") or name == "resources.arsc"
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            if stored:
                boundary = PAGE if name.endswith(".so") else WORD
                # A local header has 30 bytes, then the name and the extra field: its own 4 bytes, the boundary, padding.
                start = archive.fp.tell() + 30 + len(name.encode()) + 6
                padding = -start % boundary
                info.extra = struct.pack("<HHH", ALIGNMENT_FIELD, 2 + padding, boundary) + bytes(padding)
            archive.writestr(info, entries[name])


def sign(unsigned: pathlib.Path, key: pathlib.Path, out: pathlib.Path) -> None:
    if not key.is_file():
        run("keytool", "-genkeypair", "-keystore", key, "-storetype", "PKCS12", *KEY, "-keyalg", "EC", "-groupname", "secp256r1",
            "-validity", 10000, "-dname", "CN=Debug key of nobody")
    run("apksigner", "sign", "--ks", key, "--ks-pass", "pass:android", "--ks-key-alias", "debug", "--min-sdk-version", 24,
        "--v1-signing-enabled", "false", "--v2-signing-enabled", "true", "--out", out, unsigned)


def tools() -> None:
    missing = [name for name in ("apksigner", "aapt2") if shutil.which(name) is None]
    if missing:
        packages = ["aapt" if name == "aapt2" else name for name in missing]
        print(f"apk: installing {' '.join(packages)} with apt-get", file=sys.stderr)
        sudo = [] if os.getuid() == 0 else ["sudo"]
        run(*sudo, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repo", type=pathlib.Path, default=package.ANDROID / "build/repo")
    parser.add_argument("--out", type=pathlib.Path, default=package.ANDROID / "build/chat.apk")
    arguments = parser.parse_args()
    fresh.demand("apk", arguments.repo, fresh.classes("sample-app/chat/target/classes", "sample-app/chat/src/main"))
    tools()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        aligned(contents(arguments.repo, work), work / "unsigned.apk")
        sign(work / "unsigned.apk", package.ANDROID / "target/debug-key.p12", arguments.out)
    print(f"{arguments.out}  {arguments.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
