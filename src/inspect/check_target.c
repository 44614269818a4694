#include "base/str.h"
#include "inspect/check_parts.h"
#include "model/catalog_find.h"
#include "rules/driver_fit.h"

#include <string.h>

struct ask {
	const struct view *v;
	const struct check_target *t;
	struct report *into;
	struct cover_gpu gpu;
	size_t fails_before;
	const char *unsure; /* what stands in the way of a verdict, or NULL */
};

static char *id_of(const struct ask *a, const char *what, const char *name)
{
	return name ? xasprintf("target.%s.%s.%s", a->t->name, what, name)
		    : xasprintf("target.%s.%s", a->t->name, what);
}

/* --- coverage --- */

/* Kernels for one architecture alone ("sm_90a") are extras beside those that serve all. */
static bool is_extra(const struct code_group *g)
{
	for (size_t i = 0; i < g->n_codes; i++)
		if (g->codes[i].suffix == 0)
			return false;
	return g->n_codes > 0;
}

struct cover {
	size_t containers, native, jit, none;
	const struct binary *file; /* with the first container that does not serve */
	const struct code_group *group;
};

static void count_group(struct cover *c, const struct binary *b, const struct code_group *g, enum arch_cover how)
{
	c->containers += g->containers;
	c->native += how == ARCH_NATIVE ? g->containers : 0;
	c->jit += how == ARCH_JIT ? g->containers : 0;
	if (how != ARCH_NONE)
		return;
	c->none += g->containers;
	if (!c->file) {
		c->file = b;
		c->group = g;
	}
}

static struct cover cover_some(const struct binary *const *files, size_t n, struct cover_gpu gpu, bool extras)
{
	struct cover c = {.containers = 0};

	for (size_t i = 0; i < n; i++)
		for (size_t g = 0; g < files[i]->n_groups; g++) {
			const struct code_group *group = &files[i]->groups[g];

			if (!group->link_only && is_extra(group) == extras)
				count_group(&c, files[i], group, cover_group(group, gpu));
		}
	return c;
}

/* Where there is nothing beside the extras, they are all there is. */
static struct cover cover_files(const struct binary *const *files, size_t n, struct cover_gpu gpu)
{
	struct cover c = cover_some(files, n, gpu, false);

	return c.containers > 0 ? c : cover_some(files, n, gpu, true);
}

static char *codes_text(const struct code_group *g)
{
	AUTO_STRV struct strv names = STRV_INIT;
	char text[CODE_TEXT];

	for (size_t i = 0; i < g->n_codes; i++)
		strv_add_once(&names, code_text(&g->codes[i], text));
	return strv_join(&names, " ");
}

/* Torch's kernels for special hardware lie in containers of their own: most must serve. An extension's all must. */
static bool serves(const struct cover *c, bool torch)
{
	return torch ? c->none * 2 < c->containers : c->none == 0;
}

static void not_covered(const struct ask *a, const char *name, const struct cover *c, bool ptx_too_new)
{
	AUTO_TEXT char *id = id_of(a, "arch", name);
	AUTO_TEXT char *codes = codes_text(c->group);
	char cc[CUDA_TEXT], driver[DRIVER_TEXT];
	struct report_check *row = check_row(
		a->into, id, REPORT_FAIL, ptx_too_new ? "ptx-too-new-for-driver" : "arch-not-covered", c->file->path);

	row->expected = ptx_too_new ? xasprintf("PTX that driver %s compiles (up to %u.%u)",
						driver_text(&a->t->driver, driver), a->gpu.isa / 10, a->gpu.isa % 10)
				    : xasprintf("kernels for compute capability %s", catalog_cc_text(a->t->cc, cc));
	row->found = xasprintf("%s has %s", name, codes);
	row->hint = ptx_too_new ? xstrdup("take a newer driver, or a build with machine code for this GPU")
				: xasprintf("take another CUDA variant of %s, or compile it for sm_%u", name, a->t->cc);
}

