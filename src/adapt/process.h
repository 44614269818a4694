/* process.h — other programs: run with an argument list and bounded output, never through a shell.
 *
 * The child gets its own process group, no descriptors but 0, 1 and 2, default signals, and the given bytes or nothing
 * as standard input. How it ended is an answer (struct proc_end), not an error; err is for what could not be started or
 * read: ERR_MISSING (the program is not there; proc_find() looks first), ERR_IO, ERR_CANCELED. A running child that is
 * freed is killed with its group and waited for. */
#pragma once

#include "base/err.h"
#include "base/strv.h"

#include <poll.h>

struct proc_spec {
	const char *const *argv; /* NULL-terminated; argv[0] is looked for in PATH when it holds no slash */
	const char *const *env;	 /* NULL-terminated "NAME=VALUE" that add to or replace our environment; NULL: none */
	const char *const *env_without; /* NULL-terminated names that the child does not get; NULL: none */
	const char *dir;		/* working directory; NULL: ours */
	struct blob input;		/* standard input; borrowed until the child has ended */
	size_t out_max,
		err_max;     /* bytes kept of each output, the first ones of it; 0: 1 MiB. More is read and dropped */
	unsigned timeout_ms; /* 0: none */
	bool merge;	     /* standard error goes where standard output goes */
	/* Called with pieces of standard output (which = 1) or error (2) as they come, in place of keeping them; NULL:
	 * kept. -1 with err kills the child and is the result. */
	int (*on_data)(void *self, int which, struct blob piece, struct err *err);
	void *self;
};

struct proc_end {
	int code;	     /* exit status; 128 + signal when one ended it */
	int signal;	     /* the signal that ended it, else 0 */
	bool timed_out;	     /* it was killed because timeout_ms were over */
	bool cut;	     /* more came than out_max or err_max */
	struct buf out, err; /* kept output; released by proc_end_clear() */
};

#define PROC_END_INIT                                                                                                  \
	{                                                                                                              \
		.code = 0                                                                                              \
	}
void proc_end_clear(struct proc_end *e);
static inline void proc_end_clear_auto_(struct proc_end *e)
{
	proc_end_clear(e);
}
/* AUTO_PROC_END struct proc_end end = PROC_END_INIT; */
#define AUTO_PROC_END __attribute__((cleanup(proc_end_clear_auto_)))

/* Runs it to its end. *cancel (may be NULL) turning non-zero, as a signal handler does, kills the child: ERR_CANCELED
 * with that signal. */
int proc_run(const struct proc_spec *spec, const volatile int *cancel, struct proc_end *ret, struct err *err) NODISCARD;

/* The same in steps, for several at once: start, poll until it says 1, then take the end. */
struct proc;
int proc_start(const struct proc_spec *spec, struct proc **ret,
	       struct err *err) NODISCARD; /* spec's texts may go; self, input stay */
/* Moves bytes for at most wait_ms. 0 still running, 1 ended, -1 err (the child is dead then). */
int proc_poll(struct proc *p, int wait_ms, struct err *err) NODISCARD;
/* The end of a child for which proc_poll() said 1; the output is the caller's from then on. */
void proc_take_end(struct proc *p, struct proc_end *ret);
/* Sends the signal to the child's group, if it still runs. */
void proc_kill(struct proc *p, int signal);
void proc_free(struct proc *p);
DEFINE_AUTO(proc, struct proc);

/* The path of a program: of name itself when it holds a slash, else the first executable file in PATH. NULL: none.
 * The caller's. */
char *proc_find(const char *name) NODISCARD;
