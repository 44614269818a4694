/* One PTX instruction, from text to what run.c executes. */
#include "fake/libcuda/ptx.h"

#include <stdlib.h>
#include <string.h>

/* Opcodes with everything in front of the types; the types and comparisons behind are read apart. args: all operands.
 */
static const struct {
	const char *name;
	enum ptx_op op;
	int args, types;
	bool compares;
} opcodes[] = {
	{"ld.param", OP_LD_PARAM, 2, 1, false},
	{"ld.global.nc", OP_LD, 2, 1, false},
	{"ld.global", OP_LD, 2, 1, false},
	{"st.global", OP_ST, 2, 1, false},
	{"ld.shared", OP_LD_SHARED, 2, 1, false},
	{"st.shared", OP_ST_SHARED, 2, 1, false},
	{"mov", OP_MOV, 2, 1, false},
	{"add.rn", OP_ADD, 3, 1, false},
	{"add", OP_ADD, 3, 1, false},
	{"sub", OP_SUB, 3, 1, false},
	{"mul.lo", OP_MUL_LO, 3, 1, false},
	{"mul.wide", OP_MUL_WIDE, 3, 1, false},
	{"mul.rn", OP_MUL_LO, 3, 1, false},
	{"mad.lo", OP_MAD_LO, 4, 1, false},
	{"fma.rn", OP_FMA, 4, 1, false},
	{"and", OP_AND, 3, 1, false},
	{"or", OP_OR, 3, 1, false},
	{"xor", OP_XOR, 3, 1, false},
	{"not", OP_NOT, 2, 1, false},
	{"shl", OP_SHL, 3, 1, false},
	{"shr", OP_SHR, 3, 1, false},
	{"min", OP_MIN, 3, 1, false},
	{"max", OP_MAX, 3, 1, false},
	{"setp", OP_SETP, 3, 1, true},
	{"selp", OP_SELP, 4, 1, false},
	{"cvta.to.global", OP_CVTA, 2, 1, false},
	{"cvt.rn", OP_CVT, 2, 2, false},
	{"cvt", OP_CVT, 2, 2, false},
	{"bfe", OP_BFE, 4, 1, false},
	{"bfi", OP_BFI, 5, 1, false},
	{"bra.uni", OP_BRA, 1, 0, false},
	{"bra", OP_BRA, 1, 0, false},
	{"ret", OP_RET, 0, 0, false},
	{"shfl.sync.idx", OP_SHFL, 5, 1, false},
	{"bar.sync", OP_BAR, 1, 0, false},
};

static const char *const type_names[] = {
	[T_B16] = "b16", [T_B32] = "b32", [T_B64] = "b64",   [T_U16] = "u16", [T_U32] = "u32",
	[T_U64] = "u64", [T_S16] = "s16", [T_S32] = "s32",   [T_S64] = "s64", [T_F16] = "f16",
	[T_F32] = "f32", [T_F64] = "f64", [T_PRED] = "pred",
};
static const char *const cmp_names[] = {
	[CMP_EQ] = "eq", [CMP_NE] = "ne", [CMP_LT] = "lt", [CMP_LE] = "le", [CMP_GT] = "gt", [CMP_GE] = "ge",
};

struct decoder {
	int (*reg)(void *self, const char *name);
	void *self;
	const struct ptx_kernel *k;
};

/* Reads ".NAME" at *at against a list and moves behind it; -1 where none fits. */
static int read_part(const char **at, const char *const *names, int n)
{
	for (int i = 0; i < n; i++) {
		const size_t len = names[i] ? strlen(names[i]) : 0;
		if (len && (*at)[0] == '.' && strncmp(*at + 1, names[i], len) == 0 && strchr(".", (*at)[len + 1])) {
			*at += len + 1;
			return i;
		}
	}
	return -1;
}

static bool read_types(const char *at, int types, bool compares, struct ptx_insn *into)
{
	int found;

	if (compares) {
		if ((found = read_part(&at, cmp_names, 6)) < 0)
			return false;
		into->cmp = (enum ptx_cmp)found;
	}
	for (int i = 0; i < types; i++) {
		if ((found = read_part(&at, type_names, T_PRED + 1)) < 0)
			return false;
		if (i == 0)
			into->to = (enum ptx_type)found;
		else
			into->from = (enum ptx_type)found;
	}
	return *at == '\0';
}

