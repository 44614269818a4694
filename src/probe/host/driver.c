#include "probe/host/driver.h"

#include "probe/host/cause.h"
#include "probe/host/late.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define AT(member) offsetof(struct driver, member)

static const struct {
	const char *name;
	size_t offset;
	bool optional;
} symbols[] = {
	{"cuInit", AT(init), false},
	{"cuDriverGetVersion", AT(version), false},
	{"cuDeviceGetCount", AT(count), false},
	{"cuDeviceGet", AT(get), false},
	{"cuDeviceGetName", AT(name), false},
	{"cuDeviceGetAttribute", AT(attribute), false},
	{"cuDeviceGetUuid", AT(uuid), true},
	{"cuDevicePrimaryCtxRetain", AT(retain), false},
	{"cuDevicePrimaryCtxRelease", AT(release), false},
	{"cuCtxSetCurrent", AT(set_current), false},
	{"cuMemGetInfo_v2", AT(memory), false},
	{"cuModuleLoadDataEx", AT(load), false},
	{"cuModuleUnload", AT(unload), false},
	{"cuModuleGetFunction", AT(function), false},
	{"cuMemAlloc_v2", AT(alloc), false},
	{"cuMemFree_v2", AT(free), false},
	{"cuMemcpyHtoD_v2", AT(to_device), false},
	{"cuMemcpyDtoH_v2", AT(to_host), false},
	{"cuMemsetD8_v2", AT(fill), false},
	{"cuLaunchKernel", AT(launch), false},
	{"cuStreamCreate", AT(stream_create), false},
	{"cuStreamQuery", AT(stream_query), false},
	{"cuStreamDestroy_v2", AT(stream_destroy), false},
	{"cuEventCreate", AT(event_create), true},
	{"cuEventRecord", AT(event_record), true},
	{"cuEventSynchronize", AT(event_wait), true},
	{"cuEventElapsedTime", AT(event_time), true},
	{"cuEventDestroy_v2", AT(event_destroy), true},
	{"cuMemcpyDtoDAsync_v2", AT(copy), true},
};

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

/* Reads up to size - 1 bytes of a small file; empty where it cannot be read. */
static void read_text(const char *path, char *into, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, into, size - 1);

	if (fd >= 0)
		close(fd);
	into[n > 0 ? n : 0] = '\0';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The first word like 580.65.06 in text, ended in place; NULL where there is none. */
static char *find_release(char *text)
{
	for (char *at = text; *at; at++) {
		size_t len = strspn(at, "0123456789.");
		if (len >= 6 && is_digit(*at) && memchr(at, '.', len) && (at == text || at[-1] == ' ')) {
			at[len] = '\0';
			return at;
		}
		at += len ? len - 1 : 0;
	}
	return NULL;
}

/* The file that libcuda was loaded from, out of /proc/self/maps; "" where it is not found. */
static void find_library(char *into, size_t size)
{
	char line[1024];
	FILE *maps = fopen("/proc/self/maps", "r");

	into[0] = '\0';
	while (maps && !into[0] && fgets(line, sizeof(line), maps)) {
		const char *path = strchr(line, '/');
		if (path && strstr(path, "libcuda.so"))
			snprintf(into, size, "%.*s", (int)strcspn(path, "\n"), path);
	}
	if (maps)
		fclose(maps);
}

static void say_not_loaded(const char *why)
{
	const bool shown = is_there("/dev/nvidiactl") || is_there("/dev/nvidia0") || is_there("/dev/dxg");
	char found[512];

	snprintf(found, sizeof(found), "%.400s", why ? why : "libcuda.so.1 cannot be loaded");
	if (strstr(found, "file too short") || strstr(found, "invalid ELF header"))
		say_row(ROW(.id = "gpu.driver", .status = FAIL, .code = "driver-file-empty", .found = found,
			    .hint = "an empty or broken driver library lies in the image: remove libcuda* and "
				    "libnvidia* from its layers"));
	else if (shown)
		say_row(ROW(.id = "gpu.driver", .status = ERROR, .code = "driver-not-mounted", .found = found,
			    .hint = "the container has NVIDIA devices but no driver library: start it through the "
				    "NVIDIA container toolkit or CDI"));
	else
		say_row(ROW(.id = "gpu.driver", .status = SKIP, .code = "no-driver",
			    .found = "no NVIDIA driver in the container",
			    .hint = "run it on a machine with a GPU, with --gpus"));
}

