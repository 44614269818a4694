/* checks.h — facts about a tree become findings: each check a row with what was expected, what was found, in which
 * file, and the next step.
 *
 * Pure. The rows come in the order of the checks; passing ones too. Then one verdict per target and one row per package
 * of the torch family. Not here: reading the tree (inspect/gather.h), how the report is shown. */
#pragma once

#include "model/catalog.h"
#include "model/facts.h"
#include "model/plan.h"
#include "model/report.h"

/* Where it is to run. */
struct check_target {
	const char *name;
	unsigned cc; /* 86 = 8.6; 0 = not stated */
	bool has_driver;
	struct driver driver;
};

/* How a planned image is configured. Where a text is NULL or a list empty the plan says nothing. */
struct check_config {
	const char *user, *workdir;
	struct strv env;    /* "NAME=value"; of PATH only the beginning counts */
	struct strv labels; /* "NAME=value" */
	struct strv cmd;
	bool whole; /* nothing else is in it: no entry point (own templates may have one) */
};

struct check_input {
	const struct facts *facts;
	const struct catalog *catalog;
	const struct check_target *targets;
	size_t n_targets;
	const struct plan_variant *variant; /* what was planned, or NULL */
	const struct check_config *config;  /* how containers of it were planned to start, or NULL */
};

void facts_check(const struct check_input *in, struct report *into);
