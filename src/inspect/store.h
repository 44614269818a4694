/* store.h — the members of an image archive by name: JSON documents as bytes, layers as lists; of a layout in a folder
 * they are read when asked for. */
#pragma once

#include "adapt/json.h"
#include "base/stream.h"
#include "inspect/layer.h"

struct store;
void store_free(struct store *s);
DEFINE_AUTO(store, struct store);

/* A folder (OCI layout): nothing is read yet. */
int store_folder(const char *path, const volatile sig_atomic_t *stop, struct store **ret, struct err *err) NODISCARD;
/* An archive: reads the stream to its end. ERR_PROTOCOL: no tar, broken, cut short, over a limit. */
int store_archive(struct stream from, const volatile sig_atomic_t *stop, struct store **ret, struct err *err) NODISCARD;

/* The document of that name; *ret is the caller's. 1 when there is none. ERR_PROTOCOL: it is no JSON. */
int store_json(struct store *s, const char *name, struct jdoc **ret, struct err *err) NODISCARD;
/* The layer of that name, borrowed; an alias ("../ID/layer.tar") is followed. ERR_PROTOCOL where there is none. */
int store_layer(struct store *s, const char *name, const struct layer **ret, struct err *err) NODISCARD;
/* Where the layers' contents are kept. */
struct spool *store_spool(struct store *s) NODISCARD;
