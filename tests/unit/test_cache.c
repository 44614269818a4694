#include "source/cache.h"

#include "adapt/digest.h"
#include "adapt/http_curl.h"
#include "base/file.h"
#include "base/str.h"
#include "source/caller.h"
#include "source/page.h"
#include "support/server.h"
#include "support/t.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct world {
	char *dir;
	struct cache *cache;
	struct server *server;
	struct http *http;
	const char *etag, *body; /* what the server has */
	int missing;		 /* or the status that says it has nothing */
};

static bool serve(void *self, const struct server_request *q, struct buf *out)
{
	const struct world *w = self;
	AUTO_TEXT char *asked = server_header(q->head, "If-None-Match");
	AUTO_TEXT char *headers = w->etag ? xasprintf("ETag: %s\r\nContent-Type: text/html\r\n", w->etag) : xstrdup("");

	if (asked && str_eq(asked, w->etag))
		server_reply(out, 304, headers, "");
	else if (w->missing)
		server_reply(out, w->missing, "", "no");
	else
		server_reply(out, 200, headers, w->body);
	return true;
}

static int setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));
	struct err err = ERR_INIT;

	assert_int_equal(file_temp_dir(&w->dir, &err), 0);
	assert_int_equal(setenv("HOME", w->dir, 1), 0);
	w->cache = cache_open(w->dir);
	w->server = server_start(serve, w, NULL);
	w->etag = "\"one\"";
	w->body = "<a href='torch-1.0-py3-none-any.whl'>x</a>";
	assert_int_equal(http_curl_new(NULL, &w->http, &err), 0);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	struct err err = ERR_INIT;

	http_free(w->http);
	if (w->server)
		server_stop(w->server);
	cache_free(w->cache);
	assert_int_equal(file_remove_tree(w->dir, &err), 0);
	free(w->dir);
	free(w);
	return 0;
}

static void put(struct world *w, const char *key, const char *body, uint64_t at)
{
	struct cache_entry e = {.etag = xstrdup("\"one\""), .at = at};

	buf_adds(&e.body, body);
	cache_put(w->cache, key, &e);
	cache_entry_clear(&e);
}

/* What is kept under the key, the caller's; NULL: nothing. */
static char *get(struct world *w, const char *key)
{
	struct cache_entry e = CACHE_ENTRY_INIT;
	char *body;

	if (!cache_get(w->cache, key, &e))
		return NULL;
	body = xstrdup(buf_text(&e.body));
	cache_entry_clear(&e);
	return body;
}

/* The path of the one file. The caller's. */
static char *only_file(const struct world *w)
{
	AUTO_TEXT char *dir = file_join(w->dir, "answers");
	AUTO_STRV struct strv files = STRV_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(file_list(dir, &files, &err), 0);
	assert_int_equal(files.n, 1);
	return file_join(dir, files.v[0]);
}

static void what_is_kept_comes_back_and_the_newest_counts(void **state)
{
	struct world *w = *state;
	AUTO_TEXT char *none = get(w, "GET a"), *first = NULL, *second = NULL, *path = NULL;
	struct stat st;

	assert_null(none);
	put(w, "GET a", "one\n\ntwo", 5);
	first = get(w, "GET a");
	assert_string_equal(first, "one\n\ntwo");
	put(w, "GET a", "", 6);
	second = get(w, "GET a");
	assert_string_equal(second, "");
	path = only_file(w);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	AUTO_TEXT char *dir = file_dir(path);
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
}

static void all_texts_of_an_entry_are_kept(void **state)
{
	struct cache_entry e = {.etag = xstrdup("W/\"x\""),
				.type = xstrdup("text/html; charset=utf-8"),
				.digest = xstrdup("sha256:00"),
				.url = xstrdup("https://h.example/x"),
				.at = 77},
			   got = CACHE_ENTRY_INIT;
	AUTO_BUF struct buf file = BUF_INIT;

	(void)state;
	buf_add(&e.body, "a\0b", 3);
	cache_entry_dump("GET k", &e, &file);
	assert_true(cache_entry_parse(buf_blob(&file, "file"), "GET k", &got));
	assert_string_equal(got.etag, e.etag);
	assert_string_equal(got.type, e.type);
	assert_string_equal(got.digest, e.digest);
	assert_string_equal(got.url, e.url);
	assert_int_equal(got.at, 77);
	assert_int_equal(got.body.len, 3);
	assert_memory_equal(got.body.data, "a\0b", 3);
	cache_entry_clear(&got);
	cache_entry_clear(&e);
}

static void write_over(const char *path, const char *data, size_t len)
{
	struct err err = ERR_INIT;
	struct blob b = {.name = "x", .data = data, .len = len};

	assert_int_equal(file_write(path, b, 0600, &err), 0);
}

