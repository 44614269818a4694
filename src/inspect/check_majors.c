#include "base/str.h"
#include "inspect/check_parts.h"

#include <string.h>

enum { WASTE_MATTERS = 64 << 20 };

static const char *const cuda_libraries[] = {
	"libcudart",	"libcublas.",	 "libcublasLt.", "libcudnn",  "libcufft.",    "libcurand.", "libcusolver.",
	"libcusparse.", "libcusparseLt", "libnccl.",	 "libnvrtc.", "libnvJitLink", "libcupti.",  "libcufile.",
};

static bool is_cuda_library(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(cuda_libraries); i++)
		if (str_starts(name, cuda_libraries[i]))
			return true;
	return false;
}

/* The CUDA major that a soname stands for ("libcudart.so.12", "libcudart-80664282.so.10.2", "libcublas.so.12"); 0 = it
 * does not say. */
static uint64_t major_of(const char *soname)
{
	const char *at;
	uint64_t major = 0;

	if (!soname || (!str_starts(soname, "libcudart") && !str_starts(soname, "libcublas.so")))
		return 0;
	at = strstr(soname, ".so.");
	if (!at)
		return 0;
	at += strlen(".so.");
	return str_scan_u64(&at, 999, &major) ? major : 0;
}

/* --- two majors --- */

static void two_majors(const struct binary *a, const struct binary *b, bool loaded, struct report *into)
{
	struct report_check *row = check_row(into, "cuda.one-major", loaded ? REPORT_FAIL : REPORT_WARN,
					     loaded ? "cuda-major-mismatch" : "two-cuda-majors", b->path);

	row->expected = loaded ? xasprintf("one CUDA major in the process: %s is loaded", a->soname)
			       : xasprintf("one CUDA major: torch loads %s", a->soname);
	row->found = loaded ? xasprintf("%s is loaded too", b->soname) : xasprintf("%s lies there too", b->soname);
	row->hint = loaded ? xstrdup("find out by `needed` rows who asks for it, and install that package for torch's "
				     "CUDA")
			   : xstrdup("remove it if nothing else uses it");
}

/* Whether a second major is loaded; *ret_first is a library of the first one. */
static bool judge_loaded(const struct view_torch *t, const struct binary **ret_first, struct report *into)
{
	for (size_t i = 0; i < t->n_loaded; i++) {
		uint64_t major = major_of(t->loaded[i]->soname);

		if (major == 0)
			continue;
		if (!*ret_first)
			*ret_first = t->loaded[i];
		if (major == major_of((*ret_first)->soname))
			continue;
		two_majors(*ret_first, t->loaded[i], true, into);
		return true;
	}
	return false;
}

static bool judge_lying(const struct view *v, const struct view_torch *t, const struct binary *first,
			struct report *into)
{
	const struct facts *f = v->in->facts;

	for (size_t i = 0; i < f->n_binaries; i++) {
		uint64_t major = major_of(f->binaries[i]->soname);

		if (major == 0 || major == major_of(first->soname) || !binary_path_in(f->binaries[i], t->package->site))
			continue;
		two_majors(first, f->binaries[i], false, into);
		return true;
	}
	return false;
}

void check_majors(const struct view *v, struct report *into)
{
	for (size_t i = 0; i < v->n_torches; i++) {
		const struct view_torch *t = &v->torches[i];
		const struct binary *first = NULL;

		if (judge_loaded(t, &first, into) || !first || judge_lying(v, t, first, into))
			continue;
		check_pass(
			into, "cuda.one-major",
			xasprintf("all CUDA libraries are of CUDA %llu", (unsigned long long)major_of(first->soname)));
	}
}

/* --- duplicates --- */

static int by_soname(const void *a, const void *b)
{
	const struct binary *const *x = a, *const *y = b;
	int order = strcmp((*x)->soname, (*y)->soname);

	if (order)
		return order;
	if ((*x)->size != (*y)->size)
		return (*x)->size > (*y)->size ? -1 : 1;
	return strcmp((*x)->path, (*y)->path);
}

/* Whether the file belongs to what is looked at: beside an environment there are this machine's own libraries. */
static bool is_own(const struct view *v, const struct binary *b)
{
	for (size_t i = 0; i < v->n_torches; i++)
		if (binary_path_in(b, v->torches[i].package->site))
			return true;
	return v->in->facts->kind != FACTS_SITE;
}

static const struct binary **cuda_files(const struct view *v, size_t *ret_n)
{
	const struct facts *f = v->in->facts;
	const struct binary **files = xcalloc(f->n_binaries + 1, sizeof(*files));
	size_t n = 0;

	for (size_t i = 0; i < f->n_binaries; i++) {
		const struct binary *b = f->binaries[i];

		if (b->soname && is_cuda_library(b->soname) && !strstr(b->path, "/stubs/") && is_own(v, b))
			files[n++] = b;
	}
	if (n > 1)
		qsort(files, n, sizeof(*files), by_soname);
	*ret_n = n;
	return files;
}

void check_duplicates(const struct view *v, struct report *into)
{
	size_t n = 0, copies = 0;
	uint64_t waste = 0;
	const struct binary **files = cuda_files(v, &n);
	const struct binary *largest = NULL;
	struct report_check *row;

	for (size_t i = 1; i < n; i++) {
		if (strcmp(files[i]->soname, files[i - 1]->soname) != 0)
			continue;
		waste += files[i]->size;
		copies++;
		if (!largest || files[i]->size > largest->size)
			largest = files[i];
	}
	free(files);
	if (!largest)
		return;
	row = check_row(into, "cuda.duplicates", waste >= WASTE_MATTERS ? REPORT_WARN : REPORT_INFO,
			"duplicate-cuda-library", largest->path);
	AUTO_TEXT char *size = str_size(waste);
	row->expected = xstrdup("one copy of each CUDA library");
	row->found = xasprintf("%zu second copies, %s wasted; the largest is %s", copies, size, largest->soname);
	row->hint = xstrdup("use the smaller base image (`base` or an OS image) where the wheels bring the libraries");
}
