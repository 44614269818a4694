#include "engine/run.h"

#include "base/str.h"
#include "support/fake_engine.h"
#include "support/t.h"

#include <stdio.h>

#define CLOSE  "Connection: close\r\n\r\n"
#define STREAM "HTTP/1.1 200 OK\r\n" CLOSE

/* An engine whose container prints "out" and "err" and exits with 3. Frames hold NULs, so that reply is made by hand.
 */
static const struct fake_reply replies[] = {
	{.start = "GET /v1.41/images/gnn:1/json",
	 .status = 200,
	 .body = "{\"Id\":\"sha256:1\",\"Config\":{\"Volumes\":{\"/data\":{}}}}"},
	{.start = "GET /v1.41/info", .status = 200, .body = "{\"NCPU\":4}"},
	{.start = "POST /v1.41/volumes/create", .status = 201, .body = "{\"Name\":\"v\"}"},
	{.start = "POST /v1.41/containers/create?name=cudabuild-", .status = 201, .body = "{\"Id\":\"1\"}"},
	{.start = "POST /v4.3.1/libpod/containers/create", .status = 201, .body = "{\"Id\":\"1\"}"},
	{.start = "PUT /v1.41/containers/cudabuild-", .status = 200, .body = ""},
	{.start = "DELETE /v1.41/", .status = 204, .body = ""},
	{.start = "GET /v1.41/containers/cudabuild-", .status = 200, .body = "{\"State\":{\"OOMKilled\":true}}"},
};

struct world {
	struct fake_engine f;
	struct context *files;
	struct run_result r;
	struct err err;
	const char *start;  /* raw answer to /start; NULL: 204 */
	const char *attach; /* raw answer to /attach; NULL: the two frames */
	unsigned wait_ms;   /* before the end is told */
	const char *filled; /* the volume, as it is asked for, that holds a file */
	const char *image;  /* the answer about the image; NULL: the one above */
	const char *ping;   /* headers of the answer to /_ping; NULL: Docker's */
};

#define PODMAN "Api-Version: 1.41\r\nLibpod-Api-Version: 4.3.1\r\nServer: Libpod/4.3.1 (linux)\r\n"

/* A folder, and the beginning of a file whose rest does not come. */
static void put_tar(struct buf *out)
{
	static const char *const names[] = {"./", "./torch.so"};

	buf_adds(out, STREAM);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char head[512] = {0};
		unsigned sum = 0;

		(void)snprintf(head, sizeof(head), "%s", names[i]);
		(void)snprintf(head + 100, 8, "0000755");
		(void)snprintf(head + 108, 8, "0000000");
		(void)snprintf(head + 116, 8, "0000000");
		(void)snprintf(head + 124, 12, "%011o", i ? 1u << 24 : 0);
		(void)snprintf(head + 136, 12, "00000000000");
		memset(head + 148, ' ', 8);
		head[156] = i ? '0' : '5';
		(void)snprintf(head + 257, 6, "ustar");
		head[263] = head[264] = '0';
		for (size_t k = 0; k < sizeof(head); k++)
			sum += (unsigned char)head[k];
		(void)snprintf(head + 148, 8, "%06o", sum);
		buf_add(out, head, sizeof(head));
	}
	for (unsigned i = 0; i < 1000; i++)
		buf_adds(out, "bytes of the file that nobody needs to see before the connection is shut "
			      "....................");
}

/* What the image is, and what it has at the places of its volumes; false for any other request. */
static bool answer_image(const struct world *w, const struct server_request *q, const char *path, struct buf *out)
{
	const bool folder = strstr(path, "/archive?path=") && str_eq(q->method, "GET"),
		   filled = folder && w->filled && strstr(path, w->filled);

	if (w->image && str_ends(path, "/images/gnn:1/json"))
		buf_addf(out, STREAM "%s", w->image);
	else if (filled)
		put_tar(out);
	else if (folder)
		buf_adds(out, "HTTP/1.1 404 No\r\nContent-Length: 2\r\n" CLOSE "{}");
	else
		return false;
	return true;
}

