/* Executes a grid, warp by warp: each lane runs by itself up to the next shuffle, where it waits for the other 31,
 * or barrier, where it waits for the other warps of its block. */
#include "fake/libcuda/ptx.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	STEPS_MAX = 100000, /* of one lane up to the next shuffle: more is a kernel that does not end */
	WAITS = -1	    /* a warp: at a barrier */
};

struct lane {
	uint64_t *regs;
	size_t pc;
	bool done;
	unsigned tid[3];
};

struct warp {
	const struct ptx_kernel *k;
	const struct ptx_grid *g;
	unsigned block[3];
	unsigned char *shared; /* the block's */
	struct lane lanes[WARP];
	bool done;
};

static unsigned bits(enum ptx_type t)
{
	switch (t) {
	case T_B16:
	case T_U16:
	case T_S16:
	case T_F16:
		return 16;
	case T_B32:
	case T_U32:
	case T_S32:
	case T_F32:
		return 32;
	case T_PRED:
		return 1;
	case T_NONE:
	case T_B64:
	case T_U64:
	case T_S64:
	case T_F64:
		break;
	}
	return 64;
}

static bool is_signed(enum ptx_type t)
{
	return t == T_S16 || t == T_S32 || t == T_S64;
}

static bool is_float(enum ptx_type t)
{
	return t == T_F32 || t == T_F64;
}

/* The low bits of v as a number of that type, in 64 bits. */
static uint64_t cut(uint64_t v, enum ptx_type t)
{
	const unsigned n = bits(t);

	if (n == 64)
		return v;
	v &= (1ull << n) - 1;
	if (is_signed(t) && v >> (n - 1))
		v |= ~0ull << n;
	return v;
}

static float float_of(uint64_t v)
{
	const uint32_t low = (uint32_t)v;
	float f;

	memcpy(&f, &low, sizeof(f));
	return f;
}

static double double_of(uint64_t v)
{
	double d;

	memcpy(&d, &v, sizeof(d));
	return d;
}

static uint64_t bits_of_float(float f)
{
	uint32_t low;

	memcpy(&low, &f, sizeof(low));
	return low;
}

static uint64_t bits_of_double(double d)
{
	uint64_t v;

	memcpy(&v, &d, sizeof(v));
	return v;
}

static uint64_t value(const struct warp *w, const struct lane *l, const struct ptx_arg *a)
{
	switch (a->kind) {
	case ARG_REG:
		return l->regs[a->value];
	case ARG_TID:
		return l->tid[a->value];
	case ARG_NTID:
		return w->g->threads[a->value];
	case ARG_CTAID:
		return w->block[a->value];
	case ARG_NCTAID:
		return w->g->blocks[a->value];
	case ARG_NONE:
	case ARG_VALUE:
		break;
	}
	return a->value;
}

static uint64_t integer(const struct ptx_insn *i, uint64_t a, uint64_t b, uint64_t c)
{
	const unsigned n = bits(i->to), by = (unsigned)(b > n ? n : b);
	const enum ptx_type t = i->to;
	const bool less = is_signed(t) ? (int64_t)a < (int64_t)b : a < b;

	switch ((int)i->op) {
	case OP_ADD:
		return a + b;
	case OP_SUB:
		return a - b;
	case OP_MUL_LO:
	case OP_MUL_WIDE:
		return a * b;
	case OP_MAD_LO:
		return a * b + c;
	case OP_AND:
		return a & b;
	case OP_OR:
		return a | b;
	case OP_XOR:
		return a ^ b;
	case OP_NOT:
		return ~a;
	case OP_SHL:
		return by == 64 ? 0 : a << by;
	case OP_SHR:
		if (is_signed(t))
			return (uint64_t)((int64_t)a >> (by > 63 ? 63 : by));
		return by == 64 ? 0 : a >> by;
	case OP_MIN:
		return less ? a : b;
	default: /* OP_MAX */
		return less ? b : a;
	}
}

