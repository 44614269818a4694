/* binary.h — what one ELF file says without being run: what it asks of others, what it offers, its device code.
 *
 * A plain value that owns all its texts; foreign bytes in them are not made printable (str_shown() does). Lists have
 * limits: what is over them is left out and makes health BINARY_BROKEN. Not here: reading (inspect/elf_read.h), which
 * CUDA built it (inspect/witness.h), where the loader finds what it asks for (inspect/loader.h), which GPUs its device
 * code serves (rules/cover.h). */
#pragma once

#include "base/mem.h"
#include "base/strv.h"

#include <stdint.h>

enum binary_health {
	BINARY_WHOLE,
	BINARY_CUT,    /* its headers speak of bytes behind its end */
	BINARY_BROKEN, /* a table in it contradicts itself, or is over a limit */
};

enum binary_machine { BINARY_X86_64, BINARY_AARCH64, BINARY_OTHER };

/* C++ string ABI as the torch symbols of the file show it: the imported ones, or the exported where none is imported.
 */
enum binary_abi { BINARY_ABI_UNSEEN, BINARY_ABI_OLD, BINARY_ABI_NEW, BINARY_ABI_BOTH };

enum code_kind { CODE_PTX, CODE_SASS, CODE_LTO, CODE_OTHER };
enum code_packed { CODE_STORED, CODE_LZ4, CODE_ZSTD };

/* Device code for one architecture. */
struct code {
	enum code_kind kind;
	uint16_t arch; /* 90, 121: ten times the compute capability */
	char suffix;   /* 0, 'a' (this very architecture) or 'f' (its family) */
	uint16_t isa;  /* of PTX: its language version times ten (84 = 8.4); else 0 */
	enum code_packed packed;
};

/* Fatbin containers with the same list of code. The CUDA runtime picks from each container by itself, so a GPU is
 * served by a file when every group serves it. */
struct code_group {
	struct code *codes; /* sorted by kind, arch, suffix, isa, packing; none twice */
	size_t n_codes;
	size_t containers; /* how many containers are like this */
	uint64_t first;	   /* offset of the first of them in the file */
	bool link_only;	   /* not to be judged: empty cubins that a device link leaves behind, or its input */
	bool relocatable;  /* of link_only ones: the input of a device link, whose output stands elsewhere */
};

struct binary_demand {
	char *file;    /* "libc.so.6" */
	char *version; /* "GLIBC_2.28" */
};

/* What speaks for the CUDA version that built the file; inspect/witness.h draws the conclusions. */
struct binary_cuda {
	char *function;		 /* exported function that returns the version: "_ZN6sparse12cuda_versionEv", or NULL */
	int version;		 /* what it returns: 12040, or -1 in a CPU build; 0 = its body was not understood */
	char *runtime;		 /* "libcudart.so.12", asked for by NEEDED or by a symbol version; NULL = none */
	bool runtime_static;	 /* the runtime is linked in */
	bool launches_by_kernel; /* imports __cudaGetKernel: nvcc newer than 12.4 */
	uint16_t isa_low, isa_high;	/* lowest and highest PTX version times ten; 0 = no PTX */
	uint16_t cubin_low, cubin_high; /* CUDA times ten in machine code's own headers (124, 130); 0 = none seen */
	char *toolkit;			/* what a cubin's note says: "release 13.0, V13.0.88", or NULL */
	char *torch_archs;		/* of libtorch_python or libtorch_cuda: "sm_50 sm_80 compute_90", or NULL */
};

struct binary {
	char *path;	   /* as binary_read() was told */
	struct strv names; /* other paths of the very same file */
	uint64_t size;	   /* of the whole file, holes and all */
	enum binary_health health;
	char *fault; /* why health is not BINARY_WHOLE; else NULL */

	enum binary_machine machine;
	bool is64;
	bool is_library;		/* ET_DYN without an interpreter */
	char *interp;			/* "/lib64/ld-linux-x86-64.so.2" of a program, or NULL */
	char *soname, *rpath, *runpath; /* NULL where absent; paths unexpanded */
	bool no_default_dirs;		/* DF_1_NODEFLIB */
	struct strv needed;		/* in the order of the file */

	struct binary_demand *demands; /* versions asked of other libraries, in the order of the file */
	size_t n_demands;
	struct strv versions; /* versions it defines itself: "GLIBC_2.36" of a libc.so.6; its own soname left out */

	/* Symbols that tie extensions to torch (binary_symbol_matters()) and carry no version. */
	struct strv imports; /* strong undefined ones, sorted */
	size_t n_shims;	     /* how many of the imports belong to torch's stable C interface */
	uint64_t *exports;   /* binary_symbol_key() of the defined ones, sorted */
	size_t n_exports;
	enum binary_abi abi;
	char *abi_symbol; /* a symbol that shows abi, or NULL */

	struct code_group *groups; /* empty: no device code */
	size_t n_groups;
	uint64_t code_bytes; /* all containers together */
	struct binary_cuda cuda;
};

struct binary *binary_new(const char *path) NODISCARD;
void binary_free(struct binary *b);
DEFINE_AUTO(binary, struct binary);

/* The path of the file in or below a folder: that of b, or another name of it; NULL = none is there. Borrowed. */
const char *binary_path_in(const struct binary *b, const char *dir) NODISCARD;
/* Whether the name is one of torch's C++ namespaces (c10, at, torch, caffe2), of its Python binding or of its stable C
 * interface, or mentions their types. */
bool binary_symbol_matters(const char *name) NODISCARD;
/* Whether the name belongs to torch's stable C interface, which is not bound to a minor. */
bool binary_symbol_is_shim(const char *name) NODISCARD;
/* What stands for a name in exports. */
uint64_t binary_symbol_key(const char *name) NODISCARD;
bool binary_exports(const struct binary *b, const char *name) NODISCARD;
/* The highest version with that prefix ("GLIBC_", "GLIBCXX_", "CXXABI_") that is asked for, or that is defined:
 * "2.28", borrowed from b; NULL = none. */
const char *binary_demands(const struct binary *b, const char *prefix) NODISCARD;
const char *binary_defines(const struct binary *b, const char *prefix) NODISCARD;
/* Order of dotted numbers: 2.9 < 2.28. -1, 0 or 1. */
int binary_version_cmp(const char *a, const char *b) NODISCARD;
/* "sm_90a", "compute_120", "lto_90": the architecture's name in into, which is returned. */
#define CODE_TEXT 24
const char *code_text(const struct code *c, char into[CODE_TEXT]);
/* Order of the list in a group. */
int code_cmp(const struct code *a, const struct code *b) NODISCARD;
