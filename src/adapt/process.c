#include "adapt/process.h"

#include "base/file.h"
#include "base/str.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KEEP_DEFAULT (1024UL * 1024)
#define GRACE_MS     2000 /* between SIGTERM and SIGKILL */
#define SLICE_MS     50	  /* how often an end is looked for where the kernel cannot announce it */
#define PIECE	     16384
#define LAST_PIECES  64 /* more than a pipe holds */

struct proc {
	pid_t pid; /* 0 once it was waited for */
	char *name;
	int pidfd, in, out[2]; /* -1: not there or closed */
	struct blob input;
	size_t sent, max[2];
	int (*on_data)(void *self, int which, struct blob piece, struct err *err);
	void *self;
	uint64_t deadline, kill_at; /* in ms; 0: none */
	struct proc_end end;
};

void proc_end_clear(struct proc_end *e)
{
	buf_clear(&e->out);
	buf_clear(&e->err);
	*e = (struct proc_end)PROC_END_INIT;
}

static uint64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* --- finding and starting --- */

static bool is_program(const char *path)
{
	return access(path, X_OK) == 0 && !file_is_dir(path);
}

char *proc_find(const char *name)
{
	if (*name == '\0')
		return NULL;
	if (strchr(name, '/'))
		return is_program(name) ? xstrdup(name) : NULL;
	const char *path = getenv("PATH");
	AUTO_STRV struct strv dirs = STRV_INIT;
	strv_split(&dirs, path ? path : "/usr/local/bin:/usr/bin:/bin", ":");
	for (size_t i = 0; i < dirs.n; i++) {
		AUTO_TEXT char *at = file_join(dirs.v[i], name);
		if (is_program(at))
			return TAKE(at);
	}
	return NULL;
}

/* Whether entry "NAME=VALUE" is about the first len bytes of name. */
static bool is_about(const char *entry, const char *name, size_t len)
{
	return strncmp(entry, name, len) == 0 && entry[len] == '=';
}

static bool is_replaced(const struct proc_spec *s, const char *entry)
{
	for (const char *const *e = s->env; e && *e; e++) {
		if (is_about(entry, *e, strcspn(*e, "=")))
			return true;
	}
	for (const char *const *name = s->env_without; name && *name; name++) {
		if (is_about(entry, *name, strlen(*name)))
			return true;
	}
	return false;
}

static void make_env(const struct proc_spec *s, struct strv *into)
{
	for (char **e = environ; e && *e; e++) {
		if (!is_replaced(s, *e))
			strv_add(into, *e);
	}
	for (const char *const *e = s->env; e && *e; e++)
		strv_add(into, *e);
	if (into->n == 0)
		strv_add(into, "LC_ALL=C"); /* an empty list has no terminator */
}

/* A pipe whose ends are above the standard descriptors and closed in every child. */
static int make_pipe(int ends[2], struct err *err)
{
	int raw[2];
	if (pipe2(raw, O_CLOEXEC) < 0)
		return err_set_errno(err, errno, "make a pipe");
	for (int i = 0; i < 2; i++) {
		ends[i] = fcntl(raw[i], F_DUPFD_CLOEXEC, 3);
		close(raw[i]);
	}
	if (ends[0] < 0 || ends[1] < 0)
		return err_set_errno(err, errno, "make a pipe");
	return 0;
}

/* The child's ends of the pipes; -1 where there is none. */
struct child_ends {
	int in, out[2];
};

static int make_pipes(struct proc *p, const struct proc_spec *s, struct child_ends *c, struct err *err)
{
	int ends[2] = {-1, -1};
	if (s->input.len > 0) {
		int rc = make_pipe(ends, err);
		c->in = ends[0];
		p->in = ends[1];
		if (rc < 0)
			return -1;
	}
	for (int i = 0; i < (s->merge ? 1 : 2); i++) {
		ends[0] = ends[1] = -1;
		int rc = make_pipe(ends, err);
		p->out[i] = ends[0];
		c->out[i] = ends[1];
		if (rc < 0)
			return -1;
		fcntl(p->out[i], F_SETFL, O_NONBLOCK);
	}
	if (p->in >= 0)
		fcntl(p->in, F_SETFL, O_NONBLOCK);
	return 0;
}