static void a_hostile_file_is_as_if_it_were_not_there(void **state)
{
	struct world *w = *state;
	AUTO_BUF struct buf good = BUF_INIT;
	struct err err = ERR_INIT;

	put(w, "GET a", "body", 5);
	AUTO_TEXT char *path = only_file(w);
	assert_int_equal(file_read(path, 1 << 20, &good, &err), 0);
	for (size_t cut = 0; cut < good.len; cut++) { /* cut short by a process that was killed */
		write_over(path, good.data, cut);
		AUTO_TEXT char *got = get(w, "GET a");
		assert_null(got);
		assert_false(file_exists(path));
	}
	for (size_t at = 0; at < good.len; at++) { /* a bit flipped: nothing, or at worst another age or ETag */
		good.data[at] ^= 1;
		write_over(path, good.data, good.len);
		AUTO_TEXT char *got = get(w, "GET a");
		assert_true(!got || str_eq(got, "body"));
		good.data[at] ^= 1;
	}
	static const char *const others[] = {
		"cudabuild cache 1\n\n",
		"cudabuild cache 1\nkey GET a\nkey GET a\n\n",
		"cudabuild cache 1\nkey GET a\nat -1\n\n",
		"cudabuild cache 1\nkey GET a\nfoo bar\n\n",
		"cudabuild cache 2\nkey GET a\n\n",
	};
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		write_over(path, others[i], strlen(others[i]));
		AUTO_TEXT char *got = get(w, "GET a");
		assert_null(got);
	}
}

static void the_file_of_another_key_a_link_and_a_fifo_are_not_read(void **state)
{
	struct world *w = *state;
	AUTO_BUF struct buf file = BUF_INIT;
	struct cache_entry e = CACHE_ENTRY_INIT;

	put(w, "GET a", "body", 5);
	AUTO_TEXT char *path = only_file(w);
	AUTO_TEXT char *moved = xasprintf("%s/moved", w->dir);
	buf_adds(&e.body, "body");
	cache_entry_dump("GET other", &e, &file);
	cache_entry_clear(&e);
	assert_int_equal(rename(path, moved), 0);
	assert_int_equal(symlink(moved, path), 0);
	AUTO_TEXT char *by_link = get(w, "GET a");
	assert_null(by_link);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	AUTO_TEXT char *by_fifo = get(w, "GET a");
	assert_null(by_fifo);
	assert_int_equal(unlink(path), 0);
	write_over(path, file.data, file.len);
	AUTO_TEXT char *of_another = get(w, "GET a");
	assert_null(of_another);
}

static void what_does_not_fit_is_not_kept(void **state)
{
	struct world *w = *state;
	struct cache_entry e = {.etag = xstrdup("a\nkey GET b")};

	cache_put(w->cache, "GET a", &e);
	cache_entry_clear(&e);
	put(w, "GET\na", "body", 5);
	struct cache_entry large = {.at = 1};
	buf_repeat(&large.body, "0123456789abcdef", CACHE_BODY_MAX / 16 + 1);
	cache_put(w->cache, "GET large", &large);
	cache_entry_clear(&large);
	AUTO_TEXT char *dir = file_join(w->dir, "answers");
	AUTO_STRV struct strv files = STRV_INIT;
	struct err err = ERR_INIT;
	assert_int_equal(file_list(dir, &files, &err), 0);
	assert_int_equal(files.n, 0);
}

static void a_place_that_cannot_be_written_keeps_nothing(void **state)
{
	struct world *w = *state;
	AUTO_TEXT char *file = file_join(w->dir, "file");

	write_over(file, "x", 1);
	AUTO(cache) struct cache *c = cache_open(file);
	struct cache_entry e = CACHE_ENTRY_INIT;
	cache_put(c, "GET a", &e);
	assert_false(cache_get(c, "GET a", &e));
}

static void the_oldest_go_first(void **state)
{
	struct world *w = *state;
	AUTO_TEXT char *dir = file_join(w->dir, "answers");
	AUTO_STRV struct strv files = STRV_INIT;
	struct err err = ERR_INIT;
	char key[] = "GET 0";

	for (; key[4] < '5'; key[4]++) {
		put(w, key, "0123456789", 5);
		char hex[HASH_HEX_SIZE];
		hash_hex(blob_text("key", key), hex);
		AUTO_TEXT char *path = file_join(dir, hex);
		struct timespec t[2] = {{.tv_sec = 1000 + key[4]}, {.tv_sec = 1000 + key[4]}};
		assert_int_equal(utimensat(AT_FDCWD, path, t, 0), 0);
	}
	AUTO_TEXT char *last = get(w, "GET 4");
	struct stat st;
	char hex[HASH_HEX_SIZE];
	hash_hex(blob_text("key", "GET 4"), hex);
	AUTO_TEXT char *path = file_join(dir, hex);
	assert_non_null(last);
	assert_int_equal(stat(path, &st), 0);
	cache_trim(w->cache, (uint64_t)st.st_size * 2);
	assert_int_equal(file_list(dir, &files, &err), 0);
	assert_int_equal(files.n, 2);
	AUTO_TEXT char *third = get(w, "GET 3"), *second = get(w, "GET 2");
	assert_non_null(third);
	assert_null(second);
}

