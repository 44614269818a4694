#include "engine/host.h"

#include "adapt/digest.h"
#include "adapt/json.h"
#include "base/file.h"
#include "base/str.h"

#include <string.h>
#include <sys/stat.h>

#define CONFIG_MAX     (1u << 20)
#define DEFAULT_SOCKET "/var/run/docker.sock"
#define PODMAN_SOCKET  "/run/podman/podman.sock"

struct host_env host_env_get(const char *option)
{
	return (struct host_env){
		.option = option,
		.docker_host = getenv("DOCKER_HOST"),
		.docker_context = getenv("DOCKER_CONTEXT"),
		.docker_config = getenv("DOCKER_CONFIG"),
		.docker_cert_path = getenv("DOCKER_CERT_PATH"),
		.docker_tls_verify = getenv("DOCKER_TLS_VERIFY"),
		.container_host = getenv("CONTAINER_HOST"),
		.home = getenv("HOME"),
		.xdg_runtime_dir = getenv("XDG_RUNTIME_DIR"),
	};
}

void host_free(struct host *h)
{
	if (!h)
		return;
	free(h->address);
	free(h->from);
	free(h->socket);
	free(h->url);
	free(h->ca);
	free(h->cert);
	free(h->key);
	free(h);
}

bool host_is_local(const struct host *h)
{
	return h->socket != NULL;
}

static bool is_set(const char *text)
{
	return text && *text;
}

/* The folder of the docker configuration, or NULL. */
static char *config_dir(const struct host_env *env)
{
	if (is_set(env->docker_config))
		return xstrdup(env->docker_config);
	return is_set(env->home) ? file_join(env->home, ".docker") : NULL;
}

static char *pem_if_there(const char *dir, const char *name)
{
	AUTO_TEXT char *path = file_join(dir, name);

	return file_exists(path) ? TAKE(path) : NULL;
}

static void host_tls_files(struct host *h, const char *dir)
{
	h->tls = true;
	h->ca = pem_if_there(dir, "ca.pem");
	h->cert = pem_if_there(dir, "cert.pem");
	h->key = pem_if_there(dir, "key.pem");
}

/* DOCKER_CERT_PATH and DOCKER_TLS_VERIFY, as they hold for an address that is no context's. */
static void host_tls_env(struct host *h, const struct host_env *env)
{
	if (is_set(env->docker_cert_path)) {
		host_tls_files(h, env->docker_cert_path);
	} else if (is_set(env->docker_tls_verify)) {
		AUTO_TEXT char *dir = config_dir(env);

		h->tls = true;
		if (dir)
			host_tls_files(h, dir);
	}
}

/* Completes h from its address; TLS is known. */
static int host_address(struct host *h, struct err *err)
{
	const char *a = h->address;

	if (str_starts(a, "unix://")) {
		h->socket = xstrdup(a + strlen("unix://"));
		h->url = xstrdup("http://localhost");
		h->tls = false;
		if (h->socket[0] != '/')
			return err_set(err, ERR_USAGE, "%s: '%s' names no socket: unix:///PATH is due", h->from, a);
		return 0;
	}
	if (str_starts(a, "ssh://")) {
		err_set(err, ERR_USAGE, "%s: '%s': an engine behind ssh cannot be reached directly", h->from, a);
		return err_hint(
			err,
			"ssh -nNT -L /tmp/engine.sock:/var/run/docker.sock %.80s & then --host unix:///tmp/engine.sock",
			a + strlen("ssh://"));
	}
	if (!str_starts(a, "tcp://") || !a[strlen("tcp://")]) {
		err_set(err, ERR_USAGE, "%s: '%s' is no address of an engine", h->from, a);
		return err_hint(err, "unix:///var/run/docker.sock or tcp://HOST:PORT");
	}
	const char *rest = a + strlen("tcp://"), *bracket = strrchr(rest, ']'),
		   *colon = strrchr(bracket ? bracket : rest, ':');
	size_t len = strcspn(rest, "/");
	const char *port = colon ? "" : h->tls ? ":2376" : ":2375";

	h->url = xasprintf("%s://%.*s%s", h->tls ? "https" : "http", (int)len, rest, port);
	return 0;
}

static int host_plain(const struct host_env *env, const char *address, const char *from, struct host **ret,
		      struct err *err)
{
	AUTO(host) struct host *h = xcalloc(1, sizeof(*h));

	h->address = xstrdup(address);
	h->from = xstrdup(from);
	host_tls_env(h, env);
	if (host_address(h, err) < 0)
		return -1;
	*ret = TAKE(h);
	return 0;
}

