#include "probe/host/sparse.h"

#include "probe/host/bench.h"
#include "probe/host/cause.h"
#include "probe/host/run.h"

#include <stdio.h>
#include <string.h>

/* Numbers as in cusparse.h and library_types.h, the same from CUDA 10.1 to 13. Constant descriptors came with 12.0 and
 * changed no call. */
enum {
	NON_TRANSPOSE = 0,
	BASE_ZERO = 0,
	INDEX_32I = 2,
	ORDER_COL = 1,
	ORDER_ROW = 2,
	REAL_32F = 0,
	ALG_DEFAULT = 0,
	MAJOR_VERSION = 0, /* and minor, patch */
	ROW_ORDER_SINCE = 11,
	LIMIT_MS = 20000,
	ROWPTR = 0,
	COL,
	VAL,
	DENSE,
	OUT
};

struct sparse {
	int (*property)(int which, int *ret), (*create)(void **ret), (*destroy)(void *handle);
	int (*set_stream)(void *handle, void *stream);
	int (*csr)(void **ret, int64_t rows, int64_t columns, int64_t entries, void *rowptr, void *col, void *val,
		   int rowptr_type, int col_type, int base, int value_type);
	int (*dense)(void **ret, int64_t rows, int64_t columns, int64_t ld, void *values, int type, int order);
	int (*drop_csr)(void *matrix), (*drop_dense)(void *matrix);
	int (*size)(void *handle, int op_a, int op_b, const void *alpha, void *a, void *b, const void *beta, void *c,
		    int type, int algorithm, size_t *ret);
	int (*product)(void *handle, int op_a, int op_b, const void *alpha, void *a, void *b, const void *beta, void *c,
		       int type, int algorithm, void *room);
};

struct proof {
	const struct toolkit_row *row;
	const struct driver *driver;
	struct sparse sparse;
	void *handle;
	int device, version[3];
};

/* For versions up to 10, which know no rows in a row, one column is as good as one row. */
static const struct shape small = {"cuSPARSE", 61, 64, 33, 8, EVEN, ASCENDING, false},
			  large = {"cuSPARSE", 4099, 4096, 64, 32, EVEN, ASCENDING, false},
			  thin = {"cuSPARSE, one column", 4099, 4096, 1, 32, EVEN, ASCENDING, false};

static const struct {
	const char *name;
	enum status status;
	const char *code, *hint;
} statuses[] = {
	[1] = {"NOT_INITIALIZED", FAIL, "library-not-usable",
	       "the driver works, this library does not start on it: it needs a newer driver, or was damaged"},
	[2] = {"ALLOC_FAILED", ERROR, "out-of-memory", "the GPU's memory is taken: free it or choose another device"},
	[3] = {"INVALID_VALUE", FAIL, "library-error", "the library refuses a plain product"},
	[4] = {"ARCH_MISMATCH", FAIL, "arch-not-covered", "this cuSPARSE has no code for the GPU: use a newer CUDA"},
	[5] = {"MAPPING_ERROR", FAIL, "library-error", "the library cannot use the GPU's memory"},
	[6] = {"EXECUTION_FAILED", FAIL, "launch-failed",
	       "its kernels do not run on this GPU: too new for the driver, or without code for the GPU"},
	[7] = {"INTERNAL_ERROR", FAIL, "library-error", "the library broke off"},
	[8] = {"MATRIX_TYPE_NOT_SUPPORTED", FAIL, "library-error", "the library refuses a plain product"},
	[9] = {"ZERO_PIVOT", FAIL, "library-error", "the library broke off"},
	[10] = {"NOT_SUPPORTED", WARN, "library-too-old", "this version has no such product"},
	[11] = {"INSUFFICIENT_RESOURCES", ERROR, "out-of-memory", "the GPU's memory is taken"},
};

static int failed(const struct proof *p, const char *call, int status)
{
	const bool known = status > 0 && (size_t)status < sizeof(statuses) / sizeof(statuses[0]);
	char found[200];

	snprintf(found, sizeof(found), "cuSPARSE %d.%d.%d: CUSPARSE_STATUS_%s (%d) from %s", p->version[0],
		 p->version[1], p->version[2], known ? statuses[status].name : "unknown", status, call);
	say_row(ROW(.id = p->row->id, .status = known ? statuses[status].status : ERROR,
		    .code = known ? statuses[status].code : "library-unknown-status", .found = found,
		    .hint = known ? statuses[status].hint : NULL, .file = p->row->path, .nth = p->device + 1));
	return -1;
}

