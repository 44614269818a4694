/* cause.h — what a result of the driver API means in a container: cause, next step, and whose fault it is. */
#pragma once

#include "probe/host/say.h"

struct cause {
	int result;	    /* CUresult */
	const char *name;   /* CUDA_ERROR_... */
	enum status status; /* FAIL: this image cannot work here; ERROR: node or container set-up, no verdict on the
			       image; SKIP */
	const char *code, *hint;
};

/* The row for a result that is not 0; never NULL. */
const struct cause *cause_of(int result);
/* Adds a row for a driver call that failed: "CUDA_ERROR_... (209) from cuModuleLoadDataEx: DETAIL". detail may be NULL.
 */
void cause_say(const char *id, int device, const char *call, int result, const char *detail);
/* The same for what a library of the image got; found says all of it. */
void cause_say_file(const char *id, const char *file, int result, const char *found);
