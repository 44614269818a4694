/* page.h — index pages, each fetched once however many questions it answers. */
#pragma once

#include "source/caller.h"
#include "source/linkpage.h"

struct pages;

struct pages *pages_new(struct caller *caller) NODISCARD;
void pages_free(struct pages *p);
DEFINE_AUTO(pages, struct pages);
/* Asks for a page; may hold user and password, which are shown nowhere. `ready` is called once, now or in caller_run():
 * with its links (borrowed, as long as p), with both NULL where there is no such page, or with an err of its own (may
 * be moved from). */
void pages_get(struct pages *p, const char *url, void (*ready)(void *self, const struct links *links, struct err *err),
	       void *self);
