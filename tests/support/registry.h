/* registry.h — a registry and an index in a test's own process: the protocol as real ones speak it, and every way in
 * which they break it.
 *
 * Serves /v2/ as a registry does (repositories nvidia/cuda, library/ubuntu, single; tags as below), /token as a token
 * service, /whl as the PyTorch index, /pyg as PyG's, /simple as a plain Python index. A test turns its knobs before it
 * asks. */
#pragma once

#include "support/server.h"

struct fakereg {
	struct server *server;
	/* knobs of the registry */
	const char *auth;		   /* NULL: open; "bearer", "basic" */
	const char *realm;		   /* NULL: its own /token */
	const char *login;		   /* base64 of user:password that is wanted; NULL: anonymous is fine */
	const char *token_body;		   /* NULL: a good one */
	int token_status;		   /* 0: 200 */
	bool oauth;			   /* POST trades the identity token "idt"; else POST is 404 */
	const char *registry_token;	   /* this bearer token is let in too */
	bool lies_in_header, lies_in_body; /* of manifests */
	bool no_digest_header;
	int status; /* answer all manifests with it, `status_times` times; 0: serve */
	unsigned status_times;
	const char *status_headers, *status_body;
	unsigned expire_after; /* tokens are refused after so many uses; 0: never */
	/* counted */
	unsigned manifests, tokens, uses;
};

#define FAKEREG_TAG "12.8.1-base-ubuntu22.04" /* of nvidia/cuda: an index of linux/amd64 and linux/arm64 */

void fakereg_start(struct fakereg *f);
void fakereg_stop(struct fakereg *f);
/* The digest of what it serves: "index", "amd64", "arm64", "single"; static until the next call. */
const char *fakereg_digest(const char *what);
/* "127.0.0.1:PORT/REPOSITORY"; the caller's. */
char *fakereg_name(const struct fakereg *f, const char *repository);
