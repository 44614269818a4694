#include "engine/engine.h"

#include "base/file.h"
#include "engine/image.h"
#include "engine/reap.h"
#include "support/fake_engine.h"
#include "support/t.h"

#include <unistd.h>

#define IMAGE "r.example/a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* What opening it says. */
static void opening_fails(struct fake_engine *f, const char *text, const char *hint)
{
	struct err err = ERR_INIT;
	assert_int_equal(fake_engine_try(f, &err), -1);
	assert_null(f->e);
	assert_string_equal(err.text, text);
	assert_int_equal(err.kind, ERR_ENGINE);
	assert_string_equal(err.hint, hint);
	err_clear(&err);
}

static void the_version_is_negotiated(void **state)
{
	static const struct fake_reply replies[] = {{.start = "GET /v1.41/info", .status = 200, .body = "{}"},
						    {.start = "GET /v1.47/info", .status = 200, .body = "{}"}};
	static const struct {
		const char *ping, *log;
	} rows[] = {{"Api-Version: 1.41\r\n", "GET /v1.41/info\n"}, {"Api-Version: 1.54\r\n", "GET /v1.47/info\n"}};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fake_engine f;
		struct err err = ERR_INIT;
		AUTO(engine_info) struct engine_info *info = NULL;
		fake_engine_start(&f, replies, ARRAY_LEN(replies));
		f.ping = rows[i].ping;
		fake_engine_open(&f);
		assert_int_equal(engine_info(f.e, &info, &err), 0);
		assert_string_equal(buf_text(&f.log), rows[i].log);
		fake_engine_stop(&f);
	}
}

static void engines_that_cannot_be_used_say_why(void **state)
{
	struct fake_engine f;
	(void)state;
	fake_engine_start(&f, NULL, 0);
	f.ping = "Api-Version: 1.39\r\n";
	opening_fails(&f, "engine unix:///engine.sock: speaks API 1.39, too old: 1.40 is the oldest supported",
		      "Docker Engine 19.03 or newer is needed");
	f.ping = "Server: something\r\n";
	opening_fails(&f, "engine unix:///engine.sock: does not say which API it speaks: is that a container engine?",
		      "");
	f.ping = "Api-Version: 1.4x\r\n";
	opening_fails(&f, "engine unix:///engine.sock: does not say which API it speaks: is that a container engine?",
		      "");
	fake_engine_stop(&f);
}

static void an_engine_that_is_down_names_its_socket_and_how_to_start_it(void **state)
{
	struct fake_engine f;
	(void)state;
	fake_engine_start(&f, NULL, 0);
	server_stop(f.server);
	f.server = NULL;
	opening_fails(&f, "no container engine at unix:///engine.sock (--host): Connection refused",
		      "start it (sudo systemctl start docker) or name another one: --host, DOCKER_HOST");
	unlink(f.host.socket);
	opening_fails(&f, "no container engine at unix:///engine.sock (--host): No such file or directory",
		      "start it (sudo systemctl start docker) or name another one: --host, DOCKER_HOST");
	fake_engine_stop(&f);
}

static void the_engine_describes_itself(void **state)
{
	static const struct fake_reply replies[] = {
		{.start = "GET /v1.41/info",
		 .status = 200,
		 .body = "{\"ServerVersion\":\"20.10.24\",\"OSType\":\"linux\",\"Architecture\":\"aarch64\","
			 "\"DockerRootDir\":\"/var/lib/docker\","
			 "\"Driver\":\"overlay2\",\"NCPU\":2,\"MemTotal\":1024,\"CDISpecDirs\":[\"/etc/"
			 "cdi\"],\"Runtimes\":{\"nvidia\":{}}}"}};
	struct fake_engine f;
	struct err err = ERR_INIT;
	AUTO(engine_info) struct engine_info *info = NULL;
	(void)state;
	fake_engine_start(&f, replies, ARRAY_LEN(replies));
	fake_engine_open(&f);
	assert_int_equal(engine_info(f.e, &info, &err), 0);
	assert_string_equal(info->name, "Docker Engine");
	assert_string_equal(info->version, "20.10.24");
	assert_string_equal(info->arch, "arm64");
	assert_string_equal(info->root, "/var/lib/docker");
	assert_int_equal(info->cpus, 2);
	assert_int_equal(info->memory, 1024);
	assert_true(info->cdi && info->nvidia && info->buildkit && !info->podman);
	fake_engine_stop(&f);
}

