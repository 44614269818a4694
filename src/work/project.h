/* project.h — the manifest and its lock as files, and the folder that both lie in. */
#pragma once

#include "model/lock.h"
#include "model/manifest.h"

#define MANIFEST_SIZE_MAX (1u << 20)

struct project {
	char *file;	 /* the manifest as it was named or found */
	char *base;	 /* its name without folder: "cudabuild.yaml" */
	char *dir;	 /* its folder: "." or a path; the build context */
	char *lock_file; /* beside it: "cudabuild.lock" */
	struct manifest *manifest;
	struct buf lock_text; /* the lock's bytes; empty when there is none */
	struct plan *lock;    /* NULL when there is none */
};

/* Whether this folder has a manifest of a default name. */
bool project_found(void) NODISCARD;
/* Reads the manifest (file NULL: cudabuild.yaml, cudabuild.yml or cudabuild.json of this folder) and its lock, if there
 * is one. *ret is the caller's. ERR_INPUT with file and place; no manifest at all: ERR_USAGE with the hint how to write
 * one. */
int project_open(const char *file, struct project **ret, struct err *err) NODISCARD;
void project_free(struct project *p);
DEFINE_AUTO(project, struct project);
/* The lock, which must be there: ERR_USAGE with the hint `generate` otherwise. */
int project_need_lock(const struct project *p, struct err *err) NODISCARD;
