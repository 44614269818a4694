#include "base/str.h"
#include "model/report.h"

#include <string.h>

/* The rows of below come first: they are what is known before anything is started. */
static void lay_checks(struct report *r, struct report *below)
{
	size_t n = r->nchecks + below->nchecks;
	struct report_check *all = xcalloc(n + 1, sizeof(*all));

	if (below->nchecks)
		memcpy(all, below->checks, below->nchecks * sizeof(*all));
	if (r->nchecks)
		memcpy(all + below->nchecks, r->checks, r->nchecks * sizeof(*all));
	free(r->checks);
	r->checks = all;
	r->nchecks = n;
	below->nchecks = 0;
}

static struct report_target *target_of(struct report *r, const char *name)
{
	for (size_t i = 0; i < r->ntargets; i++)
		if (str_eq(r->targets[i].name, name))
			return &r->targets[i];
	return NULL;
}

/* Whether what the bytes say stands over what was seen when it ran. They were asked for less than a GPU shows: their
 * "pass" and "unknown" never do. What could not be found out is no pass, and a fault in the bytes is one wherever it
 * ran.
 */
static bool bytes_stand(enum report_verdict bytes, enum report_verdict ran)
{
	static const unsigned gravity[] = {
		[TARGET_PASS] = 0, [TARGET_UNKNOWN] = 0, [TARGET_SKIP] = 0, [TARGET_ERROR] = 1, [TARGET_FAIL] = 2};

	return gravity[bytes] > gravity[ran];
}

/* A failure without a GPU has a reason only in the bytes: the other says why none ran. */
static bool bytes_say_why(const struct report_target *bytes, const struct report_target *ran)
{
	return bytes->verdict == TARGET_FAIL && ran->verdict == TARGET_FAIL && ran->level != LEVEL_GPU;
}

static void lay_targets(struct report *r, const struct report *below)
{
	for (size_t i = 0; i < below->ntargets; i++) {
		const struct report_target *b = &below->targets[i];
		struct report_target *t = target_of(r, b->name);
		bool stands = t && bytes_stand(b->verdict, t->verdict);

		if (!t) {
			(void)report_add_target(r, b->name, b->verdict, b->level, b->because);
			continue;
		}
		if (stands || bytes_say_why(b, t)) {
			free(t->because);
			t->because = xstrdup(b->because);
		}
		if (stands) {
			t->verdict = b->verdict;
			t->level = b->level;
		}
	}
}

static bool has_package(const struct report *r, const char *name)
{
	for (size_t i = 0; i < r->npackages; i++)
		if (str_eq(r->packages[i].name, name))
			return true;
	return false;
}

/* Bytes say more about a package than its import. */
static void lay_packages(struct report *r, struct report *below)
{
	struct report_package *seen = r->packages;
	size_t n = r->npackages;

	r->packages = below->packages;
	r->npackages = below->npackages;
	below->packages = NULL;
	below->npackages = 0;
	for (size_t i = 0; i < n; i++) {
		if (!has_package(r, seen[i].name)) {
			r->packages = xreallocarray(r->packages, r->npackages + 1, sizeof(*r->packages));
			r->packages[r->npackages++] = seen[i];
		} else {
			below->packages = xreallocarray(below->packages, below->npackages + 1, sizeof(*seen));
			below->packages[below->npackages++] = seen[i];
		}
	}
	free(seen);
}

void report_lay_under(struct report *r, struct report *below)
{
	struct report_sizes layers = r->layers, sizes = r->sizes;

	lay_checks(r, below);
	lay_targets(r, below);
	lay_packages(r, below);
	if (below->error != ERR_NONE)
		r->error = below->error;
	if (!r->source)
		r->source = TAKE(below->source);
	r->size = below->size;
	r->files = below->files;
	r->layers = below->layers;
	r->sizes = below->sizes;
	below->layers = layers;
	below->sizes = sizes;
}
