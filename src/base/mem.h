/* mem.h — memory that is there or ends the process, and release at the end of a scope.
 *
 * Running out of memory is not reported as an error: mem.c prints one message and leaves with _exit(70).
 * One idiom for owned values: AUTO(plan) struct plan *p = NULL; frees p with plan_free() when the scope is left;
 * *ret = TAKE(p); hands it on. Not here: growing byte buffers (base/buf.h). */
#pragma once

#include <stddef.h>
#include <stdlib.h>

#define NODISCARD	   __attribute__((warn_unused_result))
#define PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define ARRAY_LEN(a)	   (sizeof(a) / sizeof((a)[0]))

/* Defines x_free_auto_(), which AUTO(x) calls; x_free(struct x *) must take NULL and half-built values. */
#define DEFINE_AUTO(name, type)                                                                                        \
	static inline void name##_free_auto_(type **p)                                                                 \
	{                                                                                                              \
		name##_free(*p);                                                                                       \
	}                                                                                                              \
	_Static_assert(sizeof(type *) > 0, "")

/* Frees the variable by name_free() when its scope ends. */
#define AUTO(name) __attribute__((cleanup(name##_free_auto_)))

/* The pointer's value; the variable becomes NULL, so that its AUTO frees nothing. */
#define TAKE(p)                                                                                                        \
	__extension__({                                                                                                \
		__typeof__(p) taken_ = (p);                                                                            \
		(p) = NULL;                                                                                            \
		taken_;                                                                                                \
	})

/* char * that free() releases at the end of its scope. */
static inline void mem_text_free_auto_(char **p)
{
	free(*p);
}
#define AUTO_TEXT __attribute__((cleanup(mem_text_free_auto_)))

/* At least n bytes; never NULL, n = 0 included. */
void *xmalloc(size_t n) NODISCARD;
/* n items of the given size, all bytes zero. */
void *xcalloc(size_t n, size_t size) NODISCARD;
/* p grown or shrunk to n items of the given size; an overflow of the product ends the process too. */
void *xreallocarray(void *p, size_t n, size_t size) NODISCARD;
/* A copy of text; of NULL it is NULL. */
char *xstrdup(const char *text) NODISCARD;
/* A copy of the first n bytes of text (fewer where it ends), with a NUL behind. */
char *xstrndup(const char *text, size_t n) NODISCARD;
/* printf into new memory. */
char *xasprintf(const char *fmt, ...) PRINTF(1, 2) NODISCARD;
/* Ends the process as all the above do when memory is short; for the hooks of foreign libraries. */
void mem_short(void) __attribute__((noreturn));
/* The next capacity of an array that holds have of cap items and must take one more. */
size_t mem_grow(size_t cap) NODISCARD;