/* Fields of bits: position and length as the instruction set defines them for values in range. */
static uint64_t field(const struct ptx_insn *i, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	const uint64_t at = i->op == OP_BFE ? b & 255 : c & 255, len = i->op == OP_BFE ? c & 255 : d & 255;
	const uint64_t mask = len >= 64 ? ~0ull : (1ull << len) - 1;

	if (at >= bits(i->to))
		return i->op == OP_BFE ? 0 : b;
	return i->op == OP_BFE ? a >> at & mask : (b & ~(mask << at)) | (a & mask) << at;
}

static uint64_t real(const struct ptx_insn *i, uint64_t a, uint64_t b, uint64_t c)
{
	const bool single = i->to == T_F32;

	switch ((int)i->op) {
	case OP_ADD:
		return single ? bits_of_float(float_of(a) + float_of(b)) : bits_of_double(double_of(a) + double_of(b));
	case OP_SUB:
		return single ? bits_of_float(float_of(a) - float_of(b)) : bits_of_double(double_of(a) - double_of(b));
	case OP_MUL_LO:
		return single ? bits_of_float(float_of(a) * float_of(b)) : bits_of_double(double_of(a) * double_of(b));
	default: /* OP_FMA */
		return single ? bits_of_float(fmaf(float_of(a), float_of(b), float_of(c)))
			      : bits_of_double(fma(double_of(a), double_of(b), double_of(c)));
	}
}

static bool compare(const struct ptx_insn *i, uint64_t a, uint64_t b)
{
	const bool equal = a == b, less = is_signed(i->to) ? (int64_t)a < (int64_t)b : a < b;

	switch (i->cmp) {
	case CMP_EQ:
		return equal;
	case CMP_NE:
		return !equal;
	case CMP_LT:
		return less;
	case CMP_LE:
		return less || equal;
	case CMP_GT:
		return !less && !equal;
	case CMP_GE:
		break;
	}
	return !less;
}

static float widen_half(uint16_t h)
{
	const int exponent = h >> 10 & 31;
	const float m = (float)(h & 1023), sign = h & 0x8000 ? -1.0f : 1.0f;

	if (exponent == 31)
		return m > 0 ? NAN : sign * INFINITY;
	return sign * (exponent ? ldexpf(m + 1024, exponent - 25) : ldexpf(m, -24));
}

/* To nearest even, by trying: the half at or below the size, and the next one. */
static uint16_t narrow_half(float f)
{
	const uint16_t sign = signbit(f) ? 0x8000 : 0;
	const float size = fabsf(f);
	uint16_t low = 0, high = 0x7c00;

	if (isnan(f))
		return 0x7fff;
	while (high - low > 1) {
		const uint16_t middle = (uint16_t)((low + high) / 2);
		if (widen_half(middle) <= size)
			low = middle;
		else
			high = middle;
	}
	const float above = high == 0x7c00 ? 65536.0f : widen_half(high);
	const float to_low = size - widen_half(low), to_high = above - size;
	if (size >= above)
		return sign | 0x7c00;
	return sign | (to_low < to_high || (to_low == to_high && !(low & 1)) ? low : high);
}

static uint64_t convert(const struct ptx_insn *i, uint64_t v)
{
	if (i->to == T_F32 && i->from == T_F16)
		return bits_of_float(widen_half((uint16_t)v));
	if (i->to == T_F16 && i->from == T_F32)
		return narrow_half(float_of(v));
	if (i->to == T_F64 && i->from == T_F32)
		return bits_of_double((double)float_of(v));
	if (i->to == T_F32 && i->from == T_F64)
		return bits_of_float((float)double_of(v));
	return cut(v, i->from);
}

static unsigned char *shared_at(const struct warp *w, uint64_t at, size_t len)
{
	if (at < PTX_SHARED_AT || at - PTX_SHARED_AT + len > w->k->shared_size)
		return NULL;
	return w->shared + (at - PTX_SHARED_AT);
}

