/* sparse.h — one product by the image's cuSPARSE, compared with the reference, on every visible device. */
#pragma once

#include "probe/host/toolkit.h"

/* library: opened. */
void sparse_prove(void *library, const struct toolkit_row *row, const struct gpu_opts *o);
