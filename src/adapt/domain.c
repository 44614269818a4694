#include "adapt/domain.h"

#include "base/str.h"

#include <libpsl.h>
#include <pthread.h>
#include <string.h>

static const psl_ctx_t *list;

/* Kept until the program ends. */
static void load(void)
{
	list = psl_latest(NULL);
}

bool domain_is_shared(const char *name)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT; /* variants are built in threads */
	AUTO_TEXT char *low = str_lowered(name);
	if (str_ends(low, "."))
		low[strlen(low) - 1] = '\0';
	pthread_once(&once, load);
	return !list || psl_is_public_suffix(list, low);
}
