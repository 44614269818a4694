#include "model/pkg.h"

#include "base/str.h"

static const struct {
	const char *name, *dist;
} packages[PKG__MAX] = {
	[PKG_TORCH] = {"torch", "torch"},
	[PKG_TORCH_SPARSE] = {"torch_sparse", "torch-sparse"},
	[PKG_TORCH_SCATTER] = {"torch_scatter", "torch-scatter"},
	[PKG_TORCH_CLUSTER] = {"torch_cluster", "torch-cluster"},
	[PKG_TORCH_SPLINE_CONV] = {"torch_spline_conv", "torch-spline-conv"},
	[PKG_PYG_LIB] = {"pyg_lib", "pyg-lib"},
};

const char *pkg_name(enum pkg p)
{
	return packages[p].name;
}

const char *pkg_dist(enum pkg p)
{
	return packages[p].dist;
}

enum pkg pkg_of(const char *name)
{
	for (unsigned p = 0; p < PKG__MAX; p++) {
		const char *a = name, *b = packages[p].name;

		while (*a && *b && (str_lower(*a) == *b || (*b == '_' && (*a == '-' || *a == '.')))) {
			a++;
			b++;
		}
		if (!*a && !*b)
			return (enum pkg)p;
	}
	return PKG__MAX;
}

const char *pkg_missing_code(const char *name)
{
	enum pkg p = pkg_of(name);

	if (p == PKG_TORCH)
		return "missing-torch";
	return p == PKG_TORCH_SCATTER ? "missing-torch-scatter" : "missing-dependency";
}
