#include "work/fetch.h"

#include "adapt/digest.h"
#include "adapt/http_curl.h"
#include "base/file.h"
#include "base/str.h"
#include "support/faulty.h"
#include "support/registry.h"
#include "support/t.h"

struct world {
	struct fakereg fake;
	struct http *http;
	struct manifest_sources sources;
	char *dir;
	struct buf said; /* events */
};

static int setup(void **state)
{
	struct err err = ERR_INIT;
	struct world *w = xcalloc(1, sizeof(*w));
	setenv("HOME", "/nonexistent", 1);
	unsetenv("DOCKER_AUTH_CONFIG");
	fakereg_start(&w->fake);
	w->fake.auth = "bearer";
	assert_int_equal(http_curl_new(NULL, &w->http, &err), 0);
	assert_int_equal(file_temp_dir(&w->dir, &err), 0);
	strv_own(&w->sources.images, fakereg_name(&w->fake, "nowhere/cuda"));
	strv_own(&w->sources.images, fakereg_name(&w->fake, "nvidia/cuda"));
	w->sources.os_images = fakereg_name(&w->fake, "library");
	w->sources.torch = server_url(w->fake.server, "/whl");
	w->sources.pyg = server_url(w->fake.server, "/pyg");
	w->sources.pypi = server_url(w->fake.server, "/simple");
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	struct err err = ERR_INIT;
	http_free(w->http);
	fakereg_stop(&w->fake);
	assert_int_equal(file_remove_tree(w->dir, &err), 0);
	strv_clear(&w->sources.images);
	free(w->sources.os_images);
	free(w->sources.torch);
	free(w->sources.pyg);
	free(w->sources.pypi);
	free(w->sources.python);
	free(w->dir);
	buf_clear(&w->said);
	free(w);
	return 0;
}

#define LIT(text) ((char *)(uintptr_t)(text))
#define IMAGE(f, n, t)                                                                                                 \
	{                                                                                                              \
		.kind = FACT_IMAGE, .family = LIT(f), .name = LIT(n), .tag = LIT(t), .platform = LIT("linux/amd64")    \
	}
#define WHEEL(p, v, c, va, to, py)                                                                                     \
	{                                                                                                              \
		.kind = FACT_WHEEL, .package = LIT(p), .version = LIT(v), .channel = LIT(c), .variant = LIT(va),       \
		.torch = LIT(to), .python = LIT(py), .platform = LIT("linux/amd64")                                    \
	}

static const struct fact_ask cuda_image = IMAGE("cuda", NULL, FAKEREG_TAG);
static const struct fact_ask os_image = IMAGE("os", "ubuntu", "22.04");
static const struct fact_ask absent_image = IMAGE("cuda", NULL, "1.0-base");
static const struct fact_ask torch_wheel = WHEEL("torch", "2.7.1", "index", "cu128", NULL, "3.11");
static const struct fact_ask unhashed_wheel = WHEEL("torch", "2.7.0", "index", "cu128", NULL, "3.11");
static const struct fact_ask old_wheel = WHEEL("torch", "1.8.1", "index", "cu102", NULL, "3.9");
static const struct fact_ask sparse_wheel = WHEEL("torch_sparse", "0.6.18", "pyg", "cu128", "2.7.0", "3.11");
static const struct fact_ask absent_wheel = WHEEL("torch_sparse", "0.6.18", "pyg", "cu126", "2.7.0", "3.11");
static const struct fact_ask pypi_wheel = WHEEL("torch", "2.11.0", "pypi", NULL, NULL, "3.11");
static const struct fact_ask sdist = {.kind = FACT_SDIST, .package = LIT("torch_sparse"), .version = LIT("0.6.18")};
static const struct fact_ask python = {.kind = FACT_PYTHON, .python = LIT("3.11"), .platform = LIT("linux/amd64")};

static void emit(void *self, const struct event *e)
{
	struct world *w = self;
	if (e->kind == EVENT_WARNING)
		buf_addf(&w->said, "%s: %s\n", e->subject, e->text);
}

