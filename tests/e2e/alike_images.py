"""alike_images.py DIR: DIR/images.tar for `docker load`, images alike:NAME that are broken in one way each, for alike.bats.

Their first layer has this machine's C library and Python. Above it lies a tree of tests/cases/inspect/world.py whose libraries are
linked against that C library, so that its ld.so loads them, and whose packages load them as the real ones do: the same bytes
are read by the static level and run by the container level. Prints NAME CODE per image: the reason both must give ("-": none).
"""
import glob
import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import sysconfig

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../cases/inspect"))
import world  # noqa: E402

VERSION = "%d.%d" % sys.version_info[:2]
world.use_python(VERSION)
SITE, LIB = world.SITE, world.LIB
SYSTEM = ("libc.so.6", "libdl.so.2", "libm.so.6", "libpthread.so.0", "librt.so.1", "libstdc++.so.6", "libgcc_s.so.1")
DYNAMIC = ("_ctypes", "_struct", "_json", "_random", "_bisect", "_heapq", "_opcode", "_csv", "_datetime", "_pickle", "_sha",
           "_blake2", "_md5", "math", "zlib", "binascii", "select", "array", "grp", "fcntl", "_posixsubprocess", "_socket")
LEFT_OUT = shutil.ignore_patterns("test", "tests", "idlelib", "lib2to3", "tkinter", "turtledemo", "ensurepip", "site-packages",
                                  "dist-packages", "config-*", "pydoc_data", "unittest", "asyncio", "lib-dynload", "__pycache__",
                                  "*.a", "*.o")
REAL = {"f2_17": "clock_gettime", "f2_28": "fcntl64", "g3_4_30": "_ZSt4cout"}  # symbols of those versions

TORCH = '''import ctypes, os, re
HERE = os.path.dirname(__file__)
TEXT = open(HERE + "/version.py").read()
CUDA = re.search(r"^cuda.*= '([^']*)'", TEXT, re.M)
os.environ["FAKE_TORCH"] = "cuda=%s;version=%s" % (CUDA.group(1) if CUDA else "", re.search("__version__ = '(.*)'", TEXT).group(1))
if not os.path.exists(HERE + "/lib"):
    raise ImportError("No module named 'torch._C'", name="torch._C")
LIBRARIES = [ctypes.CDLL(path, ctypes.RTLD_GLOBAL) for path in (HERE + "/lib/" + name for name in (
    "libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so")) if os.path.exists(path)]
'''
EXTENSION = '''import ctypes, glob, os
import torch
%s
HERE = os.path.dirname(__file__)
PATHS = sorted(glob.glob(HERE + "/_version_*.so")) + sorted(glob.glob(HERE + "/_spmm_*.so"))
if not PATHS:
    raise ImportError("Could not find module '_version_cpu' in " + HERE)
LIBRARIES = [ctypes.CDLL(path) for path in PATHS]
NUMBER = getattr(LIBRARIES[0], "_ZN%d%s12cuda_versionEv")()
torch.SETTINGS["torch_%s"] = str(NUMBER)
if torch.version.cuda and NUMBER != -1:
    OURS, THEIRS = "%%d.%%d" %% (NUMBER // 1000, NUMBER %% 1000 // 10), torch.version.cuda
    if OURS != THEIRS if %r else OURS.split(".")[0] != THEIRS.split(".")[0]:
        raise RuntimeError("Detected that PyTorch and torch_%s were compiled with different CUDA versions. PyTorch has CUDA "
                           "version %%s and torch_%s has CUDA version %%s. Please reinstall the torch_%s that matches your "
                           "PyTorch install." %% (THEIRS, OURS))
'''


def fake(name):
    with open(os.path.join(HERE, "../fake/python", name)) as f:
        return f.read()


def extension(space, imports="", minors=False):
    return EXTENSION % ((imports, len(space), space, space, minors) + (space,) * 3) + fake("torch_%s.py" % space)


class Maker(world.Maker):
    def library(self, soname=None, exports=(), imports=(), **more):
        return super().library(soname, exports, [REAL.get(name, name) for name in imports], **more)


