#include "inspect/spool.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>

struct spool {
	char *dir;
	unsigned next;
	uint64_t used, max;
};

void spool_free(struct spool *s)
{
	struct err ignored = ERR_INIT;

	if (!s)
		return;
	if (s->dir && file_remove_tree(s->dir, &ignored) < 0)
		err_clear(&ignored);
	free(s->dir);
	free(s);
}

int spool_new(uint64_t max, struct spool **ret, struct err *err)
{
	AUTO(spool) struct spool *s = xcalloc(1, sizeof(*s));

	s->max = max;
	if (file_temp_dir(&s->dir, err) < 0)
		return -1;
	*ret = TAKE(s);
	return 0;
}

static char *path_of(const struct spool *s, unsigned number)
{
	return xasprintf("%s/%u", s->dir, number);
}

int spool_create(struct spool *s, unsigned *ret_number, int *ret_fd, struct err *err)
{
	AUTO_TEXT char *path = path_of(s, s->next);
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_set_errno(err, errno, "write '%s'", path);
	*ret_number = s->next++;
	*ret_fd = fd;
	return 0;
}

int spool_count(struct spool *s, uint64_t bytes, struct err *err)
{
	if (bytes > s->max - s->used)
		return err_set(err, ERR_INPUT, "more than %llu bytes of it would have to be kept",
			       (unsigned long long)s->max);
	s->used += bytes;
	return 0;
}

int spool_open(struct spool *s, unsigned number, int *ret_fd, struct err *err)
{
	AUTO_TEXT char *path = path_of(s, number);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_set_errno(err, errno, "read '%s'", path);
	*ret_fd = fd;
	return 0;
}
