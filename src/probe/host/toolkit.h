/* toolkit.h — the image's own CUDA libraries, opened as they lie there: what each says, and a product by cuSPARSE. */
#pragma once

#include "probe/host/find.h"
#include "probe/host/gpu.h"

/* One row "cudart" or "cusparse" for the library, or one for each device. id: the row's name. o->quick: a small
 * product; o->bench: cuSPARSE's is measured as well. */
void toolkit_prove(const struct found_one *library, const char *id, const struct gpu_opts *o);

/* --- for the proof of one library --- */

struct toolkit_row {
	const char *id, *path; /* of the library */
};

/* The function of that name into the pointer at into; false after a row where the library lacks it. */
bool toolkit_get(void *library, const struct toolkit_row *row, const char *name, void *into);
