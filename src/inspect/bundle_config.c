#include "inspect/bundle_parts.h"

static int pairs(struct jval from, const char *key, struct strv *into, struct err *err)
{
	struct jval o, it = {.doc = NULL};

	if (jval_get_opt(from, key, JDOC_OBJECT, &o, err) < 0)
		return -1;
	while (jval_is_there(o) && jval_next(o, &it)) {
		const char *value = "";

		if (jval_type(it) == JDOC_TEXT && jval_as_text(it, &value, err) < 0)
			return -1;
		strv_addf(into, "%s=%s", it.key, value);
	}
	strv_sort(into);
	return 0;
}

static int keys(struct jval from, const char *key, struct strv *into, struct err *err)
{
	struct jval o, it = {.doc = NULL};

	if (jval_get_opt(from, key, JDOC_OBJECT, &o, err) < 0)
		return -1;
	while (jval_is_there(o) && jval_next(o, &it))
		strv_add(into, it.key);
	strv_sort(into);
	return 0;
}

int bundle_config(struct jval root, struct facts_config *c, struct err *err)
{
	const char *os = NULL, *arch = NULL, *variant = NULL, *user = NULL, *workdir = NULL;
	struct jval config;

	if (jval_text_opt(root, "os", &os, err) < 0 || jval_text_opt(root, "architecture", &arch, err) < 0 ||
	    jval_text_opt(root, "variant", &variant, err) < 0 ||
	    jval_get_opt(root, "config", JDOC_OBJECT, &config, err) < 0)
		return -1;
	c->given = true;
	c->os = xstrdup(os);
	c->arch = xstrdup(arch);
	c->variant = xstrdup(variant);
	if (!jval_is_there(config))
		return 0;
	if (jval_text_opt(config, "User", &user, err) < 0 || jval_text_opt(config, "WorkingDir", &workdir, err) < 0 ||
	    jval_strv_opt(config, "Env", &c->env, err) < 0 || pairs(config, "Labels", &c->labels, err) < 0 ||
	    jval_strv_opt(config, "Entrypoint", &c->entrypoint, err) < 0 ||
	    jval_strv_opt(config, "Cmd", &c->cmd, err) < 0 || keys(config, "Volumes", &c->volumes, err) < 0 ||
	    jval_strv_opt(config, "OnBuild", &c->onbuild, err) < 0)
		return -1;
	c->user = xstrdup(user);
	c->workdir = xstrdup(workdir);
	return 0;
}