static const struct fake_reply inspect[] = {
	{.start = "GET /v1.41/images/gnn:1/json",
	 .status = 200,
	 .body = "{\"Id\":\"sha256:1\",\"RepoTags\":[\"gnn:1\"],\"RepoDigests\":null,\"Size\":7,\"Os\":\"linux\","
		 "\"Architecture\":\"amd64\","
		 "\"Config\":{\"Env\":[\"A=b\"],\"Labels\":{\"z\":\"1\",\"a\":\"2\"},\"User\":\"1000\",\"Volumes\":{\"/"
		 "data\":{}},"
		 "\"Cmd\":[\"x\"],\"Entrypoint\":null},\"RootFS\":{\"Type\":\"layers\",\"Layers\":[\"sha256:l\"]}}"},
	{.start = "GET /v1.41/images/bad/json", .status = 200, .body = "{\"Id\":7}"},
	{.start = "GET /v1.41/images/worse/json", .status = 500, .body = "{\"message\":\"no\\u001b[2J disk\"}"},
	{.start = "GET /v1.41/images/cut/json", .raw = "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"Id\":"},
	{.start = "GET /v1.41/images/json?filters=%7B%22label%22%3A%5B%22k%3Dv%22%5D%7D",
	 .status = 200,
	 .body = "[{\"Id\":\"b\",\"Created\":1,\"Size\":2,\"Labels\":{\"k\":\"v\"}},{\"Id\":\"c\",\"Created\":3,"
		 "\"RepoTags\":[\"t:1\"]},"
		 "{\"Id\":\"a\",\"Created\":1}]"},
	{.start = "POST /v1.41/images/sha256:1/tag?repo=r%3A5000%2Fa&tag=1", .status = 201, .body = ""},
	{.start = "DELETE /v1.41/images/gnn:1", .status = 200, .body = "[]"},
	{.start = "DELETE /v1.41/images/used", .status = 409, .body = "{\"message\":\"in use\"}"},
};

static void images_are_described_listed_named_and_removed(void **state)
{
	struct fake_engine f;
	struct err err = ERR_INIT;
	AUTO(image) struct image *i = NULL, *none = NULL;
	AUTO(images) struct images *all = NULL;
	AUTO_STRV struct strv labels = STRV_INIT;
	(void)state;
	fake_engine_start(&f, inspect, ARRAY_LEN(inspect));
	fake_engine_open(&f);
	assert_int_equal(engine_image(f.e, "gnn:1", &i, &err), 0);
	assert_string_equal(i->id, "sha256:1");
	assert_string_equal(i->labels.v[0], "a=2");
	assert_string_equal(i->volumes.v[0], "/data");
	assert_string_equal(i->user, "1000");
	assert_string_equal(i->workdir, "");
	assert_string_equal(i->diff_ids.v[0], "sha256:l");
	assert_int_equal(i->entrypoint.n, 0);
	assert_int_equal(i->size, 7);
	assert_int_equal(engine_image(f.e, "gnn:2", &none, &err), 1);
	assert_int_equal(engine_image_exists(f.e, "gnn:1", &err), 0);
	assert_int_equal(engine_image_exists(f.e, "gnn:2", &err), 1);
	strv_add(&labels, "k=v");
	assert_int_equal(engine_images(f.e, &labels, &all, &err), 0);
	assert_int_equal(all->n, 3);
	assert_string_equal(all->v[0].id, "c");
	assert_string_equal(all->v[1].id, "a");
	assert_string_equal(all->v[2].labels.v[0], "k=v");
	assert_int_equal(engine_tag(f.e, "sha256:1", "r:5000/a:1", &err), 0);
	assert_int_equal(engine_image_remove(f.e, "gnn:1", &err), 0);
	assert_int_equal(engine_image_remove(f.e, "gnn:2", &err), 1);
	assert_int_equal(engine_image_remove(f.e, "used", &err), -1);
	assert_string_equal(err.text, "engine unix:///engine.sock: remove image 'used': in use");
	err_clear(&err);
	fake_engine_stop(&f);
}

static void broken_answers_are_engine_errors_with_the_subject(void **state)
{
	static const struct {
		const char *image, *text;
	} rows[] = {
		{"bad", "image 'bad': /Id: must be a string, not an integer"},
		{"worse", "engine unix:///engine.sock: image 'worse': no?[2J disk"},
		{"cut", "engine unix:///engine.sock: the answer was cut short"},
	};
	struct fake_engine f;
	(void)state;
	fake_engine_start(&f, inspect, ARRAY_LEN(inspect));
	fake_engine_open(&f);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = ERR_INIT;
		AUTO(image) struct image *got = NULL;
		assert_int_equal(engine_image(f.e, rows[i].image, &got, &err), -1);
		assert_null(got);
		assert_int_equal(err.kind, ERR_ENGINE);
		assert_string_equal(err.text, rows[i].text);
		err_clear(&err);
	}
	fake_engine_stop(&f);
}

