/* libs.h — which CUDA libraries the final image must bring, because no wheel has them under the name asked for.
 *
 * Wheels that bundle their libraries carry a renamed libcudart which extensions cannot use; torch_sparse up to 0.6.15
 * is linked with libcusparse. Pure. Not here: which base images exist (model/catalog_find.h). */
#pragma once

#include "model/catalog.h"

enum libs_need {
	LIBS_NEED_NONE,	    /* every soname is in a wheel: any OS image will do */
	LIBS_NEED_CUDART,   /* the base flavor brings it */
	LIBS_NEED_CUSPARSE, /* the runtime flavor brings it */
};

/* torch_libs is enum libs of the torch row; extensions: whether any is installed; sparse: its version, 0 = none. */
enum libs_need libs_needed(const struct catalog *c, uint16_t cuda, enum libs torch_libs, bool extensions,
			   uint32_t sparse) NODISCARD;
/* "libcusparse.so.11": the soname asked for, in one of two static texts per need and CUDA major; NULL for
 * LIBS_NEED_NONE. */
const char *libs_soname(uint16_t cuda, enum libs_need need) NODISCARD;
