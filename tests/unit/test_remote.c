#include "source/remote.h"

#include "adapt/digest.h"
#include "base/str.h"
#include "support/server.h"
#include "support/t.h"
#include "work/inspect_remote.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#define IMAGE "application/vnd.oci.image.manifest.v1+json"
#define INDEX "application/vnd.oci.image.index.v1+json"

enum { LAYER = 100000, SECOND_MS = 1 };

/* A registry with the image "gnn": one layer of LAYER bytes, and every way to serve it badly. */
struct reg {
	struct server *server;
	char layer[LAYER];
	size_t cut;	  /* the connection ends behind so many bytes; 0: never */
	unsigned cuts;	  /* how often it does */
	size_t short_by;  /* so many bytes less, with a length that says so */
	bool no_ranges;	  /* a Range is not listened to */
	bool wrong_range; /* another one is given */
	bool more;	  /* one byte more than the manifest says */
	bool other;	  /* other bytes of the same length */
	int status;	  /* of the layer, status_times times */
	unsigned status_times;
	bool login;    /* a token is wanted, and every token counts for one request */
	bool no_token; /* the token service gives none */
	unsigned tokens;
	char *used;	    /* the token that was used up */
	const char *tag_is; /* "image", "index", "nested", "bare" (an index whose entry names no platform), "endless",
			     * "other" (a digest of another kind) */
	unsigned layer_gets;
};

static char *digest_of(struct blob b)
{
	char hex[HASH_HEX_SIZE];

	hash_hex(b, hex);
	return xasprintf("sha256:%s", hex);
}

static char *digest_of_text(const char *text)
{
	return digest_of(blob_text("x", text));
}

static const char *config_is; /* in place of a good one */

static char *config_of(const char *arch)
{
	if (config_is)
		return xstrdup(config_is);
	return xasprintf("{\"os\":\"linux\",\"architecture\":\"%s\",\"config\":{\"User\":\"1000\"}}", arch);
}

static char *layer_digest(const struct reg *f)
{
	return digest_of((struct blob){.name = "layer", .data = f->layer, .len = LAYER});
}

static char *manifest_of(const struct reg *f, const char *arch)
{
	AUTO_TEXT char *config = config_of(arch), *digest = digest_of_text(config), *layer = layer_digest(f);

	return xasprintf("{\"schemaVersion\":2,\"mediaType\":\"" IMAGE
			 "\",\"config\":{\"mediaType\":\"x\",\"size\":%zu,"
			 "\"digest\":\"%s\"},\"layers\":[{\"mediaType\":\"y\",\"size\":%d,\"digest\":\"%s\"}]}",
			 strlen(config), digest, LAYER, layer);
}

static char *entry_of(const char *type, const char *body, const char *arch)
{
	AUTO_TEXT char *digest = digest_of_text(body);
	AUTO_TEXT char *platform =
		arch ? xasprintf(",\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}", arch) : xstrdup("");

	return xasprintf("{\"mediaType\":\"%s\",\"size\":%zu,\"digest\":\"%s\"%s}", type, strlen(body), digest,
			 platform);
}

static char *index_over(const char *entries)
{
	return xasprintf("{\"schemaVersion\":2,\"mediaType\":\"" INDEX "\",\"manifests\":[%s]}", entries);
}

static char *index_of(const struct reg *f)
{
	AUTO_TEXT char *amd64 = manifest_of(f, "amd64"), *arm64 = manifest_of(f, "arm64");
	AUTO_TEXT char *a = entry_of(IMAGE, arm64, "arm64"), *b = entry_of(IMAGE, amd64, "amd64");
	AUTO_TEXT char *both = xasprintf("%s,%s", a, b);

	return index_over(both);
}

/* An index whose entry has a digest that cannot be checked here. */
static char *other_digest(void)
{
	AUTO_BUF struct buf entry = BUF_INIT;

	buf_adds(&entry, "{\"mediaType\":\"" IMAGE "\",\"size\":2,\"digest\":\"sha512:");
	buf_repeat(&entry, "ab", 64);
	buf_adds(&entry, "\",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}}");
	return index_over(buf_text(&entry));
}

