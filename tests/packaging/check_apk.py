"""Checks the demo APK as a phone and a store would: `python3 tests/packaging/check_apk.py android/build/chat.apk`."""

import pathlib
import re
import struct
import subprocess
import sys
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "android/native"))
import check  # noqa: E402

APK = ROOT / "android/build/chat.apk"
PAGE = 16384


def said(*command: object) -> str:
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if result.returncode:
        raise AssertionError(f"{command[0]}: {result.stdout}{result.stderr}")
    return result.stdout


def start_of_data(apk: pathlib.Path, info: zipfile.ZipInfo) -> int:
    with apk.open("rb") as file:
        file.seek(info.header_offset + 26)
        name, extra = struct.unpack("<HH", file.read(4))
    return info.header_offset + 30 + name + extra


class Apk(unittest.TestCase):
    def test_a_phone_can_read_what_it_is(self) -> None:
        badging = said("aapt2", "dump", "badging", APK)
        self.assertIn("package: name='vn.lachan.sample.chat' versionCode='1'", badging)
        self.assertIn("sdkVersion:'24'", badging)
        self.assertIn("targetSdkVersion:'35'", badging)
        self.assertIn("launchable-activity: name='vn.lachan.sample.chat.MainActivity'", badging)
        self.assertIn("native-code: 'arm64-v8a'", badging)
        self.assertIn("application-label-vi:", badging)

    def test_it_asks_for_the_camera_alone_and_so_not_for_the_internet(self) -> None:
        asked = re.findall(r"uses-permission: name='([^']+)'", said("aapt2", "dump", "badging", APK))
        self.assertEqual(asked, ["android.permission.CAMERA"])

    def test_the_family_opens_to_those_who_are_pinned(self) -> None:
        tree = said("aapt2", "dump", "xmltree", "--file", "AndroidManifest.xml", APK)
        doors = [part for part in re.split(r"E: provider", tree)[1:] if "vn.lachan.guardian.FamilyProvider" in part]
        self.assertEqual(len(doors), 1, tree)
        pinned = re.search(r'E: meta-data.*\n.*name\([^)]*\)="vn\.lachan\.guardian\.SIGNERS".*\n.*resource\([^)]*\)=@(0x[0-9a-f]+)', doors[0])
        self.assertIsNotNone(pinned, doors[0])
        resources = said("aapt2", "dump", "resources", APK)
        array = re.search(rf"resource {pinned[1]} array/\S+.*\n((?:\s+\(.*|\s+\[.*\n?)+)", resources)
        self.assertIsNotNone(array, pinned[1])
        self.assertRegex(array[1], r'"[0-9a-f]{64}"')

    def test_it_is_signed_by_scheme_2(self) -> None:
        verified = said("apksigner", "verify", "--verbose", "--min-sdk-version", 24, APK)
        self.assertRegex(verified, r"(?m)^Verifies$")
        self.assertRegex(verified, r"v2 scheme[^:]*: true")

    def test_a_changed_byte_breaks_the_signature(self) -> None:
        data = bytearray(APK.read_bytes())
        info = zipfile.ZipFile(APK).getinfo("lib/arm64-v8a/liblachan.so")
        data[start_of_data(APK, info) + info.file_size // 2] ^= 1
        changed = APK.with_suffix(".changed.apk")
        changed.write_bytes(data)
        try:
            result = subprocess.run(["apksigner", "verify", "--min-sdk-version", "24", str(changed)], capture_output=True)
        finally:
            changed.unlink()
        self.assertNotEqual(result.returncode, 0)

    def test_libraries_can_be_mapped_where_they_lie(self) -> None:
        libraries = [i for i in zipfile.ZipFile(APK).infolist() if i.filename.endswith(".so")]
        self.assertEqual({i.filename for i in libraries}, {"lib/arm64-v8a/liblachan.so", "lib/arm64-v8a/libjnidispatch.so"})
        for info in libraries:
            self.assertEqual(info.compress_type, zipfile.ZIP_STORED, info.filename)
            self.assertEqual(start_of_data(APK, info) % PAGE, 0, info.filename)

    def test_no_library_asks_for_the_network(self) -> None:
        archive = zipfile.ZipFile(APK)
        for name in (n for n in archive.namelist() if n.endswith(".so")):
            elf = check.Elf(archive.read(name))
            self.assertEqual((check.network(elf), set(elf.needed()) - check.ALLOWED), ([], set()), name)

    def test_the_resource_table_lies_on_a_word_and_is_not_compressed(self) -> None:
        info = zipfile.ZipFile(APK).getinfo("resources.arsc")
        self.assertEqual(info.compress_type, zipfile.ZIP_STORED)
        self.assertEqual(start_of_data(APK, info) % 4, 0)

    def test_the_app_the_sdk_and_the_models_are_in_it(self) -> None:
        archive = zipfile.ZipFile(APK)
        dex = b"".join(archive.read(n) for n in archive.namelist() if re.fullmatch(r"classes\d*\.dex", n))
        for name in (b"Lvn/lachan/sample/chat/MainActivity;", b"Lvn/lachan/LaChan;", b"Lvn/lachan/ui/R$string;", b"Lvn/lachan/guardian/FamilyProvider;", b"Lcom/sun/jna/Native;"):
            self.assertIn(name, dex)
        bundles = {n.split("/")[3] for n in archive.namelist() if n.startswith("assets/lachan/models/")}
        self.assertEqual(bundles, {"owen-s", "text"})


if __name__ == "__main__":
    if len(sys.argv) > 1:
        APK = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main(verbosity=1)
