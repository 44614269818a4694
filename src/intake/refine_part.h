/* refine_part.h — the parts of refine: each looks at one kind of hit and completes the cause.
 *
 * Each returns false where the text is none of ours. Not here: which part a row asks for (intake/failure.h). */
#pragma once

#include "intake/refine.h"

struct refining {
	const struct pattern_hit *hit;
	struct blob text; /* the whole log, without noise */
	const struct witnesses *seen;
	const struct catalog *catalog;
};

bool refine_pair(const struct refining *r, struct cause *c) NODISCARD;
bool refine_soname(const struct refining *r, struct cause *c) NODISCARD;
bool refine_nvlib(const struct refining *r, struct cause *c) NODISCARD;
bool refine_symbol(const struct refining *r, struct cause *c) NODISCARD;
bool refine_extension(const struct refining *r, struct cause *c) NODISCARD;
bool refine_driver(const struct refining *r, struct cause *c) NODISCARD;
bool refine_require(const struct refining *r, struct cause *c) NODISCARD;
bool refine_arch(const struct refining *r, struct cause *c) NODISCARD;
bool refine_device(const struct refining *r, struct cause *c) NODISCARD;
bool refine_old(const struct refining *r, struct cause *c) NODISCARD;
bool refine_capability(const struct refining *r, struct cause *c) NODISCARD;
bool refine_glibc(const struct refining *r, struct cause *c) NODISCARD;
bool refine_image(const struct refining *r, struct cause *c) NODISCARD;

/* Sets what is not NULL (owned texts, taken); code may be NULL too. */
void cause_say(struct cause *c, const char *code, char *because, char *proof, char *fix);
/* Appends to one of the sentences. */
void cause_more(char **sentence, const char *behind);
/* Whether the text holds any of the parts. */
bool text_has_any(const char *text, const char *const *parts, size_t n) NODISCARD;
