/* metadata.h — what Python's packaging files say: METADATA, PKG-INFO, WHEEL, RECORD, version.py.
 *
 * Readers of hostile text: lines of any length, any bytes; what is not understood is left out. Not here: which files
 * are read (inspect/gather.h). */
#pragma once

#include "base/strv.h"

#include <stdint.h>

/* The value of a header line ("Name") in front of the first empty line; the caller's; NULL = none. */
char *metadata_field(struct blob text, const char *name) NODISCARD;
/* Appends the values of all such lines. */
void metadata_fields(struct blob text, const char *name, struct strv *into);
/* The name as it is imported as a rule: lower case, "_" in place of "-" and "."; the caller's. */
char *metadata_name(const char *name) NODISCARD;
/* The text that a Python line assigns: NAME = '...', also with a type behind the name; the caller's; NULL = none. */
char *metadata_assigned(struct blob text, const char *name) NODISCARD;

struct record_row {
	char *path;    /* as written: relative to the site, '/' between */
	bool has_size; /* a RECORD states none of itself */
	uint64_t size;
};
/* The next row of a RECORD from *at on (0 first); the row's path is the caller's. False at the end. */
bool record_next(struct blob text, size_t *at, struct record_row *ret) NODISCARD;