static int touch(const struct warp *w, struct lane *l, const struct ptx_insn *i)
{
	const bool stores = i->op == OP_ST || i->op == OP_ST_SHARED;
	const struct ptx_arg *where = &i->args[stores ? 0 : 1];
	const size_t len = bits(i->to) / 8;
	const uint64_t at = value(w, l, where) + (uint64_t)where->offset;
	unsigned char *bytes = i->op == OP_LD || i->op == OP_ST ? memory_at(at, len) : shared_at(w, at, len);
	uint64_t v = 0;

	if (at % len)
		return RUN_MISALIGNED;
	if (!bytes)
		return RUN_ILLEGAL;
	if (stores) {
		v = value(w, l, &i->args[1]);
		memcpy(bytes, &v, len);
	} else {
		memcpy(&v, bytes, len);
		l->regs[i->args[0].value] = cut(v, i->to);
	}
	return RUN_OK;
}

static uint64_t compute(const struct warp *w, const struct lane *l, const struct ptx_insn *i)
{
	const uint64_t raw_a = value(w, l, &i->args[1]), raw_b = value(w, l, &i->args[2]);
	const uint64_t raw_c = value(w, l, &i->args[3]), a = cut(raw_a, i->to);
	/* A shift counts in 32 bits whatever the type. */
	const uint64_t b = i->op == OP_SHL || i->op == OP_SHR ? cut(raw_b, T_U32) : cut(raw_b, i->to);

	switch ((int)i->op) {
	case OP_LD_PARAM:
		return w->g->params[raw_a];
	case OP_MOV:
	case OP_CVTA:
		return raw_a;
	case OP_SETP:
		return compare(i, a, b);
	case OP_SELP:
		return raw_c ? raw_a : raw_b;
	case OP_CVT:
		return convert(i, raw_a);
	case OP_BFE:
	case OP_BFI:
		return field(i, a, b, raw_c, value(w, l, &i->args[4]));
	default:
		return is_float(i->to) ? real(i, raw_a, raw_b, raw_c) : integer(i, a, b, cut(raw_c, i->to));
	}
}

/* How wide the result is: a comparison's is a bit, a wide product's is twice its factors. */
static uint64_t fit(const struct ptx_insn *i, uint64_t v)
{
	if (i->op == OP_SETP || i->op == OP_MUL_WIDE)
		return v;
	return cut(v, i->to == T_S32 ? T_U32 : i->to);
}

/* Executes one instruction whose guard lets it; the lane's place has moved on already. */
static int step(const struct warp *w, struct lane *l, const struct ptx_insn *i)
{
	if (i->op == OP_LD || i->op == OP_ST || i->op == OP_LD_SHARED || i->op == OP_ST_SHARED)
		return touch(w, l, i);
	if (i->op == OP_RET)
		l->done = true;
	else if (i->op == OP_BRA)
		l->pc = i->target;
	else
		l->regs[i->args[0].value] = fit(i, compute(w, l, i));
	return RUN_OK;
}

/* Runs a lane up to its end or the next shuffle or barrier. */
static int run_lane(const struct warp *w, struct lane *l)
{
	const unsigned long most = w->g->rounds < STEPS_MAX ? w->g->rounds : STEPS_MAX;
	int result = RUN_OK;

	for (unsigned long steps = 0; steps < most && !result && !l->done; steps++) {
		if (l->pc >= w->k->n_code)
			return RUN_FAILED;
		const struct ptx_insn *i = &w->k->code[l->pc];
		const bool on = i->guard < 0 || (l->regs[i->guard] != 0) != i->guard_not;
		if (on && (i->op == OP_SHFL || i->op == OP_BAR))
			return RUN_OK;
		l->pc++;
		if (on)
			result = step(w, l, i);
	}
	return result || l->done ? result : RUN_HANG;
}

/* All lanes must have come to the same shuffle with the full mask; each then reads the lane it names. */
static int shuffle(struct warp *w)
{
	const size_t pc = w->lanes[0].pc;
	const struct ptx_insn *i = &w->k->code[pc];
	uint64_t given[WARP];

	for (int n = 0; n < WARP; n++) {
		const struct lane *l = &w->lanes[n];
		if (l->done || l->pc != pc || (uint32_t)value(w, l, &i->args[4]) != 0xffffffffu)
			return RUN_FAILED;
		given[n] = value(w, l, &i->args[1]) & 0xffffffffu;
	}
	for (int n = 0; n < WARP; n++) {
		struct lane *l = &w->lanes[n];
		const uint64_t from = value(w, l, &i->args[2]);
		l->regs[i->args[0].value] = given[from & 31];
		l->pc++;
	}
	return RUN_OK;
}

