/* Any bytes as a netrc file, a pip.conf, a uv.toml and a docker config.json: files of the user's, but never trusted
 * with memory. */
#include "source/credential.h"
#include "source/netrc.h"
#include "source/pyindex.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_TEXT char *text = xstrndup((const char *)data, size);
	struct blob file = {.name = "file", .data = text, .len = strlen(text)};
	AUTO_TEXT char *user = NULL, *password = NULL, *helper = NULL, *trouble = NULL;
	AUTO(credential) struct credential *c = xcalloc(1, sizeof(*c));
	if (netrc_search(file, "h.example", &user, &password))
		assert(user && password);
	AUTO_TEXT char *pip = pyindex_from_pip(file), *uv = pyindex_from_uv(file);
	assert(!pip || !strchr(pip, '\n'));
	assert(!uv || !strchr(uv, '\n'));
	int rc = credential_search(file, "h.example", "team/x", c, &helper, &trouble);
	assert((rc < 0) == (trouble != NULL));
	return 0;
}
