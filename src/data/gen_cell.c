#include "data/gen_cell.h"

#include "base/str.h"

#include <string.h>

void cell_fault(struct cell *c, const char *column, const char *why)
{
	int i = csv_column(c->csv, column);
	if (c->err->kind == ERR_NONE)
		err_set(c->err, ERR_INPUT, "%s:%u: column '%s' (%s): %s", c->csv->name, c->row->line, column,
			i < 0 ? "missing" : c->row->cells.v[i], why);
}

const char *cell_text(struct cell *c, const char *column)
{
	int i = csv_column(c->csv, column);
	if (i >= 0)
		return c->row->cells.v[i];
	cell_fault(c, column, "there is no such column");
	return "";
}

uint32_t cell_off(struct cell *c, const char *column)
{
	return pool_add(c->pool, cell_text(c, column));
}

/* Reads up to n numbers below 1024 separated by dots; how many, 0 if the text is something else. */
static size_t numbers(const char *text, uint64_t *into, size_t n)
{
	size_t got = 0;
	for (const char *at = text;; at++) {
		if (got == n || !str_scan_u64(&at, 9999, &into[got++]))
			return 0;
		if (!*at)
			return got;
		if (*at != '.')
			return 0;
	}
}

static bool is_blank(const char *text)
{
	return !*text || str_eq(text, "unknown");
}

uint32_t cell_rel(struct cell *c, const char *column)
{
	const char *text = cell_text(c, column);
	uint64_t n[3] = {0};
	if (is_blank(text))
		return 0;
	if (numbers(text, n, 3) < 2 || n[0] > 1023 || n[1] > 1023 || n[2] > 1023)
		cell_fault(c, column, "is not a release such as 2.7.1");
	return REL(n[0] & 1023, n[1] & 1023, n[2] & 1023);
}

uint16_t cell_variant(struct cell *c, const char *column)
{
	struct err err = ERR_INIT;
	struct cuda cuda = {.major = 0};
	const char *text = cell_text(c, column);
	if (*text && cuda_parse(text, &cuda, &err))
		cell_fault(c, column, "is not a CUDA version");
	err_clear(&err);
	return cuda_key(&cuda);
}

uint16_t cell_minor(struct cell *c, const char *column)
{
	const char *text = cell_text(c, column);
	uint64_t n[2] = {0};
	if (is_blank(text))
		return 0;
	if (!numbers(text, n, 2) || n[0] > 600 || n[1] > 99) {
		cell_fault(c, column, "is not MAJOR.MINOR");
		return 0;
	}
	return (uint16_t)(n[0] * 100 + n[1]);
}

uint16_t cell_cc(struct cell *c, const char *column)
{
	const char *text = cell_text(c, column);
	uint64_t n[2] = {0};
	if (is_blank(text))
		return 0;
	if (numbers(text, n, 2) != 2 || n[0] > 99 || n[1] > 9) {
		cell_fault(c, column, "is not a compute capability");
		return 0;
	}
	return (uint16_t)(n[0] * 10 + n[1]);
}

struct driver cell_driver(struct cell *c, const char *column)
{
	struct err err = ERR_INIT;
	struct driver d = {.branch = 0};
	if (driver_parse(cell_text(c, column), &d, &err))
		cell_fault(c, column, "is not a driver version");
	err_clear(&err);
	return d;
}

static int index_of(const char *text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(words[i], text))
			return (int)i;
	return -1;
}

uint8_t cell_word(struct cell *c, const char *column, const char *const *words, size_t n)
{
	int i = index_of(cell_text(c, column), words, n);
	if (i < 0)
		cell_fault(c, column, "is none of the words known here");
	return (uint8_t)(i < 0 ? 0 : i);
}

uint8_t cell_words(struct cell *c, const char *column, const char *const *words, size_t n)
{
	AUTO_STRV struct strv parts = STRV_INIT;
	unsigned bits = 0;
	strv_split(&parts, cell_text(c, column), " ");
	for (size_t i = 0; i < parts.n; i++) {
		int w = index_of(parts.v[i], words, n);
		if (w < 0)
			cell_fault(c, column, "holds a word that is not known here");
		else
			bits |= 1u << w;
	}
	return (uint8_t)bits;
}

bool cell_yes(struct cell *c, const char *column)
{
	static const char *const words[] = {"no", "yes"};
	return cell_word(c, column, words, ARRAY_LEN(words)) == 1;
}

uint32_t cell_pythons(struct cell *c, const char *column)
{
	AUTO_STRV struct strv parts = STRV_INIT;
	uint32_t bits = 0;
	strv_split(&parts, cell_text(c, column), " ");
	for (size_t i = 0; i < parts.n; i++) {
		int p = index_of(parts.v[i], (const char *const *)c->pythons->v, c->pythons->n);
		if (p < 0)
			cell_fault(c, column, "holds a Python that pythons.csv does not");
		else
			bits |= UINT32_C(1) << p;
	}
	if (!bits)
		cell_fault(c, column, "names no Python");
	return bits;
}

struct arch_set cell_archs(struct cell *c, const char *column)
{
	AUTO_STRV struct strv parts = STRV_INIT;
	const char *text = cell_text(c, column);
	struct arch_set set = {.known = !is_blank(text) && !str_eq(text, "default")};
	if (!set.known)
		return set;
	strv_split(&parts, text, " ");
	for (size_t i = 0; i < parts.n; i++) {
		bool ptx = str_ends(parts.v[i], "+PTX");
		if (ptx)
			parts.v[i][strlen(parts.v[i]) - 4] = '\0';
		int a = index_of(parts.v[i], (const char *const *)c->archs->v, c->archs->n);
		if (a < 0) {
			cell_fault(c, column, "holds a capability that archs.csv does not");
			continue;
		}
		set.sass |= UINT32_C(1) << a;
		set.ptx |= ptx ? UINT32_C(1) << a : 0;
	}
	return set;
}

uint32_t cell_bits(struct cell *c, const char *column)
{
	AUTO_STRV struct strv parts = STRV_INIT;
	uint32_t bits = 0;
	strv_split(&parts, cell_text(c, column), " ");
	for (size_t i = 0; i < parts.n; i++) {
		uint64_t n;
		if (str_to_u64(parts.v[i], 31, &n))
			bits |= UINT32_C(1) << n;
		else
			cell_fault(c, column, "is not a list of small numbers");
	}
	return bits;
}
