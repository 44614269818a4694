"""The little of torch_sparse that smoke.py uses: products of whole numbers, with gradients."""
import torch

torch.on_import("torch_sparse")
__version__ = "0.6.18"


class SparseTensor(object):
    def __init__(self, row, col, value, sparse_sizes):
        self.row, self.col, self.value, self.sizes = row.data, col.data, value, sparse_sizes


def chosen(matrix, dense, r, c, reduce):
    """(entry, factor) of the entries that make up a cell."""
    entries = [e for e, row in enumerate(matrix.row) if row == r]
    product = [matrix.value.data[e] * dense.data[matrix.col[e]][c] for e in entries]
    if not entries:
        return []
    if reduce in ("min", "max"):
        return [(entries[product.index((min if reduce == "min" else max)(product))], 1.0)]
    return [(e, 1.0 / len(entries) if reduce == "mean" else 1.0) for e in entries]


def matmul(matrix, dense, reduce="sum"):
    width = len(dense.data[0])
    value = matrix.value.data
    cells = [[chosen(matrix, dense, r, c, reduce) for c in range(width)] for r in range(matrix.sizes[0])]
    out = [[sum(f * value[e] * dense.data[matrix.col[e]][c] for e, f in cells[r][c]) for c in range(width)]
           for r in range(matrix.sizes[0])]

    def back(weight):
        by_value, by_dense = [0.0] * len(value), [[0.0] * width for _ in dense.data]
        for r, row in enumerate(cells):
            for c, cell in enumerate(row):
                for e, f in cell:
                    by_value[e] += weight[r][c] * f * dense.data[matrix.col[e]][c]
                    by_dense[matrix.col[e]][c] += weight[r][c] * f * value[e]
        matrix.value.grad, dense.grad = torch.Tensor(by_value), torch.Tensor(torch.bend("grad", by_dense))

    return torch.Tensor(torch.bend("f16" if dense.dtype == "f16" else reduce, out), dense.dtype, back)
