#include "adapt/archive.h"

#include "adapt/digest.h"
#include "base/buf.h"
#include "base/str.h"
#include "support/t.h"

#include <stdio.h>
#include <unistd.h>

/* A stream over bytes, given out in pieces of at most `step`. */
struct bytes {
	const char *data;
	size_t len, step;
	bool breaks; /* at the end: an error in place of the end */
};

static long read_bytes(void *self, char *into, size_t len, struct err *err)
{
	struct bytes *b = self;
	size_t n = b->len < len ? b->len : len;
	if (b->step && n > b->step)
		n = b->step;
	if (!n && b->breaks)
		return err_set(err, ERR_NET, "the line broke");
	memcpy(into, b->data, n);
	b->data += n;
	b->len -= n;
	return (long)n;
}

static struct stream stream_of(struct bytes *b)
{
	return (struct stream){.read = read_bytes, .self = b};
}

/* Members out of a table. */
struct table {
	const struct tar_entry *v;
	const char *const *bodies;
	size_t n, at;
	struct bytes body;
	bool breaks;
};

static int next_row(void *self, struct tar_entry *e, struct stream *body, struct err *err)
{
	struct table *t = self;
	if (t->breaks && t->at == t->n)
		return err_set(err, ERR_IO, "no more rows");
	if (t->at == t->n)
		return 0;
	*e = t->v[t->at];
	const char *text = t->bodies[t->at++];
	t->body = (struct bytes){.data = text, .len = text ? strlen(text) : 0, .step = 7};
	*body = stream_of(&t->body);
	return 1;
}

static int pack(struct table *t, struct buf *into, struct err *err)
{
	AUTO(tar_out) struct tar_out *out = NULL;
	char piece[1000];
	if (tar_out_new((struct tar_source){.next = next_row, .self = t}, &out, err) < 0)
		return -1;
	struct stream s = tar_out_stream(out);
	for (long n; (n = s.read(s.self, piece, sizeof(piece), err)) != 0;) {
		if (n < 0)
			return -1;
		buf_add(into, piece, (size_t)n);
	}
	return 0;
}

static const struct tar_entry rows[] = {
	{.type = TAR_FILE, .name = "Dockerfile", .mode = 0644, .size = 13, .mtime = 1},
	{.type = TAR_DIR, .name = "src", .mode = 0755},
	{.type = TAR_FILE, .name = "src/gr\xc3\xbc\xc3\x9f.py", .mode = 0600, .size = 0},
	{.type = TAR_SYMLINK, .name = "link", .mode = 0777, .target = "src/a b"},
	{.type = TAR_FILE,
	 .name = "a/very/long/path/that/is/longer/than/one/hundred/bytes/so/that/the/old/format/does/not/suffice/for/"
		 "it/at/all/x",
	 .mode = 0755,
	 .size = 3},
};
static const char *const bodies[] = {"FROM scratch\n", NULL, "", NULL, "abc"};

static void pack_rows(struct buf *into)
{
	struct table t = {.v = rows, .bodies = bodies, .n = ARRAY_LEN(rows)};
	struct err err = ERR_INIT;
	assert_int_equal(pack(&t, into, &err), 0);
}

static void what_is_packed_is_read_back(void **state)
{
	AUTO_BUF struct buf tar = BUF_INIT;
	AUTO(tar_in) struct tar_in *in = NULL;
	struct err err = ERR_INIT;
	struct tar_entry e;
	(void)state;
	pack_rows(&tar);
	struct bytes from = {.data = tar.data, .len = tar.len, .step = 333};
	assert_int_equal(tar_in_new(stream_of(&from), NULL, &in, &err), 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char piece[100];
		AUTO_BUF struct buf body = BUF_INIT;
		assert_int_equal(tar_in_next(in, &e, &err), 1);
		AUTO_TEXT char *name = xasprintf("%s%s", rows[i].name, rows[i].type == TAR_DIR ? "/" : "");
		assert_string_equal(e.name, name);
		assert_int_equal(e.type, rows[i].type);
		assert_int_equal(e.mode, rows[i].mode);
		assert_int_equal(e.size, rows[i].size);
		assert_int_equal(e.mtime, rows[i].mtime);
		assert_int_equal(e.uid, 0);
		assert_true(str_eq(e.target, rows[i].target));
		for (long n; (n = tar_in_read(in, piece, sizeof(piece), &err)) > 0;)
			buf_add(&body, piece, (size_t)n);
		assert_string_equal(buf_text(&body), bodies[i] ? bodies[i] : "");
	}
	assert_int_equal(tar_in_next(in, &e, &err), 0);
	assert_int_equal(err.kind, ERR_NONE);
}

static void the_same_members_give_the_same_bytes(void **state)
{
	AUTO_BUF struct buf one = BUF_INIT, two = BUF_INIT;
	char hex[HASH_HEX_SIZE];
	(void)state;
	pack_rows(&one);
	setenv("TZ", "America/New_York", 1);
	pack_rows(&two);
	unsetenv("TZ");
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.data, two.data, one.len);
	assert_int_equal(one.len % 512, 0);
	hash_hex(buf_blob(&one, "tar"), hex);
	assert_string_equal(hex, "5d9e2953331455118353c6835f20a0bcadc4acfd4cb9be79240ae6e2b6db7c82");
}

