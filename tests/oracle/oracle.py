#!/usr/bin/env python3
"""oracle.py DRIVER COUNT [SEED]: random manifests, judged by this program and by the resolver behind DRIVER.

This is slow and plain on purpose: every combination of rows of src/data/*.csv is looked at, rule by rule, in the order of preference
that the documentation states. Both must agree on yes or no, and on the best variant. Where the answer is no, the smallest conflicting
set is asked again (it must have no answer, and have one without any of its lines), and every change that is suggested is made and
asked again (it must help, and give what it says)."""
import csv
import functools
import itertools
import os
import random
import re
import subprocess
import sys

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../src/data/")


def rows(name):
    """The rows of a table; what is not established is empty."""
    with open(DATA + name) as f:
        table = csv.DictReader(line for line in f if not line.startswith("#"))
        return [{k: "" if v == "unknown" and k != "presence" else v for k, v in r.items()} for r in table]


@functools.lru_cache(maxsize=None)
def number(text):
    """"2.28" and "2.7.1" as tuples that compare."""
    return tuple(int(x) for x in text.split("."))


def minor(text):
    return number(text)[:2]


def cuda_of(variant):
    return None if variant == "cpu" else (int(variant[2:-1]), int(variant[-1]))


def archs_of(text):
    """(machine code, PTX) as sets of numbers, or None where it is not established."""
    if not text or not text[0].isdigit():
        return None
    sass, ptx = set(), set()
    for word in text.split():
        cc = int(word.replace("+PTX", "").replace(".", ""))
        sass.add(cc)
        if word.endswith("+PTX"):
            ptx.add(cc)
    return sass, ptx


EXTENSIONS = ("torch_sparse", "torch_scatter", "torch_cluster", "torch_spline_conv", "pyg_lib")
SHORT = {"torch_sparse": "sparse", "torch_scatter": "scatter", "torch_cluster": "cluster", "torch_spline_conv": "spline_conv",
         "pyg_lib": "pyg_lib"}
PARTLY = EXTENSIONS[2:]  # whose rows say nothing of some versions and torch minors
TORCH = [dict(r, v=number(r["version"]), cuda=cuda_of(r["variant"]), py=r["pythons"].split(), a=archs_of(r["archs"]))
         for r in rows("torch.csv") if r["platform"] in ("amd64", "arm64")]
WHEELS = {name: [dict(r, v=number(r["version"]), t=minor(r["torch"]), cuda=cuda_of(r["variant"]), py=r["pythons"].split(),
                      a=archs_of(r["archs"])) for r in rows(name + ".csv")] for name in EXTENSIONS}
BESIDE = {}
for name, table in WHEELS.items():
    for wheel in table:
        BESIDE.setdefault((name, wheel["t"], wheel["cuda"]), []).append(wheel)
NEEDS = [dict(r, first=number(r["first"]), last=number(r["last"])) for r in rows("requirements.csv")]
KITS = {number(r["cuda"]): r for r in rows("toolkits.csv")}
GPUS = {r["name"]: r for r in rows("gpus.csv")}
READS_ZSTD = min(number(r["driver_min"]) for r in KITS.values() if r["zstd"] != "no")
KNOWN_VERSIONS = {name: {r["v"] for r in WHEELS[name]} for name in PARTLY}
KNOWN_TORCHES = {name: {r["t"] for r in WHEELS[name]} for name in PARTLY}
OSES = rows("os_images.csv")
MANAGED = {(r["python"], r["platform"]) for r in rows("managed.csv")}
ARCHS = rows("archs.csv")
BOARDS = {int(r["cc"].replace(".", "")) for r in ARCHS if r["jetson"] == "yes"}
PYTHONS = [r["name"] for r in rows("pythons.csv")]
TAGS = {}
for tag in rows("tags.csv"):
    match = re.match(r"(\d+\.\d+)(?:\.(\d+))?-", tag["tag"])
    if match and not tag["cudnn"] and "rc" not in tag["tag"] and tag["os"]:
        key = number(match[1]), tag["os"]
        TAGS.setdefault(key, {}).setdefault(int(match[2] or 0), {})[tag["flavor"]] = tag


# --- versions --------------------------------------------------------------------------------------------------------

def padded(v):
    return tuple(v) + (0,) * (4 - len(v))


def clause(text, v):
    op, want = re.match(r"(==|!=|<=|>=|<|>|~=|)(.*)", text.strip()).groups()
    want = want.strip()
    if want.endswith(".*"):
        head = number(want[:-2])
        return (padded(v)[:len(head)] == head) != (op == "!=")
    w = padded(number(want.split("+")[0]))
    v = padded(v)
    if op == "~=":
        head = number(want)[:-1]
        return v >= w and v[:len(head)] == head
    return {"": v == w, "==": v == w, "!=": v != w, "<=": v <= w, ">=": v >= w, "<": v < w, ">": v > w}[op]


