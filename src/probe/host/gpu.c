#include "probe/host/gpu.h"

#include "probe/host/bench.h"
#include "probe/host/cause.h"
#include "probe/host/run.h"
#include "probe/host/unpack.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAJOR = 75, /* CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR */
	MINOR = 76,
	ERROR_LOG = 5, /* CU_JIT_ERROR_LOG_BUFFER */
	ERROR_LOG_SIZE = 6,
	MODULE_MAX = 64 << 20,
	PTX_COMPUTE = 50, /* what the universal PTX is made for */
	PTX_DRIVER = 9000 /* the first driver that reads its version */
};

extern const unsigned char probe_ptx_packed[]; /* ptx.S */
extern const uint64_t probe_ptx_packed_size;

struct device {
	const struct driver *driver;
	const struct gpu_opts *opts;
	int index, handle, compute; /* compute: 90 for 9.0 */
	bool lost, wrong;
	unsigned kernels; /* that ran */
};

struct carrier {
	const char *name, *file;
	const void *image;
};

static void hex_uuid(const unsigned char *from, char *into)
{
	static const char digits[] = "0123456789abcdef";
	char *at = into + snprintf(into, 8, "GPU-");

	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*at++ = '-';
		*at++ = digits[from[i] >> 4];
		*at++ = digits[from[i] & 15];
	}
	*at = '\0';
}

static bool describe(struct device *d)
{
	char name[256] = "", compute[32], uuid[64] = "";
	unsigned char bytes[16];
	int major = 0, minor = 0, result = d->driver->get(&d->handle, d->index);

	if (!result)
		result = d->driver->name(name, sizeof(name) - 1, d->handle);
	if (!result)
		result = d->driver->attribute(&major, MAJOR, d->handle);
	if (!result)
		result = d->driver->attribute(&minor, MINOR, d->handle);
	if (!driver_ok("gpu.device", d->index, "cuDeviceGetAttribute", result))
		return false;
	if (d->driver->uuid && d->driver->uuid(bytes, d->handle) == 0)
		hex_uuid(bytes, uuid);
	d->compute = major * 10 + minor;
	snprintf(compute, sizeof(compute), "%d.%d", major, minor);
	say_device(d->index, name, compute, uuid[0] ? uuid : NULL);
	return true;
}

/* One kernel of a module on all shapes. */
struct kernel {
	struct run run;
	char id[64], name[64];
	bool wrong; /* a row was said: one for each kernel is enough */
	unsigned shapes;
	long ms;
};

static bool kernel_find(const struct device *d, void *module, const char *carrier, enum kind kind, bool wide,
			struct kernel *k)
{
	const char *types = wide ? "i64" : "i32", *value = numbers[kind].name;
	const bool long_rows = k->run.long_rows;

	snprintf(k->name, sizeof(k->name), "spmm_%s%s_%s", long_rows ? "long_" : "", value, types);
	snprintf(k->id, sizeof(k->id), "gpu.spmm.%s.%s.%s%s", carrier, value, types, long_rows ? ".long" : "");
	k->run.id = k->id;
	return driver_ok(k->id, d->index, "cuModuleGetFunction",
			 d->driver->function(&k->run.function, module, k->name));
}

static void run_kernel(struct device *d, struct kernel *k, const struct problem *p)
{
	const long start = now_ms();

	if (k->wrong || d->lost)
		return;
	say_at("%s on '%s'", k->name, p->shape->name);
	const enum outcome outcome = run_problem(&k->run, p);
	k->wrong = outcome != RIGHT;
	k->ms += now_ms() - start;
	d->lost = outcome == LOST;
}

static void run_shape(struct device *d, struct kernel *k, const struct shape *s, enum kind kind, bool wide)
{
	for (int exact = 1; exact >= 0 && !d->lost; exact--) {
		struct problem p;

		if (s->big && exact == wide)
			continue; /* the host's own sums take long: one kind of data for each index type */
		if (problem_make(&p, s, kind, wide, exact)) {
			run_kernel(d, &k[0], &p);
			run_kernel(d, &k[1], &p);
		} else {
			d->lost = true;
			say_row(ROW(.id = k[0].id, .status = ERROR, .code = "out-of-memory",
				    .found = "the container's memory is short", .nth = d->index + 1));
		}
		problem_clear(&p);
	}
	k[0].shapes += !k[0].wrong;
	k[1].shapes += !k[1].wrong;
}

