#include "inspect/guard.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0 /* a sanitizer's shadow memory is larger than any limit */
#endif

#define MEMORY_MAX (2ull << 30)
#define FILE_MAX   (64ull << 30) /* apparent size of sparse files */
#define CPU_MAX	   3600ull

#define ANSWER_MAX (256ull << 20)

enum { TURN_MS = 200 };

/* What the child says first; its answer follows. */
struct result {
	int rc;
	struct err err; /* detail is NULL */
	uint64_t answer;
};

struct guard {
	pid_t child; /* 0: gone */
	int fd;	     /* what it says */
};

static void limit(__rlimit_resource_t what, uint64_t most)
{
	struct rlimit now;

	if (getrlimit(what, &now) < 0)
		return;
	if (now.rlim_max == RLIM_INFINITY || now.rlim_max > most)
		now.rlim_max = most;
	if (now.rlim_cur == RLIM_INFINITY || now.rlim_cur > most)
		now.rlim_cur = most;
	setrlimit(what, &now); /* a limit that cannot be set is one that is lower already */
}

static void confine(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(70);
	if (!SANITIZED)
		limit(RLIMIT_AS, MEMORY_MAX);
	limit(RLIMIT_FSIZE, FILE_MAX);
	limit(RLIMIT_CPU, CPU_MAX);
	limit(RLIMIT_CORE, 0);
}

static void tell(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno != EINTR)
			_exit(70);
		if (n > 0) {
			at += n;
			len -= (size_t)n;
		}
	}
}

/* A job of either kind. */
struct job {
	bool answers;
	int (*print)(void *self, struct err *err);
	int (*answer)(void *self, struct buf *answer, struct err *err);
	void *self;
};

static void be_child(const struct job *job, int fd, pid_t parent)
{
	struct result r = {.err = ERR_INIT};
	struct buf answer = BUF_INIT;

	confine(parent);
	r.rc = job->answers ? job->answer(job->self, &answer, &r.err) : job->print(job->self, &r.err);
	free(r.err.detail);
	r.err.detail = NULL;
	r.answer = answer.len;
	tell(fd, &r, sizeof(r));
	tell(fd, answer.data, answer.len);
	_exit(0);
}

static int begin(const struct job *job, struct guard **ret, struct err *err)
{
	AUTO(guard) struct guard *g = xcalloc(1, sizeof(*g));
	pid_t parent = getpid();
	int fds[2];

	g->fd = -1;
	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_set_errno(err, errno, "make a pipe");
	g->fd = fds[0];
	g->child = fork();
	if (g->child == 0) {
		close(fds[0]);
		be_child(job, fds[1], parent);
	}
	close(fds[1]);
	if (g->child < 0) {
		g->child = 0;
		return err_set(err, ERR_INTERNAL, "no child process can be made");
	}
	*ret = TAKE(g);
	return 0;
}

void guard_free(struct guard *g)
{
	if (!g)
		return;
	if (g->child > 0) {
		kill(g->child, SIGKILL);
		while (waitpid(g->child, NULL, 0) < 0 && errno == EINTR)
			;
	}
	file_close(&g->fd);
	free(g);
}

/* --- listening --- */

/* The next bytes of what the child says; false where no more comes. A signal for us is passed on once: its own handler
 * ends the work. */
static bool listen(struct guard *g, const volatile sig_atomic_t *stop, bool *told, void *into, size_t len)
{
	char *at = into;

	while (len > 0) {
		struct pollfd p = {.fd = g->fd, .events = POLLIN};
		int ready = poll(&p, 1, TURN_MS);
		ssize_t n;

		if (stop && *stop && !*told) {
			kill(g->child, SIGTERM);
			*told = true;
		}
		if (ready <= 0)
			continue;
		n = read(g->fd, at, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

static bool hear_answer(struct guard *g, const volatile sig_atomic_t *stop, bool *told, uint64_t len,
			struct buf *answer)
{
	char piece[65536];

	while (len > 0) {
		size_t n = len < sizeof(piece) ? (size_t)len : sizeof(piece);

		if (!listen(g, stop, told, piece, n))
			return false;
		buf_add(answer, piece, n);
		len -= n;
	}
	return true;
}

/* The child's words, or false where it died without all of them. */
static bool hear(struct guard *g, const volatile sig_atomic_t *stop, struct result *r, struct buf *answer)
{
	bool told = false;

	if (!listen(g, stop, &told, r, sizeof(*r)))
		return false;
	r->err.detail = NULL;
	r->err.text[sizeof(r->err.text) - 1] = '\0';
	r->err.hint[sizeof(r->err.hint) - 1] = '\0';
	if (r->err.kind >= ERR__MAX || r->answer > (answer ? ANSWER_MAX : 0))
		return false;
	return hear_answer(g, stop, &told, r->answer, answer);
}

static int died(int status, const volatile sig_atomic_t *stop, struct err *err)
{
	if (stop && *stop) {
		err_set(err, ERR_CANCELED, "stopped");
		err->sys = *stop;
		return -1;
	}
	if (WIFSIGNALED(status))
		err_set(err, ERR_PROTOCOL, "reading it ended by signal %d", WTERMSIG(status));
	else
		err_set(err, ERR_PROTOCOL, "reading it ended early (status %d)", WEXITSTATUS(status));
	return err_hint(err, "it is broken, or larger than what is looked at");
}

static int finish(struct guard *g, const volatile sig_atomic_t *stop, struct buf *answer, struct err *err)
{
	struct result r = {.err = ERR_INIT};
	bool heard = hear(g, stop, &r, answer);
	int status = 0;

	file_close(&g->fd); /* one that still talks ends */
	while (waitpid(g->child, &status, 0) < 0 && errno == EINTR)
		;
	g->child = 0;
	if (!heard)
		return died(status, stop, err);
	if (r.err.kind == ERR_CANCELED && stop && *stop)
		r.err.sys = *stop; /* the child names the signal that was passed on to it */
	return r.rc < 0 ? err_move(err, &r.err) : r.rc;
}

int guard_run(int (*job)(void *self, struct err *err), void *self, const volatile sig_atomic_t *stop, struct err *err)
{
	AUTO(guard) struct guard *g = NULL;

	if (begin(&(struct job){.print = job, .self = self}, &g, err) < 0)
		return -1;
	return finish(g, stop, NULL, err);
}

int guard_start(int (*job)(void *self, struct buf *answer, struct err *err), void *self, struct guard **ret,
		struct err *err)
{
	return begin(&(struct job){.answers = true, .answer = job, .self = self}, ret, err);
}

int guard_finish(struct guard *g, const volatile sig_atomic_t *stop, struct buf *answer, struct err *err)
{
	return finish(g, stop, answer, err);
}
