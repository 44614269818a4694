/* caller_when.h — when a call is tried again: what servers ask for, and which faults pass. Private to source/caller*.c,
 * but for tests. */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/* Milliseconds on the monotonic clock. */
uint64_t caller_now_ms(void) NODISCARD;
/* Seconds since 1970 of "Wed, 21 Oct 2015 07:28:00 GMT"; 0 where it is none. */
long long caller_http_date(const char *value) NODISCARD;
/* Whether a status (408, 429, 500, 502, 503, 504), or a failed connection, may be another one soon. */
bool caller_status_passes(int status) NODISCARD;
bool caller_failure_passes(const struct err *err) NODISCARD;
/* Says in place of what err says that the time for all calls is over. */
void caller_say_over(const char *url, unsigned total_ms, struct err *err);
/* The first byte and the whole size of "bytes 100-199/200"; false where it is none of that form. */
bool caller_content_range(const char *value, uint64_t *first, uint64_t *whole) NODISCARD;