static void say_kernel(struct device *d, const struct kernel *k)
{
	char found[64];

	snprintf(found, sizeof(found), "%u shapes, exact and real data", k->shapes);
	d->wrong = d->wrong || k->wrong;
	if (k->wrong || d->lost)
		return;
	say_row(ROW(.id = k->id, .status = PASS, .found = found, .nth = d->index + 1, .ms = k->ms + 1));
	d->kernels++;
}

/* All shapes with both kernels of these types: a row for each if all are right, else the row of the first that is not.
 */
static void run_kernels(struct device *d, void *module, const char *carrier, void *stream, enum kind kind, bool wide)
{
	struct kernel k[2];

	for (int i = 0; i < 2; i++) {
		k[i] = (struct kernel){.run = {.driver = d->driver,
					       .stream = stream,
					       .long_rows = i,
					       .device = d->index,
					       .limit_ms = d->opts->kernel_ms}};
		k[i].wrong = !kernel_find(d, module, carrier, kind, wide, &k[i]);
	}
	for (size_t i = 0; i < n_shapes && !d->lost && !(k[0].wrong && k[1].wrong); i++)
		if (!shapes[i].big || !d->opts->quick)
			run_shape(d, k, &shapes[i], kind, wide);
	say_kernel(d, &k[0]);
	say_kernel(d, &k[1]);
}

/* --- how fast --- */

struct measured {
	const struct driver *driver;
	void *function, *stream;
	bool long_rows;
};

static int launch_product(void *self, const struct problem *q, const devptr *data)
{
	const struct measured *m = self;
	long long rows = q->shape->rows, width = q->shape->width;
	devptr at[5];
	void *args[7] = {&rows, &width};
	const unsigned warps = 8, grid = m->long_rows ? q->shape->rows : (q->shape->rows + warps - 1) / warps;

	for (int i = 0; i < 5; i++) {
		at[i] = data[i];
		args[2 + i] = &at[i];
	}
	return m->driver->launch(m->function, grid, (q->shape->width + 31) / 32, 1, 32 * warps, 1, 1, 0, m->stream,
				 args, NULL);
}

static void bench_module(struct device *d, void *module, const char *carrier, void *stream)
{
	static const struct {
		enum kind kind;
		bool wide, long_rows;
	} what[] = {
		{F32, false, false}, {F32, true, false}, {F16, false, false}, {F64, false, false}, {F32, false, true}};

	for (size_t i = 0; i < sizeof(what) / sizeof(what[0]) && !d->lost; i++) {
		const char *types = what[i].wide ? "i64" : "i32", *value = numbers[what[i].kind].name;
		struct measured m = {.driver = d->driver, .stream = stream, .long_rows = what[i].long_rows};
		char name[64], id[64];

		snprintf(name, sizeof(name), "spmm_%s%s_%s", m.long_rows ? "long_" : "", value, types);
		snprintf(id, sizeof(id), "bench.spmm.%s.%s.%s%s", carrier, value, types, m.long_rows ? ".long" : "");
		if (!driver_ok(id, d->index, "cuModuleGetFunction", d->driver->function(&m.function, module, name)))
			continue;
		d->lost = !bench_run(&(struct bench){.driver = d->driver,
						     .index = d->index,
						     .handle = d->handle,
						     .stream = stream,
						     .id = id,
						     .kind = what[i].kind,
						     .wide = what[i].wide,
						     .pattern = m.long_rows ? PATTERN_LONG : PATTERN_EVEN,
						     .product = launch_product,
						     .self = &m});
	}
}

static void run_module(struct device *d, void *module, const char *carrier)
{
	void *streams[2] = {NULL, NULL};

	for (int i = 0; i < 2; i++)
		if (!driver_ok("gpu.context", d->index, "cuStreamCreate", d->driver->stream_create(&streams[i], 0))) {
			d->lost = true;
			return;
		}
	for (int i = 0; i < KINDS * 2 && !d->lost; i++)
		run_kernels(d, module, carrier, streams[i % 2], (enum kind)(i / 2), i % 2);
	if (d->opts->bench && !d->lost)
		bench_module(d, module, carrier, streams[0]);
	for (int i = 0; i < 2 && !d->lost; i++)
		(void)d->driver->stream_destroy(streams[i]);
}

