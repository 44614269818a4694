/* catalog_show.h — the rows of the catalog as tables of texts, for people and tools to read.
 *
 * Not here: the rows (model/catalog.h), questions to them (model/catalog_find.h). */
#pragma once

#include "base/strv.h"
#include "model/catalog.h"

enum catalog_kind {
	CATALOG_TORCH,
	CATALOG_EXTENSIONS,
	CATALOG_TAGS,
	CATALOG_TOOLKITS,
	CATALOG_ARCHS,
	CATALOG_GPUS,
	CATALOG_OSES,
	CATALOG_PYTHONS,
	CATALOG_BRANCHES,
	CATALOG_POLICY,
	CATALOG__KINDS
};

/* The name as on the command line: "torch", "tags". Static. */
const char *catalog_kind_name(enum catalog_kind k) NODISCARD;
/* CATALOG__KINDS where no kind has that name. */
enum catalog_kind catalog_kind_of(const char *name) NODISCARD;
/* The names of its columns, NULL-terminated. Static. */
const char *const *catalog_columns(enum catalog_kind k) NODISCARD;
size_t catalog_count(const struct catalog *c, enum catalog_kind k) NODISCARD;
/* Appends the cells of a row, one per column; "" where nothing is known. */
void catalog_cells(const struct catalog *c, enum catalog_kind k, size_t row, struct strv *into);
