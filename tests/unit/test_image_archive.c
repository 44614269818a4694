#include "inspect/archive.h"

#include "adapt/archive.h"
#include "adapt/digest.h"
#include "base/file.h"
#include "base/str.h"
#include "support/t.h"

#include <sys/stat.h>
#include <unistd.h>

/* A member of an archive that a test makes. */
struct made {
	enum tar_type type;
	const char *name, *data; /* data: a link's target */
	size_t len;		 /* 0: of data as text */
};

struct making {
	const struct made *v;
	size_t n, at, read;
};

static long made_read(void *self, char *into, size_t len, struct err *err)
{
	struct making *m = self;
	const struct made *now = &m->v[m->at - 1];
	size_t all = now->len ? now->len : strlen(now->data);
	(void)err;
	if (len > all - m->read)
		len = all - m->read;
	memcpy(into, now->data + m->read, len);
	m->read += len;
	return (long)len;
}

static int made_next(void *self, struct tar_entry *e, struct stream *body, struct err *err)
{
	struct making *m = self;
	const struct made *now;
	(void)err;
	if (m->at == m->n)
		return 0;
	now = &m->v[m->at++];
	m->read = 0;
	*e = (struct tar_entry){.type = now->type, .name = now->name, .mode = 0644};
	if (now->type == TAR_FILE)
		e->size = now->len ? now->len : strlen(now->data);
	else
		e->target = now->data;
	*body = (struct stream){.read = made_read, .self = m};
	return 1;
}

static void make(const struct made *v, size_t n, struct buf *into)
{
	struct making m = {.v = v, .n = n};
	AUTO(tar_out) struct tar_out *t = NULL;
	struct err err = ERR_INIT;
	struct stream s;
	char piece[4096];
	long got;

	assert_int_equal(tar_out_new((struct tar_source){.next = made_next, .self = &m}, &t, &err), 0);
	s = tar_out_stream(t);
	while ((got = s.read(s.self, piece, sizeof(piece), &err)) > 0)
		buf_add(into, piece, (size_t)got);
	assert_int_equal(got, 0);
}

struct reading {
	const struct buf *b;
	size_t at;
};

static long buf_read(void *self, char *into, size_t len, struct err *err)
{
	struct reading *r = self;
	(void)err;
	if (len > r->b->len - r->at)
		len = r->b->len - r->at;
	memcpy(into, r->b->data + r->at, len);
	r->at += len;
	return (long)len;
}

static int read_archive(const struct buf *b, struct facts **ret, struct err *err)
{
	struct reading r = {.b = b};

	return archive_read_stream("a.tar", (struct stream){.read = buf_read, .self = &r}, "linux/amd64", NULL, ret,
				   err);
}

static const char config[] =
	"{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"User\":\"1000\",\"Env\":[\"A=b\"],"
	"\"Labels\":{\"k\":\"v\"},\"Cmd\":[\"run\"],\"Volumes\":{\"/data\":{}}}}";

/* `docker save` of these layers, in an order that has the manifest last. */
static void save(const struct buf *layers, size_t n, struct buf *into)
{
	struct made v[8];
	AUTO_BUF struct buf manifest = BUF_INIT;
	AUTO_STRV struct strv names = STRV_INIT;

	buf_adds(&manifest, "[{\"Config\":\"c.json\",\"RepoTags\":null,\"Layers\":[");
	for (size_t i = 0; i < n; i++) {
		strv_addf(&names, "%zu/layer.tar", i);
		buf_addf(&manifest, "%s\"%s\"", i ? "," : "", names.v[i]);
		v[i] = (struct made){
			.type = TAR_FILE, .name = names.v[i], .data = layers[i].data, .len = layers[i].len};
	}
	buf_adds(&manifest, "]}]");
	v[n] = (struct made){.type = TAR_FILE, .name = "c.json", .data = config};
	v[n + 1] = (struct made){.type = TAR_FILE, .name = "manifest.json", .data = buf_text(&manifest)};
	make(v, n + 2, into);
}

/* The facts of two layers. */
static struct facts *two(const struct made *low, size_t nlow, const struct made *high, size_t nhigh)
{
	struct buf layers[2] = {BUF_INIT, BUF_INIT};
	AUTO_BUF struct buf all = BUF_INIT;
	struct facts *f = NULL;
	struct err err = ERR_INIT;

	make(low, nlow, &layers[0]);
	make(high, nhigh, &layers[1]);
	save(layers, 2, &all);
	if (read_archive(&all, &f, &err) < 0)
		print_error("%s\n", err.text);
	assert_non_null(f);
	buf_clear(&layers[0]);
	buf_clear(&layers[1]);
	return f;
}

