#include "cli/run_seen.h"

#include "base/str.h"
#include "cli/run_seen_code.h"
#include "cli/show.h"

#include <string.h>

enum { TEXT_MAX = 300, LARGEST = 8, LAYERS_SHOWN = 40, BAR = 20 };

static void shown(const char *text, struct buf *out)
{
	AUTO_TEXT char *clean = str_shown(text, TEXT_MAX);

	buf_adds(out, clean);
}

/* Text in a column that is at least that wide. */
static void cell(const char *text, size_t width, struct buf *out)
{
	AUTO_TEXT char *clean = str_shown(text, TEXT_MAX);
	size_t n = str_columns(clean);

	buf_adds(out, clean);
	buf_repeat(out, " ", n < width ? width - n : 0);
}

static void heading(const char *text, bool colour, struct buf *out)
{
	buf_addf(out, "\n%s%s%s\n", colour ? "\033[1m" : "", text, colour ? "\033[0m" : "");
}

static size_t wider(size_t width, const char *text)
{
	AUTO_TEXT char *clean = str_shown(text ? text : "", TEXT_MAX);
	size_t n = str_columns(clean);

	return n > width ? n : width;
}

/* --- the head: where it was read, and the verdict per target --- */

static void add_from(const struct report *r, struct buf *out)
{
	if (!r->source)
		return;
	buf_adds(out, "  from   ");
	shown(r->source, out);
	if (r->image && strcmp(r->image, r->subject) != 0) {
		buf_adds(out, ": ");
		shown(r->image, out);
	}
	buf_addc(out, '\n');
}

static void add_targets(const struct report *r, bool colour, struct buf *out)
{
	static const enum report_status like[] = {[TARGET_PASS] = REPORT_PASS,
						  [TARGET_FAIL] = REPORT_FAIL,
						  [TARGET_SKIP] = REPORT_SKIP,
						  [TARGET_ERROR] = REPORT_ERROR,
						  [TARGET_UNKNOWN] = REPORT_WARN};
	size_t width = 0;

	for (size_t i = 0; i < r->ntargets; i++)
		width = wider(width, r->targets[i].name);
	for (size_t i = 0; i < r->ntargets; i++) {
		const struct report_target *t = &r->targets[i];

		buf_adds(out, "  target ");
		cell(t->name, width, out);
		buf_addf(out, "  %s%s%s", colour ? report_colour(like[t->verdict]) : "",
			 report_verdict_name(t->verdict), colour ? "\033[0m" : "");
		if (t->because) {
			buf_adds(out, ": ");
			shown(t->because, out);
		}
		buf_addc(out, '\n');
	}
}

/* --- findings, by weight --- */

static void add_findings(const struct report *r, bool verbose, bool colour, struct buf *out)
{
	static const enum report_status order[] = {REPORT_FAIL, REPORT_ERROR, REPORT_WARN,
						   REPORT_SKIP, REPORT_INFO,  REPORT_PASS};
	size_t before = out->len;

	for (size_t s = 0; s < ARRAY_LEN(order) - (verbose ? 0 : 1); s++)
		for (size_t i = 0; i < r->nchecks; i++)
			if (r->checks[i].status == order[s]) {
				if (out->len == before)
					heading("findings", colour, out);
				report_check_text(&r->checks[i], colour, out);
			}
}

/* --- what was seen --- */

static void add_cuda(const struct report_package *p, struct buf *out)
{
	AUTO_TEXT char *cuda = p->cuda && strcmp(p->cuda, "cpu") != 0 ? xasprintf("CUDA %s", p->cuda)
								      : xstrdup(p->cuda ? p->cuda : "CUDA ?");

	cell(cuda, strlen("CUDA 13.0"), out);
}

static void add_package(const struct report_package *p, size_t name, size_t version, bool verbose, struct buf *out)
{
	buf_adds(out, "  ");
	cell(p->name, name + 2, out);
	cell(p->version ? p->version : "-", version + 2, out);
	add_cuda(p, out);
	buf_addf(out, "  C++11 ABI %s  glibc %s\n", p->cxx11_abi ? p->cxx11_abi : "-", p->glibc ? p->glibc : "-");
	for (size_t i = 0; i < p->witnesses.n && verbose; i++) {
		buf_adds(out, "      ");
		shown(p->witnesses.v[i], out);
		buf_addc(out, '\n');
	}
}

