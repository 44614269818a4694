#include "work/build_check.h"

#include "base/str.h"
#include "model/lock.h"
#include "render/render.h"

#include <string.h>

static void expect(const char *what, const char *want, const char *found, struct strv *wrong)
{
	AUTO_TEXT char *shown = found ? str_shown(found, 100) : xstrdup("nothing");

	if (!str_eq(want, found))
		strv_addf(wrong, "%s is '%s', planned is '%s'", what, shown, want);
}

/* The value of NAME in "NAME=value" entries, or NULL. */
static const char *env_value(const struct strv *env, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < env->n; i++)
		if (strncmp(env->v[i], name, len) == 0 && env->v[i][len] == '=')
			return env->v[i] + len + 1;
	return NULL;
}

static void check_labels(const struct plan *p, const struct plan_variant *v, const struct image *i, struct strv *wrong)
{
	AUTO_TEXT char *sha256 = lock_variant_sha256(p, v);

	expect("label " RENDER_LABEL_LOCK, sha256, owner_label(&i->labels, RENDER_LABEL_LOCK), wrong);
	expect("label " RENDER_LABEL_VARIANT, v->name, owner_label(&i->labels, RENDER_LABEL_VARIANT), wrong);
	expect("label " RENDER_LABEL_CUDA, v->cuda ? v->cuda : "cpu", owner_label(&i->labels, RENDER_LABEL_CUDA),
	       wrong);
}

static bool is_root(const char *user)
{
	return user[0] == '\0' || str_eq(user, "0") || str_starts(user, "0:") || str_starts(user, "root");
}

static void check_user(const struct plan *p, const struct image *i, struct strv *wrong)
{
	if (p->app.user)
		expect("the user", p->app.user, i->user, wrong);
	else if (is_root(i->user))
		strv_add(wrong, "the user is root, planned is an ordinary one");
}

void build_check(const struct plan *p, const struct plan_variant *v, const struct image *i, struct strv *wrong)
{
	AUTO_TEXT char *platform = xasprintf("%s/%s", i->os, i->arch);

	check_labels(p, v, i, wrong);
	check_user(p, i, wrong);
	expect("the platform", v->platform, platform, wrong);
	if (v->require)
		expect("NVIDIA_REQUIRE_CUDA", v->require, env_value(&i->env, "NVIDIA_REQUIRE_CUDA"), wrong);
	if (p->app.command.n && !strv_eq(&i->cmd, &p->app.command))
		strv_add(wrong, "the command is another than the manifest's");
	if (p->app.workdir)
		expect("the working directory", p->app.workdir, i->workdir, wrong);
}
