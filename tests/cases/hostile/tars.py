"""tars: tar archives that no packer makes, header by header: names that lead out, links, devices, sizes and names that are
stated twice, bombs. Each row: name, what is expected of a reader, the bytes.

Expected: SAME, the listing that GNU tar and Python's tarfile give too, or a part of the text of a refusal."""
import gzip
import hashlib
import io
import tarfile
import zlib

SAME = None
BLOCK = 512
END = bytes(2 * BLOCK)


def octal(value, width):
    if value >= 8 ** (width - 1):
        return b"\x80" + value.to_bytes(width - 1, "big")
    return b"%0*o\0" % (width - 1, value)


def header(name, size=0, kind=b"0", link=b"", mode=0o644, magic=b"ustar\x0000", prefix=b"", check=None, major=0, minor=0):
    """One header block; nothing is checked."""
    h = bytearray(BLOCK)
    h[0:100] = name[:100].ljust(100, b"\0")
    h[100:108], h[108:116], h[116:124] = octal(mode, 8), octal(0, 8), octal(0, 8)
    h[124:136] = size if isinstance(size, bytes) else octal(size, 12)
    h[136:148] = octal(0, 12)
    h[156:157], h[157:257] = kind, link[:100].ljust(100, b"\0")
    h[257:265] = magic
    h[329:337], h[337:345] = octal(major, 8), octal(minor, 8)
    h[345:500] = prefix[:155].ljust(155, b"\0")
    h[148:156] = b" " * 8
    h[148:156] = b"%06o\0 " % (sum(h) if check is None else check)
    return bytes(h)


def padded(data):
    return data + bytes(-len(data) % BLOCK)


def file(name, data=b"x", **more):
    return header(name, len(data), **more) + padded(data)


def pax(records, kind=b"x"):
    """A pax header: records as pairs, or as bytes to take as they are."""
    out = b""
    for record in records:
        if isinstance(record, bytes):
            out += record
            continue
        body = b" %s=%s\n" % record
        size = len(body) + 1
        while len(b"%d" % size) + len(body) != size:
            size = len(b"%d" % size) + len(body)
        out += b"%d" % size + body
    return header(b"PaxHeader/x", len(out), kind) + padded(out)


def long_name(name, kind=b"L"):
    return header(b"././@LongLink", len(name) + 1, kind, magic=b"ustar  \0") + padded(name + b"\0")


def link(name, target, kind=b"2"):
    return header(name, 0, kind, target)


def sparse(name, real, data=b"x" * BLOCK):
    """An old GNU sparse file: `real` bytes, of which the first block is stored."""
    h = bytearray(header(name, len(data), b"S", magic=b"ustar  \0"))
    h[345:500] = bytes(155)
    h[386:398], h[398:410] = octal(0, 12), octal(len(data), 12)
    h[410:422], h[422:434] = octal(real, 12), octal(0, 12)
    h[482], h[483:495] = 0, octal(real, 12)
    h[148:156] = b" " * 8
    h[148:156] = b"%06o\0 " % sum(h)
    return bytes(h) + data


def ordinary():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        info = tarfile.TarInfo("a" * 120 + "/\N{LATIN SMALL LETTER U WITH DIAERESIS}")
        info.size = 3
        tar.addfile(info, io.BytesIO(b"abc"))
    return out.getvalue()


SMUGGLED = file(b"etc/smuggled") + END

