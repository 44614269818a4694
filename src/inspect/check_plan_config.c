#include "base/str.h"
#include "inspect/check_parts.h"
#include "model/image_label.h"

#include <string.h>

static void check_platform(const struct view *v, struct report *into)
{
	const struct facts_config *c = &v->in->facts->config;
	AUTO_TEXT char *platform = xasprintf("%s/%s", c->os ? c->os : "?", c->arch ? c->arch : "?");

	if (!facts_is_platform(c->os, c->arch, c->variant, v->in->variant->platform))
		check_differs(into, "platform", v->in->variant->platform, platform, NULL);
	else
		check_pass(into, "plan.platform", TAKE(platform));
}

/* --- NAME=value --- */

static const char *value_of(const struct facts *f, const char *name, bool env)
{
	return env ? facts_env(f, name) : facts_label(f, name);
}

/* Of PATH only the beginning is planned. */
static bool is_planned(const char *name, const char *want, const char *found)
{
	return found && (strcmp(name, "PATH") == 0 ? str_starts(found, want) : strcmp(want, found) == 0);
}

/* The row of one that differs. The lock's own label says that all of it is another image. */
static void pair_differs(struct report *into, const char *name, const char *want, const char *found, bool env)
{
	bool lock = !env && strcmp(name, IMAGE_LABEL_LOCK) == 0;
	AUTO_TEXT char *id = lock ? xstrdup("image.lock") : xasprintf("plan.%s.%s", env ? "env" : "label", name);
	struct report_check *row = check_row(into, id, REPORT_FAIL, "plan-mismatch", NULL);

	row->expected = xstrdup(want);
	row->found = xstrdup(found ? found : lock ? "no label" : "none");
	row->hint = xstrdup(lock ? "the image was built from another lock: run `cudabuild build`"
				 : "build the image anew with `cudabuild build`");
}

static void check_pairs(const struct view *v, const struct strv *want, bool env, struct report *into)
{
	bool all = true;

	for (size_t i = 0; i < want->n; i++) {
		size_t len = strcspn(want->v[i], "=");
		AUTO_TEXT char *name = xstrndup(want->v[i], len);
		const char *value = want->v[i][len] ? want->v[i] + len + 1 : "";
		const char *found = value_of(v->in->facts, name, env);

		if (is_planned(name, value, found))
			continue;
		pair_differs(into, name, value, found, env);
		all = false;
	}
	if (all && want->n > 0)
		check_pass(into, env ? "plan.env" : "plan.labels",
			   xasprintf("all %zu %s", want->n, env ? "variables" : "labels"));
}

/* --- how a container starts --- */

static bool is_root(const char *user)
{
	return !user || !user[0] || str_eq(user, "0") || str_starts(user, "0:") || str_eq(user, "root") ||
	       str_starts(user, "root:");
}

static void check_user(const struct view *v, const struct check_config *want, struct report *into)
{
	const char *user = v->in->facts->config.user;

	if (want->user)
		check_differs(into, "user", want->user, user && user[0] ? user : "root", NULL);
	else if (is_root(user))
		check_differs(into, "user", "an ordinary user", "root", NULL);
}

static void check_argv(const struct view *v, const struct check_config *want, struct report *into)
{
	const struct facts_config *c = &v->in->facts->config;
	AUTO_TEXT char *cmd = strv_join(&c->cmd, " "), *planned = strv_join(&want->cmd, " ");
	AUTO_TEXT char *entry = strv_join(&c->entrypoint, " ");

	if (want->cmd.n > 0 && !strv_eq(&want->cmd, &c->cmd))
		check_differs(into, "command", planned, cmd[0] && strcmp(planned, cmd) != 0 ? cmd : NULL, NULL);
	else if (want->cmd.n > 0)
		check_pass(into, "plan.command", TAKE(cmd));
	if (want->whole)
		check_differs(into, "entrypoint", "none", c->entrypoint.n ? entry : "none", NULL);
}

void check_plan_config(const struct view *v, struct report *into)
{
	const struct facts_config *c = &v->in->facts->config;
	const struct check_config *want = v->in->config;

	if (!c->given)
		return;
	check_platform(v, into);
	if (!want)
		return;
	check_pairs(v, &want->labels, false, into);
	check_pairs(v, &want->env, true, into);
	check_user(v, want, into);
	if (want->workdir)
		check_differs(into, "workdir", want->workdir, c->workdir && c->workdir[0] ? c->workdir : "/", NULL);
	check_argv(v, want, into);
}
