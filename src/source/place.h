/* place.h — one repository of a registry: its address, the certificates for it, the token that it wants.
 *
 * Docker Hub is asked at registry-1.docker.io. Certificates: ca.crt, client.cert and client.key of certs.d/HOST as
 * docker reads them, in $XDG_CONFIG_HOME/docker (else ~/.config/docker), then in /etc/docker; a client's certificate is
 * for the registry alone, not for its token service. Not here: what is asked there (source/registry.h,
 * source/remote.h). */
#pragma once

#include "source/token.h"

struct place {
	struct place *next;    /* of its owner's list */
	struct ref repository; /* without tag and digest */
	char *base;	       /* "https://nvcr.io" */
	struct http_via via;   /* of the registry's own answers */
	struct token *token;
	char *ca, *cert, *key; /* via's files */
	struct http_via realm_via;
};

/* caller, ca (may be NULL) and cancel (may be NULL) are borrowed; plain: by http. Never NULL; the caller's. */
struct place *place_new(const struct ref *ref, bool plain, struct caller *caller, const char *ca,
			const volatile int *cancel) NODISCARD;
void place_free(struct place *p);
DEFINE_AUTO(place, struct place);
/* "https://nvcr.io" of a reference; the caller's. */
char *place_base(const struct ref *ref, bool plain) NODISCARD;
/* Whether the answer came from another origin, to which the registry had redirected: its challenges are not answered.
 */
bool place_is_foreign(const struct place *p, const struct http_answer *a) NODISCARD;
/* "DENIED: requested access to the resource is denied" from the body of a registry's refusal; "" where it holds nothing
 * of the kind. Printable; the caller's. */
char *place_said(struct blob body) NODISCARD;