static const char *text(const struct facts *f, const char *path)
{
	const struct facts_text *t = facts_text(f, path);

	return t ? buf_text(&t->data) : NULL;
}

static void the_configuration_and_the_layers_are_read(void **state)
{
	static const struct made low[] = {{TAR_FILE, "etc/os-release", "ID=one\n", 0}};
	static const struct made high[] = {{TAR_FILE, "./etc/ld.so.conf", "/lib/a\n", 0}};
	AUTO(facts) struct facts *f = two(low, 1, high, 1);
	(void)state;
	assert_string_equal(f->config.user, "1000");
	assert_string_equal(f->config.arch, "amd64");
	assert_string_equal(facts_env(f, "A"), "b");
	assert_string_equal(facts_label(f, "k"), "v");
	assert_string_equal(f->config.volumes.v[0], "/data");
	assert_int_equal(f->n_layers, 2);
	assert_int_equal(f->n_files, 2);
	assert_string_equal(text(f, "/etc/os-release"), "ID=one\n");
	assert_string_equal(text(f, "/etc/ld.so.conf"), "/lib/a\n");
}

static void the_last_layer_wins_and_whiteouts_take_away(void **state)
{
	static const struct made low[] = {
		{TAR_FILE, "etc/os-release", "ID=one\n", 0},
		{TAR_FILE, "etc/ld.so.conf", "gone\n", 0},
		{TAR_FILE, "a/torch/version.py", "below\n", 0},
		{TAR_FILE, "b/torch/version.py", "below\n", 0},
	};
	static const struct made high[] = {
		{TAR_FILE, "etc/os-release", "ID=two\n", 0},
		{TAR_FILE, "etc/.wh.ld.so.conf", "", 0},
		{TAR_FILE, "a/.wh..wh..opq", "", 0},
		{TAR_FILE, "a/other", "x", 0},
		{TAR_FILE, "b", "a file in the place of a folder", 0},
	};
	AUTO(facts) struct facts *f = two(low, ARRAY_LEN(low), high, ARRAY_LEN(high));
	(void)state;
	assert_string_equal(text(f, "/etc/os-release"), "ID=two\n");
	assert_null(text(f, "/etc/ld.so.conf"));
	assert_null(text(f, "/a/torch/version.py"));
	assert_null(text(f, "/b/torch/version.py"));
	assert_int_equal(f->n_files, 3);
}

static void links_of_lower_layers_are_followed_and_hard_links_keep_their_content(void **state)
{
	static const struct made low[] = {
		{TAR_FILE, "usr/etc/keep", "x", 0}, {TAR_SYMLINK, "etc", "usr/etc", 0},
		{TAR_FILE, "usr/first", "x", 0},    {TAR_FILE, "usr/lib/os-release", "ID=low\n", 0},
		{TAR_SYMLINK, "loop", "loop", 0},
	};
	static const struct made high[] = {
		{TAR_FILE, "etc/os-release", "ID=high\n", 0},
		{TAR_HARDLINK, "usr/lib/copy", "usr/lib/os-release", 0},
		{TAR_FILE, "usr/lib/.wh.os-release", "", 0},
		{TAR_FILE, "loop/x", "x", 0},
		{TAR_FILE, "../outside", "x", 0},
	};
	AUTO(facts) struct facts *f = two(low, ARRAY_LEN(low), high, ARRAY_LEN(high));
	(void)state;
	assert_int_equal(f->n_files, 3); /* keep, first, the followed os-release; loop/x and ../outside are nowhere */
	assert_int_equal(f->over.n, 1);
	assert_string_equal(f->over.v[0], "layer 2: 1 members with names that lead out of it");
}

