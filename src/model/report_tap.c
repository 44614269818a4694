#include "base/str.h"
#include "model/report_form.h"

#include <string.h>

/* The text on one printable line, with a backslash before what TAP gives a meaning. */
static void add_words(const char *text, struct buf *out)
{
	AUTO_TEXT char *shown = str_shown(text, 1024);

	for (const char *at = shown; *at; at++) {
		if (*at == '#' || *at == '\\')
			buf_addc(out, '\\');
		buf_addc(out, *at);
	}
}

/* A double-quoted scalar of YAML. */
static void add_scalar(const char *name, const char *value, struct buf *out)
{
	AUTO_TEXT char *shown = str_shown(value ? value : "", 4096);

	if (!value)
		return;
	buf_addf(out, "  %s: \"", name);
	for (const char *at = shown; *at; at++) {
		if (*at == '"' || *at == '\\')
			buf_addc(out, '\\');
		buf_addc(out, *at);
	}
	buf_adds(out, "\"\n");
}

static void add_point(size_t number, bool fine, const char *subject, const char *id, struct buf *out)
{
	buf_addf(out, "%sok %zu - ", fine ? "" : "not ", number);
	add_words(subject, out);
	buf_adds(out, ": ");
	add_words(id, out);
}

static void add_skip(const char *why, struct buf *out)
{
	buf_adds(out, " # SKIP ");
	add_words(why, out);
}

static void add_check(size_t number, const struct report *r, const struct report_check *c, struct buf *out)
{
	add_point(number, c->status != REPORT_FAIL && c->status != REPORT_ERROR, r->subject, c->id, out);
	if (c->status == REPORT_SKIP)
		add_skip(c->found ? c->found : "no reason given", out);
	buf_addc(out, '\n');
	if (c->status == REPORT_PASS || c->status == REPORT_SKIP)
		return;
	buf_adds(out, "  ---\n");
	add_scalar("severity", report_status_name(c->status), out);
	add_scalar("code", c->code, out);
	add_scalar("expected", c->expected, out);
	add_scalar("found", c->found, out);
	add_scalar("file", c->file, out);
	add_scalar("fault", c->fault, out);
	add_scalar("hint", c->hint, out);
	buf_adds(out, "  ...\n");
}

static void add_target(size_t number, const struct report *r, const struct report_target *t, struct buf *out)
{
	AUTO_TEXT char *id = xasprintf("target %s", t->name);
	const bool skipped = t->verdict == TARGET_SKIP || t->verdict == TARGET_UNKNOWN;

	add_point(number, t->verdict != TARGET_FAIL && t->verdict != TARGET_ERROR, r->subject, id, out);
	if (skipped)
		add_skip(t->because ? t->because : report_verdict_name(t->verdict), out);
	buf_addc(out, '\n');
	if (skipped || t->verdict == TARGET_PASS)
		return;
	buf_adds(out, "  ---\n");
	add_scalar("severity", report_verdict_name(t->verdict), out);
	add_scalar("found", t->because, out);
	buf_adds(out, "  ...\n");
}

void report_tap(const struct report *const *r, size_t n, struct buf *out)
{
	size_t total = 0, number = 0;

	for (size_t i = 0; i < n; i++)
		total += r[i]->nchecks - report_count(r[i], REPORT_INFO) + r[i]->ntargets;
	buf_addf(out, "TAP version 13\n1..%zu\n", total);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < r[i]->nchecks; k++)
			if (r[i]->checks[k].status != REPORT_INFO)
				add_check(++number, r[i], &r[i]->checks[k], out);
		for (size_t k = 0; k < r[i]->ntargets; k++)
			add_target(++number, r[i], &r[i]->targets[k], out);
	}
}