static void run_carrier(struct device *d, const struct carrier *c)
{
	char log[1024] = "", id[64];
	int options[] = {ERROR_LOG, ERROR_LOG_SIZE};
	size_t size = sizeof(log) - 1;
	void *values[] = {log, NULL}, *module = NULL;
	const long start = now_ms();

	memcpy(&values[1], &size, sizeof(size)); /* the driver's interface: a number in a pointer's place */
	snprintf(id, sizeof(id), "gpu.module.%s", c->name);
	say_at("load the kernels (%s)", c->name);
	const int result = d->driver->load(&module, c->image, 2, options, values);
	if (result) {
		cause_say(id, d->index, "cuModuleLoadDataEx", result, log);
		d->wrong = true;
		return;
	}
	say_row(ROW(.id = id, .status = PASS, .file = c->file, .nth = d->index + 1, .ms = now_ms() - start + 1));
	run_module(d, module, c->name);
	if (!d->lost)
		(void)d->driver->unload(module);
}

static void run_device(struct device *d, const struct carrier *carriers, size_t n)
{
	void *context = NULL;
	const long start = now_ms();

	say_at("open a context on device %d", d->index);
	int result = d->driver->retain(&context, d->handle);
	if (!result)
		result = d->driver->set_current(context);
	if (!driver_ok("gpu.context", d->index, "cuDevicePrimaryCtxRetain", result))
		return;
	say_row(ROW(.id = "gpu.context", .status = PASS, .nth = d->index + 1, .ms = now_ms() - start + 1));
	for (size_t i = 0; i < n && !d->lost; i++)
		run_carrier(d, &carriers[i]);
	if (!d->lost && !d->wrong && d->kernels > 0)
		say_ran(d->index);
	say_at("close the context on device %d", d->index);
	if (!d->lost)
		(void)d->driver->release(d->handle);
}

/* The whole file with a NUL behind; NULL where it is not there. */
static void *read_module(const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t size = 0, n;
	char *bytes = f ? malloc(MODULE_MAX + 1) : NULL;

	while (bytes && size < MODULE_MAX && (n = fread(bytes + size, 1, MODULE_MAX - size, f)) > 0)
		size += n;
	if (f)
		fclose(f);
	if (bytes)
		bytes[size] = '\0';
	return bytes;
}

/* The universal PTX is left out where it cannot run by nature, and the row says so. */
static bool ptx_fits(const struct device *d)
{
	char found[64];
	int version = 0;

	(void)d->driver->version(&version);
	if (d->compute >= PTX_COMPUTE && version >= PTX_DRIVER)
		return true;
	snprintf(found, sizeof(found), "compute capability %d.%d, driver for CUDA %d.%d", d->compute / 10,
		 d->compute % 10, version / 1000, version % 1000 / 10);
	say_row(ROW(.id = "gpu.module.ptx", .status = ERROR, .code = "probe-not-supported", .found = found,
		    .nth = d->index + 1, .expected = "compute capability 5.0 and a driver for CUDA 9.0 or newer"));
	return false;
}

static void prove_device(const struct driver *driver, const struct gpu_opts *o, int index, const char *ptx,
			 const void *module)
{
	struct device d = {.driver = driver, .opts = o, .index = index};
	struct carrier carriers[2];
	size_t n = 0;

	if (!describe(&d))
		return;
	if (ptx && ptx_fits(&d))
		carriers[n++] = (struct carrier){.name = "ptx", .image = ptx};
	if (module)
		carriers[n++] = (struct carrier){.name = "image", .file = o->module, .image = module};
	run_device(&d, carriers, n);
}

void gpu_prove(const struct gpu_opts *o)
{
	struct driver driver;
	int n = 0;

	if (!driver_start(&driver, o->cuda))
		return;
	if (!driver_ok("gpu.driver", -1, "cuDeviceGetCount", driver.count(&n)))
		return;
	if (n == 0) {
		cause_say("gpu.driver", -1, "cuDeviceGetCount", 100, NULL);
		return;
	}
	void *module = o->module ? read_module(o->module) : NULL;
	char *ptx = unpack(probe_ptx_packed, probe_ptx_packed_size);
	if (!ptx)
		say_row(ROW(.id = "gpu.module.ptx", .status = ERROR, .code = "out-of-memory",
			    .found = "the container's memory is short"));
	for (int i = 0; i < n && i < 64; i++)
		prove_device(&driver, o, i, ptx, module);
	free(module);
	free(ptx);
}
