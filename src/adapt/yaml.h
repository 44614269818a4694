/* yaml.h — YAML documents: the plain part of the language as a tree that remembers lines and columns.
 *
 * Scalars, lists and maps with text keys. Anchors, aliases, tags, merge keys, repeated keys, several documents, nesting
 * over YDOC_DEPTH_MAX and more than YDOC_SIZE_MAX bytes are refused: ERR_INPUT "NAME:LINE:COLUMN: what". The tree
 * belongs to the document. What a plain scalar would be for other readers of YAML is asked with ynode_reads(). Not
 * here: what a key means. The only file family that includes the yaml.h of libyaml. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define YDOC_DEPTH_MAX 64
#define YDOC_SIZE_MAX  (1024 * 1024)
#define YDOC_NODES_MAX 100000

enum ynode_kind { YNODE_SCALAR, YNODE_LIST, YNODE_MAP };

struct ynode {
	enum ynode_kind kind;
	bool plain;	       /* a scalar without quotes, | or > */
	unsigned line, column; /* from 1; columns count characters */
	char *text;	       /* scalar: its value, without NUL inside; never NULL there */
	struct ynode *items;   /* list: its n items; map: n pairs, key and value in turn */
	size_t n;
};

/* What a scalar is under any of the rules in use (YAML 1.1 and 1.2 core): a plain one that some reader takes for
 * something else than a text is that something. */
enum ynode_reads { YNODE_TEXT, YNODE_NULL, YNODE_BOOL, YNODE_INT, YNODE_REAL, YNODE_TIME };

struct ydoc;
void ydoc_free(struct ydoc *d);
DEFINE_AUTO(ydoc, struct ydoc);

/* Reads exactly one document. *ret is the caller's. */
int ydoc_parse(struct blob text, struct ydoc **ret, struct err *err) NODISCARD;
/* Its top node, borrowed. */
const struct ynode *ydoc_root(const struct ydoc *d) NODISCARD;
enum ynode_reads ynode_reads(const struct ynode *scalar) NODISCARD;
