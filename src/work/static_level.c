#include "work/static_level.h"

#include "base/str.h"
#include "inspect/checks.h"
#include "inspect/guard.h"
#include "model/catalog_find.h"
#include "model/image_label.h"
#include "model/lock.h"
#include "render/names.h"
#include "work/facts.h"

#include <string.h>

/* --- targets --- */

/* The targets of a variant, as checks take them. */
struct targets {
	struct check_target *v; /* their names are the variant's */
	size_t n;
};

static void targets_clear(struct targets *t)
{
	free(t->v);
	*t = (struct targets){.v = NULL};
}
#define AUTO_TARGETS __attribute__((cleanup(targets_clear)))

/* ERR_INPUT where a lock's compute capability or driver is none. */
static int targets_of(const struct plan_variant *v, struct targets *into, struct err *err)
{
	AUTO_TARGETS struct targets t = {.v = xcalloc(v->ntargets + 1, sizeof(*t.v))};

	for (size_t i = 0; i < v->ntargets; i++) {
		const struct plan_target *from = &v->targets[i];
		struct check_target *to = &t.v[t.n++];

		to->name = from->name;
		if (from->compute && !catalog_cc_parse(from->compute, &to->cc))
			return err_set(err, ERR_INPUT, "target '%s' of the lock: '%s' is no compute capability",
				       from->name, from->compute);
		if (from->driver && driver_parse(from->driver, &to->driver, err) < 0)
			return err_wrap(err, "target '%s' of the lock", from->name);
		to->has_driver = from->driver != NULL;
	}
	into->n = t.n;
	into->v = TAKE(t.v);
	return 0;
}

/* --- how the plan's image is configured --- */

static void want_labels(const struct plan *p, const struct plan_variant *v, struct strv *into)
{
	AUTO_TEXT char *sha256 = lock_variant_sha256(p, v);

	strv_addf(into, IMAGE_LABEL_LOCK "=%s", sha256);
	strv_addf(into, IMAGE_LABEL_NAME "=%s", p->name);
	strv_addf(into, IMAGE_LABEL_VARIANT "=%s", v->name);
	for (size_t i = 0; i < v->npackages; i++)
		strv_addf(into, IMAGE_LABEL "%s=%s%s", pkg_dist(v->packages[i].pkg), v->packages[i].version,
			  v->packages[i].label ? v->packages[i].label : "");
	strv_addf(into, IMAGE_LABEL_CUDA "=%s", v->cuda ? v->cuda : "cpu");
	strv_addf(into, IMAGE_LABEL_PYTHON "=%s", v->python.version);
	if (v->arch_list)
		strv_addf(into, IMAGE_LABEL_ARCH_LIST "=%s", v->arch_list);
	if (v->driver_min)
		strv_addf(into, IMAGE_LABEL_DRIVER_MIN "=%s", v->driver_min);
}

static void want_env(const struct plan *p, const struct plan_variant *v, struct strv *into)
{
	if (v->require)
		strv_addf(into, "NVIDIA_REQUIRE_CUDA=%s", v->require);
	if (!p->templates) { /* what own templates set is theirs */
		strv_add(into, "PATH=" RENDER_PATH);
		strv_add(into, "HOME=" RENDER_HOME);
		strv_add_all(into, &p->app.env);
	}
	if (!p->templates && v->nvidia_env) {
		strv_add(into, "NVIDIA_VISIBLE_DEVICES=all");
		strv_add(into, "NVIDIA_DRIVER_CAPABILITIES=compute,utility");
	}
}

/* The last of several of one name counts. */
static void drop_earlier(struct strv *pairs)
{
	struct strv kept = STRV_INIT;

	for (size_t i = 0; i < pairs->n; i++) {
		size_t len = strcspn(pairs->v[i], "=") + 1;
		bool later = false;

		for (size_t k = i + 1; k < pairs->n; k++)
			later = later || strncmp(pairs->v[i], pairs->v[k], len) == 0;
		if (!later)
			strv_add(&kept, pairs->v[i]);
	}
	strv_clear(pairs);
	*pairs = kept;
}

static void want_config(const struct plan *p, const struct plan_variant *v, struct check_config *into)
{
	static const char *const user = "1000";

	_Static_assert(RENDER_USER == 1000, "the text above");
	into->user = p->app.user ? p->app.user : p->templates ? NULL : user;
	into->workdir = p->app.workdir ? p->app.workdir : p->templates ? NULL : RENDER_WORKDIR;
	into->whole = p->templates == NULL;
	want_labels(p, v, &into->labels);
	want_env(p, v, &into->env);
	drop_earlier(&into->env);
	strv_add_all(&into->cmd, &p->app.command);
	if (into->cmd.n == 0 && !p->templates)
		strv_add(&into->cmd, "python");
}

static void config_clear(struct check_config *c)
{
	strv_clear(&c->env);
	strv_clear(&c->labels);
	strv_clear(&c->cmd);
}
#define AUTO_CONFIG __attribute__((cleanup(config_clear)))

int static_level(const struct static_ask *a, struct report *into, struct err *err)
{
	AUTO(facts) struct facts *f = NULL;
	AUTO_TARGETS struct targets targets = {.v = NULL};
	AUTO_CONFIG struct check_config config = {.user = NULL};
	struct check_input in = {.catalog = facts_catalog(), .variant = a->variant};

	if (a->variant && targets_of(a->variant, &targets, err) < 0)
		return -1;
	if (inspect_read(&a->from, &f, err) < 0)
		return -1;
	if (a->variant) {
		want_config(a->plan, a->variant, &config);
		in.config = &config;
	}
	in.facts = f;
	in.targets = targets.v;
	in.n_targets = targets.n;
	facts_check(&in, into);
	return 0;
}

/* --- in a child --- */

struct static_run {
	struct static_ask ask;
	struct guard *guard;
};

void static_run_free(struct static_run *r)
{
	if (!r)
		return;
	guard_free(r->guard);
	free(r);
}

static int work(void *self, struct buf *answer, struct err *err)
{
	const struct static_run *r = self;
	AUTO(report) struct report *report = report_new(r->ask.from.what);
	const struct report *const one = report;

	if (static_level(&r->ask, report, err) < 0)
		return -1;
	report_json(&one, 1, answer);
	return 0;
}

int static_start(const struct static_ask *a, struct static_run **ret, struct err *err)
{
	AUTO(static_run) struct static_run *r = xcalloc(1, sizeof(*r));

	r->ask = *a;
	r->ask.from.events = NULL; /* two processes would draw on one terminal */
	if (guard_start(work, r, &r->guard, err) < 0)
		return -1;
	*ret = TAKE(r);
	return 0;
}

static int unread(const struct static_run *r, struct err *why, struct report **ret, struct err *err)
{
	AUTO(report) struct report *report = NULL;

	if (why->kind == ERR_CANCELED || why->kind == ERR_INTERNAL)
		return err_move(err, why);
	report = report_new(r->ask.from.what);
	(void)report_add_error(report, "image.read", why->kind, why->text, why->hint[0] ? why->hint : NULL);
	err_clear(why);
	*ret = TAKE(report);
	return 0;
}

int static_finish(struct static_run *r, struct report **ret, struct err *err)
{
	AUTO_BUF struct buf answer = BUF_INIT;
	struct err why = ERR_INIT;

	if (guard_finish(r->guard, r->ask.from.stop, &answer, &why) < 0)
		return unread(r, &why, ret, err);
	return report_parse(buf_blob(&answer, "what was found"), ret, err);
}
