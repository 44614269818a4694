/* The manual's sections on files and environment. */
#include "cli/help.h"

struct row {
	const char *name, *what;
};

static const struct row files[] = {
	{"cudabuild.yaml, cudabuild.yml, cudabuild.json", "the manifest; the lock beside it is cudabuild.lock"},
	{"$XDG_CONFIG_HOME/cudabuild/config.yaml, /etc/cudabuild/config.yaml",
	 "configuration of the user and of the system: `sources` with registries for images and os_images and URLs for "
	 "torch, "
	 "pyg and pypi, `ca` (relative to the file), and `build: {jobs: N}`. The manifest counts before them, the "
	 "user's before "
	 "the system's, key by key. They act on this machine only, while servers are asked and images are built: locks "
	 "and "
	 "generated files name the manifest's sources."},
	{"$XDG_CACHE_HOME/cudabuild", "answers of registries and indexes, and what `catalog update` found"},
	{"~/.docker/config.json, $XDG_RUNTIME_DIR/containers/auth.json, ~/.config/containers/auth.json, ~/.dockercfg",
	 "logins for registries, as docker and podman keep them: asked in this order, after DOCKER_AUTH_CONFIG and "
	 "REGISTRY_AUTH_FILE; the first that names the registry counts. In a file credHelpers counts before "
	 "credsStore, "
	 "that before auths. HttpHeaders and proxies of config.json are not read: the former are docker's for its "
	 "engine and may hold secrets that no registry is to see, the latter are the environment of its containers. "
	 "Mirrors of containers' registries.conf are not read either: `sources` names mirrors"},
	{"~/.netrc", "logins for indexes, as curl and pip read them"},
	{"~/.config/docker/certs.d/HOST, /etc/docker/certs.d/HOST",
	 "ca.crt, client.cert and client.key for a registry"},
};

static const struct row environment[] = {
	{"CUDABUILD_NAME", "stands in for the option --NAME"},
	{"CUDABUILD_CACHE", "the folder of caches, absolute"},
	{"CUDABUILD_CONNECT_TIMEOUT, CUDABUILD_STALL_TIMEOUT, CUDABUILD_NETWORK_TIMEOUT",
	 "how long servers are waited for: until a connection stands (10s), below 1 KiB/s (30s), and for one round of "
	 "questions "
	 "(15m)"},
	{"DOCKER_CONFIG, DOCKER_AUTH_CONFIG, REGISTRY_AUTH_FILE",
	 "the folder of docker's config.json; the text of such a file; a file that is asked before those in places of "
	 "their own"},
	{"SSL_CERT_FILE, SSL_CERT_DIR", "certificate authorities, where neither manifest nor configuration names `ca`"},
	{"https_proxy, http_proxy, all_proxy, no_proxy", "proxies; what is on this machine is asked directly"},
	{"UV_DEFAULT_INDEX, UV_INDEX_URL, PIP_INDEX_URL", "the plain Python index, where nothing else names it"},
};

static void add(const char *heading, const struct row *rows, size_t n, struct buf *out)
{
	buf_addf(out, ".SH %s\n", heading);
	for (size_t i = 0; i < n; i++) {
		buf_adds(out, ".TP\n");
		help_roff_text(rows[i].name, out);
		help_roff_text(rows[i].what, out);
	}
}

void help_roff_places(struct buf *out)
{
	add("FILES", files, ARRAY_LEN(files), out);
	add("ENVIRONMENT", environment, ARRAY_LEN(environment), out);
}