/* NULL, or the name of the first function that is missing. */
static const char *bind(struct driver *d, void *lib)
{
	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		void *found = late_symbol(lib, symbols[i].name);
		if (!found && !symbols[i].optional)
			return symbols[i].name;
		memcpy((char *)d + symbols[i].offset, &found, sizeof(found));
	}
	return NULL;
}

static bool load(struct driver *d)
{
	say_at("load libcuda.so.1");
	void *lib = late_open("libcuda.so.1");
	if (!lib) {
		say_not_loaded(late_error());
		return false;
	}
	const char *missing = bind(d, lib);
	if (missing)
		say_row(ROW(.id = "gpu.driver", .status = FAIL, .code = "driver-too-old", .expected = missing,
			    .found = "libcuda.so.1 lacks the function", .hint = "update the driver on this machine"));
	return !missing;
}

int driver_start_quietly(struct driver *d)
{
	void *lib = late_open("libcuda.so.1");

	return lib && !bind(d, lib) ? d->init(0) : -1;
}

static void say_facts(int version)
{
	char cuda[32], text[512], library[512];

	snprintf(cuda, sizeof(cuda), "%d.%d", version / 1000, version % 1000 / 10);
	read_text("/proc/driver/nvidia/version", text, sizeof(text));
	if (!text[0])
		read_text("/sys/module/nvidia/version", text, sizeof(text));
	find_library(library, sizeof(library));
	say_pairs("driver_cuda", version > 0 ? cuda : NULL, "driver", find_release(text), "libcuda", library,
		  (const char *)NULL);
}

static unsigned number(const char *text)
{
	unsigned n = 0;

	for (; is_digit(*text); text++)
		n = n * 10 + (unsigned)(*text - '0');
	return n;
}

/* "12.8" as two numbers; false for anything else. */
static bool read_version(const char *text, unsigned *major, unsigned *minor)
{
	const char *dot = text ? strchr(text, '.') : NULL;

	if (!dot || strlen(text) > 8 || !is_digit(text[0]) || !is_digit(dot[1]))
		return false;
	*major = number(text);
	*minor = number(dot + 1);
	return true;
}

/* CUDA 11 and later run on every driver of their major version, older ones need their own minor version at least. */
static bool check_version(int version, const char *cuda)
{
	unsigned major = 0, minor = 0, have_major = (unsigned)(version / 1000),
		 have_minor = (unsigned)(version % 1000 / 10);
	char found[64], expected[64];

	snprintf(found, sizeof(found), "driver for CUDA %u.%u", have_major, have_minor);
	if (!read_version(cuda, &major, &minor)) {
		say_row(ROW(.id = "gpu.driver", .status = PASS, .found = found));
		return true;
	}
	snprintf(expected, sizeof(expected), "CUDA %u.%u or newer", major, major < 11 ? minor : 0);
	const bool old = have_major < major || (have_major == major && major < 11 && have_minor < minor);
	const bool minor_only = !old && have_major == major && have_minor < minor;
	if (old)
		say_row(ROW(.id = "gpu.driver", .status = FAIL, .code = "driver-too-old", .expected = expected,
			    .found = found,
			    .hint = "update the driver on this machine or build a variant for an older CUDA"));
	else
		say_row(ROW(.id = "gpu.driver", .status = PASS, .expected = expected, .found = found,
			    .hint = minor_only ? "older than the image's CUDA minor: code that must be compiled from "
						 "PTX will not run"
					       : NULL));
	return !old;
}

bool driver_ok(const char *id, int device, const char *call, int result)
{
	if (result)
		cause_say(id, device, call, result, NULL);
	return !result;
}

bool driver_start(struct driver *d, const char *cuda)
{
	int version = 0;

	if (!load(d))
		return false;
	say_at("cuInit");
	const int result = d->init(0);
	(void)d->version(&version);
	say_facts(version);
	if (result) {
		cause_say("gpu.driver", -1, "cuInit", result, NULL);
		return false;
	}
	/* A driver too old for the image's libraries still runs the universal kernels: go on. */
	(void)check_version(version, cuda);
	return true;
}
