#include "probe/host/toolkit.h"

#include "probe/host/cause.h"
#include "probe/host/late.h"
#include "probe/host/sparse.h"

#include <stdio.h>
#include <string.h>

static void say_not_opened(const char *id, const char *path, const char *why)
{
	char found[512];

	snprintf(found, sizeof(found), "%.500s", why);
	say_row(ROW(.id = id, .status = WARN, .code = "library-not-loadable", .found = found, .file = path,
		    .hint = "it cannot be opened as it lies in the image: install what it needs beside it, or remove "
			    "it"));
}

bool toolkit_get(void *library, const struct toolkit_row *row, const char *name, void *into)
{
	void *found = late_symbol(library, name);

	if (!found)
		say_row(ROW(.id = row->id, .status = WARN, .code = "library-too-old", .expected = name,
			    .found = "the library lacks the function", .file = row->path));
	memcpy(into, &found, sizeof(found));
	return found != NULL;
}

struct cudart {
	int (*runtime)(int *ret), (*driver)(int *ret), (*count)(int *ret);
};

static void version_text(int version, char *into, size_t size)
{
	snprintf(into, size, "%d.%d", version / 1000, version % 1000 / 10);
}

/* What the runtime's own start-up says, with each call's code. */
static void prove_cudart(void *library, const struct toolkit_row *row)
{
	struct cudart rt;
	int version = 0, driver = 0, devices = 0;
	char has[32], offered[32], found[200];

	if (!toolkit_get(library, row, "cudaRuntimeGetVersion", &rt.runtime) ||
	    !toolkit_get(library, row, "cudaDriverGetVersion", &rt.driver) ||
	    !toolkit_get(library, row, "cudaGetDeviceCount", &rt.count))
		return;
	say_at("cudaRuntimeGetVersion of %.150s", row->path);
	const int runtime_code = rt.runtime(&version), driver_code = rt.driver(&driver);
	say_at("cudaGetDeviceCount of %.150s", row->path);
	const int count_code = rt.count(&devices);
	version_text(version, has, sizeof(has));
	version_text(driver, offered, sizeof(offered));
	snprintf(found, sizeof(found), "CUDA %s (cudaRuntimeGetVersion %d), driver %s (cudaDriverGetVersion %d), %s %d",
		 version ? has : "runtime of no stated version", runtime_code, driver ? offered : "none", driver_code,
		 "cudaGetDeviceCount", count_code);
	if (count_code == 0)
		say_row(ROW(.id = row->id, .status = PASS, .found = found, .file = row->path));
	else if (driver == 0 && (count_code == 35 || count_code == 3))
		say_row(ROW(.id = row->id, .status = SKIP, .code = "no-driver", .found = found, .file = row->path));
	else
		cause_say_file(row->id, row->path, count_code, found);
}

void toolkit_prove(const struct found_one *library, const char *id, const struct gpu_opts *o)
{
	const struct toolkit_row row = {.id = id, .path = library->path};

	say_at("open %.200s", library->path);
	void *handle = late_open(library->path);
	if (!handle)
		say_not_opened(id, library->path, late_error());
	else if (library->what == CUDART)
		prove_cudart(handle, &row);
	else
		sparse_prove(handle, &row, o);
}
