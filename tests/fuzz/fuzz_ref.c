#include "model/catalog_find.h"
#include "model/ref.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A reference's complete form and the form that people write must mean the same; names asked of the catalog are any
 * bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_TEXT char *text = xstrndup((const char *)data, size);
	struct err err = ERR_INIT;
	struct ref r, again;
	char complete[REF_TEXT], familiar[REF_TEXT];
	if (ref_parse(text, &r, &err) == 0) {
		if (ref_parse(ref_text(&r, complete), &again, &err) || !ref_eq(&r, &again))
			__builtin_trap();
		if (ref_parse(ref_familiar(&r, familiar), &again, &err) || !ref_eq(&r, &again))
			__builtin_trap();
	}
	err_clear(&err);
	if (size < 100) {
		const struct gpu_row *gpu = catalog_gpu(&catalog_builtin, text);
		if (!gpu)
			(void)catalog_gpu_nearest(&catalog_builtin, text);
		(void)catalog_os_nearest(&catalog_builtin, text);
		(void)catalog_tag(&catalog_builtin, text);
	}
	return 0;
}
