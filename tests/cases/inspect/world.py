"""world: small file systems that look like images with torch and its extensions, made from assembler texts by as and ld.

A World is a healthy tree; cases change one thing in it. Libraries are made once per process and content (cached)."""
import hashlib
import os
import shutil
import struct
import subprocess

PYTHON = "3.11"
SITE = "usr/local/lib/python3.11/site-packages"
LIB = "lib/x86_64-linux-gnu"
CHECK_NEW = "_ZN3c106detail14torchCheckFailEPKcS2_jRKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE"
CHECK_OLD = "_ZN3c106detail14torchCheckFailEPKcS2_jRKSs"
OPERATORS = ["_ZN5torch8jit17RegisterOperatorsD1Ev", "_ZNK2at6Tensor3addERKS0_RKN3c106ScalarE"]
STABLE = ["aoti_torch_get_data_ptr", "torch_call_dispatcher"]
GLIBC = ["2.2.5", "2.14", "2.17", "2.28", "2.34", "2.36"]


def cubin(cuda):
    """A cubin as CUDA up to 12.x writes it: its head names CUDA, and it has a section of kernel code."""
    ident = b"\x7fELF\x02\x01\x01\x33\x07" + bytes(7)
    names = b"\0.shstrtab\0.text.kernel\0"
    section = struct.Struct("<IIQQQQIIQQ")
    sections = (section.pack(*[0] * 10) + section.pack(1, 3, 0, 0, 64, len(names), 0, 0, 1, 0) +
                section.pack(11, 1, 6, 0, 512, 1024, 0, 0, 128, 0))
    head = ident + struct.pack("<HHIQQQIHHHHHH", 2, 190, cuda, 0, 0, 128, 0, 64, 56, 0, 64, 3, 1)
    data = head + names
    data += bytes(128 - len(data)) + sections
    return data + bytes(2400 - len(data))


def entry(kind, arch, payload, version=(1, 7), flags=0x11, suffix=""):
    flags |= {"": 0, "a": 0x100000, "f": 0x200000}[suffix]
    payload += bytes(-len(payload) % 8)
    return struct.pack("<HHIQIIHHIIIQQQ", kind, 0x0101, 64, len(payload), 0, 0, version[1], version[0], arch, 0, 0, flags,
                       0, 0) + payload


def sass(arch, cuda=128, suffix="", flags=0x11):
    return entry(2, arch, cubin(cuda), suffix=suffix, flags=flags)


def linked(arch, cuda=128):
    """What a device link leaves behind: machine code without a function in it."""
    return entry(2, arch, cubin(cuda).replace(b".text.kernel", b".nv.constant")[:1024] + bytes(64))


def ptx(arch, isa=(8, 7), flags=0x11, suffix=""):
    text = b".version %d.%d\n.target sm_%d\n" % (*isa, arch)
    return entry(1, arch, text, version=isa, flags=flags, suffix=suffix)


def fatbin(*entries):
    body = b"".join(entries)
    return struct.pack("<IHHQ", 0xBA55ED50, 1, 16, len(body)) + body


def returns(value):
    """The body of a function that returns a number, as compilers write it for x86-64."""
    if value < 0:
        return b"\x48\xc7\xc0" + struct.pack("<i", value) + b"\xc3"
    return b"\xb8" + struct.pack("<I", value) + b"\xc3"


def use_python(version):
    """All trees made from now on have that Python in place of 3.11."""
    global PYTHON, SITE
    PYTHON, SITE = version, f"usr/local/lib/python{version}/site-packages"


def native_tag():
    return "cp{0}-cp{0}-linux_x86_64".format(PYTHON.replace(".", ""))


class Maker:
    """Makes shared libraries: exports, imports, versions, device code; equal wishes give one file."""

    def __init__(self, folder):
        self.folder = folder
        self.made = {}

    def library(self, soname=None, exports=(), imports=(), needs=(), versions=None, code=b"", functions=None, texts=(),
                rpath=None):
        key = repr((soname, tuple(exports), tuple(imports), tuple(needs), versions, code, functions, texts, rpath))
        key = hashlib.sha256(key.encode()).hexdigest()[:24]
        path = os.path.join(self.folder, key + ".so")
        if key in self.made:
            return path
        self.made[key] = True
        lines = [".data"] + [f".quad {name}" for name in imports]
        for name in exports:
            lines += [f".globl {name}", f".type {name},@object", f"{name}: .quad 0"]
        lines.append(".text")
        for name, body in (functions or {}).items():
            lines += [f".globl {name}", f".type {name},@function", f"{name}: .byte " + ",".join(map(str, body)),
                      f".size {name},{len(body)}"]
        if texts:
            lines.append('.section .rodata,"a"')
            lines += [f'.asciz "{text}"' for text in texts]
        if code:
            open(path + ".fatbin", "wb").write(code)
            lines += ['.section .nv_fatbin,"a"', ".balign 8", f'.incbin "{path}.fatbin"']
        lines.append('.section .note.GNU-stack,"",%progbits')
        subprocess.run(["as", "-o", path + ".o", "-"], input="\n".join(lines) + "\n", text=True, check=True)
        command = ["ld", "-shared", "--no-as-needed", "-z", "noseparate-code", "-o", path, path + ".o", *needs]
        if soname:
            command += ["-soname", soname]
        if rpath:
            command += ["--disable-new-dtags", "-rpath", rpath]
        if versions:
            script = "".join(f"{node} {{ {' '.join(name + ';' for name in names)} }};\n" for node, names in versions)
            open(path + ".map", "w").write(script)
            command += ["--version-script", path + ".map"]
        subprocess.run(command, check=True)
        return path


