#include "base/str.h"
#include "render/matrix_page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static size_t times(const char *text, const char *word)
{
	size_t n = 0;
	for (; (text = strstr(text, word)); text += strlen(word))
		n++;
	return n;
}

static void no_text_of_the_data_ends_its_element(void **state)
{
	AUTO(matrix) struct matrix *m = matrix_new(&catalog_builtin, PLATFORM_AMD64);
	AUTO(templates) struct templates *t = templates_new();
	AUTO_BUF struct buf out = BUF_INIT;
	struct err err = ERR_INIT;
	(void)state;
	struct matrix_row *r = matrix_add(m, REL(2, 7, 1), REL(0, 6, 18), 1208);
	r->code = REASON_NO_WHEEL;
	r->because = xstrdup("</script><script>alert(1)</script><!-- {{data}} \"'&");
	assert_int_equal(matrix_page(m, t, &out, &err), 0);
	assert_int_equal(times(buf_text(&out), "<script"), 2);
	assert_int_equal(times(buf_text(&out), "</script>"), 2);
	assert_int_equal(times(buf_text(&out), "<!--"), 0);
	assert_non_null(strstr(buf_text(&out), "\"reasons\":[\"\\u003c/script>\\u003cscript>alert(1)\\u003c/script>"
					       "\\u003c!-- {{data}} \\\"'&\"]"));
	assert_non_null(strstr(buf_text(&out), "\"rows\":[[\"2.7.1\",\"12.8\",\"0.6.18\",\"no\",\"no-wheel\",0]]"));
}

static void an_equal_reason_stands_once(void **state)
{
	AUTO(matrix) struct matrix *m = matrix_new(&catalog_builtin, PLATFORM_AMD64);
	AUTO(templates) struct templates *t = templates_new();
	AUTO_BUF struct buf out = BUF_INIT;
	struct err err = ERR_INIT;
	(void)state;
	for (unsigned i = 0; i < 3; i++)
		matrix_add(m, REL(2, 7, i), REL(0, 6, 9), 0)->because = xstrdup(i == 1 ? "other" : "same");
	assert_int_equal(matrix_page(m, t, &out, &err), 0);
	assert_non_null(strstr(buf_text(&out), "\"reasons\":[\"same\",\"other\"]"));
	assert_non_null(strstr(buf_text(&out), "[\"2.7.2\",\"cpu\",\"0.6.9\",\"no\",\"\",0]"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_text_of_the_data_ends_its_element),
		cmocka_unit_test(an_equal_reason_stands_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
