/* host.h — which engine is meant: an address, where it was named, and the TLS files for it.
 *
 * The order: --host, DOCKER_HOST, DOCKER_CONTEXT, the current context of the docker configuration, CONTAINER_HOST,
 * /var/run/docker.sock, $XDG_RUNTIME_DIR/docker.sock, podman's sockets ($XDG_RUNTIME_DIR/podman/podman.sock,
 * /run/podman/podman.sock). The last four are taken only if there is a socket; when nothing is found, the first stays
 * the answer, and opening it says what is wrong. Reads files of the docker configuration, connects to nothing. Not
 * here: talking to it (engine/engine.h). */
#pragma once

#include "base/err.h"

#include <stdbool.h>

/* What the choice depends on; texts are borrowed, NULL or "" = not set. host_env_get() fills it from the process's
 * environment. */
struct host_env {
	const char *option; /* --host */
	const char *docker_host, *docker_context, *docker_config, *docker_cert_path, *docker_tls_verify;
	const char *container_host, *home, *xdg_runtime_dir;
	const char *default_socket; /* NULL: /var/run/docker.sock; tests name another */
	const char *podman_socket;  /* NULL: /run/podman/podman.sock */
};

struct host {
	char *address;	       /* as users write it: unix:///var/run/docker.sock, tcp://10.0.0.1:2376 */
	char *from;	       /* where it was named: "--host", "DOCKER_HOST", "docker context 'lab'", "default" */
	char *socket;	       /* unix: the socket's path; else NULL */
	char *url;	       /* what requests start with: http://localhost, https://10.0.0.1:2376; no slash behind */
	bool tls;	       /* always verified: what skips verification is refused */
	char *ca, *cert, *key; /* PEM files; NULL = the system's, or none */
};

/* option: the value of --host, may be NULL. */
struct host_env host_env_get(const char *option) NODISCARD;
/* The engine that is meant. *ret is the caller's. ERR_USAGE: an address of no known form, an unknown context, or ssh://
 * (the hint says how to forward its socket); ERR_INPUT: a broken docker configuration. */
int host_choose(const struct host_env *env, struct host **ret, struct err *err) NODISCARD;
/* Whether the address is on this machine (a unix socket). */
bool host_is_local(const struct host *h) NODISCARD;
void host_free(struct host *h);
DEFINE_AUTO(host, struct host);
