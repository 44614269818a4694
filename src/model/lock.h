/* lock.h — the plan as a file: cudabuild.lock, JSON with sorted keys, one value per line, so that diffs are meaningful.
 *
 * lock_dump() and lock_parse() are inverse, and the same plan gives the same bytes. A lock is committed and reviewed,
 * and still hostile input: every text of it is held to its grammar before it may reach a Dockerfile, a path or a
 * terminal. The key "format" is the lock's own schema number; a newer one is refused with the hint to use a newer
 * program. Notes of a plan (why a choice was made) are for those who watch it being made and are not kept. Not here:
 * whether a lock still fits its manifest (resolve), reading and writing the file (work/project). */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "model/plan.h"

#define LOCK_FORMAT   1
#define LOCK_SIZE_MAX (8u << 20)

/* Appends the lock's text. */
void lock_dump(const struct plan *p, struct buf *out);
/* Reads a lock. On success *ret is the caller's to plan_free(). ERR_INPUT names file and JSON pointer. */
int lock_parse(struct blob text, struct plan **ret, struct err *err) NODISCARD;
/* The sha256 (64 hex digits) of one variant's part of the lock, its name aside: what an image's label states, so that a
 * changed resolution shows and a changed neighbour does not. The caller's to free. */
char *lock_variant_sha256(const struct plan *p, const struct plan_variant *v) NODISCARD;
