/* catalog.h — what the world allows, as rows: wheels, toolkits, GPUs, base images, operating systems, Pythons.
 *
 * Rows are constant, sorted (order named at each) and hold no pointers: texts are offsets into one pool, read with
 * catalog_str() (offset 0 = ""); versions are keys that compare as numbers. The program's own rows are catalog_builtin,
 * made at build time from the CSV files of src/data. Questions to the rows: model/catalog_find.h. Not here: what exists
 * right now on a registry or index (source), what follows from the rows (rules). */
#pragma once

#include "model/catalog_key.h"
#include "model/catalog_life.h"
#include "model/driver.h"

#include <stddef.h>

typedef uint32_t text_off; /* offset into catalog.pool */

/* What a wheel's CUDA code was compiled for: bits are indices into catalog.archs. */
struct arch_set {
	uint32_t sass, ptx; /* ptx: "8.6+PTX"; such an entry is in sass as well */
	bool known;	    /* false: not established, or torch's default list (sass and ptx are then 0) */
};

/* Sorted by version, cuda, platform, channel, label. A variant may have two builds, told apart by label. */
struct torch_row {
	uint32_t version, pythons; /* REL(); bits are indices into catalog.pythons */
	struct arch_set archs;
	uint16_t cuda, glibc; /* cuda_key(), 0 = cpu; major * 100 + minor that it needs, 0 = not established */
	uint8_t platform, channel, libs, cudnn, cxx11_abi, proof,
		pypi_default;	  /* enum of the name; cudnn 0 = none; cxx11_abi is enum tri */
	text_off label, file_tag; /* "+cu128" or ""; platform tag of the file name */
	text_off source, notes;
};

/* A wheel of an extension (pkg). Sorted by pkg, version, torch, cuda, platforms, pythons. */
struct wheel_row {
	uint32_t version, torch;   /* torch: REL(X, Y, 0); serves all of X.Y */
	uint32_t patches, pythons; /* bit n: X.Y.n is named by the source */
	struct arch_set archs;
	uint16_t cuda;
	uint16_t build_glibc; /* glibc of the machine that built it (upper bound of its demand); 0 = not established */
	uint16_t glibc;	      /* what users report it to need; 0 = no report */
	uint8_t pkg, platforms, proof; /* enum pkg; bits 1 << enum platform; enum proof */
	text_off label;		       /* "+pt27cu128", "+cu101" or "": also "" for macOS whatever the row says */
	text_off source, notes;
};

/* What versions first..last of torch_sparse need. Sorted by first. */
struct requirement_row {
	uint32_t first, last;
	uint32_t torch_min;	  /* documented */
	uint32_t sdist_torch_max; /* newest torch minor its source archive compiles with; 0 = no limit known */
	uint32_t scatter;	  /* torch_scatter of the same time; 0 = none known */
	uint16_t python_min;	  /* major * 100 + minor; 0 = not declared */
	uint8_t cuda_check, check_skips_cpu, needs_scatter, needs_scipy, links_cusparse,
		proof; /* enum cuda_check; then 0 or 1 */
	text_off note, source;
};

/* Sorted by cuda. */
struct toolkit_row {
	struct driver driver_min,
		driver_compat;		 /* of the toolkit; under minor-version compatibility (equal below 11.0) */
	uint16_t cuda, gcc_min, gcc_max; /* gcc: major * 100 + minor, minor 99 = any; 0 = none stated */
	uint16_t sm_min, sm_max;	 /* compute capability * 10; 0 = not established */
	uint8_t zstd, proof;		 /* enum zstd of device code: what its nvcc writes and its driver reads */
	text_off source, notes;
};

/* Sorted by cc. */
struct arch_row {
	uint16_t cc;				     /* 86 = 8.6, 103 = 10.3 */
	uint16_t cuda_first, cuda_last, driver_last; /* toolkits, driver branch that serve it; last 0 = not dropped */
	uint8_t jetson;				     /* needs other wheels than the indexes carry */
	text_off name, examples, source, notes;
};

/* A GPU product. Sorted by key: the name without case, maker, form factor (catalog_gpu_key()). */
struct gpu_row {
	text_off key, name, source;
	uint16_t cc;
	uint8_t line; /* enum gpu_line */
};

/* Sorted by cuda, patch, os, cudnn, flavor, tag. */
struct tag_row {
	text_off tag, os, cudnn; /* os "" = a tag without one; cudnn "" = without cuDNN */
	uint16_t cuda;
	uint8_t patch, has_patch, flavor, rc; /* rc: a release candidate's tag */
	uint8_t arches;			      /* bits 1 << enum platform; 0 = no proof of any */
	uint8_t presence;
	text_off evidence, seen;
};

/* Sorted by name. */
struct os_row {
	text_off name;	   /* as in tags: "ubuntu22.04" */
	text_off family;   /* "ubuntu", "debian", "rockylinux"... */
	text_off image;	   /* below docker.io/library: "ubuntu:22.04"; "" = none there */
	text_off packager; /* "apt", "dnf", "yum", "microdnf", "tdnf", "zypper" */
	text_off source;
	uint16_t release; /* major * 100 + minor */
	uint16_t glibc;	  /* major * 100 + minor */
	uint16_t python;  /* own Python 3 of the distribution, major * 100 + minor; 0 = none */
	uint16_t gcc;	  /* own gcc, major * 100 + minor */
	uint8_t arches;	  /* bits 1 << enum platform */
};

/* Sorted by version, free-threaded behind the plain one. */
struct python_row {
	text_off name;	  /* "3.11", "3.13t" */
	uint16_t version; /* major * 100 + minor */
	uint8_t threaded; /* free-threaded */
	text_off source;
};

/* A standalone Python for images whose OS has another one. Sorted by python, platform. */
struct managed_row {
	uint8_t python; /* index into catalog.pythons */
	uint8_t platform;
	text_off version; /* "3.11.14" */
	text_off url, sha256, source;
};

struct catalog {
	const char *pool;
	size_t pool_len;
	const char *id; /* sha256 over the data files: 64 hex digits */
	const struct torch_row *torch;
	const struct wheel_row *wheels;
	const struct requirement_row *requirements;
	const struct toolkit_row *toolkits;
	const struct arch_row *archs;
	const struct gpu_row *gpus;
	const struct tag_row *tags;
	const struct os_row *oses;
	const struct python_row *pythons;
	const struct managed_row *managed;
	const struct branch_row *branches;
	const struct policy_row *policies;
	size_t n_torch, n_wheels, n_requirements, n_toolkits, n_archs, n_gpus, n_tags, n_oses, n_pythons, n_managed;
	size_t n_branches, n_policies;
};

extern const struct catalog catalog_builtin;

/* The text at an offset of a row; never NULL, valid as long as c. */
static inline const char *catalog_str(const struct catalog *c, text_off off)
{
	return c->pool + off;
}
