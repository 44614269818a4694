/* The driver API over the PTX interpreter, or the kernels' twins. FAKE_CUDA="name=value,..." injects faults:
 *   CALL=RESULT            what that call gives: init getversion count get name attribute uuid context current release
 *                          memory load unload function alloc free todevice tohost fill launch stream query destroy
 *                          event record wait time copy;
 *                          run: what the kernel ends with. after=N: from the Nth such call on
 *   hang=CALL crash=CALL   that call never returns, or ends the process
 *   version=12040 devices=2 compute=90   what the driver and its devices are
 *   flip=N spill=1 skip=1  a wrong bit in the Nth launch's result, a write behind it, no run
 *   twin=1                 kernels run as their host twins: fast; else their PTX is interpreted
 *   room=BYTES us=A:B:... copyus=A:B:...   free memory; what measured runs and copies take, one after the other
 *   ptx=FILE rounds=N      this PTX in place of what is loaded; when a kernel counts as endless
 * Arguments are checked: handles, sizes, bounds of memory, grids, order of calls. A wrong one gives what a driver
 * gives. */
#include "fake/libcuda/ptx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define API __attribute__((visibility("default")))

enum {
	BLOCKS = 256,
	STREAMS = 64,
	FIRST_DEVICE = 100, /* a handle is not an index */
	GRID_Y_MAX = 65535,
	BLOCK_MAX = 1024,
	INVALID = 1,
	NOT_INITIALIZED = 3,
	INVALID_DEVICE = 101,
	BAD_IMAGE = 200,
	INVALID_CONTEXT = 201,
	NO_CODE = 209,
	BAD_PTX = 218,
	NEW_PTX = 222,
	INVALID_HANDLE = 400,
	NOT_FOUND = 500,
	FATBIN_PTX = 1
};

static struct {
	uint64_t at;
	size_t size;
	unsigned char *bytes;
} blocks[BLOCKS];
static uint64_t next_at = 0x7f0000000000;
static int sticky; /* what a kernel ended with: every later call fails with it */
static long launches;
static bool initialized, retained, current;
static struct ptx_module *modules[16];
static struct {
	bool open;
} streams[STREAMS];

/* The value of NAME in FAKE_CUDA, or NULL. */
static const char *setting(const char *name, char *into, size_t size)
{
	const char *at = getenv("FAKE_CUDA");
	const size_t len = strlen(name);

	for (; at && *at; at += strcspn(at, ","), at += *at == ',') {
		if (strncmp(at, name, len) != 0 || at[len] != '=')
			continue;
		snprintf(into, size, "%.*s", (int)strcspn(at + len + 1, ","), at + len + 1);
		return into;
	}
	return NULL;
}

static int number(const char *name, int otherwise)
{
	char text[32];

	return setting(name, text, sizeof(text)) ? atoi(text) : otherwise;
}

/* The injected result of a call, after its hang or crash. */
static int injected(const char *call)
{
	static int times;
	char text[32];

	if (setting("hang", text, sizeof(text)) && strcmp(text, call) == 0)
		for (;;)
			pause();
	if (setting("crash", text, sizeof(text)) && strcmp(text, call) == 0)
		abort();
	const int result = number(call, 0);
	return result && ++times < number("after", 1) ? 0 : result;
}

/* What a call that needs nothing but a started driver gives before it does anything. */
static int start(const char *call)
{
	const int result = injected(call);

	return result || initialized ? result : NOT_INITIALIZED;
}

/* The same for one that needs a context. */
static int start_in_context(const char *call)
{
	const int result = start(call);

	if (result || sticky)
		return result ? result : sticky;
	return current ? 0 : INVALID_CONTEXT;
}

static bool is_device(int device)
{
	return device >= FIRST_DEVICE && device < FIRST_DEVICE + number("devices", 1);
}

void *memory_at(uint64_t at, size_t len)
{
	static int last;

	for (int i = 0; i < BLOCKS; i++) {
		const int n = (last + i) % BLOCKS;
		if (blocks[n].bytes && at >= blocks[n].at && at - blocks[n].at <= blocks[n].size &&
		    len <= blocks[n].size - (at - blocks[n].at)) {
			last = n;
			return blocks[n].bytes + (at - blocks[n].at);
		}
	}
	return NULL;
}

API int cuInit(unsigned flags)
{
	const int result = injected("init");

	if (result || flags)
		return result ? result : INVALID;
	initialized = true;
	return number("devices", 1) ? 0 : 100;
}

API int cuDriverGetVersion(int *ret)
{
	const int result = ret ? injected("getversion") : INVALID;

	if (!result)
		*ret = number("version", 13000);
	return result;
}

