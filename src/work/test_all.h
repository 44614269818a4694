/* test_all.h — several images proved side by side, one container each, the GPUs shared out among them.
 *
 * One thread and one engine handle per running test. Reports come in the order of the requests. */
#pragma once

#include "work/test.h"

struct reports {
	struct report **v; /* owned */
	size_t n;
};

/* Tests all. jobs: how many at once, 0 = by the cores where no GPU is shown, else one after another, each on all GPUs.
 * With GPUs on this machine, or with requests' gpus named one by one, each of several tests gets its own part of them,
 * and there are no more tests at once than GPUs. *ret is the caller's. -1 as test_image(), and then no report is kept.
 */
int test_all(const struct test_request *v, size_t n, unsigned jobs, struct reports **ret, struct err *err) NODISCARD;
void reports_free(struct reports *r);
DEFINE_AUTO(reports, struct reports);
