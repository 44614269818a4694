#include "engine/where.h"

#include "support/t.h"

static const char dockerfile[] = "# a comment\n"			  /* 1 */
				 "ARG BASE=x\n"				  /* 2 */
				 "FROM ubuntu:22.04@sha256:0 AS Wheels\n" /* 3 */
				 "WORKDIR /w\n"				  /* 4 */
				 "ENV A=b\n"				  /* 5 */
				 "RUN pip wheel \\\n"			  /* 6 */
				 "    # why\n"				  /* 7 */
				 "\n"					  /* 8 */
				 "    torch && \\\n"			  /* 9 */
				 "    true\n"				  /* 10 */
				 "run echo ${A}\n"			  /* 11 */
				 "\n"					  /* 12 */
				 "FROM --platform=linux/amd64 wheels\n"	  /* 13 */
				 "COPY --from=wheels /w /w\n"		  /* 14 */
				 "RUN false\n"				  /* 15 */
				 "FROM scratch AS last\r\n"		  /* 16 */
				 "COPY a b\r\n"				  /* 17 */
				 "COPY --from=0 \\\r\n"			  /* 18 */
				 "  /w /w";				  /* 19 */

static void steps_are_found_by_stage_and_number(void **state)
{
	static const struct {
		const char *step;
		unsigned line;
	} rows[] = {
		{"[wheels 1/4] FROM ubuntu:22.04@sha256:0", 3},
		{"[wheels 2/4] WORKDIR /w", 4},
		{"[wheels 3/4] RUN pip wheel     torch &&     true", 6},
		{"[wheels 4/4] RUN echo b", 11}, /* the variable has its value */
		{"[stage-1 1/2] COPY --from=wheels /w /w", 14},
		{"[stage-1 2/2] RUN false", 15},
		{"[linux/amd64 stage-1 2/2] RUN false", 15},
		{"[last 1/2] COPY a b", 17},
		{"[last 2/2] COPY --from=0   /w /w", 18},
		{"[last  2/12] COPY --from=0 /w /w", 18},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(where_line(blob_text("Dockerfile", dockerfile), rows[i].step), rows[i].line);
}

static void a_single_stage_has_no_name(void **state)
{
	struct blob text = blob_text("Dockerfile", "FROM a\nRUN x\nRUN x\nRUN y\n");
	(void)state;
	assert_int_equal(where_line(text, "[2/4] RUN x"), 2);
	assert_int_equal(where_line(text, "[3/4] RUN x"), 3);
	assert_int_equal(where_line(text, "[9/9] RUN y"), 4); /* counted otherwise: the text decides */
}

static void what_is_no_step_has_no_line(void **state)
{
	static const char *const steps[] = {"",
					    "exporting to image",
					    "[internal] load .dockerignore",
					    "[wheels 3/4",
					    "[x/y] RUN z",
					    "[wheels 2/4] COPY somewhere",
					    "[other 2/2] RUN false",
					    "[/] RUN",
					    "[1/]"};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		assert_int_equal(where_line(blob_text("Dockerfile", dockerfile), steps[i]), 0);
	assert_int_equal(where_line(blob_text("Dockerfile", ""), "[1/2] RUN x"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_are_found_by_stage_and_number),
		cmocka_unit_test(a_single_stage_has_no_name),
		cmocka_unit_test(what_is_no_step_has_no_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