static void a_stopped_handle_asks_nothing_more(void **state)
{
	struct fake_engine f;
	struct err err = ERR_INIT;
	(void)state;
	fake_engine_start(&f, inspect, ARRAY_LEN(inspect));
	fake_engine_open(&f);
	f.stop = 15;
	assert_int_equal(engine_image_exists(f.e, "gnn:1", &err), -1);
	assert_int_equal(err.kind, ERR_CANCELED);
	assert_int_equal(err.sys, 15);
	assert_int_equal(err_exit_code(&err), 143);
	err_clear(&err);
	assert_string_equal(buf_text(&f.log), "");
	fake_engine_stop(&f);
}

/* What a pull ends with when the engine says so. */
static void pull_fails(const char *raw, enum err_kind kind, const char *text)
{
	const struct fake_reply replies[] = {
		{.start = "POST /v1.41/images/create?fromImage=r.example%2Fa%40sha256%3A0123", .raw = raw}};
	struct fake_engine f;
	struct err err = ERR_INIT;
	fake_engine_start(&f, replies, ARRAY_LEN(replies));
	fake_engine_open(&f);
	assert_int_equal(engine_pull(f.e, IMAGE, &(struct pull_opts){.subject = "v"}, &err), -1);
	assert_string_equal(err.text, text);
	assert_int_equal(err.kind, kind);
	err_clear(&err);
	fake_engine_stop(&f);
}

#define STREAM "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"

static void a_failed_pull_says_whose_fault_it_is(void **state)
{
	(void)state;
	pull_fails(STREAM
		   "{\"errorDetail\":{\"message\":\"x\"},\"error\":\"unauthorized: authentication required\"}\r\n",
		   ERR_AUTH, "pull '" IMAGE "': unauthorized: authentication required");
	pull_fails(STREAM "{\"error\":\"manifest for " IMAGE " not found\"}\r\n", ERR_PROTOCOL,
		   "pull '" IMAGE "': manifest for " IMAGE " not found");
	pull_fails(STREAM "{\"error\":\"Get r.example: dial tcp: connection refused\"}\r\n", ERR_NET,
		   "pull '" IMAGE "': Get r.example: dial tcp: connection refused");
	pull_fails(STREAM "{\"error\":\"write /var/lib/docker: no space left on device\"}\r\n", ERR_ENGINE,
		   "pull '" IMAGE "': write /var/lib/docker: no space left on device");
	pull_fails(STREAM "{\"status\":\"Downl", ERR_ENGINE, "the engine's answer was cut short");
	pull_fails(STREAM "{\"status\":\"Done\"}\r\n", ERR_PROTOCOL, "pull '" IMAGE "': the engine got another image");
	pull_fails("HTTP/1.1 500 X\r\nConnection: close\r\n\r\n{\"message\":\"toomanyrequests: wait\"}", ERR_NET,
		   "pull '" IMAGE "': toomanyrequests: wait");
}

/* An engine that has the image once it was pulled. */
static void a_pull_tells_bytes_and_sends_credentials(void **state)
{
	static const struct fake_reply replies[] = {
		{.start = "POST /v1.41/images/create?fromImage=r.example%2Fa%40sha256%3A0123",
		 .raw = STREAM
		 "{\"status\":\"Pulling from a\",\"id\":\"x\"}\r\n"
		 "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":5,\"total\":10},\"id\":\"l1\"}\r\n"
		 "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":1,\"total\":4},\"id\":\"l2\"}\r\n"
		 "{\"status\":\"Download complete\",\"progressDetail\":{},\"id\":\"l1\"}\r\n"}};
	const struct engine_auth auth = {.username = "me", .password = "p\"w", .server = "r.example"};
	struct fake_engine f;
	struct err err = ERR_INIT;
	(void)state;
	fake_engine_start(&f, replies, ARRAY_LEN(replies));
	fake_engine_open(&f);
	assert_int_equal(engine_pull(f.e, IMAGE,
				     &(struct pull_opts){.subject = "v", .platform = "linux/amd64", .auth = &auth},
				     &err),
			 -1);
	err_clear(&err);
	assert_string_equal(buf_text(&f.said), "0 v: pull " IMAGE " 0/0\n"
					       "0 v: pull " IMAGE " 5/10\n"
					       "0 v: pull " IMAGE " 6/14\n"
					       "0 v: pull " IMAGE " 11/14\n");
	const struct strv *heads = server_log(f.server);
	char *header = NULL;
	for (size_t i = 0; i < heads->n && !header; i++)
		header = server_header(heads->v[i], "X-Registry-Auth");
	assert_string_equal(header,
			    "eyJwYXNzd29yZCI6InBcInciLCJzZXJ2ZXJhZGRyZXNzIjoici5leGFtcGxlIiwidXNlcm5hbWUiOiJtZSJ9");
	free(header);
	assert_non_null(strstr(buf_text(&f.log), "&platform=linux%2Famd64\n"));
	fake_engine_stop(&f);
}

