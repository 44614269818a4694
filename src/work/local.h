/* local.h — what a build needs beside the committed files, put into images/.local/ (never committed): certificates,
 * index configuration, wheels and Pythons of directory sources. RUN steps bind-mount it; nothing of it reaches a layer.
 */
#pragma once

#include "base/event.h"
#include "model/context.h"
#include "work/project.h"

/* Fills the folder for these variants (NULL: all): copies what changed, checks every hash that the plan states.
 * ERR_IO: a file of a directory source is gone; ERR_PROTOCOL: it has another hash than the lock. */
int local_fill(const struct project *p, const struct plan *plan, const struct events *events,
	       struct err *err) NODISCARD;
/* Adds the members of the build context of one variant: its generated files (out of `files`), app.copy and what of
 * .local the variant uses, just what the variant's ignore file lets in. ERR_INPUT: app.copy names what is not there. */
int local_context(const struct project *p, const struct plan *plan, const struct plan_variant *v,
		  const struct context *files, struct context **ret, struct err *err) NODISCARD;
