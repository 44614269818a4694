/* run_reports.h — what test and inspect do with finished reports: files by --report, standard output, the exit code. */
#pragma once

#include "cli/cmd.h"
#include "model/report.h"

/* Collects the values of --report. ERR_USAGE where one has no form that is known: said before any work. */
int run_reports_check(const struct app *app, struct strv *files, struct err *err) NODISCARD;
/* Writes the files, then JSON or the text to standard output. RUN_EXIT_BASE + the gravest report's code: a fail before
 * an error. */
int run_reports_deliver(struct app *app, const struct report *const *r, size_t n, const struct strv *files,
			const char *text, struct err *err) NODISCARD;
