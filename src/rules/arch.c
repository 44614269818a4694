#include "rules/arch.h"

#include "base/str.h"
#include "model/catalog_find.h"

#include <string.h>

bool arch_is_embedded(unsigned cc)
{
	static const unsigned embedded[] = {53, 62, 72, 87, 101, 110};
	for (size_t i = 0; i < ARRAY_LEN(embedded); i++)
		if (embedded[i] == cc)
			return true;
	return false;
}

static bool serves(unsigned entry, unsigned cc)
{
	if (arch_is_embedded(entry) || arch_is_embedded(cc))
		return entry == cc;
	return entry / 10 == cc / 10 && entry <= cc;
}

enum arch_cover arch_covers(const struct catalog *c, struct arch_set set, unsigned cc)
{
	enum arch_cover best = ARCH_NONE;
	if (!set.known)
		return ARCH_UNKNOWN;
	for (size_t i = 0; i < c->n_archs && c->archs[i].cc <= cc; i++) {
		uint32_t bit = UINT32_C(1) << i;
		if ((set.sass & bit) && serves(c->archs[i].cc, cc))
			return ARCH_NATIVE;
		if ((set.ptx & bit) && !arch_is_embedded(cc))
			best = ARCH_JIT;
	}
	return best;
}

struct arch_set arch_with(const struct catalog *c, struct arch_set set, unsigned cc)
{
	for (size_t i = 0; i < c->n_archs; i++)
		if (c->archs[i].cc == cc) {
			set.sass |= UINT32_C(1) << i;
			set.known = true;
		}
	return set;
}

static bool compiles(const struct arch_row *row, uint16_t cuda)
{
	return row->cuda_first <= cuda && (row->cuda_last == 0 || cuda <= row->cuda_last);
}

unsigned arch_compiled_for(const struct catalog *c, uint16_t cuda, unsigned cc)
{
	unsigned best = 0;
	for (size_t i = 0; i < c->n_archs; i++)
		if (compiles(&c->archs[i], cuda) && serves(c->archs[i].cc, cc) && c->archs[i].cc > best)
			best = c->archs[i].cc;
	return best;
}

/* PTX of the newest entry, so that later GPUs are served as well. */
static struct arch_set with_newest_ptx(struct arch_set set)
{
	set.ptx = 0;
	for (uint32_t bit = UINT32_C(1) << 31; bit && !set.ptx; bit >>= 1)
		set.ptx = set.sass & bit;
	return set;
}

struct arch_set arch_compile_set(const struct catalog *c, uint16_t cuda, const unsigned *ccs, size_t n,
				 struct arch_set own)
{
	struct arch_set set = {.known = false};
	for (size_t i = 0; i < n; i++) {
		unsigned cc = arch_compiled_for(c, cuda, ccs[i]);
		if (cc)
			set = arch_with(c, set, cc);
	}
	if (!set.sass)
		set = own;
	return set.known ? with_newest_ptx(set) : set;
}

char *arch_list(const struct catalog *c, struct arch_set set)
{
	AUTO_BUF struct buf b = BUF_INIT;
	char text[CUDA_TEXT];
	for (size_t i = 0; set.known && i < c->n_archs; i++) {
		uint32_t bit = UINT32_C(1) << i;
		if ((set.sass | set.ptx) & bit)
			buf_addf(&b, "%s%s%s", b.len ? " " : "", catalog_cc_text(c->archs[i].cc, text),
				 set.ptx & bit ? "+PTX" : "");
	}
	return buf_take(&b);
}

static bool add_entry(const struct catalog *c, const char *entry, struct arch_set *set)
{
	char cc_text[16] = "";
	size_t len = strcspn(entry, "+");
	bool ptx = str_eq_case(entry + len, "+PTX");
	unsigned cc = 0;
	if (len >= sizeof(cc_text) || (entry[len] && !ptx))
		return false;
	memcpy(cc_text, entry, len);
	if (!catalog_cc_parse(cc_text, &cc) || !catalog_arch(c, cc))
		return false;
	uint32_t before = set->sass;
	*set = arch_with(c, *set, cc);
	if (ptx)
		set->ptx |= before == set->sass ? arch_with(c, (struct arch_set){.known = true}, cc).sass
						: set->sass & ~before;
	return true;
}

bool arch_list_parse(const struct catalog *c, const char *text, struct arch_set *ret)
{
	AUTO_STRV struct strv entries = STRV_INIT;
	struct arch_set set = {.known = false};
	strv_split(&entries, text, " ;,");
	for (size_t i = 0; i < entries.n; i++)
		if (!add_entry(c, entries.v[i], &set))
			return false;
	if (!entries.n)
		return false;
	*ret = set;
	return true;
}

const char *arch_cover_name(enum arch_cover cover)
{
	static const char *const names[] = {"native", "jit", "unknown", "none"};
	return names[cover];
}
