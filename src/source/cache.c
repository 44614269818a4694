#include "source/cache.h"

#include "adapt/digest.h"
#include "base/file.h"
#include "base/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC	   "cudabuild cache 1\n"
#define HEAD_MAX   (16u << 10)
#define FILES_MAX  100000
#define SUBFOLDER  "answers"
#define TIME_LIMIT 99999999999ull

struct cache {
	char *dir;
	bool added;
};

void cache_entry_clear(struct cache_entry *e)
{
	free(e->etag);
	free(e->type);
	free(e->digest);
	free(e->url);
	buf_clear(&e->body);
	*e = (struct cache_entry)CACHE_ENTRY_INIT;
}

struct cache *cache_open(const char *dir)
{
	struct cache *c = xcalloc(1, sizeof(*c));

	c->dir = file_join(dir, SUBFOLDER);
	return c;
}

void cache_free(struct cache *c)
{
	if (!c)
		return;
	if (c->added)
		cache_trim(c, CACHE_TOTAL_MAX);
	free(c->dir);
	free(c);
}

/* --- one file --- */

/* The texts of an entry as lines of its head. */
#define TEXTS 4
static char **text_at(struct cache_entry *e, size_t i)
{
	char **const texts[TEXTS] = {&e->etag, &e->type, &e->digest, &e->url};

	return texts[i];
}
static const char *const names[TEXTS] = {"etag", "type", "digest", "url"};

void cache_entry_dump(const char *key, const struct cache_entry *e, struct buf *into)
{
	const char *const texts[TEXTS] = {e->etag, e->type, e->digest, e->url};
	char hex[HASH_HEX_SIZE];

	hash_hex(buf_blob(&e->body, "body"), hex);
	buf_addf(into, "%skey %s\nat %llu\nsha256 %s\n", MAGIC, key, (unsigned long long)e->at, hex);
	if (e->status)
		buf_addf(into, "status %u\n", e->status);
	for (size_t i = 0; i < TEXTS; i++)
		if (texts[i])
			buf_addf(into, "%s %s\n", names[i], texts[i]);
	buf_addc(into, '\n');
	buf_add(into, e->body.data, e->body.len);
}

/* The rest of a line that begins with `name` and a space, or NULL. */
static const char *value_of(const char *line, const char *name)
{
	size_t len = strlen(name);

	return strncmp(line, name, len) == 0 && line[len] == ' ' ? line + len + 1 : NULL;
}

/* Only that something is not there is kept of what is no 200. */
static bool take_status(const char *value, struct cache_entry *into)
{
	uint64_t status;

	if (!str_to_u64(value, 999, &status) || (status != 403 && status != 404 && status != 410))
		return false;
	into->status = (unsigned)status;
	return true;
}

/* Takes one line of the head. */
static bool take_line(const char *line, const char *key, struct cache_entry *into, const char **sha256, bool *keyed)
{
	const char *value;

	if ((value = value_of(line, "key"))) {
		*keyed = str_eq(value, key);
		return *keyed;
	}
	if ((value = value_of(line, "at")))
		return str_to_u64(value, TIME_LIMIT, &into->at);
	if ((value = value_of(line, "status")))
		return take_status(value, into);
	if ((value = value_of(line, "sha256"))) {
		*sha256 = value;
		return true;
	}
	for (size_t i = 0; i < TEXTS; i++)
		if ((value = value_of(line, names[i])) && !*text_at(into, i)) {
			*text_at(into, i) = xstrdup(value);
			return true;
		}
	return false;
}

static bool take_head(const struct strv *lines, const char *key, struct blob body, struct cache_entry *into)
{
	const char *sha256 = NULL;
	char hex[HASH_HEX_SIZE];
	bool keyed = false;

	for (size_t i = 0; i < lines->n; i++)
		if (!take_line(lines->v[i], key, into, &sha256, &keyed))
			return false;
	hash_hex(body, hex);
	return keyed && str_eq(sha256, hex);
}

