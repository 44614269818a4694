/* wheelname.h — file names of Python packages: wheels (PEP 427 with compressed tags) and source archives (PEP 625).
 *
 * A name is hostile text: what is parsed has passed the grammar, holds no slash and no control byte. Not here: which of
 * several files is taken (source/pick.h). */
#pragma once

#include "model/ver.h"

#include "base/strv.h"

struct wheelname {
	char *dist;			      /* normalised: "torch-sparse" */
	struct ver version;		      /* with label */
	char *build;			      /* "1" or NULL */
	struct strv pythons, abis, platforms; /* compressed tags taken apart */
	char *variant; /* the label of a variant wheel (draft PEP 825), which is no part of the version; or NULL */
};

void wheelname_free(struct wheelname *w);
DEFINE_AUTO(wheelname, struct wheelname);
/* Reads a file name (unescaped). NULL where it is no wheel's. */
struct wheelname *wheelname_parse(const char *file) NODISCARD;
/* The PEP 503 form of a project's name, lower-case with single dashes; the caller's. */
char *wheelname_normal(const char *name) NODISCARD;
/* Whether an installer of that Python ("3.11", "3.13t") on that platform ("linux/amd64") takes the wheel, glibc apart:
 * never a variant wheel. Or whether its tags alone fit. */
bool wheelname_tags_fit(const struct wheelname *w, const char *python, const char *platform) NODISCARD;
bool wheelname_fits(const struct wheelname *w, const char *python, const char *platform) NODISCARD;
/* The glibc that the wheel's platform tag asks for, as major * 100 + minor; the lowest of several; 0: it states none
 * (linux_x86_64, any). */
unsigned wheelname_glibc(const struct wheelname *w) NODISCARD;
/* Whether the file is the source archive of that version of the project. */
bool wheelname_is_sdist(const char *file, const char *dist, const struct ver *version) NODISCARD;
