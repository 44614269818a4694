#include "engine/build.h"

#include "base/str.h"
#include "support/fake_engine.h"
#include "support/t.h"
#include "support/trace.h"

#define STREAM "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
#define ID     "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char dockerfile[] = "FROM scratch AS wheels\n"
				 "COPY a /a\n"
				 "RUN pip wheel \\\n"
				 "    torch_sparse\n"
				 "FROM scratch\n"
				 "COPY --from=wheels /a /a\n";

static struct context *example(void)
{
	struct context *c = context_new();
	struct err err = ERR_INIT;
	assert_int_equal(context_add_bytes(c, "images/cu128/Dockerfile", 0644, blob_text("d", dockerfile), &err), 0);
	return c;
}

/* A world whose engine answers a build with that stream. */
struct world {
	struct fake_engine f;
	struct fake_reply replies[2];
	struct context *c;
	struct buf raw;
	char *id;
	struct err err;
};

static int build_with(struct world *w, const struct build_opts *o)
{
	w->replies[0] = (struct fake_reply){.start = "POST /v1.41/build?version=2", .raw = buf_text(&w->raw)};
	w->replies[1] = (struct fake_reply){.start = "POST /v1.41/build/cancel?id=", .status = 204, .body = ""};
	w->c = example();
	fake_engine_start(&w->f, w->replies, ARRAY_LEN(w->replies));
	fake_engine_open(&w->f);
	return engine_build(w->f.e, w->c, o, &w->id, &w->err);
}

static const struct build_opts plain = {.subject = "cu128", .dockerfile = "images/cu128/Dockerfile"};

static void drop(struct world *w)
{
	fake_engine_stop(&w->f);
	context_free(w->c);
	buf_clear(&w->raw);
	free(w->id);
	err_clear(&w->err);
}

static void a_build_is_one_request_and_gives_the_id(void **state)
{
	struct world w = {.raw = BUF_INIT};
	AUTO_BUF struct buf m = BUF_INIT;
	AUTO_STRV struct strv tags = STRV_INIT, labels = STRV_INIT, args = STRV_INIT;
	AUTO_TEXT char *digest = NULL;
	AUTO(context) struct context *c = example();
	(void)state;
	assert_int_equal(engine_context_digest(c, &digest, &w.err), 0);
	buf_adds(&w.raw, STREAM);
	trace_put_vertex(&m, "a", "[wheels 1/2] COPY a /a", true, true, NULL);
	trace_put_line(&w.raw, &m);
	buf_adds(&w.raw,
		 "{\"id\":\"moby.image.id\",\"aux\":{\"ID\":\"" ID "\"}}\r\n{\"stream\":\"Successfully tagged\"}\r\n");
	strv_add(&tags, "gnn:cu128");
	strv_add(&tags, "gnn:2");
	strv_add(&labels, "io.cudabuild.context=x=y");
	strv_add(&args, "A=b");
	assert_int_equal(build_with(&w, &(struct build_opts){.subject = "cu128",
							     .dockerfile = "images/cu128/Dockerfile",
							     .tags = &tags,
							     .labels = &labels,
							     .args = &args,
							     .target = "last",
							     .platform = "linux/amd64",
							     .network = "none",
							     .no_cache = true,
							     .expect_digest = digest}),
			 0);
	assert_string_equal(w.id, ID);
	assert_string_equal(buf_text(&w.f.said), "0 cu128: [wheels 1/2] COPY a /a 1/1\n");
	const char *log = buf_text(&w.f.log);
	const char *rest = strstr(log, "&dockerfile=");
	assert_true(str_starts(log, "POST /v1.41/build?version=2&rm=1&forcerm=1&buildid="));
	assert_string_equal(
		rest,
		"&dockerfile=images%2Fcu128%2FDockerfile&t=gnn%3Acu128&t=gnn%3A2&target=last&platform=linux%2Famd64"
		"&networkmode=none&nocache=1&labels=%7B%22io.cudabuild.context%22%3A%22x%3Dy%22%7D"
		"&buildargs=%7B%22A%22%3A%22b%22%7D\n");
	drop(&w);
}

static void a_failing_step_is_named_with_file_line_code_and_last_lines(void **state)
{
	struct world w = {.raw = BUF_INIT};
	AUTO_BUF struct buf m = BUF_INIT;
	(void)state;
	buf_adds(&w.raw, STREAM);
	trace_put_vertex(&m, "a", "[wheels 2/2] RUN pip wheel     torch_sparse", true, false, NULL);
	trace_put_log(&m, "a", "compiling\nerror: no nvcc\n");
	trace_put_line(&w.raw, &m);
	trace_put_vertex(&m, "a", "[wheels 2/2] RUN pip wheel     torch_sparse", true, true,
			 "executor failed running [/bin/sh -c pip wheel     torch_sparse]: exit code: 2");
	trace_put_line(&w.raw, &m);
	buf_adds(&w.raw, "{\"errorDetail\":{\"message\":\"executor failed\"},\"error\":\"executor failed\"}\r\n");
	assert_int_equal(build_with(&w, &plain), -1);
	assert_int_equal(w.err.kind, ERR_ENGINE);
	assert_string_equal(w.err.text, "cu128: images/cu128/Dockerfile:3: RUN pip wheel torch_sparse: exit code 2");
	assert_string_equal(w.err.detail, "compiling\nerror: no nvcc\n");
	assert_null(w.id);
	drop(&w);
}

/* What a build says that ends with these lines. */
static void build_says(const char *lines, const char *text, const char *hint)
{
	struct world w = {.raw = BUF_INIT};
	buf_adds(&w.raw, lines);
	assert_int_equal(build_with(&w, &plain), -1);
	assert_int_equal(w.err.kind, ERR_ENGINE);
	assert_string_equal(w.err.text, text);
	assert_string_equal(w.err.hint, hint);
	assert_null(w.id);
	drop(&w);
}

