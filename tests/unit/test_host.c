#include "engine/host.h"

#include "adapt/digest.h"
#include "base/file.h"
#include "support/t.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char *dir; /* of all tests of this file */

static int make_dir(void **state)
{
	struct err err = ERR_INIT;
	(void)state;
	return file_temp_dir(&dir, &err);
}

static int drop_dir(void **state)
{
	struct err err = ERR_INIT;
	(void)state;
	int rc = file_remove_tree(dir, &err);
	free(dir);
	return rc;
}

static void write_text(const char *name, const char *text)
{
	AUTO_TEXT char *path = file_join(dir, name);
	struct err err = ERR_INIT;
	assert_int_equal(file_write(path, blob_text(name, text), 0644, &err), 0);
}

static void write_context(const char *name, const char *meta)
{
	char hex[HASH_HEX_SIZE];
	hash_hex(blob_text(name, name), hex);
	AUTO_TEXT char *path = xasprintf("docker/contexts/meta/%s/meta.json", hex);
	write_text(path, meta);
}

/* A socket at a name in dir; the path is the caller's. */
static char *make_socket(const char *name)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	char *path = file_join(dir, name);
	AUTO_TEXT char *above = file_dir(path);
	struct err err = ERR_INIT;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(file_make_dirs(above, &err), 0);
	assert_true(strlen(path) < sizeof(a.sun_path));
	memcpy(a.sun_path, path, strlen(path) + 1);
	assert_int_equal(bind(fd, (const struct sockaddr *)&a, sizeof(a)), 0);
	close(fd);
	return path;
}

static struct host *choose(const struct host_env *env)
{
	struct host *h = NULL;
	struct err err = ERR_INIT;
	if (host_choose(env, &h, &err) < 0)
		fail_msg("%s", err.text);
	return h;
}

static void refuse(const struct host_env *env, enum err_kind kind, const char *text, const char *hint)
{
	struct host *h = NULL;
	struct err err = ERR_INIT;
	assert_int_equal(host_choose(env, &h, &err), -1);
	assert_null(h);
	assert_string_equal(err.text, text);
	assert_int_equal(err.kind, kind);
	assert_string_equal(err.hint, hint);
	err_clear(&err);
}

static void the_order_of_the_manual_holds(void **state)
{
	AUTO_TEXT char *config = file_join(dir, "docker"), *xdg = file_join(dir, "xdg"), *none = file_join(dir, "none");
	AUTO_TEXT char *first = make_socket("docker.sock"), *podman = make_socket("podman.sock");
	AUTO_TEXT char *second = make_socket("xdg/docker.sock"), *third = make_socket("xdg/podman/podman.sock");
	struct host_env env = {.option = "unix:///1",
			       .docker_host = "unix:///2",
			       .docker_context = "lab",
			       .docker_config = config,
			       .container_host = "unix:///5",
			       .xdg_runtime_dir = xdg,
			       .default_socket = first,
			       .podman_socket = podman};
	(void)state;
	write_text("docker/config.json", "{\"currentContext\": \"home\", \"auths\": {}}");
	write_context("lab", "{\"Name\":\"lab\",\"Endpoints\":{\"docker\":{\"Host\":\"unix:///3\"}}}");
	write_context("home", "{\"Name\":\"home\",\"Endpoints\":{\"docker\":{\"Host\":\"unix:///4\"}}}");
	static const char *const from[] = {"--host",
					   "DOCKER_HOST",
					   "docker context 'lab'",
					   "docker context 'home'",
					   "CONTAINER_HOST",
					   "default",
					   "default",
					   "default",
					   "default",
					   "default"};
	const char *const sockets[] = {"/1", "/2", "/3", "/4", "/5", first, second, third, podman, none};
	for (size_t i = 0; i < ARRAY_LEN(from); i++) {
		AUTO(host) struct host *h = choose(&env);
		assert_string_equal(h->from, from[i]);
		assert_string_equal(h->socket, sockets[i]);
		assert_string_equal(h->url, "http://localhost");
		assert_true(host_is_local(h));
		const char **fields[] = {&env.option, &env.docker_host, &env.docker_context, &env.docker_config,
					 &env.container_host};
		if (i < ARRAY_LEN(fields))
			*fields[i] = "";
		else if (i < 8)
			unlink(sockets[i]);
		if (i == 8)
			env.podman_socket = env.default_socket = none;
	}
	unlink(podman);
}

