#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void file_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int file_open_dir(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int read_fd(int fd, const char *path, size_t max, struct buf *into, struct err *err)
{
	size_t before = into->len;

	for (;;) {
		char piece[65536];
		ssize_t n = read(fd, piece, sizeof(piece));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set_errno(err, errno, "read '%s'", path);
		if (n == 0)
			return 0;
		if ((size_t)n > max - (into->len - before))
			return err_set(err, ERR_INPUT, "'%s' is larger than %zu bytes", path, max);
		buf_add(into, piece, (size_t)n);
	}
}

/* Reads an open descriptor that is a regular file; a FIFO or device would block or never end. */
static int read_regular(int fd, const char *path, size_t max, struct buf *into, struct err *err)
{
	AUTO_BUF struct buf all = BUF_INIT;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_set_errno(err, errno, "look at '%s'", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_INPUT, "'%s' is not a regular file", path);
	if (read_fd(fd, path, max, &all, err) < 0)
		return -1;
	buf_add(into, buf_text(&all), all.len);
	return 0;
}

int file_read(const char *path, size_t max, struct buf *into, struct err *err)
{
	AUTO_FD int fd = -1;

	if (strcmp(path, "-") == 0)
		return read_fd(STDIN_FILENO, "<stdin>", max, into, err);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_set_errno(err, errno, "open '%s'", path);
	return read_regular(fd, path, max, into, err);
}

int file_read_if_there(const char *path, size_t max, struct buf *into, struct err *err)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 1;
	if (fd < 0)
		return err_set_errno(err, errno, "open '%s'", path);
	return read_regular(fd, path, max, into, err);
}

static int write_all(int fd, struct blob data, const char *path, struct err *err)
{
	for (size_t done = 0; done < data.len;) {
		ssize_t n = write(fd, data.data + done, data.len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set_errno(err, errno, "write '%s'", path);
		done += (size_t)n;
	}
	return 0;
}

int file_stage(const char *path, struct blob data, unsigned mode, char **ret_beside, struct err *err)
{
	AUTO_TEXT char *dir = file_dir(path);
	AUTO_TEXT char *beside = xasprintf("%s/.%s.%ld.new", dir, file_base(path), (long)getpid());
	int fd, rc;

	if (file_make_dirs(dir, err) < 0)
		return -1;
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return err_set_errno(err, errno, "write '%s'", path);
	rc = write_all(fd, data, path, err);
	if (close(fd) < 0 && rc == 0)
		rc = err_set_errno(err, errno, "write '%s'", path);
	if (rc < 0) {
		unlink(beside);
		return -1;
	}
	*ret_beside = TAKE(beside);
	return 0;
}

int file_commit(const char *beside, const char *path, struct err *err)
{
	if (rename(beside, path) == 0)
		return 0;
	err_set_errno(err, errno, "write '%s'", path);
	unlink(beside);
	return -1;
}

int file_write(const char *path, struct blob data, unsigned mode, struct err *err)
{
	AUTO_TEXT char *beside = NULL;

	if (file_stage(path, data, mode, &beside, err) < 0)
		return -1;
	return file_commit(beside, path, err);
}

int file_make_dirs(const char *path, struct err *err)
{
	AUTO_TEXT char *part = xstrdup(path);

	for (char *p = part + 1; part[0]; p++) {
		char kept = *p;

		if (kept != '/' && kept != '\0')
			continue;
		*p = '\0';
		if (mkdir(part, 0777) < 0 && errno != EEXIST)
			return err_set_errno(err, errno, "make folder '%s'", part);
		*p = kept;
		if (kept == '\0')
			break;
	}
	if (!file_is_dir(path))
		return err_set_errno(err, ENOTDIR, "make folder '%s'", path);
	return 0;
}

int file_remove(const char *path, struct err *err)
{
	if (unlink(path) < 0 && errno != ENOENT && errno != ENOTDIR)
		return err_set_errno(err, errno, "remove '%s'", path);
	return 0;
}

void file_remove_empty_dir(const char *path)
{
	(void)!rmdir(path);
}

int file_list(const char *path, struct strv *into, struct err *err)
{
	DIR *dir = opendir(path);
	struct dirent *e;

	if (!dir && errno == ENOENT)
		return 0;
	if (!dir)
		return err_set_errno(err, errno, "list '%s'", path);
	while ((e = readdir(dir)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			strv_add(into, e->d_name);
	closedir(dir);
	strv_sort(into);
	return 0;
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

bool file_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool file_is_regular(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode);
}

char *file_join(const char *dir, const char *name)
{
	size_t len = strlen(dir);

	if (name[0] == '/' || len == 0 || strcmp(dir, ".") == 0)
		return xstrdup(name);
	return xasprintf(dir[len - 1] == '/' ? "%s%s" : "%s/%s", dir, name);
}

char *file_real(const char *path)
{
	return realpath(path, NULL);
}

/* The longest front part that exists is resolved; what is behind it is appended as it stands, ".." taking a part away.
 */
char *file_absolute(const char *path)
{
	AUTO_TEXT char *front = xstrdup(path[0] ? path : ".");
	AUTO_TEXT char *real = NULL;
	AUTO_TEXT char *rest = xstrdup("");

	while (!(real = realpath(front, NULL)) && strcmp(front, "/") != 0 && strcmp(front, ".") != 0) {
		char *up = file_dir(front), *more = xasprintf("/%s%s", file_base(front), rest);

		free(rest);
		free(front);
		rest = more;
		front = up;
	}
	return xasprintf("%s%s", real && strcmp(real, "/") != 0 ? real : "",
			 rest[0]	    ? rest
			 : real && !real[1] ? "/"
					    : "");
}

const char *file_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *file_dir(const char *path)
{
	const char *base = file_base(path);

	if (base == path)
		return xstrdup(".");
	return xstrndup(path, base - path == 1 ? 1 : (size_t)(base - path - 1));
}

static const char *temp_root(void)
{
	const char *tmp = getenv("TMPDIR");

	return tmp && tmp[0] == '/' ? tmp : "/tmp";
}

int file_temp(int *ret_fd, struct err *err)
{
	AUTO_TEXT char *path = xasprintf("%s/cudabuild.XXXXXX", temp_root());
	int fd = open(temp_root(), O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);

	if (fd < 0) { /* a file system that has no files without names */
		fd = mkostemp(path, O_CLOEXEC);
		if (fd < 0)
			return err_set_errno(err, errno, "make file '%s'", path);
		unlink(path);
	}
	*ret_fd = fd;
	return 0;
}

int file_temp_dir(char **ret, struct err *err)
{
	AUTO_TEXT char *path = xasprintf("%s/cudabuild.XXXXXX", temp_root());

	if (!mkdtemp(path))
		return err_set_errno(err, errno, "make folder '%s'", path);
	*ret = TAKE(path);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st;
	(void)flag;
	(void)at;
	return remove(path);
}

int file_remove_tree(const char *path, struct err *err)
{
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
		return err_set_errno(err, errno, "remove '%s'", path);
	return 0;
}

/* Whether the part of len bytes at p may be a name in a path. */
static bool is_name(const char *p, size_t len)
{
	return len > 0 && !(len == 1 && p[0] == '.') && !(len == 2 && p[0] == '.' && p[1] == '.');
}

bool file_is_inside(const char *rel)
{
	for (const char *c = rel; *c; c++)
		if (*c == '\\' || (unsigned char)*c < 0x20 || *c == 0x7f)
			return false;
	for (;;) {
		size_t len = strcspn(rel, "/");

		if (!is_name(rel, len))
			return false;
		if (!rel[len])
			return true;
		rel += len + 1;
	}
}
