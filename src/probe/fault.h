/* fault.h — whose fault a cause is: the image's, the host's (node, driver, GPU, container set-up), or not known.
 *
 * A host's fault never fails an image. One table; what it does not name is the image's where a row fails, else not
 * known. Not here: what a driver's result means (probe/host/cause.c), what is done about a fault (probe/judge.h). */
#pragma once

#include "model/verdict.h"

enum fault { FAULT_NONE, FAULT_IMAGE, FAULT_HOST, FAULT_UNKNOWN };

/* Of one row of v; FAULT_NONE where it did not fail, end in an error or get skipped. driver: the oldest driver that the
 * image was planned for, or NULL: an older one is then the host's fault. */
enum fault fault_of(const struct verdict *v, const struct verdict_row *row, const char *driver) NODISCARD;
/* "image", "host", "unknown"; NULL for FAULT_NONE. Static. */
const char *fault_name(enum fault f) NODISCARD;
