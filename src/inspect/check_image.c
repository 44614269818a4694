#include "base/str.h"
#include "inspect/check_parts.h"

#include <string.h>

static void empty_drivers(const struct view *v, struct report *into)
{
	const struct facts *f = v->in->facts;
	struct report_check *row;

	for (size_t i = 0; i < f->n_odd; i++) {
		const char *name = view_base(f->odd[i].path);

		if (f->odd[i].size > 0 || (!str_starts(name, "libcuda.so") && !str_starts(name, "libnvidia-")))
			continue;
		row = check_row(into, "driver.stub", REPORT_FAIL, "driver-file-empty", f->odd[i].path);
		row->expected = xstrdup("no file of the driver in the image");
		row->found = xstrdup("an empty file, as a container with a GPU leaves behind where it is committed");
		row->hint = xstrdup("build the image from a Dockerfile in place of committing a container");
		return;
	}
}

/* The first of the folders that ends in that; the caller's; NULL = none does. */
static char *ending_in(const struct strv *dirs, const char *tail)
{
	for (size_t i = 0; i < dirs->n; i++) {
		size_t len = strlen(dirs->v[i]);

		while (len > 1 && dirs->v[i][len - 1] == '/')
			len--;
		AUTO_TEXT char *dir = xstrndup(dirs->v[i], len);

		if (str_ends(dir, tail))
			return TAKE(dir);
	}
	return NULL;
}

/* Whether processes are told to look in that kind of folder: "/stubs", "/compat". *ret_where says by what. */
static bool is_searched(const struct view *v, const char *tail, char **ret_dir, const char **ret_where)
{
	const char *path = facts_env(v->in->facts, "LD_LIBRARY_PATH");
	AUTO_STRV struct strv dirs = STRV_INIT;

	if (path)
		strv_split(&dirs, path, ":;");
	*ret_dir = ending_in(&dirs, tail);
	*ret_where = *ret_dir ? "LD_LIBRARY_PATH" : "ld.so.conf";
	if (!*ret_dir)
		*ret_dir = ending_in(&v->conf_dirs, tail);
	return *ret_dir != NULL;
}

static void searched_folders(const struct view *v, struct report *into)
{
	static const struct {
		const char *tail, *id, *code, *expected, *hint;
		enum report_status status;
	} traps[] = {
		{"/stubs", "driver.stub", "driver-stub", "no stub driver where the loader looks",
		 "take the folder out: a stub answers every call with an error (code 34)", REPORT_FAIL},
		{"/compat", "driver.compat", "compat-in-path", "compat libraries chosen by the container runtime",
		 "take the folder out: on drivers that are new enough it breaks the start (codes 803, 804)",
		 REPORT_WARN},
	};

	for (size_t i = 0; i < ARRAY_LEN(traps); i++) {
		AUTO_TEXT char *dir = NULL;
		const char *where = NULL;
		struct report_check *row;

		if (!is_searched(v, traps[i].tail, &dir, &where))
			continue;
		row = check_row(into, traps[i].id, traps[i].status, traps[i].code, dir);
		row->expected = xstrdup(traps[i].expected);
		row->found = xasprintf("%s names %s", where, dir);
		row->hint = xstrdup(traps[i].hint);
	}
}

static void baked_driver(const struct view *v, struct report *into)
{
	const struct facts *f = v->in->facts;
	struct report_check *row;

	for (size_t i = 0; i < f->n_binaries && f->kind != FACTS_SITE; i++) {
		const char *path = f->binaries[i]->path;

		if (!str_starts(view_base(path), "libcuda.so") || strstr(path, "/stubs/") || strstr(path, "/compat/"))
			continue;
		row = check_row(into, "driver.baked", REPORT_WARN, "driver-in-image", path);
		row->expected = xstrdup("the host's driver alone");
		row->found = xstrdup("a driver library in the image, which must equal the host's driver to work");
		row->hint = xstrdup("remove it: the container runtime brings the host's");
		return;
	}
}

void check_driver_files(const struct view *v, struct report *into)
{
	empty_drivers(v, into);
	searched_folders(v, into);
	baked_driver(v, into);
}
