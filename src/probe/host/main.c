/* The probe's host program: proves the GPUs, then runs the script of the image's interpreter, and outlives both.
 *
 * Each part runs in a child process: a crash or a hang in a driver or a package is a row, never silence.
 * Usage: host [--timeout=SECONDS] [--cuda=X.Y] [--module=FILE] [--look=DIR] [--quick] [--bench] [--no-gpu]
 * [--tag=TEXT] [-- PROGRAM ARGUMENT...] */
#include "probe/host/gpu.h"
#include "probe/host/say.h"
#include "probe/host/toolkit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_STARTED = 127, KERNEL_MS = 20000, LOOK_MS = 10000, USAGE = 2, DAY = 86400 };

struct options {
	struct gpu_opts gpu;
	long timeout_ms;
	bool no_gpu;
	const char *look; /* where the image's CUDA libraries are looked for; NULL: they are not */
	char **program;	  /* NULL-terminated; NULL = none */
};

static volatile sig_atomic_t ended_by;

static void on_signal(int number)
{
	ended_by = number;
}

static bool read_number(const char *text, long max, long *ret)
{
	long n = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		n = n * 10 + (*text - '0');
		if (n > max)
			return false;
	}
	*ret = n;
	return true;
}

/* The text behind "NAME" if arg starts with it, else NULL. */
static const char *value_of(const char *arg, const char *name)
{
	const size_t len = strlen(name);

	return strncmp(arg, name, len) == 0 ? arg + len : NULL;
}

/* What is started later can read /proc/1/cmdline, and must not learn the tag. */
static void take_tag(char *arg)
{
	char *tag = arg + strlen("--tag=");

	say_tag(tag);
	memset(tag, 'x', strlen(tag));
}

static bool read_option(struct options *o, char *arg)
{
	const char *value;
	long seconds;

	if (value_of(arg, "--tag="))
		take_tag(arg);
	else if ((value = value_of(arg, "--cuda=")))
		o->gpu.cuda = value;
	else if ((value = value_of(arg, "--module=")))
		o->gpu.module = value;
	else if ((value = value_of(arg, "--look=")))
		o->look = value;
	else if (strcmp(arg, "--quick") == 0)
		o->gpu.quick = true;
	else if (strcmp(arg, "--bench") == 0)
		o->gpu.bench = true;
	else if (strcmp(arg, "--no-gpu") == 0)
		o->no_gpu = true;
	else if ((value = value_of(arg, "--kernel-ms=")))
		return read_number(value, DAY * 1000L, &o->gpu.kernel_ms);
	else if ((value = value_of(arg, "--timeout=")) && read_number(value, DAY, &seconds) && seconds > 0)
		o->timeout_ms = seconds * 1000;
	else
		return false;
	return true;
}

static bool read_options(struct options *o, char **argv)
{
	*o = (struct options){.gpu.kernel_ms = KERNEL_MS, .timeout_ms = 300000};
	for (size_t i = 1; argv[i]; i++) {
		if (strcmp(argv[i], "--") == 0) {
			o->program = argv[i + 1] ? &argv[i + 1] : NULL;
			return true;
		}
		if (!read_option(o, argv[i]))
			return false;
	}
	return true;
}

/* A child in a process group of its own, so that whatever it starts can be ended with it; 0 in the child. */
static pid_t start_child(void)
{
	const pid_t parent = getpid();
	const pid_t pid = fork();

	if (pid != 0) {
		if (pid > 0)
			setpgid(pid, pid);
		return pid;
	}
	setpgid(0, 0);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 1); /* drivers read their own /proc */
	if (getppid() != parent)
		_exit(0);
	return 0;
}

/* In a container nothing of a part outlives it, whatever process group it fled to: as process 1 all others are ours. */
static void end_all(void)
{
	if (getpid() != 1)
		return;
	for (int i = 0; i < 200 && kill(-1, SIGKILL) == 0; i++) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			continue;
		usleep(10000);
	}
}

static void end_group(pid_t pid, int *status)
{
	kill(-pid, SIGKILL);
	for (int i = 0; i < 200; i++) {
		if (waitpid(pid, status, WNOHANG) != 0)
			return;
		usleep(10000);
	}
}

/* Whether the child ended by itself before the deadline; it is gone in any case. */
static bool wait_for(pid_t pid, long deadline, int *status)
{
	useconds_t nap = 500;

	for (;;) {
		const pid_t got = waitpid(pid, status, WNOHANG);
		if (got == pid) {
			kill(-pid, SIGKILL); /* what it left behind */
			end_all();
			return true;
		}
		if ((got < 0 && errno != EINTR) || ended_by || now_ms() >= deadline) {
			end_group(pid, status);
			end_all();
			return false;
		}
		usleep(nap);
		nap = nap < 20000 ? nap * 2 : nap;
	}
}

static void say_no_fork(const char *id)
{
	say_row(ROW(.id = id, .status = ERROR, .code = "no-process", .found = strerror(errno),
		    .hint = "the container's limit of processes is too low"));
}

/* Nothing is said where a signal ended the wait: whoever sent it knows. */
static void say_late(const char *id, const char *what, long limit_ms)
{
	char found[400];

	if (ended_by)
		return;
	snprintf(found, sizeof(found), "no end after %ld s, at: %s", limit_ms / 1000, what);
	say_row(ROW(.id = id, .status = ERROR, .code = "hang", .found = found,
		    .hint = "raise test.timeout, or look for Xid messages on the node"));
}

