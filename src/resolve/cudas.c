#include "resolve/cudas.h"

#include "base/str.h"
#include "model/catalog_find.h"

#include <string.h>

void cudas_all(struct ask *a)
{
	size_t n = catalog_torch_cudas(a->c, a->cudas, ASK_CUDAS);
	a->ncudas = 0;
	for (size_t i = 0; i < n && i < ASK_CUDAS; i++)
		if (a->cudas[i])
			a->cudas[a->ncudas++] = a->cudas[i];
}

void cudas_only(struct ask *a, uint16_t cuda)
{
	a->cudas[0] = cuda;
	a->ncudas = 1;
}

/* "12" alone is any 12.x: nobody who writes it means 12.0. The caller's. */
static char *majors_widened(const char *specifier)
{
	AUTO_BUF struct buf b = BUF_INIT;
	for (const char *at = specifier; *at;) {
		size_t len = strcspn(at, ",");
		size_t from = strspn(at, " "), digits = strspn(at + from, "0123456789");
		bool major = digits && from + digits + strspn(at + from + digits, " ") == len;
		buf_add(&b, at, major ? from + digits : len);
		buf_addf(&b, "%s%s", major ? ".*" : "", at[len] ? "," : "");
		at += len + (at[len] == ',');
	}
	return buf_take(&b);
}

int cudas_match(struct ask *a, const char *specifier, struct err *err)
{
	AUTO(spec) struct spec *spec = NULL;
	AUTO_TEXT char *wide = majors_widened(specifier);
	size_t kept = 0;
	if (spec_parse_bare(wide, &spec, err) < 0)
		return err_wrap(err, "cuda");
	for (size_t i = 0; i < a->ncudas; i++) {
		struct ver ver = ver_make(a->cudas[i] / 100, a->cudas[i] % 100, 0);
		if (spec_match(spec, &ver))
			a->cudas[kept++] = a->cudas[i];
	}
	a->ncudas = kept;
	return 0;
}

bool cudas_label(const struct ask *a, uint16_t *ret)
{
	for (unsigned p = 0; p < PKG__MAX; p++)
		if (a->pkg[p].has_label && a->pkg[p].label.has_variant) {
			*ret = cuda_key(&a->pkg[p].label.variant);
			return true;
		}
	return false;
}
