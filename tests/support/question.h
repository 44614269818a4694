/* question.h — one line of a golden table as a manifest, and the answer of resolve() as one line.
 *
 * A question is "torch=1.8.1 sparse=0.6.12 cuda=11.1;>=12.6 python=3.9 os=ubuntu20.04 base=os wheels=never
 * platform=linux/arm64 target=dgx:8.0:535.104.05": each word a key, repeated `target` adds one (name:gpu or
 * compute:driver, parts may be empty). */
#pragma once

#include "model/conflict.h"
#include "model/manifest.h"
#include "model/plan.h"

/* The caller's to question_free(). An unknown key fails the test. */
struct manifest *question_read(const char *text);
void question_free(struct manifest *m);
/* "cu111 torch 1.8.1 sparse 0.6.12 scatter 2.0.8 py 3.8 11.1.1-runtime-ubuntu20.04 | cu..."; a compiled package has a
 * star behind its version. The caller's to free. */
char *answer_of_plan(const struct plan *p);
/* "no cuda-major-mismatch" with the codes of all errors, or "unknown version-unknown". The caller's to free. */
char *answer_of_conflict(const struct conflict *c);