static bool answer_run(void *self, const struct server_request *q, struct buf *out)
{
	static const char frames[] = "\x01\0\0\0\0\0\0\x04"
				     "out\n"
				     "\x02\0\0\0\0\0\0\x04"
				     "err\n";
	struct world *w = self;
	AUTO_TEXT char *path = xstrdup(q->path);

	if (answer_image(w, q, path, out))
		return false;
	if (strstr(path, "/attach?")) {
		buf_adds(out, w->attach ? w->attach : STREAM);
		if (!w->attach)
			buf_add(out, frames, sizeof(frames) - 1);
		return false;
	}
	if (strstr(path, "/wait?condition=not-running")) {
		buf_adds(out, STREAM);
		if (w->wait_ms)
			server_pause(out, w->wait_ms);
		buf_adds(out, "{\"StatusCode\":3,\"Error\":null}");
		return false;
	}
	if (str_ends(path, "/start") || str_ends(path, "/kill")) {
		buf_adds(out, str_ends(path, "/start") && w->start ? w->start : "HTTP/1.1 204 No\r\n" CLOSE);
		return false;
	}
	return true;
}

static void begin(struct world *w)
{
	struct err err = ERR_INIT;

	fake_engine_start(&w->f, replies, ARRAY_LEN(replies));
	w->f.first = answer_run;
	w->f.ping = w->ping;
	w->f.first_self = w;
	w->files = context_new();
	w->r = (struct run_result)RUN_RESULT_INIT;
	assert_int_equal(context_add_bytes(w->files, "smoke.py", 0644, blob_text("s", "print()"), &err), 0);
	fake_engine_open(&w->f);
}

static void end(struct world *w)
{
	fake_engine_stop(&w->f);
	context_free(w->files);
	run_result_clear(&w->r);
	err_clear(&w->err);
}

static int run(struct world *w, const struct run_opts *o)
{
	return engine_run(w->f.e, "gnn:1", o, &w->r, &w->err);
}

/* Every container and volume that was made was removed. */
static void nothing_is_left(const struct world *w)
{
	const char *log = buf_text(&w->f.log);
	unsigned made = 0, removed = 0;

	for (const char *at = log; (at = strstr(at, "POST /v1.41/containers/create")); at++)
		made++;
	for (const char *at = log; (at = strstr(at, "POST /v1.41/volumes/create")); at++)
		made++;
	for (const char *at = log; (at = strstr(at, "DELETE /v1.41/")); at++)
		removed++;
	assert_true(removed >= made);
}

static void a_container_is_locked_down_watched_and_removed(void **state)
{
	struct world w = {.wait_ms = 0};
	AUTO_STRV struct strv cmd = STRV_INIT, env = STRV_INIT;
	(void)state;
	begin(&w);
	strv_add(&cmd, "smoke");
	strv_add(&env, "A=b");
	assert_int_equal(run(&w, &(struct run_opts){.subject = "cu128",
						    .cmd = &cmd,
						    .env = &env,
						    .files = w.files,
						    .files_at = "/cudabuild",
						    .memory = 1024,
						    .timeout = 60}),
			 0);
	assert_int_equal(w.r.exit_code, 3);
	assert_true(w.r.oom);
	assert_false(w.r.timed_out);
	assert_string_equal(buf_text(&w.r.out), "out\n");
	assert_string_equal(buf_text(&w.r.err), "err\n");
	assert_string_equal(buf_text(&w.f.said), "1 cu128: out 0/0\n1 cu128: err 0/0\n");
	const char *spec = strstr(buf_text(&w.f.log), "{\"AttachStderr\"");
	AUTO_TEXT char *line = xstrndup(spec, strcspn(spec, "\n"));
	const char *volume = strstr(line, "\"Source\":\"") + strlen("\"Source\":\"");
	AUTO_TEXT char *want = xasprintf(
		"{\"AttachStderr\":true,\"AttachStdout\":true,\"Cmd\":[\"smoke\"],\"Env\":[\"A=b\",\"NVIDIA_VISIBLE_"
		"DEVICES=void\"],"
		"\"HostConfig\":{\"CapDrop\":[\"ALL\"],\"LogConfig\":{\"Type\":\"none\"},\"Memory\":1024,"
		"\"MemorySwap\":1024,"
		"\"Mounts\":[{\"ReadOnly\":true,\"Source\":\"%.42s\",\"Target\":\"/cudabuild\",\"Type\":\"volume\","
		"\"VolumeOptions\":{\"NoCopy\":true}}],\"NetworkMode\":\"none\",\"PidsLimit\":512,\"ReadonlyRootfs\":"
		"true,"
		"\"SecurityOpt\":[\"no-new-privileges\"],\"Tmpfs\":{\"/data\":\"size=64m\",\"/"
		"tmp\":\"size=64m\"}},\"Image\":\"gnn:1\","
		"\"Labels\":{\"io.cudabuild.boot\":\"b\",\"io.cudabuild.machine\":\"m\",\"io.cudabuild.owner\":\"1\","
		"\"io.cudabuild.process\":\"1:2:3\",\"io.cudabuild.user\":\"0\"}}",
		volume);
	assert_string_equal(line, want);
	nothing_is_left(&w);
	end(&w);
}

