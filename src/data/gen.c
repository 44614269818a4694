/* gen.c — turns the CSV files beside it into constant, sorted C tables and one pool of texts, at build time.
 *
 *   gen SRC OUT ID    reads SRC's CSV files, writes OUT/tables.c and OUT/pool.bin; ID is the catalog's id
 *
 * A fault in a file ends it with exit code 1 and "FILE:LINE: ..." on stderr. */
#include "base/file.h"
#include "base/str.h"
#include "data/gen_table.h"

#include <string.h>

struct rows {
	char *at; /* owned: n rows of their table's size */
	size_t n;
};

struct gen {
	const char *src, *out, *id;
	struct pool pool;
	struct strv pythons, archs;
	struct rows rows[16];
};

static void gen_clear(struct gen *g)
{
	pool_clear(&g->pool);
	strv_clear(&g->pythons);
	strv_clear(&g->archs);
	for (size_t i = 0; i < gen_n_tables; i++)
		free(g->rows[i].at);
}

static int read_file(struct gen *g, const struct table *t, const char *file, struct rows *r, struct err *err)
{
	AUTO(csv) struct csv *csv = NULL;
	if (csv_read(g->src, file, &csv, err))
		return -1;
	r->at = xreallocarray(r->at, r->n + csv->n, t->size);
	for (size_t i = 0; i < csv->n; i++) {
		struct cell c = {.csv = csv,
				 .row = &csv->rows[i],
				 .pool = &g->pool,
				 .pythons = &g->pythons,
				 .archs = &g->archs,
				 .err = err};
		t->read(&c, r->at + r->n++ * t->size);
		if (err->kind != ERR_NONE)
			return -1;
	}
	return 0;
}

struct order {
	const struct table *table;
	const struct pool *pool;
};

static int cmp_rows(const void *a, const void *b, void *arg)
{
	const struct order *o = arg;
	return o->table->cmp(a, b, o->pool);
}

static int sort_rows(struct gen *g, const struct table *t, struct rows *r, struct err *err)
{
	struct order o = {t, &g->pool};
	if (r->n == 0)
		return err_set(err, ERR_INPUT, "%s: there are no rows", t->files[0]);
	qsort_r(r->at, r->n, t->size, cmp_rows, &o);
	for (size_t i = 1; i < r->n; i++)
		if (cmp_rows(r->at + (i - 1) * t->size, r->at + i * t->size, &o) >= 0)
			return err_set(err, ERR_INPUT, "%s: two rows have the same key (row %zu in sorted order)",
				       t->files[0], i + 1);
	return 0;
}

/* Other tables name pythons and capabilities; their bits are indices in these lists. */
static void keep_names(struct gen *g, const struct table *t, const struct rows *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const char *row = r->at + i * t->size;
		if (str_eq(t->field, "pythons")) {
			struct python_row p;
			memcpy(&p, row, sizeof(p));
			strv_add(&g->pythons, pool_text(&g->pool, p.name));
		} else if (str_eq(t->field, "archs")) {
			struct arch_row a;
			memcpy(&a, row, sizeof(a));
			strv_addf(&g->archs, "%d.%d", a.cc / 10, a.cc % 10);
		}
	}
}

static int read_tables(struct gen *g, struct err *err)
{
	for (size_t i = 0; i < gen_n_tables; i++) {
		const struct table *t = &gen_tables[i];
		for (size_t f = 0; f < ARRAY_LEN(t->files) && t->files[f]; f++)
			if (read_file(g, t, t->files[f], &g->rows[i], err))
				return -1;
		if (sort_rows(g, t, &g->rows[i], err))
			return -1;
		keep_names(g, t, &g->rows[i]);
		if (g->pythons.n > 32 || g->archs.n > 32)
			return err_set(err, ERR_INPUT, "%s: more than 32 rows do not fit a set of bits", t->files[0]);
	}
	return 0;
}

static void write_head(const struct gen *g, FILE *out)
{
	fprintf(out,
		"/* Made by src/data/gen.c: change the CSV files of src/data, not this. */\n"
		"#include \"model/catalog.h\"\n\n"
		"extern const char data_pool[];\n"
		"__asm__(\".pushsection .rodata\\n\"\n"
		"\t\".globl data_pool\\n.hidden data_pool\\n.type data_pool, %%object\\n\"\n"
		"\t\"data_pool: .incbin \\\"%s/pool.bin\\\"\\n\"\n"
		"\t\".size data_pool, . - data_pool\\n.popsection\\n\");\n",
		g->out);
}

static void write_tables(const struct gen *g, FILE *out)
{
	write_head(g, out);
	for (size_t i = 0; i < gen_n_tables; i++) {
		const struct table *t = &gen_tables[i];
		fprintf(out, "\nstatic const struct %s %s[] = {\n", t->type, t->field);
		for (size_t r = 0; r < g->rows[i].n; r++) {
			fputs("\t{", out);
			t->write(out, g->rows[i].at + r * t->size);
			fputs("},\n", out);
		}
		fputs("};\n", out);
	}
	fprintf(out,
		"\nconst struct catalog catalog_builtin = {\n\t.pool = data_pool,\n\t.pool_len = %zu,\n\t.id = "
		"\"%s\",\n",
		g->pool.bytes.len, g->id);
	for (size_t i = 0; i < gen_n_tables; i++)
		fprintf(out, "\t.%s = %s,\n\t.n_%s = %zu,\n", gen_tables[i].field, gen_tables[i].field,
			gen_tables[i].field, g->rows[i].n);
	fputs("};\n", out);
}

static int write_all(const struct gen *g, struct err *err)
{
	AUTO_TEXT char *pool = file_join(g->out, "pool.bin");
	AUTO_TEXT char *tables = file_join(g->out, "tables.c");
	if (file_write(pool, buf_blob(&g->pool.bytes, pool), 0666, err))
		return -1;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	if (!out)
		mem_short();
	write_tables(g, out);
	bool bad = ferror(out) != 0;
	bad = fclose(out) != 0 || bad;
	int rc = bad ? err_set(err, ERR_INTERNAL, "tables.c could not be written in memory")
		     : file_write(tables, (struct blob){.name = tables, .data = text, .len = len}, 0666, err);
	free(text);
	return rc;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	if (argc != 4 || strlen(argv[3]) != 64) {
		fputs("usage: gen SRC OUT ID (ID: sha256 over the files, 64 hex digits)\n", stderr);
		return 2;
	}
	struct gen g = {.src = argv[1], .out = argv[2], .id = argv[3], .pool = POOL_INIT};
	int rc = read_tables(&g, &err);
	if (rc == 0)
		rc = write_all(&g, &err);
	if (rc)
		fprintf(stderr, "gen: %s\n", err.text);
	gen_clear(&g);
	err_clear(&err);
	return rc ? 1 : 0;
}
