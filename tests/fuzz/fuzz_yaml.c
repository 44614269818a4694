#include "adapt/yaml.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the header promises of every node. */
static void check(const struct ynode *n, unsigned depth)
{
	if (depth > YDOC_DEPTH_MAX || n->line < 1 || n->column < 1)
		__builtin_trap();
	if (n->kind == YNODE_SCALAR) {
		if (ynode_reads(n) != YNODE_TEXT && !n->plain)
			__builtin_trap();
		if (n->n > 0 || !n->text)
			__builtin_trap();
		return;
	}
	for (size_t i = 0; i < n->n * (n->kind == YNODE_MAP ? 2 : 1); i++) {
		if (n->kind == YNODE_MAP && i % 2 == 0 && n->items[i].kind != YNODE_SCALAR)
			__builtin_trap();
		check(&n->items[i], depth + 1);
	}
}

/* Any bytes are a tree with places or one error. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(ydoc) struct ydoc *d = NULL;
	struct err err = ERR_INIT;

	if (ydoc_parse((struct blob){.name = "fuzz", .data = (const char *)data, .len = size}, &d, &err) < 0) {
		if (err.kind != ERR_INPUT || !*err.text)
			__builtin_trap();
		err_clear(&err);
		return 0;
	}
	check(ydoc_root(d), 0);
	return 0;
}
