#!/usr/bin/env python3
"""Proves torch, torch_sparse and their kin inside an image, with the image's own interpreter.

Prints JSON lines on stdout, each with "cudabuild": 1 (model/verdict.h reads them): facts, rows with a status, and a
last line with "end". What is right is decided elsewhere; here only numbers are compared, with products computed by Python.
Runs with Python 3.6 and newer and torch 1.4 and newer, needs no other package, never changes anything, and ends by
itself: usage smoke.py [--timeout=SECONDS] [--packages=NAME,...] [--no-gpu] [--tag=TEXT]
"""
import faulthandler
import glob
import importlib.util
import json
import os
import re
import struct
import sys
import time
import warnings

FAMILY = ("torch", "torch_scatter", "torch_sparse", "torch_cluster", "torch_spline_conv", "pyg_lib")
OPS = {"pyg_lib": "pyg"}  # where an extension's operators are registered under another name
REDUCE = ("sum", "mean", "min", "max")
STARTED = time.time()
TAG = [None]  # what every line carries

# Texts of failures, what they mean (in the codes of `inspect`), and the next step; the first that fits counts. facts: the
# packages' own sources.
CAUSES = (
    (r"compiled with different CUDA versions", "cuda-major-mismatch",
     "install the extension's wheel for this torch's CUDA"),
    (r"No module named 'torch'", "missing-torch", "install torch where this interpreter looks for it"),
    (r"No module named 'torch\.|Failed to load PyTorch C extensions", "package-incomplete", "install torch anew"),
    (r"No module named 'torch_(sparse|scatter|cluster|spline_conv)\.", "extension-not-compiled",
     "the extension's compiled part is missing: install it again"),
    (r"No module named 'torch_scatter'", "missing-torch-scatter", "install torch_scatter beside torch_sparse"),
    (r"No module named '\w+'", "missing-dependency", "install the package that is named"),
    (r"lib(cu|nv|c10_cuda|torch_cuda)[\w-]*\.so[.\d]*: cannot open shared object", "missing-cuda-library",
     "the package was built for another CUDA than the image has, or the base lacks the library"),
    (r"\.so[.\d]*: cannot open shared object", "missing-library", "install the library that is named"),
    (r"GLIBC_[.\d]+' not found", "glibc-too-old", "use a newer base image or an older wheel"),
    (r"(GLIBCXX|CXXABI)_[.\d]+' not found", "libstdcxx-too-old", "use a newer base image or an older wheel"),
    (r"file too short|invalid ELF header|wrong ELF class|ELF load command", "library-broken",
     "the library is cut short or for another machine: install the package again"),
    (r"cannot enable executable stack", "executable-stack",
     "the system forbids what an old library wants: use a newer wheel"),
    (r"undefined symbol", "torch-version-mismatch", "install the extension's wheel for this torch version"),
    (r"Could not find module '_version_c", "extension-not-compiled",
     "the extension's compiled part is missing: install it again"),
    (r"Not compiled with (CUDA|GPU) support|CUDA version.*-1", "extension-cpu-only",
     "build the extension with FORCE_CUDA=1 or install its CUDA wheel"),
    (r"no kernel image is available", "arch-not-covered", "add this GPU's compute capability to the arch list"),
    (r"device kernel image is invalid", "invalid-kernel-image",
     "the kernels are compressed in a way this driver cannot read: update it"),
    (r"unsupported toolchain|unsupported PTX version", "ptx-too-new-for-driver",
     "update the driver, or compile for this GPU"),
    (r"driver on your system is too old|driver version is insufficient", "driver-too-old",
     "update the driver on this machine or build a variant for an older CUDA"),
    (r"system has unsupported display driver|cuda driver combination", "driver-mismatch",
     "libcuda and kernel module are of different releases: look for /usr/local/cuda/compat"),
    (r"forward compatibility was attempted", "forward-compat-unsupported", "remove cuda-compat from the image"),
    (r"uncorrectable (ECC|NVLink)|hardware stack error|contained error", "hardware-fault",
     "look for Xid messages on the node and take it out of service"),
    (r"CUDA unknown error|initialization error|OS call failed|operation not permitted", "driver-not-usable",
     "device files, seccomp profile or driver of the node do not fit: look for Xid messages"),
    (r"out of memory", "out-of-memory", "free the GPU's memory or choose another device"),
    (r"all CUDA-capable devices are busy|exclusive", "device-busy", "another process holds the GPU"),
    (r"system not yet initialized", "system-not-ready", "start nvidia-fabricmanager on the node"),
    (r"Found no NVIDIA driver", "no-driver", "run it on a machine with a GPU, with --gpus"),
    (r"No CUDA GPUs are available|no CUDA-capable device", "no-device", "check the container's GPU request"),
)
ABSENT = {"torch": "missing-torch", "torch_scatter": "missing-torch-scatter"}  # codes of packages that are not there
NODE = ("out-of-memory", "device-busy", "system-not-ready", "hardware-fault", "driver-not-usable")  # no verdict on the image
NO_GPU = ("no-driver", "no-device")