LISTED = [
    # 56 names and links
    ("an absolute name", SAME, file(b"/etc/passwd") + END),
    ("a name that goes upwards", SAME, file(b"../../etc/passwd") + END),
    ("a name that goes down and up", SAME, file(b"a/b/../../../x") + END),
    ("a file through a link to outside", SAME, link(b"out", b"/etc") + file(b"out/passwd") + END),
    ("a chain of links", SAME, link(b"a", b"b/..") + link(b"b", b"c/..") + link(b"c", b"..") + file(b"a/x") + END),
    ("a hard link to an absolute name", SAME, link(b"x", b"/etc/shadow", b"1") + END),
    ("a hard link that goes upwards", SAME, link(b"x", b"../../etc/shadow", b"1") + END),
    ("a hard link to what comes later", SAME, link(b"x", b"y", b"1") + file(b"y") + END),
    ("a hard link to itself", SAME, link(b"x", b"x", b"1") + END),
    ("a folder replaced by a link", SAME, header(b"d", 0, b"5") + file(b"d/x") + link(b"d", b"/etc") + file(b"d/y") + END),
    ("an empty name", SAME, file(b"a") + END),
    ("a name of ten thousand letters", SAME, long_name(b"n" * 10000) + file(b"n") + END),
    ("a path of two thousand folders", SAME, long_name(b"d/" * 2000 + b"x") + file(b"d") + END),
    ("a name with a new line and an escape", SAME, file(b"a\n\x1b[2Jb") + END),
    # 57 kinds
    ("a device, a pipe and a block device", SAME, header(b"dev/null", 0, b"3", major=1, minor=3) + header(b"fifo", 0, b"6") +
     header(b"dev/sda", 0, b"4", major=8) + END),
    ("setuid and setgid", SAME, file(b"bin/su", mode=0o6755) + END),
    ("extended attributes and lists of access", SAME, pax([(b"SCHILY.xattr.security.capability", b"\x01\0\0\x02"),
                                                           (b"SCHILY.acl.access", b"user::rwx")]) + file(b"x") + END),
    # 60 stated twice
    ("a size in pax and none in the header", SAME, pax([(b"size", b"3")]) + header(b"x", 0) + padded(b"abc") + END),
    ("a size in pax that hides members", SAME,
     pax([(b"size", b"%d" % (len(SMUGGLED)))]) + header(b"x", 1) + SMUGGLED + END),
    ("a size in pax that shows hidden members", SAME,
     pax([(b"size", b"0")]) + header(b"x", len(SMUGGLED)) + padded(SMUGGLED) + END),
    ("a size in pax of a folder", "a size of what has no contents",
     pax([(b"size", b"%d" % len(SMUGGLED))]) + header(b"d", 0, b"5") + SMUGGLED + END),
    ("a size in pax of a device", "a size of what has no contents",
     pax([(b"size", b"%d" % len(SMUGGLED))]) + header(b"null", 0, b"3", major=1, minor=3) + SMUGGLED + END),
    ("a size of nothing in pax of a folder", SAME, pax([(b"size", b"0")]) + header(b"d", 0, b"5") + file(b"x") + END),
    ("a size in pax that is no number", "not a number", pax([(b"size", b"1e3")]) + file(b"x") + END),
    ("a size in pax below nothing", "not a number", pax([(b"size", b"-512")]) + file(b"x") + END),
    ("two sizes in pax", SAME,
     pax([(b"size", b"1"), (b"size", b"%d" % len(SMUGGLED))]) + header(b"x", 1) + SMUGGLED + END),
    ("two paths in pax", SAME, pax([(b"path", b"one"), (b"path", b"two")]) + file(b"x") + END),
    ("two link targets in pax", SAME,
     pax([(b"linkpath", b"one"), (b"linkpath", b"two")]) + link(b"x", b"three") + END),
    ("a name in pax and a long one", "states its name twice",
     pax([(b"path", b"pax")]) + long_name(b"l" * 120) + file(b"x") + END),
    ("a long name and one in pax", "states its name twice",
     long_name(b"l" * 120) + pax([(b"path", b"pax")]) + file(b"x") + END),
    ("two long names", "two long names", long_name(b"a" * 120) + long_name(b"b" * 120) + file(b"x") + END),
    ("a long target and one in pax", "states its target twice",
     long_name(b"l" * 120, b"K") + pax([(b"linkpath", b"pax")]) + link(b"x", b"three") + END),
    ("pax headers one after the other", "one after the other", pax([(b"path", b"a")]) + pax([(b"path", b"b")]) + file(b"x") + END),
    ("a name for all members", "for all members", pax([(b"path", b"global")], b"g") + file(b"x") + file(b"y") + END),
    ("a size for all members", "for all members", pax([(b"size", b"%d" % len(SMUGGLED))], b"g") + header(b"x", 1) + SMUGGLED + END),
    ("a comment for all members", SAME, pax([(b"comment", b"0123456789abcdef")], b"g") + file(b"x") + END),
    ("a pax record longer than its header", "a damaged pax header", pax([b"99 path=x\n"]) + file(b"x") + END),
    ("a pax record without its length", "a damaged pax header", pax([b"path=x\n"]) + file(b"x") + END),
    ("a pax header without a member", "Damaged tar archive", pax([(b"path", b"x")]) + END),
    ("a path in pax with a NUL", "a damaged pax header", pax([(b"path", b"a\0b")]) + file(b"x") + END),
    # heads
    ("a wrong check sum", "a damaged header", file(b"x") + file(b"y", check=1) + END),
    ("a negative size", "not a number", header(b"x", b"\xff" * 12) + END),
    ("a size of letters", "not a number", header(b"x", b"zzzzzzzzzzz\0") + END),
    ("a folder with a size", SAME, header(b"d", len(SMUGGLED), b"5") + SMUGGLED + END),
    ("a link with a size", "a link with contents", header(b"l", len(SMUGGLED), b"2", b"x") + SMUGGLED + END),
    ("an unknown kind", "a kind that is not known", header(b"q", 1, b"Q") + padded(b"x") + file(b"y") + END),
    ("something behind the end", SAME, file(b"x") + END + file(b"behind") + END),
    ("one block of zeros between members", SAME, file(b"x") + bytes(BLOCK) + file(b"y") + END),
    ("no end", SAME, file(b"x")),
    ("a member cut short", "Truncated input file", header(b"x", 5000) + b"abc"),
    ("the old format", SAME, file(b"old", magic=bytes(8)) + END),
    ("a prefix and a name", SAME, file(b"name", prefix=b"some/folder") + END),
    ("what an ordinary packer writes", SAME, ordinary()),
]

