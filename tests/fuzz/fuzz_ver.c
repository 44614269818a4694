#include "model/cuda.h"
#include "model/driver.h"
#include "model/label.h"
#include "model/spec.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A version's normal form must mean the same. */
static void try_version(const char *text, struct ver *ret)
{
	struct err err = ERR_INIT;
	struct ver again;
	char normal[VER_TEXT], twice[VER_TEXT];
	if (ver_parse(text, ret, &err)) {
		err_clear(&err);
		*ret = ver_make(2, 7, 1);
		return;
	}
	if (ver_parse(ver_text(ret, normal), &again, &err) || ver_cmp(ret, &again) != 0)
		__builtin_trap();
	if (strcmp(normal, ver_text(&again, twice)) != 0)
		__builtin_trap();
}

/* A specifier's text must mean the same, and what is met must not be excluded by its opposite. */
static void try_spec(const char *text, const struct ver *v)
{
	struct err err = ERR_INIT;
	AUTO(spec) struct spec *s = NULL;
	AUTO(spec) struct spec *again = NULL;
	if (spec_parse_bare(text, &s, &err)) {
		err_clear(&err);
		return;
	}
	if (spec_parse(s->text, &again, &err) || strcmp(s->text, again->text) != 0)
		__builtin_trap();
	if (spec_match(s, v) != spec_match(again, v))
		__builtin_trap();
	AUTO(spec) struct spec *bare = spec_without_local(s);
	if (spec_local(bare))
		__builtin_trap();
}

static void try_small(const char *text)
{
	struct err err = ERR_INIT;
	struct cuda c, cuda_again;
	struct driver d, driver_again;
	struct label l;
	char cuda[CUDA_TEXT], driver[DRIVER_TEXT];
	if (cuda_parse(text, &c, &err) == 0 &&
	    (cuda_parse(cuda_text(&c, cuda), &cuda_again, &err) || cuda_cmp(&c, &cuda_again) != 0))
		__builtin_trap();
	err_clear(&err);
	if (driver_parse(text, &d, &err) == 0 &&
	    (driver_parse(driver_text(&d, driver), &driver_again, &err) || driver_cmp(&d, &driver_again) != 0))
		__builtin_trap();
	err_clear(&err);
	if (label_parse(text, &l) && !l.has_torch && !l.has_variant)
		__builtin_trap();
}

/* The text up to the first newline is a version, what follows a specifier; each is tried as everything else too. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_TEXT char *text = xstrndup((const char *)data, size);
	char *rest = strchr(text, '\n');
	struct ver v;
	if (rest)
		*rest++ = '\0';
	try_version(text, &v);
	try_small(text);
	try_spec(rest ? rest : text, &v);
	return 0;
}
