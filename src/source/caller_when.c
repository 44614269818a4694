#include "source/caller_when.h"

#include "adapt/http_url.h"
#include "base/str.h"
#include "source/caller.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define CLOCK_APART 300 /* seconds */

uint64_t caller_now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

long long caller_http_date(const char *value)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *comma = strchr(value, ',');
	if (!comma || strlen(comma) < strlen(", 01 Jan 2026 00:00:00 GMT"))
		return 0;
	const char *at = comma + 2;
	uint64_t day, year, hour, minute, second;
	if (!str_scan_u64(&at, 31, &day) || *at++ != ' ' || strlen(at) < strlen("Jan 2026 00:00:00"))
		return 0;
	char name[4] = {at[0], at[1], at[2], '\0'};
	const char *month = strstr(months, name);
	if (!month || (month - months) % 3 || at[3] != ' ')
		return 0;
	at += 4;
	if (!str_scan_u64(&at, 9999, &year) || *at++ != ' ' || !str_scan_u64(&at, 23, &hour) || *at++ != ':' ||
	    !str_scan_u64(&at, 59, &minute) || *at++ != ':' || !str_scan_u64(&at, 60, &second) || year < 1970)
		return 0;
	struct tm t = {.tm_mday = (int)day,
		       .tm_mon = (int)(month - months) / 3,
		       .tm_year = (int)year - 1900,
		       .tm_hour = (int)hour,
		       .tm_min = (int)minute,
		       .tm_sec = (int)second};
	return (long long)timegm(&t);
}

unsigned long caller_retry_after(const char *value, long long now)
{
	uint64_t seconds = 0;
	if (!value)
		return 0;
	if (str_to_u64(value, UINT32_MAX, &seconds))
		return (unsigned long)seconds;
	if (str_is_digit(*value) && strspn(value, "0123456789") == strlen(value))
		return UINT32_MAX;
	long long then = caller_http_date(value);
	return then > now ? (unsigned long)(then - now) : 0;
}

bool caller_status_passes(int status)
{
	switch (status) {
	case 408:
	case 429:
	case 500:
	case 502:
	case 503:
	case 504:
		return true;
	default:
		return false;
	}
}

bool caller_failure_passes(const struct err *err)
{
	/* said by adapt/http: the host does not exist, or nothing answers there; waiting seconds does not change that
	 */
	return err->kind == ERR_NET && err->sys != ECONNREFUSED && err->sys != EHOSTUNREACH &&
	       err->sys != ENETUNREACH && err->sys != ETIMEDOUT;
}

bool caller_content_range(const char *value, uint64_t *first, uint64_t *whole)
{
	uint64_t last;

	if (!value || !str_starts(value, "bytes "))
		return false;
	value += strlen("bytes ");
	return str_scan_u64(&value, INT64_MAX, first) && *value++ == '-' && str_scan_u64(&value, INT64_MAX, &last) &&
	       *value++ == '/' && str_to_u64(value, INT64_MAX, whole) && *first <= last && last < *whole;
}

void caller_hint_clock(const struct http_answer *a, struct err *err)
{
	const char *date = http_answer_get(a, "date");
	long long there = date ? caller_http_date(date) : 0, here = (long long)time(NULL);
	long long apart = there > here ? there - here : here - there;

	if (!there || apart < CLOCK_APART)
		return;
	AUTO_TEXT char *much = str_duration((uint64_t)apart), *shown = str_shown(date, 40);
	err_hint(err, "the clock here is %s %s that of the server (%s), and logins are bound to time", much,
		 there > here ? "behind" : "ahead of", shown);
}

void caller_say_over(const char *url, unsigned total_ms, struct err *err)
{
	AUTO_TEXT char *shown = http_url_shown(url), *time = str_duration(total_ms / 1000);

	err_clear(err);
	err_set(err, ERR_NET, "%s: not answered within the %s that there are for all questions", shown, time);
	err_hint(err, "CUDABUILD_NETWORK_TIMEOUT sets another time");
}
