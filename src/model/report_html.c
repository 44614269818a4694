#include "base/str.h"
#include "model/markup.h"
#include "model/report_form.h"
#include "model/report_table.h"

static const char head[] =
	"<!DOCTYPE html>\n"
	"<html lang=\"en\">\n"
	"<head>\n"
	"<meta charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<title>cudabuild test</title>\n"
	"<style>\n"
	":root { color-scheme: light dark; --line: #8886; --pass: #1a7f37; --fail: #cf222e; --warn: #9a6700; --dim: "
	"#6e7781; }\n"
	"@media (prefers-color-scheme: dark) { :root { --pass: #3fb950; --fail: #ff7b72; --warn: #d29922; --dim: "
	"#8b949e; } }\n"
	"body { font: 15px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }\n"
	"h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2.5rem; }\n"
	".wide { overflow-x: auto; } .wide + .wide { margin-top: 1.5rem; }\n"
	"table { border-collapse: collapse; width: 100%; }\n"
	"th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; "
	"}\n"
	"th { font-weight: 600; white-space: nowrap; }\n"
	"td { overflow-wrap: anywhere; }\n"
	"td.id, td.name { min-width: 11rem; } td.code { min-width: 9rem; } td.text { min-width: 15rem; }\n"
	"td.ms { white-space: nowrap; font-variant-numeric: tabular-nums; }\n"
	"td.ms, th.ms { text-align: right; }\n"
	"code { font: .9em ui-monospace, monospace; }\n"
	".pass { color: var(--pass); } .fail, .error { color: var(--fail); font-weight: 600; }\n"
	".warn { color: var(--warn); } .skip, .info, .unknown, .none { color: var(--dim); }\n"
	"dl { margin: 0; display: grid; grid-template-columns: max-content 1fr; gap: 0 .6rem; } dt { color: "
	"var(--dim); }\n"
	"dd { margin: 0; } details { margin-top: 1rem; } details table { width: auto; }\n"
	"</style>\n"
	"</head>\n"
	"<body>\n"
	"<h1>cudabuild test</h1>\n";

/* <tag class="CLASS">TEXT</tag>; class may be NULL, both are foreign. */
static void add_element(const char *tag, const char *class, const char *text, struct buf *out)
{
	buf_addf(out, "<%s", tag);
	markup_attribute(out, "class", class);
	buf_addc(out, '>');
	markup_add(out, text);
	buf_addf(out, "</%s>", tag);
}

static void add_summary(const struct report *const *r, size_t n, struct buf *out)
{
	buf_adds(out, "<p>");
	for (unsigned s = 0; s < REPORT__MAX; s++) {
		size_t count = 0;

		if (s == REPORT_INFO)
			continue;
		for (size_t i = 0; i < n; i++)
			count += report_count(r[i], (enum report_status)s);
		buf_addf(out, "%s<span class=\"%s\">%zu %s</span>", s ? ", " : "",
			 count ? report_status_name((enum report_status)s) : "none", count,
			 report_status_name((enum report_status)s));
	}
	buf_adds(out, "</p>\n");
}

static void add_line(const struct report_table *t, const struct report_line *l, struct buf *out)
{
	buf_adds(out, "<tr>");
	add_element("td", "name", l->report->subject, out);
	add_element("td", "name", l->target ? l->target->name : "-", out);
	for (size_t k = 0; k < t->kinds.n; k++) {
		const enum report_status s = report_worst(l->report, t->kinds.v[k]);

		add_element("td", s == REPORT__MAX ? "none" : report_status_name(s),
			    s == REPORT__MAX ? "-" : report_status_name(s), out);
	}
	add_element("td", report_line_verdict(l), report_line_verdict(l), out);
	add_element("td", NULL, l->target ? report_level_name(l->target->level) : "-", out);
	add_element("td", "text", l->target ? l->target->because : NULL, out);
	buf_adds(out, "</tr>\n");
}

static void add_table(const struct report *const *r, size_t n, struct buf *out)
{
	AUTO(report_table) struct report_table *t = report_table_new(r, n);

	buf_adds(out, "<div class=\"wide\"><table>\n<tr><th>image</th><th>target</th>");
	for (size_t k = 0; k < t->kinds.n; k++)
		add_element("th", NULL, t->kinds.v[k], out);
	buf_adds(out, "<th>verdict</th><th>level</th><th>because</th></tr>\n");
	for (size_t i = 0; i < t->n; i++)
		add_line(t, &t->lines[i], out);
	buf_adds(out, "</table></div>\n");
}