MIB = bytes(1 << 20)


def zeros(name, mebibytes):
    """gzip of a file of zeros, without holding it."""
    z = zlib.compressobj(1, zlib.DEFLATED, 31)
    out = [z.compress(header(name, mebibytes << 20))]
    out += [z.compress(MIB) for _ in range(mebibytes)]
    return b"".join([*out, z.compress(END), z.flush()])


def many(times):
    """gzip of empty members whose names differ a little: it does not grow enough for a bomb, and there is no end of it."""
    blocks = [header(hashlib.sha256(b"%d" % i).hexdigest().encode()) for i in range(2000)]
    z = zlib.compressobj(1, zlib.DEFLATED, 31)
    chunk = b"".join(blocks)
    return b"".join([z.compress(chunk) for _ in range(times // len(blocks) + 1)] + [z.flush()])


def names(times):
    return b"".join(long_name(b"n" * (100 * i)) + file(b"n") for i in range(1, times)) + END


SLOW = ["more members than any image has"]


def bombs(library, zstd):
    """What costs more than it weighs: name, the findings or a part of the refusal, what makes the layer's bytes. library: a name
    that is looked into."""
    grows = "to more than 200 times its size"
    yield "zeros without end, by gzip", grows, lambda: zeros(library, 60)
    yield "gzip in gzip", grows, lambda: gzip.compress(zeros(library, 60), 1)
    if zstd:
        yield "zeros without end, by zstd", grows, lambda: zstd(header(library, 60 << 20) + MIB * 60 + END)
    yield "a sparse library of a tebibyte", grows, lambda: sparse(library, (1 << 39)) + END
    yield "sparse files of more than all that is looked at", "larger than 1099511627776 bytes", lambda: b"".join(
        sparse(b"data%d" % i, 1 << 39) for i in range(3)) + END
    yield "a sparse file that nobody looks into", [], lambda: sparse(b"data", 1 << 39) + END
    yield SLOW[0], "more than what is looked at", lambda: many(1000000)
    yield "names longer and longer", [], lambda: names(300)


__all__ = ["LISTED", "SAME", "SLOW", "bombs"]
