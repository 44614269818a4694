#include "inspect/folder.h"

#include "base/file.h"
#include "base/str.h"
#include "inspect/gather.h"
#include "inspect/syslibs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 64, ENTRIES_MAX = 3000000, TWINS_MAX = 20000 };

/* A file with several names, and the first that was met. */
struct twin {
	dev_t dev;
	ino_t ino;
	char *path;
};

struct walk {
	struct gather *gather;
	struct twin *twins;
	size_t n_twins, cap_twins;
	const char *prefix; /* in front of all paths: "" or the folder's real path */
	const volatile sig_atomic_t *stop;
	size_t entries;
	bool full;
};

static bool has(const char *dir, const char *name)
{
	AUTO_TEXT char *path = file_join(dir, name);

	return file_is_dir(path);
}

enum facts_kind folder_kind(const char *path)
{
	AUTO_TEXT char *cfg = file_join(path, "pyvenv.cfg");

	if (file_exists(cfg) || has(path, "conda-meta"))
		return FACTS_SITE;
	return has(path, "etc") || has(path, "usr") ? FACTS_ROOT : FACTS_SITE;
}

/* Folders in which neither an image nor an environment has files of its own. */
static bool is_foreign(const struct walk *w, const char *path)
{
	static const char *const names[] = {"/proc", "/sys", "/dev"};

	for (size_t i = 0; w->prefix[0] == '\0' && i < ARRAY_LEN(names); i++)
		if (strcmp(path, names[i]) == 0)
			return true;
	return false;
}

static void over(struct walk *w, const char *what)
{
	if (!w->full)
		strv_add(&gather_facts(w->gather)->over, what);
	w->full = true;
}

/* What this user may not open is noted; any other trouble ends the walk. */
static int shut(struct walk *w, const char *path, bool folder, struct err *err)
{
	if (errno == ENOENT || errno == ELOOP || errno == ENOTDIR)
		return 0; /* gone or replaced while we looked */
	if (errno != EACCES && errno != EPERM)
		return err_set_errno(err, errno, "open '%s'", path);
	facts_add_shut(gather_facts(w->gather), path, folder);
	return 0;
}

static int read_text(struct walk *w, int fd, const char *path, uint64_t size, struct err *err)
{
	AUTO_TEXT char *data = xmalloc(size + 1);
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, data + len, size - len);

		if (n < 0)
			return err_set_errno(err, errno, "read '%s'", path);
		if (n == 0)
			break;
		len += (size_t)n;
	}
	gather_text(w->gather, path, data, len);
	return 0;
}

static void twins_clear(struct walk *w)
{
	for (size_t i = 0; i < w->n_twins; i++)
		free(w->twins[i].path);
	free(w->twins);
}

/* The name under which the same file was met before; NULL = it was not, and is remembered. */
static const char *met_before(struct walk *w, const struct stat *st, const char *path)
{
	if (st->st_nlink < 2)
		return NULL;
	for (size_t i = 0; i < w->n_twins; i++)
		if (w->twins[i].ino == st->st_ino && w->twins[i].dev == st->st_dev)
			return w->twins[i].path;
	if (w->n_twins == TWINS_MAX)
		return NULL;
	if (w->n_twins == w->cap_twins) {
		w->cap_twins = mem_grow(w->cap_twins);
		w->twins = xreallocarray(w->twins, w->cap_twins, sizeof(*w->twins));
	}
	w->twins[w->n_twins++] = (struct twin){.dev = st->st_dev, .ino = st->st_ino, .path = xstrdup(path)};
	return NULL;
}

static int file_found(struct walk *w, int dir, const char *name, const char *path, const struct stat *seen,
		      struct err *err)
{
	uint64_t size = (uint64_t)seen->st_size;
	enum gather_want want = gather_wants(path, size);
	const char *first = want == GATHER_ELF ? met_before(w, seen, path) : NULL;
	AUTO_FD int fd = -1;
	struct stat now;

	if (first) {
		gather_alias(w->gather, path, first, size, (struct blob){.data = NULL});
		return 0;
	}
	gather_file(w->gather, path, size);
	if (want == GATHER_NAME)
		return 0;
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return shut(w, path, false, err);
	if (fstat(fd, &now) < 0 || !S_ISREG(now.st_mode))
		return 0; /* replaced while we looked */
	if (want == GATHER_TEXT)
		return read_text(w, fd, path, size, err);
	return gather_elf(w->gather, path, fd, size, err);
}

static void link_found(struct walk *w, int dir, const char *name, const char *path)
{
	char target[4096];
	ssize_t n = readlinkat(dir, name, target, sizeof(target) - 1);

	if (n <= 0)
		return;
	target[n] = '\0';
	gather_link(w->gather, path, target);
}

static int walk_dir(struct walk *w, int fd, const char *path, unsigned depth, struct err *err);

static int enter(struct walk *w, int dir, const char *name, const char *path, unsigned depth, struct err *err)
{
	int fd;

	if (is_foreign(w, path))
		return 0;
	if (depth >= DEPTH_MAX) {
		over(w, "folders nested too deep");
		return 0;
	}
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return shut(w, path, true, err);
	return walk_dir(w, fd, path, depth + 1, err);
}

static int entry_found(struct walk *w, int dir, const char *name, const char *above, unsigned depth, struct err *err)
{
	AUTO_TEXT char *path = xasprintf("%s/%s", above, name);
	struct stat st;

	if (w->stop && *w->stop) {
		err_set(err, ERR_CANCELED, "stopped while looking at '%s'", path);
		err->sys = *w->stop;
		return -1;
	}
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0; /* gone while we looked */
	if (S_ISREG(st.st_mode))
		return file_found(w, dir, name, path, &st, err);
	if (S_ISLNK(st.st_mode))
		link_found(w, dir, name, path);
	return S_ISDIR(st.st_mode) ? enter(w, dir, name, path, depth, err) : 0;
}

/* Takes fd. */
static int walk_dir(struct walk *w, int fd, const char *path, unsigned depth, struct err *err)
{
	DIR *d = fdopendir(fd);
	int rc = 0;

	if (!d) {
		rc = err_set_errno(err, errno, "read '%s'", path);
		close(fd);
		return rc;
	}
	for (const struct dirent *e = readdir(d); e && rc == 0; e = readdir(d)) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (w->entries++ >= ENTRIES_MAX) {
			over(w, "more entries than are looked at");
			break;
		}
		rc = entry_found(w, fd, e->d_name, path, depth, err);
	}
	closedir(d);
	return rc;
}

int folder_read(const char *path, const volatile sig_atomic_t *stop, struct facts **ret, struct err *err)
{
	enum facts_kind kind = folder_kind(path);
	AUTO_TEXT char *real = file_real(path);
	AUTO(gather) struct gather *g = gather_new(kind, path);
	struct walk w = {.gather = g, .prefix = kind == FACTS_ROOT || !real ? "" : real, .stop = stop};
	AUTO(facts) struct facts *f = NULL;
	int fd = file_open_dir(path), rc;

	if (fd < 0)
		return err_set_errno(err, errno, "open '%s'", path);
	rc = walk_dir(&w, fd, strcmp(w.prefix, "/") == 0 ? "" : w.prefix, 0, err);
	twins_clear(&w);
	if (rc < 0)
		return -1;
	if (kind == FACTS_SITE && syslibs_add(g, err) < 0)
		return -1;
	f = gather_end(g);
	*ret = TAKE(f);
	return 0;
}
