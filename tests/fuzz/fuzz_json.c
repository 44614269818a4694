#include "adapt/json.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever parses is dumped, and the dump is read again to the same bytes, in both styles. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (enum jdoc_style style = JDOC_PRETTY; style <= JDOC_COMPACT; style++) {
		AUTO(jdoc) struct jdoc *d = NULL;
		AUTO(jdoc) struct jdoc *again = NULL;
		AUTO_BUF struct buf first = BUF_INIT, second = BUF_INIT;
		struct err err = ERR_INIT;

		if (jdoc_parse((struct blob){.name = "fuzz", .data = (const char *)data, .len = size}, &d, &err) < 0) {
			if (err.kind != ERR_INPUT || !*err.text)
				__builtin_trap();
			err_clear(&err);
			return 0;
		}
		jdoc_dump(d, style, &first);
		if (jdoc_parse(buf_blob(&first, "again"), &again, &err) < 0)
			__builtin_trap();
		jdoc_dump(again, style, &second);
		if (!blob_eq(buf_blob(&first, ""), buf_blob(&second, "")))
			__builtin_trap();
	}
	return 0;
}
