/* tree.h — a file system as layers leave it: entries put over one another, whiteouts, links in the folders of a path.
 *
 * Holds names and pointers to items only. A path goes through the links of what lies there so far and never above the
 * root. Not here: reading layers (inspect/layer.h). */
#pragma once

#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>

struct tree;
void tree_free(struct tree *t);
DEFINE_AUTO(tree, struct tree);
struct tree *tree_new(void) NODISCARD;

enum tree_kind { TREE_DIR, TREE_FILE, TREE_LINK };

/* Puts an entry at a relative path ("usr/lib/x.so"), making folders above it; what was there goes, but a folder stays
 * under a folder. item is borrowed; target is a link's. False where the path cannot be: a loop of links, or no name. */
bool tree_put(struct tree *t, const char *path, enum tree_kind kind, void *item, const char *target);
/* Takes the path out, with all below it; links in front of its last part are followed. */
void tree_remove(struct tree *t, const char *path);
/* Takes out all below the path. */
void tree_empty(struct tree *t, const char *path);
/* The item of a file, links followed in front of its last part (hard links); NULL = none. */
void *tree_item(const struct tree *t, const char *path) NODISCARD;

struct tree_visitor {
	void (*file)(void *self, const char *path, void *item); /* path is absolute */
	void (*link)(void *self, const char *path, const char *target);
	void *self;
};
/* Visits all files and links, in the order in which they were first put into each folder. */
void tree_walk(const struct tree *t, const struct tree_visitor *v);
