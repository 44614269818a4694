/* say.h — one finding, one JSON line on stdout, written at once, so that lines of a program killed later still stand.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum status { PASS, FAIL, WARN, SKIP, ERROR, INFO };

struct row {
	const char *id; /* required; the others may be NULL */
	enum status status;
	const char *code, *expected, *found, *file, *hint;
	int nth; /* device + 1; 0: none */
	long ms; /* 0: not measured */
};

/* Fields that are not given are none. */
#define ROW(...) ((struct row){__VA_ARGS__})

/* What every line carries from now on; NULL: nothing. The text is copied. */
void say_tag(const char *tag);
void say_row(struct row r);
/* One line with the pairs name, value, name, value, ..., NULL; a pair with value NULL is left out. */
void say_pairs(const char *name, ...) __attribute__((sentinel));
void say_device(int device, const char *name, const char *compute, const char *uuid);
/* The device ran every kernel and every result was right. */
void say_ran(int device);
void say_end(void);
/* What was measured (probe/host/bench.h); times are of one run. */
struct say_bench {
	const char *id, *value, *index;
	int device;
	long rows, columns, width, entries, used; /* used: columns that have an entry */
	long repeats, median_ns, min_ns, p95_ns, copy_bytes, copy_ns, cache_bytes;
};
void say_bench(const struct say_bench *b);

/* Remembers what is being done, in memory that a parent process shares; say_doing() reads it. */
bool say_share(void);
void say_at(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
const char *say_doing(void);

/* Milliseconds of a clock that only goes forward as far as the machine's owner lets it. */
long now_ms(void);
