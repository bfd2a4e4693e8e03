"""Checks a library that goes to phones: what the loader of an old or a new Android would refuse, and its size.

    python3 android/native/check.py [--release] [--tell-sizes] ABI LIBRARY...

Whoever built it, NDK or not. Exit status 1 where something is wrong, with a line for each fault. With --release the
development key of the source tree must not be in it either. With --tell-sizes a library above its budget is told and
let through: building goes on, and the check of the packages refuses it.
"""

import gzip
import pathlib
import re
import struct
import sys

from stubs import names

MACHINES = {"arm64-v8a": (64, 183), "armeabi-v7a": (32, 40), "x86_64": (64, 62)}
PAGE = 0x4000
ALLOWED = {"libc.so", "libm.so", "libdl.so", "liblog.so"}
# Budgets in bytes, stripped and compressed.
BUDGET = {"arm64-v8a": (14 << 20, 5 << 20), "armeabi-v7a": (14 << 20, 5 << 20), "x86_64": (16 << 20, 6 << 20)}
EXPECTED_EXPORT = ("Java_vn_lachan_internal_Native_checkBitmap", "Java_vn_lachan_internal_Native_version")
FORBIDDEN_EXPORT = "Java_vn_lachan_internal_Native_panic"
# No network: the library asks for no function that opens a socket or looks up a host.
FORBIDDEN_IMPORT = {"socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "recvfrom",
                    "sendmsg", "recvmsg", "sendmmsg", "recvmmsg", "getaddrinfo", "getnameinfo", "gethostbyname",
                    "gethostbyname2", "gethostbyname_r", "gethostbyname2_r", "gethostbyaddr", "gethostbyaddr_r", "res_init",
                    "res_query", "res_search", "android_getaddrinfofornet", "android_res_nquery", "android_res_nsend"}
# `dlopen` and `dlsym` are allowed, and would give any function by its name: so none of the names stands in the library as a
# word by itself, or before the NUL that a name for `dlsym` ends with, whatever a linker put in front of it. What is
# not seen: a name that is put together at run time, and what `syscall` is asked for by a number.
FORBIDDEN_NAME = re.compile(rb"(?<![A-Za-z0-9_])(?:%(names)s)(?![A-Za-z0-9_])|(?<!_)(?:%(names)s)(?=\0)"
                            % {b"names": "|".join(sorted(FORBIDDEN_IMPORT, key=len, reverse=True)).encode()})
# Where such a word is something else: UniFFI's description of a method of ours, and a sentence of tract.
HARMLESS = (b"FamilyGuardian\x06accept\0", b"Trying to connect input ")
# Classes of Java that reach a network or another device, as JNI and bytecode write them or as reflection does. Of
# their packages only addresses of content (`Uri`) and files (`FileChannel`) may be named.
FORBIDDEN_CLASS = re.compile(
    rb"(?:java[/.]net[/.]|javax[/.]net[/.]|java[/.]nio[/.]channels[/.](?!FileChannel\b)|android[/.]net[/.](?!Uri\b)"
    rb"|android[/.]webkit[/.]|android[/.]app[/.]DownloadManager|android[/.]system[/.]Os\b|android[/.]bluetooth[/.]"
    rb"|android[/.]telephony[/.]|org[/.]apache[/.]http[/.]|okhttp)[\w$/.]*")
# rust-core/src/trust/signed.rs: the seed says in words what it is.
DEVELOPMENT_SEED = b"lachan development key: no trust"
# What addresses that may stand in the library begin with: none is ever opened. The first is in a licence notice, the
# second the name of a kind of metadata in pictures, which a compiler may have cut into pieces.
KNOWN_ADDRESSES = (b"http://www.apache.org/licenses/LICENSE-2.0", b"http://ns.adobe.")
# With a host: the core looks for `https://` in messages, and what a linker put behind that is none.
ADDRESS = re.compile(rb"(?:https?|wss?|ftp)://[a-z0-9-]+(?:\.[a-z0-9-]+)+[\x21-\x7e]{0,80}")
# Folders of whoever built it: build.sh takes them out, so that the same bytes come out of any folder.
CHECKOUT = str(pathlib.Path(__file__).resolve().parents[2]).encode()
BUILDERS_PATH = re.compile(rb"(?:/(?:home|root|Users|usr/src)|" + re.escape(CHECKOUT) + rb")/[\x21-\x7e]{1,80}")
PT_LOAD, PT_DYNAMIC, PT_GNU_STACK = 1, 2, 0x6474E551
DT_NEEDED, DT_STRTAB, DT_SYMTAB, DT_TEXTREL, DT_RPATH, DT_FLAGS, DT_RUNPATH, DT_HASH = 1, 5, 6, 22, 15, 30, 29, 4
DF_TEXTREL, STB_WEAK = 4, 2