@functools.lru_cache(maxsize=None)
def allows(spec, v):
    return spec is None or all(clause(c, v) for c in spec.split(","))


@functools.lru_cache(maxsize=None)
def widened(cuda):
    """A CUDA major alone is any of its minors."""
    return cuda and ",".join(c + ".*" if re.fullmatch(r"\s*\d+\s*", c) else c for c in cuda.split(","))


@functools.lru_cache(maxsize=None)
def label_of(spec):
    """(torch minor or None, CUDA or None for cpu, whether one is named, the label as written)."""
    if spec is None or "+" not in spec:
        return None, None, False, None
    label = spec.split("+")[1]
    m = re.fullmatch(r"(?:pt(\d)(\d+))?(cpu|cu\d+)?", label)
    if not m:
        return None, None, False, label
    torch = (int(m[1]), int(m[2])) if m[1] else None
    return torch, cuda_of(m[3]) if m[3] else None, m[3] is not None, label


# --- rules -----------------------------------------------------------------------------------------------------------

def runs_on(arch, cc):
    return arch == cc if BOARDS & {arch, cc} else arch // 10 == cc // 10 and arch <= cc


def covers(archs, cc):
    """native, jit, unknown or none: the same major and a minor at or below, else PTX at or below; boards take their own alone."""
    if archs is None:
        return "unknown"
    if any(runs_on(a, cc) for a in archs[0]):
        return "native"
    if cc in BOARDS:
        return "none"
    return "jit" if any(a <= cc for a in archs[1]) else "none"


@functools.lru_cache(maxsize=None)
def needs_of(sparse):
    found = [r for r in NEEDS if r["first"] <= sparse]
    return found[-1] if found else None


def cuda_agrees(torch, ext, sparse):
    """Major must agree; the minor too below CUDA 11 and up to torch_sparse 0.6.8."""
    if torch == ext:
        return True
    if torch is None or ext is None or torch[0] != ext[0]:
        return False
    return torch[0] > 10 and not (sparse and sparse <= (0, 6, 8))


@functools.lru_cache(maxsize=None)
def sdist_compiles(sparse, torch, python):
    need = needs_of(sparse)
    if need is None or not need["first"] <= sparse <= need["last"]:
        return False
    if torch < padded(number(need["torch_min"]))[:3] or (sparse >= (0, 6, 13) and torch < (1, 10, 0)):
        return False
    newest = minor(need["sdist_torch_max"]) if need["sdist_torch_max"] else (1, 12) if sparse <= (0, 6, 15) else (99, 0)
    if torch[:2] > newest:
        return False
    return not need["python_min"] or minor(python.rstrip("t")) >= minor(need["python_min"])


def gcc_fits(torch, cuda, os):
    least = (11, 3) if torch >= (2, 13) else (9, 0) if torch >= (2, 1) else (5, 0)
    gcc = padded(number(os["gcc"]))[:2]
    if gcc < least:
        return False
    if cuda is None:
        return True
    kit = KITS[cuda]
    if kit["gcc_min"] and gcc[0] < number(kit["gcc_min"])[0]:
        return False
    return not kit["gcc_max"] or gcc[0] <= number(kit["gcc_max"])[0]


def driver_floor(cuda):
    return number(KITS[cuda]["driver_compat"])


def compile_set(cuda, ccs, own):
    """Machine code for each target as far as the toolkit can, PTX of the newest; without any, torch's own list."""
    known = [(int(a["cc"].replace(".", "")), number(a["cuda_first"]), number(a["cuda_last"]) if a["cuda_last"] else (99, 0))
             for a in ARCHS]
    can = [cc for cc, first, last in known if first <= cuda <= last]
    sass = set()
    for cc in ccs:
        fit = [a for a in can if runs_on(a, cc)]
        if fit:
            sass.add(max(fit))
    if sass:
        return sass, {max(sass)}
    if own is None:
        return None
    able = {a for a in own[0] if a in can}
    return (able, {max(able)}) if able else None


@functools.lru_cache(maxsize=None)
def tags_of(cuda, os, flavors, platform):
    """(rank, patch): 3 proven, 2 unproven, 1 removed from a registry, 0 none; the newest patch of the best rank."""
    best = (0, -1)
    for patch, by_flavor in TAGS.get((cuda, os), {}).items():
        if not all(f in by_flavor for f in flavors):
            continue
        found = [by_flavor[f] for f in flavors]
        if any(t["arches"] and platform not in t["arches"].split() for t in found):
            continue
        states = {t["presence"] for t in found}
        rank = 1 if "removed" in states else 2 if "unknown" in states else 3
        best = max(best, (rank, patch))
    return best


# --- a manifest ------------------------------------------------------------------------------------------------------

