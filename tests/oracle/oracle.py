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


TORCH = [dict(r, v=number(r["version"]), cuda=cuda_of(r["variant"]), py=r["pythons"].split(), a=archs_of(r["archs"]))
         for r in rows("torch.csv") if r["platform"] in ("amd64", "arm64")]
WHEELS = {name: [dict(r, v=number(r["version"]), t=minor(r["torch"]), cuda=cuda_of(r["variant"]), py=r["pythons"].split(),
                      a=archs_of(r["archs"])) for r in rows(name + ".csv")] for name in ("torch_sparse", "torch_scatter")}
BESIDE = {}
for name, table in WHEELS.items():
    for wheel in table:
        BESIDE.setdefault((name, wheel["t"], wheel["cuda"]), []).append(wheel)
NEEDS = [dict(r, first=number(r["first"]), last=number(r["last"])) for r in rows("requirements.csv")]
KITS = {number(r["cuda"]): r for r in rows("toolkits.csv")}
OSES = rows("os_images.csv")
MANAGED = {(r["python"], r["platform"]) for r in rows("managed.csv")}
ARCHS = rows("archs.csv")
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

def covers(archs, cc):
    """native, jit, unknown or none: the same major and a minor at or below, else PTX at or below."""
    if archs is None:
        return "unknown"
    if any(a // 10 == cc // 10 and a <= cc for a in archs[0] if a not in (53, 62, 72, 87, 101, 110)):
        return "native"
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
        fit = [a for a in can if a // 10 == cc // 10 and a <= cc and (a == cc or a not in (53, 62, 72, 87, 101, 110))]
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
    """Keys as in the manifest; targets is a list of (compute or None, driver or None)."""

    def yaml(self):
        out = ["schema: 1", "name: oracle"]
        for key in ("torch", "torch_sparse", "torch_scatter", "python"):
            if self.get(key):
                out.append('%s: "%s"' % (key, self[key]))
        if self.get("cuda"):
            out.append('cuda: "%s"' % self["cuda"])
        for key in ("os", "base"):
            if self.get(key):
                out.append("%s: %s" % (key, self[key]))
        if self.get("platform"):
            out.append("platforms: [%s]" % self["platform"])
        if self.get("wheels"):
            out.append("build: {wheels: %s}" % self["wheels"])
        if not any(self.get(k) for k in ("torch", "torch_sparse", "torch_scatter")):
            out.append('torch: ">=0"')
        if self.get("targets"):
            out.append("targets:")
            for i, (cc, driver) in enumerate(self["targets"]):
                parts = ["name: t%d" % i]
                parts += ['compute: "%s"' % cc] if cc else []
                parts += ['driver: "%s"' % driver] if driver else []
                out.append("  - {%s}" % ", ".join(parts))
        return "\n".join(out) + "\n"


class Question:
    """A wish in values."""

    def __init__(self, w):
        self.w = w
        self.platform = "arm64" if w.get("platform") == "linux/arm64" else "amd64"
        self.wheels = w.get("wheels") or "prefer"
        self.ccs = [(int(cc.replace(".", "")) if cc else None, number(d) if d else None) for cc, d in w.get("targets") or []]
        self.labels = {k: label_of(w.get(k)) for k in ("torch", "torch_sparse", "torch_scatter")}
        self.wanted = {k for k in ("torch_sparse", "torch_scatter") if w.get(k)}
        self.implied = "torch_sparse" in self.wanted and "torch_scatter" not in self.wanted
        if self.implied:
            self.wanted.add("torch_scatter")
        named = [lab[1] for lab in self.labels.values() if lab[2]]
        cuda = w.get("cuda")
        self.exact = cuda is not None and (cuda == "cpu" or re.fullmatch(r"\d+\.\d+", cuda) is not None)
        self.named = self.exact or bool(named)
        every = sorted({r["cuda"] for r in TORCH if r["cuda"]}, reverse=True)
        if self.exact:
            self.cudas = [None if cuda == "cpu" else number(cuda)]
        elif named:
            self.cudas = [named[0]]
        elif cuda in (None, "best", "all"):
            self.cudas = every
        else:
            self.cudas = [c for c in every if allows(cuda, c)]
        self.each = cuda is not None and not self.exact and cuda != "best" and not named
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
        side = next((q.labels[k][1] for k in ("torch_sparse", "torch_scatter") if q.labels[k][2]), "none")
    if side == "none":
        return False
    sparse = q.w.get("torch_sparse")
    exact = re.fullmatch(r"(?:==)?(\d+\.\d+\.\d+)(?:\+.*)?", sparse or "")
    for k in ("torch_sparse", "torch_scatter"):
        if q.labels[k][2] and not cuda_agrees(side, q.labels[k][1], number(exact[1]) if exact and k == "torch_sparse" else None):
            return True
    return False


def ext_cuda(q, pkg, cuda):
    lab = q.labels["torch_sparse" if pkg == "torch_scatter" and q.implied else pkg]
    return lab[1] if lab[2] else cuda


def pick_wheel(q, pkg, torch, os, python):
    cuda = ext_cuda(q, pkg, torch["cuda"])
    best = None
    for r in BESIDE.get((pkg, torch["v"][:2], cuda), ()):
        if not allows(q.w.get(pkg), r["v"]) or python not in r["py"]:
            continue
        if q.platform not in r["platforms"].split():
            continue
        if not cuda_agrees(torch["cuda"], cuda, r["v"] if pkg == "torch_sparse" else None):
            continue
        glibc = r["glibc"] or r["build_glibc"]
        if glibc and number(os["glibc"]) < number(glibc):
            continue
        if best is None or r["v"] > best["v"]:
            best = r
    return best and {"v": best["v"], "way": "wheel", "a": best["a"]}


def pick_source(q, pkg, torch, python, sparse):
    if not q.may_compile or ext_cuda(q, pkg, torch["cuda"]) != torch["cuda"] or (torch["cuda"] and torch["cuda"] not in KITS):
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
        return {"v": v, "way": "source", "a": "compiled"}
    return None


def extensions(q, torch, os, python, compile_all):
    picked, sparse = {}, None
    for pkg in ("torch_sparse", "torch_scatter"):
        if pkg not in q.wanted:
            continue
        p = None
        if q.wheels != "never" and not compile_all:
            p = pick_wheel(q, pkg, torch, os, python)
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
    """(rank, what) or None."""
    want = q.w.get("base") or "auto"
    need = libraries(torch, picked)
    image = bool(os["image"]) and q.platform in os["arches"].split()

    def of_os(rank):
        if not image:
            return None
        if devel:
            rank = tags_of(torch["cuda"], os["name"], ("devel",), q.platform)[0]
        return (rank, os["image"]) if rank else None
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
        return rank, tag
    if want != "auto" or need is not None:
        return None
    for other in q.oses:  # only where NVIDIA has no base at all
        if number(other["glibc"]) >= number(torch["glibc"] or "0.0") and tags_of(torch["cuda"], other["name"], tuple(flavors), q.platform)[0]:
            return None
    found = of_os(3)
    return (0, found[1]) if found else None


def fate(q, torch, picked, compiled, cc, driver):
    """no, unknown, jit or native for one target."""
    if torch["cuda"] is None:
        return "native"
    if driver and driver < driver_floor(torch["cuda"]):
        return "no"
    if cc is None:
        return "native"
    order = ["native", "jit", "unknown", "none"]
    worst = max([covers(torch["a"], cc)] + [covers(compiled if p["a"] == "compiled" else p["a"], cc) for p in picked.values()],
                key=order.index)
    if worst == "none":
        return "no"
    if worst == "jit" and driver and driver < number(KITS[torch["cuda"]]["driver_min"]):
        return "no"
    return worst


def torch_rows(q):
    best = {}
    want = q.labels["torch"]
    other = want[3] if want[3] and not want[2] else None
    for r in TORCH:
        if r["platform"] != q.platform or r["channel"] != "index" or r["cuda"] not in q.cudas or not allows(q.w.get("torch"), r["v"]):
            continue
        if any(lab[0] and lab[0] != r["v"][:2] for k, lab in q.labels.items() if k != "torch"):
            continue
        if other is not None and r["label"] != "+" + other:
            continue
        key = r["v"], r["cuda"]
        plain = "." not in r["label"]
        if key not in best or (plain and "." in best[key]["label"]):
            best[key] = r
    return best.values()


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
    devel = bool(torch["cuda"] and sources)
    compiled = compile_set(torch["cuda"], [cc for cc, _ in q.ccs if cc], torch["a"]) if devel else None
    if devel and compiled is None:
        return None
    if sources and not gcc_fits(torch["v"], torch["cuda"], os):
        return None
    base = base_of(q, torch, os, picked, devel)
    if base is None:
        return None
    fates = [fate(q, torch, picked, compiled, cc, driver) for cc, driver in q.ccs]
    score = (-fates.count("no"), -sources, -sum(f in ("jit", "unknown") for f in fates), torch["v"], torch["cuda"] or (0, 0),
             picked.get("torch_sparse", {}).get("v", ()), picked.get("torch_scatter", {}).get("v", ()), base[0],
             number(os["release"]), own, number(python.rstrip("t")))
    text = "torch %s" % torch["version"]
    for pkg, name in (("torch_sparse", "sparse"), ("torch_scatter", "scatter")):
        if pkg in picked:
            text += " %s %s%s" % (name, ".".join(map(str, picked[pkg]["v"])), "*" if picked[pkg]["way"] == "source" else "")
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
    return found if found and (not q.ccs or found[2].count("no") < len(q.ccs)) else None


def solve(w):
    """The answers, one for each variant; [] = no."""
    q = Question(w)
    if label_clash(q):
        return []
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
COMPUTE = ["3.7", "5.0", "6.0", "6.1", "7.0", "7.5", "8.0", "8.6", "8.9", "9.0", "10.0", "12.0"]


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
    if rnd.random() < 0.55:
        w["cuda"] = rnd.choice(CUDAS) if rnd.random() < 0.7 else rnd.choice(["cpu", "all", ">=11.8", ">=12,<13", "best"])
    if rnd.random() < 0.4:
        w["python"] = rnd.choice(PYTHONS[1:]) if rnd.random() < 0.8 else rnd.choice([">=3.9", "<3.9", ">=3.8,<3.12"])
    if rnd.random() < 0.35:
        w["os"] = rnd.choice([o["name"] for o in OSES if o["family"] in ("ubuntu", "debian", "rockylinux")])
    if rnd.random() < 0.15:
        w["base"] = rnd.choice(["base", "runtime", "os"])
    if rnd.random() < 0.08:
        w["platform"] = "linux/arm64"
    if rnd.random() < 0.2:
        w["wheels"] = rnd.choice(["require", "never"])
    if rnd.random() < 0.4:
        w["targets"] = [(rnd.choice(COMPUTE) if rnd.random() < 0.8 else None, rnd.choice(DRIVERS) if rnd.random() < 0.7 else None)
                        for _ in range(rnd.choice([1, 1, 1, 2]))]
        w["targets"] = [t if t[0] or t[1] else ("8.0", None) for t in w["targets"]]
    return w


# --- comparing -------------------------------------------------------------------------------------------------------

def stripped(answer):
    """The driver's answer in the oracle's words: without arch lists, proofs and targets."""
    out = []
    for part in answer.split(" | "):
        part = re.sub(r" (unproven|targets .*)", "", re.sub(r" archs .*?(?= unproven| targets|$)", "", part))
        out.append(re.sub(r" \d+\.\d+(\.\d+)?-devel$", "", part).strip())
    return out


def changed(w, line):
    """The wish with one line of a suggestion: KEY: VALUE, "without KEY: ...", or a newer driver."""
    new = Wish(w)
    driver = re.fullmatch(r"driver (\S+) or newer on t0", line)
    if driver:
        new["targets"] = [(w["targets"][0][0], driver[1])]
        return new
    gone = line.startswith("without ")
    key, value = re.fullmatch(r'(?:without )?(\w+): "?\[?\{?(.*?)\}?\]?"?', line).groups()
    key = {"platforms": "platform", "build": "wheels"}.get(key, key)
    new[key] = None if gone or (key == "base" and value == "auto") else value
    return new


def key_of(line):
    key = line.split(":")[0]
    if key == "targets":
        return "driver" if "driver:" in line else "compute" if "compute:" in line else "targets"
    return {"platforms": "platform", "build": "wheels"}.get(key, key)


def only(w, keys):
    """The wish with these lines alone."""
    new = Wish({k: v for k, v in w.items() if k in keys or (k == "targets" and keys & {"driver", "compute"})})
    if w.get("targets") and len(w["targets"]) == 1 and "targets" in new:
        cc, driver = w["targets"][0]
        new["targets"] = [(cc if "compute" in keys else None, driver if "driver" in keys else None)]
    return new


def told(answer, result):
    """Whether a suggestion's result says what comes out: its versions and CUDA."""
    first = answer[0].split()
    cuda = "CPU" if first[0] == "cpu" else "CUDA " + ".".join(map(str, cuda_of(first[0])))
    return all(name + " " + first[first.index(short) + 1].rstrip("*") in result
               for name, short in (("torch", "torch"), ("torch_sparse", "sparse")) if short in first) and cuda in result


def check_no(w, block):
    for kind, *parts in (line.split("\t") for line in block[1:]):
        if kind == "set":
            keys = {key_of(p) for p in parts}
            if solve(only(w, keys)):
                return "the set has an answer: %s" % parts
            for key in keys:
                if not solve(only(w, keys - {key})):
                    return "no answer without %s of %s" % (key, parts)
        elif not parts[0].startswith(("one variant", "two ")):
            new = w
            for line in parts[0].split(" with "):
                new = changed(new, line)
            answer = solve(new)
            if not answer:
                return "the change does not help: %s" % parts[0]
            if not told(answer, parts[1]):
                return "the change %s gives %s, not %s" % (parts[0], answer, parts[1])
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
