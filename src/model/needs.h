/* needs.h — facts that resolving asks for, and the facts that came back.
 *
 * resolve() is pure: it looks a question up in `known` and, where it finds none, adds it to `needs`; work/fetch answers
 * all needs at once (from lock, network or directories) and resolve() is called again. A question is a value: two with
 * equal fields are the same question. "It is not there" is an answer too (present = false). */
#pragma once

#include "base/err.h"
#include "base/strv.h"

#include <stdint.h>

enum fact_kind {
	FACT_IMAGE,  /* does a repository have this tag for the platform, and with what digests */
	FACT_WHEEL,  /* which file is this wheel, where, with what hash */
	FACT_SDIST,  /* the source archive of a package version on the plain Python index */
	FACT_PYTHON, /* an archive of a managed Python (only where sources.python names a place) */
};

/* A question. Texts that do not belong to its kind are NULL. Owned. */
struct fact_ask {
	enum fact_kind kind;
	/* FACT_IMAGE */
	char *family; /* "cuda": sources.images in turn; "os": below sources.os_images; "own": name is a whole reference
		       */
	char *name;   /* os: repository part ("ubuntu"); own: the reference; cuda: NULL */
	char *tag;    /* "12.8.1-base-ubuntu22.04"; own: NULL */
	/* FACT_WHEEL, FACT_SDIST: package "torch", version "2.7.1"; */
	char *package, *version;
	char *channel; /* "index": sources.torch per variant; "pyg": sources.pyg page of torch; "pypi": the plain Python
			  index */
	char *variant; /* "cu128", "cpu"; NULL for pypi */
	char *torch;   /* pyg: "2.7.0", the torch release of the page (always X.Y.0) */
	char *python;  /* "3.11", "3.13t"; FACT_PYTHON: the minor wanted */
	char *platform; /* "linux/amd64" */
};

/* An answer. present = false: whoever was asked says there is none, and no other field is set but source. Owned. */
struct fact {
	struct fact_ask ask;
	bool present;
	char *source; /* who said so: a registry's repository, a page's URL (without credentials), a folder, "lock" */
	/* FACT_IMAGE */
	char *repository;   /* "nvcr.io/nvidia/cuda": the first of the sources that has it */
	char *index_digest; /* "sha256:..." of the index; NULL where the tag is a single manifest */
	char *digest;	    /* of the platform's manifest */
	/* FACT_WHEEL, FACT_SDIST, FACT_PYTHON */
	char *file;    /* file name; unescaped */
	char *url;     /* canonical URL without credentials; NULL for a file of a directory source */
	char *path;    /* directory source: where the file lies now; else NULL */
	char *sha256;  /* 64 hex digits; NULL when nobody states one */
	char *label;   /* wheel: local version label with '+', or NULL */
	uint64_t size; /* bytes, 0 unknown */
};

struct needs {
	struct fact_ask *v;
	size_t n, cap;
};

struct known {
	struct fact *v;
	size_t n, cap;
};

#define NEEDS_INIT                                                                                                     \
	{                                                                                                              \
		.v = NULL                                                                                              \
	}
#define KNOWN_INIT                                                                                                     \
	{                                                                                                              \
		.v = NULL                                                                                              \
	}

void fact_ask_clear(struct fact_ask *a);
/* A deep copy. */
struct fact_ask fact_ask_copy(const struct fact_ask *a) NODISCARD;
bool fact_ask_eq(const struct fact_ask *a, const struct fact_ask *b) NODISCARD;
/* The question as one line for messages: "image nvidia/cuda:12.8.1-base-ubuntu22.04 for linux/amd64". The caller's. */
char *fact_ask_text(const struct fact_ask *a) NODISCARD;
void fact_clear(struct fact *f);

/* Adds a copy of the question unless it is there already. */
void needs_add(struct needs *n, const struct fact_ask *a);
void needs_clear(struct needs *n);
/* Adds an answer; takes all that f owns and empties it. A second answer to a question replaces the first. */
void known_add(struct known *k, struct fact *f);
/* The answer to a question, borrowed, or NULL when nobody was asked yet. */
const struct fact *known_find(const struct known *k, const struct fact_ask *a) NODISCARD;
void known_clear(struct known *k);

static inline void needs_clear_auto_(struct needs *n)
{
	needs_clear(n);
}
static inline void known_clear_auto_(struct known *k)
{
	known_clear(k);
}
#define AUTO_NEEDS __attribute__((cleanup(needs_clear_auto_)))
#define AUTO_KNOWN __attribute__((cleanup(known_clear_auto_)))
