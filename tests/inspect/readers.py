"""readers: what readelf, nm and cuobjdump say of an ELF file, and what tests/inspect/show says; the differences."""
import collections
import os
import re
import subprocess

BUILD = os.environ.get("BUILD", "build")
SHOW = f"{BUILD}/tests/inspect/show"


def out(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
                          env={**os.environ, "LC_ALL": "C"}).stdout.decode(errors="surrogateescape")


def is_elf(path):
    with open(path, "rb") as f:
        return f.read(4) == b"\x7fELF"


class Cuobjdump:
    """One release of the tool. It reads device code of its own CUDA and of older ones; 13 ends where it meets an architecture
    older than sm_75. Releases up to 12.8 leave out the suffix ("sm_90" of sm_90a)."""

    def __init__(self, path):
        self.path = path
        m = re.search(r"release (\d+)\.(\d+)", out(path, "--version"))
        self.version = (int(m[1]), int(m[2])) if m else (0, 0)

    def __str__(self):
        return "%d.%d" % self.version

    def shows_suffix(self):
        return self.version >= (12, 9)

    def reads(self, cuda):
        return cuda <= self.version and (self.version < (13, 0) or cuda >= (13, 0))

    def code(self, path):
        found = collections.Counter()
        for line in (out(self.path, "-lelf", path) + out(self.path, "-lptx", path)).splitlines():
            m = re.search(r"\.((?:sm|compute)_\d+)([af]?)\.(cubin|ptx)$", line)
            if m:
                found[re.sub("^[a-z]+", "sm" if m[3] == "cubin" else "compute", m[1]) +
                      (m[2] if self.shows_suffix() else "")] += 1
        return found


class Shown:
    """What show printed: dynamic entries, demands, device code."""

    def __init__(self, text):
        self.text, self.fault, self.dynamic, self.demands, self.groups = text, None, [], set(), []
        for line in text.splitlines():
            key, _, value = line.partition(" ")
            if key in ("needed", "soname", "rpath", "runpath"):
                self.dynamic.append((key, value))
            elif key == "demand":
                self.demands.add(tuple(value.split(" ")))
            elif key == "fault":
                self.fault = value
            elif key == "group":
                self.groups.append(value)

    def code(self, suffix):
        """How often each architecture has machine code and PTX; what a device link has taken in is left out by cuobjdump."""
        found = collections.Counter()
        for group in self.groups:
            if " relocatable" in group:
                continue
            count, *codes = group.replace(" link ", " ").split()
            for code in codes:
                name = re.match(r"(?:sm|compute|lto|other)_\d+[af]?", code)[0]
                if name.startswith(("sm", "compute")):
                    found[name if suffix else name.rstrip("af")] += int(count)
        return found

    def containers(self):
        return sum(int(group.split()[0]) for group in self.groups)


def readelf_dynamic(path):
    names = {"NEEDED": "needed", "SONAME": "soname", "RPATH": "rpath", "RUNPATH": "runpath"}
    found = []
    for line in out("readelf", "-dW", path).splitlines():
        m = re.search(r"\((NEEDED|SONAME|RPATH|RUNPATH)\)\s+.*?\[(.*)\]$", line)
        if m:
            found.append((names[m[1]], m[2]))
    return found


def readelf_demands(path):
    file, found = None, set()
    for line in out("readelf", "-VW", path).splitlines():
        m = re.search(r"Version: 1  File: (\S+)", line)
        if m:
            file = m[1]
        m = re.search(r"Name: (\S+)  Flags: .*Version: \d+$", line)
        if m and file:
            found.add((file, m[1]))
        if line.startswith("Version definition"):
            file = None
    return found


def symbols_of_show(path):
    return collections.Counter((line[0], line.split(" ", 1)[1]) for line in out(SHOW, "--symbols", path).splitlines())


def symbols_of_nm(path):
    found = collections.Counter()
    for line in out("nm", "-D", "--format=posix", "--without-symbol-versions", path).splitlines():
        m = re.fullmatch(r"(.*?) ([A-Za-z?-])(?: +[0-9a-f]+){0,2} *", line)
        if m and (m[2] not in "abdrtnN" or m[2] in "uvwVW"):
            found["U" if m[2] in "Uwv" else "D", m[1]] += 1
    return found


class Result:
    """Of one file: what was compared, and the differences as lines."""

    def __init__(self):
        self.needed = self.symbols = self.containers = self.code = 0
        self.lines = []

    def differ(self, path, what, ours, theirs):
        ours, theirs = collections.Counter(ours), collections.Counter(theirs)
        if ours != theirs:
            only, missing = sorted((ours - theirs).items()), sorted((theirs - ours).items())
            self.lines.append(f"{path}: {what}: only here: {only[:5]} ({len(only)}), only there: {missing[:5]} "
                              f"({len(missing)})")


def compare(path, tools, name=None):
    """The file beside each reader, and through the sieve beside itself."""
    r, name = Result(), name or path
    text = out(SHOW, path)
    got = Shown(text)
    symbols = symbols_of_show(path)
    r.needed, r.symbols, r.containers = len(got.dynamic), sum(symbols.values()), got.containers()
    r.code = sum(got.code(True).values())
    r.differ(name, "dynamic section", got.dynamic, readelf_dynamic(path))
    r.differ(name, "versions asked for", got.demands, readelf_demands(path))
    r.differ(name, "symbols", symbols, symbols_of_nm(path))
    for tool in tools:
        r.differ(name, f"device code by cuobjdump {tool}", got.code(tool.shows_suffix()), tool.code(path))
    if out(SHOW, "--sieve", path) != text:
        r.lines.append(f"{name}: reads otherwise through the sieve")
    if got.fault:
        r.lines.append(f"{name}: {got.fault}")
    return r