API int cuDeviceGetCount(int *ret)
{
	const int result = ret ? start("count") : INVALID;

	if (!result)
		*ret = number("devices", 1);
	return result;
}

API int cuDeviceGet(int *ret, int ordinal)
{
	const int result = ret ? start("get") : INVALID;

	if (!result && !is_device(ordinal + FIRST_DEVICE))
		return INVALID_DEVICE;
	if (!result)
		*ret = ordinal + FIRST_DEVICE;
	return result;
}

API int cuDeviceGetName(char *into, int size, int device)
{
	const int result = into && size > 0 ? start("name") : INVALID;

	if (!result && !is_device(device))
		return INVALID_DEVICE;
	if (!result)
		snprintf(into, (size_t)size, "Interpreted \"GPU\" %d", device - FIRST_DEVICE);
	return result;
}

API int cuDeviceGetAttribute(int *ret, int attribute, int device)
{
	const int compute = number("compute", 90), result = ret ? start("attribute") : INVALID;

	if (!result && !is_device(device))
		return INVALID_DEVICE;
	if (!result && (attribute < 1 || attribute > 200))
		return INVALID;
	if (!result)
		*ret = attribute == 75 ? compute / 10 : attribute == 76 ? compute % 10 : 0;
	return result;
}

API int cuDeviceGetUuid(unsigned char *into, int device)
{
	const int result = into ? start("uuid") : INVALID;

	if (!result && !is_device(device))
		return INVALID_DEVICE;
	for (int i = 0; i < 16 && !result; i++)
		into[i] = (unsigned char)(device + i);
	return result;
}

API int cuDevicePrimaryCtxRetain(void **ret, int device)
{
	const int result = ret ? start("context") : INVALID;

	if (!result && !is_device(device))
		return INVALID_DEVICE;
	if (!result) {
		*ret = &sticky;
		retained = true;
	}
	return result;
}

API int cuDevicePrimaryCtxRelease(int device)
{
	const int result = start("release");

	if (result || !is_device(device) || !retained)
		return result ? result : INVALID_DEVICE;
	retained = current = false;
	return 0;
}

API int cuCtxSetCurrent(void *context)
{
	const int result = start("current");

	if (result || (context && (context != &sticky || !retained)))
		return result ? result : INVALID_CONTEXT;
	current = context != NULL;
	return 0;
}

API int cuMemGetInfo_v2(size_t *ret_free, size_t *ret_total)
{
	const int result = ret_free && ret_total ? start_in_context("memory") : INVALID;

	if (!result)
		*ret_free = *ret_total = (size_t)number("room", 1 << 30);
	return result;
}

/* The newest PTX that a driver reads, as .version times ten. */
static unsigned newest_ptx(int version)
{
	if (version >= 13000)
		return 90;
	if (version >= 12000)
		return 80 + (unsigned)(version % 1000 / 10);
	if (version >= 11000)
		return 70 + (unsigned)(version % 1000 / 10);
	return version >= 10000 ? 63 : version >= 9000 ? 60 : 50;
}

/* The text of the first PTX in a fat binary that is stored as it is; NULL where there is none. */
static const char *ptx_of_fatbin(const unsigned char *image)
{
	uint64_t size, at = 16;

	memcpy(&size, image + 8, sizeof(size));
	while (at < 16 + size) {
		uint16_t kind;
		uint32_t header;
		uint64_t payload, flags;
		memcpy(&kind, image + at, sizeof(kind));
		memcpy(&header, image + at + 4, sizeof(header));
		memcpy(&payload, image + at + 8, sizeof(payload));
		memcpy(&flags, image + at + 40, sizeof(flags));
		if (kind == FATBIN_PTX && !(flags & 0xa000)) /* neither LZ4 nor zstd */
			return (const char *)image + at + header;
		at += header + payload;
	}
	return NULL;
}

/* The start of a file, as a text. */
static const char *file_text(const char *path)
{
	static char text[1 << 20];
	FILE *f = fopen(path, "r");
	const size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	text[n] = '\0';
	if (f)
		fclose(f);
	return text;
}

static int load_text(void **ret, const char *text, char *log, size_t size)
{
	struct ptx_module *m = ptx_parse(text, log, size);
	int result = 0;

	if (!m)
		return strstr(text, ".version") ? BAD_PTX : BAD_IMAGE;
	if (m->version > newest_ptx(number("version", 13000)))
		result = NEW_PTX;
	else if (m->target > (unsigned)number("compute", 90))
		result = NO_CODE;
	if (result)
		ptx_free(m);
	else
		*ret = m;
	return result;
}

static bool is_module(const struct ptx_module *m)
{
	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		if (m && modules[i] == m)
			return true;
	return false;
}