/* %tid.x and its kin. */
static bool read_special(const char *text, struct ptx_arg *a)
{
	static const struct {
		const char *name;
		enum ptx_arg_kind kind;
	} specials[] = {{"%tid.", ARG_TID}, {"%ntid.", ARG_NTID}, {"%ctaid.", ARG_CTAID}, {"%nctaid.", ARG_NCTAID}};

	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++) {
		const size_t len = strlen(specials[i].name);
		if (strncmp(text, specials[i].name, len) != 0 || text[len] < 'x' || text[len] > 'z' || text[len + 1])
			continue;
		a->kind = specials[i].kind;
		a->value = (uint64_t)(text[len] - 'x');
		return true;
	}
	return false;
}

/* The address of a variable in shared memory. */
static bool read_shared(const struct decoder *d, const char *text, struct ptx_arg *a)
{
	for (size_t i = 0; i < d->k->n_shared; i++)
		if (strcmp(d->k->shared[i].name, text) == 0) {
			a->kind = ARG_VALUE;
			a->value = d->k->shared[i].at;
			return true;
		}
	return false;
}

static bool read_constant(const char *text, struct ptx_arg *a)
{
	char *end;

	a->kind = ARG_VALUE;
	if (text[0] == '0' && (text[1] == 'f' || text[1] == 'd'))
		a->value = strtoull(text + 2, &end, 16);
	else
		a->value = (uint64_t)strtoll(text, &end, 0);
	return end != text && *end == '\0';
}

/* "[%rd25+4]" or "[name]": a parameter's number is its place in the list. */
static bool read_address(const struct decoder *d, char *text, struct ptx_arg *a)
{
	char *plus = strchr(text, '+'), *end = strchr(text, ']');

	if (!end || end[1])
		return false;
	*end = '\0';
	if (plus) {
		*plus = '\0';
		a->offset = strtoll(plus + 1, NULL, 0);
	}
	if (text[1] == '%') {
		const int reg = d->reg(d->self, text + 1);
		a->kind = ARG_REG;
		a->value = (uint64_t)reg;
		return reg >= 0;
	}
	if (read_shared(d, text + 1, a))
		return true;
	a->kind = ARG_VALUE;
	for (size_t i = 0; i < d->k->n_params; i++)
		if (strcmp(d->k->params[i], text + 1) == 0) {
			a->value = i;
			return !plus;
		}
	return false;
}

static bool read_arg(const struct decoder *d, char *text, struct ptx_arg *a)
{
	char *bar = strchr(text, '|'); /* the shuffle's second result, which nobody here reads */

	if (bar)
		*bar = '\0';
	if (text[0] == '[')
		return read_address(d, text, a);
	if (text[0] != '%')
		return read_shared(d, text, a) || read_constant(text, a);
	if (read_special(text, a))
		return true;
	const int reg = d->reg(d->self, text);
	a->kind = ARG_REG;
	a->value = (uint64_t)reg;
	return reg >= 0;
}

static bool read_args(const struct decoder *d, char *text, int n, struct ptx_insn *into)
{
	for (int i = 0; i < n; i++) {
		char *arg = text ? strsep(&text, ",") : NULL;
		if (!arg)
			return false;
		arg += strspn(arg, " \t");
		if (!read_arg(d, arg, &into->args[i]))
			return false;
	}
	return !text;
}

bool ptx_decode(char *text, struct ptx_insn *into, int (*reg)(void *self, const char *name), void *self,
		const struct ptx_kernel *k, const char **label)
{
	const struct decoder d = {.reg = reg, .self = self, .k = k};
	char *rest = text;
	const char *opcode = strsep(&rest, " \t");

	for (size_t i = 0; i < sizeof(opcodes) / sizeof(opcodes[0]); i++) {
		const size_t len = strlen(opcodes[i].name);
		if (strncmp(opcode, opcodes[i].name, len) != 0 ||
		    !read_types(opcode + len, opcodes[i].types, opcodes[i].compares, into))
			continue;
		into->op = opcodes[i].op;
		if (into->op == OP_BRA) {
			*label = rest ? rest + strspn(rest, " \t") : NULL;
			return *label != NULL;
		}
		return read_args(&d, rest, opcodes[i].args, into);
	}
	return false;
}