static void podman_is_asked_in_its_own_form(void **state)
{
	struct world w = {.ping = PODMAN};
	AUTO_STRV struct strv argv = STRV_INIT, cmd = STRV_INIT, env = STRV_INIT;
	(void)state;
	begin(&w);
	strv_add(&argv, "/cudabuild/host");
	strv_add(&env, "A=b");
	assert_int_equal(run(&w, &(struct run_opts){.subject = "cu128",
						    .entrypoint = &argv,
						    .cmd = &cmd,
						    .env = &env,
						    .files = w.files,
						    .files_at = "/cudabuild",
						    .user = "1000",
						    .workdir = "/w",
						    .memory = 1024,
						    .shm = 99}),
			 0);
	assert_int_equal(w.r.exit_code, 3);
	assert_string_equal(buf_text(&w.r.out), "out\n");
	const char *spec = strstr(buf_text(&w.f.log), "{\"cap_drop\"");
	assert_non_null(spec);
	AUTO_TEXT char *line = xstrndup(spec, strcspn(spec, "\n"));
	const char *name = strstr(line, "\"name\":\"") + strlen("\"name\":\""),
		   *volume = strstr(line, "\"Name\":\"") + strlen("\"Name\":\"");
	AUTO_TEXT char *want = xasprintf(
		"{\"cap_drop\":[\"all\"],\"command\":[],\"entrypoint\":[\"/cudabuild/host\"],"
		"\"env\":{\"A\":\"b\",\"NVIDIA_VISIBLE_DEVICES\":\"void\"},\"image\":\"gnn:1\",\"image_volume_mode\":"
		"\"ignore\","
		"\"labels\":{\"io.cudabuild.boot\":\"b\",\"io.cudabuild.machine\":\"m\",\"io.cudabuild.owner\":\"1\","
		"\"io.cudabuild.process\":\"1:2:3\",\"io.cudabuild.user\":\"0\"},\"log_configuration\":{\"driver\":"
		"\"none\"},"
		"\"mounts\":[{\"destination\":\"/"
		"tmp\",\"options\":[\"size=64m\",\"nosuid\",\"nodev\"],\"source\":\"tmpfs\","
		"\"type\":\"tmpfs\"},{\"destination\":\"/data\",\"options\":[\"size=64m\",\"nosuid\",\"nodev\"],"
		"\"source\":\"tmpfs\",\"type\":\"tmpfs\"}],\"name\":\"%.42s\",\"netns\":{\"nsmode\":\"none\"},"
		"\"no_new_privileges\":true,\"read_only_filesystem\":true,\"resource_limits\":{\"memory\":{\"limit\":"
		"1024,"
		"\"swap\":1024},\"pids\":{\"limit\":512}},\"shm_size\":99,\"user\":\"1000\","
		"\"volumes\":[{\"Dest\":\"/cudabuild\",\"Name\":\"%.42s\",\"Options\":[\"ro\"]}],\"work_dir\":\"/w\"}",
		name, volume);
	assert_string_equal(line, want);
	nothing_is_left(&w);
	end(&w);
}

