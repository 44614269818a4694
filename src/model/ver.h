/* ver.h — versions of Python packages: everything PEP 440 allows, parsed, normalised and put in its one order.
 *
 * A struct ver is a plain value of fixed size: copy it, compare it, free nothing. Spellings that mean the same
 * ("1.0-ALPHA.1", "1.0a1") parse to values that compare equal and format to the same text. Limits: release numbers
 * up to VER_PARTS, each number below 2^63, local label below VER_LOCAL bytes.
 * Not here: specifiers (model/spec.h), labels of wheels (model/label.h), CUDA and driver versions (model/cuda.h,
 * model/driver.h). */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define VER_PARTS 12
#define VER_LOCAL 80
#define VER_TEXT  448 /* room for any formatted version */

enum ver_pre { VER_PRE_NONE, VER_PRE_A, VER_PRE_B, VER_PRE_RC };

struct ver {
	uint64_t epoch;
	uint64_t release[VER_PARTS]; /* as written: 1.0 has two parts; those behind n_release are 0 */
	unsigned n_release;	     /* at least 1 in a parsed version */
	enum ver_pre pre;
	uint64_t pre_n;
	bool has_post, has_dev;
	uint64_t post_n, dev_n;
	char local[VER_LOCAL]; /* normalised: lower case, parts separated by "."; "" = none */
};

/* Reads a version; white space around it is allowed, as the PEP says. ERR_INPUT shows text and what is wrong; *ret is
 * set on success only. */
int ver_parse(const char *text, struct ver *ret, struct err *err) NODISCARD;
/* The same for the first len bytes of text. */
int ver_parse_n(const char *text, size_t len, struct ver *ret, struct err *err) NODISCARD;
/* MAJOR.MINOR.PATCH with nothing else. */
struct ver ver_make(uint64_t major, uint64_t minor, uint64_t patch) NODISCARD;

/* The total order of PEP 440 (dev < a < b < rc < release < +local < post): -1, 0 or 1. 1.0 equals 1.0.0. */
int ver_cmp(const struct ver *a, const struct ver *b) NODISCARD;
/* The same, local labels left out. */
int ver_cmp_public(const struct ver *a, const struct ver *b) NODISCARD;
/* Epoch and release numbers alone. */
int ver_cmp_release(const struct ver *a, const struct ver *b) NODISCARD;
/* Whether epoch, major and minor agree. */
bool ver_same_minor(const struct ver *a, const struct ver *b) NODISCARD;
/* Release number i; 0 behind the last. */
uint64_t ver_part(const struct ver *v, unsigned i) NODISCARD;
/* Pre-release or development release. */
bool ver_is_pre(const struct ver *v) NODISCARD;
/* v without its local label. */
struct ver ver_public(const struct ver *v) NODISCARD;

/* The normal form ("1!2.0rc1.post2.dev3+cu128") in into, which is returned. */
const char *ver_text(const struct ver *v, char into[VER_TEXT]);
/* The normal form without label. */
const char *ver_text_public(const struct ver *v, char into[VER_TEXT]);
/* "MAJOR.MINOR". */
const char *ver_text_minor(const struct ver *v, char into[VER_TEXT]);