static bool bind(void *library, const struct toolkit_row *row, struct sparse *s)
{
	return toolkit_get(library, row, "cusparseGetProperty", &s->property) &&
	       toolkit_get(library, row, "cusparseCreate", &s->create) &&
	       toolkit_get(library, row, "cusparseDestroy", &s->destroy) &&
	       toolkit_get(library, row, "cusparseSetStream", &s->set_stream) &&
	       toolkit_get(library, row, "cusparseCreateCsr", &s->csr) &&
	       toolkit_get(library, row, "cusparseCreateDnMat", &s->dense) &&
	       toolkit_get(library, row, "cusparseDestroySpMat", &s->drop_csr) &&
	       toolkit_get(library, row, "cusparseDestroyDnMat", &s->drop_dense) &&
	       toolkit_get(library, row, "cusparseSpMM_bufferSize", &s->size) &&
	       toolkit_get(library, row, "cusparseSpMM", &s->product);
}

static void *address(devptr at)
{
	void *p = NULL;

	memcpy(&p, &at, sizeof(p));
	return p;
}

struct matrices {
	void *a, *b, *c;
};

static int describe(const struct proof *p, const struct problem *q, const devptr *data, struct matrices *m)
{
	const struct sparse *s = &p->sparse;
	const int64_t rows = q->shape->rows, columns = q->shape->columns, width = q->shape->width;
	const bool in_rows = p->version[0] >= ROW_ORDER_SINCE;
	const int order = in_rows ? ORDER_ROW : ORDER_COL;
	int status = s->csr(&m->a, rows, columns, (int64_t)q->entries, address(data[ROWPTR]), address(data[COL]),
			    address(data[VAL]), INDEX_32I, INDEX_32I, BASE_ZERO, REAL_32F);

	if (status)
		return failed(p, "cusparseCreateCsr", status);
	status = s->dense(&m->b, columns, width, in_rows ? width : columns, address(data[DENSE]), REAL_32F, order);
	if (!status)
		status = s->dense(&m->c, rows, width, in_rows ? width : rows, address(data[OUT]), REAL_32F, order);
	return status ? failed(p, "cusparseCreateDnMat", status) : 0;
}

static int multiply(const struct proof *p, const struct matrices *m, devptr *room)
{
	const struct sparse *s = &p->sparse;
	const float one = 1, zero = 0;
	size_t size = 0;
	int status = s->size(p->handle, NON_TRANSPOSE, NON_TRANSPOSE, &one, m->a, m->b, &zero, m->c, REAL_32F,
			     ALG_DEFAULT, &size);

	if (status)
		return failed(p, "cusparseSpMM_bufferSize", status);
	const int result = size ? p->driver->alloc(room, size) : 0;
	if (result) {
		cause_say(p->row->id, p->device, "cuMemAlloc", result, NULL);
		return -1;
	}
	status = s->product(p->handle, NON_TRANSPOSE, NON_TRANSPOSE, &one, m->a, m->b, &zero, m->c, REAL_32F,
			    ALG_DEFAULT, address(*room));
	return status ? failed(p, "cusparseSpMM", status) : 0;
}

/* The room that it computed in is freed with the context: the product may still run. */
static int product(void *self, const struct problem *q, const devptr *data)
{
	const struct proof *p = self;
	struct matrices m = {.a = NULL};
	devptr room = 0;
	int wrong = describe(p, q, data, &m);

	say_at("cusparseSpMM of %.150s", p->row->path);
	if (!wrong)
		wrong = multiply(p, &m, &room);
	if (m.a)
		(void)p->sparse.drop_csr(m.a);
	if (m.b)
		(void)p->sparse.drop_dense(m.b);
	if (m.c)
		(void)p->sparse.drop_dense(m.c);
	return wrong;
}

/* --- how fast --- */

/* Described once; then only the product is asked for. */
struct measured {
	const struct proof *p;
	struct matrices m;
	devptr room;
	bool ready;
};

static int measured_product(void *self, const struct problem *q, const devptr *data)
{
	struct measured *m = self;
	const struct sparse *s = &m->p->sparse;
	const float one = 1, zero = 0;

	if (!m->ready) {
		m->ready = true;
		return describe(m->p, q, data, &m->m) || multiply(m->p, &m->m, &m->room) ? -1 : 0;
	}
	const int status = s->product(m->p->handle, NON_TRANSPOSE, NON_TRANSPOSE, &one, m->m.a, m->m.b, &zero, m->m.c,
				      REAL_32F, ALG_DEFAULT, address(m->room));
	return status ? failed(m->p, "cusparseSpMM", status) : 0;
}

