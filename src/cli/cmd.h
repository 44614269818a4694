/* cmd.h — a command: its name, its options, its code; and what every command gets to work with.
 *
 * The table of commands stands once, in main.c; help, manual pages and completion walk it. Commands that always need
 * libcurl or libarchive have no `run` of their own: the front program executes the worker in their place, whose main.c
 * knows their code. A command that finds out later that it needs the network returns RUN_IN_WORKER. */
#pragma once

#include "base/err.h"
#include "base/event.h"
#include "cli/options.h"
#include "cli/ui.h"

#include <signal.h>

/* Answers of run() beside 0 (yes) and 1 (no) and -1 (err). */
#define RUN_IN_WORKER 2	  /* front only: execute the worker with the same arguments */
#define RUN_EXIT_BASE 100 /* + an exit code that a report decided */

struct fetcher;

struct app {
	const struct cmd *cmd;
	struct options options;
	struct ui *ui;
	struct events events;		   /* what the floors below emit; drawn by ui */
	const struct fetcher *fetcher;	   /* answers needs; NULL in the front program */
	const volatile sig_atomic_t *stop; /* number of the signal that asked us to end, or 0 */
	bool json;			   /* --format json */
};

struct cmd {
	const char *name, *summary;
	const char *operands; /* "[PACKAGE]..." for the usage line, or NULL: none are allowed */
	const char *about;    /* paragraphs of the manual page */
	const struct opt *opts;
	size_t nopts;
	bool html;				      /* knows --format html */
	int (*run)(struct app *app, struct err *err); /* NULL: the worker's, listed in main.c */
};

extern const struct cmd cmd_generate, cmd_explain, cmd_matrix, cmd_build, cmd_test, cmd_inspect, cmd_export,
	cmd_catalog, cmd_clean, cmd_schema, cmd_completion, cmd_version, cmd_help;
/* The table: the commands in the order of help; the last has a NULL name. */
extern const struct cmd *const commands[];
/* Options of every command. */
extern const struct opt common_opts[];
extern const size_t ncommon_opts;

/* The code of the commands that only the worker has. */
int run_build(struct app *app, struct err *err);
int run_test(struct app *app, struct err *err);
int run_inspect(struct app *app, struct err *err);
int run_clean(struct app *app, struct err *err);
int run_catalog(struct app *app, struct err *err);

/* Short for option values of a running command. */
const char *app_value(const struct app *app, const char *opt);
bool app_flag(const struct app *app, const char *opt);
