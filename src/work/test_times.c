#include "work/test_times.h"

#include "base/str.h"

#include <time.h>

uint64_t test_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void test_times_take(struct test_times *t, const struct run_result *said)
{
	t->asked += said->ask_ms;
	t->files = said->files_ms;
	t->made = said->make_ms;
	t->started = said->start_ms;
	t->ran = said->ms;
	t->removed = said->remove_ms;
}

static uint64_t sum_of(const struct report *r, const char *prefix)
{
	uint64_t ms = 0;

	for (size_t i = 0; i < r->nchecks; i++)
		ms += str_starts(r->checks[i].id, prefix) ? r->checks[i].ms : 0;
	return ms;
}

/* The rows of the container, which come in milliseconds. */
static void add_container(const struct test_times *t, struct report *into)
{
	static const struct {
		const char *prefix, *name;
	} parts[] = {{"import.", "container.imports"}, {"cpu.", "container.cpu"}, {"gpu.", "container.gpu"}};

	report_add_time(into, "container", t->ran);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const uint64_t ms = sum_of(into, parts[i].prefix);

		if (ms > 0)
			report_add_time(into, parts[i].name, ms);
	}
}

void test_times_add(const struct test_times *t, struct report *into)
{
	const uint64_t total = test_now() - t->begun;
	const uint64_t others = t->asked + t->files + t->made + t->started + t->ran + t->removed + t->read;

	report_add_time(into, "total", total);
	report_add_time(into, "engine asked", t->asked);
	report_add_time(into, "files copied in", t->files);
	report_add_time(into, "container made", t->made);
	report_add_time(into, "container started", t->started);
	add_container(t, into);
	report_add_time(into, "container removed", t->removed);
	report_add_time(into, "bytes read beside it, longer", t->read);
	report_add_time(into, "cudabuild", total > others ? total - others : 0);
}