static void covered(const struct ask *a, const char *name, const struct cover *c)
{
	AUTO_TEXT char *id = id_of(a, "arch", name);
	char cc[CUDA_TEXT];
	struct report_check *row;

	if (c->jit <= c->native) {
		check_pass(a->into, id, xasprintf("%s has machine code for %s", name, catalog_cc_text(a->t->cc, cc)));
		return;
	}
	row = check_row(a->into, id, REPORT_WARN, "jit-at-first-use", NULL);
	row->expected = xasprintf("machine code for compute capability %s", catalog_cc_text(a->t->cc, cc));
	row->found = xasprintf("%s has PTX only, which the driver compiles at first use", name);
	row->hint = xstrdup("the first start takes minutes; keep ~/.nv/ComputeCache, or take a build for this GPU");
}

static void judge_cover(struct ask *a, const char *name, const struct binary *const *files, size_t n)
{
	bool torch = strcmp(name, "torch") == 0;
	struct cover c = cover_files(files, n, a->gpu);
	struct cover any = cover_files(files, n, (struct cover_gpu){.cc = a->t->cc});

	if (c.containers == 0) {
		if (torch)
			a->unsure = "no kernels of torch were found";
		return;
	}
	if (serves(&c, torch))
		covered(a, name, &c);
	else
		not_covered(a, name, &c, serves(&any, torch));
}

/* --- the driver --- */

static bool has_zstd(const struct view_torch *t)
{
	for (size_t i = 0; i < t->n_loaded; i++)
		for (size_t g = 0; g < t->loaded[i]->n_groups; g++)
			for (size_t c = 0; c < t->loaded[i]->groups[g].n_codes; c++)
				if (t->loaded[i]->groups[g].codes[c].packed == CODE_ZSTD)
					return true;
	return false;
}

static void driver_old(const struct ask *a, const struct view_torch *t, const struct driver *least)
{
	AUTO_TEXT char *id = id_of(a, "driver", NULL);
	AUTO_TEXT char *cuda = witness_text(t->cuda.low, t->cuda.high);
	char text[DRIVER_TEXT];
	struct report_check *row = check_row(a->into, id, REPORT_FAIL, "driver-too-old", t->package->path);

	row->expected = xasprintf("driver %s or newer, for CUDA %s", driver_text(least, text), cuda);
	row->found = xasprintf("driver %s", driver_text(&a->t->driver, text));
	row->hint = xstrdup("update the driver, or take a build for an older CUDA");
}

static void judge_driver(struct ask *a, const struct view_torch *t)
{
	const struct driver *least = catalog_driver_min(a->v->in->catalog, t->cuda.low);
	AUTO_TEXT char *id = id_of(a, "driver", NULL);
	char text[DRIVER_TEXT];
	struct report_check *row;

	if (!t->has_cuda || (t->cuda.known && t->cuda.low == 0))
		return;
	if (!t->cuda.known || !least) {
		a->unsure =
			t->cuda.known ? "which driver torch's CUDA needs is not known" : "torch's CUDA is not known";
		return;
	}
	if (driver_runs(a->v->in->catalog, t->cuda.low, &a->t->driver) == DRIVER_TOO_OLD) {
		driver_old(a, t, least);
		return;
	}
	if (driver_reads_zstd(a->v->in->catalog, &a->t->driver) == DRIVER_TOO_OLD && has_zstd(t)) {
		row = check_row(a->into, id, REPORT_FAIL, "compression-too-new", t->package->path);
		row->expected = xasprintf("driver %s or newer, for device code compressed by zstd",
					  driver_text(driver_least_for_zstd(a->v->in->catalog), text));
		row->found = xasprintf("driver %s", driver_text(&a->t->driver, text));
		row->hint = xstrdup("update the driver, or compile with -Xfatbin -compress-mode=none");
		return;
	}
	check_pass(a->into, id, xasprintf("driver %s runs it", driver_text(&a->t->driver, text)));
}

