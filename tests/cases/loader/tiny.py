"""tiny: shared libraries of one page, with nothing in them but what a loader reads."""
import struct

TAGS = {"needed": 1, "hash": 4, "strtab": 5, "symtab": 6, "strsz": 10, "syment": 11, "soname": 14, "rpath": 15, "runpath": 29,
        "flags_1": 0x6ffffffb}


def library(soname=None, needed=(), rpath=None, runpath=None, nodeflib=False, interp=None, machine=62):
    """An ELF file for x86-64; with an interpreter it is a program."""
    strings, dynamic = b"\0", []

    def text(value):
        nonlocal strings
        at = len(strings)
        strings += value.encode() + b"\0"
        return at
    for name in needed:
        dynamic.append((TAGS["needed"], text(name)))
    for tag, value in (("soname", soname), ("rpath", rpath), ("runpath", runpath)):
        if value is not None:
            dynamic.append((TAGS[tag], text(value)))
    if nodeflib:
        dynamic.append((TAGS["flags_1"], 0x800))
    n_headers, headers = 3 if interp else 2, 64
    at = headers + 56 * n_headers
    symbols, at = at, at + 24
    table, at = at, at + 16
    names, at = at, at + len(strings) + -len(strings) % 8
    where_interp, at = at, at + (len(interp) + 1 + 7 & ~7 if interp else 0)
    dynamic += [(TAGS["hash"], table), (TAGS["strtab"], names), (TAGS["symtab"], symbols), (TAGS["strsz"], len(strings)),
                (TAGS["syment"], 24), (0, 0)]
    size = at + 16 * len(dynamic)
    head = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 3, machine, 1, 0, headers, 0, 0, 64, 56, n_headers, 64, 0, 0)
    head += struct.pack("<IIQQQQQQ", 1, 6, 0, 0, 0, size, size, 4096)
    if interp:
        head += struct.pack("<IIQQQQQQ", 3, 4, where_interp, where_interp, where_interp, len(interp) + 1, len(interp) + 1, 1)
    head += struct.pack("<IIQQQQQQ", 2, 6, at, at, at, size - at, size - at, 8)
    body = bytes(24) + struct.pack("<IIII", 1, 1, 0, 0) + strings + bytes(-len(strings) % 8)
    if interp:
        body += interp.encode() + bytes(-len(interp) % 8 or 8)
    return head + body + b"".join(struct.pack("<QQ", *pair) for pair in dynamic)
