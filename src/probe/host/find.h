/* find.h — the CUDA libraries that the image holds, by their file names. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { FIND_MOST = 8, FIND_PATH = 1024 };

enum toolkit { CUDART, CUSPARSE };

struct found {
	struct found_one {
		enum toolkit what;
		char path[FIND_PATH];
	} v[2 * FIND_MOST]; /* by path, each kind; at most FIND_MOST of one */
	size_t n;
	bool more; /* that have no place in v */
	bool cut;  /* the time was up before all was seen */
};

/* Looks below root, not into /proc, /sys and /dev, follows no link to a folder, and takes at most limit_ms. Stubs, what
 * is for linking alone, and links to files that are findings by their own names are no findings. */
void find_libraries(const char *root, long limit_ms, struct found *ret);
