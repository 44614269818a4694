#include "work/static_kept.h"

#include "adapt/digest.h"
#include "model/lock.h"
#include "source/cache.h"
#include "work/facts.h"

#include <time.h>

char *static_key(const struct plan *p, const struct plan_variant *v, const char *image_id)
{
	AUTO_BUF struct buf lock = BUF_INIT;
	char hex[HASH_HEX_SIZE];

	lock_dump(p, &lock);
	hash_hex(buf_blob(&lock, "lock"), hex);
	return xasprintf("static %s %s %s %s %s", image_id, v->name, hex, CUDABUILD_VERSION, facts_catalog()->id);
}

static struct cache *open_cache(void)
{
	AUTO_TEXT char *dir = facts_cache();

	return dir ? cache_open(dir) : NULL;
}

bool static_recall(const char *key, struct report **ret)
{
	AUTO(cache) struct cache *c = open_cache();
	struct cache_entry e = CACHE_ENTRY_INIT;
	struct err ignored = ERR_INIT;
	bool known = c && cache_get(c, key, &e) && report_parse(buf_blob(&e.body, "kept"), ret, &ignored) == 0;

	err_clear(&ignored);
	cache_entry_clear(&e);
	return known;
}

void static_remember(const char *key, const struct report *r)
{
	AUTO(cache) struct cache *c = open_cache();
	struct cache_entry e = {.at = (uint64_t)time(NULL)};

	if (!c || report_exit_code(r) != 0)
		return;
	report_json(&r, 1, &e.body);
	cache_put(c, key, &e);
	cache_entry_clear(&e);
}
