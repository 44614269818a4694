/* gen_cell.h — cells of a row read as what they mean; the first fault is kept with file, line and column. Part of the
 * generator.
 *
 * Readers never fail by themselves: they give 0 and fill cell->err, which the caller looks at once per row. */
#pragma once

#include "data/gen_csv.h"
#include "data/gen_pool.h"
#include "model/catalog.h"

struct cell {
	const struct csv *csv;
	const struct csv_row *row;
	struct pool *pool;
	const struct strv *pythons, *archs; /* names by index; NULL until those tables are read */
	struct err *err;
};

const char *cell_text(struct cell *c, const char *column);
uint32_t cell_off(struct cell *c, const char *column);	   /* text into the pool */
uint32_t cell_rel(struct cell *c, const char *column);	   /* "2.7.1", "2.7"; empty = 0 */
uint16_t cell_variant(struct cell *c, const char *column); /* "cu128", "cpu", "12.8" */
uint16_t cell_minor(struct cell *c, const char *column);   /* "2.28" = 228, "13" = 1300; empty or "unknown" = 0 */
uint16_t cell_cc(struct cell *c, const char *column);	   /* "8.6" = 86; empty or "unknown" = 0 */
struct driver cell_driver(struct cell *c, const char *column);
/* Index of the cell's text in a list of words. */
uint8_t cell_word(struct cell *c, const char *column, const char *const *words, size_t n);
/* Bits of the words of the cell. */
uint8_t cell_words(struct cell *c, const char *column, const char *const *words, size_t n);
bool cell_yes(struct cell *c, const char *column);		/* "yes" or "no" */
uint32_t cell_pythons(struct cell *c, const char *column);	/* "3.8 3.9" */
struct arch_set cell_archs(struct cell *c, const char *column); /* "7.5 8.0+PTX", "unknown", "default", empty */
uint32_t cell_bits(struct cell *c, const char *column);		/* "0 1 2" */
/* Keeps a fault of a column, unless one is kept already. */
void cell_fault(struct cell *c, const char *column, const char *why);
