#include "source/linkpage.h"

#include "support/t.h"

#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* One line per link: "file url folder sha256 size yanked". */
static char *links_of(const char *page, const char *url, const char *type)
{
	AUTO(links) struct links *l = NULL;
	AUTO_BUF struct buf out = BUF_INIT;
	struct err err = ERR_INIT;
	if (linkpage_parse(blob_text("page", page), url, type, &l, &err) < 0)
		return xstrdup(err.text);
	for (size_t i = 0; i < l->n; i++)
		buf_addf(&out, "%s %s %s %s %d %s\n", l->v[i].file, l->v[i].url, l->v[i].folder,
			 l->v[i].sha256 ? l->v[i].sha256 : "-", (int)l->v[i].size, l->v[i].yanked ? "yanked" : "-");
	return buf_take(&out);
}

static void a_page_of_the_torch_index_is_read(void **state)
{
	(void)state;
	AUTO_TEXT char *got =
		links_of("<!DOCTYPE html><html><body><h1>Links for torch</h1>\n"
			 "<a href=\"/whl/cu128/torch-2.7.1%2Bcu128-cp311-cp311-manylinux_2_28_x86_64.whl#sha256=" SHA
			 "\" data-dist-info-metadata=\"sha256=00\">torch-2.7.1+cu128</a><br/>\n"
			 "<a href=\"https://other.example/torch-2.7.0-cp311-cp311-any.whl\" data-yanked=\"\">x</a>",
			 "https://download.pytorch.org/whl/cu128/torch/", "text/html");
	assert_string_equal(
		got,
		"torch-2.7.1+cu128-cp311-cp311-manylinux_2_28_x86_64.whl "
		"https://download.pytorch.org/whl/cu128/torch-2.7.1%2Bcu128-cp311-cp311-manylinux_2_28_x86_64.whl "
		"/whl/cu128 " SHA " 0 -\n"
		"torch-2.7.0-cp311-cp311-any.whl https://other.example/torch-2.7.0-cp311-cp311-any.whl  - 0 yanked\n");
}

static void a_flat_page_of_pyg_is_read_with_its_encoded_names(void **state)
{
	(void)state;
	AUTO_TEXT char *got = links_of(
		"<a href=\"torch-2.7.0%2Bcu128/torch_sparse-0.6.18%2Bpt27cu128-cp312-cp312-linux_x86_64.whl\">x</a>",
		"https://data.pyg.org/whl/torch-2.7.0+cu128.html", NULL);
	assert_string_equal(got, "torch_sparse-0.6.18+pt27cu128-cp312-cp312-linux_x86_64.whl "
				 "https://data.pyg.org/whl/torch-2.7.0%2Bcu128/"
				 "torch_sparse-0.6.18%2Bpt27cu128-cp312-cp312-linux_x86_64.whl "
				 "/whl/torch-2.7.0+cu128 - 0 -\n");
}

static void a_json_page_is_read_with_hashes_and_sizes(void **state)
{
	(void)state;
	AUTO_TEXT char *got =
		links_of("{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"torch\",\"files\":["
			 "{\"filename\":\"lies.whl\",\"url\":\"https://f/a/"
			 "torch-2.11.0-cp311-cp311-any.whl\",\"hashes\":{\"sha256\":\"" SHA
			 "\",\"md5\":\"x\"},\"size\":5,\"yanked\":false},"
			 "{\"filename\":\"b\",\"url\":\"../../b-1.whl\",\"hashes\":{},\"yanked\":\"broken\"},"
			 "{\"filename\":\"c\",\"url\":\"c-1.whl#sha256=" SHA "\",\"yanked\":true}]}",
			 "https://pypi.example/simple/torch/", "application/vnd.pypi.simple.v1+json; charset=utf-8");
	assert_string_equal(got, "torch-2.11.0-cp311-cp311-any.whl https://f/a/torch-2.11.0-cp311-cp311-any.whl /a " SHA
				 " 5 -\n"
				 "b-1.whl https://pypi.example/b-1.whl  - 0 yanked\n"
				 "c-1.whl https://pypi.example/simple/torch/c-1.whl /simple/torch " SHA " 0 yanked\n");
}

static void links_that_lead_astray_are_left_out(void **state)
{
	(void)state;
	AUTO_TEXT char *got = links_of(
		"<a href='javascript:alert(1)'>x</a><a href='file:///etc/a.whl'>x</a><a href='ftp://h/a.whl'>x</a>"
		"<a href='..%2F..%2Fetc%2Fa.whl'>x</a><a href='a%00.whl'>x</a><a href='a%0A.whl'>x</a><a "
		"href='%zz.whl'>x</a>"
		"<a href='..'>up</a><a href='.hidden'>x</a><a href='?C=N'>sort</a><a href='%ff.whl'>x</a><a "
		"href='#top'>x</a>"
		"<a href='good.whl'>x</a>",
		"https://h/d/", "text/html");
	assert_string_equal(got, "good.whl https://h/d/good.whl /d - 0 -\n");
}

