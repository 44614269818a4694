#include "source/caller_rest.h"

#include "adapt/http_url.h"
#include "base/str.h"
#include "source/caller_when.h"

#include <errno.h>
#include <string.h>

#define PROGRESS   (1024 * 1024) /* bytes after which a stream that breaks is no failed try */
#define SLOW_BYTES 64		 /* per ms */

void rest_clear(struct rest *r)
{
	free(r->etag);
	r->etag = NULL;
}

size_t rest_begin(struct rest *r, const struct http_head *h)
{
	const char *length = http_head_get(h, "content-length"), *etag = http_head_get(h, "etag");
	uint64_t len = 0;

	if (length && !str_to_u64(length, SIZE_MAX / 2, &len))
		len = 0;
	rest_clear(r);
	r->etag = etag && *etag == '"' ? xstrdup(etag) : NULL; /* W/"..." is no promise about bytes */
	r->passed = r->broke_at = 0;
	r->whole = len;
	r->resuming = false;
	return (size_t)len;
}

int rest_check(const struct rest *r, const struct http_head *h, struct err *err)
{
	const char *etag = http_head_get(h, "etag");
	uint64_t first = 0, whole = 0;

	if (caller_content_range(http_head_get(h, "content-range"), &first, &whole) && first == r->passed &&
	    (!r->whole || r->whole == whole) && (!etag || !r->etag || str_eq(etag, r->etag)))
		return 0;
	AUTO_TEXT char *shown = http_url_shown(h->url);
	return err_set(err, ERR_PROTOCOL, "%s: answers with another part of the file than was asked for", shown);
}

void rest_broke(struct rest *r, const char *url, bool *progress)
{
	*progress = r->resuming && r->passed >= r->broke_at + PROGRESS;
	r->broke_at = r->passed;
	r->resuming = r->passed && (r->etag || strstr(url, "/sha256:"));
}

void rest_ask(const struct rest *r, struct strv *into)
{
	strv_addf(into, "Range: bytes=%llu-", (unsigned long long)r->passed);
	if (r->etag)
		strv_addf(into, "If-Range: %s", r->etag);
}

int rest_pace(const struct rest *r, unsigned limit_ms, const char *url, struct err *err)
{
	uint64_t ms = caller_now_ms() - r->began;

	if (ms < limit_ms || r->passed / ms >= SLOW_BYTES)
		return 0;
	AUTO_TEXT char *shown = http_url_shown(url), *size = str_size(r->passed), *time = str_duration(ms / 1000);
	err_set(err, ERR_NET, "%s: too slow: %s in %s", shown, size, time);
	err->sys = ETIMEDOUT;
	return -1;
}
