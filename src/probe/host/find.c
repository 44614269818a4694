#include "probe/host/find.h"

#include "probe/host/say.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DEPTH = 24 };

struct walk {
	struct found *found;
	char path[FIND_PATH];
	size_t root; /* length of the root's path */
	long deadline;
};

/* Whether it is a library of that name: "libcudart.so.12", "libcudart-9335f6a2.so.10.2", not "libcudart_static.a". */
static bool is_named(const char *file, const char *name)
{
	const size_t len = strlen(name);

	return strncmp(file, name, len) == 0 && (file[len] == '.' || file[len] == '-') && strstr(file, ".so");
}

/* In order of kind and path, so that every run has the same rows. */
static void keep(struct walk *w, enum toolkit what)
{
	struct found *f = w->found;
	size_t at = f->n, same = 0;

	for (size_t i = 0; i < f->n; i++)
		same += f->v[i].what == what;
	if (same == FIND_MOST) {
		f->more = true;
		return;
	}
	for (; at > 0; at--) {
		const struct found_one *before = &f->v[at - 1];
		if (before->what < what || (before->what == what && strcmp(before->path, w->path) < 0))
			break;
		f->v[at] = *before;
	}
	f->v[at].what = what;
	memcpy(f->v[at].path, w->path, sizeof(w->path));
	f->n++;
}

/* CUDART, CUSPARSE, or -1 for any other file. */
static int kind_of(const char *file)
{
	if (is_named(file, "libcudart"))
		return CUDART;
	return is_named(file, "libcusparse") ? CUSPARSE : -1;
}

static void consider(struct walk *w, const char *file)
{
	const int kind = kind_of(file);

	if (kind >= 0 && !strstr(w->path, "/stubs/"))
		keep(w, (enum toolkit)kind);
}

/* DT_REG, DT_DIR, DT_LNK ...; the C library's own calls for this are no symbols of old ones. */
static unsigned char type_of(const char *path, int flags)
{
	struct stat st;

	return syscall(SYS_newfstatat, AT_FDCWD, path, &st, flags) == 0 ? (unsigned char)IFTODT(st.st_mode)
									: DT_UNKNOWN;
}

/* What a link leads to is met by itself, unless nobody would know it by its own name. */
static void consider_link(struct walk *w, const char *file)
{
	char target[FIND_PATH];
	const ssize_t n = kind_of(file) >= 0 ? readlink(w->path, target, sizeof(target) - 1) : -1;

	if (n < 0)
		return;
	target[n] = '\0';
	const char *slash = strrchr(target, '/');
	if (kind_of(slash ? slash + 1 : target) < 0 && type_of(w->path, 0) == DT_REG)
		consider(w, file);
}

static bool is_left_out(const struct walk *w)
{
	static const char *const out[] = {"/proc", "/sys", "/dev"};

	for (size_t i = 0; i < sizeof(out) / sizeof(out[0]); i++)
		if (strcmp(w->path + w->root, out[i]) == 0)
			return true;
	return false;
}

/* Puts "/NAME" behind the path; false where it gets too long. */
static bool enter(struct walk *w, size_t len, const char *name)
{
	const int n = snprintf(w->path + len, sizeof(w->path) - len, "/%s", name);

	return n > 0 && (size_t)n < sizeof(w->path) - len;
}

static void look(struct walk *w, int depth);

/* One entry of a folder, at w->path. Not every file system says in the folder itself what an entry is. */
static void look_at(struct walk *w, const struct dirent *e, int depth) /* NOLINT(misc-no-recursion): to DEPTH */
{
	const unsigned char type = e->d_type == DT_UNKNOWN ? type_of(w->path, AT_SYMLINK_NOFOLLOW) : e->d_type;

	if (type == DT_REG)
		consider(w, e->d_name);
	else if (type == DT_LNK)
		consider_link(w, e->d_name);
	else if (type == DT_DIR && !w->found->cut && !is_left_out(w))
		look(w, depth + 1);
}

static void look(struct walk *w, int depth) /* NOLINT(misc-no-recursion): to DEPTH */
{
	const size_t len = strlen(w->path);
	DIR *dir = depth < DEPTH ? opendir(len ? w->path : "/") : NULL;
	const struct dirent *e;

	while (dir && (e = readdir(dir))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 || !enter(w, len, e->d_name))
			continue;
		w->found->cut = w->found->cut || now_ms() > w->deadline;
		look_at(w, e, depth);
	}
	w->path[len] = '\0';
	if (dir)
		closedir(dir);
}

void find_libraries(const char *root, long limit_ms, struct found *ret)
{
	struct walk w = {.found = ret, .deadline = now_ms() + limit_ms};

	memset(ret, 0, sizeof(*ret));
	snprintf(w.path, sizeof(w.path), "%s", strcmp(root, "/") == 0 ? "" : root);
	w.root = strlen(w.path);
	look(&w, 0);
}