static void judge_require(const struct ask *a)
{
	const char *require = facts_env(a->v->in->facts, "NVIDIA_REQUIRE_CUDA");
	const char *off = facts_env(a->v->in->facts, "NVIDIA_DISABLE_REQUIRE");
	AUTO_TEXT char *id = id_of(a, "require", NULL);
	char text[DRIVER_TEXT];
	struct report_check *row;
	int rc;

	if (!require || !require[0] || (off && off[0]))
		return;
	rc = nvrequire_meets(a->v->in->catalog, require, &a->t->driver);
	if (rc == 1) {
		check_pass(a->into, id,
			   xasprintf("NVIDIA_REQUIRE_CUDA takes driver %s", driver_text(&a->t->driver, text)));
		return;
	}
	row = check_row(a->into, id, rc == 0 ? REPORT_FAIL : REPORT_WARN, "driver-refused-by-image", NULL);
	row->expected = xasprintf("NVIDIA_REQUIRE_CUDA=%s", require);
	row->found = xasprintf("driver %s%s", driver_text(&a->t->driver, text),
			       rc == 0 ? "" : ": only on some products (brand=...)");
	row->hint = xstrdup("update the driver, or set NVIDIA_REQUIRE_CUDA to what torch really needs");
}

/* --- verdict --- */

static void judge_torch(struct ask *a, const struct view_torch *t)
{
	struct report_check *row;

	if (t->hollow)
		return;
	if (a->t->cc && !t->has_cuda) {
		AUTO_TEXT char *id = id_of(a, "cuda", NULL);

		row = check_row(a->into, id, REPORT_FAIL, "torch-cpu-only", t->package->path);
		row->expected = xstrdup("a torch with CUDA, for a GPU");
		row->found = xstrdup("torch is built without CUDA");
		row->hint = xstrdup("install torch from the index of a CUDA variant");
		return;
	}
	if (a->t->cc) {
		judge_cover(a, "torch", t->files, t->n_files);
		for (size_t i = 0; i < t->n_exts; i++)
			judge_cover(a, t->exts[i].name, t->exts[i].files, t->exts[i].n_files);
	}
	if (a->t->has_driver)
		judge_driver(a, t);
}

/* The first failing row that concerns this target: its own, or one that concerns all. */
static const struct report_check *first_fail(const struct ask *a)
{
	for (size_t i = 0; i < a->into->nchecks; i++) {
		const struct report_check *row = &a->into->checks[i];

		if (row->status == REPORT_FAIL && (i >= a->fails_before || !str_starts(row->id, "target.")))
			return row;
	}
	return NULL;
}

static void add_verdict(const struct ask *a)
{
	const struct report_check *fail = first_fail(a);
	const char *not_stated = !a->t->cc ? "the GPU was not stated" : "the driver was not stated";
	AUTO_TEXT char *because = NULL;
	enum report_verdict verdict = TARGET_PASS;

	if (fail) {
		verdict = TARGET_FAIL;
		because = xasprintf("%s (%s)", fail->code ? fail->code : fail->id, fail->id);
	} else if (report_count(a->into, REPORT_ERROR) > 0) {
		verdict = TARGET_ERROR;
		because = xstrdup("not all could be looked at");
	} else if (a->unsure) {
		verdict = TARGET_UNKNOWN;
		because = xstrdup(a->unsure);
	} else if (!a->t->cc && !a->t->has_driver) {
		verdict = TARGET_UNKNOWN;
		because = xstrdup("neither GPU nor driver was stated");
	} else if (!a->t->cc || !a->t->has_driver) {
		because = xstrdup(not_stated);
	}
	report_add_target(a->into, a->t->name, verdict, LEVEL_STATIC, because);
}

void check_target(const struct view *v, const struct check_target *t, struct report *into)
{
	const struct toolkit_row *newest = t->has_driver ? catalog_toolkit_of_driver(v->in->catalog, &t->driver) : NULL;
	struct ask a = {.v = v,
			.t = t,
			.into = into,
			.gpu = {.cc = t->cc, .isa = newest ? cover_isa(newest->cuda) : 0},
			.fails_before = into->nchecks};

	for (size_t i = 0; i < v->n_torches; i++)
		judge_torch(&a, &v->torches[i]);
	if (t->has_driver)
		judge_require(&a);
	add_verdict(&a);
}