static void what_the_caller_asks_for_is_sent(void **state)
{
	struct world w = {.wait_ms = 0};
	AUTO_STRV struct strv none = STRV_INIT;
	(void)state;
	begin(&w);
	assert_int_equal(run(&w, &(struct run_opts){.subject = "v",
						    .entrypoint = &none,
						    .user = "1000",
						    .workdir = "/w",
						    .network = true,
						    .shm = 99,
						    .pids = 7}),
			 0);
	const char *log = buf_text(&w.f.log);
	assert_non_null(strstr(log, "\"Entrypoint\":[\"\"]"));
	assert_non_null(strstr(log, "\"NetworkMode\":\"default\",\"PidsLimit\":7,"));
	assert_non_null(strstr(log, "\"ShmSize\":99,"));
	assert_non_null(strstr(log, "\"User\":\"1000\",\"WorkingDir\":\"/w\""));
	end(&w);
}

/* What Config.Volumes of the image makes of the folders in memory. */
static void volumes_become(bool podman, const char *volumes, const char *want)
{
	AUTO_TEXT char *image = xasprintf("{\"Id\":\"sha256:1\",\"Config\":{\"Volumes\":{%s}}}", volumes);
	struct world w = {.image = image, .ping = podman ? PODMAN : NULL};

	begin(&w);
	assert_int_equal(run(&w, &(struct run_opts){.subject = "v", .files = w.files, .files_at = "/cudabuild"}), 0);
	const char *log = buf_text(&w.f.log), *at = strstr(log, podman ? "\"mounts\":" : "\"Tmpfs\":");

	assert_non_null(at);
	AUTO_TEXT char *got = xstrndup(at, strlen(want));
	assert_string_equal(got, want);
	end(&w);
}

static void a_volume_of_any_name_becomes_one_folder_in_memory(void **state)
{
	(void)state;
	volumes_become(false, "\"/a=b\":{},\"/c,d:e \\u00fc\":{}",
		       "\"Tmpfs\":{\"/a=b\":\"size=64m\",\"/c,d:e \xc3\xbc\":\"size=64m\",\"/tmp\":\"size=64m\"}");
	volumes_become(true, "\"/a=b\":{}",
		       "\"mounts\":[{\"destination\":\"/tmp\",\"options\":[\"size=64m\",\"nosuid\",\"nodev\"],"
		       "\"source\":\"tmpfs\",\"type\":\"tmpfs\"},{\"destination\":\"/a=b\",");
	volumes_become(false,
		       "\"data\":{},\"/data/\":{},\"/x/../data\":{},\"/tmp/.\":{},\"/cudabuild/\":{},\"/..//e\":{}",
		       "\"Tmpfs\":{\"/data\":\"size=64m\",\"/e\":\"size=64m\",\"/tmp\":\"size=64m\"}");
	volumes_become(true, "\"/\":{},\"/proc/x\":{},\"/dev\":{}",
		       "\"mounts\":[{\"destination\":\"/tmp\",\"options\":[\"size=64m\",\"nosuid\",\"nodev\"],"
		       "\"source\":\"tmpfs\",\"type\":\"tmpfs\"}],");
}