def emit(**pairs):
    """One line, in one write, past Python's own buffers."""
    pairs["tag"] = TAG[0]
    line = json.dumps({k: v for k, v in pairs.items() if v is not None}, sort_keys=True)
    data = ('{"cudabuild": 1, "from": "smoke", %s\n' % line[1:]).encode("ascii")
    while data:
        data = data[os.write(1, data):]


def row(name, status, **pairs):
    emit(id=name, status=status, **pairs)


def at(what):
    emit(at=what)


def chain(error):
    """An error's text with those of its causes, which hold the loader's own words."""
    texts, seen = [], set()
    while error is not None and id(error) not in seen and len(texts) < 5:
        seen.add(id(error))
        text = " ".join(("%s: %s" % (type(error).__name__, error)).split())
        texts.append(text[:400])
        error = error.__cause__ or error.__context__
    return " <- ".join(texts)


def abi_of(text):
    """True for the new C++ ABI, False for the old one, None where the symbol does not tell."""
    symbol = re.search(r"undefined symbol: (\S+)", text)
    if not symbol:
        return None
    if "__cxx11" in symbol.group(1):
        return True
    return False if re.search(r"RKSs|Ss", symbol.group(1)) else None


def is_there(text):
    """Whether what "cannot be opened" lies there: so ld.so says of a library for another machine."""
    path = re.search(r"(/\S+): cannot open shared object file: No such file", text)
    return bool(path) and os.path.exists(path.group(1))


def cause(text):
    for pattern, code, hint in CAUSES:
        if not re.search(pattern, text):
            continue
        abi, torch = abi_of(text), sys.modules.get("torch")
        own = getattr(getattr(torch, "_C", None), "_GLIBCXX_USE_CXX11_ABI", None)
        if code == "torch-version-mismatch" and None not in (abi, own) and abi != own:
            return "cxx11-abi-mismatch", "built for the other C++ ABI: install the extension's wheel for this torch"
        if code == "cuda-major-mismatch" and len(set(re.findall(r"has CUDA version (\d+)\.\d", text))) == 1:
            code = "cuda-minor-mismatch"  # old versions compare minors
        if code == "missing-library" and is_there(text):
            return "platform-unsupported", "the library is for another machine: install its wheel for this one"
        return code, hint
    return None, None


def failed(name, error, otherwise, **pairs):
    text = chain(error)
    code, hint = cause(text)
    status = "error" if code in NODE else "skip" if code in NO_GPU else "fail"
    if name.endswith(".f16") and "not implemented for" in text:  # old versions have no half precision
        status, otherwise = "info", "not-implemented"
    row(name, status, code=code or otherwise, found=text[:900], hint=hint, **pairs)


# --- packages -------------------------------------------------------------------------------------------------------