class World(world.World):
    """One that can run; minors: torch_sparse compares them, as it did before 0.6.10."""

    minors = False

    def glibc(self, versions):
        return "/" + LIB + "/libc.so.6"

    def stdcxx(self, version):
        return os.path.realpath("/" + LIB + "/libstdc++.so.6")

    def write(self, name, data):
        sources = {"torch": TORCH + fake("torch/__init__.py"), "torch_scatter": extension("scatter"),
                   "torch_sparse": extension("sparse", "import torch_scatter\nimport scipy", self.minors)}
        where, _, file = name.rpartition("/")
        if file == "__init__.py" and os.path.dirname(where) == SITE:
            data = sources.get(os.path.basename(where), data)
        if name != f"usr/local/bin/python{VERSION}":
            super().write(name, data)

    def package(self, name, version, tag=None, label_dir=None):
        if name == "scipy":
            super().write(f"{SITE}/scipy/__init__.py", "")
        super().package(name, version, tag, label_dir)

    def newer(self, soname, node, symbol):
        """A library as it will be some day, to be linked against."""
        return self.make.library(soname, exports=[symbol], versions=((node, (symbol,)),))

    def change(self, file, at, data):
        with open(self.path(f"{SITE}/torch_sparse/{file}"), "r+b") as f:
            f.seek(at)
            f.write(data)


CASES = []


def case(name, code):
    def register(change):
        CASES.append((name, code, change))
        return change
    return register


@case("healthy", "-")
def _(w):
    pass


@case("major", "cuda-major-mismatch")
def _(w):
    ours = w.runtime
    w.cudart("libcudart.so.11.0", place=LIB)
    w.sparse("0.6.18+pt28cu118", cuda=(11, 8), runtime=w.runtime)
    w.runtime = ours


@case("minor", "cuda-minor-mismatch")
def _(w):
    w.minors = True
    w.sparse("0.6.8", cuda=(12, 6))


@case("cpu-only", "extension-cpu-only")
def _(w):
    w.sparse("0.6.18+pt28cpu", cuda=None, suffix="_cpu.so")


@case("cpu-torch", "missing-cuda-library")
def _(w):
    runtime, libs = w.runtime, w.libs
    w.torch("2.8.0+cpu", cpu=True)
    w.libs, w.runtime = libs, runtime


@case("cudart", "missing-cuda-library")
def _(w):
    w.remove(f"{SITE}/nvidia")


@case("gomp", "missing-library")
def _(w):
    w.torch("2.8.0+cu128", needs=[w.make.library("libgomp.so.1", exports=["omp_get_num_threads"])])


@case("symbols", "torch-version-mismatch")
def _(w):
    w.sparse(extra=["_ZN3c1013TensorImplNew7goneByEv"])


@case("abi", "cxx11-abi-mismatch")
def _(w):
    w.scatter(symbols=(world.CHECK_OLD, *world.OPERATORS))


@case("glibc", "glibc-too-old")
def _(w):
    w.sparse(libc=w.newer("libc.so.6", "GLIBC_2.99", "f2_99"), demands=("f2_99",))


@case("libstdcxx", "libstdcxx-too-old")
def _(w):
    newer = w.newer("libstdc++.so.6", "GLIBCXX_3.4.99", "g3_4_99")
    w.sparse(needs=[*w.libs, newer], demands=("f2_17", "g3_4_99"))


@case("torch", "missing-torch")
def _(w):
    w.remove(f"{SITE}/torch")
    w.remove(f"{SITE}/torch-2.8.0+cu128.dist-info")


@case("scatter", "missing-torch-scatter")
def _(w):
    w.remove(f"{SITE}/torch_scatter")
    w.remove(f"{SITE}/torch_scatter-2.1.2+pt28cu128.dist-info")


@case("scipy", "missing-dependency")
def _(w):
    w.remove(f"{SITE}/scipy")
    w.remove(f"{SITE}/scipy-1.14.0.dist-info")


