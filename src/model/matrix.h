/* matrix.h — every combination of torch, torch_sparse and CUDA with what is known of it: a table of answers.
 *
 * A row says how the combination comes to be (wheels, compiled, not at all and why), with which Pythons, and how each
 * compute capability of the catalog fares with it. Drivers are a comparison with matrix_driver_min() and, where the
 * driver has to compile, matrix_driver_jit(). The catalog is borrowed and outlives the matrix; all texts are owned but
 * source. Not here: who judges (resolve/survey.h), the HTML page (render/matrix_page.h). */
#pragma once

#include "base/strv.h"
#include "model/catalog.h"
#include "model/reason.h"

enum matrix_cell { CELL_NATIVE, CELL_JIT, CELL_SOURCE, CELL_UNKNOWN, CELL_NO, CELL__MAX };

/* How one target of the question fares with a row. */
struct matrix_verdict {
	enum matrix_cell cell;
	enum reason_code code; /* REASON__MAX: nothing to say */
	char *because;	       /* or NULL */
};

/* Capabilities: bits are indices into catalog.archs. */
struct matrix_gpus {
	uint32_t native, jit, unknown;
};

struct matrix_row {
	uint32_t torch, sparse, scatter;  /* REL(); scatter 0 = none */
	uint16_t cuda;			  /* cuda_key() */
	enum matrix_cell way;		  /* CELL_NATIVE: by wheels; CELL_SOURCE: compiled; CELL_NO */
	uint32_t pythons, source_pythons; /* with wheels; where something is compiled. Bits: catalog.pythons */
	uint32_t oses;			  /* that the way works on; bits: catalog.oses */
	bool unproven;			  /* CELL_SOURCE: nobody has seen it compile with this torch */
	struct matrix_gpus wheels, source;
	uint32_t torch_lacks;		/* capabilities that torch itself has no kernels for */
	enum reason_code code;		/* CELL_NO: why; REASON__MAX elsewhere */
	char *because, *fact;		/* or NULL */
	const char *from;		/* where that fact was read; borrowed from the catalog; or NULL */
	struct matrix_verdict *targets; /* as many as the matrix has */
};

struct matrix_target {
	char *name, *gpu, *compute, *driver; /* all but name may be NULL; compute is that of gpu */
};

struct matrix {
	const struct catalog *c; /* borrowed */
	enum platform platform;
	struct matrix_target *targets;
	size_t ntargets;
	struct matrix_row *rows; /* newest torch minor first, then newest CUDA, torch_sparse, patch */
	size_t n, cap;
};

/* An empty matrix; the caller's to matrix_free(). */
struct matrix *matrix_new(const struct catalog *c, enum platform platform) NODISCARD;
void matrix_free(struct matrix *m);
DEFINE_AUTO(matrix, struct matrix);
/* Appends a row of these versions that says no yet, with a verdict per target; valid until the next is added. */
struct matrix_row *matrix_add(struct matrix *m, uint32_t torch, uint32_t sparse, uint16_t cuda);
/* Puts the rows into their order. */
void matrix_sort(struct matrix *m);

/* How the capability with that index into catalog.archs fares. */
enum matrix_cell matrix_gpu(const struct matrix_row *r, size_t arch) NODISCARD;
/* The best that any target gets; without targets the row's way. */
enum matrix_cell matrix_best(const struct matrix *m, const struct matrix_row *r) NODISCARD;
/* "native", "JIT", "source", "unknown" or "no". Static. */
const char *matrix_cell_name(enum matrix_cell cell) NODISCARD;
/* The least driver for the row, and the least that compiles its PTX; NULL: none is needed, or none is known. */
const struct driver *matrix_driver_min(const struct matrix *m, const struct matrix_row *r) NODISCARD;
const struct driver *matrix_driver_jit(const struct matrix *m, const struct matrix_row *r) NODISCARD;
/* Names of a set of Pythons ("3.11"), systems ("ubuntu22.04"), capabilities ("8.6"). */
void matrix_pythons(const struct matrix *m, uint32_t set, struct strv *into);
void matrix_oses(const struct matrix *m, uint32_t set, struct strv *into);
void matrix_archs(const struct matrix *m, uint32_t set, struct strv *into);

/* Appends a table of at most width columns: what wheels do; where they do nothing, what can be compiled; else, or with
 * all, every row with its reason. The last lines say how many rows there are of each. */
void matrix_text(const struct matrix *m, size_t width, bool all, struct buf *out);
/* Appends all rows as JSON. */
void matrix_json(const struct matrix *m, struct buf *out);
