#include "base/str.h"
#include "model/wheelvariants.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A list of variants that is read can be chosen from. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct blob text = {.name = "fuzz", .data = (const char *)data, .len = size};
	AUTO(wheelvariants) struct wheelvariants *w = NULL;
	AUTO_STRV struct strv labels = STRV_INIT, machine = STRV_INIT;
	struct err err = ERR_INIT;

	if (wheelvariants_parse(text, &w, &err) < 0) {
		err_clear(&err);
		return 0;
	}
	for (size_t i = 0; i < w->n; i++)
		strv_add(&labels, w->v[i].label);
	wheelvariants_nvidia(&catalog_builtin, 90, NULL, &machine);
	(void)!wheelvariants_best(w, &labels, &machine);
	return 0;
}