class Wish(dict):
    """Keys as in the manifest; a target is a tuple of compute, driver, gpu, whether cuda-compat is used, and platform."""

    def yaml(self):
        out = ["schema: 1", "name: oracle"]
        for key in ("torch",) + EXTENSIONS + ("python",):
            if self.get(key):
                out.append('%s: "%s"' % (key, self[key]))
        if isinstance(self.get("cuda"), list):
            out.append("cuda: [%s]" % ", ".join('"%s"' % c for c in self["cuda"]))
        elif self.get("cuda"):
            out.append('cuda: "%s"' % self["cuda"])
        for key in ("os", "base", "base_require"):
            if self.get(key):
                out.append("%s: %s" % (key, self[key]))
        if self.get("platform"):
            out.append("platforms: [%s]" % self["platform"])
        build = ["%s: \"%s\"" % (k, self[k]) for k in ("wheels", "arch_list") if self.get(k)]
        if build:
            out.append("build: {%s}" % ", ".join(build))
        if self.get("test"):
            out.append("test: {probe: image}")
        if self.get("sources"):
            out.append("sources: {torch: pypi}")
        if not any(self.get(k) for k in ("torch",) + EXTENSIONS):
            out.append('torch: ">=0"')
        if self.get("targets"):
            out.append("targets:")
            for i, (cc, driver, gpu, compat, platform) in enumerate(self["targets"]):
                parts = ["name: t%d" % i]
                parts += ['compute: "%s"' % cc] if cc else []
                parts += ['gpu: "%s"' % gpu] if gpu else []
                parts += ['driver: "%s"' % driver] if driver else []
                parts += ["forward_compat: true"] if compat else []
                parts += ["platform: %s" % platform] if platform else []
                out.append("  - {%s}" % ", ".join(parts))
        return "\n".join(out) + "\n"


class Target:
    """A target in values."""

    def __init__(self, cc, driver, gpu, compat, platform):
        row = GPUS[gpu] if gpu else None
        cc = row["cc"] if row else cc
        self.cc = int(cc.replace(".", "")) if cc else None
        self.driver = number(driver) if driver else None
        self.line = row["line"] if row else None
        self.compat = compat
        self.platform = platform


class Question:
    """A wish in values."""

    def __init__(self, w):
        self.w = w
        self.platform = "arm64" if w.get("platform") == "linux/arm64" else "amd64"
        self.wheels = w.get("wheels") or "prefer"
        self.targets = [Target(*t) for t in w.get("targets") or []]
        self.targets = [t for t in self.targets if t.platform in (None, "linux/" + self.platform)]
        self.labels = {k: label_of(w.get(k)) for k in ("torch",) + EXTENSIONS}
        self.wanted = {k for k in EXTENSIONS if w.get(k)}
        self.keep = w.get("base_require") == "keep"
        self.archs = archs_of(w["arch_list"]) if w.get("arch_list") else None
        self.implied = "torch_sparse" in self.wanted and "torch_scatter" not in self.wanted
        if self.implied:
            self.wanted.add("torch_scatter")
        named = [lab[1] for lab in self.labels.values() if lab[2]]  # torch's comes first
        cuda = widened(w.get("cuda"))
        self.exact = cuda is not None and (cuda == "cpu" or re.fullmatch(r"\d+\.\d+", cuda) is not None)
        self.named = self.exact or bool(named)
        every = sorted({r["cuda"] for r in TORCH if r["cuda"]}, reverse=True)
        if self.exact:
            self.cudas = [None if cuda == "cpu" else number(cuda)]
        elif named:
            plain = cuda in (None, "best", "all", "per-target")
            self.cudas = [named[0]] if plain or (named[0] and allows(cuda, named[0])) else []  # a range must hold the label's
        elif cuda in (None, "best", "all", "per-target"):
            self.cudas = every
        else:
            self.cudas = [c for c in every if allows(cuda, c)]
        self.each = cuda is not None and not self.exact and cuda != "best" and not named
        self.per_target = cuda == "per-target"
        self.may_compile = self.wheels == "never" or (self.wheels == "prefer" and self.named)
        os = w.get("os")
        self.oses = [o for o in OSES if (o["name"] == os if os else o["family"] == "ubuntu")]
        python = w.get("python")
        if python and python.endswith("t"):
            self.pythons = [python] if python in PYTHONS else []
        else:
            self.pythons = [p for p in PYTHONS if not p.endswith("t") and (not python or python == p or (
                not re.fullmatch(r"\d+\.\d+", python) and allows(python, number(p))))]


