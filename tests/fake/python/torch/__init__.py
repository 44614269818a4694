"""The little of torch that smoke.py uses, computed by Python; FAKE_TORCH="name=value;..." says how it goes wrong.

  cuda=12.8 gpus=1          what it was built for and how many devices there are
  torch_sparse=13000        what that extension's cuda_version() says (likewise torch_scatter)
  fail=NAME:TEXT            importing NAME raises OSError(TEXT), refuse=NAME:TEXT ImportError(TEXT);
                            exit=NAME and crash=NAME end the process there, hang=NAME never returns
  gpu=TEXT                  the first use of a GPU raises RuntimeError(TEXT)
  wrong=NAME                the operation NAME gives a wrong number (mm, sparse, scatter_add, scatter_max..., scatter_grad,
                            segment_csr, sum, mean, min, max, grad, f16, t, coalesce, spmm, spspmm)
  raise=NAME:TEXT           the operation NAME raises RuntimeError(TEXT)
  late=TEXT                 waiting for a GPU raises RuntimeError(TEXT)
  warn=TEXT                 the first use of a GPU warns
  runtime=PATH              a library that is loaded as well, as torch loads libcudart
  lacks=NAME,...            what torch_sparse and torch_scatter do not have
"""
import ctypes
import os
import sys
import time
import warnings

SETTINGS = dict(part.split("=", 1) for part in os.environ.get("FAKE_TORCH", "").split(";") if part)


def on_import(name):
    if SETTINGS.get("exit") == name:
        os._exit(0)
    if SETTINGS.get("hang") == name:
        time.sleep(600)
    if SETTINGS.get("crash") == name:
        os.abort()
    for kind in (OSError, ImportError):
        at, _, text = SETTINGS.get("fail" if kind is OSError else "refuse", "").partition(":")
        if at == name:
            raise kind(text)


on_import("torch")
if "runtime" in SETTINGS:
    RUNTIME = ctypes.CDLL(SETTINGS["runtime"])
__version__ = SETTINGS.get("version", "2.8.0+cu128")
float16, float32, float64, long = "f16", "f32", "f64", "i64"


def bend(name, out):
    """out, spoilt where FAKE_TORCH says so."""
    at, _, text = SETTINGS.get("raise", "").partition(":")
    if at == name:
        raise RuntimeError(text)
    if SETTINGS.get("wrong") == name:
        out[-1][-1] += 1
    return out


def trim(module):
    """Takes out of a module what FAKE_TORCH says it lacks."""
    for name in SETTINGS.get("lacks", "").split(","):
        module.pop(name, None)


class device(object):
    def __init__(self, name):
        self.name = name


class Tensor(object):
    def __init__(self, data, dtype=float32, back=None):
        self.data, self.dtype, self.back, self.grad = data, dtype, back, None

    def requires_grad_(self):
        return self

    def detach(self):
        return self

    def cpu(self):
        return self

    def double(self):
        return self

    def tolist(self):
        return self.data

    def t(self):
        return Tensor([list(column) for column in zip(*self.data)])

    def cuda(self):
        if not int(SETTINGS.get("gpus", "0")):
            raise RuntimeError(SETTINGS.get("gpu", "Found no NVIDIA driver on your system."))
        if "warn" in SETTINGS:
            warnings.warn(SETTINGS["warn"])
        return self

    def __mul__(self, weight):
        return Weighted(self, weight)


class Weighted(object):
    """(out * weight).sum().backward()"""

    def __init__(self, out, weight):
        self.out, self.weight = out, weight

    def sum(self):
        return self

    def backward(self):
        self.out.back(self.weight.data)


def tensor(data, dtype=float32, device=None):
    return Tensor(data, dtype)


def full(shape, value, device=None):
    return Tensor([value])


def zeros(n, device=None):
    return Tensor([0.0] * n)


def mm(a, b):
    columns = list(zip(*b.data))
    return Tensor(bend("mm", [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a.data]))


def sparse_coo_tensor(indices, value, shape):
    return indices.data, value.data, shape


class sparse(object):
    @staticmethod
    def mm(matrix, dense):
        (rows, cols), values, shape = matrix
        out = [[0.0] * len(dense.data[0]) for _ in range(shape[0])]
        for r, c, v in zip(rows, cols, values):
            out[r] = [o + v * d for o, d in zip(out[r], dense.data[c])]
        return Tensor(bend("sparse", out))


class version(object):
    cuda = SETTINGS.get("cuda", "12.8") or None


class _C(object):
    _GLIBCXX_USE_CXX11_ABI = SETTINGS.get("abi", "1") == "1"

    @staticmethod
    def _cuda_getArchFlags():
        return "sm_80 sm_90"


class cuda(object):
    @staticmethod
    def device_count():
        return int(SETTINGS.get("gpus", "0"))

    @staticmethod
    def synchronize(device):
        if "late" in SETTINGS:
            raise RuntimeError(SETTINGS["late"])


class Extension(object):
    def __init__(self, name):
        self.name = name

    def cuda_version(self):
        return int(SETTINGS.get(self.name, "12080"))


class ops(object):
    torch_sparse = Extension("torch_sparse")
    torch_scatter = Extension("torch_scatter")


sys.modules["torch.version"] = version
