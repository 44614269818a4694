#include "adapt/html.h"

#include "base/strv.h"
#include "support/t.h"

static int keep(void *self, const struct html_link *l, struct err *err)
{
	struct strv *into = self;
	if (strcmp(l->href, "stop") == 0)
		return err_set(err, ERR_IO, "stopped");
	strv_addf(into, "%s|%s|%s", l->href, l->requires_python ? l->requires_python : "-",
		  l->yanked ? l->yanked : "-");
	return 0;
}

static char *links_of(const char *page, char **base)
{
	AUTO_STRV struct strv got = STRV_INIT;
	struct err err = ERR_INIT;
	if (html_links(blob_text("page", page), keep, &got, base, &err) < 0)
		fail_msg("%s", err.text);
	return strv_join(&got, " ");
}

static void links_come_in_order_with_entities_decoded(void **state)
{
	char *base = NULL;
	(void)state;
	AUTO_TEXT char *got = links_of("<!DOCTYPE html><html><body>\n"
				       "<a href=\"a-1.whl#sha256=00\" data-requires-python=\"&gt;=3.8\">a</a><br/>\n"
				       "<A HREF='b&amp;c.whl' data-yanked>b</A>\n"
				       "<a name=\"x\">no link</a> <a href=c%2Bd.whl data-yanked=\"broken\">c",
				       &base);
	assert_null(base);
	assert_string_equal(got, "a-1.whl#sha256=00|>=3.8|- b&c.whl|-| c%2Bd.whl|-|broken");
}

static void the_base_of_the_page_is_told(void **state)
{
	AUTO_TEXT char *base = NULL;
	(void)state;
	AUTO_TEXT char *got = links_of("<html><head><base href=\"https://h/whl/\"></head><a href=x>x</a>", &base);
	assert_string_equal(base, "https://h/whl/");
	assert_string_equal(got, "x|-|-");
}

static void tag_soup_is_read_as_far_as_it_goes(void **state)
{
	char *base = NULL;
	(void)state;
	AUTO_TEXT char *got = links_of("<a href='1'><table><a href='2'></b></i><!-- <a href='no'> --><script>\"<a "
				       "href='no'>\"</script><a href=3>",
				       &base);
	assert_string_equal(got, "1|-|- 2|-|- 3|-|-");
}

static void a_reader_that_refuses_ends_the_page(void **state)
{
	AUTO_STRV struct strv got = STRV_INIT;
	struct err err = ERR_INIT;
	char *base = NULL;
	(void)state;
	assert_int_equal(html_links(blob_text("page", "<base href=b><a href=1></a><a href=stop></a><a href=2></a>"),
				    keep, &got, &base, &err),
			 -1);
	assert_string_equal(err.text, "stopped");
	assert_int_equal(got.n, 1);
	assert_null(base);
}

static void deep_nesting_does_no_harm(void **state)
{
	AUTO_BUF struct buf page = BUF_INIT;
	char *base = NULL;
	(void)state;
	buf_repeat(&page, "<div><b>", 50000);
	buf_adds(&page, "<a href=deep>");
	AUTO_TEXT char *got = links_of(buf_text(&page), &base);
	assert_non_null(got);
}

/* A page with `n` attributes, each of its own name, in tags of that many; what reading it gives. */
static void many_attributes(unsigned n, unsigned each, const char *text)
{
	AUTO_BUF struct buf page = BUF_INIT;
	AUTO_STRV struct strv got = STRV_INIT;
	struct err err = ERR_INIT;
	char *base = NULL;
	for (unsigned i = 0; i < n; i++)
		buf_addf(&page, "%s %x", i % each ? "" : i ? "><a" : "<a", i);
	buf_addc(&page, '>');
	assert_int_equal(html_links(buf_blob(&page, "page"), keep, &got, &base, &err), text ? -1 : 0);
	free(base);
	if (text)
		assert_string_equal(err.text, text);
}

static void attributes_without_end_do_not_take_for_ever(void **state)
{
	(void)state;
	many_attributes(300000, 300000, "page: a tag or text of more than 256 KiB");
	many_attributes(20000, 20, NULL);
}

static void bytes_without_a_single_tag_are_no_page(void **state)
{
	struct err err = ERR_INIT;
	char *base = NULL;
	AUTO_STRV struct strv got = STRV_INIT;
	(void)state;
	assert_int_equal(html_links(blob_text("https://h/p", ""), keep, &got, &base, &err), -1);
	assert_int_equal(err.kind, ERR_PROTOCOL);
	assert_string_equal(err.text, "https://h/p: not an HTML page");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_come_in_order_with_entities_decoded),
		cmocka_unit_test(the_base_of_the_page_is_told),
		cmocka_unit_test(tag_soup_is_read_as_far_as_it_goes),
		cmocka_unit_test(a_reader_that_refuses_ends_the_page),
		cmocka_unit_test(deep_nesting_does_no_harm),
		cmocka_unit_test(attributes_without_end_do_not_take_for_ever),
		cmocka_unit_test(bytes_without_a_single_tag_are_no_page),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
