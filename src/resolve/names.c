#include "resolve/names.h"

#include "base/str.h"

#include <string.h>

char *names_make(const struct manifest_variant *v, const struct selection *s, const struct selected *one)
{
	char cuda[CUDA_TEXT];
	const char *variant = cuda_key_variant(one->choice.torch->cuda, cuda);
	const char *platform = catalog_platform_text(one->ask->platform);
	const char *arch =
		v->platforms.n > 1 && !str_eq(platform, v->platforms.v[0]) ? platform + sizeof("linux") - 1 : "";
	AUTO_BUF struct buf b = BUF_INIT;
	if (v->name)
		buf_adds(&b, v->name);
	if (!v->name || s->n > 1)
		buf_addf(&b, "%s%s", b.len ? "-" : "", variant);
	if (*arch)
		buf_addf(&b, "-%s", arch + 1);
	return buf_take(&b);
}

bool names_belongs(const char *name, const char *variant)
{
	static const char *const archs[] = {"-amd64", "-arm64"};
	if (!str_starts(name, variant))
		return false;
	name += strlen(variant);
	if (str_starts(name, "-cpu"))
		name += strlen("-cpu");
	else if (str_starts(name, "-cu") && str_is_digit(name[3]))
		name += 3 + strspn(name + 3, "0123456789");
	for (size_t i = 0; i < ARRAY_LEN(archs); i++)
		if (str_eq(name, archs[i]))
			return true;
	return !*name;
}
