/* fuzz_report.c — what a child process found, read back: what is read is written and read again without a change. */
#include "model/report.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(report) struct report *a = NULL;
	AUTO(report) struct report *b = NULL;
	AUTO_BUF struct buf first = BUF_INIT, second = BUF_INIT;
	const struct report *one;
	struct err err = ERR_INIT;

	if (report_parse((struct blob){.name = "fuzz", .data = (const char *)data, .len = size}, &a, &err) < 0) {
		err_clear(&err);
		return 0;
	}
	one = a;
	report_json(&one, 1, &first);
	if (report_parse(buf_blob(&first, "again"), &b, &err) < 0)
		abort();
	one = b;
	report_json(&one, 1, &second);
	if (strcmp(buf_text(&first), buf_text(&second)) != 0)
		abort();
	return 0;
}