class World:
    """A root directory with Python 3.11, torch 2.8.0 for CUDA 12.8 and torch_sparse, torch_scatter, scipy."""

    def __init__(self, maker, root, torch="2.8.0+cu128", cuda=(12, 8)):
        self.make, self.root, self.cuda = maker, root, cuda
        self.write("etc/os-release", 'ID=debian\nVERSION_ID="12"\n')
        self.write(f"usr/local/bin/python{PYTHON}", "#!/bin/true\n")
        self.libc = self.put(LIB + "/libc.so.6", self.glibc(GLIBC))
        self.put(LIB + "/libstdc++.so.6", self.stdcxx("3.4.30"))
        self.cudart()
        self.torch(torch)
        self.sparse()
        self.scatter()
        self.package("scipy", "1.14.0")

    # --- files ---
    def path(self, name):
        return os.path.join(self.root, name)

    def write(self, name, data):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as f:
            f.write(data.encode() if isinstance(data, str) else data)

    def put(self, name, library):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        shutil.copyfile(library, self.path(name))
        return library

    def remove(self, name):
        path = self.path(name)
        shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)

    # --- the system ---
    def glibc(self, versions):
        nodes = tuple(("GLIBC_" + v, ("f" + v.replace(".", "_"),)) for v in versions)
        return self.make.library("libc.so.6", exports=[names[0] for _, names in nodes], versions=nodes)

    def stdcxx(self, version):
        nodes = ((f"GLIBCXX_{version}", ("g" + version.replace(".", "_"),)), ("CXXABI_1.3.13", ("abi13",)))
        return self.make.library("libstdc++.so.6", exports=[names[0] for _, names in nodes], versions=nodes)

    def cudart(self, soname=None, place=None, label=""):
        major = self.cuda[0]
        soname = soname or f"libcudart.so.{major}"
        place = place or f"{SITE}/nvidia/cuda_runtime/lib"
        library = self.make.library(soname, exports=["cudaLaunchKernel"], versions=((soname, ("cudaLaunchKernel",)),))
        self.runtime = self.put(f"{place}/{soname}", library)
        return library

    # --- packages ---
    def package(self, name, version, tag=None, label_dir=None):
        """Metadata of what lies in the site's folder NAME now."""
        info = f"{SITE}/{name}-{version}.dist-info"
        self.write(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: {version}\n\n")
        self.write(f"{info}/WHEEL", f"Wheel-Version: 1.0\nTag: {tag or native_tag()}\n")
        rows = [f"{info[len(SITE) + 1:]}/RECORD,,"]
        for folder, _, files in sorted(os.walk(self.path(f"{SITE}/{name}"))):
            for file in sorted(files):
                path = os.path.join(folder, file)
                rows.append(f"{os.path.relpath(path, self.path(SITE))},sha256=x,{os.path.getsize(path)}")
        self.write(f"{info}/RECORD", "\n".join(rows) + "\n")

    def torch(self, version, abi=CHECK_NEW, operators=tuple(OPERATORS), code=None, cpu=False, needs=()):
        for old in (d for d in os.listdir(self.path(SITE)) if d.startswith("torch-")):
            self.remove(f"{SITE}/{old}")
        if os.path.exists(self.path(f"{SITE}/torch")):
            self.remove(f"{SITE}/torch")
        cuda = "%d.%d" % self.cuda
        lib = f"{SITE}/torch/lib"
        rpath = "$ORIGIN:$ORIGIN/../../nvidia/cuda_runtime/lib"
        self.write(f"{SITE}/torch/__init__.py", "")
        self.write(f"{SITE}/torch/version.py", f"__version__ = '{version}'\n" +
                   ("cuda: Optional[str] = None\n" if cpu else f"cuda: Optional[str] = '{cuda}'\n"))
        c10 = self.put(lib + "/libc10.so", self.make.library("libc10.so", exports=[abi], imports=["f2_28", "g3_4_30"],
                       needs=[self.libc, self.path(LIB + "/libstdc++.so.6")], rpath="$ORIGIN"))
        main = self.put(lib + "/libtorch_cpu.so", self.make.library("libtorch_cpu.so", exports=operators, imports=[abi],
                        needs=[c10, self.libc], rpath="$ORIGIN"))
        self.libs = [c10, main]
        if cpu:
            self.package("torch", version)
            return
        code = code if code is not None else fatbin(sass(80, self.number()), sass(90, self.number()),
                                                    ptx(90, self.isa()))
        part = self.make.library("libc10_cuda.so", exports=["_ZN3c104cuda14device_countEv"], imports=[abi],
                                 needs=[c10, self.runtime], rpath=rpath)
        self.put(lib + "/libc10_cuda.so", part)
        self.libs.append(part)
        part = self.make.library("libtorch_cuda.so", exports=["_ZN2at4cuda4spmmEv"], imports=[abi, "cudaLaunchKernel"],
                                 needs=[c10, main, self.runtime, *needs], code=code, rpath=rpath)
        self.put(lib + "/libtorch_cuda.so", part)
        self.libs.append(part)
        self.package("torch", version)

    def number(self):
        return self.cuda[0] * 10 + self.cuda[1]

    def isa(self):
        return {(11, 8): (7, 8), (12, 4): (8, 4), (12, 6): (8, 5), (12, 8): (8, 7), (13, 0): (9, 0)}[self.cuda]

    def extension(self, name, version, space, cuda="same", value=None, symbols=(CHECK_NEW, *OPERATORS), extra=(), needs=None,
                  code=None, tag=None, suffix="_cuda.so", demands=("f2_17",), libc=None,
                  runtime=None, own=None):
        """An extension as torch_sparse builds it: _version_cuda.so tells the CUDA version, _spmm_cuda.so has kernels."""
        cuda = self.cuda if cuda == "same" else cuda
        folder = f"{SITE}/{name}"
        for old in (d for d in os.listdir(self.path(SITE)) if d.startswith(name + "-") or d == name):
            self.remove(f"{SITE}/{old}")
        value = value if value is not None else (cuda[0] * 1000 + cuda[1] * 10 if cuda else -1)
        needs = list(needs if needs is not None else self.libs) + [libc or self.libc]
        self.write(f"{folder}/__init__.py", f"__version__ = '{version.split('+')[0]}'\n")
        self.put(f"{folder}/_version{suffix}", self.make.library(
            imports=[*symbols, *demands], needs=needs, functions={f"_ZN{len(space)}{space}12cuda_versionEv": returns(value)}))
        if cuda:
            number = cuda[0] * 10 + cuda[1]
            isa = {(11, 8): (7, 8), (12, 4): (8, 4), (12, 6): (8, 5), (12, 8): (8, 7), (13, 0): (9, 0)}[cuda]
            code = code if code is not None else fatbin(sass(80, number), sass(90, number), ptx(90, isa))
            self.put(f"{folder}/_spmm{suffix}", self.make.library(
                imports=[*symbols, "cudaLaunchKernel", *extra], needs=[*needs, runtime or self.runtime], code=code))
        for file, library in (own or {}).items():
            self.put(f"{folder}/{file}", library)
        self.package(name, version, tag)

    def sparse(self, version="0.6.18+pt28cu128", **more):
        self.extension("torch_sparse", version, "sparse", **more)

    def scatter(self, version="2.1.2+pt28cu128", **more):
        self.extension("torch_scatter", version, "scatter", **more)

    def family(self):
        """All extensions, torchvision and torchaudio."""
        self.extension("torch_cluster", "1.6.3+pt28cu128", "cluster")
        self.extension("torch_spline_conv", "1.2.2+pt28cu128", "spline_conv")
        self.extension("pyg_lib", "0.4.0+pt28cu128", "pyg")
        self.vision()
        self.write(f"{SITE}/torchaudio/__init__.py", "")
        self.put(f"{SITE}/torchaudio/lib/_torchaudio.so", self.make.library(imports=[CHECK_NEW], needs=self.libs[:2]))
        self.package("torchaudio", "2.8.0+cu128")

    def vision(self, cuda="same"):
        cuda = self.cuda if cuda == "same" else cuda
        for old in (d for d in os.listdir(self.path(SITE)) if d.startswith("torchvision")):
            self.remove(f"{SITE}/{old}")
        more = {"code": fatbin(sass(80, cuda[0] * 10 + cuda[1]), sass(90, cuda[0] * 10 + cuda[1]))} if cuda else {}
        self.write(f"{SITE}/torchvision/__init__.py", "")
        self.put(f"{SITE}/torchvision/_C.so", self.make.library(imports=[CHECK_NEW, *OPERATORS], needs=self.libs[:2], **more))
        self.package("torchvision", "0.23.0+cu%d%d" % cuda if cuda else "0.23.0+cpu")
