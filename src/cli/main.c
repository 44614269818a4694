/* main.c — the command table, the wiring, and the exit code. Compiled twice: as the light front and as the worker. */
#include "base/file.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/help.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#if !CUDABUILD_FRONT
#include "work/fetcher.h"
#endif

const struct cmd *const commands[] = {
	&cmd_generate, &cmd_explain, &cmd_matrix, &cmd_build, &cmd_test,       &cmd_inspect, &cmd_export,
	&cmd_catalog,  &cmd_clean,   &cmd_schema, &cmd_help,  &cmd_completion, &cmd_version, NULL,
};

const struct opt common_opts[] = {
	{.name = "file",
	 .letter = 'f',
	 .value = "FILE",
	 .help = "the manifest (default: cudabuild.yaml, then cudabuild.json)"},
	{.name = "directory", .letter = 'C', .value = "DIR", .help = "work in this folder"},
	{.name = "quiet", .letter = 'q', .help = "no progress, no notes, and no tables of what went well"},
	{.name = "verbose", .letter = 'v', .help = "more: what steps print, checks that pass"},
	{.name = "format",
	 .value = "FORMAT",
	 .help = "form of the result on standard output (html: of matrix)",
	 .choices = "text,json,html"},
	{.name = "color", .value = "WHEN", .help = "colours: auto, always or never", .choices = "auto,always,never"},
	{.name = "progress", .value = "KIND", .help = "progress on standard error", .choices = "auto,plain,tty,json"},
	{.name = "offline", .help = "ask no server: the lock, then the embedded catalog decide"},
	{.name = "host", .value = "ADDRESS", .help = "the container engine (unix://, tcp://)"},
	{.name = "help", .letter = 'h', .help = "the manual page of the command"},
};
const size_t ncommon_opts = ARRAY_LEN(common_opts);

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	if (stop) { /* asked twice: end at once */
		signal(number, SIG_DFL);
		raise(number);
	}
	stop = number;
}