static void faults_without_a_step_are_told_with_what_is_known(void **state)
{
	(void)state;
	build_says(STREAM "{\"error\":\"failed to solve with frontend dockerfile.v0: failed to create LLB definition: "
			  "dockerfile parse "
			  "error line 3: unknown instruction: FOO\"}\r\n",
		   "cu128: images/cu128/Dockerfile:3: dockerfile parse error line 3: unknown instruction: FOO", "");
	build_says(STREAM "{\"error\":\"failed to solve: rpc error: code = Unknown desc = no active sessions\"}\r\n",
		   "cu128: images/cu128/Dockerfile: no active sessions",
		   "an image that FROM names is not in the engine, or the Dockerfile asks for a secret");
	build_says(STREAM, "cu128: the engine ended the build without an image", "");
	build_says("HTTP/1.1 500 X\r\nConnection: close\r\n\r\n{\"message\":\"no space\"}",
		   "cu128: engine unix:///engine.sock: build: no space", "");
}

static void broken_streams_are_engine_errors(void **state)
{
	(void)state;
	build_says(STREAM "{\"id\":\"moby.buildkit.trace\",\"aux\":\"%%%\"}\r\n",
		   "cu128: the engine's answer: a broken progress message of BuildKit", "");
	build_says(STREAM "{\"id\":\"moby.buildkit.trace\",\"aux\":\"CgX/\"}\r\n",
		   "cu128: the engine's answer: a broken progress message of BuildKit", "");
	build_says(STREAM "{\"id\":\"moby.buildkit.trace\",\"aux\":7}\r\n",
		   "cu128: the engine's answer: /aux: must be a string, not an integer", "");
	build_says(STREAM "{\"aux\":{\"ID\":\"evil\"}}\r\n", "cu128: the engine's answer: /aux: is no image id", "");
	build_says(STREAM "{\"id\":\"moby.image.id\",\"aux\":{\"ID\":\"" ID "\"}}\r\n{\"stre",
		   "cu128: the engine's answer was cut short", "");
	build_says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":",
		   "cu128: engine unix:///engine.sock: the answer was cut short", "");
	build_says("", "cu128: engine unix:///engine.sock: the server closed the connection without an answer", "");
}

static void a_stop_cancels_the_build_in_the_engine(void **state)
{
	struct world w = {.raw = BUF_INIT};
	AUTO_BUF struct buf m = BUF_INIT;
	(void)state;
	buf_adds(&w.raw, STREAM);
	trace_put_vertex(&m, "a", "[1/2] RUN sleep", true, false, NULL);
	trace_put_line(&w.raw, &m);
	server_pause(&w.raw, 60000);
	struct fake_reply replies[] = {{.start = "POST /v1.41/build?version=2", .raw = buf_text(&w.raw)},
				       {.start = "POST /v1.41/build/cancel?id=", .status = 204, .body = ""}};
	w.c = example();
	fake_engine_start(&w.f, replies, ARRAY_LEN(replies));
	w.f.stop_at = EVENT_STEP;
	fake_engine_open(&w.f);
	assert_int_equal(engine_build(w.f.e, w.c, &plain, &w.id, &w.err), -1);
	assert_int_equal(w.err.kind, ERR_CANCELED);
	assert_int_equal(w.err.sys, 2);
	const char *id = strstr(buf_text(&w.f.log), "buildid=") + strlen("buildid=");
	AUTO_TEXT char *cancel = xasprintf("POST /v1.41/build/cancel?id=%.32s\n", id);
	assert_true(str_ends(buf_text(&w.f.log), cancel));
	drop(&w);
}

static void another_context_than_the_announced_one_is_not_built(void **state)
{
	struct world w = {.raw = BUF_INIT};
	(void)state;
	buf_adds(&w.raw, STREAM "{\"id\":\"moby.image.id\",\"aux\":{\"ID\":\"" ID "\"}}\r\n");
	assert_int_equal(build_with(&w, &(struct build_opts){.subject = "cu128",
							     .dockerfile = "images/cu128/Dockerfile",
							     .expect_digest = "00"}),
			 -1);
	assert_int_equal(w.err.kind, ERR_IO);
	assert_string_equal(w.err.text, "cu128: files of the build context changed while they were sent");
	drop(&w);
}

static void an_engine_without_buildkit_is_not_asked(void **state)
{
	struct fake_engine f;
	struct err err = ERR_INIT;
	AUTO(context) struct context *c = example();
	char *id = NULL;
	(void)state;
	fake_engine_start(&f, NULL, 0);
	f.ping = "Api-Version: 1.41\r\nServer: Libpod/4.3.1 (linux)\r\n";
	fake_engine_open(&f);
	assert_int_equal(engine_build(f.e, c, &plain, &id, &err), -1);
	assert_int_equal(err.kind, ERR_MISSING);
	assert_string_equal(err.text, "engine unix:///engine.sock: has no BuildKit, which the Dockerfiles need");
	err_clear(&err);
	assert_int_equal(f.asked, 0);
	fake_engine_stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_build_is_one_request_and_gives_the_id),
		cmocka_unit_test(a_failing_step_is_named_with_file_line_code_and_last_lines),
		cmocka_unit_test(faults_without_a_step_are_told_with_what_is_known),
		cmocka_unit_test(broken_streams_are_engine_errors),
		cmocka_unit_test(a_stop_cancels_the_build_in_the_engine),
		cmocka_unit_test(another_context_than_the_announced_one_is_not_built),
		cmocka_unit_test(an_engine_without_buildkit_is_not_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
