/* challenge.h — what a WWW-Authenticate header asks for.
 *
 * Reads RFC 9110 challenges as registries send them: several in one line or several lines, quoted strings with commas
 * and escapes, schemes in any case. Everything in it is hostile. Not here: who gets which credentials
 * (source/credential.h), fetching tokens (source/token.h). */
#pragma once

#include "base/mem.h"
#include "base/strv.h"

/* The challenge that is answered: Bearer before Basic. Texts are owned, NULL where not given. */
struct challenge {
	bool bearer, basic;
	char *realm, *service, *scope, *error; /* of the Bearer challenge */
};

void challenge_clear(struct challenge *c);
/* Adds what one header line holds; parts that cannot be read are left out. The first Bearer challenge counts. */
void challenge_add(struct challenge *c, const char *header);

static inline void challenge_clear_auto_(struct challenge *c)
{
	challenge_clear(c);
}
#define AUTO_CHALLENGE __attribute__((cleanup(challenge_clear_auto_)))
