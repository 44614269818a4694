/* gen_table.h — the tables of the catalog: which file holds which rows, how a row is read, ordered and written. Part of
 * the generator. */
#pragma once

#include "data/gen_cell.h"

#include <stdio.h>

struct table {
	const char *files[6]; /* NULL behind the last */
	const char *type;     /* struct TYPE of model/catalog.h */
	const char *field;    /* member of struct catalog */
	size_t size;	      /* of a row */
	void (*read)(struct cell *c, void *row);
	int (*cmp)(const void *a, const void *b, const struct pool *pool); /* never 0 for two rows of a good table */
	void (*write)(FILE *out, const void *row);
};

/* All tables; pythons and archs come first, since other rows name theirs. */
extern const struct table gen_tables[];
extern const size_t gen_n_tables;

/* Readers, orders and writers that the list names. */
void gen_read_torch(struct cell *c, void *row);
void gen_read_wheel(struct cell *c, void *row);
void gen_read_requirement(struct cell *c, void *row);
void gen_read_toolkit(struct cell *c, void *row);
void gen_read_arch(struct cell *c, void *row);
void gen_read_gpu(struct cell *c, void *row);
void gen_read_tag(struct cell *c, void *row);
void gen_read_os(struct cell *c, void *row);
void gen_read_python(struct cell *c, void *row);
void gen_read_managed(struct cell *c, void *row);
void gen_read_branch(struct cell *c, void *row);
void gen_read_policy(struct cell *c, void *row);

int gen_cmp_torch(const void *a, const void *b, const struct pool *pool);
int gen_cmp_wheel(const void *a, const void *b, const struct pool *pool);
int gen_cmp_requirement(const void *a, const void *b, const struct pool *pool);
int gen_cmp_toolkit(const void *a, const void *b, const struct pool *pool);
int gen_cmp_arch(const void *a, const void *b, const struct pool *pool);
int gen_cmp_gpu(const void *a, const void *b, const struct pool *pool);
int gen_cmp_tag(const void *a, const void *b, const struct pool *pool);
int gen_cmp_os(const void *a, const void *b, const struct pool *pool);
int gen_cmp_python(const void *a, const void *b, const struct pool *pool);
int gen_cmp_managed(const void *a, const void *b, const struct pool *pool);
int gen_cmp_branch(const void *a, const void *b, const struct pool *pool);
int gen_cmp_policy(const void *a, const void *b, const struct pool *pool);

void gen_write_torch(FILE *out, const void *row);
void gen_write_wheel(FILE *out, const void *row);
void gen_write_requirement(FILE *out, const void *row);
void gen_write_toolkit(FILE *out, const void *row);
void gen_write_arch(FILE *out, const void *row);
void gen_write_gpu(FILE *out, const void *row);
void gen_write_tag(FILE *out, const void *row);
void gen_write_os(FILE *out, const void *row);
void gen_write_python(FILE *out, const void *row);
void gen_write_managed(FILE *out, const void *row);
void gen_write_branch(FILE *out, const void *row);
void gen_write_policy(FILE *out, const void *row);
