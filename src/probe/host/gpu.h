/* gpu.h — proves every visible GPU: context, modules of both carriers, all kernels on all shapes. Says rows, decides
 * nothing. */
#pragma once

#include <stdbool.h>

struct gpu_opts {
	const char *cuda;   /* what the driver must run, or NULL */
	const char *module; /* file with kernels of the image's own nvcc, or NULL; one that is not there is left out */
	bool quick;	    /* small shapes only */
	bool bench;	    /* measure as well */
	long kernel_ms;	    /* how long one kernel may take */
};

void gpu_prove(const struct gpu_opts *o);
