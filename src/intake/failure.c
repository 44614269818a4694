#include "intake/failure.h"

const struct failure *const failure_tables[] = {failures_seen,	failures_torch,	    failures_library,
						failures_build, failures_install,   failures_gpu,
						failures_other, failures_container, NULL};