static void bench_patterns(struct proof *p, int handle, void *stream)
{
	static const enum pattern what[] = {PATTERN_EVEN, PATTERN_LONG};
	bool fine = p->version[0] >= ROW_ORDER_SINCE; /* the others measure another order of the dense matrix */

	for (size_t i = 0; i < sizeof(what) / sizeof(what[0]) && fine; i++) {
		struct measured m = {.p = p};
		char id[64];

		snprintf(id, sizeof(id), what[i] == PATTERN_LONG ? "bench.%.30s.f32.i32.long" : "bench.%.30s.f32.i32",
			 p->row->id);
		fine = bench_run(&(struct bench){.driver = p->driver,
						 .index = p->device,
						 .handle = handle,
						 .stream = stream,
						 .id = id,
						 .kind = F32,
						 .pattern = what[i],
						 .product = measured_product,
						 .self = &m});
		if (m.m.a)
			(void)p->sparse.drop_csr(m.m.a);
		if (m.m.b)
			(void)p->sparse.drop_dense(m.m.b);
		if (m.m.c)
			(void)p->sparse.drop_dense(m.m.c);
		if (m.room && fine)
			(void)p->driver->free(m.room);
	}
}

/* A product on p's device, whose context is the current one. */
static void prove_product(struct proof *p, int handle, const struct gpu_opts *o)
{
	const struct shape *large_or_thin = p->version[0] >= ROW_ORDER_SINCE ? &large : &thin;
	struct run r = {.driver = p->driver,
			.id = p->row->id,
			.device = p->device,
			.limit_ms = LIMIT_MS,
			.product = product,
			.self = p};
	const long start = now_ms();
	struct problem q;
	char found[100];
	bool right = false;
	int status = 0;

	if (!driver_ok(r.id, p->device, "cuStreamCreate", p->driver->stream_create(&r.stream, 0)))
		return;
	say_at("cusparseCreate of %.150s", p->row->path);
	status = p->sparse.create(&p->handle);
	if (status) {
		(void)failed(p, "cusparseCreate", status);
		return;
	}
	status = p->sparse.set_stream(p->handle, r.stream);
	if (status) {
		(void)failed(p, "cusparseSetStream", status);
		return;
	}
	const bool made =
		problem_make(&q, o->quick && large_or_thin == &large ? &small : large_or_thin, F32, false, true);
	snprintf(found, sizeof(found), "cuSPARSE %d.%d.%d, exact product of %u rows", p->version[0], p->version[1],
		 p->version[2], made ? q.shape->rows : 0);
	if (!made)
		say_row(ROW(.id = r.id, .status = ERROR, .code = "out-of-memory", .file = p->row->path,
			    .found = "the container's memory is short", .nth = p->device + 1));
	else
		right = run_problem(&r, &q) == RIGHT;
	if (right)
		say_row(ROW(.id = r.id, .status = PASS, .found = found, .file = p->row->path, .nth = p->device + 1,
			    .ms = now_ms() - start + 1));
	problem_clear(&q);
	if (right && o->bench)
		bench_patterns(p, handle, r.stream);
}

static void prove_device(struct proof *p, int index, const struct gpu_opts *o)
{
	const struct driver *d = p->driver;
	void *context = NULL;
	int device = 0, result = d->get(&device, index);

	p->device = index;
	say_at("open a context on device %d", index);
	if (!result)
		result = d->retain(&context, device);
	if (!result)
		result = d->set_current(context);
	if (!driver_ok(p->row->id, index, "cuDevicePrimaryCtxRetain", result))
		return;
	prove_product(p, device, o);
	(void)d->release(device);
}

/* Without a usable driver its own start-up says what it makes of that. */
static void say_no_driver(struct proof *p, int result)
{
	char found[200];

	say_at("cusparseCreate of %.150s", p->row->path);
	const int status = p->sparse.create(&p->handle);
	snprintf(found, sizeof(found), "cuSPARSE %d.%d.%d, cusparseCreate %d: %s", p->version[0], p->version[1],
		 p->version[2], status, result < 0 ? "no NVIDIA driver in the container" : "the driver does not start");
	say_row(ROW(.id = p->row->id, .status = SKIP, .code = result < 0 ? "no-driver" : cause_of(result)->code,
		    .found = found, .file = p->row->path));
}

void sparse_prove(void *library, const struct toolkit_row *row, const struct gpu_opts *o)
{
	struct driver driver;
	struct proof p = {.row = row, .driver = &driver, .device = -1};
	int n = 0;

	if (!bind(library, row, &p.sparse))
		return;
	for (int i = 0; i < 3; i++)
		(void)p.sparse.property(MAJOR_VERSION + i, &p.version[i]);
	say_at("cuInit");
	int result = driver_start_quietly(&driver);
	if (!result)
		result = driver.count(&n);
	if (!result && n == 0)
		result = 100;
	if (result)
		say_no_driver(&p, result);
	for (int i = 0; i < n && i < 64 && !result; i++)
		prove_device(&p, i, o);
}
