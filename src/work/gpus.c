#include "work/gpus.h"

#include "base/str.h"

#include <dirent.h>
#include <stdint.h>
#include <string.h>

unsigned gpus_count(const char *dev)
{
	DIR *d = opendir(dev);
	unsigned n = 0;
	uint64_t number;

	for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d))
		n += str_starts(e->d_name, "nvidia") && str_to_u64(e->d_name + strlen("nvidia"), 4096, &number);
	if (d)
		closedir(d);
	return n;
}

static char *each_once(const char *ids)
{
	AUTO_STRV struct strv list = STRV_INIT;
	AUTO_STRV struct strv once = STRV_INIT;

	strv_split(&list, ids, ",");
	for (size_t i = 0; i < list.n; i++)
		if (!strv_has(&once, list.v[i]))
			strv_add(&once, list.v[i]);
	return strv_join(&once, ",");
}

char *gpus_ids(const char *asked, unsigned count)
{
	AUTO_BUF struct buf ids = BUF_INIT;

	if (asked && !str_eq(asked, "all"))
		return each_once(asked);
	if (count == 0)
		return NULL;
	for (unsigned i = 0; i < count; i++)
		buf_addf(&ids, "%s%u", i ? "," : "", i);
	return buf_take(&ids);
}

unsigned gpus_many(const char *ids)
{
	AUTO_STRV struct strv list = STRV_INIT;

	strv_split(&list, ids, ",");
	return (unsigned)list.n;
}

char *gpus_share(const char *ids, unsigned worker, unsigned workers)
{
	AUTO_STRV struct strv list = STRV_INIT;
	AUTO_STRV struct strv share = STRV_INIT;

	strv_split(&list, ids, ",");
	for (size_t i = worker; i < list.n; i += workers)
		strv_add(&share, list.v[i]);
	return strv_join(&share, ",");
}
