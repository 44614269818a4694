/* report_table.h — several reports on one page: image x target x kind of check, the worst status in each cell.
 *
 * The kind of a check is the first part of its id ("gpu" of "gpu.spmm.ptx.f32.i32@1"); all of the static level are of
 * the kind "static". Kinds come in the order of the reports; those of which all checks are `info` are left out. An
 * image without targets has one row. */
#pragma once

#include "model/report.h"

struct report_line {
	const struct report *report;	    /* borrowed */
	const struct report_target *target; /* borrowed; NULL: the image has no targets */
};

struct report_table {
	struct strv kinds;
	struct report_line *lines;
	size_t n;
};

/* *r and what it holds must outlive the table. Never NULL; the caller's. */
struct report_table *report_table_new(const struct report *const *r, size_t n) NODISCARD;
void report_table_free(struct report_table *t);
DEFINE_AUTO(report_table, struct report_table);
/* The worst status of a report's checks of that kind, REPORT__MAX where it has none. */
enum report_status report_worst(const struct report *r, const char *kind) NODISCARD;
/* The verdict of a line: the target's, or the image's. Static text. */
const char *report_line_verdict(const struct report_line *l) NODISCARD;
