/* catalog_find.h — questions to the catalog: rows that match, the nearest where none does, texts for keys.
 *
 * Pure and without memory of its own: results are borrowed from the catalog, NULL where no row fits. The "next"
 * functions walk: start with after = NULL, pass the last result to go on. Not here: the rows (model/catalog.h). */
#pragma once

#include "base/buf.h"
#include "model/catalog.h"

/* Fields of a question that are left at their "any" match every row: CATALOG_ANY for numbers, 0 for version keys. */
#define CATALOG_ANY (-1)

struct torch_query {
	uint32_t version; /* REL(); 0 = any */
	int cuda;	  /* cuda_key() */
	int platform, channel;
	int python; /* index into pythons: rows that have it */
};
#define TORCH_QUERY_ANY                                                                                                \
	{                                                                                                              \
		.version = 0, .cuda = CATALOG_ANY, .platform = CATALOG_ANY, .channel = CATALOG_ANY,                    \
		.python = CATALOG_ANY                                                                                  \
	}

struct wheel_query {
	enum pkg pkg;	  /* PKG_TORCH_SPARSE or PKG_TORCH_SCATTER */
	uint32_t version; /* 0 = any */
	uint32_t torch;	  /* REL(); any patch: rows of its minor; 0 = any */
	int cuda, platform, python;
};
#define WHEEL_QUERY_ANY(p)                                                                                             \
	{                                                                                                              \
		.pkg = (p), .version = 0, .torch = 0, .cuda = CATALOG_ANY, .platform = CATALOG_ANY,                    \
		.python = CATALOG_ANY                                                                                  \
	}

const struct torch_row *catalog_torch_next(const struct catalog *c, const struct torch_query *q,
					   const struct torch_row *after);
const struct wheel_row *catalog_wheel_next(const struct catalog *c, const struct wheel_query *q,
					   const struct wheel_row *after);

/* Versions that rows exist for, newest first: fills at most max keys, returns how many there are in all. */
size_t catalog_torch_versions(const struct catalog *c, uint32_t *into, size_t max);
size_t catalog_wheel_versions(const struct catalog *c, enum pkg pkg, uint32_t *into, size_t max);
/* CUDA keys of torch rows, newest first, cpu (0) last. */
size_t catalog_torch_cudas(const struct catalog *c, uint16_t *into, size_t max);

/* What a torch_sparse version needs; a version behind the last row has the last row's needs, one before the first none
 * (NULL). */
const struct requirement_row *catalog_requirement(const struct catalog *c, uint32_t sparse);
const struct toolkit_row *catalog_toolkit(const struct catalog *c, uint16_t cuda);
/* Least driver for running a build of this CUDA: of the minor-version compatibility from 11.0 on, of the toolkit below.
 * NULL = no row. */
const struct driver *catalog_driver_min(const struct catalog *c, uint16_t cuda);
/* Newest toolkit that a driver runs natively (its CUDA "ceiling" as nvidia-smi shows it); NULL = older than every row.
 */
const struct toolkit_row *catalog_toolkit_of_driver(const struct catalog *c, const struct driver *d);

/* cc is 86 for 8.6. */
const struct arch_row *catalog_arch(const struct catalog *c, unsigned cc);
/* "8.6" or "86" or "sm_86" to 86; false if it is none. The catalog need not have it. */
bool catalog_cc_parse(const char *text, unsigned *ret);
/* "8.6" of 86 in into, which is returned. */
const char *catalog_cc_text(unsigned cc, char into[CUDA_TEXT]);
/* Appends "7.0;8.6+PTX" for a set, "unknown" where it is not known. */
void catalog_archs_text(const struct catalog *c, struct arch_set set, struct buf *into);

/* The GPU of this name: without case, NVIDIA, GeForce, RTX, GTX, Quadro, memory sizes, form factors, MIG and vGPU. */
const struct gpu_row *catalog_gpu(const struct catalog *c, const char *name);
/* The nearest name for an unknown one, or NULL if none is near. */
const struct gpu_row *catalog_gpu_nearest(const struct catalog *c, const char *name);
/* Appends the form of a product name under which rows are sorted: "NVIDIA A100-SXM4-40GB" -> "a100". */
void catalog_gpu_key(const char *name, struct buf *into);

const struct os_row *catalog_os(const struct catalog *c, const char *name);
/* The nearest name for an unknown one, or NULL. */
const struct os_row *catalog_os_nearest(const struct catalog *c, const char *name);
/* Rows of a family, newest release first: fills at most max, returns how many there are. */
size_t catalog_oses(const struct catalog *c, const char *family, const struct os_row **into, size_t max);

/* Index into pythons of "3.11" or "3.13t", -1 if unknown. */
int catalog_python(const struct catalog *c, const char *name);
/* Index of a plain Python from major * 100 + minor, -1 if unknown. */
int catalog_python_of(const struct catalog *c, uint16_t version);
/* Appends "3.10 3.11" for a set of pythons. */
void catalog_pythons_text(const struct catalog *c, uint32_t pythons, struct buf *into);
const struct managed_row *catalog_managed(const struct catalog *c, int python, enum platform platform);

/* Base images of one CUDA minor and OS, all of one patch. */
struct base_set {
	struct cuda cuda;			/* with patch as in the tags */
	const struct tag_row *tag[FLAVOR__MAX]; /* without cuDNN; NULL where not asked for and not there */
	enum presence presence;			/* the worst of those asked for */
	bool arches_proven;			/* every row asked for names its architectures */
};
/* The patches of a CUDA minor on an OS that have every flavor of the set (bits 1 << enum flavor) on every platform of
 * the set (rows without proof of architectures count as having it). Best first: supported or unsupported, then unknown,
 * then removed; within these the newest patch. Fills at most max, returns how many there are. Release candidates are
 * left out. */
size_t catalog_bases(const struct catalog *c, uint16_t cuda, const char *os, unsigned flavors, unsigned platforms,
		     struct base_set *into, size_t max);
/* The row of one tag. */
const struct tag_row *catalog_tag(const struct catalog *c, const char *tag);
