/* manifest_tree.h — a manifest's document as one tree, whether it was YAML or JSON, with a place for every complaint.
 *
 * After mtree_parse() nothing depends on the syntax but the wording of places: "FILE:LINE:COLUMN: key.path: TEXT" for
 * YAML, "FILE: /pointer: TEXT" for JSON. Texts are borrowed from the tree. Not here: what a key means
 * (model/manifest_read.h). */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

enum mnode_kind { MNODE_TEXT, MNODE_INT, MNODE_REAL, MNODE_BOOL, MNODE_NULL, MNODE_DATE, MNODE_LIST, MNODE_MAP };

struct mnode {
	enum mnode_kind kind;
	const char *text; /* a scalar as it was written ("3.10", "yes"); of a JSON number its value; NULL for list and
			     map */
	const struct mnode *up;
	const char *key;	  /* in a map: the name; NULL otherwise */
	enum mnode_kind key_kind; /* what YAML reads the key as */
	size_t index;		  /* in a list: the place */
	unsigned line, column;	  /* of the value; 0 in JSON */
	unsigned key_line, key_column;
	struct mnode *items; /* owned: members or items */
	size_t n;
};

struct mtree;
void mtree_free(struct mtree *t);
DEFINE_AUTO(mtree, struct mtree);

/* Reads JSON when the name ends in ".json", else YAML. At most YDOC_SIZE_MAX bytes. ERR_INPUT. */
int mtree_parse(struct blob text, struct mtree **ret, struct err *err) NODISCARD;
const struct mnode *mtree_root(const struct mtree *t) NODISCARD;
bool mtree_is_json(const struct mtree *t) NODISCARD;

/* Fill err with the place of the value, or of its key, and the text. Always -1. */
int mtree_fail(const struct mtree *t, const struct mnode *at, struct err *err, const char *fmt, ...) PRINTF(4, 5);
int mtree_fail_key(const struct mtree *t, const struct mnode *at, struct err *err, const char *fmt, ...) PRINTF(4, 5);
/* Puts the place of the value in front of what err says. Always -1. */
int mtree_wrap(const struct mtree *t, const struct mnode *at, struct err *err);

/* The member of that name, or NULL. */
const struct mnode *mnode_member(const struct mnode *map, const char *key) NODISCARD;
/* "a text", "a number", ... Static. */
const char *mnode_kind_name(enum mnode_kind kind) NODISCARD;
/* A whole number without sign, in decimal: false otherwise and *ret is untouched. */
bool mnode_to_u64(const struct mnode *n, uint64_t *ret) NODISCARD;
/* true or false in the spelling that every reader takes for it: false otherwise and *ret is untouched. */
bool mnode_to_bool(const struct mnode *n, bool *ret) NODISCARD;
