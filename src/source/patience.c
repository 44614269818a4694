#include "source/patience.h"

#include "base/str.h"

static int read_one(const char *name, unsigned seconds, unsigned *ret, struct err *err)
{
	const char *value = getenv(name);

	if (value && *value && !str_to_seconds(value, &seconds)) {
		AUTO_TEXT char *shown = str_shown(value, 40);

		return err_set(err, ERR_USAGE, "%s: '%s' is no time from 1s to 168h", name, shown);
	}
	*ret = seconds * 1000;
	return 0;
}

int patience_read(struct patience *ret, struct err *err)
{
	struct patience p = {.connect_ms = 0};

	if (read_one("CUDABUILD_CONNECT_TIMEOUT", 10, &p.connect_ms, err) < 0 ||
	    read_one("CUDABUILD_STALL_TIMEOUT", 30, &p.stall_ms, err) < 0 ||
	    read_one("CUDABUILD_NETWORK_TIMEOUT", 900, &p.total_ms, err) < 0)
		return -1;
	*ret = p;
	return 0;
}
