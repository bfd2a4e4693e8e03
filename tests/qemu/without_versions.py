"""Copies a library without the tables of symbol versions: `without_versions.py FROM TO`. For the test alone."""

import pathlib
import struct
import sys

PT_DYNAMIC = 2
# DT_VERSYM, DT_VERNEED, DT_VERNEEDNUM; a loader passes over tags that it does not know.
VERSIONS = {0x6FFFFFF0, 0x6FFFFFFE, 0x6FFFFFFF}
UNKNOWN = 0x60000000

data = bytearray(pathlib.Path(sys.argv[1]).read_bytes())
wide = data[4] == 2
start, = struct.unpack_from("<Q" if wide else "<I", data, 32 if wide else 28)
size, count = struct.unpack_from("<HH", data, 54 if wide else 42)
# Offset and length of a segment in its header; size of an entry of the dynamic table, and its tag.
place, entry, tag_of = ("<8xQ16xQ", 16, "<q") if wide else ("<4xI8xI", 8, "<i")
for header in range(start, start + size * count, size):
    if struct.unpack_from("<I", data, header)[0] == PT_DYNAMIC:
        offset, length = struct.unpack_from(place, data, header)
        for at in range(offset, offset + length, entry):
            tag, = struct.unpack_from(tag_of, data, at)
            if tag in VERSIONS:
                struct.pack_into(tag_of, data, at, UNKNOWN + (tag & 0xFF))
pathlib.Path(sys.argv[2]).write_bytes(data)
