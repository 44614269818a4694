/* pkg.h — the packages of the torch family: what the manifest names, the catalog knows and a plan installs. */
#pragma once

enum pkg {
	PKG_TORCH,
	PKG_TORCH_SPARSE,
	PKG_TORCH_SCATTER,
	PKG_TORCH_CLUSTER,
	PKG_TORCH_SPLINE_CONV,
	PKG_PYG_LIB,
	PKG__MAX
};

/* The name as in Python's import and in the manifest: "torch", "torch_sparse", ... Static. */
const char *pkg_name(enum pkg p);
/* The name as on package indexes: "torch-sparse". Static. */
const char *pkg_dist(enum pkg p);
/* Which package a name means (with - or _, any case): PKG__MAX when none. */
enum pkg pkg_of(const char *name);
/* The reason code where a Python package of that name is needed and not there: "missing-torch", "missing-torch-scatter",
 * "missing-dependency". probe/smoke.py and intake/failure_torch.c say the same. Static. */
const char *pkg_missing_code(const char *name);