class Elf:
    """The parts of a shared library that its loader reads."""

    def __init__(self, data: bytes) -> None:
        if data[:4] != b"\x7fELF" or data[5] != 1:
            raise ValueError("no little-endian ELF file")
        self.data, self.bits = data, {1: 32, 2: 64}[data[4]]
        self.machine = struct.unpack_from("<H", data, 18)[0]
        if self.bits == 64:
            start, = struct.unpack_from("<Q", data, 32)
            size, count = struct.unpack_from("<HH", data, 54)
            layout, order = "<IIQQQQQQ", ("type", "flags", "offset", "address", "_", "size", "memory", "align")
        else:
            start, = struct.unpack_from("<I", data, 28)
            size, count = struct.unpack_from("<HH", data, 42)
            layout, order = "<IIIIIIII", ("type", "offset", "address", "_", "size", "memory", "flags", "align")
        self.segments = [dict(zip(order, struct.unpack_from(layout, data, start + i * size))) for i in range(count)]
        self.dynamic = self._dynamic()

    def _dynamic(self) -> list[tuple[int, int]]:
        segment = next(s for s in self.segments if s["type"] == PT_DYNAMIC)
        layout = "<qQ" if self.bits == 64 else "<iI"
        size = struct.calcsize(layout)
        found = []
        for at in range(segment["offset"], segment["offset"] + segment["size"], size):
            tag, value = struct.unpack_from(layout, self.data, at)
            if tag == 0:
                break
            found.append((tag, value))
        return found

    def values(self, tag: int) -> list[int]:
        return [value for t, value in self.dynamic if t == tag]

    def offset(self, address: int) -> int:
        for s in self.segments:
            if s["type"] == PT_LOAD and s["address"] <= address < s["address"] + s["size"]:
                return s["offset"] + address - s["address"]
        raise ValueError("an address outside of the file")

    def string(self, at: int) -> str:
        start = self.offset(self.values(DT_STRTAB)[0]) + at
        return self.data[start:self.data.index(b"\0", start)].decode()

    def needed(self) -> list[str]:
        return [self.string(value) for value in self.values(DT_NEEDED)]

    def symbols(self) -> tuple[set[str], set[str], set[str]]:
        """Names that are asked for, those that may be missing (weak ones), and names that are offered."""
        count = struct.unpack_from("<I", self.data, self.offset(self.values(DT_HASH)[0]) + 4)[0]
        start = self.offset(self.values(DT_SYMTAB)[0])
        wanted, weak, offered = set(), set(), set()
        for i in range(1, count):
            if self.bits == 64:
                name, info, _, section = struct.unpack_from("<IBBH", self.data, start + i * 24)
            else:
                name, _, _, info, _, section = struct.unpack_from("<IIIBBH", self.data, start + i * 16)
            kind = offered if section else weak if info >> 4 == STB_WEAK else wanted
            kind.add(self.string(name))
        return wanted, weak, offered


def network(elf: Elf) -> list[str]:
    """What could reach a network: functions that are asked for, and names by which one could be looked up."""
    wanted, weak, _ = elf.symbols()
    asked = (wanted | weak) & FORBIDDEN_IMPORT
    rest = elf.data
    for words in HARMLESS:
        rest = rest.replace(words, b"\0")
    held = {name.decode() for name in FORBIDDEN_NAME.findall(rest)} - asked
    classes = {name.decode() for name in FORBIDDEN_CLASS.findall(rest)}
    return [f"asks for {symbol}: there is no network code" for symbol in sorted(asked)] \
        + [f"holds the name {name}, by which it could be looked up" for name in sorted(held | classes)]


def faults(abi: str, data: bytes) -> list[str]:
    elf = Elf(data)
    found = []
    if (elf.bits, elf.machine) != MACHINES[abi]:
        found.append(f"is for another machine than {abi}")
    for segment in elf.segments:
        if segment["type"] == PT_LOAD and (segment["align"] % PAGE or segment["align"] == 0):
            found.append(f"a segment is aligned to {segment['align']:#x} and not to 16 KB pages")
        if segment["type"] == PT_GNU_STACK and segment["flags"] & 1:
            found.append("asks for an executable stack")
    found += [f"needs {name}, which is not one of {', '.join(sorted(ALLOWED))}" for name in elf.needed() if name not in ALLOWED]
    if elf.values(DT_TEXTREL) or any(flags & DF_TEXTREL for flags in elf.values(DT_FLAGS)):
        found.append("has text relocations, which Android refuses")
    if elf.values(DT_RPATH) or elf.values(DT_RUNPATH):
        found.append("has a search path of the build machine in it")
    wanted, _, offered = elf.symbols()
    known = {symbol for symbols in names().values() for symbol in symbols}
    found += [f"asks for {symbol}, which Android 7.0 does not have" for symbol in sorted(wanted - known)]
    found += network(elf)
    found += [f"does not offer {symbol}" for symbol in EXPECTED_EXPORT if symbol not in offered]
    addresses = set(ADDRESS.findall(data))
    found += [f"holds the address {a.decode()}" for a in sorted(addresses) if not a.startswith(KNOWN_ADDRESSES)]
    paths = sorted(set(BUILDERS_PATH.findall(data)))
    found += [f"holds the path {path.decode()} and {len(paths) - 1} more of the machine that built it" for path in paths[:1]]
    if FORBIDDEN_EXPORT in offered:
        found.append(f"offers {FORBIDDEN_EXPORT}: a debug build")
    return found


def main() -> int:
    options = {argument for argument in sys.argv[1:] if argument.startswith("--")}
    abi, *paths = [argument for argument in sys.argv[1:] if argument not in options]
    status = 0
    for path in map(pathlib.Path, paths):
        data = path.read_bytes()
        compressed = len(gzip.compress(data, 9, mtime=0))
        problems = faults(abi, data)
        if "--release" in options and DEVELOPMENT_SEED in data:
            problems.append("knows the development key")
        status |= bool(problems)
        for what, size, budget in zip(("bytes", "bytes compressed"), (len(data), compressed), BUDGET[abi]):
            if size > budget:
                problems.append(f"has {size:,} {what}, more than {budget:,}")
        for problem in problems:
            print(f"{path}: {problem}", file=sys.stderr)
        status |= bool(problems) and "--tell-sizes" not in options
        print(f"{path}: {abi}, {len(data):,} bytes, {compressed:,} compressed, {'not to be shipped' if problems else 'sound'}")
    return status


if __name__ == "__main__":
    sys.exit(main())