bool cache_entry_parse(struct blob file, const char *key, struct cache_entry *into)
{
	struct cache_entry e = CACHE_ENTRY_INIT;
	AUTO_STRV struct strv lines = STRV_INIT;
	size_t magic = strlen(MAGIC);
	const char *end = file.len > magic && memcmp(file.data, MAGIC, magic) == 0
				  ? memmem(file.data, file.len < HEAD_MAX ? file.len : HEAD_MAX, "\n\n", 2)
				  : NULL;
	AUTO_TEXT char *head = end ? xstrndup(file.data + magic, (size_t)(end - file.data) - magic) : NULL;
	struct blob body = {.name = "body"};

	if (!head)
		return false;
	body.data = end + 2;
	body.len = file.len - (size_t)(body.data - file.data);
	strv_split(&lines, head, "\n");
	if (!take_head(&lines, key, body, &e)) {
		cache_entry_clear(&e);
		return false;
	}
	buf_add(&e.body, body.data, body.len);
	*into = e;
	return true;
}

/* --- the folder --- */

static char *path_of(const struct cache *c, const char *key)
{
	char hex[HASH_HEX_SIZE];

	hash_hex(blob_text("key", key), hex);
	return file_join(c->dir, hex);
}

/* A regular file of ours, whole. */
static bool read_own(const char *path, struct buf *into)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	size_t got = 0;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_size < 0 ||
	    st.st_size > CACHE_BODY_MAX + HEAD_MAX)
		return false;
	while (got <= CACHE_BODY_MAX + HEAD_MAX) {
		char piece[65536];
		ssize_t n = read(fd, piece, sizeof(piece));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		buf_add(into, piece, (size_t)n);
		got += (size_t)n;
	}
	return false;
}

bool cache_get(struct cache *c, const char *key, struct cache_entry *into)
{
	AUTO_TEXT char *path = path_of(c, key);
	AUTO_BUF struct buf file = BUF_INIT;

	if (!read_own(path, &file))
		return false;
	if (cache_entry_parse(buf_blob(&file, path), key, into))
		return true;
	unlink(path);
	return false;
}

/* One line of the head can hold it. */
static bool is_line(const char *text)
{
	for (const char *p = text; p && *p; p++)
		if (*p < ' ' || *p == 0x7f)
			return false;
	return !text || strlen(text) < 2000;
}

/* The folder, ours alone. */
static bool make_folder(const char *dir)
{
	struct err ignored = ERR_INIT;
	struct stat st;

	if (file_make_dirs(dir, &ignored) < 0) {
		err_clear(&ignored);
		return false;
	}
	return lstat(dir, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
	       ((st.st_mode & 077) == 0 || chmod(dir, 0700) == 0);
}

void cache_put(struct cache *c, const char *key, const struct cache_entry *e)
{
	AUTO_TEXT char *path = path_of(c, key);
	AUTO_BUF struct buf file = BUF_INIT;
	struct err ignored = ERR_INIT;

	if (e->body.len > CACHE_BODY_MAX || !is_line(key) || !is_line(e->etag) || !is_line(e->type) ||
	    !is_line(e->digest) || !is_line(e->url) || !make_folder(c->dir))
		return;
	cache_entry_dump(key, e, &file);
	if (file_write(path, buf_blob(&file, path), 0600, &ignored) < 0)
		err_clear(&ignored);
	else
		c->added = true;
}

struct kept {
	char *path;
	time_t at;
	uint64_t size;
};

static int older_first(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return strcmp(x->path, y->path);
}

void cache_trim(struct cache *c, uint64_t max)
{
	AUTO_STRV struct strv files = STRV_INIT;
	struct err ignored = ERR_INIT;
	struct kept *v = NULL;
	uint64_t total = 0;
	size_t n = 0;

	if (file_list(c->dir, &files, &ignored) < 0)
		err_clear(&ignored);
	v = xcalloc(files.n + 1, sizeof(*v));
	for (size_t i = 0; i < files.n && n < FILES_MAX; i++) {
		AUTO_TEXT char *path = file_join(c->dir, files.v[i]);
		struct stat st;

		if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode))
			continue;
		v[n++] = (struct kept){.path = TAKE(path), .at = st.st_mtime, .size = (uint64_t)st.st_size};
		total += (uint64_t)st.st_size;
	}
	qsort(v, n, sizeof(*v), older_first);
	for (size_t i = 0; i < n; i++) {
		if (total > max && unlink(v[i].path) == 0)
			total -= v[i].size;
		free(v[i].path);
	}
	free(v);
}