static void say_killed(const char *id, const char *what, int number)
{
	char found[400];

	snprintf(found, sizeof(found), "ended by signal %d (%s), at: %s", number, strsignal(number), what);
	if (number == SIGKILL)
		say_row(ROW(.id = id, .status = ERROR, .code = "killed", .found = found,
			    .hint = "the memory limit was probably reached"));
	else
		say_row(ROW(.id = id, .status = FAIL, .code = "crash", .found = found,
			    .hint = "libraries that do not fit together, or a fault of the driver"));
}

static void prove_gpu(const struct options *o, long deadline)
{
	int status = 0;

	if (o->no_gpu) {
		say_row(ROW(.id = "gpu.driver", .status = SKIP, .code = "not-asked", .found = "no GPU was asked for"));
		return;
	}
	say_at("start");
	const pid_t pid = start_child();
	if (pid == 0) {
		gpu_prove(&o->gpu);
		_exit(0);
	}
	if (pid < 0)
		say_no_fork("gpu.crash");
	else if (!wait_for(pid, deadline, &status))
		say_late("gpu.hang", say_doing(), o->timeout_ms);
	else if (WIFSIGNALED(status))
		say_killed("gpu.crash", say_doing(), WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		say_row(ROW(.id = "gpu.crash", .status = FAIL, .code = "crash", .found = say_doing(),
			    .expected = "an orderly end", .hint = "a library ended the process"));
}

static void prove_library(const struct options *o, const struct found_one *library, const char *id, long deadline)
{
	int status = 0;

	say_at("start");
	const pid_t pid = start_child();
	if (pid == 0) {
		toolkit_prove(library, id, &o->gpu);
		_exit(0);
	}
	if (pid < 0)
		say_no_fork(id);
	else if (!wait_for(pid, deadline, &status))
		say_late(id, say_doing(), o->timeout_ms);
	else if (WIFSIGNALED(status))
		say_killed(id, say_doing(), WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		say_row(ROW(.id = id, .status = FAIL, .code = "crash", .found = say_doing(), .file = library->path,
			    .expected = "an orderly end", .hint = "the library ended the process"));
}

/* Each in a process of its own: a second CUDA in one is a fault in itself. The first of a kind is "cudart", then
 * "cudart.2". */
static void prove_libraries(const struct options *o, long deadline)
{
	static const char *const names[] = {[CUDART] = "cudart", [CUSPARSE] = "cusparse"};
	static struct found found;
	unsigned nth[2] = {0, 0};
	char id[32];

	find_libraries(o->look, LOOK_MS, &found);
	for (size_t i = 0; i < found.n && !ended_by; i++) {
		const enum toolkit what = found.v[i].what;
		nth[what]++;
		snprintf(id, sizeof(id), nth[what] == 1 ? "%s" : "%s.%u", names[what], nth[what]);
		prove_library(o, &found.v[i], id, deadline);
	}
	if (found.more || found.cut)
		say_row(ROW(.id = "cudart.more", .status = INFO,
			    .found = found.cut ? "not the whole image was searched for CUDA libraries: it is too large"
					       : "there are more CUDA libraries in the image, which were not opened"));
}

static void say_not_started(const char *program, int error)
{
	char found[600];

	snprintf(found, sizeof(found), "'%.400s': %s", program, strerror(error));
	say_row(ROW(.id = "smoke.start", .status = FAIL, .code = "python-missing", .found = found,
		    .hint = "the image has no such interpreter"));
}

static void run_program(const struct options *o, long deadline)
{
	int status = 0;

	say_at("start %.200s", o->program[0]);
	const pid_t pid = start_child();
	if (pid == 0) {
		execvp(o->program[0], o->program);
		say_not_started(o->program[0], errno);
		_exit(NOT_STARTED);
	}
	if (pid < 0)
		say_no_fork("smoke.crash");
	else if (!wait_for(pid, deadline, &status))
		say_late("smoke.hang", o->program[0], o->timeout_ms);
	else if (WIFSIGNALED(status))
		say_killed("smoke.crash", o->program[0], WTERMSIG(status));
}

int main(int argc, char **argv)
{
	struct options o;

	(void)argc;
	if (!read_options(&o, argv)) {
		static const char usage[] = "usage: host [--timeout=SECONDS] [--cuda=X.Y] [--module=FILE] [--look=DIR] "
					    "[--quick] [--bench] [--no-gpu] [--tag=TEXT] "
					    "[--kernel-ms=N] [-- PROGRAM ARGUMENT...]\n";
		const ssize_t said = write(2, usage, sizeof(usage) - 1);
		(void)said;
		return USAGE;
	}
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_DUMPABLE, 0); /* what is started here must not read this program's memory */
	const long deadline = now_ms() + o.timeout_ms;
	if (!say_share())
		say_at("unknown");
	prove_gpu(&o, deadline);
	if (o.look && !ended_by)
		prove_libraries(&o, deadline);
	if (o.program && !ended_by)
		run_program(&o, deadline);
	if (ended_by)
		return 128 + ended_by;
	say_end();
	return 0;
}