static void a_body_of_another_length_than_promised_is_an_error(void **state)
{
	static const struct tar_entry entry = {.type = TAR_FILE, .name = "a", .mode = 0644, .size = 5};
	static const char *const texts[] = {"1234", "123456"};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		AUTO_BUF struct buf tar = BUF_INIT;
		struct table t = {.v = &entry, .bodies = &texts[i], .n = 1};
		struct err err = ERR_INIT;
		assert_int_equal(pack(&t, &tar, &err), -1);
		assert_int_equal(err.kind, ERR_IO);
		assert_string_equal(err.text, "pack 'a': the file changed while it was read");
	}
}

static void what_the_source_raises_comes_through(void **state)
{
	AUTO_BUF struct buf tar = BUF_INIT;
	struct table t = {.v = rows, .bodies = bodies, .n = 1, .breaks = true};
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(pack(&t, &tar, &err), -1);
	assert_string_equal(err.text, "no more rows");
}

/* Reads all of an archive; the number of members, or -1. */
static int count_members(struct bytes from, const struct tar_limits *limits, struct err *err)
{
	AUTO(tar_in) struct tar_in *in = NULL;
	struct tar_entry e;
	char piece[4096];
	int n = 0, rc;
	if (tar_in_new(stream_of(&from), limits, &in, err) < 0)
		return -1;
	while ((rc = tar_in_next(in, &e, err)) == 1) {
		long got;
		n++;
		while ((got = tar_in_read(in, piece, sizeof(piece), err)) > 0)
			;
		if (got < 0)
			return -1;
	}
	return rc < 0 ? -1 : n;
}

static void an_archive_over_a_limit_is_refused(void **state)
{
	AUTO_BUF struct buf tar = BUF_INIT;
	struct err err = ERR_INIT;
	(void)state;
	pack_rows(&tar);
	struct bytes from = {.data = tar.data, .len = tar.len};
	assert_int_equal(count_members(from, &(struct tar_limits){.max_entries = 4}, &err), -1);
	assert_int_equal(err.kind, ERR_PROTOCOL);
	assert_string_equal(err.text, "read archive: more than 4 members");
	err_clear(&err);
	assert_int_equal(count_members(from, &(struct tar_limits){.max_bytes = 15}, &err), -1);
	assert_string_equal(err.text, "read archive: larger than 15 bytes");
	err_clear(&err);
	assert_int_equal(count_members(from, &(struct tar_limits){.max_bytes = 16, .max_entries = 5}, &err), 5);
}

static void an_archive_cut_short_is_refused_at_every_length(void **state)
{
	AUTO_BUF struct buf tar = BUF_INIT;
	(void)state;
	pack_rows(&tar);
	/* the last member's bytes end 1536 bytes before the end: padding and two empty blocks */
	for (size_t len = 1; len < tar.len - 1536; len += 97) {
		struct err err = ERR_INIT;
		struct bytes from = {.data = tar.data, .len = len};
		int n = count_members(from, NULL, &err);
		if (n >= 0)
			assert_true(n < (int)ARRAY_LEN(rows));
		else
			assert_int_equal(err.kind, ERR_PROTOCOL);
		err_clear(&err);
	}
}

static void bytes_that_are_no_archive_are_refused(void **state)
{
	struct err err = ERR_INIT;
	struct bytes from = {.data = "this is not an archive, whatever it says it is, and long enough to look at",
			     .len = 70};
	(void)state;
	assert_int_equal(count_members(from, NULL, &err), -1);
	assert_int_equal(err.kind, ERR_PROTOCOL);
	assert_string_equal(err.text, "read archive: it is no tar archive");
}

static void a_stream_that_breaks_says_so_itself(void **state)
{
	AUTO_BUF struct buf tar = BUF_INIT;
	struct err err = ERR_INIT;
	(void)state;
	pack_rows(&tar);
	struct bytes from = {.data = tar.data, .len = 700, .breaks = true};
	assert_int_equal(count_members(from, NULL, &err), -1);
	assert_int_equal(err.kind, ERR_NET);
	assert_string_equal(err.text, "the line broke");
}

static void names_outside_of_ascii_survive_the_plain_locale(void **state)
{
	/* the test runs in the C locale: setlocale() is never called */
	AUTO_BUF struct buf tar = BUF_INIT;
	AUTO(tar_in) struct tar_in *in = NULL;
	struct err err = ERR_INIT;
	struct tar_entry e;
	static const struct tar_entry odd = {.type = TAR_FILE, .name = "N\xc3\xa9meth_\xe6\x97\xa5.crt", .mode = 0644};
	static const char *const none[] = {""};
	struct table t = {.v = &odd, .bodies = none, .n = 1};
	(void)state;
	assert_int_equal(pack(&t, &tar, &err), 0);
	struct bytes from = {.data = tar.data, .len = tar.len};
	assert_int_equal(tar_in_new(stream_of(&from), NULL, &in, &err), 0);
	assert_int_equal(tar_in_next(in, &e, &err), 1);
	assert_string_equal(e.name, odd.name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_packed_is_read_back),
		cmocka_unit_test(the_same_members_give_the_same_bytes),
		cmocka_unit_test(a_body_of_another_length_than_promised_is_an_error),
		cmocka_unit_test(what_the_source_raises_comes_through),
		cmocka_unit_test(an_archive_over_a_limit_is_refused),
		cmocka_unit_test(an_archive_cut_short_is_refused_at_every_length),
		cmocka_unit_test(bytes_that_are_no_archive_are_refused),
		cmocka_unit_test(a_stream_that_breaks_says_so_itself),
		cmocka_unit_test(names_outside_of_ascii_survive_the_plain_locale),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
