#include "model/ref.h"

#include "support/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define REFS "tests/cases/versions/refs.txt"
#define HEX  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct ref parsed(const char *text)
{
	struct err err = ERR_INIT;
	struct ref r = {.tag = ""};
	if (ref_parse(text, &r, &err))
		fail_msg("%s", err.text);
	return r;
}

static void references_are_read_by_the_grammar_of_the_distribution_project(void **state)
{
	AUTO_ROWS struct rows rows = rows_read(REFS, 55);
	(void)state;
	for (size_t i = 0; i < rows.n; i++) {
		const struct row *row = &rows.v[i];
		struct err err = ERR_INIT;
		struct ref r = {.tag = "untouched"};
		char text[REF_TEXT];
		if (ref_parse(row->cell[0], &r, &err)) {
			assert_int_equal(err.kind, ERR_INPUT);
			assert_string_equal(r.tag, "untouched");
			rows_expect(REFS, row, err.text, row->cell[1]);
			err_clear(&err);
			continue;
		}
		rows_expect(REFS, row, ref_text(&r, text), row->cell[1]);
		rows_expect(REFS, row, ref_familiar(&r, text), row->cell[2]);
		ref_text(&r, text);
		struct ref again = parsed(text);
		assert_true(ref_eq(&r, &again));
	}
}

static void a_name_may_have_255_bytes_and_a_tag_128(void **state)
{
	struct err err = ERR_INIT;
	struct ref r;
	AUTO_BUF struct buf name = BUF_INIT;
	(void)state;
	buf_adds(&name, "host.com/");
	buf_repeat(&name, "a", 246);
	r = parsed(buf_text(&name));
	assert_int_equal(strlen(r.path), 246);
	buf_addc(&name, ':');
	buf_repeat(&name, "t", 128);
	r = parsed(buf_text(&name));
	assert_int_equal(strlen(r.tag), 128);
	buf_addc(&name, 't');
	assert_int_equal(ref_parse(buf_text(&name), &r, &err), -1);
	assert_non_null(strstr(err.text, "its tag is not one"));
	err_clear(&err);
	buf_cut(&name, 255);
	buf_addc(&name, 'a');
	assert_int_equal(ref_parse(buf_text(&name), &r, &err), -1);
	assert_non_null(strstr(err.text, "its name is too long"));
}

static void a_text_of_any_length_is_refused_not_cut(void **state)
{
	struct err err = ERR_INIT;
	struct ref r;
	AUTO_BUF struct buf name = BUF_INIT;
	(void)state;
	buf_repeat(&name, "a/", 5000);
	assert_int_equal(ref_parse(buf_text(&name), &r, &err), -1);
	assert_non_null(strstr(err.text, "it is too long"));
}

static void a_repository_has_neither_tag_nor_digest(void **state)
{
	static const char *const bad[] = {"nvidia/cuda:12.8.1", "nvidia/cuda@sha256:" HEX};
	struct err err = ERR_INIT;
	struct ref r;
	char text[REF_TEXT];
	(void)state;
	assert_int_equal(ref_parse_repository("nvcr.io/nvidia/cuda", &r, &err), 0);
	assert_string_equal(ref_repository(&r, text), "nvcr.io/nvidia/cuda");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO_TEXT char *expected =
			xasprintf("'%s' is not the name of a repository: it has a tag or a digest", bad[i]);
		assert_int_equal(ref_parse_repository(bad[i], &r, &err), -1);
		assert_string_equal(err.text, expected);
		err_clear(&err);
	}
}

static void a_reference_is_put_together_from_its_parts(void **state)
{
	struct err err = ERR_INIT;
	struct ref repository = parsed("nvcr.io/nvidia/cuda"), r = parsed("a:b");
	struct digest d;
	char text[REF_TEXT];
	(void)state;
	assert_int_equal(digest_from_hex(HEX, &d, &err), 0);
	assert_int_equal(ref_with(&repository, "12.8.1-base-ubuntu24.04", &d, &r, &err), 0);
	assert_string_equal(ref_text(&r, text), "nvcr.io/nvidia/cuda:12.8.1-base-ubuntu24.04@sha256:" HEX);
	assert_int_equal(ref_with(&r, NULL, NULL, &r, &err), 0);
	assert_string_equal(ref_text(&r, text), "nvcr.io/nvidia/cuda");
	assert_int_equal(ref_with(&repository, "no tag", NULL, &r, &err), -1);
	assert_string_equal(err.text, "'no tag' is not a tag");
}

static void digests_are_sha256_or_sha512_in_lower_case(void **state)
{
	static const char *const bad[] = {"",
					  "sha256",
					  "sha256:",
					  "sha256:" HEX "0",
					  "sha1:" HEX,
					  "SHA256:" HEX,
					  HEX,
					  "sha512:" HEX,
					  "sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef"};
	struct err err = ERR_INIT;
	struct digest d = {.text = ""}, e = {.text = ""};
	(void)state;
	assert_false(digest_is_set(&d));
	assert_string_equal(digest_hex(&d), "");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(digest_parse(bad[i], &d, &err), -1);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_false(digest_is_set(&d));
		err_clear(&err);
	}
	assert_int_equal(digest_parse("sha512:" HEX HEX, &d, &err), 0);
	assert_string_equal(digest_hex(&d), HEX HEX);
	assert_int_equal(digest_parse("sha256:" HEX, &d, &err), 0);
	assert_int_equal(digest_from_hex(HEX, &e, &err), 0);
	assert_true(digest_eq(&d, &e));
	assert_int_equal(digest_from_hex("xyz", &e, &err), -1);
	assert_string_equal(err.text, "'xyz' is not a sha256: 64 lower-case hex digits belong there");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(references_are_read_by_the_grammar_of_the_distribution_project),
		cmocka_unit_test(a_name_may_have_255_bytes_and_a_tag_128),
		cmocka_unit_test(a_text_of_any_length_is_refused_not_cut),
		cmocka_unit_test(a_repository_has_neither_tag_nor_digest),
		cmocka_unit_test(a_reference_is_put_together_from_its_parts),
		cmocka_unit_test(digests_are_sha256_or_sha512_in_lower_case),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