static void a_volume_with_files_of_the_image_is_a_copy_to_be_read(void **state)
{
	struct world w = {
		.image = "{\"Id\":\"sha256:1\",\"Config\":{\"Volumes\":{\"/data\":{},\"/opt/venv/\":{},\"/tmp\":{}}}}",
		.filled = "/archive?path=%2Fopt%2Fvenv%2F."};
	(void)state;

	begin(&w);
	assert_int_equal(run(&w, &(struct run_opts){.subject = "v", .files = w.files, .files_at = "/cudabuild"}), 0);
	const char *spec = strstr(buf_text(&w.f.log), "{\"AttachStderr\"");
	AUTO_TEXT char *line = xstrndup(spec, strcspn(spec, "\n"));
	const char *mounts = strstr(line, "\"Mounts\":"), *copy = strstr(mounts, "},{") + 3;
	const char *name = strstr(copy, "\"Source\":\"") + strlen("\"Source\":\"");
	AUTO_TEXT char *want =
		xasprintf("\"ReadOnly\":true,\"Source\":\"%.42s\",\"Target\":\"/opt/venv\",\"Type\":\"volume\","
			  "\"VolumeOptions\":{\"NoCopy\":false}}]",
			  name);
	AUTO_TEXT char *got = xstrndup(copy, strlen(want));
	AUTO_TEXT char *gone = xasprintf("DELETE /v1.41/volumes/%.42s?force=1", name);

	assert_string_equal(got, want);
	assert_non_null(strstr(line, "\"Tmpfs\":{\"/data\":\"size=64m\",\"/tmp\":\"size=64m\"}"));
	assert_non_null(strstr(buf_text(&w.f.log), gone));
	/* what is looked into, and what takes our files in, is filled with nothing */
	const char *still =
		strstr(buf_text(&w.f.log), "\"HostConfig\":{\"Mounts\":[{\"Target\":\"/data\",\"Type\":\"tmpfs\"},{"
					   "\"Target\":\"/opt/venv\",\"Type\":\"tmpfs\"}],");

	assert_non_null(still);
	assert_non_null(strstr(still + 1, "\"HostConfig\":{\"Mounts\":[{\"Target\":\"/data\",\"Type\":\"tmpfs\"},{"
					  "\"Target\":\"/opt/venv\",\"Type\":\"tmpfs\"},{\"ReadOnly\":false,"));
	nothing_is_left(&w);
	end(&w);
}

static void volumes_that_docker_cannot_mount_are_named(void **state)
{
	static const char *const refused[] = {"/", "", "//.", "/a/..", "/dev", "/proc/", "proc/x"},
				 *const fine[] = {"/data", "/dev/shm", "/processes", "/sys", "/a=b"};
	struct image i = {.id = NULL};
	(void)state;

	for (size_t k = 0; k < ARRAY_LEN(fine); k++)
		strv_add(&i.volumes, fine[k]);
	assert_null(run_volume_refused(&i));
	for (size_t k = 0; k < ARRAY_LEN(refused); k++) {
		strv_clear(&i.volumes);
		strv_add(&i.volumes, "/data");
		strv_add(&i.volumes, refused[k]);
		assert_string_equal(run_volume_refused(&i), refused[k]);
	}
	strv_clear(&i.volumes);
}

/* The DeviceRequests that are sent for these options. */
static void gpus_asked(enum run_gpu gpu, const char *gpus, const char *want)
{
	struct world w = {.wait_ms = 0};
	begin(&w);
	assert_int_equal(run(&w, &(struct run_opts){.subject = "v", .gpu = gpu, .gpus = gpus}), 0);
	const char *at = strstr(buf_text(&w.f.log), "\"DeviceRequests\":");
	assert_non_null(at);
	AUTO_TEXT char *got = xstrndup(at, strlen(want));
	assert_string_equal(got, want);
	assert_null(strstr(buf_text(&w.f.log), "NVIDIA_VISIBLE_DEVICES"));
	end(&w);
}

static void gpus_are_asked_for_both_ways(void **state)
{
	(void)state;
	gpus_asked(RUN_GPU_REQUEST, NULL,
		   "\"DeviceRequests\":[{\"Capabilities\":[[\"gpu\"]],\"Count\":-1,\"Driver\":\"\"}]");
	gpus_asked(RUN_GPU_REQUEST, "0,2",
		   "\"DeviceRequests\":[{\"Capabilities\":[[\"gpu\"]],\"DeviceIDs\":[\"0\",\"2\"],\"Driver\":\"\"}]");
	gpus_asked(RUN_GPU_CDI, "all",
		   "\"DeviceRequests\":[{\"DeviceIDs\":[\"nvidia.com/gpu=all\"],\"Driver\":\"cdi\"}]");
	gpus_asked(RUN_GPU_CDI, "1", "\"DeviceRequests\":[{\"DeviceIDs\":[\"nvidia.com/gpu=1\"],\"Driver\":\"cdi\"}]");
}

