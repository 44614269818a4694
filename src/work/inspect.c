#include "work/inspect.h"

#include "base/file.h"
#include "base/str.h"
#include "engine/image.h"
#include "engine/save.h"
#include "inspect/bundle.h"
#include "inspect/folder.h"
#include "model/ref.h"
#include "work/inspect_remote.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define PIPE_SIZE (1 << 20)

/* --- what is named --- */

enum kind { KIND_PATH, KIND_ARCHIVE, KIND_LAYOUT, KIND_ENGINE, KIND_REGISTRY, KIND_IMAGE };

static const struct {
	const char *scheme;
	enum kind kind;
	bool stays; /* the scheme is a part of the name */
} schemes[] = {
	{"docker-archive:", KIND_ARCHIVE, false},
	{"oci-archive:", KIND_ARCHIVE, false},
	{"oci:", KIND_LAYOUT, false},
	{"docker-daemon:", KIND_ENGINE, false},
	{"docker://", KIND_REGISTRY, false},
	{"http://", KIND_REGISTRY, true},
	{"https://", KIND_REGISTRY, true},
};

static bool is_path(const char *what)
{
	return what[0] == '/' || str_starts(what, "./") || str_starts(what, "../") || str_eq(what, "-") ||
	       str_eq(what, ".") || str_eq(what, "..");
}

/* *ret is what stands behind the scheme; borrowed from what. */
static enum kind kind_of(const char *what, const char **ret)
{
	*ret = what;
	if (is_path(what) || file_exists(what))
		return KIND_PATH;
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (str_starts(what, schemes[i].scheme)) {
			*ret = what + (schemes[i].stays ? 0 : strlen(schemes[i].scheme));
			return schemes[i].kind;
		}
	return KIND_IMAGE;
}

enum inspect_engine inspect_engine_of(const char *what)
{
	const char *name;
	enum kind kind = kind_of(what, &name);

	return kind == KIND_ENGINE ? ENGINE_NEEDED : kind == KIND_IMAGE ? ENGINE_IF_THERE : ENGINE_NOT_ASKED;
}

static int read_done(int rc, struct facts *f, const char *source)
{
	if (rc == 0)
		f->source = xstrdup(source);
	return rc;
}

/* --- files --- */

struct source {
	int fd;
	const volatile sig_atomic_t *stop; /* may be NULL */
};

static long source_read(void *self, char *into, size_t len, struct err *err)
{
	const struct source *s = self;
	ssize_t n;

	while ((n = read(s->fd, into, len)) < 0 && errno == EINTR)
		if (s->stop && *s->stop) {
			err_set(err, ERR_CANCELED, "stopped");
			err->sys = *s->stop;
			return -1;
		}
	return n < 0 ? err_set_errno(err, errno, "read") : (long)n;
}

static struct bundle_wish wish_of(const struct inspect_ask *a, const char *name)
{
	return (struct bundle_wish){.subject = a->what, .name = name, .platform = a->platform, .stop = a->stop};
}

static int read_archive(const struct inspect_ask *a, const char *path, const char *name, struct facts **ret,
			struct err *err)
{
	AUTO_FD int fd = str_eq(path, "-") ? dup(0) : open(path, O_RDONLY | O_CLOEXEC);
	struct bundle_wish wish = wish_of(a, name);
	struct source from = {.fd = fd, .stop = a->stop};
	int rc;

	if (fd < 0)
		return err_set_errno(err, errno, "open '%s'", path);
	(void)fcntl(fd, F_SETPIPE_SZ,
		    PIPE_SIZE); /* a pipe of its first size makes both ends wait; no pipe: no matter */
	rc = bundle_read((struct stream){.read = source_read, .self = &from}, &wish, ret, err);
	return rc < 0 ? -1 : read_done(rc, *ret, "archive");
}

static int read_layout(const struct inspect_ask *a, const char *path, const char *name, struct facts **ret,
		       struct err *err)
{
	struct bundle_wish wish = wish_of(a, name);
	int rc = bundle_read_layout(path, &wish, ret, err);

	return rc < 0 ? -1 : read_done(rc, *ret, "OCI layout");
}

static int read_folder(const struct inspect_ask *a, const char *path, struct facts **ret, struct err *err)
{
	if (folder_read(path, a->stop, ret, err) < 0)
		return -1;
	return read_done(0, *ret, (*ret)->kind == FACTS_SITE ? "Python environment" : "folder");
}

static int not_there(const char *path, struct err *err)
{
	AUTO_TEXT char *shown = str_shown(path, 200);

	return err_set(err, ERR_USAGE, "'%s' is not there", shown);
}

static int read_path(const struct inspect_ask *a, const char *path, const char *name, struct facts **ret,
		     struct err *err)
{
	if (file_is_dir(path))
		return bundle_is_layout(path) ? read_layout(a, path, name, ret, err) : read_folder(a, path, ret, err);
	if (str_eq(path, "-") || file_exists(path))
		return read_archive(a, path, name, ret, err);
	return not_there(path, err);
}

/* PATH[:NAME]: the longest front that lies on the disk is the path. *ret_name is borrowed from text, or NULL. */
static char *split_path(const char *text, const char **ret_name)
{
	const char *colon = text;

	*ret_name = NULL;
	if (file_exists(text))
		return xstrdup(text);
	while ((colon = strchr(colon, ':')) != NULL) {
		AUTO_TEXT char *front = xstrndup(text, (size_t)(colon - text));

		if (file_exists(front) || str_eq(front, "-")) {
			*ret_name = colon + 1;
			return TAKE(front);
		}
		colon++;
	}
	return xstrdup(text);
}