/* --- pages through it --- */

struct seen {
	size_t links;
	bool absent;
};

static void on_links(void *self, const struct links *links, struct err *err)
{
	struct seen *s = self;

	assert_null(err);
	s->links = links ? links->n : 0;
	s->absent = !links;
}

/* How many requests it takes to see that page, which must hold that many links. */
static size_t ask(struct world *w, const char *path, bool anew, size_t links)
{
	size_t before = server_log(w->server)->n;
	AUTO_TEXT char *url = server_url(w->server, path);
	AUTO(caller)
	struct caller *c = caller_new(&(struct caller_opts){.http = w->http, .cache = w->cache, .anew = anew});
	AUTO(pages) struct pages *p = pages_new(c);
	struct err err = ERR_INIT;
	struct seen s = {.links = 99};

	pages_get(p, url, on_links, &s);
	assert_int_equal(caller_run(c, &err), 0);
	assert_int_equal(s.links, links);
	return server_log(w->server)->n - before;
}

/* Makes what is kept of a page so many seconds older. */
static void grow_older(struct world *w, const char *path, uint64_t seconds)
{
	AUTO_TEXT char *url = server_url(w->server, path);
	AUTO_TEXT char *key = xasprintf("GET %s", url);
	struct cache_entry e = CACHE_ENTRY_INIT;

	assert_true(cache_get(w->cache, key, &e));
	e.at -= seconds;
	cache_put(w->cache, key, &e);
	cache_entry_clear(&e);
}

/* Makes it older than it is believed. */
static void grow_old(struct world *w, const char *path)
{
	grow_older(w, path, CALLER_FRESH + 1);
}

static void a_page_is_fetched_once_then_only_asked_whether_it_changed(void **state)
{
	struct world *w = *state;

	assert_int_equal(ask(w, "/torch/", false, 1), 1);
	assert_int_equal(ask(w, "/torch/", false, 1), 0);
	assert_int_equal(ask(w, "/torch/", true, 1), 1);
	grow_old(w, "/torch/");
	w->body = "<a href='x-1.0-py3-none-any.whl'>x</a><a href='y-1.0-py3-none-any.whl'>y</a>"; /* under the same ETag
												   */
	assert_int_equal(ask(w, "/torch/", false, 1), 1);
	assert_int_equal(ask(w, "/torch/", false, 1), 0);
	w->etag = "\"two\"";
	assert_int_equal(ask(w, "/torch/", true, 2), 1);
	assert_int_equal(ask(w, "/torch/", false, 2), 0);
}

static void a_page_without_etag_is_fetched_anew_when_it_is_old(void **state)
{
	struct world *w = *state;

	w->etag = NULL;
	assert_int_equal(ask(w, "/torch/", false, 1), 1);
	assert_int_equal(ask(w, "/torch/", false, 1), 0);
	grow_old(w, "/torch/");
	w->body = "<p>none</p>";
	assert_int_equal(ask(w, "/torch/", false, 0), 1);
}

static void that_a_page_is_not_there_is_believed_for_less_long(void **state)
{
	struct world *w = *state;

	w->missing = 404;
	assert_int_equal(ask(w, "/torch/", false, 0), 1);
	assert_int_equal(ask(w, "/torch/", false, 0), 0);
	grow_older(w, "/torch/", CALLER_FRESH_ABSENT - 10);
	assert_int_equal(ask(w, "/torch/", false, 0), 0);
	assert_int_equal(ask(w, "/torch/", true, 0), 1);
	grow_older(w, "/torch/", CALLER_FRESH_ABSENT + 1);
	w->missing = 0; /* it was uploaded in the meantime */
	assert_int_equal(ask(w, "/torch/", false, 1), 1);
	assert_int_equal(ask(w, "/torch/", false, 1), 0);
	grow_old(w, "/torch/");
	w->missing = 410; /* and removed */
	w->etag = "\"two\"";
	assert_int_equal(ask(w, "/torch/", false, 0), 1);
	assert_int_equal(ask(w, "/torch/", false, 0), 0);
}

static void only_that_something_is_not_there_is_kept_beside_answers(void **state)
{
	struct world *w = *state;
	struct cache_entry e = {.status = 404, .at = 5}, got = CACHE_ENTRY_INIT;
	AUTO_BUF struct buf file = BUF_INIT;

	cache_put(w->cache, "GET x", &e);
	assert_true(cache_get(w->cache, "GET x", &got));
	assert_int_equal(got.status, 404);
	assert_int_equal(got.body.len, 0);
	e.status = 500;
	cache_entry_dump("GET x", &e, &file);
	assert_false(cache_entry_parse(buf_blob(&file, "file"), "GET x", &got));
	cache_entry_clear(&got);
}

