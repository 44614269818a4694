#include "probe/host/run.h"

#include "probe/host/cause.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	MARGIN = 256,
	CANARY = 0xa5,
	POISON = 0xff,
	ROWPTR = 0,
	COL,
	VAL,
	DENSE,
	OUT,
	BUFFERS,
	WARPS = 8,
	NOT_READY = 600
};

static const char *const buffer_names[BUFFERS] = {"rowptr", "col", "val", "dense", "out"};

struct buffers {
	devptr at[BUFFERS]; /* of the allocation, MARGIN bytes before the data; 0 = none */
	size_t size[BUFFERS];
};

static enum outcome failed(const struct run *r, const char *call, int result)
{
	cause_say(r->id, r->device, call, result, say_doing());
	return LOST;
}

static void drop(const struct run *r, struct buffers *b)
{
	for (int i = 0; i < BUFFERS; i++)
		if (b->at[i])
			(void)r->driver->free(b->at[i]);
}

static int make_buffer(const struct driver *d, struct buffers *b, int i, const void *data, size_t size)
{
	int result = d->alloc(&b->at[i], size + 2 * MARGIN);

	b->size[i] = size;
	if (!result)
		result = d->fill(b->at[i], CANARY, size + 2 * MARGIN);
	if (!result && size && data)
		result = d->to_device(b->at[i] + MARGIN, data, size);
	if (!result && size && !data)
		result = d->fill(b->at[i] + MARGIN, POISON, size);
	return result;
}

static int make_buffers(const struct driver *d, struct buffers *b, const struct problem *p)
{
	int result = make_buffer(d, b, ROWPTR, p->rowptr, problem_rowptr_size(p));

	if (!result)
		result = make_buffer(d, b, COL, p->col, problem_col_size(p));
	if (!result)
		result = make_buffer(d, b, VAL, p->val, problem_val_size(p));
	if (!result)
		result = make_buffer(d, b, DENSE, p->dense, problem_dense_size(p));
	if (!result)
		result = make_buffer(d, b, OUT, NULL, problem_out_size(p));
	return result;
}

static enum outcome launch(const struct run *r, const struct problem *p, const struct buffers *b)
{
	long long rows = p->shape->rows, width = p->shape->width;
	devptr data[BUFFERS];
	void *args[2 + BUFFERS] = {&rows, &width};
	const unsigned grid_y = (p->shape->width + 31) / 32;
	const unsigned grid_x = r->long_rows ? p->shape->rows : (p->shape->rows + WARPS - 1) / WARPS;

	if (!grid_x)
		return RIGHT; /* an empty grid is an error to a driver */
	for (int i = 0; i < BUFFERS; i++) {
		data[i] = b->at[i] + MARGIN;
		args[2 + i] = &data[i];
	}
	int result = 0;
	if (r->product && r->product(r->self, p, data))
		return LOST;
	if (!r->product)
		result = r->driver->launch(r->function, grid_x, grid_y, 1, 32 * WARPS, 1, 1, 0, r->stream, args, NULL);
	if (result)
		return failed(r, "cuLaunchKernel", result);
	const long start = now_ms();
	while ((result = r->driver->stream_query(r->stream)) == NOT_READY && now_ms() - start < r->limit_ms)
		usleep(now_ms() - start < 10 ? 50 : 2000);
	return result ? failed(r, "cuStreamQuery", result) : RIGHT;
}

static bool intact(const unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bytes[i] != CANARY)
			return false;
	return true;
}

/* What lies before and behind the data, and the inputs themselves, must be as they were. */
static enum outcome check_buffer(const struct run *r, const struct buffers *b, int i, const void *was,
				 unsigned char *into)
{
	char found[256];
	const size_t size = b->size[i];
	const int result = r->driver->to_host(into, b->at[i], size + 2 * MARGIN);

	if (result)
		return failed(r, "cuMemcpyDtoH", result);
	const bool around = intact(into, MARGIN) && intact(into + MARGIN + size, MARGIN);
	if (around && (!was || memcmp(into + MARGIN, was, size) == 0))
		return RIGHT;
	snprintf(found, sizeof(found), "%s: the kernel wrote %s buffer '%s'", say_doing(),
		 around ? "into the input" : "beyond the", buffer_names[i]);
	say_row(ROW(.id = r->id, .status = FAIL, .code = "memory-overwritten", .found = found, .nth = r->device + 1,
		    .hint = "the GPU or its driver runs this code wrongly"));
	return WRONG;
}

static enum outcome check_out(const struct run *r, const struct problem *p, const unsigned char *out)
{
	char found[256];
	const long wrong = problem_compare(p, out);

	if (wrong < 0)
		return RIGHT;
	problem_tell(p, out, wrong, found, sizeof(found));
	say_row(ROW(.id = r->id, .status = FAIL, .code = "wrong-result", .found = found, .nth = r->device + 1,
		    .expected = p->exact ? "the exact product" : "the product within its rounding bound",
		    .hint = "the GPU, its driver or the compiled kernel computes wrongly"));
	return WRONG;
}

static enum outcome check(const struct run *r, const struct problem *p, const struct buffers *b)
{
	const void *was[BUFFERS] = {p->rowptr, p->col, p->val, p->dense, NULL};
	size_t most = 0;
	enum outcome outcome = RIGHT;

	for (int i = 0; i < BUFFERS; i++)
		most = b->size[i] > most ? b->size[i] : most;
	unsigned char *bytes = malloc(most + 2 * MARGIN);
	if (!bytes)
		return failed(r, "malloc", 2);
	for (int i = 0; i < BUFFERS && outcome == RIGHT; i++)
		outcome = check_buffer(r, b, i, was[i], bytes);
	if (outcome == RIGHT)
		outcome = check_out(r, p, bytes + MARGIN);
	free(bytes);
	return outcome;
}

enum outcome run_problem(const struct run *r, const struct problem *p)
{
	struct buffers b = {.at = {0}};
	int result = make_buffers(r->driver, &b, p);
	enum outcome outcome = result ? failed(r, "cuMemAlloc or cuMemcpyHtoD", result) : launch(r, p, &b);

	if (outcome == RIGHT)
		outcome = check(r, p, &b);
	if (outcome != LOST)
		drop(r, &b);
	return outcome;
}
