/* pick.h — which of the files on a page answers the question for a wheel, source archive or Python.
 *
 * Pure. Deterministic whatever the order of the links: label that fits best, not yanked, lowest glibc, highest build,
 * then the name. */
#pragma once

#include "model/needs.h"
#include "source/linkpage.h"

/* What the place of the links says about them. */
enum pick_place {
	PICK_FLAT,    /* nothing: wheels of many variants and torch releases may lie there */
	PICK_VARIANT, /* all are of the variant (and torch release) asked for: an unlabelled wheel is taken at its
			 place's word */
};

/* The index of the answer in l->v, or -1: none. *label is then the wheel's label with "+" (the caller's), or NULL. */
long pick_wheel(const struct links *l, const struct fact_ask *a, enum pick_place place, char **label) NODISCARD;
/* The source archive of package and version, or -1. */
long pick_sdist(const struct links *l, const struct fact_ask *a) NODISCARD;
/* An archive of a standalone CPython of that minor for that platform, the newest patch; or -1. */
long pick_python(const struct links *l, const struct fact_ask *a) NODISCARD;