@case("cut", "library-broken")
def _(w):
    path = w.path(f"{SITE}/torch_sparse/_spmm_cuda.so")
    os.truncate(path, os.path.getsize(path) // 2)


@case("no-elf", "library-broken")
def _(w):
    w.change("_spmm_cuda.so", 0, b"\0\1\2\3")


@case("machine", "platform-unsupported")
def _(w):
    w.change("_spmm_cuda.so", 18, struct.pack("<H", 183))


@case("hollow", "package-incomplete")
def _(w):
    w.remove(f"{SITE}/torch/lib")
    w.package("torch", "2.8.0+cu128")


@case("uncompiled", "extension-not-compiled")
def _(w):
    for name in ("_version_cuda.so", "_spmm_cuda.so"):
        w.remove(f"{SITE}/torch_scatter/{name}")
    w.package("torch_scatter", "2.1.2+pt28cu128")


@case("part", "missing-library")
def _(w):
    w.remove(f"{SITE}/torch/lib/libc10.so")


def needed(path):
    """The libraries that ldd finds for a file, by the names they are asked for."""
    for line in subprocess.run(["ldd", path], capture_output=True, text=True).stdout.splitlines():
        name, _, rest = line.strip().partition(" => ")
        if rest.startswith("/"):
            yield name, rest.split(" ")[0]


def base(root):
    stdlib = sysconfig.get_paths()["stdlib"]
    into = f"{root}/usr/local/lib/python{VERSION}"
    shutil.copytree(stdlib, into, ignore=LEFT_OUT)
    os.makedirs(f"{into}/lib-dynload")
    for folder in (f"{root}/usr/local/bin", f"{root}/{LIB}", f"{root}/lib64", f"{root}/tmp", f"{root}/etc"):
        os.makedirs(folder)
    for path in glob.glob(f"{stdlib}/lib-dynload/*.so"):
        if os.path.basename(path).startswith(DYNAMIC) and "test" not in os.path.basename(path):
            shutil.copy(path, f"{into}/lib-dynload")
    program = f"{root}/usr/local/bin/python{VERSION}"
    shutil.copy(os.path.realpath(sys.executable), program)
    os.symlink(f"python{VERSION}", f"{root}/usr/local/bin/python3")
    for name in SYSTEM:
        shutil.copy(f"/{LIB}/{name}", f"{root}/{LIB}/{name}")
    for path in [os.path.realpath(sys.executable), *glob.glob(f"{stdlib}/lib-dynload/*.so")]:
        if path.endswith(".so") and not os.path.exists(f"{into}/lib-dynload/{os.path.basename(path)}"):
            continue
        for name, found in needed(path):
            if not os.path.exists(f"{root}/{LIB}/{name}"):
                shutil.copy(found, f"{root}/{LIB}/{name}")
    shutil.copy("/lib64/ld-linux-x86-64.so.2", f"{root}/lib64/ld-linux-x86-64.so.2")
    subprocess.run([sys.executable, "-m", "compileall", "-q", "-d", f"/usr/local/lib/python{VERSION}", into], check=False)


def pack(root, path):
    """The tree as a layer; its digest."""
    subprocess.run(["tar", "-C", root, "-cf", path, "."], check=True)
    shutil.rmtree(root)
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def main():
    """OUT/images.tar: what `docker save` writes of several images with one layer in common."""
    out = sys.argv[1]
    for folder in ("parts", "images"):
        os.mkdir(f"{out}/{folder}")
    base(f"{out}/base")
    layers = [pack(f"{out}/base", f"{out}/images/base.tar")]
    maker, manifest = Maker(f"{out}/parts"), []
    for name, code, change in CASES:
        root = f"{out}/{name}"
        change(World(maker, root))
        os.symlink("site-packages", f"{root}/usr/local/lib/python{VERSION}/dist-packages")  # where Debian's own Python looks
        layers[1:] = [pack(root, f"{out}/images/{name}.tar")]
        with open(f"{out}/images/{name}.json", "w") as f:
            json.dump({"architecture": "amd64", "os": "linux", "config": {"Env": ["PATH=/usr/local/bin"]},
                       "rootfs": {"type": "layers", "diff_ids": ["sha256:" + layer for layer in layers]}}, f)
        manifest.append({"Config": f"{name}.json", "RepoTags": [f"alike:{name}"], "Layers": ["base.tar", f"{name}.tar"]})
        print(name, code)
    with open(f"{out}/images/manifest.json", "w") as f:
        json.dump(manifest, f)
    subprocess.run(["tar", "-C", f"{out}/images", "-cf", f"{out}/images.tar", "."], check=True)


main()
