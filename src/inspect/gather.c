#include "inspect/gather.h"

#include "base/str.h"
#include "inspect/elf_read.h"
#include "inspect/gather_packages.h"

#include <string.h>
#include <unistd.h>

enum { BINARIES_MAX = 20000, LINKS_MAX = 200000, TEXTS_MAX = 20000, NAMES_MAX = 64 };

#define COPIES_MAX ((size_t)64 << 20) /* bytes of texts under further names */

struct gather {
	struct facts *facts;
	struct pathset files;
	struct facts_text *records; /* of RECORD files, read at the end */
	size_t n_records;
	size_t copied;
	bool full_binaries, full_links, full_texts, full_copies;
};

struct gather *gather_new(enum facts_kind kind, const char *subject)
{
	struct gather *g = xcalloc(1, sizeof(*g));

	g->facts = facts_new(kind, subject);
	return g;
}

void gather_free(struct gather *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->n_records; i++) {
		free(g->records[i].path);
		buf_clear(&g->records[i].data);
	}
	free(g->records);
	free(g->files.v);
	facts_free(g->facts);
	free(g);
}

struct facts *gather_facts(struct gather *g)
{
	return g->facts;
}

/* --- what is wanted --- */

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* "x.so", "x.so.1.2": something that a loader may be asked for. */
static bool is_library_name(const char *path)
{
	const char *name = base_of(path), *at = strstr(name, ".so");

	for (; at; at = strstr(at + 1, ".so"))
		if (at[3] == '\0' || (at[3] == '.' && str_is_digit(at[4])))
			return at > name;
	return false;
}

/* Folders in which no process looks for libraries. */
static bool is_aside(const char *path)
{
	static const char *const aside[] = {"/proc/", "/sys/", "/dev/", "/usr/lib/debug/", "/usr/share/"};

	for (size_t i = 0; i < ARRAY_LEN(aside); i++)
		if (str_starts(path, aside[i]))
			return true;
	return false;
}

/* The last two parts of a path: "torch/version.py". */
static bool ends_in(const char *path, const char *tail)
{
	size_t len = strlen(path), n = strlen(tail);

	return len > n && strcmp(path + len - n, tail) == 0 && path[len - n - 1] == '/';
}

static bool is_metadata(const char *path)
{
	return str_ends(path, ".dist-info/METADATA") || str_ends(path, ".dist-info/WHEEL") ||
	       str_ends(path, ".dist-info/RECORD") || str_ends(path, ".dist-info/direct_url.json") ||
	       str_ends(path, ".egg-info/PKG-INFO") || str_ends(path, ".egg/EGG-INFO/PKG-INFO") ||
	       str_ends(path, ".egg-info");
}

static bool is_text_of_interest(const char *path)
{
	static const char *const modules[] = {
		"torch/version.py",	     "torch_sparse/__init__.py",      "torch_scatter/__init__.py",
		"torch_cluster/__init__.py", "torch_spline_conv/__init__.py", "pyg_lib/__init__.py",
		"torchvision/version.py",    "torchaudio/version.py",
	};
	static const char *const system[] = {"/etc/os-release",	 "/usr/lib/os-release", "/etc/ld.so.conf",
					     "/etc/ld.so.cache", "/etc/ld.so.preload",	"/pyvenv.cfg"};

	for (size_t i = 0; i < ARRAY_LEN(modules); i++)
		if (ends_in(path, modules[i]))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(system); i++)
		if (strcmp(path, system[i]) == 0)
			return true;
	return (str_starts(path, "/etc/ld.so.conf.d/") && str_ends(path, ".conf")) || ends_in(path, "pyvenv.cfg");
}

enum gather_want gather_wants(const char *path, uint64_t size)
{
	if (is_aside(path))
		return GATHER_NAME;
	if (is_library_name(path))
		return size > 0 ? GATHER_ELF : GATHER_NAME;
	if (size <= GATHER_TEXT_MAX && (is_metadata(path) || is_text_of_interest(path)))
		return GATHER_TEXT;
	return GATHER_NAME;
}

/* --- what comes by --- */

/* "3.11" of ".../bin/python3.11"; the caller's; NULL = no interpreter. */
static char *interpreter_version(const char *path)
{
	const char *name = base_of(path), *at;
	uint64_t major, minor;

	if (!str_starts(name, "python") || name - path < 5 || strncmp(name - 5, "/bin/", 5) != 0)
		return NULL;
	at = name + strlen("python");
	if (!str_scan_u64(&at, 9, &major) || *at++ != '.' || !str_scan_u64(&at, 99, &minor))
		return NULL;
	return *at == '\0' || (at[0] == 't' && at[1] == '\0') ? xstrdup(name + strlen("python")) : NULL;
}

static void see_python(struct gather *g, const char *path)
{
	AUTO_TEXT char *version = interpreter_version(path);

	if (version && g->facts->n_pythons < 64 && (g->facts->kind == FACTS_SITE || !facts_is_store(path)))
		facts_add_python(g->facts, version, path);
}