static void podman_gets_the_names_of_cdi_and_says_so_when_there_are_none(void **state)
{
	struct world w = {.ping = PODMAN};
	(void)state;
	begin(&w);
	assert_int_equal(run(&w, &(struct run_opts){.subject = "v", .gpu = RUN_GPU_CDI, .gpus = "0,2"}), 0);
	assert_non_null(strstr(buf_text(&w.f.log), "\"devices\":[{\"path\":\"nvidia.com/gpu=0\"},{\"path\":"
						   "\"nvidia.com/gpu=2\"}],\"env\":{}"));
	end(&w);

	static const struct fake_reply refusing[] = {
		{.start = "GET /v1.41/images/gnn:1/json", .status = 200, .body = "{\"Id\":\"sha256:1\"}"},
		{.start = "GET /v1.41/info", .status = 200, .body = "{\"NCPU\":4}"},
		{.start = "DELETE /v1.41/", .status = 404, .body = ""},
		{.start = "POST /v4.3.1/libpod/containers/create",
		 .status = 500,
		 .body = "{\"message\":\"error setting up CDI devices: unresolvable CDI devices "
			 "nvidia.com/gpu=all\"}"}};
	struct world none = {.ping = PODMAN};
	begin(&none);
	none.f.replies = refusing;
	none.f.n = ARRAY_LEN(refusing);
	assert_int_equal(run(&none, &(struct run_opts){.subject = "v", .gpu = RUN_GPU_CDI}), -1);
	assert_int_equal(none.err.kind, ERR_MISSING);
	assert_string_equal(none.err.text,
			    "v: engine unix:///engine.sock: gives the container no GPU: error setting up CDI devices: "
			    "unresolvable CDI devices nvidia.com/gpu=all");
	assert_string_equal(none.err.hint,
			    "sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml on the engine's machine");
	end(&none);
}

static void an_engine_that_gives_no_gpu_is_a_missing_device(void **state)
{
	struct world w = {
		.start = "HTTP/1.1 500 X\r\n" CLOSE
			 "{\"message\":\"could not select device driver \\\"\\\" with capabilities: [[gpu]]\"}"};
	(void)state;
	begin(&w);
	assert_int_equal(run(&w, &(struct run_opts){.subject = "v", .gpu = RUN_GPU_REQUEST}), -1);
	assert_int_equal(w.err.kind, ERR_MISSING);
	assert_string_equal(w.err.text,
			    "v: engine unix:///engine.sock: gives the container no GPU: could not select device driver "
			    "\"\" with capabilities: [[gpu]]");
	assert_string_equal(w.err.hint,
			    "install nvidia-container-toolkit on the engine's machine and restart the engine");
	nothing_is_left(&w);
	end(&w);
}

static void a_command_that_is_not_there_exits_as_in_a_shell(void **state)
{
	struct world w = {.attach = STREAM,
			  .wait_ms = 200,
			  .start = "HTTP/1.1 400 X\r\n" CLOSE
				   "{\"message\":\"exec: \\\"x\\\": executable file not found in $PATH\"}"};
	(void)state;
	begin(&w);
	assert_int_equal(run(&w, &(struct run_opts){.subject = "v"}), 0);
	assert_int_equal(w.r.exit_code, 127);
	assert_string_equal(buf_text(&w.r.err), "exec: \"x\": executable file not found in $PATH\n");
	nothing_is_left(&w);
	end(&w);
}

static void a_container_over_its_time_is_killed(void **state)
{
	struct world w = {.wait_ms = 1500};
	(void)state;
	begin(&w);
	assert_int_equal(run(&w, &(struct run_opts){.subject = "v", .timeout = 1}), 0);
	assert_true(w.r.timed_out);
	assert_int_equal(w.r.exit_code, -1);
	assert_non_null(strstr(buf_text(&w.f.log), "/kill\n"));
	nothing_is_left(&w);
	end(&w);
}

