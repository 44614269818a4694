/* linkpage.h — the files that an index page names: PEP 503 HTML, PEP 691 JSON, and the flat pages that pip takes with
 * --find-links.
 *
 * Pages are hostile: a link that is no http(s) URL, whose name holds a slash or a control byte, whose escapes are
 * broken, that leads from elsewhere to this machine, or from https to plain http without a sha256, is left out; more
 * than LINKPAGE_MAX links are refused. Not here: fetching (source/wheelindex.h), choosing
 * (source/pick.h). */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define LINKPAGE_BYTES (16u << 20)
#define LINKPAGE_MAX   100000

struct link {
	char *file;    /* unescaped name */
	char *url;     /* absolute, without fragment; NULL for a file of a folder */
	char *path;    /* of a folder; else NULL */
	char *folder;  /* the unescaped part of the URL's path in front of the name: "cu102", "torch-1.7.0/cu101" or a
			  whole path */
	char *sha256;  /* 64 lower-case hex digits, or NULL */
	uint64_t size; /* 0 unknown */
	bool yanked;
};

struct links {
	struct link *v; /* owned */
	size_t n, cap;
};

void links_free(struct links *l);
DEFINE_AUTO(links, struct links);
struct links *links_new(void) NODISCARD;
/* Adds a file of a folder. */
void links_add_file(struct links *l, const char *dir, const char *name);

/* Reads a page that came from `url` with that Content-Type (NULL is HTML). ERR_PROTOCOL. */
int linkpage_parse(struct blob page, const char *url, const char *type, struct links **ret, struct err *err) NODISCARD;
