#include "source/caller_kept.h"

#include "adapt/digest.h"
#include "adapt/http_url.h"
#include "base/str.h"

#include <string.h>

bool caller_kept_absent(int status)
{
	return status == 403 || status == 404 || status == 410;
}

bool caller_kept_whole(const struct cache_entry *e, const char *url, enum call_keep keep)
{
	const char *named = keep == CALL_KEEP_EVER ? strstr(url, "sha256:") : NULL;
	const char *stated = e->digest && str_starts(e->digest, "sha256:") ? e->digest : NULL;
	char hex[HASH_HEX_SIZE];

	if (e->status)
		return keep == CALL_KEEP_YOUNG && !e->body.len;
	hash_hex(buf_blob(&e->body, "body"), hex);
	return (keep != CALL_KEEP_EVER || (named && str_eq(named + strlen("sha256:"), hex))) &&
	       (!stated || str_eq(stated + strlen("sha256:"), hex));
}

bool caller_kept_take(struct cache_entry *e, const struct http_head *h, const struct buf *body)
{
	struct err ignored = ERR_INIT;
	AUTO(http_url) struct http_url *url = NULL;

	if (http_head_get(h, "content-encoding") || http_url_parse(h->url, &url, &ignored) < 0) {
		err_clear(&ignored);
		return false;
	}
	if (caller_kept_absent(h->status)) {
		cache_entry_clear(e);
		*e = (struct cache_entry){.status = (unsigned)h->status, .url = http_url_bare(url)};
	} else if (h->status == 200) {
		cache_entry_clear(e);
		*e = (struct cache_entry){.etag = xstrdup(http_head_get(h, "etag")),
					  .type = xstrdup(http_head_get(h, "content-type")),
					  .digest = xstrdup(http_head_get(h, "docker-content-digest")),
					  .url = http_url_bare(url)};
		buf_add(&e->body, body->data, body->len);
	}
	return true;
}