static void set_actions(posix_spawn_file_actions_t *acts, const struct proc_spec *s, const struct child_ends *c)
{
	posix_spawn_file_actions_init(acts);
	if (c->in >= 0)
		posix_spawn_file_actions_adddup2(acts, c->in, 0);
	else
		posix_spawn_file_actions_addopen(acts, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(acts, c->out[0], 1);
	posix_spawn_file_actions_adddup2(acts, s->merge ? c->out[0] : c->out[1], 2);
	posix_spawn_file_actions_addclosefrom_np(acts, 3);
	if (s->dir)
		posix_spawn_file_actions_addchdir_np(acts, s->dir);
}

static void set_attributes(posix_spawnattr_t *attr)
{
	sigset_t none, all;
	sigemptyset(&none);
	sigfillset(&all);
	sigdelset(&all, SIGKILL);
	sigdelset(&all, SIGSTOP);
	posix_spawnattr_init(attr);
	posix_spawnattr_setpgroup(attr, 0);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setsigdefault(attr, &all);
	posix_spawnattr_setflags(attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static int spawn(struct proc *p, const struct proc_spec *s, const char *path, const struct child_ends *c,
		 struct err *err)
{
	AUTO_STRV struct strv env = STRV_INIT, argv = STRV_INIT;
	make_env(s, &env);
	for (const char *const *a = s->argv; *a; a++)
		strv_add(&argv, *a);
	assert(argv.v && env.v);
	posix_spawn_file_actions_t acts;
	posix_spawnattr_t attr;
	set_actions(&acts, s, c);
	set_attributes(&attr);
	int rc = posix_spawn(&p->pid, path, &acts, &attr, argv.v, env.v);
	posix_spawn_file_actions_destroy(&acts);
	posix_spawnattr_destroy(&attr);
	if (rc == 0)
		return 0;
	p->pid = 0;
	if (s->dir && !file_is_dir(s->dir))
		return err_set(err, ERR_IO, "run '%s': '%s' is no folder", s->argv[0], s->dir);
	return err_set_errno(err, rc, "run '%s'", s->argv[0]);
}

static struct proc *proc_new(const struct proc_spec *s)
{
	struct proc *p = xcalloc(1, sizeof(*p));
	p->name = xstrdup(s->argv[0]);
	p->pidfd = p->in = p->out[0] = p->out[1] = -1;
	p->input = s->input;
	p->max[0] = s->out_max > 0 ? s->out_max : KEEP_DEFAULT;
	p->max[1] = s->err_max > 0 ? s->err_max : KEEP_DEFAULT;
	p->on_data = s->on_data;
	p->self = s->self;
	p->deadline = s->timeout_ms > 0 ? now_ms() + s->timeout_ms : 0;
	return p;
}

int proc_start(const struct proc_spec *spec, struct proc **ret, struct err *err)
{
	AUTO_TEXT char *path = strchr(spec->argv[0], '/') ? xstrdup(spec->argv[0]) : proc_find(spec->argv[0]);
	if (!path)
		return err_set(err, ERR_MISSING, "'%s' is not installed (not found in PATH)", spec->argv[0]);
	AUTO(proc) struct proc *p = proc_new(spec);
	struct child_ends c = {.in = -1, .out = {-1, -1}};
	int rc = make_pipes(p, spec, &c, err);
	if (rc == 0)
		rc = spawn(p, spec, path, &c, err);
	file_close(&c.in);
	file_close(&c.out[0]);
	file_close(&c.out[1]);
	if (rc < 0)
		return -1;
	p->pidfd = pidfd_open(p->pid, 0);
	*ret = TAKE(p);
	return 0;
}

/* --- moving bytes --- */

/* write() that gives EPIPE and no signal. */
static ssize_t write_quietly(int fd, const char *data, size_t len)
{
	sigset_t pipe_only, old, pending;
	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	sigpending(&pending);
	pthread_sigmask(SIG_BLOCK, &pipe_only, &old);
	ssize_t n = write(fd, data, len);
	int saved = errno;
	if (n < 0 && saved == EPIPE && !sigismember(&pending, SIGPIPE))
		sigtimedwait(&pipe_only, NULL, &(struct timespec){.tv_sec = 0});
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	errno = saved;
	return n;
}

/* Whoever does not read all of its input is free to: that is no fault of ours. */
static void feed(struct proc *p)
{
	ssize_t n = write_quietly(p->in, p->input.data + p->sent, p->input.len - p->sent);
	if (n > 0)
		p->sent += (size_t)n;
	bool again = n < 0 && (errno == EAGAIN || errno == EINTR);
	if (!again && (n < 0 || p->sent == p->input.len))
		file_close(&p->in);
}

static void keep(struct proc *p, int i, struct blob piece)
{
	struct buf *into = i == 0 ? &p->end.out : &p->end.err;
	size_t room = p->max[i] - into->len;
	p->end.cut = p->end.cut || piece.len > room;
	buf_add(into, piece.data, piece.len < room ? piece.len : room);
}

/* Reads one piece of output i: 1 something came, 0 nothing more for now, -1 err. */
static int take_piece(struct proc *p, int i, struct err *err)
{
	char data[PIECE];
	if (p->out[i] < 0)
		return 0;
	ssize_t n = read(p->out[i], data, sizeof(data));
	if (n < 0 && errno == EINTR)
		return 1;
	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n <= 0) {
		file_close(&p->out[i]);
		return 0;
	}
	struct blob piece = {.name = p->name, .data = data, .len = (size_t)n};
	if (p->on_data)
		return p->on_data(p->self, i + 1, piece, err) < 0 ? -1 : 1;
	keep(p, i, piece);
	return 1;
}

/* --- ending --- */

void proc_kill(struct proc *p, int signal)
{
	if (p->pid > 0)
		kill(-p->pid, signal);
}

static bool has_ended(const struct proc *p)
{
	siginfo_t info = {.si_pid = 0};
	return waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == p->pid;
}

/* Ends what is left of the group while its number cannot be anybody else's, then waits for the child. */
static void reap(struct proc *p)
{
	int status = 0;
	proc_kill(p, SIGKILL);
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
	p->pid = 0;
	if (WIFSIGNALED(status))
		p->end.signal = WTERMSIG(status);
	p->end.code = p->end.signal > 0 ? 128 + p->end.signal : WEXITSTATUS(status);
}

static int finish(struct proc *p, struct err *err)
{
	reap(p);
	file_close(&p->in);
	for (int i = 0; i < 2; i++) {
		int rc = 1;
		for (int n = 0; rc > 0 && n < LAST_PIECES; n++)
			rc = take_piece(p, i, err);
		if (rc < 0)
			return -1;
		file_close(&p->out[i]);
	}
	return 1;
}

/* First SIGTERM, so that the program can clean up; SIGKILL when it takes too long. */
static void end_by_time(struct proc *p)
{
	uint64_t now = now_ms();
	if (p->kill_at > 0 && now >= p->kill_at) {
		proc_kill(p, SIGKILL);
	} else if (p->kill_at == 0 && p->deadline > 0 && now >= p->deadline) {
		p->end.timed_out = true;
		p->kill_at = now + GRACE_MS;
		proc_kill(p, SIGTERM);
	}
}

static int bounded_wait(const struct proc *p, int wait_ms)
{
	uint64_t wait = wait_ms < 0 ? 1000 : (uint64_t)wait_ms;
	uint64_t until = p->kill_at > 0 ? p->kill_at : p->deadline;
	uint64_t now = until > 0 ? now_ms() : 0;
	if (until > 0 && wait > (until > now ? until - now : 0))
		wait = until > now ? until - now : 0;
	if (p->pidfd < 0 && wait > SLICE_MS)
		wait = SLICE_MS;
	return (int)wait;
}

static int move_bytes(struct proc *p, const struct pollfd fds[4], struct err *err)
{
	if (fds[0].revents)
		feed(p);
	for (int i = 0; i < 2; i++) {
		if (fds[1 + i].revents && take_piece(p, i, err) < 0) {
			reap(p);
			return -1;
		}
	}
	return 0;
}

int proc_poll(struct proc *p, int wait_ms, struct err *err)
{
	if (p->pid == 0)
		return 1;
	struct pollfd fds[4] = {
		{.fd = p->in, .events = POLLOUT},
		{.fd = p->out[0], .events = POLLIN},
		{.fd = p->out[1], .events = POLLIN},
		{.fd = p->pidfd, .events = POLLIN},
	};
	int n = poll(fds, ARRAY_LEN(fds), bounded_wait(p, wait_ms));
	if (n > 0 && move_bytes(p, fds, err) < 0)
		return -1;
	end_by_time(p);
	return has_ended(p) ? finish(p, err) : 0;
}

void proc_take_end(struct proc *p, struct proc_end *ret)
{
	assert(p->pid == 0);
	*ret = p->end;
	p->end = (struct proc_end)PROC_END_INIT;
}

void proc_free(struct proc *p)
{
	if (!p)
		return;
	if (p->pid > 0)
		reap(p);
	file_close(&p->pidfd);
	file_close(&p->in);
	file_close(&p->out[0]);
	file_close(&p->out[1]);
	proc_end_clear(&p->end);
	free(p->name);
	free(p);
}

/* Asks the child to end, kills it when it does not; its last output is dropped. */
static int cancel_run(struct proc *p, int signal, struct err *err)
{
	struct err ignored = ERR_INIT;
	p->kill_at = now_ms() + GRACE_MS;
	proc_kill(p, SIGTERM);
	int rc;
	do
		rc = proc_poll(p, GRACE_MS, &ignored);
	while (rc == 0);
	err_clear(&ignored);
	err_set(err, ERR_CANCELED, "run '%s': interrupted", p->name);
	err->sys = signal;
	return -1;
}

int proc_run(const struct proc_spec *spec, const volatile int *cancel, struct proc_end *ret, struct err *err)
{
	AUTO(proc) struct proc *p = NULL;
	if (proc_start(spec, &p, err) < 0)
		return -1;
	assert(p);
	int rc = 0;
	while (rc == 0) {
		if (cancel && *cancel != 0)
			return cancel_run(p, *cancel, err);
		rc = proc_poll(p, 500, err);
	}
	if (rc < 0)
		return -1;
	proc_take_end(p, ret);
	return 0;
}
