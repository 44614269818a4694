#include "support/twins.h"

#include <fcntl.h>
#include <sanitizer/asan_interface.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define TWIN_SET sound
#include "support/twin.h"

#define TWIN_SET			 swapped
#define SPMM_ELEMENT(row, column, width) ((column) * (width) + (row))
#include "support/twin.h"

#define TWIN_SET	 tailless
#define SPMM_TAKES(left) ((left) < 32 ? 0 : 32)
#include "support/twin.h"

#define TWIN_SET	 short_tail
#define SPMM_TAKES(left) ((left) < 32 ? (int)(left)-1 : 32)
#include "support/twin.h"

#define TWIN_SET				  narrow
#define SPMM_ADD(sum, value, factor, store, load) load(store((sum) + (value) * (factor)))
#include "support/twin.h"

#define TWIN_SET				  single
#define SPMM_ADD(sum, value, factor, store, load) ((float)((sum) + (value) * (factor)))
#include "support/twin.h"

#define TWIN_SET			unwritten
#define SPMM_WRITES(row, rows, entries) ((entries) > 0)
#include "support/twin.h"

#define TWIN_SET			last_row
#define SPMM_WRITES(row, rows, entries) ((row) < (rows)-1)
#include "support/twin.h"

#define TWIN_SET	adding
#define SPMM_START(old) LOAD(old)
#include "support/twin.h"

#define TWIN_SET		   too_wide
#define SPMM_INSIDE(column, width) true
#include "support/twin.h"

#define TWIN_SET		   too_thin
#define SPMM_INSIDE(column, width) ((column) < (width)-1)
#include "support/twin.h"

#define TWIN_SET	  part_lost
#define SPMM_PARTS(warps) ((warps)-1)
#include "support/twin.h"

#define TWIN_SET	cut
#define SPMM_HALF(bits) 0
#include "support/twin.h"

const struct twin *const twins_sound = sound_twins;

static bool half(enum kind kind, bool long_rows)
{
	(void)long_rows;
	return kind == F16 || kind == BF16;
}

static bool brain(enum kind kind, bool long_rows)
{
	(void)long_rows;
	return kind == BF16;
}

static bool wide(enum kind kind, bool long_rows)
{
	(void)long_rows;
	return kind == F64;
}

static bool rows_long(enum kind kind, bool long_rows)
{
	(void)kind;
	return long_rows;
}

const struct twin_fault twin_faults[] = {
	{"swapped index", swapped_twins, NULL},
	{"missing tail", tailless_twins, NULL},
	{"a tail short of one entry", short_tail_twins, NULL},
	{"16-bit sums", narrow_twins, half},
	{"32-bit sums of 64-bit values", single_twins, wide},
	{"unwritten empty row", unwritten_twins, NULL},
	{"unwritten last row", last_row_twins, NULL},
	{"a sum that starts with the old result", adding_twins, NULL},
	{"columns beyond the width", too_wide_twins, NULL},
	{"a missing last column", too_thin_twins, NULL},
	{"the last warp's sum lost", part_lost_twins, rows_long},
	{"bits cut off in place of rounding", cut_twins, brain},
};
const size_t n_twin_faults = sizeof(twin_faults) / sizeof(twin_faults[0]);

enum { MARGIN = 512, CANARY = 0xa5, POISON = 0xff, ROWPTR = 0, COL, VAL, DENSE, OUT, BUFFERS };

struct buffer {
	unsigned char *all; /* with a margin on both sides */
	size_t size;
};

/* data NULL: poison. No sanitized code may touch the margins until they are looked at. */
static struct buffer buffer_make(const void *data, size_t size)
{
	const struct buffer b = {.all = malloc(size + 2 * MARGIN), .size = size};

	if (!b.all)
		abort();
	memset(b.all, CANARY, size + 2 * MARGIN);
	if (data)
		memcpy(b.all + MARGIN, data, size);
	else
		memset(b.all + MARGIN, POISON, size);
	ASAN_POISON_MEMORY_REGION(b.all, MARGIN);
	ASAN_POISON_MEMORY_REGION(b.all + MARGIN + size, MARGIN);
	return b;
}

/* Frees it too. */
static bool buffer_is_intact(struct buffer *b, const void *was)
{
	bool intact = !was || memcmp(b->all + MARGIN, was, b->size) == 0;

	ASAN_UNPOISON_MEMORY_REGION(b->all, MARGIN);
	ASAN_UNPOISON_MEMORY_REGION(b->all + MARGIN + b->size, MARGIN);
	for (size_t i = 0; i < MARGIN; i++)
		intact = intact && b->all[i] == CANARY && b->all[MARGIN + b->size + i] == CANARY;
	free(b->all);
	return intact;
}

static void launch(const struct twin *twin, const struct problem *p, bool long_rows, const struct buffer *b)
{
	const unsigned rows = p->shape->rows;
	struct spmm_block block = {.warps = SPMM_WARPS};

	for (block.y = 0; block.y < (p->shape->width + 31) / 32; block.y++)
		for (block.x = 0; block.x < (long_rows ? rows : (rows + SPMM_WARPS - 1) / SPMM_WARPS); block.x++)
			twin->run(&block, rows, p->shape->width, b[ROWPTR].all + MARGIN, b[COL].all + MARGIN,
				  b[VAL].all + MARGIN, b[DENSE].all + MARGIN, b[OUT].all + MARGIN);
}

bool twin_prove(const struct twin *twins, const struct problem *p, bool long_rows, char *into, size_t size)
{
	const struct twin *twin = &twins[(int)p->kind * 4 + p->wide * 2 + long_rows];
	const void *const was[BUFFERS] = {p->rowptr, p->col, p->val, p->dense, NULL};
	struct buffer b[BUFFERS] = {
		buffer_make(p->rowptr, problem_rowptr_size(p)), buffer_make(p->col, problem_col_size(p)),
		buffer_make(p->val, problem_val_size(p)),	buffer_make(p->dense, problem_dense_size(p)),
		buffer_make(NULL, problem_out_size(p)),
	};
	bool intact = true;

	launch(twin, p, long_rows, b);
	const long wrong = problem_compare(p, b[OUT].all + MARGIN);
	if (wrong >= 0)
		problem_tell(p, b[OUT].all + MARGIN, wrong, into, size);
	for (int i = 0; i < BUFFERS; i++)
		intact = buffer_is_intact(&b[i], was[i]) && intact;
	if (wrong < 0 && !intact)
		snprintf(into, size, "%s: it wrote beyond the result", p->shape->name);
	return wrong < 0 && intact;
}

static bool is_wrong(const struct twin *twins, enum kind kind, bool wide, bool long_rows)
{
	char ignored[256];
	bool right = true;

	for (size_t i = 0; i < n_shapes && right; i++)
		for (int exact = 1; exact >= 0 && right && !shapes[i].big; exact--) {
			struct problem p;
			if (!problem_make(&p, &shapes[i], kind, wide, exact))
				abort();
			right = twin_prove(twins, &p, long_rows, ignored, sizeof(ignored));
			problem_clear(&p);
		}
	return !right;
}

bool twin_notice(const struct twin *twins, enum kind kind, bool wide, bool long_rows)
{
	int status = 0;
	const pid_t pid = fork();

	if (pid < 0)
		abort();
	if (pid == 0) {
		const int nowhere = open("/dev/null", O_WRONLY);
		dup2(nowhere, 1);
		dup2(nowhere, 2);
		_exit(is_wrong(twins, kind, wide, long_rows) ? 1 : 0);
	}
	return waitpid(pid, &status, 0) == pid && status != 0;
}