static int fetch(struct world *w, struct http *http, const struct fact_ask *const *asks, size_t n, struct known *into,
		 struct err *err)
{
	AUTO_NEEDS struct needs needs = NEEDS_INIT;
	struct events events = {.emit = emit, .self = w};
	for (size_t i = 0; i < n; i++)
		needs_add(&needs, asks[i]);
	return fetch_needs(&needs,
			   &(struct fetch_opts){.sources = &w->sources, .dir = w->dir, .events = &events, .http = http},
			   into, err);
}

/* A fact as one line, the port out. */
static char *line(const struct world *w, const struct fact *f)
{
	AUTO_TEXT char *port = xasprintf(":%u", server_port(w->fake.server));
	AUTO_TEXT char *text =
		!f->present ? xasprintf("none source=%s", f->source)
		: f->ask.kind == FACT_IMAGE
			? xasprintf("repository=%s index=%s digest=%s", f->repository, f->index_digest, f->digest)
			: xasprintf("file=%s url=%s path=%s sha256=%.8s label=%s size=%d", f->file,
				    f->url ? f->url : "-", f->path ? f->path : "-", f->sha256 ? f->sha256 : "-",
				    f->label ? f->label : "-", (int)f->size);
	AUTO_BUF struct buf out = BUF_INIT;
	for (const char *at = text; *at;) {
		bool is = str_starts(at, port);
		buf_adds(&out, is ? ":P" : "");
		if (!is)
			buf_addc(&out, *at);
		at += is ? strlen(port) : 1;
	}
	return buf_take(&out);
}

