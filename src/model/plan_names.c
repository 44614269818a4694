#include "model/plan_names.h"

#include "base/str.h"

int variant_names_check(const struct strv *all, const struct strv *names, struct err *err)
{
	for (size_t i = 0; i < names->n; i++) {
		const char *near = str_nearest(names->v[i], (const char *const *)all->v, all->n);

		if (strv_has(all, names->v[i]))
			continue;
		AUTO_TEXT char *shown = str_shown(names->v[i], 60);
		AUTO_TEXT char *list = strv_join(all, ", ");
		err_set(err, ERR_USAGE, "there is no variant '%s'", shown);
		return near ? err_hint(err, "did you mean '%s'?", near) : err_hint(err, "there is: %s", list);
	}
	return 0;
}

int plan_check_names(const struct plan *p, const struct strv *names, struct err *err)
{
	AUTO_STRV struct strv all = STRV_INIT;

	for (size_t i = 0; i < p->nvariants; i++)
		strv_add(&all, p->variants[i].name);
	return variant_names_check(&all, names, err);
}
