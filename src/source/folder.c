#include "source/folder.h"

#include "adapt/digest.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE 65536

static int list(struct links *into, const char *dir, bool deep, struct err *err)
{
	AUTO_STRV struct strv names = STRV_INIT;
	if (file_list(dir, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		AUTO_TEXT char *path = file_join(dir, names.v[i]);
		bool is_dir = file_is_dir(path);
		if (!is_dir)
			links_add_file(into, dir, names.v[i]);
		else if (deep && list(into, path, false, err) < 0)
			return -1;
	}
	return 0;
}

int folder_links(const char *dir, bool deep, struct links **ret, struct err *err)
{
	AUTO(links) struct links *l = links_new();
	if (list(l, dir, deep, err) < 0)
		return -1;
	*ret = TAKE(l);
	return 0;
}

int folder_hash(const char *path, char **sha256, uint64_t *size, struct err *err)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	AUTO_TEXT char *piece = xmalloc(PIECE);
	char hex[HASH_HEX_SIZE];
	struct hash hash;
	uint64_t total = 0;
	struct stat st;
	if (fd < 0)
		return err_set_errno(err, errno, "open '%s'", path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return err_set(err, ERR_IO, "'%s' is no regular file", path);
	hash_init(&hash);
	for (ssize_t n; (n = read(fd, piece, PIECE)) != 0;) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set_errno(err, errno, "read '%s'", path);
		hash_add(&hash, piece, (size_t)n);
		total += (uint64_t)n;
	}
	hash_end(&hash, hex);
	free(*sha256);
	*sha256 = xstrdup(hex);
	*size = total;
	return 0;
}