static char *tag_body(const struct reg *f)
{
	AUTO_TEXT char *index = index_of(f), *amd64 = manifest_of(f, "amd64");
	AUTO_TEXT char *nested = entry_of(INDEX, index, NULL), *bare = entry_of(IMAGE, amd64, NULL);

	if (str_eq(f->tag_is, "image"))
		return TAKE(amd64);
	if (str_eq(f->tag_is, "index"))
		return TAKE(index);
	if (str_eq(f->tag_is, "other"))
		return other_digest();
	return index_over(str_eq(f->tag_is, "nested") ? nested : bare);
}

static void reply(struct buf *out, const char *body)
{
	server_reply(out, 200, "", body);
}

/* A manifest by its digest. */
static bool manifest_by_digest(const struct reg *f, const char *digest, struct buf *out)
{
	AUTO_TEXT char *amd64 = manifest_of(f, "amd64"), *arm64 = manifest_of(f, "arm64"), *index = index_of(f);
	const char *const all[] = {amd64, arm64, index};
	bool found = false;

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		AUTO_TEXT char *one = digest_of_text(all[i]);

		if (!found && str_starts(digest, one))
			reply(out, all[i]);
		found = found || str_starts(digest, one);
	}
	return found;
}

static bool let_in(struct reg *f, const struct server_request *q, struct buf *out)
{
	AUTO_TEXT char *given = server_header(q->head, "Authorization");
	AUTO_TEXT char *want = xasprintf("Bearer t%u", f->tokens);
	AUTO_TEXT char *challenge = NULL;

	if (!f->login)
		return true;
	if (f->tokens && str_eq(given, want) && !str_eq(given, f->used)) {
		free(f->used);
		f->used = strstr(q->path, "/blobs/") ? xstrdup(given) : NULL;
		return true;
	}
	challenge = xasprintf("WWW-Authenticate: Bearer realm=\"http://127.0.0.1:%u/token\",service=\"s\"\r\n",
			      server_port(f->server));
	server_reply(out, 401, challenge, "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"login\"}]}");
	return false;
}

static bool serve_layer(struct reg *f, const struct server_request *q, struct buf *out)
{
	AUTO_TEXT char *range = server_header(q->head, "Range");
	uint64_t from = 0;
	size_t len;

	f->layer_gets++;
	if (f->status_times > 0) {
		f->status_times--;
		server_reply(out, f->status, "", "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"later\"}]}");
		return true;
	}
	if (range && !f->no_ranges) {
		const char *at = range + strlen("bytes=");

		assert_true(str_scan_u64(&at, LAYER, &from));
	}
	len = LAYER - from - f->short_by + (f->more ? 1 : 0);
	if (range && !f->no_ranges)
		buf_addf(out, "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %llu-%d/%d\r\n",
			 (unsigned long long)from + (f->wrong_range ? 1 : 0), LAYER - 1, LAYER);
	else
		buf_adds(out, "HTTP/1.1 200 OK\r\n");
	buf_addf(out, "Content-Length: %zu\r\n\r\n", len);
	if (f->cuts > 0 && f->cut < len) {
		f->cuts--;
		buf_add(out, f->layer + from, f->cut);
		return false;
	}
	buf_add(out, f->layer + from, f->more ? len - 1 : len);
	if (f->more)
		buf_addc(out, 'x');
	if (f->other)
		out->data[out->len - 1] ^= 1;
	return true;
}

static bool serve_blob(struct reg *f, const struct server_request *q, struct buf *out)
{
	AUTO_TEXT char *layer = layer_digest(f), *amd64 = config_of("amd64"), *arm64 = config_of("arm64");
	AUTO_TEXT char *a = digest_of_text(amd64), *b = digest_of_text(arm64);

	if (strstr(q->path, layer))
		return serve_layer(f, q, out);
	if (strstr(q->path, a))
		reply(out, amd64);
	else if (strstr(q->path, b))
		reply(out, arm64);
	else
		server_reply(out, 404, "", "");
	return true;
}

