/* taglist.h — all tags of a repository: from Docker Hub's own API, which names digests and platforms too, else page by
 * page from the registry.
 *
 * Docker Hub's API costs no pulls of the rate limit; where it cannot be asked, its registry is. Pages are hostile: at
 * most TAGLIST_PAGES of them and TAGLIST_MAX tags, none twice, none on another origin; names that are no tags are left
 * out. A repository that is not there is an answer. Not here: what one tag has right now (source/registry.h). */
#pragma once

#include "model/ref.h"
#include "source/caller.h"

#define TAGLIST_PAGES 1000
#define TAGLIST_MAX   100000
#define TAGLIST_BYTES (8u << 20) /* of a page */
#define TAGLIST_HUB   "https://hub.docker.com"

/* One tag. */
struct tag {
	char *name;
	char *digest;	       /* "sha256:..." of the index, or NULL: the list does not say */
	struct strv platforms; /* "linux/amd64"; empty: the list does not say */
};

struct tags {
	struct tag *v; /* sorted by name; owned */
	size_t n, cap;
	char *source; /* who said so: "hub.docker.com", "nvcr.io/nvidia/cuda" */
};

void tags_free(struct tags *t);
DEFINE_AUTO(tags, struct tags);
/* The tag of that name, or NULL; borrowed. */
const struct tag *tags_find(const struct tags *t, const char *name) NODISCARD;

struct taglist;

struct taglist_opts {
	struct caller *caller;	    /* borrowed */
	const char *ca;		    /* borrowed: PEM file trusted beside the system's; NULL: none */
	const char *hub;	    /* borrowed; NULL: TAGLIST_HUB */
	const volatile int *cancel; /* borrowed, may be NULL */
};

struct taglist *taglist_new(const struct taglist_opts *o) NODISCARD;
void taglist_free(struct taglist *l);
DEFINE_AUTO(taglist, struct taglist);
/* Begins a question; ERR_INPUT where the name is no repository's. on_done is called once, in caller_run(): with the
 * tags (may be taken: *found set to NULL), with both NULL where there is no such repository, or with an err (may be
 * moved from). */
int taglist_start(struct taglist *l, const char *repository,
		  void (*on_done)(void *self, struct tags **found, struct err *err), void *self,
		  struct err *err) NODISCARD;

/* --- the parts, for tests and fuzzers --- */

/* Adds the tags of a page of Docker Hub's API; *next is the URL of the following one (the caller's) or NULL. */
int taglist_read_hub(struct blob page, struct tags *into, char **next, struct err *err) NODISCARD;
/* Adds the tags of a page of a registry. */
int taglist_read_registry(struct blob page, struct tags *into, struct err *err) NODISCARD;
/* The target of rel="next" in the value of a Link header; the caller's, or NULL. */
char *taglist_link_next(const char *value) NODISCARD;
