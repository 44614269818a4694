/* catalog_life.h — how long NVIDIA keeps what it publishes: driver branches and the policy for images.
 *
 * Rows of the catalog. What follows from them for a tag: rules/forecast.h. */
#pragma once

#include <stdint.h>

/* A branch of the data-center driver. Sorted by branch. */
struct branch_row {
	uint16_t branch;       /* 580 */
	uint8_t exact;	       /* 1: NVIDIA names that month; 0: it had ended by then */
	uint32_t end;	       /* of its support, year * 100 + month; 0 = none is stated */
	uint32_t kind, source; /* "long term support", "production", "new feature" or ""; offsets into the pool */
};

/* What NVIDIA promises of nvidia/cuda's tags, and what it did. One row. */
struct policy_row {
	uint16_t grace;			 /* months from the end of support to deletion */
	uint16_t majors;		 /* CUDA majors that are kept */
	uint32_t announced, seen, until; /* year * 100 + month: of the policy, of the last deletion, of the last look */
	uint32_t source, evidence;	 /* offsets into the pool */
};
