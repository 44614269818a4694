"""The little of torch_sparse that smoke.py uses: products of whole numbers, with gradients, and some of its operators."""
import torch

torch.on_import("torch_sparse")
__version__ = "0.6.18"


class SparseTensor(object):
    def __init__(self, row, col, value, sparse_sizes):
        self.row, self.col, self.value, self.sizes = row.data, col.data, value, sparse_sizes

    def t(self):
        return SparseTensor(torch.Tensor(self.col), torch.Tensor(self.row),
                            torch.Tensor(torch.bend("t", [list(self.value.data)])[0]), self.sizes[::-1])

    def to_dense(self):
        out = [[0.0] * self.sizes[1] for _ in range(self.sizes[0])]
        for r, c, v in zip(self.row, self.col, self.value.data):
            out[r][c] = v
        return torch.Tensor(out)


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


def added(places, values):
    cells = {}
    for place, value in zip(places, values):
        cells[place] = cells.get(place, 0.0) + value
    keys = sorted(cells)
    return torch.Tensor([[r for r, _ in keys], [c for _, c in keys]]), [cells[k] for k in keys]


def coalesce(index, value, m, n):
    index, value = added(list(zip(*index.data)), value.data)
    return index, torch.Tensor(torch.bend("coalesce", [value])[0])


def spmm(index, value, m, n, dense):
    out = [[0.0] * len(dense.data[0]) for _ in range(m)]
    for r, c, v in zip(index.data[0], index.data[1], value.data):
        out[r] = [o + v * d for o, d in zip(out[r], dense.data[c])]
    return torch.Tensor(torch.bend("spmm", out))


def spspmm(index_a, value_a, index_b, value_b, m, k, n):
    places, values = [], []
    for r, i, a in zip(index_a.data[0], index_a.data[1], value_a.data):
        for j, c, b in zip(index_b.data[0], index_b.data[1], value_b.data):
            if i == j:
                places.append((r, c))
                values.append(a * b)
    index, value = added(places, values)
    return index, torch.Tensor(torch.bend("spspmm", [value])[0])


torch.trim(globals())
