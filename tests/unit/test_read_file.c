#include "engine/pack.h"
#include "engine/run.h"
#include "support/fake_engine.h"
#include "support/t.h"

static const struct fake_reply replies[] = {
	{.start = "POST /v1.41/containers/create?name=cudabuild-", .status = 201, .body = "{\"Id\":\"1\"}"},
	{.start = "DELETE /v1.41/containers/cudabuild-", .status = 204, .body = ""},
};

/* An image with /d/file, links to it, a folder, and what is no tar. */
struct world {
	struct fake_engine f;
	struct err err;
	struct buf got;
};

static void send_tar(const struct context *c, struct buf *out)
{
	AUTO(pack) struct pack *p = pack_new(c);
	AUTO_BUF struct buf tar = BUF_INIT;
	struct stream s = pack_stream(p);
	struct err err = ERR_INIT;
	char piece[4096];
	long n;

	while ((n = s.read(s.self, piece, sizeof(piece), &err)) > 0)
		buf_add(&tar, piece, (size_t)n);
	buf_addf(out, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", tar.len);
	buf_add(out, tar.data, tar.len);
}

static bool answer_archive(void *self, const struct server_request *q, struct buf *out)
{
	static const struct {
		const char *path, *name, *text, *target;
	} rows[] = {
		{"path=%2Fd%2Ffile", "file", "inside", NULL},
		{"path=%2Fd%2Flink", "link", NULL, "file"},
		{"path=%2Fagain", "again", NULL, "d/link"},
		{"path=%2Floop", "loop", NULL, "loop"},
		{"path=%2Fd", "d", NULL, NULL},
	};
	AUTO(context) struct context *c = context_new();
	struct err err = ERR_INIT;
	const char *query = strstr(q->path, "/archive?");
	(void)self;
	if (query && strcmp(query + strlen("/archive?"), "path=%2Fbroken") == 0)
		server_reply(out, 200, "", "no tar at all, but long enough to be looked at as one");
	for (size_t i = 0; query && i < ARRAY_LEN(rows); i++) {
		if (strcmp(query + strlen("/archive?"), rows[i].path) != 0)
			continue;
		int rc = rows[i].target ? context_add_link(c, rows[i].name, rows[i].target, &err)
			 : rows[i].text ? context_add_bytes(c, rows[i].name, 0644, blob_text("x", rows[i].text), &err)
					: context_add_dir(c, rows[i].name, &err);
		assert_int_equal(rc, 0);
		send_tar(c, out);
	}
	return true;
}

static int read_from(struct world *w, const char *path, size_t max)
{
	*w = (struct world){.got = BUF_INIT};
	fake_engine_start(&w->f, replies, ARRAY_LEN(replies));
	w->f.first = answer_archive;
	fake_engine_open(&w->f);
	return engine_read_file(w->f.e, "gnn:1", path, max, &w->got, &w->err);
}

static void end(struct world *w)
{
	assert_non_null(strstr(buf_text(&w->f.log), "DELETE /v1.41/containers/cudabuild-"));
	fake_engine_stop(&w->f);
	buf_clear(&w->got);
	err_clear(&w->err);
}

static void a_file_is_read_and_the_container_removed(void **state)
{
	static const char *const paths[] = {"/d/file", "/d/link", "/again"};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct world w;
		assert_int_equal(read_from(&w, paths[i], 100), 0);
		assert_string_equal(buf_text(&w.got), "inside");
		assert_null(strstr(buf_text(&w.f.log), "/start"));
		end(&w);
	}
}

static void what_is_no_file_is_an_answer(void **state)
{
	static const char *const paths[] = {"/nothing", "/d", "/loop"};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct world w;
		assert_int_equal(read_from(&w, paths[i], 100), 1);
		assert_int_equal(w.got.len, 0);
		end(&w);
	}
}

static void what_is_too_large_or_broken_is_an_error_with_the_path(void **state)
{
	struct world w;
	(void)state;
	assert_int_equal(read_from(&w, "/d/file", 5), -1);
	assert_int_equal(w.err.kind, ERR_ENGINE);
	assert_string_equal(w.err.text, "'/d/file' of image gnn:1: is larger than 5 bytes");
	end(&w);
	assert_int_equal(read_from(&w, "/broken", 100), -1);
	assert_memory_equal(w.err.text, "'/broken' of image gnn:1: ", 26);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_read_and_the_container_removed),
		cmocka_unit_test(what_is_no_file_is_an_answer),
		cmocka_unit_test(what_is_too_large_or_broken_is_an_error_with_the_path),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
