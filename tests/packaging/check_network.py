"""What talks to a network is told: libraries and classes that are crafted here, each with one way out.

    python3 tests/packaging/check_network.py
"""

import pathlib
import struct
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "android/native"))
import check  # noqa: E402
import check_packages  # noqa: E402

GLOBAL, WEAK = 1, 2


def library(imports: dict[str, int], rest: bytes = b"") -> bytes:
    """As much of a library for arm64 as a loader reads: one segment with the names that it asks for, and `rest`."""
    strings, symbols = b"\0", bytes(24)
    for name, binding in imports.items():
        symbols += struct.pack("<IBBHQQ", len(strings), binding << 4 | 2, 0, 0, 0, 0)
        strings += name.encode() + b"\0"
    head = 64 + 2 * 56
    table = struct.pack("<4I", 1, 1 + len(imports), 0, 0)
    at = {check.DT_HASH: head, check.DT_SYMTAB: head + 16, check.DT_STRTAB: head + 16 + len(symbols)}
    dynamic = b"".join(struct.pack("<qQ", tag, value) for tag, value in at.items()) + bytes(16)
    start = at[check.DT_STRTAB] + len(strings)
    size = start + len(dynamic) + len(rest)
    elf = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + struct.pack("<HHIQQQIHHHHHH", 3, 183, 1, 0, 64, 0, 0, 64, 56, 2, 0, 0, 0)
    elf += struct.pack("<IIQQQQQQ", check.PT_LOAD, 5, 0, 0, 0, size, size, check.PAGE)
    elf += struct.pack("<IIQQQQQQ", check.PT_DYNAMIC, 6, start, start, start, len(dynamic), len(dynamic), 8)
    return elf + table + symbols + strings + dynamic + rest


def native(imports: dict[str, int], rest: bytes = b"") -> list[str]:
    return check.network(check.Elf(library(imports, rest)))


def compiled(*constants: str) -> bytes:
    """A class whose pool of constants holds these."""
    pool = b"".join(struct.pack(">BH", 1, len(text)) + text.encode() for text in constants)
    return b"\xca\xfe\xba\xbe" + struct.pack(">HHH", 0, 52, 1 + len(constants)) + pool + bytes(16)


class Libraries(unittest.TestCase):
    def test_what_asks_for_nothing_of_the_kind_passes(self) -> None:
        self.assertEqual(native({"read": GLOBAL, "dlsym": GLOBAL, "getrandom": WEAK}, b"a websocket. \0reconnecting\0_accept\0"), [])

    def test_an_import_is_told_and_a_weak_one_as_well(self) -> None:
        for binding in (GLOBAL, WEAK):
            told = "asks for socket: there is no network code"
            self.assertEqual(native({"read": GLOBAL, "socket": binding}), [told])
            self.assertIn(told, check.faults("arm64-v8a", library({"socket": binding})))

    def test_a_name_for_dlsym_is_told(self) -> None:
        # By itself, first in a row of names, and behind a text that ends with a letter.
        for rest in (b"\0getaddrinfo\0", b"getaddrinfo,", b"no more roomgetaddrinfo\0"):
            self.assertEqual(native({"dlsym": GLOBAL}, rest), ["holds the name getaddrinfo, by which it could be looked up"], rest)

    def test_only_the_known_sentences_are_harmless(self) -> None:
        self.assertEqual(native({}, b"".join(check.HARMLESS)), [])
        self.assertEqual(len(native({}, b"Trying to connect somewhere")), 1)
        self.assertEqual(len(native({}, b"Trying to connect input \0connect\0")), 1)

    def test_a_class_for_jni_is_told(self) -> None:
        for name in ("java/net/Socket", "android/net/LocalSocket", "java.net.URL", "java/nio/channels/SocketChannel"):
            self.assertEqual(native({}, b"(L" + name.encode() + b";)V\0"), [f"holds the name {name}, by which it could be looked up"])


class Classes(unittest.TestCase):
    def test_every_way_to_a_network_is_told(self) -> None:
        for name in ("java/net/Socket", "java/net/DatagramSocket", "java/net/ServerSocket", "java/net/URI", "javax/net/ssl/SSLSocketFactory",
                     "java/nio/channels/SocketChannel", "java/nio/channels/AsynchronousSocketChannel", "java/net/http/WebSocket",
                     "java/nio/channels/FileChannels", "android/net/LocalSocket", "android/net/Network", "android/net/UriMatcher",
                     "android/net/http/HttpEngine", "android/app/DownloadManager$Request", "android/webkit/WebView",
                     "android/system/Os", "android/bluetooth/BluetoothSocket", "android/telephony/SmsManager",
                     "org/apache/http/client/HttpClient", "okhttp3/WebSocket"):
            for written in (name, f"L{name};", name.replace("/", ".")):
                self.assertNotEqual(check_packages.network_of_class(compiled("Code", written)), [], written)

    def test_addresses_and_files_are_none(self) -> None:
        for name in ("android/net/Uri", "Landroid/net/Uri$Builder;", "android.net.Uri", "java/nio/channels/FileChannel", "java/nio/ByteBuffer",
                     "android/system/OsConstants", "accept"):
            self.assertEqual(check_packages.network_of_class(compiled(name)), [], name)

    def test_jna_is_asked_for_no_function_of_the_network(self) -> None:
        caller = "com/sun/jna/Native"
        self.assertEqual(check_packages.network_of_class(compiled(caller, "connection", "ffi_lachan_accept")), [])
        self.assertEqual(check_packages.network_of_class(compiled(caller, "connect")), ["connect"])
        self.assertEqual(check_packages.network_of_class(compiled("com/sun/jna/NativeLibrary")), ["com/sun/jna/NativeLibrary"])

    def test_a_layout_that_shows_pages_is_told(self) -> None:
        for layout in (b"<WebView android:id='@+id/a'/>", b"<view class='android.webkit.WebView'/>"):
            self.assertIsNotNone(check_packages.WEB_VIEW.search(layout))


if __name__ == "__main__":
    unittest.main(verbosity=1)