static bool all_done(const struct warp *w)
{
	for (int n = 0; n < WARP; n++)
		if (!w->lanes[n].done)
			return false;
	return true;
}

static bool all_at(const struct warp *w, size_t pc)
{
	for (int n = 0; n < WARP; n++)
		if (w->lanes[n].done || w->lanes[n].pc != pc)
			return false;
	return true;
}

/* Runs a warp up to its end, or to a barrier: WAITS. */
static int run_warp(struct warp *w)
{
	for (unsigned long rounds = 0; rounds < w->g->rounds; rounds++) {
		for (int n = 0; n < WARP; n++) {
			const int result = w->lanes[n].done ? RUN_OK : run_lane(w, &w->lanes[n]);
			if (result)
				return result;
		}
		w->done = all_done(w);
		if (w->done)
			return RUN_OK;
		const size_t pc = w->lanes[0].pc;
		if (pc < w->k->n_code && w->k->code[pc].op == OP_BAR)
			return all_at(w, pc) ? WAITS : RUN_FAILED;
		const int result = shuffle(w);
		if (result)
			return result;
	}
	return RUN_HANG;
}

/* Runs all warps up to the next barrier or their end; *ret_waiting says how many wait. */
static int run_warps(struct warp *warps, unsigned n, unsigned *ret_waiting)
{
	*ret_waiting = 0;
	for (unsigned i = 0; i < n; i++) {
		const int result = warps[i].done ? RUN_OK : run_warp(&warps[i]);
		if (result != RUN_OK && result != WAITS)
			return result;
		*ret_waiting += result == WAITS;
	}
	return RUN_OK;
}

static int run_block(struct warp *warps, unsigned n)
{
	unsigned waiting = n;

	while (waiting) {
		const int result = run_warps(warps, n, &waiting);
		if (result)
			return result;
		if (waiting && waiting != n)
			return RUN_HANG; /* the others ended, and will never come */
		for (unsigned i = 0; i < waiting; i++)
			for (int lane = 0; lane < WARP; lane++)
				warps[i].lanes[lane].pc++;
	}
	return RUN_OK;
}

/* What was never set is garbage. */
static int start_block(const struct ptx_kernel *k, const struct ptx_grid *g, unsigned x, unsigned y, uint64_t *regs)
{
	static struct warp warps[WARPS_MAX];
	static unsigned char shared[PTX_SHARED_MAX];
	const unsigned n = g->threads[0] / WARP;

	memset(shared, 0xee, k->shared_size);
	memset(regs, 0xee, g->threads[0] * k->n_regs * sizeof(*regs));
	for (unsigned i = 0; i < n; i++) {
		warps[i] = (struct warp){.k = k, .g = g, .block = {x, y}, .shared = shared};
		for (unsigned lane = 0; lane < WARP; lane++)
			warps[i].lanes[lane] =
				(struct lane){.regs = regs + (i * WARP + lane) * k->n_regs, .tid = {i * WARP + lane}};
	}
	return run_block(warps, n);
}

int ptx_run(const struct ptx_kernel *k, const struct ptx_grid *g)
{
	int result = RUN_OK;

	if (!g->threads[0] || g->threads[0] % WARP || g->threads[0] > WARP * WARPS_MAX || g->threads[1] != 1 ||
	    g->threads[2] != 1)
		return RUN_FAILED;
	uint64_t *regs = calloc(g->threads[0] * k->n_regs + 1, sizeof(*regs));
	for (unsigned y = 0; y < g->blocks[1] && !result; y++)
		for (unsigned x = 0; x < g->blocks[0] && !result; x++)
			result = start_block(k, g, x, y, regs);
	free(regs);
	return result;
}