static void stop(struct world *w)
{
	server_stop(w->server);
	w->server = NULL;
}

static void hear(void *self, const struct event *e)
{
	struct buf *said = self;

	buf_addf(said, "%s\n", e->text);
}

static void what_is_kept_stands_in_for_a_server_that_cannot_be_reached(void **state)
{
	struct world *w = *state;
	AUTO_TEXT char *url = server_url(w->server, "/torch/"), *other = server_url(w->server, "/other/");
	AUTO_BUF struct buf said = BUF_INIT;
	const struct events events = {.emit = hear, .self = &said};
	struct seen s[2] = {{.links = 99}, {.links = 99}};
	struct err err = ERR_INIT;

	assert_int_equal(ask(w, "/torch/", false, 1), 1);
	assert_int_equal(ask(w, "/other/", false, 1), 1);
	grow_older(w, "/torch/", 7200);
	grow_older(w, "/other/", 7200);
	stop(w);
	AUTO(caller)
	struct caller *c = caller_new(&(struct caller_opts){.http = w->http, .cache = w->cache, .events = &events});
	AUTO(pages) struct pages *p = pages_new(c);
	pages_get(p, url, on_links, &s[0]);
	pages_get(p, other, on_links, &s[1]);
	assert_int_equal(caller_run(c, &err), 0);
	assert_int_equal(s[0].links, 1);
	assert_int_equal(s[1].links, 1);
	AUTO_TEXT char *expected =
		xasprintf("%s: cannot connect: Connection refused; what was answered 2h00m ago is taken\n", url);
	assert_string_equal(buf_text(&said), expected);
	w->server = server_start(serve, w, NULL);
}

static void on_failed(void *self, const struct links *links, struct err *err)
{
	bool *failed = self;

	assert_null(links);
	*failed = err && err->kind == ERR_NET;
}

/* Whether asking for the page fails. */
static bool fails(struct world *w, const char *url, bool anew)
{
	AUTO(caller)
	struct caller *c = caller_new(&(struct caller_opts){.http = w->http, .cache = w->cache, .anew = anew});
	AUTO(pages) struct pages *p = pages_new(c);
	struct err err = ERR_INIT;
	bool failed = false;

	pages_get(p, url, on_failed, &failed);
	assert_int_equal(caller_run(c, &err), 0);
	return failed;
}

static void it_does_not_when_asked_anew_nor_when_it_is_very_old(void **state)
{
	struct world *w = *state;
	AUTO_TEXT char *url = server_url(w->server, "/torch/");

	assert_int_equal(ask(w, "/torch/", false, 1), 1);
	stop(w);
	assert_true(fails(w, url, true));
	w->server = server_start(serve, w, NULL);
	AUTO_TEXT char *later = server_url(w->server, "/torch/");
	assert_int_equal(ask(w, "/torch/", false, 1), 1);
	grow_older(w, "/torch/", CALLER_REPLAY + 1);
	stop(w);
	assert_true(fails(w, later, false));
	w->server = server_start(serve, w, NULL);
}

static void ages_from_the_future_are_not_believed(void **state)
{
	struct world *w = *state;
	AUTO_TEXT char *url = server_url(w->server, "/torch/");
	AUTO_TEXT char *key = xasprintf("GET %s", url);

	put(w, key, "", (uint64_t)time(NULL) + 100000);
	w->etag = "\"two\"";
	assert_int_equal(ask(w, "/torch/", false, 1), 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_is_kept_comes_back_and_the_newest_counts),
		cmocka_unit_test(all_texts_of_an_entry_are_kept),
		TEST(a_hostile_file_is_as_if_it_were_not_there),
		TEST(the_file_of_another_key_a_link_and_a_fifo_are_not_read),
		TEST(what_does_not_fit_is_not_kept),
		TEST(a_place_that_cannot_be_written_keeps_nothing),
		TEST(the_oldest_go_first),
		TEST(a_page_is_fetched_once_then_only_asked_whether_it_changed),
		TEST(a_page_without_etag_is_fetched_anew_when_it_is_old),
		TEST(that_a_page_is_not_there_is_believed_for_less_long),
		TEST(only_that_something_is_not_there_is_kept_beside_answers),
		TEST(what_is_kept_stands_in_for_a_server_that_cannot_be_reached),
		TEST(it_does_not_when_asked_anew_nor_when_it_is_very_old),
		TEST(ages_from_the_future_are_not_believed),
	};
#undef TEST
	return cmocka_run_group_tests(tests, NULL, NULL);
}
