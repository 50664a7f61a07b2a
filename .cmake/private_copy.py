#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Copies a shared library so that it keeps its symbols to itself.

    private_copy.py IN OUT --keep PREFIX

In the copy every defined symbol is hidden whose name does not begin with PREFIX, as if the library had
been linked with -fvisibility=hidden: its own calls reach it whatever else the process has loaded, and
nothing else finds it. The copy is named (SONAME) after its file, which must be as long as before.

Written for little-endian 64-bit ELF. Wants to find what it changes, and fails otherwise.
"""

import argparse
import pathlib
import struct

SHT_DYNSYM, SHT_DYNAMIC = 11, 6
DT_NULL, DT_SONAME = 0, 14
STB_GLOBAL, STB_WEAK, STV_HIDDEN = 1, 2, 2


def sections(data):
    """(type, offset, size, index of the section that holds its names), one per section"""
    table, entry_size, count = (struct.unpack_from(form, data, at)[0]
                                for form, at in (("<Q", 0x28), ("<H", 0x3A), ("<H", 0x3C)))
    for index in range(count):
        _, kind, _, _, offset, size, link = struct.unpack_from("<IIQQQQI", data, table + index * entry_size)
        yield kind, offset, size, link


def text_at(data, offset):
    return bytes(data[offset:data.index(0, offset)])


def hide_symbols(data, table, names, keep):
    """Of a symbol table at (offset, size); returns how many."""
    hidden = 0
    for entry in range(table[0], table[0] + table[1], 24):
        name, info, _, section = struct.unpack_from("<IBBH", data, entry)
        defined = section != 0 and info >> 4 in (STB_GLOBAL, STB_WEAK)
        if defined and not text_at(data, names + name).startswith(keep):
            data[entry + 5] |= STV_HIDDEN
            hidden += 1
    return hidden


def rename(data, dynamic, names, new):
    for entry in range(dynamic[0], dynamic[0] + dynamic[1], 16):
        tag, value = struct.unpack_from("<QQ", data, entry)
        if tag == DT_SONAME:
            old = text_at(data, names + value)
            if len(old) != len(new):
                raise SystemExit(f"the name {new.decode()} is not as long as {old.decode()}")
            data[names + value:names + value + len(new)] = new
            return
    raise SystemExit("no SONAME found")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("target", type=pathlib.Path)
    parser.add_argument("--keep", required=True)
    options = parser.parse_args()
    data = bytearray(options.source.read_bytes())
    if data[:6] != b"\x7fELF\x02\x01":
        raise SystemExit(f"{options.source} is no little-endian 64-bit ELF file")
    found = list(sections(data))
    hidden = 0
    for kind, offset, size, link in found:
        names = found[link][1]
        if kind == SHT_DYNSYM:
            hidden += hide_symbols(data, (offset, size), names, options.keep.encode())
        elif kind == SHT_DYNAMIC:
            rename(data, (offset, size), names, options.target.name.encode())
    if hidden == 0:
        raise SystemExit(f"{options.source} has no symbol to hide")
    options.target.write_bytes(data)
    print(f"{options.target.name}: {hidden} symbols hidden")


if __name__ == "__main__":
    main()
