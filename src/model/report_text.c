#include "base/str.h"
#include "model/report.h"

#include <string.h>

const char *report_colour(enum report_status s)
{
	switch (s) {
	case REPORT_PASS:
		return "\033[32m";
	case REPORT_FAIL:
	case REPORT_ERROR:
		return "\033[31m";
	case REPORT_WARN:
		return "\033[33m";
	case REPORT_SKIP:
	case REPORT_INFO:
	case REPORT__MAX:
		break;
	}
	return "\033[36m";
}

static void add_status(enum report_status s, bool colour, struct buf *out)
{
	buf_addf(out, "%s%-5s%s", colour ? report_colour(s) : "", report_status_name(s), colour ? "\033[0m" : "");
}

enum { SHOWN_MAX = 4096 };

/* BEFORE text AFTER, the foreign text as one printable line; nothing at all where it is NULL. */
static void put(const char *before, const char *text, const char *after, struct buf *out)
{
	AUTO_TEXT char *shown = str_shown(text ? text : "", SHOWN_MAX);

	if (text)
		buf_addf(out, "%s%s%s", before, shown, after);
}

static void add_detail(const char *name, const char *value, struct buf *out)
{
	if (value)
		buf_addf(out, "        %-9s ", name);
	put("", value, "\n", out);
}

void report_check_text(const struct report_check *c, bool colour, struct buf *out)
{
	buf_adds(out, "  ");
	add_status(c->status, colour, out);
	put(" ", c->id, "", out);
	put(" [", c->code, "]", out);
	if (c->status == REPORT_PASS || c->status == REPORT_INFO || c->status == REPORT_SKIP) {
		put(": ", c->found, "", out);
		buf_addc(out, '\n');
		return;
	}
	buf_addc(out, '\n');
	add_detail("expected", c->expected, out);
	add_detail("found", c->found, out);
	add_detail("file", c->file, out);
	add_detail("fault", c->fault, out);
	add_detail("hint", c->hint, out);
}

const char *report_verdict(const struct report *r)
{
	if (report_count(r, REPORT_FAIL))
		return "fail";
	if (report_count(r, REPORT_ERROR))
		return "error";
	return "pass";
}

/* "skipped (no GPU: ...)": a green line must not hide that the GPU part never ran. */
static const char *skipped_because(const struct report *r)
{
	for (size_t i = 0; i < r->nchecks; i++)
		if (r->checks[i].status == REPORT_SKIP)
			return r->checks[i].found ? r->checks[i].found : r->checks[i].id;
	return NULL;
}

void report_last_line(const struct report *r, bool colour, struct buf *out)
{
	enum report_status worst = report_count(r, REPORT_FAIL)	   ? REPORT_FAIL
				   : report_count(r, REPORT_ERROR) ? REPORT_ERROR
								   : REPORT_PASS;
	const char *skipped = skipped_because(r);

	put("", r->subject, ": ", out);
	buf_addf(out, "%s%s%s (", colour ? report_colour(worst) : "", report_verdict(r), colour ? "\033[0m" : "");
	for (unsigned s = 0; s < REPORT__MAX; s++)
		if (s != REPORT_INFO)
			buf_addf(out, "%s%zu %s", s ? ", " : "", report_count(r, (enum report_status)s),
				 report_status_name((enum report_status)s));
	buf_adds(out, ")");
	put("; skipped: ", skipped, "", out);
	buf_addc(out, '\n');
}

static void add_target(const struct report_target *t, struct buf *out)
{
	put("  target ", t->name, ": ", out);
	buf_addf(out, "%s (%s)", report_verdict_name(t->verdict), report_level_name(t->level));
	put(": ", t->because, "", out);
	buf_addc(out, '\n');
}

static void add_package(const struct report_package *p, struct buf *out)
{
	put("  ", p->name, "", out);
	put(" ", p->version ? p->version : "?", "", out);
	put(", CUDA ", p->cuda, "", out);
	buf_addc(out, '\n');
}

static void add_bench(const struct bench *b, struct buf *out)
{
	AUTO_TEXT char *text = bench_text(b);

	put("  ", b->id, "", out);
	buf_addf(out, "@%llu: %s\n", (unsigned long long)b->device, text);
}

/* The parts, each on its line, those of a part set in. */
static void add_times(const struct report *r, struct buf *out)
{
	for (size_t i = 0; i < r->ntimes; i++) {
		const struct report_time *t = &r->times[i];

		buf_addf(out, "  %s%4llu.%03u s  ", i ? "    " : "time", (unsigned long long)(t->ms / 1000),
			 (unsigned)(t->ms % 1000));
		put(strchr(t->name, '.') ? "  of it " : "", t->name, "\n", out);
	}
}

void report_text(const struct report *r, bool verbose, bool colour, struct buf *out)
{
	put("", r->subject, "", out);
	put(" (", r->image, ")", out);
	buf_addc(out, '\n');
	for (size_t i = 0; i < r->nchecks; i++) {
		enum report_status s = r->checks[i].status;

		if (verbose || (s != REPORT_PASS && s != REPORT_INFO))
			report_check_text(&r->checks[i], colour, out);
	}
	for (size_t i = 0; i < r->npackages; i++)
		add_package(&r->packages[i], out);
	for (size_t i = 0; i < r->ntargets; i++)
		add_target(&r->targets[i], out);
	for (size_t i = 0; i < r->nbenches; i++)
		add_bench(&r->benches[i], out);
	if (verbose)
		add_times(r, out);
	report_last_line(r, colour, out);
}
