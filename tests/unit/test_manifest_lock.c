/* What a manifest may hold is copied into the lock, and the lock must be readable: each grammar there takes what the
 * one here takes. */
#include "base/str.h"
#include "model/lock_grammar.h"
#include "model/manifest_grammar.h"
#include "support/t.h"
#include "support/texts.h"

static const struct {
	enum mgrammar_id from;
	enum lock_grammar to;
	const char *but; /* texts that begin like this do not reach the lock as they are */
} rows[] = {
	{MG_NAME, LOCK_NAME, NULL},	   {MG_VARIANT, LOCK_NAME, NULL},      {MG_VARIANT, LOCK_WORD, NULL},
	{MG_VERSION, LOCK_WORD, NULL},	   {MG_OS, LOCK_NAME, NULL},	       {MG_PLATFORM, LOCK_PATH, NULL},
	{MG_PIP, LOCK_REQUIREMENT, "-r "}, {MG_APT, LOCK_APT, NULL},	       {MG_PATH, LOCK_PATH, NULL},
	{MG_WORKDIR, LOCK_LINE, NULL},	   {MG_USER, LOCK_USER, NULL},	       {MG_TEXT, LOCK_LINE, NULL},
	{MG_REPOSITORY, LOCK_PLACE, NULL}, {MG_REGISTRY, LOCK_PLACE, NULL},    {MG_DIR, LOCK_PLACE, NULL},
	{MG_PLACE, LOCK_PLACE, NULL},	   {MG_TORCH_PLACE, LOCK_PLACE, NULL}, {MG_GPU, LOCK_LINE, NULL},
	{MG_COMPUTE, LOCK_WORD, NULL},	   {MG_DRIVER, LOCK_WORD, NULL},       {MG_ARCH_LIST, LOCK_ARCHS, "auto"},
};

static void check(size_t row, const char *text)
{
	struct err err = ERR_INIT;
	bool ok = mgrammar_check(rows[row].from, text, &err) == 0;
	err_clear(&err);
	if (!ok || (rows[row].but && str_starts(text, rows[row].but)))
		return;
	/* the reader of the manifest writes spaces for the semicolons of a list of architectures */
	AUTO_TEXT char *kept = xstrdup(text);
	for (char *c = kept; rows[row].from == MG_ARCH_LIST && *c; c++)
		*c = *c == ';' ? ' ' : *c;
	if (!lock_text_valid(rows[row].to, kept))
		fail_msg("'%s' is %s, but not %s", kept, mgrammar_of(rows[row].from)->what,
			 lock_grammar_wants(rows[row].to));
}

static void every_text_of_a_manifest_is_readable_in_a_lock(void **state)
{
	AUTO_BUF struct buf text = BUF_INIT;
	(void)state;
	for (size_t row = 0; row < ARRAY_LEN(rows); row++) {
		unsigned x = 99;
		for (int i = 0; i < 1500; i++) {
			texts_make(&x, &text);
			check(row, buf_text(&text));
		}
	}
}

static void the_longest_texts_are_readable_too(void **state)
{
	(void)state;
	for (size_t row = 0; row < ARRAY_LEN(rows); row++) {
		const struct mgrammar *g = mgrammar_of(rows[row].from);
		AUTO_BUF struct buf narrow = BUF_INIT, wide = BUF_INIT, path = BUF_INIT;
		buf_repeat(&narrow, "a", g->max);
		buf_repeat(&wide, "\xf0\x9f\x98\x80", g->max);
		buf_adds(&path, "/");
		buf_repeat(&path, "b", g->max - 1);
		check(row, buf_text(&narrow));
		check(row, buf_text(&wide));
		check(row, buf_text(&path));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_text_of_a_manifest_is_readable_in_a_lock),
		cmocka_unit_test(the_longest_texts_are_readable_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