static void a_page_over_tls_gives_up_no_more_than_its_own_hashes_allow(void **state)
{
	(void)state;
	AUTO_TEXT char *html = links_of("<a href='http://h/a.whl'>x</a><a href='http://h/b.whl#sha256=" SHA "'>x</a>"
					"<a href='//h/c.whl'>x</a>",
					"https://h/d/", "text/html");
	assert_string_equal(html, "b.whl http://h/b.whl  " SHA " 0 -\nc.whl https://h/c.whl  - 0 -\n");
	AUTO_TEXT char *base = links_of("<base href='http://h/'><a href='a.whl'>x</a>", "https://h/d/", "text/html");
	assert_string_equal(base, "");
	AUTO_TEXT char *json = links_of("{\"files\":[{\"url\":\"http://h/a.whl\"},{\"url\":\"http://h/b.whl\","
					"\"hashes\":{\"sha256\":\"" SHA "\"}}]}",
					"https://h/d/", "application/vnd.pypi.simple.v1+json");
	assert_string_equal(json, "b.whl http://h/b.whl  " SHA " 0 -\n");
	AUTO_TEXT char *plain = links_of("<a href='a.whl'>x</a>", "http://h/d/", "text/html");
	assert_string_equal(plain, "a.whl http://h/d/a.whl /d - 0 -\n");
}

static void a_page_of_another_machine_leads_to_no_server_of_this_one(void **state)
{
	(void)state;
	const char *page = "<a href='https://127.0.0.1/a.whl'>x</a><a href='https://[::1]/b.whl'>x</a>"
			   "<a href='https://169.254.169.254/c.whl'>x</a><a href='https://10.0.0.1/d.whl'>x</a>";
	AUTO_TEXT char *far = links_of(page, "https://h/", "text/html");
	assert_string_equal(far, "d.whl https://10.0.0.1/d.whl  - 0 -\n");
	AUTO_TEXT char *here = links_of(page, "https://localhost/", "text/html");
	assert_string_equal(here, "a.whl https://127.0.0.1/a.whl  - 0 -\nb.whl https://[::1]/b.whl  - 0 -\n"
				  "d.whl https://10.0.0.1/d.whl  - 0 -\n");
}

static void hashes_that_are_none_count_as_missing(void **state)
{
	(void)state;
	AUTO_TEXT char *got =
		links_of("<a href='a.whl#sha256=abc'>x</a><a href='b.whl#md5=" SHA "'>x</a><a href='c.whl#sha256=" SHA
			 "00'>x</a><a href='d.whl#egg=d&sha256=" SHA "&x=y'>x</a>",
			 "https://h/d/", NULL);
	assert_string_equal(
		got,
		"a.whl https://h/d/a.whl /d - 0 -\nb.whl https://h/d/b.whl /d - 0 -\nc.whl https://h/d/c.whl /d - 0 -\n"
		"d.whl https://h/d/d.whl /d " SHA " 0 -\n");
}

static void the_base_element_moves_relative_links(void **state)
{
	(void)state;
	AUTO_TEXT char *got =
		links_of("<html><head><base href='/elsewhere/'></head><a href='a.whl'>x</a>", "https://h/d/", NULL);
	assert_string_equal(got, "a.whl https://h/elsewhere/a.whl /elsewhere - 0 -\n");
}

static void broken_pages_are_refused_without_the_urls_secrets(void **state)
{
	static const char *const rows[][3] = {
		{"", "text/html", "https://h/d/: not an HTML page"},
		{"{", "application/vnd.pypi.simple.v1+json",
		 "https://h/d/:1:1: string or '}' expected near end of file"},
		{"{}", "application/vnd.pypi.simple.v1+json", "https://h/d/: 'files' is missing"},
		{"{\"files\":[1]}", "application/vnd.pypi.simple.v1+json",
		 "https://h/d/: /files/0: must be an object, not an integer"},
		{"{\"files\":[{}]}", "application/vnd.pypi.simple.v1+json", "https://h/d/: /files/0: 'url' is missing"},
		{"{\"files\":[{\"url\":\"a.whl\",\"hashes\":{\"sha256\":1}}]}", "application/vnd.pypi.simple.v1+json",
		 "https://h/d/: /files/0/hashes/sha256: must be a string, not an integer"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *got = links_of(rows[i][0], "https://me:secret@h/d/", rows[i][1]);
		assert_string_equal(got, rows[i][2]);
	}
}

static void a_page_without_end_of_links_is_refused(void **state)
{
	AUTO_BUF struct buf page = BUF_INIT;
	(void)state;
	buf_repeat(&page, "<a href=a>", LINKPAGE_MAX + 1);
	AUTO_TEXT char *got = links_of(buf_text(&page), "https://h/d/", NULL);
	assert_string_equal(got, "https://h/d/: more than 100000 links");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_of_the_torch_index_is_read),
		cmocka_unit_test(a_flat_page_of_pyg_is_read_with_its_encoded_names),
		cmocka_unit_test(a_json_page_is_read_with_hashes_and_sizes),
		cmocka_unit_test(links_that_lead_astray_are_left_out),
		cmocka_unit_test(a_page_over_tls_gives_up_no_more_than_its_own_hashes_allow),
		cmocka_unit_test(a_page_of_another_machine_leads_to_no_server_of_this_one),
		cmocka_unit_test(hashes_that_are_none_count_as_missing),
		cmocka_unit_test(the_base_element_moves_relative_links),
		cmocka_unit_test(broken_pages_are_refused_without_the_urls_secrets),
		cmocka_unit_test(a_page_without_end_of_links_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
