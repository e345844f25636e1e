# SPDX-License-Identifier: Apache-2.0
"""Finds rows in the live tree of an LMDB file, to damage them: the format of LMDB 0.9 on a 64-bit
little-endian machine, read only as far as that needs.
"""

import collections
import pathlib
import struct

PAGE = 4096
HEADER = 16
BRANCH, LEAF, META = 0x01, 0x02, 0x08
BIG = 0x01  # a node whose data stands on pages of its own
MAGIC = 0xBEEFC0DE

Row = collections.namedtuple("Row", "key offset size")


class Pages:
    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.bytes = bytearray(self.path.read_bytes())

    def number(self, form, at):
        return struct.unpack_from("<" + form, self.bytes, at)[0]

    def root(self):
        """The main tree of the newest of the two meta pages."""
        metas = []
        for page in (0, 1):
            at = page * PAGE
            assert self.number("H", at + 10) & META, "not an LMDB file"
            assert self.number("I", at + HEADER) == MAGIC
            databases = at + HEADER + 24
            metas.append((self.number("Q", databases + 104), self.number("Q", databases + 88)))
        return max(metas)[1]

    def nodes(self, page):
        at = page * PAGE
        for slot in range(HEADER, self.number("H", at + 12), 2):
            yield at + self.number("H", at + slot)

    def rows(self, prefix=b""):
        yield from self.below(self.root(), prefix)

    def below(self, page, prefix):
        kind = self.number("H", page * PAGE + 10)
        for node in self.nodes(page):
            low, high, flags, key_size = struct.unpack_from("<HHHH", self.bytes, node)
            if kind & BRANCH:
                yield from self.below(low | high << 16 | flags << 32, prefix)
                continue
            assert kind & LEAF, f"page {page} is of kind {kind}"
            key = bytes(self.bytes[node + 8 : node + 8 + key_size])
            data = node + 8 + key_size
            if flags & BIG:
                data = self.number("Q", data) * PAGE + HEADER
            if key.startswith(prefix):
                yield Row(key, data, low | high << 16)

    def flip(self, offset):
        self.bytes[offset] ^= 0x10

    def write(self):
        self.path.write_bytes(self.bytes)
