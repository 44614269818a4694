/* credential.h — what this user's files and helpers say for a registry, as docker and podman read them.
 *
 * Asked in turn, the first that has an entry decides: DOCKER_AUTH_CONFIG (text), REGISTRY_AUTH_FILE,
 * ${DOCKER_CONFIG:-~/.docker}/config.json, $XDG_RUNTIME_DIR/containers/auth.json, ~/.config/containers/auth.json,
 * ~/.dockercfg.
 * Within a file credHelpers beats credsStore beats auths; the longest key that is the registry, or the registry and a
 * prefix of the repository, wins. Hosts must be equal. Trouble (an unreadable file, a helper that fails) is no error by
 * itself: public images need no login. It is kept in `trouble` for the message that follows when the registry does
 * refuse. A helper is a program in an absolute folder of PATH that none but its owner (root or this user) may change;
 * it has the time of CUDABUILD_STALL_TIMEOUT and 64 KiB. Not here: to whom a password may be sent (source/token.h). */
#pragma once

#include "base/buf.h"

struct credential {
	char *user, *password; /* owned, NULL: none */
	char *identity_token;  /* to be traded for a token */
	char *registry_token;  /* to be sent as it is */
	char *trouble;	       /* one line, or NULL */
	char *warning;	       /* one line, or NULL: others may read the file that holds them */
	char *from;	       /* for messages: the file or helper */
};

void credential_free(struct credential *c);
DEFINE_AUTO(credential, struct credential);

/* The credentials for repository DOMAIN/PATH ("docker.io" is Docker Hub); never NULL, all fields NULL where there are
 * none. *cancel as in proc_run(). */
struct credential *credential_find(const char *domain, const char *path, const volatile int *cancel) NODISCARD;

/* --- the parts, for tests --- */

/* What a file says: an entry's credentials in *into, or the helper that is to be asked (owned by the caller), or
 * neither. 0 nothing, 1 found, -1 with a line in *trouble (the caller's). */
int credential_search(struct blob file, const char *domain, const char *path, struct credential *into, char **helper,
		      char **trouble) NODISCARD;
/* Whether a key of such a file means DOMAIN/PATH: how many characters of it match, 0 = none. */
size_t credential_key_matches(const char *key, const char *domain, const char *path) NODISCARD;
/* "'FILE' holds a login and is open to others (mode 0644); ...", or NULL where it is not; the caller's. */
char *credential_exposed(const char *path) NODISCARD;
