/* ptx.h — PTX read into instructions and executed one by one: what a GPU would do with the kernels, without one.
 *
 * Covers the integer and float subset that compilers emit for plain kernels (no calls); anything else
 * is an invalid PTX, never skipped. Warps have 32 lanes; a shuffle waits for
 * all of them, a barrier for all warps of the block. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ptx_op {
	OP_LD_PARAM,
	OP_LD,
	OP_ST,
	OP_LD_SHARED,
	OP_ST_SHARED,
	OP_MOV,
	OP_ADD,
	OP_SUB,
	OP_MUL_LO,
	OP_MUL_WIDE,
	OP_MAD_LO,
	OP_FMA,
	OP_AND,
	OP_OR,
	OP_XOR,
	OP_NOT,
	OP_SHL,
	OP_SHR,
	OP_MIN,
	OP_MAX,
	OP_SETP,
	OP_SELP,
	OP_CVT,
	OP_CVTA,
	OP_BFE,
	OP_BFI,
	OP_BRA,
	OP_RET,
	OP_SHFL,
	OP_BAR
};
enum ptx_type { T_NONE, T_B16, T_B32, T_B64, T_U16, T_U32, T_U64, T_S16, T_S32, T_S64, T_F16, T_F32, T_F64, T_PRED };
enum ptx_cmp { CMP_EQ, CMP_NE, CMP_LT, CMP_LE, CMP_GT, CMP_GE };
enum ptx_arg_kind { ARG_NONE, ARG_REG, ARG_VALUE, ARG_TID, ARG_NTID, ARG_CTAID, ARG_NCTAID };

struct ptx_arg {
	enum ptx_arg_kind kind;
	uint64_t value; /* register number, bits of a constant, or dimension 0..2 */
	int64_t offset; /* of an address */
};

enum {
	PTX_ARGS = 6,
	PTX_LABELS = 256,
	PTX_BANKS = 8,
	PTX_NAME = 64,
	PTX_PARAMS = 32,
	PTX_SHARED = 4,		   /* variables */
	PTX_SHARED_AT = 0x1000,	   /* where a block's shared memory begins: 0 is no address */
	PTX_SHARED_MAX = 48 << 10, /* bytes */
	WARP = 32,
	WARPS_MAX = 32
};

struct ptx_insn {
	enum ptx_op op;
	enum ptx_type to, from; /* from: of cvt */
	enum ptx_cmp cmp;
	int guard; /* register of the predicate, or -1 */
	bool guard_not;
	struct ptx_arg args[PTX_ARGS];
	size_t target; /* of a branch: index into code */
	int line;
};

struct ptx_kernel {
	char name[PTX_NAME];
	char params[PTX_PARAMS][PTX_NAME];
	size_t n_params; /* each 8 bytes */
	struct {
		char name[PTX_NAME];
		size_t at; /* address */
	} shared[PTX_SHARED];
	size_t n_shared, shared_size;
	struct ptx_insn *code;
	size_t n_code, cap_code;
	size_t n_regs;
};

struct ptx_module {
	struct ptx_kernel *kernels;
	size_t n_kernels;
	unsigned version; /* 60 for .version 6.0 */
	unsigned target;  /* 50 for sm_50 */
};

/* Reads a module; NULL with a text in why where it is no PTX of the known subset. */
struct ptx_module *ptx_parse(const char *text, char *why, size_t size);
void ptx_free(struct ptx_module *m);
/* Reads one instruction without its semicolon and guard; false where it is not known. labels are resolved by the
 * caller: a branch's label is left in *label, which points into text. */
bool ptx_decode(char *text, struct ptx_insn *into, int (*reg)(void *self, const char *name), void *self,
		const struct ptx_kernel *k, const char **label);

struct ptx_grid {
	unsigned blocks[3], threads[3];
	uint64_t params[PTX_PARAMS];
	unsigned long rounds; /* of shuffles that a warp may take, and steps of a lane between two: more is a kernel
				 that does not end */
};

/* Device memory of the fake: where len bytes at a device address lie, or NULL. */
void *memory_at(uint64_t at, size_t len);

enum { RUN_OK = 0, RUN_HANG = 600, RUN_ILLEGAL = 700, RUN_MISALIGNED = 716, RUN_FAILED = 719 };
/* Executes the whole grid; one of the results above, as the driver numbers them. */
int ptx_run(const struct ptx_kernel *k, const struct ptx_grid *g);
/* The same by the kernel's host twin, whose arithmetic it has (probe/spmm.h), whatever the PTX says. */
int native_run(const struct ptx_kernel *k, const struct ptx_grid *g);
