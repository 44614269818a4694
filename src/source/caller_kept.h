/* caller_kept.h — what of an answer is kept, and whether what was kept is what it must be. Private to source/caller*.c.
 */
#pragma once

#include "source/caller.h"

/* Whether a status says, where the caller of the call finds it sound, that there is nothing. */
bool caller_kept_absent(int status) NODISCARD;
/* Whether an entry fits the digests that go with it: the URL's (CALL_KEEP_EVER), and the one that was stated. */
bool caller_kept_whole(const struct cache_entry *e, const char *url, enum call_keep keep) NODISCARD;
/* Makes the entry of an answer, but for its age; a 304 leaves it as it is. False: such an answer is not kept. */
bool caller_kept_take(struct cache_entry *e, const struct http_head *h, const struct buf *body) NODISCARD;
