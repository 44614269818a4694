#include "inspect/loader_dirs.h"

#include "base/str.h"

#include <fnmatch.h>
#include <string.h>

#define MAX_DEPTH   8 /* of include lines */
#define MAX_PATTERN 256
#define MAX_STARS   4
#define MAX_DIRS    1024

/* What is read, and how deep. */
struct conf {
	const struct blob *files;
	size_t n;
	unsigned depth;
	struct strv *dirs;
};

static void read_conf(struct conf *c, struct blob file);

/* A pattern of many stars takes fnmatch() for ever. */
static bool is_sane(const char *pattern)
{
	size_t stars = 0;
	for (const char *p = pattern; *p != '\0'; p++)
		stars += *p == '*';
	return strnlen(pattern, MAX_PATTERN) < MAX_PATTERN && stars <= MAX_STARS;
}

static int by_name(const void *a, const void *b)
{
	const struct blob *const *x = a, *const *y = b;
	return strcmp((*x)->name, (*y)->name);
}

/* Reads the files that the pattern matches, in the order of their names. */
static void include(struct conf *c, const char *pattern)
{
	AUTO_TEXT char *whole = pattern[0] == '/' ? xstrdup(pattern) : xasprintf("/etc/%s", pattern);
	size_t n = 0;
	if (c->depth >= MAX_DEPTH || !is_sane(whole))
		return;
	const struct blob **hits = xcalloc(c->n + 1, sizeof(*hits));
	for (size_t i = 0; i < c->n; i++)
		if (fnmatch(whole, c->files[i].name, FNM_PATHNAME) == 0)
			hits[n++] = &c->files[i];
	if (n > 1)
		qsort(hits, n, sizeof(*hits), by_name);
	c->depth++;
	for (size_t i = 0; i < n; i++)
		read_conf(c, *hits[i]);
	c->depth--;
	free(hits);
}

/* One line without its comment: a folder, an include, or a hwcap that nothing reads any more. */
static void read_line(struct conf *c, char *line)
{
	line[strcspn(line, "#")] = '\0';
	line += strspn(line, " \t\r\f\v");
	size_t len = strlen(line);
	while (len > 0 && strchr(" \t\r\f\v", line[len - 1]) != NULL)
		line[--len] = '\0';
	if (str_starts(line, "include") && (line[7] == ' ' || line[7] == '\t')) {
		AUTO_STRV struct strv patterns = STRV_INIT;
		strv_split(&patterns, line + 8, " \t");
		for (size_t i = 0; i < patterns.n; i++)
			include(c, patterns.v[i]);
		return;
	}
	/* "/lib=libc6" names a type, which only libraries older than all in use have. */
	line[strcspn(line, "=")] = '\0';
	for (len = strlen(line); len > 1 && line[len - 1] == '/'; len--)
		line[len - 1] = '\0';
	if (line[0] == '/' && c->dirs->n < MAX_DIRS)
		(void)strv_add_once(c->dirs, line);
}

static void read_conf(struct conf *c, struct blob file)
{
	for (const char *at = file.data, *end = file.data + file.len; at < end;) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		if (stop == NULL)
			stop = end;
		AUTO_TEXT char *line = xstrndup(at, (size_t)(stop - at));
		read_line(c, line);
		at = stop + 1;
	}
}

void loader_conf(const struct blob *files, size_t n, struct strv *dirs)
{
	struct conf c = {.files = files, .n = n, .dirs = dirs};
	for (size_t i = 0; i < n; i++)
		if (str_eq(files[i].name, "/etc/ld.so.conf"))
			read_conf(&c, files[i]);
}

/* What stands for a token at a path, and how many bytes the token has; NULL = none is there. */
static const char *token(const char *at, const char *origin, enum binary_machine machine, const char *lib,
			 size_t *ret_len)
{
	const struct {
		const char *name, *value;
	} tokens[] = {{"ORIGIN", origin}, {"LIB", lib}, {"PLATFORM", machine == BINARY_AARCH64 ? "aarch64" : "x86_64"}};
	bool braced = at[0] == '$' && at[1] == '{';
	for (size_t i = 0; i < ARRAY_LEN(tokens); i++) {
		size_t len = strlen(tokens[i].name);
		const char *name = at + (braced ? 2 : 1);
		if (strncmp(name, tokens[i].name, len) != 0 || (braced && name[len] != '}') ||
		    (!braced && (str_is_alnum(name[len]) || name[len] == '_')))
			continue;
		*ret_len = len + (braced ? 3 : 1);
		return tokens[i].value;
	}
	return NULL;
}

static void expand(const char *part, const char *origin, enum binary_machine machine, const char *lib,
		   struct strv *dirs)
{
	AUTO_BUF struct buf b = BUF_INIT;
	for (const char *at = part; *at != '\0';) {
		size_t len = 0;
		const char *value = *at == '$' ? token(at, origin, machine, lib, &len) : NULL;
		if (value != NULL) {
			buf_adds(&b, value);
			at += len;
		} else {
			buf_addc(&b, *at++);
		}
	}
	while (b.len > 1 && b.data[b.len - 1] == '/')
		buf_cut(&b, b.len - 1);
	if (b.len > 0 && b.data[0] == '/' && dirs->n < MAX_DIRS)
		(void)strv_add_once(dirs, buf_text(&b));
}

void loader_dirs(const char *list, const char *separators, const char *origin, enum binary_machine machine,
		 struct strv *dirs)
{
	AUTO_STRV struct strv parts = STRV_INIT;
	strv_split(&parts, list, separators);
	for (size_t i = 0; i < parts.n; i++) {
		/* $LIB is one thing with Debian's glibc and another elsewhere. */
		expand(parts.v[i], origin, machine,
		       machine == BINARY_AARCH64 ? "lib/aarch64-linux-gnu" : "lib/x86_64-linux-gnu", dirs);
		if (strstr(parts.v[i], "LIB") != NULL)
			expand(parts.v[i], origin, machine, "lib64", dirs);
	}
}

void loader_default_dirs(enum binary_machine machine, struct strv *dirs)
{
	const char *triplet = machine == BINARY_AARCH64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
	strv_addf(dirs, "/lib/%s", triplet);
	strv_addf(dirs, "/usr/lib/%s", triplet);
	strv_add(dirs, "/lib64");
	strv_add(dirs, "/usr/lib64");
	strv_add(dirs, "/lib");
	strv_add(dirs, "/usr/lib");
}