/* Takes a module in; false where there are too many. */
static bool keep_module(struct ptx_module *old, struct ptx_module *new)
{
	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		if (modules[i] == old) {
			modules[i] = new;
			return true;
		}
	return false;
}

API int cuModuleLoadDataEx(void **ret, const void *image, unsigned n, const int *options, void **values)
{
	static const unsigned char fatbin[4] = {0x50, 0xed, 0x55, 0xba};
	const char *text = image;
	char *log = NULL, none[256], path[256];
	size_t size = 0;
	int result = ret && image && (!n || (options && values)) ? start_in_context("load") : INVALID;

	for (unsigned i = 0; i < n && !result; i++) {
		if (options[i] == 5)
			log = values[i];
		if (options[i] == 6)
			memcpy(&size, &values[i], sizeof(size));
	}
	if (result)
		return result;
	if (memcmp(image, fatbin, sizeof(fatbin)) == 0)
		text = ptx_of_fatbin(image);
	if (setting("ptx", path, sizeof(path)))
		text = file_text(path);
	result = text ? load_text(ret, text, log ? log : none, log ? size : sizeof(none)) : NO_CODE;
	return result || keep_module(NULL, *ret) ? result : 2;
}

API int cuModuleUnload(void *module)
{
	const int result = start_in_context("unload");

	if (result || !is_module(module))
		return result ? result : INVALID_HANDLE;
	(void)keep_module(module, NULL);
	ptx_free(module);
	return 0;
}

API int cuModuleGetFunction(void **ret, void *module, const char *name)
{
	struct ptx_module *m = module;
	const int result = ret && name ? start_in_context("function") : INVALID;

	if (result || !is_module(m))
		return result ? result : INVALID_HANDLE;
	for (size_t i = 0; i < m->n_kernels; i++)
		if (strcmp(m->kernels[i].name, name) == 0) {
			*ret = &m->kernels[i];
			return 0;
		}
	return NOT_FOUND;
}

API int cuMemAlloc_v2(uint64_t *ret, size_t size)
{
	const int result = ret && size ? start_in_context("alloc") : INVALID;

	for (int i = 0; i < BLOCKS && !result; i++) {
		if (blocks[i].bytes)
			continue;
		blocks[i].bytes = malloc(size);
		blocks[i].size = size;
		blocks[i].at = next_at;
		next_at += (size + 4095) / 4096 * 4096 + 4096;
		*ret = blocks[i].at;
		return 0;
	}
	return result ? result : 2;
}

API int cuMemFree_v2(uint64_t at)
{
	const int result = start_in_context("free");

	for (int i = 0; i < BLOCKS; i++)
		if (blocks[i].bytes && blocks[i].at == at) {
			free(blocks[i].bytes);
			blocks[i].bytes = NULL;
			return result;
		}
	return result ? result : INVALID;
}

API int cuMemcpyHtoD_v2(uint64_t to, const void *from, size_t size)
{
	const int result = start_in_context("todevice");
	void *bytes = memory_at(to, size);

	if (result || !bytes || !from)
		return result ? result : INVALID;
	memcpy(bytes, from, size);
	return 0;
}

API int cuMemcpyDtoH_v2(void *to, uint64_t from, size_t size)
{
	const int result = start_in_context("tohost");
	const void *bytes = memory_at(from, size);

	if (result || !bytes || !to)
		return result ? result : INVALID;
	memcpy(to, bytes, size);
	return 0;
}

API int cuMemsetD8_v2(uint64_t at, unsigned char byte, size_t size)
{
	const int result = start_in_context("fill");
	void *bytes = memory_at(at, size);

	if (result || !bytes)
		return result ? result : INVALID;
	memset(bytes, byte, size);
	return 0;
}

/* Damages what the kernel's last parameter points to. */
static void damage(uint64_t out)
{
	unsigned char *bytes = memory_at(out, 1);

	launches++;
	if (bytes && launches == number("flip", 0))
		*bytes ^= 0x40;
	for (int i = 0; bytes && number("spill", 0) && i < BLOCKS; i++)
		if (blocks[i].bytes && out >= blocks[i].at && out < blocks[i].at + blocks[i].size)
			blocks[i].bytes[blocks[i].size - 256] ^= 1;
}

static bool is_stream(const void *stream)
{
	for (int i = 0; i < STREAMS; i++)
		if (stream == &streams[i])
			return streams[i].open;
	return false;
}

static bool is_function(const struct ptx_kernel *k)
{
	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		if (modules[i] && k >= modules[i]->kernels && k < modules[i]->kernels + modules[i]->n_kernels)
			return true;
	return false;
}