static void a_stop_removes_the_container(void **state)
{
	struct world w = {.wait_ms = 60000};
	(void)state;
	begin(&w);
	w.f.stop_at = EVENT_LOG;
	assert_int_equal(run(&w, &(struct run_opts){.subject = "v", .files = w.files, .files_at = "/c"}), -1);
	assert_int_equal(w.err.kind, ERR_CANCELED);
	assert_string_equal(w.err.text, "canceled");
	nothing_is_left(&w);
	end(&w);
}

static void output_over_the_limit_is_dropped_and_said(void **state)
{
	struct world w = {.wait_ms = 0};
	(void)state;
	begin(&w);
	assert_int_equal(run(&w, &(struct run_opts){.subject = "v", .said_max = 2}), 0);
	assert_true(w.r.cut);
	assert_string_equal(buf_text(&w.r.out), "ou");
	end(&w);
}

static void output_of_another_form_is_an_engine_error(void **state)
{
	struct world w = {.attach = STREAM "not frames", .wait_ms = 200};
	(void)state;
	begin(&w);
	assert_int_equal(run(&w, &(struct run_opts){.subject = "v"}), -1);
	assert_int_equal(w.err.kind, ERR_ENGINE);
	assert_string_equal(w.err.text, "v: the engine's output stream is broken: no frame begins with 6e6f7420");
	nothing_is_left(&w);
	end(&w);
}

static void a_missing_image_is_an_engine_error(void **state)
{
	struct world w = {.wait_ms = 0};
	(void)state;
	begin(&w);
	assert_int_equal(engine_run(w.f.e, "gnn:2", &(struct run_opts){.subject = "v"}, &w.r, &w.err), -1);
	assert_string_equal(w.err.text, "v: engine unix:///engine.sock: no such image: gnn:2");
	assert_null(strstr(buf_text(&w.f.log), "create"));
	end(&w);
}

/* An engine that answers request n by half, for every n: each time an engine error, or, where it was a removal, another
 * try; what was made is removed. */
static void whatever_request_fails_nothing_is_left(void **state)
{
	unsigned n = 0, asked, failed = 0;
	(void)state;
	do {
		struct world w = {.wait_ms = 0};
		begin(&w);
		w.f.fail_at = ++n;
		if (run(&w, &(struct run_opts){.subject = "v", .files = w.files, .files_at = "/c"}) != 0) {
			failed++;
			assert_int_equal(w.err.kind, ERR_ENGINE);
			assert_string_equal(w.err.text, "v: engine unix:///engine.sock: the answer was cut short");
			assert_int_equal(w.r.out.len, 0);
		}
		assert_null(strstr(buf_text(&w.f.said), "left behind"));
		nothing_is_left(&w);
		asked = w.f.asked;
		end(&w);
	} while (n <= asked);
	assert_int_equal(n, 17);      /* 16 requests and one round without a fault */
	assert_int_equal(failed, 12); /* all but the four removals */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_container_is_locked_down_watched_and_removed),
		cmocka_unit_test(podman_is_asked_in_its_own_form),
		cmocka_unit_test(podman_gets_the_names_of_cdi_and_says_so_when_there_are_none),
		cmocka_unit_test(what_the_caller_asks_for_is_sent),
		cmocka_unit_test(a_volume_of_any_name_becomes_one_folder_in_memory),
		cmocka_unit_test(a_volume_with_files_of_the_image_is_a_copy_to_be_read),
		cmocka_unit_test(volumes_that_docker_cannot_mount_are_named),
		cmocka_unit_test(gpus_are_asked_for_both_ways),
		cmocka_unit_test(an_engine_that_gives_no_gpu_is_a_missing_device),
		cmocka_unit_test(a_command_that_is_not_there_exits_as_in_a_shell),
		cmocka_unit_test(a_container_over_its_time_is_killed),
		cmocka_unit_test(a_stop_removes_the_container),
		cmocka_unit_test(output_over_the_limit_is_dropped_and_said),
		cmocka_unit_test(output_of_another_form_is_an_engine_error),
		cmocka_unit_test(a_missing_image_is_an_engine_error),
		cmocka_unit_test(whatever_request_fails_nothing_is_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
