/* json_impl.h — what json.c and json_write.c share: how a document and a place are kept. For these two files only. */
#pragma once

#include "adapt/json.h"

#include <jansson.h>

struct jdoc {
	json_t *root;	    /* owned */
	char *name;	    /* owned; of the blob it was parsed from, "" for a built one */
	enum err_kind kind; /* of complaints */
};

/* The foreign value at v; asserts that there is one. */
json_t *jval_raw(struct jval v) NODISCARD;
/* Lets jansson take memory that is there or ends the process. */
void jdoc_set_up(void);
