/* Any bytes as a WWW-Authenticate header, twice: the second line takes nothing of the first away. */
#include "source/challenge.h"

#include "base/str.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_CHALLENGE struct challenge c = {.bearer = false};
	AUTO_TEXT char *header = xstrndup((const char *)data, size);
	challenge_add(&c, header);
	AUTO_TEXT char *realm = xstrdup(c.realm);
	bool bearer = c.bearer;
	assert(!realm || (bearer && strlen(realm) < strlen(header)));
	challenge_add(&c, header);
	assert(c.bearer == bearer && str_eq(c.realm, realm));
	return 0;
}
