/* errlog.h — known failures found in a pasted log, whatever noise is around them.
 *
 * Pure: bytes in, causes out; time grows with the log's length alone. Not here: the table of failures
 * (intake/failure.h), how causes are shown (model/diagnosis.h). */
#pragma once

#include "model/catalog.h"
#include "model/diagnosis.h"

#define ERRLOG_MAX (50U << 20) /* bytes of a log that are read */

/* All causes that the log shows, in order; none is an empty diagnosis. The caller's. The catalog completes sentences:
 * which CUDA first serves a GPU, which OS has that glibc. */
struct diagnosis *errlog_read(struct blob log, const struct catalog *catalog) NODISCARD;