void gather_file(struct gather *g, const char *path, uint64_t size)
{
	pathset_add(&g->files, path, size);
	g->facts->n_files++;
	g->facts->size += size;
	if (size == 0 && is_library_name(path) && !is_aside(path))
		gather_no_elf(g, path, 0, false);
	see_python(g, path);
}

/* Says once that a limit was reached. */
static bool is_over(struct gather *g, bool *said, size_t n, size_t max, const char *what)
{
	if (n < max)
		return false;
	if (!*said)
		strv_addf(&g->facts->over, "more than %zu %s", max, what);
	*said = true;
	return true;
}

void gather_no_elf(struct gather *g, const char *path, uint64_t size, bool text)
{
	if (g->facts->n_odd < BINARIES_MAX)
		facts_add_odd(g->facts, path, size, text);
}

void gather_binary(struct gather *g, const char *path, struct binary *b)
{
	if (is_over(g, &g->full_binaries, g->facts->n_binaries, BINARIES_MAX, "libraries")) {
		binary_free(b);
		return;
	}
	free(b->path);
	b->path = xstrdup(path);
	facts_add_binary(g->facts, b);
}

void gather_alias(struct gather *g, const char *path, const char *first, uint64_t size, struct blob data)
{
	size_t before = g->facts->n_links;

	pathset_add(&g->files, path, size);
	see_python(g, path);
	gather_link(g, path, first);
	if (g->facts->n_links > before)
		g->facts->links[before].hard = true;
	if (!data.data ||
	    is_over(g, &g->full_copies, g->copied + data.len, COPIES_MAX, "bytes of texts with many names"))
		return;
	g->copied += data.len;
	gather_text(g, path, data.data, data.len);
}

bool gather_is_text(const char *head, size_t len)
{
	bool text = len > 0;

	for (size_t i = 0; i < len && text; i++)
		text = ((unsigned char)head[i] >= ' ' && head[i] != 127) ||
		       (head[i] && strchr("\t\n\r", head[i]) != NULL);
	return text;
}

static bool is_text(int fd)
{
	char head[GATHER_HEAD];
	ssize_t n = pread(fd, head, sizeof(head), 0);

	return n > 0 && gather_is_text(head, (size_t)n);
}

int gather_elf(struct gather *g, const char *path, int fd, uint64_t size, struct err *err)
{
	struct binary *b = NULL;
	int rc = binary_read(fd, path, &b, err);

	if (rc == 0)
		gather_binary(g, path, b);
	else if (rc == 1)
		gather_no_elf(g, path, size, is_text(fd));
	return rc < 0 ? -1 : 0;
}

void gather_text(struct gather *g, const char *path, const char *data, size_t len)
{
	if (is_over(g, &g->full_texts, g->facts->n_texts + g->n_records, TEXTS_MAX, "small texts"))
		return;
	if (!str_ends(path, ".dist-info/RECORD")) {
		facts_add_text(g->facts, path, data, len);
		return;
	}
	g->records = xreallocarray(g->records, g->n_records + 1, sizeof(*g->records));
	g->records[g->n_records] = (struct facts_text){.path = xstrdup(path), .data = BUF_INIT};
	buf_add(&g->records[g->n_records++].data, data, len);
}

void gather_link(struct gather *g, const char *path, const char *target)
{
	if (is_over(g, &g->full_links, g->facts->n_links, LINKS_MAX, "links"))
		return;
	facts_add_link(g->facts, path, target);
	if (g->facts->kind == FACTS_SITE)
		see_python(g, path);
}

/* Whether a file is better known by path than by the name it has: not by what a package manager keeps. */
static bool is_better(const char *path, const char *now)
{
	bool kept = facts_is_store(path), kept_now = facts_is_store(now);

	return kept != kept_now ? kept_now : strcmp(path, now) < 0;
}

/* Gives each ELF file all its names, the best one first, and lets the others lead there. */
static void settle_names(struct facts *f)
{
	struct binary **of = xcalloc(f->n_links + 1, sizeof(struct binary *));

	for (size_t i = 0; i < f->n_links; i++)
		if (f->links[i].hard)
			of[i] = facts_find_binary(f, f->links[i].target);
	for (size_t i = 0; i < f->n_links; i++) {
		struct facts_link *link = &f->links[i];
		char *path = link->path;

		if (!of[i])
			continue;
		if (is_better(path, of[i]->path)) {
			link->path = of[i]->path;
			of[i]->path = path;
		}
		if (of[i]->names.n < NAMES_MAX)
			strv_add(&of[i]->names, link->path);
	}
	for (size_t i = 0; i < f->n_links; i++)
		if (of[i]) {
			free(f->links[i].target);
			f->links[i].target = xstrdup(of[i]->path);
		}
	free(of);
	facts_settle(f);
}

struct facts *gather_end(struct gather *g)
{
	facts_settle(g->facts);
	settle_names(g->facts);
	packages_read(g->facts);
	facts_settle(g->facts);
	for (size_t i = 0; i < g->n_records; i++)
		packages_record(g->facts, &g->records[i], &g->files);
	return TAKE(g->facts);
}
