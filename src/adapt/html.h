/* html.h — the links of an HTML page, however badly it is written.
 *
 * Reads tag soup event by event; no tree is built, nothing is loaded, entities in attributes are decoded. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* One <a href>. Strings are borrowed for the call; those that may be absent are NULL. */
struct html_link {
	const char *href;
	const char *requires_python; /* data-requires-python */
	const char *yanked;	     /* data-yanked, also when empty */
};

/* Calls `each` for every <a> with an href, in order; *ret_base is the page's <base href> (the caller's to free()), or
 * NULL. `each` returns 0, or -1 with err set, which ends the reading and is what html_links() returns. ERR_PROTOCOL for
 * bytes that are no HTML at all. */
int html_links(struct blob page, int (*each)(void *self, const struct html_link *l, struct err *err), void *self,
	       char **ret_base, struct err *err) NODISCARD;
