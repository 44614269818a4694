#include "work/inspect.h"

#include "base/file.h"
#include "base/str.h"
#include "engine/image.h"
#include "engine/save.h"
#include "inspect/bundle.h"
#include "inspect/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static bool is_path(const char *what)
{
	return what[0] == '/' || str_starts(what, "./") || str_starts(what, "../") || str_eq(what, "-");
}

bool inspect_needs_engine(const char *what)
{
	return !is_path(what) && !file_exists(what);
}

static long fd_read(void *self, char *into, size_t len, struct err *err)
{
	const int *fd = self;
	ssize_t n = read(*fd, into, len);

	return n < 0 ? err_set_errno(err, errno, "read") : (long)n;
}

static int read_archive(const char *what, const volatile sig_atomic_t *stop, struct facts **ret, struct err *err)
{
	AUTO_FD int fd = str_eq(what, "-") ? dup(0) : open(what, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_set_errno(err, errno, "open '%s'", what);
	return bundle_read((struct stream){.read = fd_read, .self = &fd}, what, stop, ret, err);
}

static int no_such_image(const char *what, struct err *err)
{
	AUTO_TEXT char *shown = str_shown(what, 200);

	err_set(err, ERR_USAGE, "'%s' is neither a file or folder nor an image of the engine", shown);
	return err_hint(err, "name a folder, an archive, an OCI layout, or pull the image first");
}

static int read_engine(const char *what, const struct engine_opts *opts, const volatile sig_atomic_t *stop,
		       struct facts **ret, struct err *err)
{
	AUTO(engine) struct engine *e = NULL;
	AUTO(save) struct save *s = NULL;
	int rc;

	if (!opts)
		return no_such_image(what, err);
	if (engine_open(opts, &e, err) < 0)
		return -1;
	rc = engine_image_exists(e, what, err);
	if (rc != 0)
		return rc < 0 ? -1 : no_such_image(what, err);
	if (save_start(e, what, &s, err) < 0)
		return -1;
	return bundle_read(save_stream(s), what, stop, ret, err);
}

int inspect_read(const char *what, const struct engine_opts *engine, const volatile sig_atomic_t *stop,
		 struct facts **ret, struct err *err)
{
	AUTO_TEXT char *shown = str_shown(what, 200);

	if (file_is_dir(what))
		return bundle_is_layout(what) ? bundle_read_layout(what, stop, ret, err)
					      : folder_read(what, stop, ret, err);
	if (str_eq(what, "-") || file_exists(what))
		return read_archive(what, stop, ret, err);
	if (is_path(what))
		return err_set(err, ERR_USAGE, "'%s' is not there", shown);
	return read_engine(what, engine, stop, ret, err);
}
