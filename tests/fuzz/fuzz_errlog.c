/* Any bytes as a pasted log: every cause is whole, on a line of the log, and in order. */
#include "intake/errlog.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct blob log = {.name = "log", .data = (const char *)data, .len = size};
	AUTO(diagnosis) struct diagnosis *d = errlog_read(log, &catalog_builtin);
	AUTO_BUF struct buf out = BUF_INIT;
	size_t lines = 1;
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	for (size_t i = 0; i < d->n; i++) {
		assert(d->v[i].line >= 1 && d->v[i].line <= lines);
		assert(*d->v[i].because && *d->v[i].fix && *d->v[i].proof);
		assert(i == 0 || d->v[i - 1].rank <= d->v[i].rank);
	}
	diagnosis_text(d, "log", &out);
	diagnosis_json(d, &out);
	return 0;
}
