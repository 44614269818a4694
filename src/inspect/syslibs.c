#include "inspect/syslibs.h"

#include "base/file.h"
#include "base/str.h"
#include "inspect/loader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { CONF_MAX = 64 << 10, FOUND_MAX = 2000 };

/* Names of libraries that were looked for. */
struct search {
	struct gather *gather;
	struct strv dirs, seen;
};

static int add_conf(struct gather *g, const char *path, struct err *err)
{
	AUTO_BUF struct buf text = BUF_INIT;
	int rc = file_read_if_there(path, CONF_MAX, &text, err);

	if (rc == 0)
		gather_text(g, path, buf_text(&text), text.len);
	return rc < 0 ? -1 : 0;
}

static int add_confs(struct gather *g, struct err *err)
{
	AUTO_STRV struct strv names = STRV_INIT;

	if (add_conf(g, "/etc/ld.so.conf", err) < 0 || file_list("/etc/ld.so.conf.d", &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		AUTO_TEXT char *path = xasprintf("/etc/ld.so.conf.d/%s", names.v[i]);

		if (str_ends(path, ".conf") && add_conf(g, path, err) < 0)
			return -1;
	}
	return 0;
}

static void fill_dirs(struct search *s)
{
	static const char *const defaults[] = {"/lib/x86_64-linux-gnu",
					       "/usr/lib/x86_64-linux-gnu",
					       "/lib/aarch64-linux-gnu",
					       "/usr/lib/aarch64-linux-gnu",
					       "/lib64",
					       "/usr/lib64",
					       "/lib",
					       "/usr/lib"};
	const struct facts *f = gather_facts(s->gather);
	struct blob *confs = xcalloc(f->n_texts + 1, sizeof(*confs));
	size_t n = 0;

	for (size_t i = 0; i < f->n_texts; i++)
		if (str_starts(f->texts[i].path, "/etc/ld.so.conf"))
			confs[n++] = buf_blob(&f->texts[i].data, f->texts[i].path);
	loader_conf(confs, n, &s->dirs);
	free(confs);
	for (size_t i = 0; i < ARRAY_LEN(defaults); i++)
		strv_add_once(&s->dirs, defaults[i]);
}

/* 0 taken, 1 not there. */
static int take_from(struct search *s, const char *dir, const char *name, struct err *err)
{
	AUTO_TEXT char *path = file_join(dir, name);
	AUTO_TEXT char *real = file_real(path);
	AUTO_FD int fd = -1;
	struct stat st;

	if (!real)
		return 1;
	fd = open(real, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == EACCES ? err_set_errno(err, errno, "open '%s'", real) : 1;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return 1;
	if (strcmp(real, path) != 0)
		gather_link(s->gather, path, real);
	return gather_elf(s->gather, real, fd, (uint64_t)st.st_size, err) < 0 ? -1 : 0;
}

/* Whether the library that was taken last is for another kind of machine: ld.so passes over those. */
static bool is_foreign(const struct search *s, size_t before)
{
	const struct facts *f = gather_facts(s->gather);

	return f->n_binaries > before && f->binaries[before]->machine == BINARY_OTHER;
}

static int take(struct search *s, const char *name, struct err *err)
{
	if (strchr(name, '/') || str_starts(name, "libcuda.so") || str_starts(name, "libnvidia-"))
		return 0;
	for (size_t i = 0; i < s->dirs.n; i++) {
		size_t before = gather_facts(s->gather)->n_binaries;
		int rc = take_from(s, s->dirs.v[i], name, err);

		if (rc < 0 || (rc == 0 && !is_foreign(s, before)))
			return rc;
	}
	return 0;
}

static int take_once(struct search *s, const char *name, struct err *err)
{
	return s->seen.n < FOUND_MAX && strv_add_once(&s->seen, name) ? take(s, name, err) : 0;
}

int syslibs_add(struct gather *g, struct err *err)
{
	const struct facts *f = gather_facts(g);
	struct search s = {.gather = g};
	int rc = add_confs(g, err);

	fill_dirs(&s);
	if (rc == 0)
		rc = take_once(&s, "libc.so.6", err);
	if (rc == 0)
		rc = take_once(&s, "libstdc++.so.6", err);
	/* the list grows while we walk it: what was taken needs more */
	for (size_t i = 0; i < f->n_binaries && rc == 0; i++)
		for (size_t n = 0; n < f->binaries[i]->needed.n && rc == 0; n++)
			rc = take_once(&s, f->binaries[i]->needed.v[n], err);
	strv_clear(&s.dirs);
	strv_clear(&s.seen);
	return rc;
}
