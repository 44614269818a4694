/* cache.h — what servers answered before, on disk: so that it is asked for once, or only whether it changed.
 *
 * One file per answer, named by the hash of its key, written beside and renamed, readable by its owner alone. A cache
 * is an aid: what cannot be read, is cut short, was altered, belongs to somebody else or to another key is as if it
 * were not there, and what cannot be written is not kept; nothing here is an error. Credentials are never in it: keys
 * are URLs without user and password. Not here: which answers are kept and for how long (source/caller.h). */
#pragma once

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

#define CACHE_BODY_MAX	(32u << 20)
#define CACHE_TOTAL_MAX (256u << 20) /* the oldest go when all together are more */

struct cache;

/* An answer; texts are owned, NULL where it had none. */
struct cache_entry {
	char *etag, *type, *digest; /* headers ETag, Content-Type, Docker-Content-Digest */
	char *url;		    /* which answered in the end, without user and password */
	unsigned status;	    /* 404, 410 or 403: there is nothing of the kind, and the body is empty; 0: 200 */
	uint64_t at;		    /* when the server was last asked, seconds since 1970 */
	struct buf body;
};
#define CACHE_ENTRY_INIT                                                                                               \
	{                                                                                                              \
		.at = 0                                                                                                \
	}
void cache_entry_clear(struct cache_entry *e);

/* Opens the cache in that folder, which need not be there; the caller's. */
struct cache *cache_open(const char *dir) NODISCARD;
/* Trims it to CACHE_TOTAL_MAX where something was added. */
void cache_free(struct cache *c);
DEFINE_AUTO(cache, struct cache);

/* Fills *into, which is the caller's to clear, with what is kept under the key. False: nothing. */
bool cache_get(struct cache *c, const char *key, struct cache_entry *into) NODISCARD;
/* Keeps an answer under the key in place of an older one. */
void cache_put(struct cache *c, const char *key, const struct cache_entry *e);
/* Removes the oldest files until all are at most max bytes together. */
void cache_trim(struct cache *c, uint64_t max);

/* --- the parts, for tests and fuzzers --- */

void cache_entry_dump(const char *key, const struct cache_entry *e, struct buf *into);
/* Reads a file's bytes; false where they are not, whole and unaltered, what was kept under that key. */
bool cache_entry_parse(struct blob file, const char *key, struct cache_entry *into) NODISCARD;