static void add_fact(const char *name, const char *value, struct buf *out)
{
	if (!value)
		return;
	add_element("dt", NULL, name, out);
	add_element("dd", NULL, value, out);
}

static void add_check(const struct report_check *c, struct buf *out)
{
	buf_adds(out, "<tr>");
	add_element("td", report_status_name(c->status), report_status_name(c->status), out);
	buf_adds(out, "<td class=\"id\">");
	add_element("code", NULL, c->id, out);
	buf_adds(out, "</td>");
	add_element("td", "code", c->code, out);
	buf_adds(out, "<td class=\"text\">");
	if (c->expected || c->file || c->hint || c->fault) {
		buf_adds(out, "<dl>");
		add_fact("expected", c->expected, out);
		add_fact("found", c->found, out);
		add_fact("file", c->file, out);
		add_fact("fault", c->fault, out);
		add_fact("hint", c->hint, out);
		buf_adds(out, "</dl>");
	} else {
		markup_add(out, c->found);
	}
	buf_adds(out, "</td><td class=\"ms\">");
	if (c->ms)
		buf_addf(out, "%u", c->ms);
	buf_adds(out, "</td></tr>\n");
}

/* The worst first: what has to be done is not looked for below what is well. */
static void add_checks(const struct report *r, struct buf *out)
{
	static const enum report_status by_weight[REPORT__MAX] = {REPORT_FAIL, REPORT_ERROR, REPORT_WARN,
								  REPORT_SKIP, REPORT_PASS,  REPORT_INFO};

	for (size_t k = 0; k < ARRAY_LEN(by_weight); k++)
		for (size_t i = 0; i < r->nchecks; i++)
			if (r->checks[i].status == by_weight[k])
				add_check(&r->checks[i], out);
}

static void add_packages(const struct report *r, struct buf *out)
{
	if (r->npackages == 0)
		return;
	buf_adds(out,
		 "<div class=\"wide\"><table>\n<tr><th>package</th><th>version</th><th>CUDA</th><th>path</th></tr>\n");
	for (size_t i = 0; i < r->npackages; i++) {
		buf_adds(out, "<tr>");
		add_element("td", NULL, r->packages[i].name, out);
		add_element("td", NULL, r->packages[i].version ? r->packages[i].version : "?", out);
		add_element("td", NULL, r->packages[i].cuda, out);
		add_element("td", NULL, r->packages[i].path, out);
		buf_adds(out, "</tr>\n");
	}
	buf_adds(out, "</table></div>\n");
}

/* Where the time went, folded in. */
static void add_times(const struct report *r, struct buf *out)
{
	if (r->ntimes == 0)
		return;
	buf_adds(out, "<details><summary>time</summary><table>\n");
	for (size_t i = 0; i < r->ntimes; i++) {
		buf_adds(out, "<tr>");
		add_element("td", NULL, r->times[i].name, out);
		buf_addf(out, "<td class=\"ms\">%llu ms</td></tr>\n", (unsigned long long)r->times[i].ms);
	}
	buf_adds(out, "</table></details>\n");
}

static void add_report(const struct report *r, struct buf *out)
{
	buf_adds(out, "<h2>");
	markup_add(out, r->subject);
	buf_adds(out, ": ");
	add_element("span", report_verdict(r), report_verdict(r), out);
	buf_adds(out, "</h2>\n");
	if (r->image) {
		buf_adds(out, "<p>");
		add_element("code", NULL, r->image, out);
		buf_adds(out, "</p>\n");
	}
	buf_adds(out, "<div class=\"wide\"><table>\n<tr><th>status</th><th>check</th><th>code</th><th>found</th>"
		      "<th class=\"ms\">ms</th></tr>\n");
	add_checks(r, out);
	buf_adds(out, "</table></div>\n");
	add_packages(r, out);
	add_times(r, out);
}

void report_html(const struct report *const *r, size_t n, struct buf *out)
{
	buf_adds(out, head);
	add_summary(r, n, out);
	add_table(r, n, out);
	for (size_t i = 0; i < n; i++)
		add_report(r[i], out);
	buf_adds(out, "</body>\n</html>\n");
}
