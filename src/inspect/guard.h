/* guard.h — work on hostile bytes in a child process: with limits, and gone when we are.
 *
 * libarchive ends a process when memory is short, and a fault of a parser must not take more with it than the one
 * answer. The child may print; its result and its error come back. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <signal.h>

/* Runs job(self) in a child; what it returns (0 and above, or -1 with err) is returned here. stop: a signal number ends
 * the child. ERR_PROTOCOL where the child died over its bytes, ERR_INTERNAL where none could be made. */
int guard_run(int (*job)(void *self, struct err *err), void *self, const volatile sig_atomic_t *stop,
	      struct err *err) NODISCARD;

/* The same while the caller goes on with something else, also from several threads: begun here ... */
struct guard;
void guard_free(struct guard *g); /* ends the child */
DEFINE_AUTO(guard, struct guard);
/* ... with a job that prints nothing and puts its answer into a buffer. ERR_INTERNAL. */
int guard_start(int (*job)(void *self, struct buf *answer, struct err *err), void *self, struct guard **ret,
		struct err *err) NODISCARD;
/* ... and waited for: the answer is appended. As guard_run(). */
int guard_finish(struct guard *g, const volatile sig_atomic_t *stop, struct buf *answer, struct err *err) NODISCARD;