static void gives(struct world *w, const struct fact_ask *ask, const char *expected)
{
	AUTO_KNOWN struct known known = KNOWN_INIT;
	struct err err = ERR_INIT;
	if (fetch(w, w->http, &ask, 1, &known, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(known.n, 1);
	assert_true(fact_ask_eq(&known.v[0].ask, ask));
	AUTO_TEXT char *got = line(w, &known.v[0]);
	assert_string_equal(got, expected);
}

static void fails(struct world *w, const struct fact_ask *ask, enum err_kind kind, const char *expected)
{
	AUTO_KNOWN struct known known = KNOWN_INIT;
	AUTO_TEXT char *port = xasprintf(":%u", server_port(w->fake.server));
	struct err err = ERR_INIT;
	AUTO_BUF struct buf got = BUF_INIT;
	assert_int_equal(fetch(w, w->http, &ask, 1, &known, &err), -1);
	assert_int_equal(known.n, 0);
	for (const char *at = err.text; *at;) {
		bool is = str_starts(at, port);
		buf_adds(&got, is ? ":P" : "");
		if (!is)
			buf_addc(&got, *at);
		at += is ? strlen(port) : 1;
	}
	assert_string_equal(buf_text(&got), expected);
	assert_int_equal(err.kind, kind);
	err_clear(&err);
}

static void images_are_found_at_the_first_source_that_has_them(void **state)
{
	struct world *w = *state;
	AUTO_TEXT char *index = xstrdup(fakereg_digest("index")), *amd64 = xstrdup(fakereg_digest("amd64"));
	AUTO_TEXT char *cuda = xasprintf("repository=127.0.0.1:P/nvidia/cuda index=%s digest=%s", index, amd64);
	AUTO_TEXT char *os = xasprintf("repository=127.0.0.1:P/library/ubuntu index=%s digest=%s", index, amd64);
	AUTO_TEXT char *whole = fakereg_name(&w->fake, "nvidia/cuda:" FAKEREG_TAG);
	struct fact_ask own = IMAGE("own", whole, NULL);
	gives(w, &cuda_image, cuda);
	gives(w, &os_image, os);
	gives(w, &own, cuda);
	gives(w, &absent_image, "none source=127.0.0.1:P/nowhere/cuda, 127.0.0.1:P/nvidia/cuda");
}

static void wheels_are_found_with_canonical_urls(void **state)
{
	struct world *w = *state;
	char hex[HASH_HEX_SIZE];
	gives(w, &torch_wheel,
	      "file=torch-2.7.1+cu128-cp311-cp311-manylinux_2_28_x86_64.whl "
	      "url=https://download.pytorch.org/whl/cu128/torch-2.7.1%2Bcu128-cp311-cp311-manylinux_2_28_x86_64.whl "
	      "path=- "
	      "sha256=01234567 label=+cu128 size=0");
	hash_hex(blob_text("b", "the bytes of sparse"), hex);
	AUTO_TEXT char *sparse = xasprintf("file=torch_sparse-0.6.18+pt27cu128-cp311-cp311-linux_x86_64.whl "
					   "url=https://data.pyg.org/whl/torch-2.7.0%%2Bcu128/"
					   "torch_sparse-0.6.18%%2Bpt27cu128-cp311-cp311-linux_x86_64.whl "
					   "path=- sha256=%.8s label=+pt27cu128 size=19",
					   hex);
	gives(w, &sparse_wheel, sparse);
	hash_hex(blob_text("b", "the bytes of torch"), hex);
	AUTO_TEXT char *unhashed = xasprintf(
		"file=torch-2.7.0+cu128-cp311-cp311-manylinux_2_28_x86_64.whl "
		"url=https://download.pytorch.org/whl/cu128/torch-2.7.0%%2Bcu128-cp311-cp311-manylinux_2_28_x86_64.whl "
		"path=- sha256=%.8s label=+cu128 size=18",
		hex);
	gives(w, &unhashed_wheel, unhashed);
	gives(w, &old_wheel,
	      "file=torch-1.8.1-cp39-cp39-linux_x86_64.whl "
	      "url=https://download.pytorch.org/whl/cu102/torch-1.8.1-cp39-cp39-linux_x86_64.whl "
	      "path=- sha256=11234567 label=- size=0");
	gives(w, &absent_wheel, "none source=http://127.0.0.1:P/pyg/torch-2.7.0+cu126.html");
}

static void files_of_the_plain_index_have_no_url(void **state)
{
	struct world *w = *state;
	gives(w, &pypi_wheel,
	      "file=torch-2.11.0-cp311-cp311-manylinux_2_28_x86_64.whl url=- path=- sha256=21234567 label=- size=77");
	gives(w, &sdist, "file=torch_sparse-0.6.18.tar.gz url=- path=- sha256=31234567 label=- size=0");
}

static void put(const struct world *w, const char *name, const char *text)
{
	struct err err = ERR_INIT;
	AUTO_TEXT char *path = file_join(w->dir, name);
	assert_int_equal(file_write(path, blob_text(name, text), 0644, &err), 0);
}

static void folders_are_sources_and_their_files_are_hashed(void **state)
{
	struct world *w = *state;
	char hex[HASH_HEX_SIZE];
	put(w, "wheels/torch_sparse-0.6.18+pt27cu128-cp311-cp311-linux_x86_64.whl", "local sparse");
	put(w, "py/20251010/cpython-3.11.14+20251010-x86_64-unknown-linux-gnu-install_only.tar.gz", "local python");
	free(w->sources.pyg);
	w->sources.pyg = xstrdup("wheels/");
	w->sources.python = xstrdup("py");
	hash_hex(blob_text("b", "local sparse"), hex);
	AUTO_TEXT char *sparse = xasprintf("file=torch_sparse-0.6.18+pt27cu128-cp311-cp311-linux_x86_64.whl url=- "
					   "path=%s/wheels/torch_sparse-0.6.18+pt27cu128-cp311-cp311-linux_x86_64.whl "
					   "sha256=%.8s label=+pt27cu128 size=12",
					   w->dir, hex);
	gives(w, &sparse_wheel, sparse);
	hash_hex(blob_text("b", "local python"), hex);
	AUTO_TEXT char *local =
		xasprintf("file=cpython-3.11.14+20251010-x86_64-unknown-linux-gnu-install_only.tar.gz url=- "
			  "path=%s/py/20251010/cpython-3.11.14+20251010-x86_64-unknown-linux-gnu-install_only.tar.gz "
			  "sha256=%.8s label=- size=12",
			  w->dir, hex);
	gives(w, &python, local);
	AUTO_TEXT char *absent = xasprintf("none source=%s/wheels/torch-2.7.0+cu126", w->dir);
	gives(w, &absent_wheel, absent);
	free(w->sources.pyg);
	w->sources.pyg = xstrdup("nowhere");
	AUTO_TEXT char *missing = xasprintf("'%s/nowhere': there is no such folder", w->dir);
	fails(w, &sparse_wheel, ERR_IO, missing);
}

static void a_python_from_a_url_keeps_it(void **state)
{
	struct world *w = *state;
	char hex[HASH_HEX_SIZE];
	w->sources.python = server_url(w->fake.server, "/py");
	hash_hex(blob_text("b", "the bytes of Python"), hex);
	AUTO_TEXT char *want =
		xasprintf("file=cpython-3.11.14+20251010-x86_64-unknown-linux-gnu-install_only.tar.gz "
			  "url=http://127.0.0.1:P/py/"
			  "cpython-3.11.14%%2B20251010-x86_64-unknown-linux-gnu-install_only.tar.gz path=- "
			  "sha256=%.8s label=- size=19",
			  hex);
	gives(w, &python, want);
}

static void the_next_source_answers_for_one_that_is_down(void **state)
{
	struct world *w = *state;
	AUTO_TEXT char *index = xstrdup(fakereg_digest("index")), *amd64 = xstrdup(fakereg_digest("amd64"));
	AUTO_TEXT char *cuda = xasprintf("repository=127.0.0.1:P/nvidia/cuda index=%s digest=%s", index, amd64);
	free(w->sources.images.v[0]);
	w->sources.images.v[0] = xstrdup("127.0.0.1:1/nvidia/cuda");
	gives(w, &cuda_image, cuda);
	assert_string_equal(buf_text(&w->said),
			    "127.0.0.1:1/nvidia/cuda: http://127.0.0.1:1/v2/nvidia/cuda/manifests/" FAKEREG_TAG
			    ": cannot connect: Connection refused\n");
	fails(w, &absent_image, ERR_NET,
	      "http://127.0.0.1:1/v2/nvidia/cuda/manifests/1.0-base: cannot connect: Connection refused");
}

static void a_source_that_lies_is_not_passed_over(void **state)
{
	struct world *w = *state;
	strv_own(&w->sources.images, fakereg_name(&w->fake, "nvidia/cuda"));
	free(w->sources.images.v[0]);
	w->sources.images.v[0] = fakereg_name(&w->fake, "library/ubuntu");
	w->fake.lies_in_header = true;
	AUTO_TEXT char *want = xasprintf("127.0.0.1:P/library/ubuntu:" FAKEREG_TAG
					 ": the registry lies: it says sha256:%064d, the body hashes to %s",
					 0, fakereg_digest("index"));
	fails(w, &cuda_image, ERR_PROTOCOL, want);
}

static void indexes_that_refuse_or_break_are_named(void **state)
{
	struct world *w = *state;
	free(w->sources.pypi);
	w->sources.pypi = server_url(w->fake.server, "/closed");
	fails(w, &pypi_wheel, ERR_AUTH, "http://127.0.0.1:P/closed/torch/: access is denied (401)");
	free(w->sources.pypi);
	w->sources.pypi = server_url(w->fake.server, "/broken");
	fails(w, &pypi_wheel, ERR_PROTOCOL, "http://127.0.0.1:P/broken/torch/:1:9: unexpected token near end of file");
	free(w->sources.pypi);
	w->sources.pypi = server_url(w->fake.server, "/teapot");
	fails(w, &pypi_wheel, ERR_PROTOCOL, "http://127.0.0.1:P/teapot/torch/: the index answers 418");
	free(w->sources.pypi);
	w->sources.pypi = server_url(w->fake.server, "/coded");
	fails(w, &pypi_wheel, ERR_PROTOCOL,
	      "http://127.0.0.1:P/coded/torch/: is sent in an encoding that was not asked for");
	free(w->sources.pypi);
	w->sources.pypi = xstrdup("http://me:secret@127.0.0.1:1/simple");
	fails(w, &pypi_wheel, ERR_NET, "http://127.0.0.1:1/simple/torch/: cannot connect: Connection refused");
}

static const struct fact_ask *const everything[] = {&cuda_image,     &os_image,	 &absent_image, &torch_wheel,
						    &unhashed_wheel, &old_wheel, &sparse_wheel, &absent_wheel,
						    &pypi_wheel,     &sdist};

static void all_needs_are_answered_in_their_order(void **state)
{
	struct world *w = *state;
	AUTO_KNOWN struct known known = KNOWN_INIT;
	struct err err = ERR_INIT;
	assert_int_equal(fetch(w, w->http, everything, ARRAY_LEN(everything), &known, &err), 0);
	assert_int_equal(known.n, ARRAY_LEN(everything));
	for (size_t i = 0; i < known.n; i++)
		assert_true(fact_ask_eq(&known.v[i].ask, everything[i]));
	assert_int_equal(server_count(w->fake.server, "GET", "/whl/cu128/torch/"), 1); /* one page for two questions */
}

/* Fails request 1, then 2, ... until a run has none left to fail; each time an error with a text, and nothing is known.
 */
static void fail_each(struct world *w, enum faulty_how how, enum err_kind kind)
{
	struct faulty f = {.inner = w->http, .how = how};
	AUTO(http) struct http *http = faulty_new(&f);
	unsigned failed = 0;
	for (f.nth = 1;; f.nth++) {
		AUTO_KNOWN struct known known = KNOWN_INIT;
		struct err err = ERR_INIT;
		f.started = 0;
		int rc = fetch(w, http, everything, ARRAY_LEN(everything), &known, &err);
		assert_int_equal(http_in_flight(http), 0);
		if (rc == 0 && f.started < f.nth)
			break;
		if (rc < 0) {
			failed++;
			assert_int_equal(err.kind, kind);
			assert_true(strlen(err.text) > 0);
			assert_int_equal(known.n, 0);
		} else {
			assert_int_equal(known.n, ARRAY_LEN(everything));
		}
		err_clear(&err);
		assert_true(f.nth < 200);
	}
	assert_true(f.nth > ARRAY_LEN(everything));
	if (kind == ERR_NONE)
		assert_int_equal(failed, 0);
	else
		assert_true(failed > 0);
}

static void whichever_request_is_refused_the_run_ends_with_its_reason(void **state)
{
	fail_each(*state, FAULTY_REFUSED, ERR_NET);
}

static void whichever_connection_breaks_the_run_goes_on(void **state)
{
	fail_each(*state, FAULTY_RESET, ERR_NONE);
}

static void no_needs_ask_nothing(void **state)
{
	struct world *w = *state;
	AUTO_KNOWN struct known known = KNOWN_INIT;
	struct err err = ERR_INIT;
	assert_int_equal(fetch(w, w->http, NULL, 0, &known, &err), 0);
	assert_int_equal(server_log(w->fake.server)->n, 0);
}

static void a_signal_ends_the_run(void **state)
{
	struct world *w = *state;
	AUTO_KNOWN struct known known = KNOWN_INIT;
	AUTO_NEEDS struct needs needs = NEEDS_INIT;
	struct err err = ERR_INIT;
	volatile int cancel = 2;
	needs_add(&needs, &cuda_image);
	assert_int_equal(
		fetch_needs(&needs, &(struct fetch_opts){.sources = &w->sources, .cancel = &cancel}, &known, &err), -1);
	assert_int_equal(err.kind, ERR_CANCELED);
	assert_int_equal(err_exit_code(&err), 130);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(images_are_found_at_the_first_source_that_has_them),
		T(wheels_are_found_with_canonical_urls),
		T(files_of_the_plain_index_have_no_url),
		T(folders_are_sources_and_their_files_are_hashed),
		T(a_python_from_a_url_keeps_it),
		T(the_next_source_answers_for_one_that_is_down),
		T(a_source_that_lies_is_not_passed_over),
		T(indexes_that_refuse_or_break_are_named),
		T(all_needs_are_answered_in_their_order),
		T(whichever_request_is_refused_the_run_ends_with_its_reason),
		T(whichever_connection_breaks_the_run_goes_on),
		T(no_needs_ask_nothing),
		T(a_signal_ends_the_run),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
