/* test.h — built images proved: their bytes read (work/static_level.h) while one locked-down container per image runs,
 * the probe and the image's own interpreter in it, its words judged.
 *
 * Every finding is a row of the image's report; the report's exit code is the answer. */
#pragma once

#include "engine/engine.h"
#include "model/plan.h"
#include "model/report.h"

struct test_request {
	const struct plan *plan;	    /* NULL: a foreign image, judged by itself */
	const struct plan_variant *variant; /* of the plan; NULL with a foreign image */
	const char *image;		    /* reference; NULL: the variant's tag */
	const struct engine_opts *engine;
	bool offline; /* pull nothing */
	bool require_gpu;
	bool bench; /* measure as well */
	unsigned beside;  /* how many tests run at once: each may use its part of the memory; 0 = 1 */
	const char *gpus; /* "all", "0,1"; NULL = all */
	unsigned timeout; /* seconds */
};

/* Tests one image. *ret is the caller's. What could not be found out is an error row; -1 only for an engine that cannot
 * be reached and for ERR_CANCELED. */
int test_image(const struct test_request *r, struct report **ret, struct err *err) NODISCARD;
