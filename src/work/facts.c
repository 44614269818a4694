#include "work/facts.h"

#include "base/file.h"

char *facts_cache(void)
{
	const char *own = getenv("CUDABUILD_CACHE"), *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (own && *own)
		return own[0] == '/' ? xstrdup(own) : NULL;
	if (xdg && xdg[0] == '/')
		return file_join(xdg, "cudabuild");
	return home && home[0] == '/' ? file_join(home, ".cache/cudabuild") : NULL;
}

/* The catalog with the overlay of that file, or NULL. */
static struct catalog *read_overlay(const char *path)
{
	AUTO_BUF struct buf text = BUF_INIT;
	struct overlay o = OVERLAY_INIT;
	struct err ignored = ERR_INIT;
	struct catalog *c = NULL;

	if (file_read_if_there(path, OVERLAY_SIZE_MAX, &text, &ignored) == 0 &&
	    overlay_parse(buf_blob(&text, path), &catalog_builtin, &o, &ignored) == 0)
		c = overlay_apply(&catalog_builtin, &o);
	err_clear(&ignored);
	overlay_clear(&o);
	return c;
}

const struct catalog *facts_catalog(void)
{
	static struct catalog *merged;
	static bool was_read;

	if (!was_read) {
		AUTO_TEXT char *dir = facts_cache();
		AUTO_TEXT char *path = dir ? file_join(dir, FACTS_OVERLAY) : NULL;

		was_read = true;
		merged = path ? read_overlay(path) : NULL;
	}
	return merged ? merged : &catalog_builtin;
}

int facts_keep(const struct overlay *o, struct err *err)
{
	AUTO_TEXT char *dir = facts_cache();
	AUTO_BUF struct buf text = BUF_INIT;
	AUTO_TEXT char *path = dir ? file_join(dir, FACTS_OVERLAY) : NULL;

	if (!path) {
		err_set(err, ERR_IO, "there is no folder for caches");
		return err_hint(err, "set HOME, XDG_CACHE_HOME or CUDABUILD_CACHE to an absolute path");
	}
	if (overlay_is_empty(o))
		return file_remove(path, err);
	overlay_dump(&catalog_builtin, o, &text);
	return file_write(path, buf_blob(&text, path), 0600, err);
}