def label_clash(q):
    """Labels (or the named CUDA) that exclude one another, whatever else is there."""
    left = q.labels["torch"]
    if left[2] and q.exact and q.cudas[0] != left[1]:
        return True
    if left[2]:
        side = left[1]
    elif q.exact:
        side = q.cudas[0]
    else:
        side = next((q.labels[k][1] for k in EXTENSIONS if q.labels[k][2]), "none")
    if side == "none":
        return False
    sparse = q.w.get("torch_sparse")
    exact = re.fullmatch(r"(?:==)?(\d+\.\d+\.\d+)(?:\+.*)?", sparse or "")
    for k in EXTENSIONS:
        if q.labels[k][2] and not cuda_agrees(side, q.labels[k][1], number(exact[1]) if exact and k == "torch_sparse" else None):
            return True
    return False


def ext_cuda(q, pkg, cuda):
    lab = q.labels["torch_sparse" if pkg == "torch_scatter" and q.implied else pkg]
    return lab[1] if lab[2] else cuda


def same_abi(torch):
    """Extensions are built against the plain wheel of a release: a second build with the other C++ ABI takes none of them."""
    if "." not in torch["label"]:
        return True
    plain = [r for r in TORCH if r["v"] == torch["v"] and r["cuda"] == torch["cuda"] and r["platform"] == torch["platform"]
             and "." not in r["label"] and r["cxx11_abi"]]
    return not plain or not torch["cxx11_abi"] or plain[0]["cxx11_abi"] == torch["cxx11_abi"]


def pick_wheel(q, pkg, torch, os, python):
    cuda = ext_cuda(q, pkg, torch["cuda"])
    best = None
    for r in BESIDE.get((pkg, torch["v"][:2], cuda), ()):
        if not allows(q.w.get(pkg), r["v"]) or python not in r["py"]:
            continue
        if q.platform not in r["platforms"].split() or not same_abi(torch):
            continue
        if not cuda_agrees(torch["cuda"], cuda, r["v"] if pkg == "torch_sparse" else None):
            continue
        glibc = r["glibc"] or r["build_glibc"]
        if glibc and number(os["glibc"]) < number(glibc):
            continue
        if best is None or r["v"] > best["v"]:
            best = r
    return best and {"v": best["v"], "way": "wheel", "a": best["a"], "cuda": cuda}


def exact_of(spec):
    m = re.fullmatch(r"(?:==)?(\d+(?:\.\d+)*)(?:\+.*)?", spec or "")
    return padded(number(m[1]))[:3] if m else None


def unlisted(q, pkg, torch):
    """The one version named, where the rows say nothing of it or of this torch."""
    v = exact_of(q.w.get(pkg)) if pkg in PARTLY else None
    return v if v and (v not in KNOWN_VERSIONS[pkg] or torch["v"][:2] not in KNOWN_TORCHES[pkg]) else None


def pick_assumed(q, pkg, torch):
    cuda, v = ext_cuda(q, pkg, torch["cuda"]), unlisted(q, pkg, torch)
    return {"v": v, "way": "assumed", "a": None, "cuda": cuda} if v and cuda_agrees(torch["cuda"], cuda, None) else None


def pick_source(q, pkg, torch, python, sparse):
    if not q.may_compile or ext_cuda(q, pkg, torch["cuda"]) != torch["cuda"] or (torch["cuda"] and torch["cuda"] not in KITS):
        return None
    if pkg == "pyg_lib":  # no source archive on the index
        return None
    for v in sorted({r["v"] for r in WHEELS[pkg]}, reverse=True):
        if not allows(q.w.get(pkg), v):
            continue
        if pkg == "torch_sparse" and not sdist_compiles(v, torch["v"], python):
            continue
        if pkg == "torch_scatter" and q.implied:
            need = needs_of(sparse)
            if need and need["scatter"] and number(need["scatter"]) != v:
                continue
        return {"v": v, "way": "source", "a": "compiled", "cuda": torch["cuda"]}
    v = unlisted(q, pkg, torch)
    return {"v": v, "way": "source", "a": "compiled", "cuda": torch["cuda"]} if v else None


def extensions(q, torch, os, python, compile_all):
    picked, sparse = {}, None
    for pkg in EXTENSIONS:
        if pkg not in q.wanted:
            continue
        p = None
        if q.wheels != "never" and not compile_all:
            p = pick_wheel(q, pkg, torch, os, python) or pick_assumed(q, pkg, torch)
        p = p or pick_source(q, pkg, torch, python, sparse)
        if p is None:
            return None
        picked[pkg] = p
        sparse = p["v"] if pkg == "torch_sparse" else sparse
    return picked


def libraries(torch, picked):
    """What the base must bring: nothing, cudart, or cusparse."""
    if torch["cuda"] is None or not picked:
        return None
    need = needs_of(picked["torch_sparse"]["v"]) if "torch_sparse" in picked else None
    if need and need["links_cusparse"] == "yes":
        return "cusparse"
    return None if torch["libs"] == "pip" else "cudart"


