/* err.h — the one error value: why something could not be found out or done, with its subject.
 *
 * Functions return 0 or -1 and fill err once; callers add subjects in front with err_wrap(). The kind alone decides
 * retries and the exit code. "No" is an answer and no error: it never comes through here. Only main prints an error.
 * An err lives in its owner's frame (ERR_INIT); err_clear() releases detail. */
#pragma once

#include "base/mem.h"

#include <stdarg.h>

enum err_kind {
	ERR_NONE,
	ERR_USAGE,    /* options and operands: exit 2 */
	ERR_INPUT,    /* manifest, lock, template: exit 2 */
	ERR_AUTH,     /* a server wants other credentials: exit 3 */
	ERR_NET,      /* refused, reset, timed out: may be tried again; exit 3 */
	ERR_PROTOCOL, /* a wrong digest, a broken answer: never tried again; exit 3 */
	ERR_ENGINE,   /* the container engine or a step inside it: exit 4 */
	ERR_IO,	      /* file system: exit 5 */
	ERR_MISSING,  /* a needed tool or device is not there: exit 6 */
	ERR_CANCELED, /* a signal; sys holds its number: exit 128 + sys */
	ERR_INTERNAL, /* a fault of the program: exit 70 */
	ERR__MAX
};

struct err {
	enum err_kind kind;
	int sys;	 /* errno, or the signal of ERR_CANCELED; else 0 */
	char text[1024]; /* one line, without control characters */
	char hint[256];	 /* the next step, or empty */
	char *detail;	 /* owned: last lines of a log, or NULL */
};

#define ERR_INIT                                                                                                       \
	{                                                                                                              \
		.kind = ERR_NONE                                                                                       \
	}

/* Fills e, which must be empty (asserted). Control characters in the result become '?'. Always -1. */
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...) PRINTF(3, 4);
/* The same with kind ERR_IO and ": strerror(sys)" behind the text. */
int err_set_errno(struct err *e, int sys, const char *fmt, ...) PRINTF(3, 4);
/* Puts "TEXT: " in front of what e says; e must hold an error. Always -1. */
int err_wrap(struct err *e, const char *fmt, ...) PRINTF(2, 3);
/* Sets the hint, the next step for the user; e must hold an error. Always -1. */
int err_hint(struct err *e, const char *fmt, ...) PRINTF(2, 3);
/* Gives e the log tail (taken, malloc'ed, may be NULL); e must hold an error. */
void err_detail(struct err *e, char *detail);
/* Moves from into into, which must be empty; from is empty afterwards. Always -1. */
int err_move(struct err *into, struct err *from);
/* Releases what e owns and empties it, so that it may be filled again. */
void err_clear(struct err *e);
/* The documented exit code of an error (table in err.c; README lists it). 0 for an empty one. */
int err_exit_code(const struct err *e);
/* The kind's name as JSON shows it: "usage", "input", "auth", "network", ... Static. */
const char *err_kind_name(enum err_kind kind);
