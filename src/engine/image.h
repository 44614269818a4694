/* image.h — images in an engine: pulled by digest, named, looked at, listed, removed. */
#pragma once

#include "engine/engine.h"

/* An image as the engine describes it. Owns all. */
struct image {
	char *id;					      /* "sha256:HEX" */
	struct strv tags, digests;			      /* "repo:tag", "repo@sha256:HEX" */
	struct strv labels, env;			      /* "KEY=VALUE", labels sorted by key */
	struct strv entrypoint, cmd;			      /* argv */
	struct strv volumes;				      /* paths, sorted */
	struct strv diff_ids;				      /* layers, lowest first */
	char *user, *workdir, *os, *arch, *variant, *created; /* "" where it has none */
	uint64_t size;					      /* bytes, unpacked */
};

/* Credentials for the registry of one image; password or token are never printed. NULL members = none. */
struct engine_auth {
	const char *server, *username, *password, *identity_token, *registry_token;
};

struct pull_opts {
	const char *subject;		/* of the events */
	const char *platform;		/* "linux/amd64"; NULL = the engine's */
	const struct engine_auth *auth; /* NULL = none */
};

/* One row of a list. */
struct image_row {
	char *id;
	struct strv tags, digests, labels;
	uint64_t size, created; /* seconds since 1970 */
};

struct images {
	struct image_row *v;
	size_t n;
};

/* Pulls "name@sha256:HEX" (a name without digest is ERR_INTERNAL: nothing unpinned is pulled), unless it is there
 * already. Events: EVENT_STEP with bytes done and total over all layers. ERR_AUTH, ERR_NET, ERR_PROTOCOL when the
 * registry is at fault, ERR_ENGINE when the engine is. */
int engine_pull(struct engine *e, const char *image, const struct pull_opts *o, struct err *err) NODISCARD;
/* The image by id, tag or digest: 0, or 1 when it is not there. *ret is the caller's. */
int engine_image(struct engine *e, const char *image, struct image **ret, struct err *err) NODISCARD;
/* Whether it is there: 0 yes, 1 no. */
int engine_image_exists(struct engine *e, const char *image, struct err *err) NODISCARD;
/* Images that have all these labels ("KEY" or "KEY=VALUE"), newest first, then by id. *ret is the caller's. */
int engine_images(struct engine *e, const struct strv *labels, struct images **ret, struct err *err) NODISCARD;
/* Names an image "repo:tag" as well, taking the name from another that had it. */
int engine_tag(struct engine *e, const char *image, const char *name, struct err *err) NODISCARD;
/* Removes a name or, by id, an image that no container uses: 0, or 1 when it was not there. In use: ERR_ENGINE. */
int engine_image_remove(struct engine *e, const char *image, struct err *err) NODISCARD;

void image_free(struct image *i);
void images_free(struct images *i);
DEFINE_AUTO(image, struct image);
DEFINE_AUTO(images, struct images);