def base_of(q, torch, os, picked, devel):
    """(rank, what, whether it is NVIDIA's) or None."""
    want = q.w.get("base") or "auto"
    need = libraries(torch, picked)
    image = bool(os["image"]) and q.platform in os["arches"].split()

    def of_os(rank):
        if not image:
            return None
        if devel:
            rank = tags_of(torch["cuda"], os["name"], ("devel",), q.platform)[0]
        return (rank, os["image"], False) if rank else None
    if torch["cuda"] is None:
        return of_os(3)
    if want == "os":
        return of_os(3) if need is None else None
    flavor = "runtime" if want == "runtime" or need == "cusparse" else "base"
    if want == "base" and flavor != "base":
        return None
    flavors = [flavor] + (["devel"] if devel else [])
    rank, patch = tags_of(torch["cuda"], os["name"], tuple(flavors), q.platform)
    if rank:
        tag = TAGS[torch["cuda"], os["name"]][patch][flavor]["tag"]
        return rank, tag, True
    if want != "auto" or need is not None:
        return None
    for other in q.oses:  # only where NVIDIA has no base at all
        if number(other["glibc"]) >= number(torch["glibc"] or "0.0") and tags_of(torch["cuda"], other["name"], tuple(flavors), q.platform)[0]:
            return None
    found = of_os(3)
    return (0, found[1], False) if found else None


def driver_fate(q, cuda, nvidia, t):
    """yes, no or unknown for the driver of a target."""
    if not t.driver:
        return "yes"
    if t.driver < driver_floor(cuda):
        if not t.compat or t.line == "consumer" or not nvidia:  # cuda-compat: in NVIDIA's images alone, never on GeForce
            return "no"
        return "yes" if t.line in ("datacenter", "embedded") else "unknown"
    if t.compat:
        return "yes"
    if KITS[cuda]["zstd"] == "default" and t.driver < READS_ZSTD:
        return "no"
    return "no" if q.keep and nvidia and t.driver < number(KITS[cuda]["driver_min"]) else "yes"


def serves(archs, cuda, t):
    """As covers(), and ptx where the driver is older than the toolkit that made the only code there is."""
    how = covers(archs, t.cc)
    late = how == "jit" and t.driver and not t.compat and t.driver < number(KITS[cuda]["driver_min"])
    return "ptx" if late else how


def fate(q, torch, picked, compiled, nvidia, t):
    """no, unknown, jit or native for one target."""
    if torch["cuda"] is None:
        return "native"
    driver = driver_fate(q, torch["cuda"], nvidia, t)
    if driver == "no":
        return "no"
    worst = "native"
    if t.cc is not None:
        order = ["native", "jit", "unknown", "ptx", "none"]
        worst = max([serves(torch["a"], torch["cuda"], t)] +
                    [serves(compiled if p["a"] == "compiled" else p["a"], p["cuda"], t) for p in picked.values()], key=order.index)
    if worst in ("ptx", "none"):
        return "no"
    return "unknown" if driver == "unknown" else worst


def torch_rows(q):
    best = {}
    want = q.labels["torch"]
    other = want[3] if want[3] and not want[2] else None
    pypi = bool(q.w.get("sources"))
    for r in TORCH:
        if r["platform"] != q.platform or not (pypi or r["channel"] == "index") or r["cuda"] not in q.cudas or not allows(q.w.get("torch"), r["v"]):
            continue
        if any(lab[0] and lab[0] != r["v"][:2] for k, lab in q.labels.items() if k != "torch"):
            continue
        if other is not None and r["label"] != "+" + other:
            continue
        key = r["v"], r["cuda"]
        rank = (r["channel"] == "pypi", "." not in r["label"])
        if key not in best or rank > best[key][0]:
            best[key] = rank, r
    return [r for _, r in best.values()]


def judge(q, torch, os, python, compile_all):
    if python not in torch["py"] or (torch["glibc"] and number(os["glibc"]) < number(torch["glibc"])):
        return None
    own = os["python"] == python
    if not own and (python, q.platform) not in MANAGED:
        return None
    picked = extensions(q, torch, os, python, compile_all)
    if picked is None:
        return None
    sources = sum(p["way"] == "source" for p in picked.values())
    devel = bool(torch["cuda"] and (sources or q.w.get("test")))
    compiled = q.archs or compile_set(torch["cuda"], [t.cc for t in q.targets if t.cc], torch["a"]) if devel else None
    if devel and sources and compiled is None:
        return None
    if sources and not gcc_fits(torch["v"], torch["cuda"], os):
        return None
    base = base_of(q, torch, os, picked, devel)
    if base is None:
        return None
    fates = [fate(q, torch, picked, compiled, base[2], t) for t in q.targets]
    score = (-fates.count("no"), -sum(p["way"] == "assumed" for p in picked.values()), -sources,
             -sum(f in ("jit", "unknown") for f in fates), torch["v"], torch["cuda"] or (0, 0),
             *(picked.get(pkg, {}).get("v", ()) for pkg in EXTENSIONS), base[0], number(os["release"]), own, number(python.rstrip("t")))
    text = "torch %s" % torch["version"]
    for pkg in EXTENSIONS:
        if pkg in picked:
            text += " %s %s%s" % (SHORT[pkg], ".".join(map(str, picked[pkg]["v"])), "*" if picked[pkg]["way"] == "source" else "")
    text += " py %s%s %s" % (python, "" if own else " managed", base[1])
    return score, torch["variant"] + " " + text, fates