static bool answer(void *self, const struct server_request *q, struct buf *out)
{
	struct reg *f = self;
	const char *digest = strstr(q->path, "/manifests/sha256:");

	if (str_starts(q->path, "/token")) {
		AUTO_TEXT char *token = xasprintf("{\"token\":\"t%u\"}", ++f->tokens);

		server_reply(out, f->no_token ? 403 : 200, "", token);
	} else if (let_in(f, q, out)) {
		AUTO_TEXT char *body = tag_body(f);

		if (strstr(q->path, "/blobs/"))
			return serve_blob(f, q, out);
		if (strstr(q->path, "/manifests/v1"))
			reply(out, body);
		else if (!digest || !manifest_by_digest(f, digest + strlen("/manifests/"), out))
			server_reply(out, 404, "", "");
	}
	return true;
}

static void start(struct reg *f)
{
	f->tag_is = "image";
	for (size_t i = 0; i < LAYER; i++)
		f->layer[i] = (char)(i * 7 + i / 251);
	f->server = server_start(answer, f, NULL);
}

static void stop(struct reg *f)
{
	server_stop(f->server);
	free(f->used);
	memset(f, 0, sizeof(*f));
}

static struct reg f;
static int with_registry(void **state)
{
	(void)state;
	start(&f);
	return 0;
}
static int without_registry(void **state)
{
	(void)state;
	stop(&f);
	return 0;
}

static int find(const char *tag, const char *platform, struct remote **ret, struct err *err)
{
	static const char *const variables[] = {"DOCKER_CONFIG", "HOME", "XDG_RUNTIME_DIR"};
	AUTO_TEXT char *name = xasprintf("127.0.0.1:%u/gnn%s", server_port(f.server), tag);
	struct remote_opts o = {.platform = platform, .second_ms = SECOND_MS};

	for (size_t i = 0; i < ARRAY_LEN(variables); i++)
		setenv(variables[i], "/nonexistent", 1);
	return remote_find(name, &o, ret, err);
}

/* Reads the layer of the image: 0 and it is what it should be, or -1. */
static int read_layer(struct err *err)
{
	AUTO(remote) struct remote *r = NULL;
	AUTO(remote_reader) struct remote_reader *rd = NULL;
	AUTO_BUF struct buf got = BUF_INIT;
	struct stream s;
	char piece[30011];
	long n;

	if (find(":v1", NULL, &r, err) != 0 || remote_reader_new(r, &rd, err) < 0)
		return -1;
	assert_int_equal(r->n_layers, 1);
	s = remote_layer(rd, &r->layers[0]);
	while ((n = s.read(s.self, piece, sizeof(piece), err)) > 0)
		buf_add(&got, piece, (size_t)n);
	if (n < 0)
		return -1;
	assert_int_equal(got.len, LAYER);
	assert_int_equal(memcmp(got.data, f.layer, LAYER), 0);
	return 0;
}

static void fails(enum err_kind kind, const char *text)
{
	struct err err = ERR_INIT;
	AUTO_TEXT char *digest = layer_digest(&f);
	AUTO_TEXT char *whole = xasprintf("127.0.0.1:%u/gnn: layer %s: %s", server_port(f.server), digest, text);

	assert_int_equal(read_layer(&err), -1);
	assert_string_equal(err.text, whole);
	assert_int_equal(err.kind, kind);
	err_clear(&err);
}

static void reads(unsigned gets)
{
	struct err err = ERR_INIT;

	assert_int_equal(read_layer(&err), 0);
	assert_int_equal(f.layer_gets, gets);
}

/* --- finding --- */