API int cuLaunchKernel(void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
		       unsigned block_y, unsigned block_z, unsigned shared, void *stream, void **args, void **extra)
{
	const struct ptx_kernel *k = function;
	struct ptx_grid g = {.blocks = {grid_x, grid_y, grid_z},
			     .threads = {block_x, block_y, block_z},
			     .rounds = (unsigned long)number("rounds", 20000000)};
	const int result = start_in_context("launch");

	if (result || !is_function(k) || !is_stream(stream))
		return result ? result : INVALID_HANDLE;
	if (!grid_x || grid_x > INT32_MAX || !grid_y || grid_y > GRID_Y_MAX || grid_z != 1 || shared || !args ||
	    extra || !block_x || block_y != 1 || block_z != 1 || block_x > BLOCK_MAX)
		return INVALID;
	for (size_t i = 0; i < k->n_params; i++)
		memcpy(&g.params[i], args[i], sizeof(g.params[i]));
	if (!number("skip", 0))
		sticky = number("twin", 0) ? native_run(k, &g) : ptx_run(k, &g);
	if (!sticky)
		sticky = injected("run");
	damage(g.params[k->n_params - 1]);
	return 0;
}

API int cuStreamCreate(void **ret, unsigned flags)
{
	const int result = ret && flags <= 1 ? start_in_context("stream") : INVALID;

	for (int i = 0; i < STREAMS && !result; i++) {
		if (streams[i].open)
			continue;
		streams[i].open = true;
		*ret = &streams[i];
		return 0;
	}
	return result ? result : 2;
}

API int cuStreamQuery(void *stream)
{
	const int result = start_in_context("query");

	return result || is_stream(stream) ? result : INVALID_HANDLE;
}

API int cuStreamDestroy_v2(void *stream)
{
	const int result = start_in_context("destroy");

	if (result || !is_stream(stream))
		return result ? result : INVALID_HANDLE;
	for (int i = 0; i < STREAMS; i++)
		if (stream == &streams[i])
			streams[i].open = false;
	return 0;
}

/* --- events: what is measured is planted, not measured --- */

static struct {
	bool open, recorded, copied;
} events[STREAMS];
static bool copied; /* the last thing put on a stream was a copy */

static int event_number(const void *event)
{
	for (int i = 0; i < STREAMS; i++)
		if (event == &events[i] && events[i].open)
			return i;
	return -1;
}

API int cuEventCreate(void **ret, unsigned flags)
{
	const int result = ret && !flags ? start_in_context("event") : INVALID;

	for (int i = 0; i < STREAMS && !result; i++)
		if (!events[i].open) {
			events[i].open = true;
			*ret = &events[i];
			return 0;
		}
	return result ? result : 2;
}

API int cuEventRecord(void *event, void *stream)
{
	const int result = start_in_context("record"), n = event_number(event);

	if (result || n < 0 || (stream && !is_stream(stream)))
		return result ? result : INVALID_HANDLE;
	events[n].recorded = true;
	events[n].copied = copied;
	copied = false;
	return 0;
}

API int cuEventSynchronize(void *event)
{
	const int result = start_in_context("wait");

	return result || event_number(event) >= 0 ? result : INVALID_HANDLE;
}

/* The next of the planted times, in microseconds. */
static float planted(const char *name, unsigned *turn)
{
	char text[512], *at = text;
	unsigned n = 1;

	if (!setting(name, text, sizeof(text)))
		return 100;
	for (const char *c = text; *c; c++)
		n += *c == ':';
	for (unsigned i = *turn % n; i > 0; i--)
		at = strchr(at, ':') + 1;
	++*turn;
	return (float)atof(at);
}

API int cuEventElapsedTime(float *ret, void *from, void *to)
{
	static unsigned turns[2];
	const int result = ret ? start_in_context("time") : INVALID, a = event_number(from), b = event_number(to);

	if (result || a < 0 || b < 0 || !events[a].recorded || !events[b].recorded)
		return result ? result : INVALID_HANDLE;
	*ret = planted(events[b].copied ? "copyus" : "us", &turns[events[b].copied]) / 1000;
	return 0;
}

API int cuEventDestroy_v2(void *event)
{
	const int result = start_in_context("event"), n = event_number(event);

	if (result || n < 0)
		return result ? result : INVALID_HANDLE;
	events[n].open = false;
	return 0;
}

API int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t size, void *stream)
{
	const int result = start_in_context("copy");
	void *into = memory_at(to, size);
	const void *bytes = memory_at(from, size);

	if (result || !into || !bytes || (stream && !is_stream(stream)))
		return result ? result : INVALID;
	memmove(into, bytes, size);
	copied = true;
	return 0;
}