def best(q):
    """The best variant over everything that is allowed, or None."""
    found = None
    for torch, os in itertools.product(torch_rows(q), q.oses):
        for python in torch["py"]:
            if python not in q.pythons:
                continue
            one = judge(q, torch, os, python, False)
            if q.may_compile and q.wheels != "never" and one and "no" in one[2]:
                two = judge(q, torch, os, python, True)
                one = max(one, two, key=lambda x: x[0]) if two else one
            if one and (found is None or one[0] > found[0]):
                found = one
    return found if found and (not q.targets or found[2].count("no") < len(q.targets)) else None


def best_for(q, cuda, targets):
    q.cudas, q.targets = [cuda], targets
    return best(q)


def solve_per_target(q):
    """The fewest variants that run all targets, of those the ones with most targets native, of those the newest CUDA."""
    every, all_targets = sorted(q.cudas, reverse=True), q.targets
    options = [(cuda, one[2]) for cuda in every for one in [best_for(q, cuda, all_targets)] if one]
    found = None
    for k in range(1, 5):
        for taken in itertools.combinations(options, k):
            by = list(zip(*[fates for _, fates in taken]))
            if not by or any(all(f == "no" for f in fates) for fates in by):
                continue
            native = sum("native" in fates for fates in by)
            if found is None or native > found[0]:
                found = native, taken
        if found:
            break
    if not found:
        return []
    owners = []
    for i in range(len(all_targets)):
        runs = [n for n, (_, fates) in enumerate(found[1]) if fates[i] != "no"]
        owners.append(next((n for n in runs if found[1][n][1][i] == "native"), runs[0]))
    return [best_for(q, cuda, [t for i, t in enumerate(all_targets) if owners[i] == n])[1] for n, (cuda, _) in enumerate(found[1])]


def solve(w):
    """The answers, one for each variant; [] = no."""
    if w.get("platform") and "," in w["platform"]:
        each = [solve(Wish(w, platform=p.strip())) for p in w["platform"].split(",")]
        return sum(each, []) if all(each) else []
    if isinstance(w.get("cuda"), list):
        found = []
        for cuda in w["cuda"]:
            one = solve(Wish(w, cuda=cuda))
            if not one:
                return []
            found += [o for o in one if o.split()[0] not in [f.split()[0] for f in found]]
        return found
    q = Question(w)
    if label_clash(q):
        return []
    if q.per_target:
        return solve_per_target(q)
    if not q.each:
        one = best(q)
        return [one[1]] if one else []
    found = []
    for cuda in sorted(q.cudas):
        q.cudas = [cuda]
        one = best(q)
        if one:
            found.append(one[1])
    return found


# --- random manifests ------------------------------------------------------------------------------------------------

VERSIONS = sorted({r["version"] for r in TORCH}, key=number)
SPARSE = sorted({r["version"] for r in WHEELS["torch_sparse"]}, key=number)
SCATTER = sorted({r["version"] for r in WHEELS["torch_scatter"]}, key=number)
CUDAS = sorted({".".join(map(str, r["cuda"])) for r in TORCH if r["cuda"]}, key=number)
DRIVERS = sorted({r["driver_min"] for r in KITS.values()} | {r["driver_compat"] for r in KITS.values()} | {"535.104.05", "470.57.02"})
CLUSTER = {name: sorted({r["version"] for r in WHEELS[name]}, key=number) for name in PARTLY}
PRODUCTS = [g for g in GPUS if re.match("A100$|H100$|V100|Tesla|GeForce RTX|RTX A|L4|Jetson AGX Orin$|GH200|TITAN V$|B200$", g)]
COMPUTE = ["3.7", "5.0", "6.0", "6.1", "7.0", "7.2", "7.5", "8.0", "8.6", "8.7", "8.9", "9.0", "10.0", "10.3", "12.0", "12.1"]


def spec_of(rnd, versions):
    v = rnd.choice(versions)
    kind = rnd.random()
    if kind < 0.6:
        return v
    if kind < 0.75:
        return ".".join(v.split(".")[:2]) + ".*"
    if kind < 0.85:
        return ">=%s,<%s" % tuple(sorted((v, rnd.choice(versions)), key=number))
    return rnd.choice([">=", "<=", "~=", "!="]) + v


