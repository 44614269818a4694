/* Any bytes as an image's archive: layers laid over one another, facts made and judged, whatever the names and links in
 * them. */
#include "inspect/bundle.h"
#include "inspect/checks.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static long bytes_read(void *self, char *into, size_t len, struct err *err)
{
	struct blob *left = self;
	size_t n = left->len < len ? left->len : len;

	(void)err;
	if (n)
		memcpy(into, left->data, n);
	left->data += n;
	left->len -= n;
	return (long)n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct blob left = {.name = "archive", .data = (const char *)data, .len = size};
	const struct check_target target = {
		.name = "t", .cc = 90, .has_driver = true, .driver = {.branch = 570, .minor = 26}};
	AUTO(facts) struct facts *f = NULL;
	AUTO(report) struct report *r = report_new("archive");
	struct err err = ERR_INIT;

	if (bundle_read((struct stream){.read = bytes_read, .self = &left}, &(struct bundle_wish){.subject = "archive"},
			&f, &err) < 0) {
		err_clear(&err);
		return 0;
	}
	facts_check(&(struct check_input){.facts = f, .catalog = &catalog_builtin, .targets = &target, .n_targets = 1},
		    r);
	return 0;
}
