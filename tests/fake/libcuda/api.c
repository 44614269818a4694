/* The driver API over the PTX interpreter. FAKE_CUDA="name=value,..." injects faults:
 *   init, context, load, alloc, launch, run, count  the result of cuInit, cuDevicePrimaryCtxRetain, ... ; run: of the
 * kernel version=12040 devices=2 compute=90             what the driver and its devices are hang=NAME crash=NAME the
 * call NAME never returns, or ends the process (names as above) flip=N spill=1 skip=1                          a wrong
 * bit in the Nth launch's last buffer, a write behind it, no run */
#include "fake/libcuda/ptx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define API __attribute__((visibility("default")))

enum {
	BLOCKS = 256,
	NOT_FOUND = 500,
	BAD_IMAGE = 200,
	BAD_PTX = 218,
	NEW_PTX = 222,
	NO_CODE = 209,
	INVALID = 1,
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

/* The value of NAME in FAKE_CUDA, or otherwise. */
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
static int fault(const char *name)
{
	char text[32];

	if (setting("hang", text, sizeof(text)) && strcmp(text, name) == 0)
		for (;;)
			pause();
	if (setting("crash", text, sizeof(text)) && strcmp(text, name) == 0)
		abort();
	return sticky ? sticky : number(name, 0);
}

void *memory_at(uint64_t at, size_t len)
{
	static int last;

	for (int i = 0; i < BLOCKS; i++) {
		const int n = (last + i) % BLOCKS;
		if (blocks[n].bytes && at >= blocks[n].at && at - blocks[n].at + len <= blocks[n].size) {
			last = n;
			return blocks[n].bytes + (at - blocks[n].at);
		}
	}
	return NULL;
}

API int cuInit(unsigned flags)
{
	(void)flags;
	return fault("init");
}

API int cuDriverGetVersion(int *ret)
{
	*ret = number("version", 13000);
	return 0;
}

API int cuDeviceGetCount(int *ret)
{
	*ret = number("devices", 1);
	return fault("count");
}

API int cuDeviceGet(int *ret, int ordinal)
{
	*ret = ordinal + 100; /* a handle is not an index */
	return 0;
}

API int cuDeviceGetName(char *into, int size, int device)
{
	snprintf(into, (size_t)size, "Interpreted \"GPU\" %d", device - 100);
	return 0;
}

API int cuDeviceGetAttribute(int *ret, int attribute, int device)
{
	const int compute = number("compute", 90);

	(void)device;
	*ret = attribute == 75 ? compute / 10 : attribute == 76 ? compute % 10 : 0;
	return 0;
}

API int cuDeviceGetUuid(unsigned char *into, int device)
{
	for (int i = 0; i < 16; i++)
		into[i] = (unsigned char)(device + i);
	return 0;
}

API int cuDevicePrimaryCtxRetain(void **ret, int device)
{
	(void)device;
	*ret = &sticky;
	return fault("context");
}

API int cuDevicePrimaryCtxRelease(int device)
{
	(void)device;
	return 0;
}

API int cuCtxSetCurrent(void *context)
{
	return context == &sticky ? 0 : 201;
}

API int cuMemGetInfo_v2(size_t *ret_free, size_t *ret_total)
{
	*ret_free = *ret_total = (size_t)1 << 30;
	return 0;
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

API int cuModuleLoadDataEx(void **ret, const void *image, unsigned n, const int *options, void **values)
{
	static const unsigned char fatbin[4] = {0x50, 0xed, 0x55, 0xba};
	const char *text = image;
	char *log = NULL, none[256], path[256];
	size_t size = 0;

	for (unsigned i = 0; i < n; i++) {
		if (options[i] == 5)
			log = values[i];
		if (options[i] == 6)
			memcpy(&size, &values[i], sizeof(size));
	}
	if (fault("load"))
		return fault("load");
	if (memcmp(image, fatbin, sizeof(fatbin)) == 0)
		text = ptx_of_fatbin(image);
	if (setting("ptx", path, sizeof(path)))
		text = file_text(path);
	return text ? load_text(ret, text, log ? log : none, log ? size : sizeof(none)) : NO_CODE;
}

API int cuModuleUnload(void *module)
{
	ptx_free(module);
	return 0;
}

API int cuModuleGetFunction(void **ret, void *module, const char *name)
{
	struct ptx_module *m = module;

	for (size_t i = 0; i < m->n_kernels; i++)
		if (strcmp(m->kernels[i].name, name) == 0) {
			*ret = &m->kernels[i];
			return 0;
		}
	return NOT_FOUND;
}

API int cuMemAlloc_v2(uint64_t *ret, size_t size)
{
	const int result = fault("alloc");

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
	for (int i = 0; i < BLOCKS; i++)
		if (blocks[i].bytes && blocks[i].at == at) {
			free(blocks[i].bytes);
			blocks[i].bytes = NULL;
			return 0;
		}
	return INVALID;
}

API int cuMemcpyHtoD_v2(uint64_t to, const void *from, size_t size)
{
	void *bytes = memory_at(to, size);

	if (sticky || !bytes)
		return sticky ? sticky : INVALID;
	memcpy(bytes, from, size);
	return 0;
}

API int cuMemcpyDtoH_v2(void *to, uint64_t from, size_t size)
{
	const void *bytes = memory_at(from, size);

	if (sticky || !bytes)
		return sticky ? sticky : INVALID;
	memcpy(to, bytes, size);
	return 0;
}

API int cuMemsetD8_v2(uint64_t at, unsigned char byte, size_t size)
{
	void *bytes = memory_at(at, size);

	if (sticky || !bytes)
		return sticky ? sticky : INVALID;
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

API int cuLaunchKernel(void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
		       unsigned block_y, unsigned block_z, unsigned shared, void *stream, void **args, void **extra)
{
	const struct ptx_kernel *k = function;
	struct ptx_grid g = {.blocks = {grid_x, grid_y, grid_z},
			     .threads = {block_x, block_y, block_z},
			     .rounds = (unsigned long)number("rounds", 20000000)};

	(void)extra;
	if (fault("launch"))
		return fault("launch");
	if (!grid_x || !grid_y || grid_z != 1 || shared || !stream || block_x > 1024)
		return INVALID;
	for (size_t i = 0; i < k->n_params; i++)
		memcpy(&g.params[i], args[i], sizeof(g.params[i]));
	sticky = number("skip", 0) ? 0 : ptx_run(k, &g);
	if (!sticky)
		sticky = fault("run");
	damage(g.params[k->n_params - 1]);
	return 0;
}

API int cuStreamCreate(void **ret, unsigned flags)
{
	static int streams[64], n;

	(void)flags;
	*ret = &streams[n++ % 64];
	return 0;
}

API int cuStreamQuery(void *stream)
{
	(void)stream;
	return sticky;
}

API int cuStreamDestroy_v2(void *stream)
{
	(void)stream;
	return 0;
}
