/* check_parts.h — the single checks; inspect/checks.c calls them in order. Each adds its rows to the report. */
#pragma once

#include "inspect/view.h"

/* A row with that much filled; the caller sets expected, found and hint (owned by the report). */
struct report_check *check_row(struct report *into, const char *id, enum report_status status, const char *code,
			       const char *file) NODISCARD;
/* A passing row; found is taken. */
void check_pass(struct report *into, const char *id, char *found);

/* check_packages.c: is everything there? */
void check_family(const struct view *v, struct report *into);
void check_complete(const struct view *v, struct report *into);
void check_readable(const struct view *v, struct report *into);
void check_companions(const struct view *v, struct report *into);
void check_torches(const struct view *v, struct report *into);
/* check_python.c: does it fit the interpreter? */
void check_python(const struct view *v, struct report *into);
/* check_plan.c, check_plan_config.c: is it what was planned? */
void check_plan(const struct view *v, struct report *into);
void check_plan_config(const struct view *v, struct report *into);
/* A row "plan.WHAT": pass where both are equal, else plan-mismatch; found NULL = none. */
void check_differs(struct report *into, const char *what, const char *want, const char *found, const char *file);
/* check_labels.c: is it what its own labels say? */
void check_labels(const struct view *v, struct report *into);
/* check_cuda.c: one CUDA for all? */
void check_cuda(const struct view *v, struct report *into);
void check_majors(const struct view *v, struct report *into);
void check_duplicates(const struct view *v, struct report *into);
/* check_symbols.c: one C++ for all? */
void check_symbols(const struct view *v, struct report *into);
/* check_system.c: does the system carry it? */
void check_libraries(const struct view *v, struct report *into);
void check_glibc(const struct view *v, struct report *into);
/* check_image.c: what the image does to the driver; check_config.c: and to processes. */
void check_driver_files(const struct view *v, struct report *into);
void check_config(const struct view *v, struct report *into);
/* check_target.c: rows for one target, and its verdict. */
void check_target(const struct view *v, const struct check_target *t, struct report *into);

/* NVIDIA_REQUIRE_CUDA against a driver: 1 it starts, 0 it is refused, -1 it depends on the product (brand=...). */
int nvrequire_meets(const struct catalog *c, const char *require, const struct driver *d) NODISCARD;
