#include "cli/run_seen.h"

#include "base/str.h"

#include <string.h>

enum { TEXT_MAX = 300, LARGEST = 8 };

static void shown(const char *text, struct buf *out)
{
	AUTO_TEXT char *clean = str_shown(text, TEXT_MAX);

	buf_adds(out, clean);
}

static void add_targets(const struct report *r, bool colour, struct buf *out)
{
	static const enum report_status like[] = {[TARGET_PASS] = REPORT_PASS,
						  [TARGET_FAIL] = REPORT_FAIL,
						  [TARGET_SKIP] = REPORT_SKIP,
						  [TARGET_ERROR] = REPORT_ERROR,
						  [TARGET_UNKNOWN] = REPORT_WARN};

	for (size_t i = 0; i < r->ntargets; i++) {
		const struct report_target *t = &r->targets[i];

		buf_adds(out, "target ");
		shown(t->name, out);
		buf_addf(out, ": %s%s%s", colour ? report_colour(like[t->verdict]) : "",
			 report_verdict_name(t->verdict), colour ? "\033[0m" : "");
		if (t->because) {
			buf_adds(out, ": ");
			shown(t->because, out);
		}
		buf_addc(out, '\n');
	}
}

static void add_findings(const struct report *r, bool verbose, bool colour, struct buf *out)
{
	static const enum report_status order[] = {REPORT_FAIL, REPORT_ERROR, REPORT_WARN,
						   REPORT_SKIP, REPORT_INFO,  REPORT_PASS};

	for (size_t s = 0; s < ARRAY_LEN(order) - (verbose ? 0 : 1); s++)
		for (size_t i = 0; i < r->nchecks; i++)
			if (r->checks[i].status == order[s])
				report_check_text(&r->checks[i], colour, out);
}

/* --- what was seen --- */

static void add_list(const char *title, const struct strv *texts, struct buf *out)
{
	AUTO_TEXT char *joined = strv_join(texts, " ");

	if (texts->n == 0)
		return;
	buf_addf(out, "      %s ", title);
	shown(joined, out);
	buf_addc(out, '\n');
}

static void add_package(const struct report_package *p, bool verbose, struct buf *out)
{
	buf_adds(out, "    ");
	shown(p->name, out);
	buf_addc(out, ' ');
	shown(p->version ? p->version : "(no version)", out);
	if (p->cuda)
		buf_addf(out, ", %s%s", strcmp(p->cuda, "cpu") == 0 ? "" : "CUDA ", p->cuda);
	if (p->cxx11_abi)
		buf_addf(out, ", C++11 ABI %s", p->cxx11_abi);
	if (p->glibc)
		buf_addf(out, ", glibc %s", p->glibc);
	buf_addc(out, '\n');
	add_list("code:", &p->archs, out);
	for (size_t i = 0; i < p->witnesses.n && verbose; i++) {
		buf_adds(out, "      ");
		shown(p->witnesses.v[i], out);
		buf_addc(out, '\n');
	}
}

static void add_size(uint64_t bytes, const char *name, struct buf *out)
{
	AUTO_TEXT char *size = str_size(bytes);

	buf_addf(out, "    %10s  ", size);
	shown(name, out);
	buf_addc(out, '\n');
}

/* "layer 2 6150da1856e7": the front of its digest, whatever its member's name. */
static void add_layer(const struct report_size *l, size_t number, struct buf *out)
{
	const char *hex = str_starts(l->name, "blobs/sha256/") ? l->name + strlen("blobs/sha256/") : l->name;
	AUTO_TEXT char *name = xasprintf("layer %zu %.12s", number, hex);

	add_size(l->bytes, name, out);
}

/* Where the gigabytes went: the largest packages, and the layers. */
static void add_sizes(const struct report *r, bool verbose, struct buf *out)
{
	AUTO_TEXT char *all = str_size(r->size);

	buf_addf(out, "  sizes: %s in %zu files\n", all, r->files);
	for (size_t i = 0; i < r->sizes.n && (verbose || i < LARGEST); i++)
		add_size(r->sizes.v[i].bytes, r->sizes.v[i].name, out);
	for (size_t i = 0; i < r->layers.n; i++)
		add_layer(&r->layers.v[i], i + 1, out);
}

void seen_text(const struct report *r, bool verbose, bool colour, struct buf *out)
{
	shown(r->subject, out);
	buf_addc(out, '\n');
	add_targets(r, colour, out);
	add_findings(r, verbose, colour, out);
	if (r->npackages > 0)
		buf_adds(out, "  packages:\n");
	for (size_t i = 0; i < r->npackages; i++)
		add_package(&r->packages[i], verbose, out);
	add_sizes(r, verbose, out);
	report_last_line(r, colour, out);
}