static int read_in_path(const struct inspect_ask *a, const char *text, bool layout, struct facts **ret, struct err *err)
{
	const char *name = NULL;
	AUTO_TEXT char *path = split_path(text, &name);
	AUTO_TEXT char *shown = str_shown(path, 200);

	if (!file_exists(path) && !str_eq(path, "-"))
		return not_there(path, err);
	if (layout && !bundle_is_layout(path))
		return err_set(err, ERR_USAGE, "'%s' is no OCI layout: it has no oci-layout and index.json", shown);
	if (!layout && file_is_dir(path))
		return err_set(err, ERR_USAGE, "'%s' is a folder, not an archive", shown);
	return layout ? read_layout(a, path, name, ret, err) : read_archive(a, path, name, ret, err);
}

/* --- images by name --- */

/* Whether an engine can have an image of that name, or with that id. */
static bool is_image_name(const char *name)
{
	struct err ignored = ERR_INIT;
	const char *hex = str_starts(name, "sha256:") ? name + strlen("sha256:") : name;
	struct ref ref;
	bool is_id = hex[0] && strlen(hex) <= 64 && strspn(hex, "0123456789abcdef") == strlen(hex);
	bool is_name = ref_parse(name, &ref, &ignored) == 0;

	err_clear(&ignored);
	return is_id || is_name;
}

/* 1: the engine has no such image. */
static int read_engine(const struct inspect_ask *a, const char *name, struct facts **ret, struct err *err)
{
	AUTO(engine) struct engine *e = NULL;
	AUTO(image) struct image *image = NULL;
	AUTO(save) struct save *s = NULL;
	AUTO_TEXT char *source = NULL;
	struct bundle_wish wish = {.subject = a->what, .platform = a->platform, .stop = a->stop};
	int rc;

	if (!is_image_name(name))
		return 1;
	if (engine_open(a->engine, &e, err) < 0)
		return -1;
	rc = engine_image(e, name, &image, err);
	if (rc != 0)
		return rc;
	source = xasprintf("engine %s", a->engine->host->address);
	event_say(a->events, EVENT_STEP, a->what, source);
	if (save_start(e, name, &s, err) < 0 || bundle_read(save_stream(s), &wish, ret, err) < 0)
		return -1;
	(*ret)->image = xstrdup(image->id);
	return read_done(0, *ret, source);
}

/* A name that a registry could have: "gnn" alone is only ever the engine's. */
static bool names_registry(const char *name)
{
	struct err ignored = ERR_INIT;
	struct ref ref;

	if (ref_parse(name, &ref, &ignored) < 0) {
		err_clear(&ignored);
		return false;
	}
	return strchr(name, '/') != NULL;
}

static int nowhere(const struct inspect_ask *a, bool asked, struct err *err)
{
	AUTO_TEXT char *shown = str_shown(a->what, 200);
	bool remote = names_registry(a->what);

	err_set(err, a->engine || asked ? ERR_USAGE : ERR_ENGINE, "'%s' is no file or folder, and %s", shown,
		asked && a->engine ? "neither the engine nor its registry has such an image"
		: asked		   ? "its registry has no such image"
		: a->engine	   ? "the engine has no such image"
				   : "no engine is there that could have such an image");
	if (!asked && remote)
		return err_hint(err, "without --offline its registry is asked");
	if (!a->engine && a->no_engine && !asked)
		return err_hint(err, "%s", a->no_engine);
	if (!remote)
		return err_hint(err,
				"name a folder, an archive, an OCI layout or an image; docker://%s asks Docker Hub",
				shown);
	return -1;
}

static int read_image(const struct inspect_ask *a, const char *name, struct facts **ret, struct err *err)
{
	int rc = a->engine ? read_engine(a, name, ret, err) : 1;

	if (rc != 1)
		return rc;
	if (a->offline || !names_registry(name))
		return nowhere(a, false, err);
	rc = inspect_remote(a, name, ret, err);
	return rc == 1 ? nowhere(a, true, err) : rc;
}

static int read_engine_only(const struct inspect_ask *a, const char *name, struct facts **ret, struct err *err)
{
	AUTO_TEXT char *shown = str_shown(name, 200);
	int rc = a->engine ? read_engine(a, name, ret, err) : 1;

	return rc == 1 ? err_set(err, ERR_USAGE, "the engine has no image '%s'", shown) : rc;
}

static int read_registry_only(const struct inspect_ask *a, const char *name, struct facts **ret, struct err *err)
{
	AUTO_TEXT char *shown = str_shown(name, 200);
	int rc;

	if (a->offline)
		return err_set(err, ERR_USAGE, "'%s' is in a registry, and --offline asks none", shown);
	rc = inspect_remote(a, name, ret, err);
	return rc == 1 ? err_set(err, ERR_USAGE, "the registry has no image '%s'", shown) : rc;
}

int inspect_read(const struct inspect_ask *a, struct facts **ret, struct err *err)
{
	const char *name;

	switch (kind_of(a->what, &name)) {
	case KIND_PATH:
		return read_path(a, name, NULL, ret, err);
	case KIND_ARCHIVE:
		return read_in_path(a, name, false, ret, err);
	case KIND_LAYOUT:
		return read_in_path(a, name, true, ret, err);
	case KIND_ENGINE:
		return read_engine_only(a, name, ret, err);
	case KIND_REGISTRY:
		return read_registry_only(a, name, ret, err);
	case KIND_IMAGE:
		break;
	}
	return read_image(a, name, ret, err);
}