static void an_image_is_found_through_every_kind_of_index(void **state)
{
	static const char *const kinds[] = {"image", "index", "nested", "bare"};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		AUTO(remote) struct remote *r = NULL;
		struct err err = ERR_INIT;
		AUTO_TEXT char *amd64 = manifest_of(&f, "amd64"), *digest = digest_of_text(amd64);

		f.tag_is = kinds[i];
		assert_int_equal(find(":v1", "linux/amd64", &r, &err), 0);
		assert_string_equal(r->image.text, digest);
		assert_string_equal(r->platform, "linux/amd64");
	}
}

static void the_platform_that_is_asked_for_is_taken(void **state)
{
	AUTO(remote) struct remote *r = NULL;
	struct err err = ERR_INIT;
	(void)state;
	f.tag_is = "nested";
	assert_int_equal(find(":v1", "linux/arm64", &r, &err), 0);
	assert_string_equal(r->platform, "linux/arm64");
}

static void a_digest_names_an_image(void **state)
{
	AUTO(remote) struct remote *r = NULL;
	AUTO_TEXT char *arm64 = manifest_of(&f, "arm64"), *digest = digest_of_text(arm64);
	AUTO_TEXT char *tag = xasprintf("@%s", digest);
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(find(tag, NULL, &r, &err), 0);
	assert_string_equal(r->platform, "linux/arm64");
}

static void a_digest_that_cannot_be_checked_is_refused(void **state)
{
	AUTO(remote) struct remote *r = NULL;
	struct err err = ERR_INIT;
	(void)state;
	f.tag_is = "other";
	assert_int_equal(find(":v1", "linux/amd64", &r, &err), -1);
	assert_int_equal(err.kind, ERR_PROTOCOL);
	assert_non_null(strstr(err.text, "/gnn:v1: only sha256 digests are supported, not sha512:abab"));
	err_clear(&err);
}

static void what_is_not_there_is_an_answer(void **state)
{
	struct remote *r = NULL;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(find(":v2", NULL, &r, &err), 1);
	assert_null(r);
}

