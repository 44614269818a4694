/* manifest_read.h — a document's values, checked by the key table and put into structs.
 *
 * The first fault in the order of the document is the error. Not here: defaults, inheritance and rules between keys
 * (model/manifest.c). */
#pragma once

#include "model/manifest_table.h"
#include "model/manifest_tree.h"

struct mread {
	const struct mtree *tree;
	const struct mnode *variants; /* result: where the value of a MKEY_VARIANTS key is, or NULL */
	bool nulls;		      /* null removes what is there, at every key of the outermost object */
	const char *only;	      /* of a document that is no manifest: the keys it may hold, for complaints */
};

/* A table and the struct that it fills. */
struct mpart {
	const struct mtable *table;
	void *into;
};

/* Reads the object at n by one or two tables into structs that hold defaults or inherited values: a value replaces. On
 * error the structs are half filled and still theirs to free. ERR_INPUT. */
int mread_object(struct mread *r, const struct mnode *n, const struct mpart *parts, size_t nparts,
		 struct err *err) NODISCARD;
/* Fails unless n is a map with 1 to MKEY_ITEMS_MAX keys that are names by the grammar. */
int mread_names(const struct mread *r, const struct mnode *n, enum mgrammar_id names, struct err *err) NODISCARD;
