/* layer.h — one layer of an image read from first byte to last: what it adds, and what it takes from those below.
 *
 * Nothing is extracted: of ELF files a struct binary stays, of small texts their bytes, of all others name and size. At
 * any time one file's wanted part lies in one temporary file without a name. Names are hostile: those that go upwards
 * are dropped. Not here: what lies over what (inspect/tree.h), where layers come from (inspect/bundle.h). */
#pragma once

#include "base/stream.h"
#include "inspect/gather.h"
#include "inspect/tree.h"

#include <signal.h>

/* What all layers of an image may cost together; counts down, for several threads at once. */
struct layer_budget {
	_Atomic uint64_t entries, bytes;
	const volatile sig_atomic_t *stop; /* may be NULL */
};

struct layer;
void layer_free(struct layer *l);
DEFINE_AUTO(layer, struct layer);

/* Reads a tar, plain or packed, to its end. *ret is the caller's. ERR_PROTOCOL where it is broken or over the budget,
 * ERR_IO, ERR_CANCELED, or what the stream raises. */
int layer_read(struct stream from, struct layer_budget *left, struct layer **ret, struct err *err) NODISCARD;
/* Puts the layer over what lies in the tree; the tree borrows from it. */
void layer_apply(struct layer *l, struct tree *t);
/* Bytes of its files. */
uint64_t layer_size(const struct layer *l) NODISCARD;
/* Hands all files and links of the tree on; the layers' binaries move. */
void layer_gather(const struct tree *t, struct gather *g);
