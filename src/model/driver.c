#include "model/driver.h"

#include "base/str.h"

#include <stdio.h>

#define OLDEST_BRANCH 100 /* none of CUDA's drivers is older */

#define PART_MAX 9999

static bool read_parts(const char *at, struct driver *d)
{
	uint64_t part[3] = {0};
	size_t n = 0;
	if (*at == 'R' || *at == 'r')
		at++;
	do {
		if (n == ARRAY_LEN(part) || !str_scan_u64(&at, PART_MAX, &part[n++]))
			return false;
	} while (*at == '.' && *++at);
	if (*at || at[-1] == '.' || part[0] == 0)
		return false;
	*d = (struct driver){(uint32_t)part[0], (uint32_t)part[1], (uint32_t)part[2], n == 3, n == 1};
	return true;
}

int driver_parse(const char *text, struct driver *ret, struct err *err)
{
	struct driver d = {.branch = 0};
	if (!read_parts(text, &d))
		return err_set(err, ERR_INPUT, "'%.80s' is not a driver version (535.104.05, 570.26 or 570)", text);
	if (d.branch < OLDEST_BRANCH) {
		err_set(err, ERR_INPUT, "'%.80s' is not a driver version: it looks like a CUDA version", text);
		return err_hint(err, "nvidia-smi prints the driver's behind \"Driver Version\": 535.104.05");
	}
	*ret = d;
	return 0;
}

static int cmp(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

int driver_cmp(const struct driver *a, const struct driver *b)
{
	int c = cmp(a->branch, b->branch);
	if (c == 0 && !a->whole && !b->whole)
		c = cmp(a->minor, b->minor);
	return c || a->whole || b->whole ? c : cmp(a->patch, b->patch);
}

const char *driver_text(const struct driver *d, char into[DRIVER_TEXT])
{
	if (d->has_patch)
		snprintf(into, DRIVER_TEXT, "%u.%u.%02u", d->branch, d->minor, d->patch);
	else if (d->minor)
		snprintf(into, DRIVER_TEXT, "%u.%u", d->branch, d->minor);
	else
		snprintf(into, DRIVER_TEXT, "%u", d->branch);
	return into;
}
