/* mustache_node.h — what a parsed template consists of; shared by the reader and the renderer of render/mustache.h
 * alone.
 *
 * The nodes lie in reading order; a section is followed by its children and names the node behind them. Texts and names
 * are places in the template's own copy of its source. */
#pragma once

#include "render/mustache.h"

enum node_kind { NODE_TEXT, NODE_VALUE, NODE_RAW, NODE_SECTION, NODE_INVERTED, NODE_PARTIAL };

struct node {
	enum node_kind kind;
	bool begins_line; /* the indentation of the partial goes in front */
	bool standalone; /* a partial that is alone on its line: its lines are indented by [indent, indent + indent_len)
			  */
	unsigned line;	 /* for messages */
	size_t at, len;	 /* the text, or the name */
	size_t indent, indent_len;
	size_t end; /* of sections: the node behind the last child */
};

struct mustache {
	char *name;   /* owned: for messages */
	char *source; /* owned */
	size_t len;
	struct node *nodes; /* owned */
	size_t n, cap;
};
