"""Copies a 64-bit library without the tables of symbol versions: `without_versions.py FROM TO`. For the test alone."""

import pathlib
import struct
import sys

PT_DYNAMIC = 2
# DT_VERSYM, DT_VERNEED, DT_VERNEEDNUM; a loader passes over tags that it does not know.
VERSIONS = {0x6FFFFFF0, 0x6FFFFFFE, 0x6FFFFFFF}
UNKNOWN = 0x60000000

data = bytearray(pathlib.Path(sys.argv[1]).read_bytes())
start, = struct.unpack_from("<Q", data, 32)
size, count = struct.unpack_from("<HH", data, 54)
for header in range(start, start + size * count, size):
    kind, _, offset, _, _, length = struct.unpack_from("<IIQQQQ", data, header)
    if kind == PT_DYNAMIC:
        for at in range(offset, offset + length, 16):
            tag, = struct.unpack_from("<q", data, at)
            if tag in VERSIONS:
                struct.pack_into("<q", data, at, UNKNOWN + (tag & 0xFF))
pathlib.Path(sys.argv[2]).write_bytes(data)