static void tcp_takes_tls_from_the_environment(void **state)
{
	AUTO_TEXT char *certs = file_join(dir, "certs"), *ca = file_join(certs, "ca.pem");
	static const struct {
		const char *address, *certs, *verify, *url;
	} rows[] = {
		{"tcp://h:2375", NULL, NULL, "http://h:2375"},	  {"tcp://h", NULL, NULL, "http://h:2375"},
		{"tcp://h", "set", NULL, "https://h:2376"},	  {"tcp://h:9", "set", "1", "https://h:9"},
		{"tcp://[::1]", NULL, "1", "https://[::1]:2376"}, {"tcp://[::1]:7/", NULL, NULL, "http://[::1]:7"},
	};
	(void)state;
	write_text("certs/ca.pem", "x");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO(host)
		struct host *h = choose(&(struct host_env){.docker_host = rows[i].address,
							   .docker_cert_path = rows[i].certs ? certs : NULL,
							   .docker_tls_verify = rows[i].verify});
		assert_string_equal(h->url, rows[i].url);
		assert_null(h->socket);
		assert_false(host_is_local(h));
		if (rows[i].certs)
			assert_string_equal(h->ca, ca);
		assert_null(h->cert);
	}
}

static void a_context_brings_its_own_tls_files(void **state)
{
	AUTO_TEXT char *config = file_join(dir, "docker");
	char hex[HASH_HEX_SIZE];
	(void)state;
	hash_hex(blob_text("far", "far"), hex);
	AUTO_TEXT char *key = xasprintf("docker/contexts/tls/%s/docker/key.pem", hex), *want = file_join(dir, key);
	write_text(key, "x");
	write_context("far", "{\"Endpoints\":{\"docker\":{\"Host\":\"tcp://far:1\",\"SkipTLSVerify\":false}}}");
	AUTO(host) struct host *h = choose(&(struct host_env){.docker_context = "far", .docker_config = config});
	assert_string_equal(h->url, "https://far:1");
	assert_string_equal(h->key, want);
	write_context("far", "{\"Endpoints\":{\"docker\":{\"Host\":\"tcp://far:1\",\"SkipTLSVerify\":true}}}");
	refuse(&(struct host_env){.docker_context = "far", .docker_config = config}, ERR_USAGE,
	       "docker context 'far': does not verify its engine's certificate, which cudabuild always does",
	       "docker context update far --docker host=tcp://far:1,ca=CA.pem");
}

static void the_context_named_default_is_no_context(void **state)
{
	AUTO(host)
	struct host *h = choose(
		&(struct host_env){.docker_context = "default", .default_socket = "/none", .podman_socket = "/none"});
	(void)state;
	assert_string_equal(h->from, "default");
	assert_string_equal(h->address, "unix:///none");
}

static void what_names_no_engine_is_refused(void **state)
{
	AUTO_TEXT char *config = file_join(dir, "docker");
	(void)state;
	refuse(&(struct host_env){.option = "unix://relative"}, ERR_USAGE,
	       "--host: 'unix://relative' names no socket: unix:///PATH is due", "");
	refuse(&(struct host_env){.docker_host = "/var/run/docker.sock"}, ERR_USAGE,
	       "DOCKER_HOST: '/var/run/docker.sock' is no address of an engine",
	       "unix:///var/run/docker.sock or tcp://HOST:PORT");
	refuse(&(struct host_env){.docker_host = "ssh://me@lab"}, ERR_USAGE,
	       "DOCKER_HOST: 'ssh://me@lab': an engine behind ssh cannot be reached directly",
	       "ssh -nNT -L /tmp/engine.sock:/var/run/docker.sock me@lab & then --host unix:///tmp/engine.sock");
	refuse(&(struct host_env){.docker_context = "nowhere", .docker_config = config}, ERR_USAGE,
	       "there is no docker context 'nowhere'", "docker context ls shows the ones there are");
	refuse(&(struct host_env){.docker_context = "nowhere"}, ERR_USAGE, "there is no docker context 'nowhere'",
	       "docker context ls shows the ones there are");
}

static void a_broken_configuration_is_an_input_error(void **state)
{
	AUTO_TEXT char *config = file_join(dir, "broken");
	AUTO_TEXT char *want = xasprintf("%s/config.json: /currentContext: must be a string, not an integer", config);
	(void)state;
	write_text("broken/config.json", "{\"currentContext\": 7}");
	refuse(&(struct host_env){.docker_config = config}, ERR_INPUT, want, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order_of_the_manual_holds),
		cmocka_unit_test(tcp_takes_tls_from_the_environment),
		cmocka_unit_test(a_context_brings_its_own_tls_files),
		cmocka_unit_test(the_context_named_default_is_no_context),
		cmocka_unit_test(what_names_no_engine_is_refused),
		cmocka_unit_test(a_broken_configuration_is_an_input_error),
	};
	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