static void only_a_digest_is_pulled_and_only_when_it_is_not_there(void **state)
{
	static const struct fake_reply replies[] = {
		{.start = "GET /v1.41/images/r.example/a@sha256:0123", .status = 200, .body = "{}"}};
	struct fake_engine f;
	struct err err = ERR_INIT;
	(void)state;
	fake_engine_start(&f, replies, ARRAY_LEN(replies));
	fake_engine_open(&f);
	assert_int_equal(engine_pull(f.e, IMAGE, &(struct pull_opts){.subject = "v"}, &err), 0);
	assert_string_equal(buf_text(&f.log), "GET /v1.41/images/" IMAGE "/json\n");
	assert_int_equal(engine_pull(f.e, "r.example/a:1", &(struct pull_opts){.subject = "v"}, &err), -1);
	assert_int_equal(err.kind, ERR_INTERNAL);
	assert_string_equal(err.text, "pull 'r.example/a:1': without a digest");
	err_clear(&err);
	fake_engine_stop(&f);
}

#define MINE                                                                                                           \
	"\"io.cudabuild.owner\":\"1\",\"io.cudabuild.user\":\"0\",\"io.cudabuild.machine\":\"m\",\"io.cudabuild."      \
	"boot\":"

static void only_what_the_dead_left_is_reaped(void **state)
{
	static const struct fake_reply replies[] = {
		{.start = "GET "
			  "/v1.41/containers/json?all=1&filters=%7B%22label%22%3A%5B%22io.cudabuild.owner%3D1%22%5D%7D",
		 .status = 200,
		 .body = "[{\"Id\":\"c2\",\"Labels\":{" MINE
			 "\"old\",\"io.cudabuild.process\":\"1:2:3\",\"io.cudabuild.project\":\"p\"}},"
			 "{\"Id\":\"c1\",\"Labels\":{" MINE "\"b\",\"io.cudabuild.process\":\"9:2:3\"}},"
			 "{\"Id\":\"foreign\",\"Labels\":{}}]"},
		{.start = "GET /v1.41/volumes?filters=",
		 .status = 200,
		 .body = "{\"Volumes\":[{\"Name\":\"v1\",\"Labels\":{" MINE
			 "\"old\",\"io.cudabuild.process\":\"1:2:3\"}},"
			 "{\"Name\":\"v2\",\"Labels\":{" MINE "\"old\",\"io.cudabuild.process\":\"1:2:3\"}}]}"},
		{.start = "DELETE /v1.41/containers/c2?force=1&v=1", .status = 204, .body = ""},
		{.start = "DELETE /v1.41/volumes/v1?force=1", .status = 204, .body = ""},
		{.start = "DELETE /v1.41/volumes/v2?force=1", .status = 409, .body = "{\"message\":\"in use\"}"},
	};
	struct fake_engine f;
	struct err err = ERR_INIT;
	AUTO(leftovers) struct leftovers *all = NULL;
	size_t n = 0;
	(void)state;
	fake_engine_start(&f, replies, ARRAY_LEN(replies));
	fake_engine_open(&f);
	assert_int_equal(engine_leftovers(f.e, &all, &err), 0);
	assert_int_equal(all->n, 4);
	assert_string_equal(all->v[0].id, "c1");
	assert_int_equal(all->v[0].state, OWNER_UNKNOWN); /* another pid namespace */
	assert_string_equal(all->v[1].project, "p");
	assert_int_equal(all->v[1].state, OWNER_DEAD);
	assert_int_equal(all->v[3].kind, LEFTOVER_VOLUME);
	assert_int_equal(engine_reap(f.e, &n, &err), 0);
	assert_int_equal(n, 2);
	assert_string_equal(buf_text(&f.said), "5 v2: engine unix:///engine.sock: remove volume v2: in use 0/0\n");
	fake_engine_stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_version_is_negotiated),
		cmocka_unit_test(engines_that_cannot_be_used_say_why),
		cmocka_unit_test(an_engine_that_is_down_names_its_socket_and_how_to_start_it),
		cmocka_unit_test(the_engine_describes_itself),
		cmocka_unit_test(images_are_described_listed_named_and_removed),
		cmocka_unit_test(broken_answers_are_engine_errors_with_the_subject),
		cmocka_unit_test(a_stopped_handle_asks_nothing_more),
		cmocka_unit_test(a_failed_pull_says_whose_fault_it_is),
		cmocka_unit_test(a_pull_tells_bytes_and_sends_credentials),
		cmocka_unit_test(only_a_digest_is_pulled_and_only_when_it_is_not_there),
		cmocka_unit_test(only_what_the_dead_left_is_reaped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
