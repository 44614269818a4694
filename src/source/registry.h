/* registry.h — asks OCI registries which digests a tag has: any number of questions side by side.
 *
 * One question is answered by one GET of the manifest (which proves the tag, its digest and its platforms at once; a
 * HEAD proves none of the platforms, and a tag that is not there costs no pull of a rate limit either way); an image
 * that is no index needs its config too, since only that tells the platform. Every body is held against the digest it
 * was asked by and the one its header names: a difference is ERR_PROTOCOL, never tried again. Registries are https;
 * plain http is for this machine and for repositories named with "http://" in front. Certificates: the sources' CA, and
 * /etc/docker/certs.d/HOST as docker reads it. "It is not there" is an answer.
 * Not here: which repositories to ask in which order (source/image.h). */
#pragma once

#include "model/ref.h"
#include "source/caller.h"
#include "source/oci.h"

struct registry;

struct registry_opts {
	struct caller *caller;	    /* borrowed */
	const char *ca;		    /* borrowed: PEM file trusted beside the system's; NULL: none */
	const volatile int *cancel; /* borrowed, may be NULL */
};

/* What was found. */
struct registry_image {
	struct ref repository;	   /* without tag and digest */
	struct digest index;	   /* of the index; text "" where the tag is a single image */
	struct digest image;	   /* of the platform's manifest */
	struct oci_config *config; /* borrowed; NULL unless asked for or needed */
};

struct registry_ask {
	const char *repository; /* "nvcr.io/nvidia/cuda", "http://registry.lan/cuda", "ubuntu"; may hold tag and digest,
				   which the next two then replace if set */
	const char *tag;	/* NULL: the reference's own, else "latest" */
	const char *digest;	/* NULL, or what the manifest must hash to */
	const char *platform;	/* "linux/amd64" */
	bool want_config;
	/* Exactly once, in caller_run(): found, or both NULL (no such repository, tag or platform), or err (may be
	 * moved from). */
	void (*on_done)(void *self, const struct registry_image *found, struct err *err);
	void *self;
};

struct registry *registry_new(const struct registry_opts *o) NODISCARD;
void registry_free(struct registry *r);
DEFINE_AUTO(registry, struct registry);
/* Begins a question. ERR_INPUT where the reference is none (on_done is then not called). */
int registry_start(struct registry *r, const struct registry_ask *a, struct err *err) NODISCARD;

/* Whether the name is to be asked in plain http; *bare is the name behind its scheme, if it has one. Borrowed from
 * name. */
bool registry_is_plain(const char *name, const char **bare) NODISCARD;