static void a_platform_that_is_not_there_is_named_with_what_there_is(void **state)
{
	struct remote *r = NULL;
	struct err err = ERR_INIT;
	AUTO_TEXT char *text = xasprintf("'127.0.0.1:%u/gnn:v1' has no image for linux/s390x", server_port(f.server));
	(void)state;
	f.tag_is = "index";
	assert_int_equal(find(":v1", "linux/s390x", &r, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_string_equal(err.text, text);
	assert_string_equal(err.hint, "it has: linux/arm64, linux/amd64");
}

static void an_image_for_another_platform_is_refused_by_its_config(void **state)
{
	struct remote *r = NULL;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(find(":v1", "linux/arm64", &r, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_string_equal(err.hint, "it has: linux/amd64");
}

static void a_config_that_is_none_is_named_with_its_image(void **state)
{
	static const char *const rows[][2] = {
		{"{\"os\":1}", "/os: must be a string, not an integer"},
		{"<html>", ":1:1: '[' or '{' expected near '<'"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct remote *r = NULL;
		struct err err = ERR_INIT;
		AUTO_TEXT char *text = xasprintf("127.0.0.1:%u/gnn:v1: config%s%s", server_port(f.server),
						 rows[i][1][0] == ':' ? "" : ": ", rows[i][1]);

		config_is = rows[i][0];
		int rc = find(":v1", "linux/amd64", &r, &err);
		config_is = NULL;
		assert_int_equal(rc, -1);
		assert_int_equal(err.kind, ERR_PROTOCOL);
		assert_string_equal(err.text, text);
		err_clear(&err);
	}
}

/* --- layers --- */

static void a_layer_is_read_once(void **state)
{
	(void)state;
	reads(1);
}

static void a_broken_connection_goes_on_where_it_broke(void **state)
{
	(void)state;
	f.cut = 9000;
	f.cuts = 3;
	reads(4);
}

static void a_server_without_ranges_is_read_from_the_start_again(void **state)
{
	(void)state;
	f.no_ranges = true;
	f.cut = 60000;
	f.cuts = 2;
	reads(3);
}

static void a_connection_that_always_breaks_is_given_up(void **state)
{
	struct err err = ERR_INIT;
	(void)state;
	f.cut = 0;
	f.cuts = 1000;
	assert_int_equal(read_layer(&err), -1);
	assert_int_equal(err.kind, ERR_NET);
	assert_non_null(strstr(err.text, "the answer was cut short"));
	assert_int_equal(f.layer_gets, 4);
	err_clear(&err);
	f.cut = 1;
	f.layer_gets = 0;
	assert_int_equal(read_layer(&err), -1);
	assert_int_equal(f.layer_gets, 40);
	err_clear(&err);
}

static void a_layer_that_is_too_short_is_named(void **state)
{
	(void)state;
	f.short_by = 10;
	f.no_ranges = true;
	fails(ERR_PROTOCOL, "the registry gives 99990 of 100000 bytes");
}

static void a_layer_that_is_too_long_is_named(void **state)
{
	(void)state;
	f.more = true;
	fails(ERR_PROTOCOL, "more bytes than the manifest says (100000)");
}

static void another_range_than_the_one_asked_for_is_refused(void **state)
{
	(void)state;
	f.cut = 50;
	f.cuts = 1;
	f.wrong_range = true;
	fails(ERR_PROTOCOL, "the registry gives another range than the one asked for");
}

static void a_layer_that_is_not_there_is_named(void **state)
{
	(void)state;
	f.status = 404;
	f.status_times = 1;
	fails(ERR_PROTOCOL, "the registry does not have it");
}

static void a_busy_registry_is_asked_again(void **state)
{
	(void)state;
	f.status = 429;
	f.status_times = 2;
	reads(3);
}

static void a_registry_that_stays_busy_is_given_up(void **state)
{
	(void)state;
	f.status = 429;
	f.status_times = 100;
	fails(ERR_NET, "too many requests for now (429): TOOMANYREQUESTS: later");
	assert_int_equal(f.layer_gets, 4);
}

static void a_token_that_ran_out_is_fetched_anew_and_the_layer_goes_on(void **state)
{
	(void)state;
	f.login = true;
	f.cut = 9000;
	f.cuts = 2;
	reads(3);
	assert_true(f.tokens >= 3);
}

static void a_login_that_fails_in_the_middle_is_an_error_of_access(void **state)
{
	AUTO(remote) struct remote *r = NULL;
	AUTO(remote_reader) struct remote_reader *rd = NULL;
	struct err err = ERR_INIT;
	struct stream s;
	char piece[LAYER];
	long n;
	(void)state;
	f.login = true;
	f.cut = 9000;
	f.cuts = 1;
	assert_int_equal(find(":v1", NULL, &r, &err), 0);
	assert_int_equal(remote_reader_new(r, &rd, &err), 0);
	s = remote_layer(rd, &r->layers[0]);
	assert_true(s.read(s.self, piece, sizeof(piece), &err) > 0);
	f.no_token = true;
	while ((n = s.read(s.self, piece, sizeof(piece), &err)) > 0)
		;
	assert_int_equal(n, -1);
	assert_int_equal(err.kind, ERR_AUTH);
	assert_int_equal(err_exit_code(&err), 3);
	err_clear(&err);
}

static void a_signal_ends_it(void **state)
{
	volatile int stopped = 15;
	AUTO(remote) struct remote *r = NULL;
	AUTO(remote_reader) struct remote_reader *rd = NULL;
	struct err err = ERR_INIT;
	struct stream s;
	char piece[10];
	(void)state;
	assert_int_equal(find(":v1", NULL, &r, &err), 0);
	r->opts.cancel = &stopped;
	assert_int_equal(remote_reader_new(r, &rd, &err), 0);
	s = remote_layer(rd, &r->layers[0]);
	assert_int_equal(s.read(s.self, piece, sizeof(piece), &err), -1);
	assert_int_equal(err.kind, ERR_CANCELED);
	assert_int_equal(err.sys, 15);
}

/* --- all together --- */

static int inspect(struct facts **ret, struct err *err)
{
	AUTO_TEXT char *name = xasprintf("127.0.0.1:%u/gnn:v1", server_port(f.server));

	return inspect_remote(&(struct inspect_ask){.what = name}, name, ret, err);
}

/* The layer becomes a tar: one folder, and zeros to its end. */
static void make_tar(void)
{
	unsigned sum = 0;

	memset(f.layer, 0, LAYER);
	memcpy(f.layer, "etc/", 4);
	memcpy(f.layer + 100, "0000755", 7);
	memcpy(f.layer + 124, "00000000000", 11);
	memcpy(f.layer + 136, "00000000000", 11);
	memset(f.layer + 148, ' ', 8);
	f.layer[156] = '5';
	memcpy(f.layer + 257,
	       "ustar\0"
	       "00",
	       8);
	for (size_t i = 0; i < 512; i++)
		sum += (unsigned char)f.layer[i];
	snprintf(f.layer + 148, 8, "%06o", sum);
}

static void its_layers_become_facts(void **state)
{
	AUTO(facts) struct facts *facts = NULL;
	struct err err = ERR_INIT;
	AUTO_TEXT char *source = xasprintf("registry 127.0.0.1:%u", server_port(f.server));
	AUTO_TEXT char *digest = NULL;
	(void)state;
	make_tar();
	digest = layer_digest(&f);
	assert_int_equal(inspect(&facts, &err), 0);
	assert_string_equal(facts->source, source);
	assert_string_equal(facts->config.user, "1000");
	assert_int_equal(facts->n_layers, 1);
	assert_string_equal(facts->layers[0].name, digest);
}

static void bytes_that_are_not_what_the_digest_says_are_refused(void **state)
{
	AUTO(facts) struct facts *facts = NULL;
	struct err err = ERR_INIT;
	(void)state;
	make_tar();
	f.other = true;
	assert_int_equal(inspect(&facts, &err), -1);
	assert_int_equal(err.kind, ERR_PROTOCOL);
	assert_int_equal(err_exit_code(&err), 3);
	assert_non_null(strstr(err.text, "its bytes hash to "));
	err_clear(&err);
}

static void bytes_that_are_no_archive_are_refused(void **state)
{
	AUTO(facts) struct facts *facts = NULL;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(inspect(&facts, &err), -1);
	assert_int_equal(err.kind, ERR_PROTOCOL);
	assert_non_null(strstr(err.text, "is no archive"));
	err_clear(&err);
}

#define T(name) cmocka_unit_test_setup_teardown(name, with_registry, without_registry)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_image_is_found_through_every_kind_of_index),
		T(the_platform_that_is_asked_for_is_taken),
		T(a_digest_names_an_image),
		T(a_digest_that_cannot_be_checked_is_refused),
		T(what_is_not_there_is_an_answer),
		T(a_platform_that_is_not_there_is_named_with_what_there_is),
		T(an_image_for_another_platform_is_refused_by_its_config),
		T(a_config_that_is_none_is_named_with_its_image),
		T(a_layer_is_read_once),
		T(a_broken_connection_goes_on_where_it_broke),
		T(a_server_without_ranges_is_read_from_the_start_again),
		T(a_connection_that_always_breaks_is_given_up),
		T(a_layer_that_is_too_short_is_named),
		T(a_layer_that_is_too_long_is_named),
		T(another_range_than_the_one_asked_for_is_refused),
		T(a_layer_that_is_not_there_is_named),
		T(a_busy_registry_is_asked_again),
		T(a_registry_that_stays_busy_is_given_up),
		T(a_token_that_ran_out_is_fetched_anew_and_the_layer_goes_on),
		T(a_login_that_fails_in_the_middle_is_an_error_of_access),
		T(a_signal_ends_it),
		T(its_layers_become_facts),
		T(bytes_that_are_not_what_the_digest_says_are_refused),
		T(bytes_that_are_no_archive_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
