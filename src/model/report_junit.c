#include "model/markup.h"
#include "model/report_form.h"

#include <stdint.h>

struct counts {
	size_t tests, failures, errors, skipped;
	uint64_t ms;
};

static void count(enum report_status s, struct counts *sum)
{
	sum->tests += s != REPORT_INFO;
	sum->failures += s == REPORT_FAIL;
	sum->errors += s == REPORT_ERROR;
	sum->skipped += s == REPORT_SKIP;
}

/* A target is one more test case: what is not known was not tested. */
static enum report_status status_of(enum report_verdict v)
{
	static const enum report_status as[] = {[TARGET_PASS] = REPORT_PASS,
						[TARGET_FAIL] = REPORT_FAIL,
						[TARGET_SKIP] = REPORT_SKIP,
						[TARGET_ERROR] = REPORT_ERROR,
						[TARGET_UNKNOWN] = REPORT_SKIP};

	return as[v];
}

static void count_report(const struct report *r, struct counts *sum)
{
	for (size_t i = 0; i < r->nchecks; i++) {
		count(r->checks[i].status, sum);
		sum->ms += r->checks[i].ms;
	}
	for (size_t i = 0; i < r->ntargets; i++)
		count(status_of(r->targets[i].verdict), sum);
}

static void add_counts(const struct counts *c, struct buf *out)
{
	buf_addf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%llu.%03u\"", c->tests,
		 c->failures, c->errors, c->skipped, (unsigned long long)(c->ms / 1000), (unsigned)(c->ms % 1000));
}

/* The opening tag of a case. */
static void add_case(const struct report *r, const char *kind, const char *name, unsigned ms, struct buf *out)
{
	AUTO_TEXT char *class = xasprintf("%s%s", r->subject, kind);

	buf_adds(out, "    <testcase");
	markup_attribute(out, "classname", class);
	markup_attribute(out, "name", name);
	buf_addf(out, " time=\"%u.%03u\"", ms / 1000, ms % 1000);
}

static void add_fact(const char *name, const char *value, struct buf *out)
{
	if (!value)
		return;
	buf_addf(out, "%s: ", name);
	markup_add(out, value);
	buf_addc(out, '\n');
}

static void add_facts(const struct report_check *c, struct buf *out)
{
	add_fact("expected", c->expected, out);
	add_fact("found", c->found, out);
	add_fact("file", c->file, out);
	add_fact("fault", c->fault, out);
	add_fact("hint", c->hint, out);
}

static void add_result(const char *tag, const struct report_check *c, struct buf *out)
{
	buf_addf(out, "\n      <%s", tag);
	markup_attribute(out, "message", c->found ? c->found : c->code ? c->code : c->id);
	markup_attribute(out, "type", c->code ? c->code : tag);
	buf_addc(out, '>');
	add_facts(c, out);
	buf_addf(out, "</%s>\n    ", tag);
}

static void add_check(const struct report *r, const struct report_check *c, struct buf *out)
{
	if (c->status == REPORT_INFO)
		return;
	add_case(r, "", c->id, c->ms, out);
	if (c->status == REPORT_PASS) {
		buf_adds(out, "/>\n");
		return;
	}
	buf_addc(out, '>');
	if (c->status == REPORT_FAIL) {
		add_result("failure", c, out);
	} else if (c->status == REPORT_ERROR) {
		add_result("error", c, out);
	} else if (c->status == REPORT_SKIP) {
		buf_adds(out, "<skipped");
		markup_attribute(out, "message", c->found ? c->found : "skipped");
		buf_adds(out, "/>");
	} else {
		buf_adds(out, "<system-out>warning\n");
		add_facts(c, out);
		buf_adds(out, "</system-out>");
	}
	buf_adds(out, "</testcase>\n");
}

static void add_target(const struct report *r, const struct report_target *t, struct buf *out)
{
	static const char *const tags[] = {[TARGET_FAIL] = "failure",
					   [TARGET_SKIP] = "skipped",
					   [TARGET_ERROR] = "error",
					   [TARGET_UNKNOWN] = "skipped",
					   [TARGET_PASS] = NULL};
	AUTO_TEXT char *message =
		xasprintf("%s, proved up to: %s%s%s", report_verdict_name(t->verdict), report_level_name(t->level),
			  t->because ? ": " : "", t->because ? t->because : "");

	add_case(r, ".target", t->name, 0, out);
	if (!tags[t->verdict]) {
		buf_adds(out, "/>\n");
		return;
	}
	buf_addf(out, "><%s", tags[t->verdict]);
	markup_attribute(out, "message", message);
	buf_adds(out, "/></testcase>\n");
}

static void add_property(const char *name, const char *value, struct buf *out)
{
	if (!value)
		return;
	buf_adds(out, "      <property");
	markup_attribute(out, "name", name);
	markup_attribute(out, "value", value);
	buf_adds(out, "/>\n");
}

/* What is known of the image: its name, what is in it, and the rows that only inform. */
static void add_properties(const struct report *r, struct buf *out)
{
	buf_adds(out, "    <properties>\n");
	add_property("image", r->image ? r->image : r->subject, out);
	for (size_t i = 0; i < r->npackages; i++) {
		AUTO_TEXT char *name = xasprintf("package.%s", r->packages[i].name);

		add_property(name, r->packages[i].version ? r->packages[i].version : "?", out);
	}
	for (size_t i = 0; i < r->nchecks; i++)
		if (r->checks[i].status == REPORT_INFO)
			add_property(r->checks[i].id, r->checks[i].found ? r->checks[i].found : "", out);
	buf_adds(out, "    </properties>\n");
}

static void add_suite(const struct report *r, struct buf *out)
{
	struct counts sum = {.tests = 0};

	count_report(r, &sum);
	buf_adds(out, "  <testsuite");
	markup_attribute(out, "name", r->subject);
	add_counts(&sum, out);
	buf_adds(out, ">\n");
	add_properties(r, out);
	for (size_t i = 0; i < r->nchecks; i++)
		add_check(r, &r->checks[i], out);
	for (size_t i = 0; i < r->ntargets; i++)
		add_target(r, &r->targets[i], out);
	buf_adds(out, "  </testsuite>\n");
}

void report_junit(const struct report *const *r, size_t n, struct buf *out)
{
	struct counts sum = {.tests = 0};

	for (size_t i = 0; i < n; i++)
		count_report(r[i], &sum);
	buf_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"cudabuild\"");
	add_counts(&sum, out);
	buf_adds(out, ">\n");
	for (size_t i = 0; i < n; i++)
		add_suite(r[i], out);
	buf_adds(out, "</testsuites>\n");
}
