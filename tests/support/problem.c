/* The probe's problems, numbers and packing, which the host program alone has, for tests of them and of the kernels'
 * twins. */
#include "probe/host/number.c" /* NOLINT(bugprone-suspicious-include) */
#include "probe/host/shape.c"  /* NOLINT(bugprone-suspicious-include) */
#include "probe/host/unpack.c" /* NOLINT(bugprone-suspicious-include) */
