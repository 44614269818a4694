#include "cli/run_baseline.h"

#include "adapt/json.h"
#include "base/file.h"
#include "base/str.h"

enum { FILE_MAX = 64 << 20, ROWS_MAX = 4096 };

struct was {
	char *subject;
	struct bench bench;
};

struct baseline {
	char *file; /* NULL: none */
	struct was *v;
	size_t n;
	uint64_t floor; /* percent of a copy; 0: none */
};

void baseline_free(struct baseline *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->n; i++) {
		free(b->v[i].subject);
		bench_clear(&b->v[i].bench);
	}
	free(b->v);
	free(b->file);
	free(b);
}

static int take(struct baseline *b, struct jval row, struct err *err)
{
	const char *subject = NULL;
	struct bench bench;

	if (jval_text(row, "subject", &subject, err) < 0)
		return -1;
	if (b->n == ROWS_MAX || !bench_read(row, &bench))
		return jval_fail(row, err, "is no measurement of `cudabuild test --bench`");
	b->v = xreallocarray(b->v, b->n + 1, sizeof(*b->v));
	b->v[b->n++] = (struct was){.subject = xstrdup(subject), .bench = bench};
	return 0;
}

static int read_file(struct baseline *b, struct err *err)
{
	AUTO(jdoc) struct jdoc *d = NULL;
	AUTO_BUF struct buf text = BUF_INIT;
	struct jval list, row = {.doc = NULL};

	if (file_read(b->file, FILE_MAX, &text, err) < 0 || jdoc_parse(buf_blob(&text, b->file), &d, err) < 0)
		return -1;
	if (jval_type(jdoc_root(d)) != JDOC_OBJECT || !jval_is_there(jval_member(jdoc_root(d), "benches"))) {
		err_set(err, ERR_INPUT, "%s: holds no measurements", b->file);
		return err_hint(err, "cudabuild test --bench --report %.200s writes some", b->file);
	}
	if (jval_get(jdoc_root(d), "benches", JDOC_ARRAY, &list, err) < 0)
		return -1;
	while (jval_next(list, &row))
		if (take(b, row, err) < 0)
			return -1;
	return 0;
}

int baseline_read(const struct app *app, struct baseline **ret, struct err *err)
{
	AUTO(baseline) struct baseline *b = xcalloc(1, sizeof(*b));
	const char *file = app_value(app, "baseline"), *floor = app_value(app, "floor");

	if (!app_flag(app, "bench")) {
		if (file || floor)
			return err_set(err, ERR_USAGE, "--%s is for --bench", file ? "baseline" : "floor");
		return 0;
	}
	if (floor && (!str_to_u64(floor, 1000, &b->floor) || b->floor == 0))
		return err_set(err, ERR_USAGE, "--floor needs a percentage of the copy bandwidth such as 60, not '%s'",
			       floor);
	b->file = xstrdup(file);
	if (file && read_file(b, err) < 0)
		return -1;
	*ret = TAKE(b);
	return 0;
}

static const struct bench *find(const struct baseline *b, const char *subject, const struct bench *now)
{
	for (size_t i = 0; i < b->n; i++)
		if (str_eq(b->v[i].subject, subject) && str_eq(b->v[i].bench.id, now->id) &&
		    b->v[i].bench.device == now->device)
			return &b->v[i].bench;
	return NULL;
}

static char *row_id(const struct bench *now)
{
	return now->device ? xasprintf("%s@%llu", now->id, (unsigned long long)now->device) : xstrdup(now->id);
}

static void judge_baseline(const struct baseline *b, struct report *r, const struct bench *now)
{
	static const char *const words[] = {
		[BENCH_SAME] = "as before", [BENCH_FASTER] = "faster", [BENCH_SLOWER] = "slower"};
	const struct bench *was = find(b, r->subject, now);
	AUTO_TEXT char *id = row_id(now);
	double ratio = 1, noise = 0;
	const enum bench_change change = was ? bench_compare(now, was, &ratio, &noise) : BENCH_OTHER;

	if (change == BENCH_OTHER) {
		report_add_full(r, id, REPORT_INFO, "not-comparable", NULL,
				was ? "another problem or another kind of device than in the earlier run"
				    : "the earlier run has no such measurement",
				NULL);
		return;
	}
	AUTO_TEXT char *due = xasprintf("%.1f us", (double)was->median_ns / 1000);
	AUTO_TEXT char *found = xasprintf("%.1f us, %.2f times the earlier run's: %s (noise: %.0f %%)",
					  (double)now->median_ns / 1000, ratio, words[change], noise * 100);

	report_add_full(r, id, change == BENCH_SLOWER ? REPORT_WARN : REPORT_PASS,
			change == BENCH_SLOWER ? "slower-than-baseline" : NULL, due, found,
			change == BENCH_SLOWER
				? "other work on the GPU, its clocks and its temperature slow it down as well"
				: NULL);
}

static void judge_floor(const struct baseline *b, struct report *r, const struct bench *now)
{
	AUTO_TEXT char *row = row_id(now), *id = xasprintf("%s.floor", row);
	AUTO_TEXT char *due = xasprintf("%llu %% of the copy bandwidth", (unsigned long long)b->floor);
	AUTO_TEXT char *found = xasprintf("%.1f %%", bench_percent(now));
	const bool fine = bench_percent(now) >= (double)b->floor;

	report_add_full(r, id, fine ? REPORT_PASS : REPORT_FAIL, fine ? NULL : "below-floor", due, found, NULL);
}

void baseline_judge(const struct baseline *b, struct reports *r)
{
	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->v[i]->nbenches; k++) {
			if (b->file)
				judge_baseline(b, r->v[i], &r->v[i]->benches[k]);
			if (b->floor)
				judge_floor(b, r->v[i], &r->v[i]->benches[k]);
		}
}
