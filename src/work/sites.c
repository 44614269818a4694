#include "work/sites.h"

#include "base/file.h"
#include "base/str.h"

enum { FILES = 2 };

void sites_free(struct sites *p)
{
	if (!p)
		return;
	manifest_sources_clear(&p->sources);
	free(p);
}

/* *ret stays NULL where there is no such file. */
static int read_file(const char *path, struct settings **ret, struct err *err)
{
	AUTO_BUF struct buf text = BUF_INIT;
	int rc = path ? file_read_if_there(path, SETTINGS_SIZE_MAX, &text, err) : 1;

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	return settings_parse(buf_blob(&text, path), ret, err);
}

/* A text source: the manifest's, else that of the first file which says one, else the manifest's default. */
static char *choose(const struct manifest_sources *named, const char *key, const char *own,
		    const char *const said[FILES])
{
	for (size_t i = 0; i < FILES && !strv_has(&named->given, key); i++)
		if (said[i])
			return xstrdup(said[i]);
	return xstrdup(own);
}

static void choose_images(const struct manifest_sources *named, struct settings *const s[FILES], struct sites *into)
{
	for (size_t i = 0; i < FILES && !into->images && !strv_has(&named->given, "images"); i++)
		if (s[i] && s[i]->sources.images.n) {
			into->images = true;
			strv_add_all(&into->sources.images, &s[i]->sources.images);
		}
	if (!into->images)
		strv_add_all(&into->sources.images, &named->images);
}

/* The path of a file's `ca`, which is relative to the file. */
static char *choose_ca(const struct manifest_sources *named, struct settings *const s[FILES],
		       const char *const files[FILES])
{
	for (size_t i = 0; i < FILES && !named->ca; i++)
		if (s[i] && s[i]->ca) {
			AUTO_TEXT char *dir = file_dir(files[i]);
			AUTO_TEXT char *path = file_join(dir, s[i]->ca);

			return file_absolute(path);
		}
	return xstrdup(named->ca);
}

#define SAID(key)                                                                                                      \
	(const char *const[FILES])                                                                                     \
	{                                                                                                              \
		s[0] ? s[0]->sources.key : NULL, s[1] ? s[1]->sources.key : NULL                                       \
	}

static struct sites *apply(const struct manifest_sources *named, struct settings *const s[FILES],
			   const char *const files[FILES])
{
	struct sites *p = xcalloc(1, sizeof(*p));

	choose_images(named, s, p);
	p->sources.os_images = choose(named, "os_images", named->os_images, SAID(os_images));
	p->os_images = !str_eq(p->sources.os_images, named->os_images);
	p->sources.torch = choose(named, "torch", named->torch, SAID(torch));
	p->sources.pyg = choose(named, "pyg", named->pyg, SAID(pyg));
	p->sources.pypi = choose(named, "pypi", named->pypi, SAID(pypi));
	p->sources.python = xstrdup(named->python);
	p->sources.apt = xstrdup(named->apt);
	p->sources.ca = choose_ca(named, s, files);
	for (size_t i = 0; i < FILES && !p->jobs; i++)
		p->jobs = s[i] ? s[i]->jobs : 0;
	return p;
}

int sites_read_from(const struct manifest_sources *named, const char *const files[FILES], struct sites **ret,
		    struct err *err)
{
	AUTO(settings) struct settings *user = NULL;
	AUTO(settings) struct settings *system = NULL;

	if (read_file(files[0], &user, err) < 0 || read_file(files[1], &system, err) < 0)
		return -1;
	*ret = apply(named, (struct settings *const[FILES]){user, system}, files);
	return 0;
}

int sites_read(const struct manifest_sources *named, struct sites **ret, struct err *err)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	AUTO_TEXT char *user = xdg && xdg[0] == '/'	? file_join(xdg, "cudabuild/config.yaml")
			       : home && home[0] == '/' ? file_join(home, ".config/cudabuild/config.yaml")
							: NULL;

	return sites_read_from(named, (const char *const[FILES]){user, SITES_SYSTEM}, ret, err);
}
