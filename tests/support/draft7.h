/* draft7.h — the part of JSON Schema (draft 7) that manifest_schema() uses, so that tests can ask it about documents.
 */
#pragma once

#include "adapt/json.h"

struct draft7;
/* Prepares a schema; a keyword that is not known here ends the test. */
struct draft7 *draft7_new(const char *schema);
void draft7_free(struct draft7 *d);
DEFINE_AUTO(draft7, struct draft7);
/* Whether the value is valid. */
bool draft7_valid(struct draft7 *d, struct jval value);