def random_wish(rnd):
    w = Wish()
    if rnd.random() < 0.85:
        w["torch"] = spec_of(rnd, VERSIONS)
        if re.fullmatch(r"[\d.]+", w["torch"]) and rnd.random() < 0.15:
            w["torch"] += "+" + rnd.choice([r["variant"] for r in TORCH if r["version"] == w["torch"]])
    if rnd.random() < 0.75:
        rows_ = [r for r in WHEELS["torch_sparse"] if allows(w.get("torch"), r["t"] + (0,))]
        near = rows_ and rnd.random() < 0.7
        r = rnd.choice(rows_) if near else None
        w["torch_sparse"] = r["version"] if near else spec_of(rnd, SPARSE)
        if near and r["label"] and rnd.random() < 0.15:
            w["torch_sparse"] += r["label"]
    if rnd.random() < 0.1:
        w["torch_scatter"] = spec_of(rnd, SCATTER)
    if rnd.random() < 0.15:
        random_partly(rnd, w)
    if rnd.random() < 0.55:
        w["cuda"] = rnd.choice(CUDAS) if rnd.random() < 0.7 else rnd.choice(["cpu", "all", ">=11.8", ">=12,<13", "12", "11", "12,!=12.4", "best"])
    if rnd.random() < 0.04:
        w["cuda"] = sorted({rnd.choice(CUDAS + ["cpu", ">=12.6", "13"]) for _ in range(2)})
    if rnd.random() < 0.4:
        w["python"] = rnd.choice(PYTHONS[1:]) if rnd.random() < 0.8 else rnd.choice([">=3.9", "<3.9", ">=3.8,<3.12", "3.*", "!=3.12"])
    if rnd.random() < 0.35:
        w["os"] = rnd.choice([o["name"] for o in OSES if o["family"] in ("ubuntu", "debian", "rockylinux", "ubi", "centos")])
    if rnd.random() < 0.15:
        w["base"] = rnd.choice(["base", "runtime", "os"])
    if rnd.random() < 0.12:
        w["platform"] = rnd.choice(["linux/arm64", "linux/arm64", "linux/amd64, linux/arm64"])
    if rnd.random() < 0.2:
        w["wheels"] = rnd.choice(["require", "never"])
    for key, value in (("base_require", "keep"), ("arch_list", "8.0 9.0+PTX"), ("test", "image"), ("sources", "pypi")):
        if rnd.random() < (0.1 if key == "base_require" else 0.04):
            w[key] = value
    if rnd.random() < 0.4:
        w["targets"] = [random_target(rnd) for _ in range(rnd.choice([1, 1, 1, 2, 3]))]
        if not isinstance(w.get("cuda"), list) and rnd.random() < 0.15:
            w["cuda"] = "per-target"
    return w


def random_partly(rnd, w):
    """One of the packages that have rows for some versions and torch minors only, near the torch that is asked for."""
    pkg = rnd.choice(PARTLY)
    near = [r for r in WHEELS[pkg] if allows(w.get("torch"), r["t"] + (0,))]
    if near and rnd.random() < 0.6:
        r = rnd.choice(near)
        w[pkg] = r["version"] + (r["label"] if rnd.random() < 0.15 else "")
    else:
        w[pkg] = rnd.choice([spec_of(rnd, CLUSTER[pkg]), "9.9.9"])


def random_target(rnd):
    cc = gpu = None
    if rnd.random() < 0.3:
        gpu = rnd.choice(PRODUCTS)
    elif rnd.random() < 0.8:
        cc = rnd.choice(COMPUTE)
    driver = rnd.choice(DRIVERS) if rnd.random() < 0.7 else None
    if not (cc or gpu or driver):
        cc = "8.0"
    return cc, driver, gpu, bool(driver and rnd.random() < 0.25), rnd.choice([None] * 9 + ["linux/arm64"])


# --- comparing -------------------------------------------------------------------------------------------------------

def stripped(answer):
    """The driver's answer in the oracle's words: without arch lists, proofs and targets."""
    out = []
    for part in answer.split(" | "):
        part = re.sub(r" (unproven|targets .*)", "", re.sub(r" archs .*?(?= unproven| targets|$)", "", part))
        out.append(re.sub(r" \d+\.\d+(\.\d+)?-devel$", "", part).strip().replace("-arm64 ", " ", 1))
    return out


def value_of(key, text):
    """The value of a line of a set or a suggestion: KEY: "VALUE", [VALUE], {INNER: VALUE}."""
    text = re.sub(r"^\[?\{?(?:(?:wheels|arch_list|torch|probe): )?\"?|\"?\}?\]?$", "", text)
    return None if key == "base" and text == "auto" else text