static void faults_are_named(void **state)
{
	static const struct {
		struct made v[2];
		size_t n;
		const char *want;
	} rows[] = {
		{{{TAR_FILE, "x", "y", 0}}, 1, "a.tar: the archive has no 'index.json'"},
		{{{TAR_FILE, "manifest.json", "[]", 0}}, 1, "a.tar: manifest.json: the archive has no image"},
		{{{TAR_FILE, "manifest.json", "[{\"Config\":\"c\",\"Layers\":[]}]", 0}},
		 1,
		 "a.tar: the archive has no image configuration 'c'"},
		{{{TAR_FILE, "manifest.json", "[{\"Config\":\"c.json\",\"Layers\":[\"no\"]}]", 0},
		  {TAR_FILE, "c.json", config, 0}},
		 2,
		 "a.tar: there is no layer 'no'"},
		{{{TAR_FILE, "index.json", "{\"manifests\":[{\"digest\":\"../../etc\"}]}", 0}},
		 1,
		 "a.tar: index.json: /manifests/0/digest: must be a digest"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_BUF struct buf b = BUF_INIT;
		struct facts *f = NULL;
		struct err err = ERR_INIT;

		make(rows[i].v, rows[i].n, &b);
		assert_int_equal(read_archive(&b, &f, &err), -1);
		assert_int_equal(err.kind, ERR_PROTOCOL);
		assert_string_equal(err.text, rows[i].want);
		assert_null(f);
		err_clear(&err);
	}
}

static void every_cut_ends_as_an_error(void **state)
{
	static const struct made low[] = {{TAR_FILE, "etc/os-release", "ID=one\n", 0}};
	struct buf layer = BUF_INIT;
	AUTO_BUF struct buf all = BUF_INIT;
	size_t whole;
	(void)state;
	make(low, 1, &layer);
	save(&layer, 1, &all);
	whole = all.len - 1024; /* two blocks of zeros end an archive: without them it is whole as well */
	for (size_t len = 0; len < whole; len += 97) {
		struct buf cut = {.data = all.data, .len = len};
		struct facts *f = NULL;
		struct err err = ERR_INIT;
		int rc = read_archive(&cut, &f, &err);

		assert_true(rc == -1 || f);
		assert_true(rc == 0 || err.kind == ERR_PROTOCOL);
		facts_free(f);
		err_clear(&err);
	}
	buf_clear(&layer);
}

static void put(const char *dir, const char *name, const void *data, size_t len)
{
	AUTO_TEXT char *path = file_join(dir, name);
	struct err err = ERR_INIT;

	assert_int_equal(file_write(path, (struct blob){.name = path, .data = data, .len = len}, 0644, &err), 0);
}

/* Writes a blob and gives its digest. */
static void put_blob(const char *dir, const void *data, size_t len, char hex[HASH_HEX_SIZE])
{
	AUTO_TEXT char *name = NULL;

	hash_hex((struct blob){.name = "", .data = data, .len = len}, hex);
	name = xasprintf("blobs/sha256/%s", hex);
	put(dir, name, data, len);
}

static void a_layout_in_a_folder_takes_the_platform_that_was_asked_for(void **state)
{
	static const struct made members[] = {{TAR_FILE, "etc/os-release", "ID=oci\n", 0}};
	AUTO_BUF struct buf layer = BUF_INIT;
	AUTO_TEXT char *dir = NULL;
	AUTO_TEXT char *manifest = NULL;
	AUTO_TEXT char *index = NULL;
	AUTO(facts) struct facts *f = NULL;
	char layer_hex[HASH_HEX_SIZE], config_hex[HASH_HEX_SIZE], manifest_hex[HASH_HEX_SIZE];
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(file_temp_dir(&dir, &err), 0);
	make(members, 1, &layer);
	put_blob(dir, layer.data, layer.len, layer_hex);
	put_blob(dir, config, strlen(config), config_hex);
	manifest = xasprintf("{\"config\":{\"digest\":\"sha256:%s\"},\"layers\":[{\"digest\":\"sha256:%s\"}]}",
			     config_hex, layer_hex);
	put_blob(dir, manifest, strlen(manifest), manifest_hex);
	index = xasprintf(
		"{\"manifests\":[{\"digest\":\"sha256:%064d\",\"platform\":{\"os\":\"linux\",\"architecture\":"
		"\"arm64\"}},{\"digest\":\"sha256:%s\",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}}]}",
		0, manifest_hex);
	put(dir, "index.json", index, strlen(index));
	assert_false(archive_is_one(dir));
	put(dir, "oci-layout", "{}", 2);
	assert_true(archive_is_one(dir));
	assert_int_equal(archive_read(dir, "linux/amd64", NULL, &f, &err), 0);
	assert_string_equal(text(f, "/etc/os-release"), "ID=oci\n");
	assert_string_equal(f->over.v[0], "1 more images in it were not looked at");
	assert_int_equal(file_remove_tree(dir, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_configuration_and_the_layers_are_read),
		cmocka_unit_test(the_last_layer_wins_and_whiteouts_take_away),
		cmocka_unit_test(links_of_lower_layers_are_followed_and_hard_links_keep_their_content),
		cmocka_unit_test(faults_are_named),
		cmocka_unit_test(every_cut_ends_as_an_error),
		cmocka_unit_test(a_layout_in_a_folder_takes_the_platform_that_was_asked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