static void add_packages(const struct report *r, const struct seen_opts *o, struct buf *out)
{
	size_t name = 0, version = 0;

	for (size_t i = 0; i < r->npackages; i++) {
		name = wider(name, r->packages[i].name);
		version = wider(version, r->packages[i].version);
	}
	if (r->npackages > 0)
		heading("packages", o->colour, out);
	for (size_t i = 0; i < r->npackages; i++)
		add_package(&r->packages[i], name, version, o->verbose, out);
	seen_code(r, o, out);
}

/* --- where the gigabytes went --- */

static void add_size(uint64_t bytes, uint64_t all, const char *name, struct buf *out)
{
	AUTO_TEXT char *size = str_size(bytes);
	unsigned part = all > bytes ? (unsigned)(bytes * 1000 / all) : all ? 1000 : 0;

	buf_addf(out, "  %10s %5u.%u %%  ", size, part / 10, part % 10);
	buf_repeat(out, "#", part * BAR / 1000);
	buf_repeat(out, " ", BAR - part * BAR / 1000);
	buf_adds(out, "  ");
	shown(name, out);
	buf_addc(out, '\n');
}

static void add_package_sizes(const struct report *r, bool verbose, struct buf *out)
{
	uint64_t rest = r->size, others = 0;
	size_t n = 0;

	for (size_t i = 0; i < r->sizes.n; i++) {
		uint64_t bytes = r->sizes.v[i].bytes;

		rest = rest > bytes ? rest - bytes : 0;
		if (verbose || i < LARGEST) {
			add_size(bytes, r->size, r->sizes.v[i].name, out);
			continue;
		}
		others += bytes;
		n++;
	}
	if (n > 0) {
		AUTO_TEXT char *text = xasprintf("%zu other Python packages", n);

		add_size(others, r->size, text, out);
	}
	if (r->sizes.n > 0)
		add_size(rest, r->size, "what belongs to no Python package", out);
}

/* What made a layer, without the shell in front, on one line of at most that many columns. */
static char *made_by(const char *command, size_t most)
{
	static const char *const fronts[] = {"RUN ", "/bin/sh -c ", "#(nop) ", " "};
	AUTO_TEXT char *line = str_shown(command, TEXT_MAX);
	const char *at = line;

	for (size_t i = 0; i < ARRAY_LEN(fronts); i++)
		while (str_starts(at, fronts[i]))
			at += strlen(fronts[i]);
	return str_shown(at, most);
}

static uint64_t layers_size(const struct report *r)
{
	uint64_t all = 0;

	for (size_t i = 0; i < r->layers.n; i++)
		all += r->layers.v[i].bytes;
	return all;
}

static void add_layers(const struct report *r, const struct seen_opts *o, struct buf *out)
{
	enum { FRONT = 64, LEAST = 20 }; /* columns in front of the command */
	uint64_t all = layers_size(r);
	size_t room = o->width > FRONT + LEAST ? o->width - FRONT : o->width ? LEAST : TEXT_MAX;

	if (r->layers.n == 0)
		return;
	heading("layers, lowest first", o->colour, out);
	for (size_t i = 0; i < r->layers.n && i < LAYERS_SHOWN; i++) {
		const struct report_size *l = &r->layers.v[i];
		const char *hex = strstr(l->name, "sha256"), *digits = hex ? hex + strlen("sha256:") : l->name;
		AUTO_TEXT char *by = l->made_by ? made_by(l->made_by, room) : xstrdup("");
		AUTO_TEXT char *name = xasprintf("%.12s  %s", digits, by);

		add_size(l->bytes, all, name, out);
	}
	if (r->layers.n > LAYERS_SHOWN)
		buf_addf(out, "  and %zu more\n", r->layers.n - LAYERS_SHOWN);
}

static void add_sizes(const struct report *r, const struct seen_opts *o, struct buf *out)
{
	AUTO_TEXT char *all = str_size(r->size);
	AUTO_TEXT char *title =
		xasprintf("where the bytes are: %s in %zu file%s", all, r->files, r->files == 1 ? "" : "s");

	if (r->files == 0)
		return;
	heading(title, o->colour, out);
	add_package_sizes(r, o->verbose, out);
	add_layers(r, o, out);
}

void seen_text(const struct report *r, const struct seen_opts *o, struct buf *out)
{
	AUTO_BUF struct buf text = BUF_INIT;

	shown(r->subject, &text);
	buf_addc(&text, '\n');
	add_from(r, &text);
	add_targets(r, o->colour, &text);
	add_findings(r, o->verbose, o->colour, &text);
	add_packages(r, o, &text);
	add_sizes(r, o, &text);
	buf_addc(&text, '\n');
	report_last_line(r, o->colour, &text);
	show_broken(buf_text(&text), o->width, out);
}
