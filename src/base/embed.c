#include "base/embed.h"

#include <string.h>

/* Laid out by base/embed.sh. */
extern const struct blob embed_table[];

const struct blob *embed_find(const char *name)
{
	for (const struct blob *b = embed_table; b->name; b++)
		if (strcmp(b->name, name) == 0)
			return b;
	return NULL;
}

const struct blob *embed_all(void)
{
	return embed_table;
}
