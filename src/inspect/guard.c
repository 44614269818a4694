#include "inspect/guard.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
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

struct result {
	int rc;
	struct err err; /* detail is NULL */
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

static void tell(int fd, const struct result *r)
{
	const char *at = (const char *)r;
	size_t left = sizeof(*r);

	while (left > 0) {
		ssize_t n = write(fd, at, left);

		if (n < 0 && errno != EINTR)
			_exit(70);
		if (n > 0) {
			at += n;
			left -= (size_t)n;
		}
	}
}

static void be_child(int (*job)(void *self, struct err *err), void *self, int fd, pid_t parent)
{
	struct result r = {.err = ERR_INIT};

	confine(parent);
	r.rc = job(self, &r.err);
	free(r.err.detail);
	r.err.detail = NULL;
	tell(fd, &r);
	_exit(0);
}

/* The child's words, or false where it died without any. */
static bool listen(int fd, pid_t child, const volatile sig_atomic_t *stop, struct result *r)
{
	char *at = (char *)r;
	size_t have = 0;
	bool told = false;

	while (have < sizeof(*r)) {
		ssize_t n = read(fd, at + have, sizeof(*r) - have);

		if (n < 0 && errno == EINTR) {
			if (stop && *stop && !told)
				kill(child, SIGTERM); /* its own handler ends the work */
			told = stop && *stop;
			continue;
		}
		if (n <= 0)
			return false;
		have += (size_t)n;
	}
	r->err.detail = NULL;
	r->err.text[sizeof(r->err.text) - 1] = '\0';
	r->err.hint[sizeof(r->err.hint) - 1] = '\0';
	return r->err.kind < ERR__MAX;
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

int guard_run(int (*job)(void *self, struct err *err), void *self, const volatile sig_atomic_t *stop, struct err *err)
{
	struct result r = {.err = ERR_INIT};
	pid_t parent = getpid(), child;
	int fds[2], status = 0;
	bool heard;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_set_errno(err, errno, "make a pipe");
	child = fork();
	if (child == 0) {
		close(fds[0]);
		be_child(job, self, fds[1], parent);
	}
	close(fds[1]);
	if (child < 0) {
		close(fds[0]);
		return err_set(err, ERR_INTERNAL, "no child process can be made");
	}
	heard = listen(fds[0], child, stop, &r);
	close(fds[0]);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (!heard)
		return died(status, stop, err);
	return r.rc < 0 ? err_move(err, &r.err) : r.rc;
}
