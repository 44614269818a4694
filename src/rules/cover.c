#include "rules/cover.h"

/* PTX versions in use and the CUDA versions that make them; one per CUDA minor but for 8.5. */
static const struct {
	unsigned isa;
	uint16_t low, high;
} isas[] = {
	{60, 900, 900},	  {61, 901, 901},   {62, 902, 902},   {63, 1000, 1000}, {64, 1001, 1001}, {65, 1002, 1002},
	{70, 1100, 1100}, {71, 1101, 1101}, {72, 1102, 1102}, {73, 1103, 1103}, {74, 1104, 1104}, {75, 1105, 1105},
	{76, 1106, 1106}, {77, 1107, 1107}, {78, 1108, 1108}, {80, 1200, 1200}, {81, 1201, 1201}, {82, 1202, 1202},
	{83, 1203, 1203}, {84, 1204, 1204}, {85, 1205, 1206}, {86, 1207, 1207}, {87, 1208, 1208}, {88, 1209, 1209},
	{90, 1300, 1300}, {91, 1301, 1301},
};

unsigned cover_isa(uint16_t cuda)
{
	for (size_t i = 0; i < ARRAY_LEN(isas); i++)
		if (cuda >= isas[i].low && cuda <= isas[i].high)
			return isas[i].isa;
	return 0;
}

bool cover_isa_cuda(unsigned isa, uint16_t *ret_low, uint16_t *ret_high)
{
	for (size_t i = 0; i < ARRAY_LEN(isas); i++) {
		if (isas[i].isa != isa)
			continue;
		*ret_low = isas[i].low;
		*ret_high = isas[i].high;
		return true;
	}
	return false;
}

/* Whether a family's code runs on the GPU: same major, and no newer member. */
static bool same_family(unsigned arch, unsigned cc)
{
	return arch / 10 == cc / 10 && arch <= cc;
}

static bool machine_code_fits(const struct code *c, unsigned cc)
{
	if (c->suffix == 'a' || arch_is_embedded(c->arch) || arch_is_embedded(cc))
		return c->arch == cc;
	return same_family(c->arch, cc);
}

static bool ptx_fits(const struct code *c, struct cover_gpu gpu)
{
	if (gpu.isa != 0 && c->isa > gpu.isa)
		return false;
	if (c->suffix == 'a')
		return c->arch == gpu.cc;
	return c->suffix == 'f' ? same_family(c->arch, gpu.cc) : c->arch <= gpu.cc;
}

enum arch_cover cover_code(const struct code *c, struct cover_gpu gpu)
{
	if (c->kind == CODE_SASS && machine_code_fits(c, gpu.cc))
		return ARCH_NATIVE;
	return c->kind == CODE_PTX && ptx_fits(c, gpu) ? ARCH_JIT : ARCH_NONE;
}

static int rank(enum arch_cover cover)
{
	switch (cover) {
	case ARCH_NATIVE:
		return 0;
	case ARCH_JIT:
		return 1;
	case ARCH_UNKNOWN:
		return 2;
	case ARCH_NONE:
		break;
	}
	return 3;
}

enum arch_cover cover_group(const struct code_group *g, struct cover_gpu gpu)
{
	enum arch_cover best = ARCH_NONE;
	for (size_t i = 0; i < g->n_codes; i++) {
		enum arch_cover c = cover_code(&g->codes[i], gpu);
		if (rank(c) < rank(best))
			best = c;
	}
	return best;
}

enum arch_cover cover_binary(const struct binary *b, struct cover_gpu gpu, const struct code_group **ret_worst)
{
	const struct code_group *worst = NULL;
	enum arch_cover verdict = ARCH_UNKNOWN;
	for (size_t i = 0; i < b->n_groups; i++) {
		if (b->groups[i].link_only)
			continue;
		enum arch_cover c = cover_group(&b->groups[i], gpu);
		if (worst == NULL || rank(c) > rank(verdict)) {
			worst = &b->groups[i];
			verdict = c;
		}
	}
	if (ret_worst != NULL)
		*ret_worst = worst;
	return verdict;
}

struct cover_tally cover_tally(const struct binary *b, struct cover_gpu gpu)
{
	struct cover_tally t = {.native = 0};
	for (size_t i = 0; i < b->n_groups; i++) {
		if (b->groups[i].link_only)
			continue;
		enum arch_cover c = cover_group(&b->groups[i], gpu);
		*(c == ARCH_NATIVE ? &t.native : c == ARCH_JIT ? &t.jit : &t.none) += b->groups[i].containers;
	}
	return t;
}
