/* manifest_table.h — the manifest's keys as one table: name, type, grammar, where it may stand, where its value is
 * kept.
 *
 * Both manifest_parse() and manifest_schema() follow it, so the program and the schema agree.
 * Not here: rules between keys (model/manifest.c). */
#pragma once

#include "base/buf.h"
#include "model/manifest_grammar.h"

enum mkey_type {
	MKEY_SCHEMA,	    /* the number 1; not kept */
	MKEY_EDITOR,	    /* any text; not kept */
	MKEY_TEXT,	    /* char * */
	MKEY_TEXT_OR_AUTO,  /* char *; the word auto is NULL */
	MKEY_LIST,	    /* list of texts: struct strv */
	MKEY_TEXT_OR_LIST,  /* one text (grammar) or a list of them (item): struct strv */
	MKEY_PAIRS,	    /* map of names (names) to texts: struct strv of "name=text", sorted */
	MKEY_BOOL,	    /* bool */
	MKEY_WORD,	    /* one of words: its index, unsigned */
	MKEY_SECOND_WORD,   /* one of two words: whether the second, bool */
	MKEY_COUNT_OR_AUTO, /* a number from 1 on, or the word auto = 0: unsigned */
	MKEY_SECONDS,	    /* a time: unsigned */
	MKEY_OBJECT,	    /* the keys of table, kept in the struct at the offset */
	MKEY_TARGETS,	    /* a list of them */
	MKEY_VARIANTS,	    /* a map of names to the keys of table; kept by the caller */
};

enum mkey_flag {
	MKEY_REQUIRED = 1 << 0,
	MKEY_NULLABLE = 1 << 1, /* null is as good as absent */
	MKEY_GIVEN = 1 << 2,	/* MKEY_OBJECT: the struct begins with bool given */
	MKEY_FILLED = 1 << 3,	/* a list or map: not empty */
	MKEY_UNIQUE = 1 << 4,	/* a list: no text twice */
};

#define MKEY_COUNT_MAX 1024
#define MKEY_ITEMS_MAX 500

struct mtable;
struct mkey {
	const char *name;
	enum mkey_type type;
	unsigned flags;
	enum mgrammar_id grammar, item, names;
	const char *const *words; /* NULL-terminated */
	const struct mtable *table;
	size_t at; /* offset in the struct that the table fills */
	const char *about;
};

struct mtable {
	const struct mkey *keys;
	size_t n;
};

/* Of the top level alone, and those that a variant may set too. */
extern const struct mtable mtable_top, mtable_variant;

/* The key of that name, or NULL. */
const struct mkey *mtable_find(const struct mtable *t, const char *name) NODISCARD;
/* Where else a key of that name may stand: appends "build.jobs", "targets[].gpu" or "image" and says true; else false.
 */
bool mtable_find_elsewhere(const char *name, struct buf *into) NODISCARD;