/* Takes address and TLS files from what the docker CLI keeps about a context. */
static int context_read(struct host *h, const char *dir, const char *name, struct blob text, struct err *err)
{
	AUTO(jdoc) struct jdoc *doc = NULL;
	struct jval ends, docker;
	const char *address;
	bool skip = false;
	char hex[HASH_HEX_SIZE];

	if (jdoc_parse(text, &doc, err) < 0 || jval_get(jdoc_root(doc), "Endpoints", JDOC_OBJECT, &ends, err) < 0 ||
	    jval_get(ends, "docker", JDOC_OBJECT, &docker, err) < 0 || jval_text(docker, "Host", &address, err) < 0 ||
	    jval_bool_opt(docker, "SkipTLSVerify", &skip, err) < 0)
		return -1;
	if (skip && str_starts(address, "tcp://")) {
		err_set(err, ERR_USAGE, "%s: does not verify its engine's certificate, which cudabuild always does",
			h->from);
		return err_hint(err, "docker context update %.60s --docker host=%.60s,ca=CA.pem", name, address);
	}
	hash_hex(blob_text(name, name), hex);
	AUTO_TEXT char *tls = xasprintf("%s/contexts/tls/%s/docker", dir, hex);

	h->address = xstrdup(address);
	if (file_is_dir(tls))
		host_tls_files(h, tls);
	return host_address(h, err);
}

static int host_of_context(const char *dir, const char *name, struct host **ret, struct err *err)
{
	AUTO(host) struct host *h = xcalloc(1, sizeof(*h));
	AUTO_BUF struct buf text = BUF_INIT;
	char hex[HASH_HEX_SIZE];

	hash_hex(blob_text(name, name), hex);
	AUTO_TEXT char *path = xasprintf("%s/contexts/meta/%s/meta.json", dir ? dir : "", hex);
	AUTO_TEXT char *shown = str_shown(name, 80);

	h->from = xasprintf("docker context '%s'", shown);
	int there = dir ? file_read_if_there(path, CONFIG_MAX, &text, err) : 1;

	if (there < 0)
		return -1;
	if (there > 0) {
		err_set(err, ERR_USAGE, "there is no docker context '%s'", shown);
		return err_hint(err, "docker context ls shows the ones there are");
	}
	if (context_read(h, dir, name, buf_blob(&text, path), err) < 0)
		return -1;
	*ret = TAKE(h);
	return 0;
}

/* The current context that the docker configuration names, or NULL. */
static int current_context(const char *dir, char **ret, struct err *err)
{
	AUTO_TEXT char *path = dir ? file_join(dir, "config.json") : NULL;
	AUTO_BUF struct buf text = BUF_INIT;
	AUTO(jdoc) struct jdoc *doc = NULL;
	const char *name = NULL;

	*ret = NULL;
	int there = path ? file_read_if_there(path, CONFIG_MAX, &text, err) : 1;

	if (there != 0)
		return there < 0 ? -1 : 0;
	if (jdoc_parse(buf_blob(&text, path), &doc, err) < 0 || jval_want(jdoc_root(doc), JDOC_OBJECT, err) < 0 ||
	    jval_text_opt(jdoc_root(doc), "currentContext", &name, err) < 0)
		return -1;
	*ret = xstrdup(name);
	return 0;
}

static bool is_socket(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISSOCK(st.st_mode);
}

/* The first socket of the well-known ones that is there; else docker's. */
static int host_default(const struct host_env *env, struct host **ret, struct err *err)
{
	const char *docker = env->default_socket ? env->default_socket : DEFAULT_SOCKET;
	const char *podman = env->podman_socket ? env->podman_socket : PODMAN_SOCKET;
	AUTO_TEXT char *rootless = is_set(env->xdg_runtime_dir) ? file_join(env->xdg_runtime_dir, "docker.sock") : NULL;
	AUTO_TEXT char *rootless_podman =
		is_set(env->xdg_runtime_dir) ? file_join(env->xdg_runtime_dir, "podman/podman.sock") : NULL;
	const char *paths[] = {docker, rootless, rootless_podman, podman};
	const char *found = docker;

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		if (paths[i] && is_socket(paths[i])) {
			found = paths[i];
			break;
		}
	}
	AUTO_TEXT char *address = xasprintf("unix://%s", found);

	return host_plain(env, address, "default", ret, err);
}

int host_choose(const struct host_env *env, struct host **ret, struct err *err)
{
	AUTO_TEXT char *dir = config_dir(env);
	AUTO_TEXT char *current = NULL;

	if (is_set(env->option))
		return host_plain(env, env->option, "--host", ret, err);
	if (is_set(env->docker_host))
		return host_plain(env, env->docker_host, "DOCKER_HOST", ret, err);
	if (is_set(env->docker_context))
		current = xstrdup(env->docker_context);
	else if (current_context(dir, &current, err) < 0)
		return -1;
	if (is_set(current) && !str_eq(current, "default"))
		return host_of_context(dir, current, ret, err);
	if (is_set(env->container_host))
		return host_plain(env, env->container_host, "CONTAINER_HOST", ret, err);
	return host_default(env, ret, err);
}