def dotted(number):
    """12040 as "12.4"; what an extension built without CUDA says (-1) as "cpu"."""
    number = int(number)
    return "cpu" if number < 0 else "%d.%d" % (number // 1000, number % 1000 // 10)


def cuda_of(name, module):
    if name == "torch":
        return module.version.cuda or "cpu"
    try:
        torch = sys.modules["torch"]
        return dotted(getattr(torch.ops, OPS.get(name, name)).cuda_version())
    except Exception:  # an extension that does not say
        return None


def version_of(name, module):
    version = getattr(module, "__version__", None)
    if version:
        return str(version)
    try:
        from importlib import metadata
        return metadata.version(name.replace("_", "-"))
    except Exception:
        return "unknown"


def is_absent(error, name):
    return isinstance(error, ImportError) and getattr(error, "name", None) == name


def is_cut(path):
    """Whether an ELF file ends before the parts that ld.so maps: touching those would end the process."""
    with open(path, "rb") as f:
        head = f.read(64)
        if len(head) < 64 or head[:6] != b"\x7fELF\2\1":
            return False  # what ld.so refuses by itself
        place, (size, count) = struct.unpack("<Q", head[32:40])[0], struct.unpack("<HH", head[54:58])
        f.seek(place)
        table = f.read(size * count)
    for at_ in range(0, len(table) - 55, max(size, 56)):
        kind, offset, length = struct.unpack("<I4xQ16xQ", table[at_:at_ + 40])
        if kind == 1 and offset + length > os.path.getsize(path):
            return True
    return False


def refuse_cut(name):
    """Raises what ld.so would say of a library of the module that is cut short, if it looked."""
    try:
        folders = list(importlib.util.find_spec(name).submodule_search_locations)
        paths = [p for f in folders for where in (f, os.path.join(f, "lib")) for p in glob.glob(os.path.join(where, "*.so*"))]
        cut = [path for path in sorted(paths) if os.path.isfile(path) and is_cut(path)]
    except Exception:  # whatever is odd there, the import tells better
        return
    if cut:
        raise OSError("%s: file too short" % cut[0])


def take_in(name, required):
    """Imports a module and says what it is; None where it cannot be had."""
    at("import %s" % name)
    started = time.time()
    try:
        refuse_cut(name)
        module = __import__(name)
    except BaseException as error:  # SystemExit too: an import must not end the script
        if is_absent(error, name):
            if required:
                row("import." + name, "fail", code=ABSENT.get(name, "missing-dependency"), found="no such module: %s" % name,
                    hint="the image does not hold it, or another interpreter does")
                emit(package=name)
            return None
        failed("import." + name, error, "import-failed")
        emit(package=name)
        return None
    ms = int((time.time() - started) * 1000)
    row("import." + name, "pass", found=version_of(name, module), ms=ms)
    path = getattr(module, "__file__", None)
    emit(package=name, version=version_of(name, module), path=path, cuda=cuda_of(name, module))
    return module


def say_archs(torch):
    try:
        row("torch.archs", "info", found=torch._C._cuda_getArchFlags())
    except Exception:  # CPU builds and old versions have no such function
        pass


# --- numbers --------------------------------------------------------------------------------------------------------


class Draw(object):
    """The same sequence of whole numbers everywhere, none of them 0."""

    def __init__(self, seed, limit):
        self.state, self.limit = seed, limit

    def next(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2 ** 64
        number = (self.state >> 33) % (2 * self.limit) - self.limit
        return number if number < 0 else number + 1


class Problem(object):
    """A sparse matrix (entries sorted by row), a dense one, weights of the result, and what must come out.

    Rows have 0, 1, 2 or 4 entries, so that means are exact; the first and the last are empty. All numbers are whole and
    small: every partial sum is exact in float32, and results are compared for equality, not nearness.
    """

    ROWS, COLUMNS, WIDTH = 23, 17, 9

    def __init__(self, limit, seed=1):
        draw = Draw(seed, limit)
        self.row, self.col, self.value = [], [], []
        for r in range(1, self.ROWS - 1):
            for _ in range((0, 1, 2, 4)[r % 4]):
                self.row.append(r)
                self.col.append((draw.next() + limit) % self.COLUMNS)
                self.value.append(float(draw.next()))
        self.dense = [[float(draw.next()) for _ in range(self.WIDTH)] for _ in range(self.COLUMNS)]
        self.weight = [[float(draw.next()) for _ in range(self.WIDTH)] for _ in range(self.ROWS)]

    def entries(self, r):
        return [e for e in range(len(self.row)) if self.row[e] == r]

    def product(self, e, c):
        return self.value[e] * self.dense[self.col[e]][c]

    def is_clear(self):
        """Whether each minimum and maximum is reached by one entry alone, so that gradients are unique."""
        cells = [[self.product(e, c) for e in self.entries(r)] for r in range(self.ROWS) for c in range(self.WIDTH)]
        return all(len(set(cell)) == len(cell) for cell in cells)

    def shares(self, r, c, reduce):
        """The entries that make up a cell of the result, with their parts in it."""
        entries = self.entries(r)
        if not entries:
            return []
        if reduce in ("min", "max"):
            return [((min if reduce == "min" else max)(entries, key=lambda e: self.product(e, c)), 1.0)]
        return [(e, 1.0 / len(entries) if reduce == "mean" else 1.0) for e in entries]

    def answer(self, reduce):
        """The result, and the gradients of the weighted sum over it for values and dense matrix."""
        out = [[0.0] * self.WIDTH for _ in range(self.ROWS)]
        by_value, by_dense = [0.0] * len(self.value), [[0.0] * self.WIDTH for _ in range(self.COLUMNS)]
        for r in range(self.ROWS):
            for c in range(self.WIDTH):
                for e, share in self.shares(r, c, reduce):
                    out[r][c] += share * self.product(e, c)
                    by_value[e] += self.weight[r][c] * share * self.dense[self.col[e]][c]
                    by_dense[self.col[e]][c] += self.weight[r][c] * share * self.value[e]
        return out, by_value, by_dense


    def by_source(self, reduce):
        """The gradient of the weighted sum over the result for each product, entry by entry."""
        out = [[0.0] * self.WIDTH for _ in self.row]
        for r in range(self.ROWS):
            for c in range(self.WIDTH):
                for e, share in self.shares(r, c, reduce):
                    out[e][c] += self.weight[r][c] * share
        return out

    def cells(self):
        """The matrix as {(row, column): value}, entries of one place added up."""
        out = {}
        for r, c, v in zip(self.row, self.col, self.value):
            out[r, c] = out.get((r, c), 0.0) + v
        return out

    def pointers(self):
        """Where each row's entries begin, and where the last one's end."""
        return [sum(r < row for r in self.row) for row in range(self.ROWS + 1)]


def dense_of(cells, rows, columns):
    return [[cells.get((r, c), 0.0) for c in range(columns)] for r in range(rows)]


def clear_problem():
    return next(p for p in (Problem(50, seed) for seed in range(1, 10000)) if p.is_clear())


def flat(numbers):
    return [n for part in numbers for n in flat(part)] if isinstance(numbers, list) else [numbers]


def difference(what, tensor, want):
    """None, or the first number that is not what it must be."""
    is_, want = flat(tensor.detach().cpu().double().tolist()), flat(want)
    if len(is_) != len(want):
        return "%s has %d elements instead of %d" % (what, len(is_), len(want))
    for i, (a, b) in enumerate(zip(is_, want)):
        if not a == b:  # NaN too
            return "%s: element %d is %r instead of %r" % (what, i, a, b)
    return None


class Place(object):
    """Where numbers are computed: "cpu", or a GPU by its number."""

    def __init__(self, torch, device=None):
        self.torch, self.number = torch, device
        self.device = torch.device("cpu" if device is None else "cuda:%d" % device)
        self.prefix = "cpu." if device is None else "gpu."

    def tensor(self, numbers, dtype):
        return self.torch.tensor(numbers, dtype=dtype, device=self.device)

    def poison(self, *shape):
        """Leaves NaN in the memory that the next result of that shape will probably get."""
        self.torch.full(shape, float("nan"), device=self.device)

    def settle(self):
        """Waits for the GPU, then raises errors that nobody told: torch_sparse does not look how its launches ended."""
        self.torch.cuda.synchronize(self.device)
        raise_pending()
        self.torch.zeros(1, device=self.device).cpu()  # a launch of torch's own, which does look

    def check(self, name, run):
        """Runs a comparison that gives None or what is wrong, and says a row; whether it went well."""
        name = self.prefix + name
        at(name if self.number is None else "%s on device %d" % (name, self.number))
        started, more = time.time(), {} if self.number is None else {"device": self.number}
        try:
            wrong = run()
            if self.number is not None:
                self.settle()
        except Exception as error:
            failed(name, error, "operation-failed", **more)
            return False
        if wrong:
            row(name, "fail", code="wrong-result", expected="the exact product", found=wrong,
                hint="the compiled code of torch and the package do not fit this machine or each other", **more)
        else:
            row(name, "pass", ms=int((time.time() - started) * 1000), **more)
        return not wrong


def try_dense(place):
    problem, torch = Problem(50), place.torch
    a, b = place.tensor(problem.weight, torch.float64), place.tensor(problem.dense, torch.float64)
    want = [[sum(w[k] * d[k] for k in range(problem.WIDTH)) for d in problem.dense] for w in problem.weight]
    return difference("product", torch.mm(a, b.t()), want)


def try_sparse(place, torch_sparse, problem, reduce, dtype, backward):
    """torch_sparse's product against the one computed in Python; backward: both gradients as well."""
    torch = place.torch
    value, dense = place.tensor(problem.value, dtype), place.tensor(problem.dense, dtype)
    if backward:
        value.requires_grad_()
        dense.requires_grad_()
    matrix = torch_sparse.SparseTensor(
        row=place.tensor(problem.row, torch.long), col=place.tensor(problem.col, torch.long), value=value,
        sparse_sizes=(problem.ROWS, problem.COLUMNS))
    place.poison(problem.ROWS, problem.WIDTH)
    out = torch_sparse.matmul(matrix, dense, reduce=reduce)
    want, by_value, by_dense = problem.answer(reduce)
    wrong = difference("result", out, want)
    if wrong or not backward:
        return wrong
    (out * place.tensor(problem.weight, dtype)).sum().backward()
    return difference("gradient of the values", value.grad, by_value) or \
        difference("gradient of the dense matrix", dense.grad, by_dense)


def try_scatter(place, torch_scatter, reduce):
    """Products put together by their row, and what each adds to the weighted sum of the results."""
    problem, torch = clear_problem(), place.torch
    rows = problem.row[-1] + 1
    source = place.tensor([[problem.product(e, c) for c in range(problem.WIDTH)] for e in range(len(problem.row))],
                          torch.float32)
    source.requires_grad_()
    index = place.tensor([[r] * problem.WIDTH for r in problem.row], torch.long)
    place.poison(rows, problem.WIDTH)
    out = getattr(torch_scatter, "scatter_" + ("add" if reduce == "sum" else reduce))(source, index, dim=0)
    out = out[0] if isinstance(out, tuple) else out
    wrong = difference("result", out, problem.answer(reduce)[0][:rows])
    if wrong:
        return wrong
    (out * place.tensor(problem.weight[:rows], torch.float32)).sum().backward()
    return difference("gradient of the products", source.grad, problem.by_source(reduce))


def try_segments(place, torch_scatter):
    problem, torch = Problem(50), place.torch
    source = [[problem.product(e, c) for c in range(problem.WIDTH)] for e in range(len(problem.row))]
    place.poison(problem.ROWS, problem.WIDTH)
    out = torch_scatter.segment_csr(place.tensor(source, torch.float32), place.tensor(problem.pointers(), torch.long),
                                    reduce="sum")
    return difference("sum", out, problem.answer("sum")[0])


def index_of(place, cells):
    return place.tensor([[r for r, _ in cells], [c for _, c in cells]], place.torch.long)


def try_transpose(place, torch_sparse):
    """The matrix, turned round and written out."""
    problem, torch = Problem(50), place.torch
    cells = problem.cells()
    keys = sorted(cells)
    matrix = torch_sparse.SparseTensor(
        row=place.tensor([r for r, _ in keys], torch.long), col=place.tensor([c for _, c in keys], torch.long),
        value=place.tensor([cells[k] for k in keys], torch.float32), sparse_sizes=(problem.ROWS, problem.COLUMNS))
    turned = {(c, r): v for (r, c), v in cells.items()}
    return difference("matrix", matrix.to_dense(), dense_of(cells, problem.ROWS, problem.COLUMNS)) or \
        difference("transposed matrix", matrix.t().to_dense(), dense_of(turned, problem.COLUMNS, problem.ROWS))


def try_coalesce(place, torch_sparse):
    """Every entry twice and from the last to the first: sorted and added up."""
    problem, torch = Problem(50), place.torch
    twice = list(zip(problem.row, problem.col)) * 2
    cells = problem.cells()
    index, value = torch_sparse.coalesce(index_of(place, twice[::-1]), place.tensor((problem.value * 2)[::-1], torch.float32),
                                         problem.ROWS, problem.COLUMNS)
    keys = sorted(cells)
    return difference("places", index, [[r for r, _ in keys], [c for _, c in keys]]) or \
        difference("values", value, [2 * cells[k] for k in keys])


def try_spmm(place, torch_sparse):
    problem, torch = Problem(50), place.torch
    index = index_of(place, list(zip(problem.row, problem.col)))
    out = torch_sparse.spmm(index, place.tensor(problem.value, torch.float32), problem.ROWS, problem.COLUMNS,
                            place.tensor(problem.dense, torch.float32))
    return difference("product", out, problem.answer("sum")[0])


def try_spspmm(place, torch_sparse):
    """The matrix times itself, transposed."""
    problem, torch = Problem(50), place.torch
    cells = problem.cells()
    turned = {(c, r): v for (r, c), v in cells.items()}
    want = {}
    for (r, k), a in cells.items():
        for (l, c), b in turned.items():
            if k == l:
                want[r, c] = want.get((r, c), 0.0) + a * b
    parts = []
    for part in (cells, turned):
        keys = sorted(part)
        parts += [index_of(place, keys), place.tensor([part[k] for k in keys], torch.float32)]
    index, value = torch_sparse.spspmm(parts[0], parts[1], parts[2], parts[3], problem.ROWS, problem.COLUMNS, problem.ROWS)
    rows, columns = index.cpu().tolist()
    found = {}
    for r, c, v in zip(rows, columns, value.cpu().tolist()):
        found[r, c] = found.get((r, c), 0.0) + v
    return difference("product", torch.tensor(dense_of(found, problem.ROWS, problem.ROWS), dtype=torch.float64),
                      dense_of(want, problem.ROWS, problem.ROWS))


def try_library(place):
    """torch's own sparse product: on a GPU that is cuSPARSE, as the image brings it."""
    problem, torch = Problem(50), place.torch
    indices = place.tensor([problem.row, problem.col], torch.long)
    value = place.tensor(problem.value, torch.float32)
    matrix = torch.sparse_coo_tensor(indices, value, (problem.ROWS, problem.COLUMNS))
    out = torch.sparse.mm(matrix, place.tensor(problem.dense, torch.float32))
    return difference("product", out, problem.answer("sum")[0])


def try_scatters(place, torch_scatter):
    for reduce in REDUCE:
        place.check("torch_scatter." + reduce, lambda: try_scatter(place, torch_scatter, reduce))
    if hasattr(torch_scatter, "segment_csr"):  # torch_scatter 2.0
        place.check("torch_scatter.segment_csr", lambda: try_segments(place, torch_scatter))


def try_products(place, torch_sparse):
    torch, problem = place.torch, clear_problem()
    for reduce in REDUCE:
        for name, dtype in (("f32", torch.float32), ("f64", torch.float64)):
            place.check("torch_sparse.%s.%s" % (reduce, name),
                        lambda: try_sparse(place, torch_sparse, problem, reduce, dtype, True))
    if place.number is not None:  # sums of at most four products of numbers up to 3: exact in float16
        place.check("torch_sparse.sum.f16",
                    lambda: try_sparse(place, torch_sparse, Problem(3), "sum", torch.float16, False))
    place.check("torch_sparse.transpose", lambda: try_transpose(place, torch_sparse))


def try_all(place, modules):
    place.check("torch", lambda: try_dense(place))
    place.check("torch.sparse", lambda: try_library(place))
    if modules.get("torch_scatter"):
        try_scatters(place, modules["torch_scatter"])
    torch_sparse = modules.get("torch_sparse")
    if not torch_sparse:
        return
    if hasattr(torch_sparse, "SparseTensor"):  # torch_sparse 0.5
        try_products(place, torch_sparse)
    for name, run in (("spmm", try_spmm), ("coalesce", try_coalesce), ("spspmm", try_spspmm)):
        if hasattr(torch_sparse, name):
            place.check("torch_sparse." + name, lambda: run(place, torch_sparse))


# --- GPUs -----------------------------------------------------------------------------------------------------------


def try_gpus(torch, modules):
    at("torch.cuda")
    if not torch.version.cuda:
        row("gpu.torch", "info", found="this torch is built without CUDA")
        return
    try:
        torch.zeros(1).cuda()
        count = torch.cuda.device_count()
    except Exception as error:
        failed("gpu.torch", error, "cuda-not-usable")
        return
    for device in range(count):
        try_all(Place(torch, device), modules)


def watch_gpus(torch, modules):
    """try_gpus(), and what torch only warns of: that its kernels do not cover a device."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try_gpus(torch, modules)
    texts = {" ".join(str(w.message).split()) for w in said}
    for text in sorted(t for t in texts if "is not compatible with the current PyTorch" in t):
        row("gpu.torch.archs", "warn", code="arch-not-covered", found=text[:900],
            hint="choose a torch wheel that covers this GPU's compute capability")


def mapped():
    """Files that this process has mapped, whoever loaded them."""
    try:
        with open("/proc/self/maps") as maps:
            return sorted({line.split(None, 5)[5].strip() for line in maps if line.count("/")})
    except (IOError, OSError, IndexError):
        return []


def say_runtimes():
    for path in mapped():
        name = os.path.basename(path)
        if re.match(r"lib(cudart|cusparse|cublas|nvrtc)[-.]", name):
            emit(runtime=name, path=path)


def raise_pending():
    """Takes the last error out of each CUDA runtime in this process and raises it; none where it cannot be asked."""
    try:
        import ctypes
    except ImportError:
        return
    for path in mapped():
        if not re.match(r"libcudart[-.]", os.path.basename(path)):
            continue
        try:
            runtime = ctypes.CDLL(path)
            text = runtime.cudaGetErrorString
        except (OSError, AttributeError):
            continue
        text.restype = ctypes.c_char_p
        number = runtime.cudaGetLastError()
        if number:
            raise RuntimeError("CUDA error %d that no operation told: %s" % (number, text(number).decode("ascii", "replace")))


# --- start ----------------------------------------------------------------------------------------------------------


def options(arguments):
    found = {"timeout": 300, "packages": None, "gpu": True}
    for argument in arguments:
        name, _, value = argument.partition("=")
        if name == "--timeout" and value.isdigit() and int(value) > 0:
            found["timeout"] = int(value)
        elif name == "--packages" and value:
            found["packages"] = value.split(",")
        elif name == "--tag":
            TAG[0] = value
        elif argument == "--no-gpu":
            found["gpu"] = False
        else:
            sys.exit("usage: smoke.py [--timeout=SECONDS] [--packages=NAME,...] [--no-gpu] [--tag=TEXT]")
    return found


def main():
    chosen = options(sys.argv[1:])
    faulthandler.dump_traceback_later(chosen["timeout"], exit=True)  # works even where a package holds every lock
    sys.path = [p for p in sys.path if p != os.path.dirname(os.path.abspath(__file__))]
    warnings.filterwarnings("ignore", message="Sparse (invariant|CSR)")
    os.environ["CUDA_MODULE_LOADING"] = "EAGER"  # broken kernels are to show when loaded, not later
    emit(python="%d.%d.%d" % sys.version_info[:3])
    names = chosen["packages"] or FAMILY
    modules = {}
    for name in ("torch",) + tuple(n for n in names if n != "torch"):
        modules[name] = take_in(name, required=bool(chosen["packages"]) or name == "torch")
        if name == "torch" and not modules[name]:
            break
    torch = modules.get("torch")
    if torch:
        say_archs(torch)
        try_all(Place(torch), modules)
        if chosen["gpu"]:
            watch_gpus(torch, modules)
    say_runtimes()
    emit(seconds=int(time.time() - STARTED), end=True)


if __name__ == "__main__":
    main()