static void catch_signals(void)
{
	struct sigaction act = {.sa_handler = on_signal};

	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static const struct cmd *find_command(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (name && strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static struct opt_table opts_of(const char *command)
{
	const struct cmd *c = find_command(command);

	return c ? (struct opt_table){.v = c->opts, .n = c->nopts} : (struct opt_table){.v = NULL};
}

const char *app_value(const struct app *app, const char *opt)
{
	return options_value(&app->options, opt);
}

bool app_flag(const struct app *app, const char *opt)
{
	return options_value(&app->options, opt) != NULL;
}

static int unknown_command(const char *name, struct err *err)
{
	const char *names[ARRAY_LEN(commands)], *nearest;
	AUTO_TEXT char *shown = str_shown(name, 60);
	size_t n = 0;

	for (; commands[n]; n++)
		names[n] = commands[n]->name;
	nearest = str_nearest(name, names, n);
	if (nearest)
		err_set(err, ERR_USAGE, "unknown command '%s' (did you mean '%s'?)", shown, nearest);
	else
		err_set(err, ERR_USAGE, "unknown command '%s'", shown);
	return err_hint(err, "see `cudabuild help`");
}

/* Chooses the command; --help anywhere means its manual page, no command at all the overview. */
static int choose(struct app *app, const char *name, struct err *err)
{
	if (!name || app_flag(app, "help")) {
		if (name && !find_command(name))
			return unknown_command(name, err);
		strv_clear(&app->options.operands);
		if (name)
			strv_add(&app->options.operands, name);
		app->cmd = &cmd_help;
		return 0;
	}
	app->cmd = find_command(name);
	if (!app->cmd)
		return unknown_command(name, err);
	if (!app->cmd->operands && app->options.operands.n > 0) {
		AUTO_TEXT char *shown = str_shown(app->options.operands.v[0], 60);

		err_set(err, ERR_USAGE, "%s takes no operand: '%s'", name, shown);
		return err_hint(err, "see `cudabuild help %s`", name);
	}
	if (!app->cmd->html && str_eq(app_value(app, "format"), "html")) {
		err_set(err, ERR_USAGE, "--format html: %s writes text or json", name);
		return err_hint(err, "`cudabuild matrix --format html` writes a page");
	}
	return 0;
}

static struct ui_opts ui_opts_of(const struct app *app)
{
	static const char *const kinds[] = {"auto", "plain", "tty", "json"};
	const char *color = app_value(app, "color"), *progress = app_value(app, "progress");
	struct ui_opts o = {.quiet = app_flag(app, "quiet"), .verbose = app_flag(app, "verbose"), .colour = -1};

	if (color && !str_eq(color, "auto"))
		o.colour = str_eq(color, "always");
	for (size_t i = 0; progress && i < ARRAY_LEN(kinds); i++)
		if (str_eq(kinds[i], progress))
			o.progress = (enum ui_progress)i;
	return o;
}

/* Reads the command line and the environment and goes to the folder of -C. */
static int prepare(struct app *app, char **argv, struct err *err)
{
	const struct opt_table common = {.v = common_opts, .n = ncommon_opts};
	const char *name = NULL;
	int rc = options_parse(argv, opts_of, common, &app->options, &name, err);

	if (rc == 0)
		rc = options_from_env(&app->options, common, err);
	if (rc == 0)
		rc = options_from_env(&app->options, opts_of(name), err);
	if (rc == 0)
		rc = choose(app, name, err);
	if (rc == 0 && app_flag(app, "directory") && chdir(app_value(app, "directory")) < 0)
		rc = err_set_errno(err, errno, "go to '%s'", app_value(app, "directory"));
	return rc;
}

#if CUDABUILD_FRONT
/* The worker lies in libexec/cudabuild beside bin (installed) or beside this program (as built). */
static char *worker_path(void)
{
	static const char *const places[] = {"../libexec/cudabuild/worker", "worker"};
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	AUTO_TEXT char *dir = NULL;

	if (n <= 0)
		return NULL;
	self[n] = '\0';
	dir = file_dir(self);
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		AUTO_TEXT char *path = file_join(dir, places[i]);

		if (access(path, X_OK) == 0)
			return TAKE(path);
	}
	return NULL;
}

/* Executes the worker with the same arguments, from the folder that they were given in. Comes back only with an error.
 */
static int to_worker(char **argv, int start_dir, struct err *err)
{
	AUTO_TEXT char *path = worker_path();

	if (!path) {
		err_set(err, ERR_MISSING, "the worker program is not beside this one nor in ../libexec/cudabuild");
		return err_hint(err, "install cudabuild as a whole (`make install`)");
	}
	if (fchdir(start_dir) < 0)
		return err_set_errno(err, errno, "go back to the first folder");
	execv(path, argv);
	return err_set_errno(err, errno, "start '%s'", path);
}
#endif

#if CUDABUILD_FRONT
static int run(struct app *app, char **argv, int start_dir, struct err *err)
{
	int rc = app->cmd->run(app, err);

	return rc == RUN_IN_WORKER ? to_worker(argv, start_dir, err) : rc;
}
#else
static int run(struct app *app, struct err *err)
{
	static const struct {
		const struct cmd *cmd;
		int (*run)(struct app *app, struct err *err);
	} own[] = {{&cmd_build, run_build},
		   {&cmd_test, run_test},
		   {&cmd_inspect, run_inspect},
		   {&cmd_clean, run_clean},
		   {&cmd_catalog, run_catalog}};

	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (own[i].cmd == app->cmd)
			return own[i].run(app, err);
	return app->cmd->run(app, err);
}
#endif

/* Shows the error and gives its exit code. */
static int fail(struct app *app, const struct err *err)
{
	AUTO_TEXT char *name = xasprintf("cudabuild%s%s", app->cmd ? " " : "", app->cmd ? app->cmd->name : "");
	struct err ignored = ERR_INIT;
	AUTO_BUF struct buf json = BUF_INIT;

	if (app->json) {
		help_error_json(err, &json);
		if (ui_out(app->ui, buf_text(&json), &ignored) < 0)
			err_clear(&ignored);
	}
	ui_error(app->ui, name, err);
	return err_exit_code(err);
}

/* A shell sees the signal as the cause of the end; 128 + number otherwise. */
static int end_by_signal(const struct err *err, int code)
{
	if (err->kind != ERR_CANCELED)
		return code;
	signal(err->sys, SIG_DFL);
	raise(err->sys);
	return code;
}

/* Whether the words ask for JSON, for failures before they are understood. */
static bool asks_for_json(char **argv)
{
	bool json = false;

	for (size_t i = 1; argv[0] && argv[i] && !str_eq(argv[i], "--"); i++)
		json = json || str_eq(argv[i], "--format=json") ||
		       (str_eq(argv[i], "--format") && str_eq(argv[i + 1], "json"));
	return json;
}

int main(int argc, char **argv)
{
	struct app app = {.stop = &stop};
	struct err err = ERR_INIT;
	int rc;
#if CUDABUILD_FRONT
	AUTO_FD int start_dir = file_open_dir("."); /* the worker starts here too, and goes where -C says by itself */
#endif

	(void)argc;
	catch_signals();
	rc = prepare(&app, argv, &err);
	app.json = rc < 0 ? asks_for_json(argv) : str_eq(app_value(&app, "format"), "json");
#if CUDABUILD_FRONT
	if (rc == 0 && !app.cmd->run)
		rc = to_worker(argv, start_dir, &err);
#else
	app.fetcher = &work_fetcher;
#endif
	{
		struct ui_opts o = ui_opts_of(&app);

		app.ui = ui_new(&o);
	}
	app.events = ui_events(app.ui);
#if CUDABUILD_FRONT
	if (rc == 0)
		rc = run(&app, argv, start_dir, &err);
#else
	if (rc == 0)
		rc = run(&app, &err);
#endif
	if (rc < 0)
		rc = fail(&app, &err);
	else if (rc >= RUN_EXIT_BASE)
		rc -= RUN_EXIT_BASE;
	ui_free(app.ui);
	options_clear(&app.options);
	rc = end_by_signal(&err, rc);
	err_clear(&err);
	return rc;
}