def changed(w, line):
    """The wish with one line of a suggestion: KEY: VALUE, "without KEY: ...", or a newer driver."""
    new = Wish(w)
    driver = re.fullmatch(r"driver (\S+) or newer on t0", line)
    if driver:
        cc, _, *rest = w["targets"][0]
        new["targets"] = [(cc, driver[1], *rest)]
        return new
    gone = line.startswith("without ")
    line = line[len("without "):] if gone else line
    key = key_of(line)
    new[key] = None if gone else value_of(key, line.split(": ", 1)[1])
    return new


def key_of(line):
    key = line.split(":")[0]
    if key == "targets":
        return "driver" if "driver:" in line else "gpu" if "compute:" in line or "gpu:" in line else "targets"
    if key == "build":
        return "wheels" if "wheels:" in line else "arch_list"
    return {"platforms": "platform"}.get(key, key)


def only(w, keys):
    """The wish with these lines alone."""
    new = Wish({k: v for k, v in w.items() if k in keys})
    if w.get("targets") and len(w["targets"]) == 1:  # a target of which nothing is known stays
        cc, driver, gpu, compat, platform = w["targets"][0]
        new["targets"] = [(cc if "gpu" in keys else None, driver if "driver" in keys else None, gpu if "gpu" in keys else None,
                           compat, platform)]
    if new.get("cuda") == "per-target" and not new.get("targets"):
        new["cuda"] = None
    return new


def parts_of(w):
    """The wish of each platform and entry of cuda, as conflicts are explained one by one."""
    for platform in (w.get("platform") or "linux/amd64").split(","):
        entries = w["cuda"] if isinstance(w.get("cuda"), list) else [w.get("cuda")]
        for cuda in entries:
            yield Wish(w, platform=platform.strip() if w.get("platform") else None, cuda=cuda)


def told(answer, result):
    """Whether a suggestion's result says what comes out: its versions and CUDA."""
    first = answer[0].split()
    cuda = "CPU" if first[0] == "cpu" else "CUDA " + ".".join(map(str, cuda_of(first[0])))
    named = [("torch", "torch")] + list(SHORT.items())
    return cuda in result and all(
        "%s %s%s" % (name, first[first.index(short) + 1].rstrip("*"), " (compiled)" if first[first.index(short) + 1].endswith("*") else "")
        in result for name, short in named if short in first)


def check_set(w, parts):
    keys = {key_of(p) for p in parts}
    if solve(only(w, keys)):
        return "the set has an answer: %s" % parts
    for key in keys:
        if not solve(only(w, keys - {key})):
            return "no answer without %s of %s" % (key, parts)
    return None


def check_change(w, parts):
    new = w
    for line in parts[0].split(" with "):
        new = changed(new, line)
    answer = solve(new)
    if not answer:
        return "the change does not help: %s" % parts[0]
    return None if told(answer, parts[1]) else "the change %s gives %s, not %s" % (parts[0], answer, parts[1])


def check_no(w, block):
    """Each set and each change is true of a part that has no answer: several platforms or entries are explained one by one."""
    failing = [part for part in parts_of(w) if not solve(part)]
    for kind, *parts in (line.split("\t") for line in block[1:]):
        if kind == "change" and parts[0].startswith(("one variant", "two ")):
            continue
        faults = [(check_set if kind == "set" else check_change)(part, parts) for part in failing]
        if all(faults):
            return faults[0]
    return None


def compare(w, block):
    mine = solve(w)
    if block[0].startswith("yes "):
        theirs = stripped(block[0][4:])
        return None if theirs == mine else "resolver %s, oracle %s" % (theirs, mine)
    if not block[0].startswith("no "):
        return block[0]
    return "resolver %s, oracle %s" % (block[0], mine) if mine else check_no(w, block)


def main():
    driver, count = sys.argv[1], int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 20261128
    rnd = random.Random(seed)
    wishes = [random_wish(rnd) for _ in range(count)]
    said = subprocess.run([driver], input="".join(w.yaml() + "---\n" for w in wishes), capture_output=True, text=True, check=True).stdout
    blocks = [b.splitlines() for b in said.split("\n.\n")[:count]]
    yes = bad = 0
    for w, block in zip(wishes, blocks):
        wrong = compare(w, block)
        yes += block[0].startswith("yes ")
        if wrong:
            bad += 1
            if bad <= 20:
                print("# %s\n# %s" % (wrong, w.yaml().replace("\n", "\n#   ")))
    print("1..1\n%s 1 - %d random manifests (seed %d): %d yes, %d no, %d disagreements"
          % ("not ok" if bad or len(blocks) != count else "ok", count, seed, yes, count - yes, bad))
    return bad > 0 or len(blocks) != count


if __name__ == "__main__":
    sys.exit(main())
