"""The operators of torch_scatter that smoke.py uses, with gradients."""
import torch

torch.on_import("torch_scatter")
__version__ = "2.1.2"


def scattered(source, index, reduce):
    rows, width = max(row[0] for row in index.data) + 1, len(source.data[0])
    out, shares = [[0.0] * width for _ in range(rows)], []
    for r in range(rows):
        own = [e for e, row in enumerate(index.data) if row[0] == r]
        for c in range(width if own else 0):
            column = [source.data[e][c] for e in own]
            chosen = own if reduce in ("add", "mean") else [own[column.index((min if reduce == "min" else max)(column))]]
            part = 1.0 / len(own) if reduce == "mean" else 1.0
            shares += [(e, r, c, part) for e in chosen]
            out[r][c] = sum(part * source.data[e][c] for e in chosen)

    def back(weight):
        grad = [[0.0] * width for _ in source.data]
        for e, r, c, part in shares:
            grad[e][c] += weight[r][c] * part
        source.grad = torch.Tensor(torch.bend("scatter_grad", grad))

    return torch.Tensor(torch.bend("scatter_" + reduce, out), back=back)


def scatter_add(source, index, dim):
    return scattered(source, index, "add")


def scatter_mean(source, index, dim):
    return scattered(source, index, "mean")


def scatter_min(source, index, dim):
    return scattered(source, index, "min"), None


def scatter_max(source, index, dim):
    return scattered(source, index, "max"), None


def segment_csr(source, pointers, reduce):
    at = pointers.data
    return torch.Tensor(torch.bend("segment_csr", [
        [sum(source.data[e][c] for e in range(at[r], at[r + 1])) for c in range(len(source.data[0]))]
        for r in range(len(at) - 1)]))


torch.trim(globals())
