#include "base/str.h"
#include "inspect/bundle_parts.h"

#include <string.h>

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

static int read_diff_ids(struct jval root, struct strv *into, struct err *err)
{
	struct jval rootfs;

	if (jval_get_opt(root, "rootfs", JDOC_OBJECT, &rootfs, err) < 0)
		return -1;
	return jval_is_there(rootfs) ? jval_strv_opt(rootfs, "diff_ids", into, err) : 0;
}

int bundle_check_layers(const struct facts_config *c, size_t n, struct err *err)
{
	if (c->diff_ids.n == 0 || c->diff_ids.n == n)
		return 0;
	return err_set(err, ERR_PROTOCOL, "layers: there are %zu, and the configuration has %zu", n, c->diff_ids.n);
}

int bundle_check_layer(const struct facts_config *c, size_t i, const struct blob_row *row, const char *name,
		       struct err *err)
{
	AUTO_TEXT char *shown = str_shown(name, 120);

	if (!row->layer)
		return err_set(err, ERR_PROTOCOL, "the layer '%s' is no archive", shown);
	if (c->diff_ids.n == 0 ||
	    (str_starts(c->diff_ids.v[i], "sha256:") && strcmp(c->diff_ids.v[i] + 7, row->diff_id) == 0))
		return 0;
	return err_set(err, ERR_PROTOCOL,
		       "the layer '%s' unpacks to sha256:%s, which is not what the configuration says", shown,
		       row->diff_id);
}

/* What made each layer; steps that made none are left out. */
static int history(struct jval root, struct strv *into, struct err *err)
{
	struct jval list, it = {.doc = NULL};

	if (jval_get_opt(root, "history", JDOC_ARRAY, &list, err) < 0)
		return -1;
	while (jval_is_there(list) && jval_next(list, &it)) {
		const char *by = "";
		bool empty = false;

		if (jval_want(it, JDOC_OBJECT, err) < 0 || jval_text_opt(it, "created_by", &by, err) < 0 ||
		    jval_bool_opt(it, "empty_layer", &empty, err) < 0)
			return -1;
		if (!empty)
			strv_add(into, by);
	}
	return 0;
}

int bundle_config(struct jval root, struct facts_config *c, struct err *err)
{
	const char *os = NULL, *arch = NULL, *variant = NULL, *user = NULL, *workdir = NULL;
	struct jval config;

	if (jval_text_opt(root, "os", &os, err) < 0 || jval_text_opt(root, "architecture", &arch, err) < 0 ||
	    jval_text_opt(root, "variant", &variant, err) < 0 || read_diff_ids(root, &c->diff_ids, err) < 0 ||
	    jval_get_opt(root, "config", JDOC_OBJECT, &config, err) < 0)
		return -1;
	if (history(root, &c->history, err) < 0)
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
