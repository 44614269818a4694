#include "model/lock.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever parses must be written and read again to the same bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct blob text = {.name = "fuzz.lock", .data = (const char *)data, .len = size};
	AUTO(plan) struct plan *p = NULL;
	AUTO(plan) struct plan *again = NULL;
	AUTO_BUF struct buf first = BUF_INIT;
	AUTO_BUF struct buf second = BUF_INIT;
	struct err err = ERR_INIT;

	if (lock_parse(text, &p, &err) < 0) {
		err_clear(&err);
		return 0;
	}
	lock_dump(p, &first);
	if (lock_parse(buf_blob(&first, "again.lock"), &again, &err) < 0)
		__builtin_trap();
	lock_dump(again, &second);
	if (!blob_eq(buf_blob(&first, ""), buf_blob(&second, "")))
		__builtin_trap();
	return 0;
}
