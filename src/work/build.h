/* build.h — the variants of a plan built side by side: bases pulled by digest, one engine build each, every result read
 * by its bytes and held against the plan (work/static_level.h).
 *
 * One thread and one engine handle per running variant. What is equal is not built again: an image labelled with the
 * digest of its build context (generated files, application files and all) is taken as it is. */
#pragma once

#include "engine/engine.h"
#include "model/context.h"
#include "model/report.h"
#include "work/project.h"

/* Label that holds the sha256 of the build context. */
#define BUILD_LABEL_CONTEXT "io.cudabuild.context"

struct build_request {
	const struct project *project;
	const struct plan *plan;     /* whose variants are built, but for those that `only` leaves out */
	const struct context *files; /* generated files (project_render()) */
	const struct strv *only;     /* NULL or empty: all */
	const struct engine_opts *engine;
	unsigned jobs;	 /* variants at once; 0: by cores and memory */
	bool no_cache;	 /* neither the label nor the engine's cache is believed */
	bool keep_going; /* other variants go on after a failure */
};

enum build_state { BUILD_WAITING, BUILD_DONE, BUILD_CACHED, BUILD_WRONG, BUILD_FAILED, BUILD_NOT_STARTED };

struct built {
	const struct plan_variant *variant; /* borrowed from the plan */
	enum build_state state;
	char *ref; /* "gnn:0.4.0-cu128" */
	char *id;  /* "sha256:..." once built */
	uint64_t size, seconds;
	struct report *report; /* what its bytes show against the plan; NULL until it was read */
	struct err err;	       /* BUILD_FAILED: why */
};

struct builds {
	struct built *v; /* in the plan's order */
	size_t n;
};

/* Builds. *ret is the caller's; every variant's fate is in it. -1 only where nothing could begin (an engine that is not
 * there), or ERR_CANCELED. */
int build_all(const struct build_request *r, struct builds **ret, struct err *err) NODISCARD;
void builds_free(struct builds *b);
DEFINE_AUTO(builds, struct builds);
/* "done", "cached", "wrong", "failed", "not-started"; static. */
const char *build_state_name(enum build_state s);
/* 0; 1 if an image differs from its plan; else the code of the first failure. */
int builds_exit_code(const struct builds *b) NODISCARD;
