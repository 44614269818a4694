/* imagefind.h — which of several repositories has an image, asked in turn.
 *
 * The next repository is asked where one says that it has no such image, and also where it could not be asked (down, or
 * it refuses access; a warning event names it): that failure is the result only when no later one has the image. A
 * registry that lies, breaks the protocol or shows a certificate that is not trusted ends the question at once. Not
 * here: how one registry is asked (source/registry.h). */
#pragma once

#include "base/event.h"
#include "base/strv.h"
#include "model/needs.h"
#include "source/registry.h"

struct imagefind;

struct imagefind_opts {
	struct registry *registry; /* borrowed */
	const struct strv *images; /* borrowed: repositories of nvidia/cuda, in order of preference */
	const char *os_images;	   /* borrowed: "docker.io/library" */
	/* Borrowed, or NULL: the names that `images` and `os_images` are asked in place of. What is found is recorded
	 * under the first of them, and a whole reference below one of them is asked there too. */
	const struct strv *named;
	const char *named_os;
	const struct events *events; /* borrowed, may be NULL */
};

struct imagefind *imagefind_new(const struct imagefind_opts *o) NODISCARD;
void imagefind_free(struct imagefind *f);
DEFINE_AUTO(imagefind, struct imagefind);
/* Begins a question of kind FACT_IMAGE, borrowed for the call. on_done is called once, now or in caller_run(): with a
 * fact (whose contents it may take) or an err (may be moved from). */
void imagefind_start(struct imagefind *f, const struct fact_ask *a,
		     void (*on_done)(void *self, struct fact *fact, struct err *err), void *self);
