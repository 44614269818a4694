#include "base/str.h"
#include "inspect/check_parts.h"
#include "model/catalog_find.h"
#include "rules/match.h"

#include <string.h>

/* Two ranges of CUDA versions: what they share is a match, else their nearest ends are compared. */
static enum match match_ranges(struct witness_verdict torch, struct witness_verdict ext, uint32_t sparse)
{
	if (torch.low <= ext.high && ext.low <= torch.high)
		return MATCH_YES;
	return torch.high < ext.low ? match_cuda(torch.high, ext.low, sparse) : match_cuda(torch.low, ext.high, sparse);
}

static uint32_t sparse_version(const struct view_ext *e)
{
	AUTO_TEXT char *plain = NULL;
	struct err ignored = ERR_INIT;
	struct ver v;

	if (e->pkg != PKG_TORCH_SPARSE || !e->package || !e->package->version)
		return 0;
	plain = xstrndup(e->package->version, strcspn(e->package->version, "+"));
	if (ver_parse(plain, &v, &ignored) < 0) {
		err_clear(&ignored);
		return 0;
	}
	return catalog_ver_rel(&v);
}

/* --- witnesses --- */

/* Two witnesses contradict each other. Two files of one package for two majors are a fault; what somebody wrote down is
 * a hint. */
static bool contradicts(const char *name, struct witness_verdict cuda, struct report *into)
{
	AUTO_TEXT char *id = xasprintf("cuda.witnesses.%s", name);
	bool grave;
	struct report_check *row;

	if (!cuda.a || !cuda.b)
		return false;
	grave = cuda.a->kind != WITNESS_HINT && cuda.b->kind != WITNESS_HINT && cuda.a->low / 100 != cuda.b->low / 100;
	row = check_row(into, id, grave ? REPORT_FAIL : REPORT_WARN,
			grave ? "cuda-major-mismatch" : "witnesses-disagree", cuda.b->file);
	row->expected = xasprintf("%s (%s)", cuda.a->said, view_base(cuda.a->file));
	row->found = xstrdup(cuda.b->said);
	row->hint =
		xasprintf("%s was put together from different builds, or its label is wrong: install it anew", name);
	return grave;
}

/* The strongest witness, for the row; NULL = there is none. */
static const struct witness *strongest(const struct witnesses *w)
{
	const struct witness *best = NULL;

	for (size_t i = 0; i < w->n; i++)
		if (!best || w->v[i].kind < best->kind)
			best = &w->v[i];
	return best;
}

/* "cuda_version() returns 12040". */
static const char *said_by(const struct witnesses *w)
{
	const struct witness *best = strongest(w);

	return best ? best->said : "no witness";
}

static const char *file_of(const struct view_ext *e)
{
	const struct witness *best = strongest(&e->witnesses);

	if (best)
		return best->file;
	return e->n_files > 0 ? e->files[0]->path : e->package ? e->package->path : NULL;
}

static void torch_row(const struct view_torch *t, struct report *into)
{
	AUTO_TEXT char *text = t->cuda.known ? witness_text(t->cuda.low, t->cuda.high) : NULL;
	struct report_check *row;

	if (contradicts("torch", t->cuda, into))
		return;
	if (t->cuda.known && t->cuda.high > 0) {
		check_pass(into, "cuda.torch",
			   xasprintf("torch is built for CUDA %s (%zu witnesses)", text, t->witnesses.n));
		return;
	}
	if (!t->has_cuda) {
		check_row(into, "cuda.torch", REPORT_INFO, NULL, t->package->path)->found =
			xstrdup("torch is built without CUDA");
		return;
	}
	row = check_row(into, "cuda.torch", REPORT_WARN, "cuda-unknown", t->package->path);
	row->expected = xstrdup("a file that shows torch's CUDA version");
	row->found = xstrdup("no witness");
	row->hint = xstrdup("torch is an unusual build: compare versions by hand");
}

/* --- torch against an extension --- */

static bool needs_cuda(const struct view_ext *e)
{
	return e->pkg != PKG__MAX || strcmp(e->name, "torchvision") == 0;
}

static void without_cuda(const struct view_torch *t, const struct view_ext *e, const char *id, struct report *into)
{
	AUTO_TEXT char *name = view_ext_name(e);
	AUTO_TEXT char *cuda = witness_text(t->cuda.low, t->cuda.high);
	struct report_check *row;

	if (e->n_files == 0)
		return;
	if (!needs_cuda(e) || !t->has_cuda) {
		check_row(into, id, REPORT_INFO, NULL, file_of(e))->found = xasprintf("%s has no CUDA code", name);
		return;
	}
	row = check_row(into, id, REPORT_FAIL, "extension-cpu-only", file_of(e));
	row->expected = xasprintf("CUDA code, as torch has (CUDA %s)", t->cuda.known ? cuda : "version unknown");
	row->found = xasprintf("%s has no CUDA code: %s", name, said_by(&e->witnesses));
	row->hint = xasprintf("install the CUDA build of %s, or compile it with FORCE_CUDA=1", e->name);
}

static enum report_status status_of(enum match m)
{
	return m == MATCH_MINOR_WARNS ? REPORT_WARN : REPORT_FAIL;
}

static const char *code_of(enum match m)
{
	if (m == MATCH_MAJOR)
		return "cuda-major-mismatch";
	return m == MATCH_TORCH_CPU ? "missing-cuda-library" : "cuda-minor-mismatch";
}

static void mismatch(const struct view_torch *t, const struct view_ext *e, enum match m, const char *id,
		     struct report *into)
{
	AUTO_TEXT char *name = view_ext_name(e);
	AUTO_TEXT char *ours = witness_text(t->cuda.low, t->cuda.high);
	AUTO_TEXT char *theirs = witness_text(e->cuda.low, e->cuda.high);
	struct report_check *row = check_row(into, id, status_of(m), code_of(m), file_of(e));

	row->expected = m == MATCH_TORCH_CPU ? xstrdup("no CUDA, as in torch") : xasprintf("CUDA %s, as torch", ours);
	row->found = xasprintf("%s is built for CUDA %s: %s", name, theirs, said_by(&e->witnesses));
	row->hint = m == MATCH_TORCH_CPU
			    ? xasprintf("install torch for CUDA %s", theirs)
			    : xasprintf("install %s built for CUDA %s, or torch for CUDA %s", e->name, ours, theirs);
}

static void ext_row(const struct view_torch *t, const struct view_ext *e, struct report *into)
{
	AUTO_TEXT char *id = xasprintf("cuda.%s", e->name);
	AUTO_TEXT char *name = view_ext_name(e);
	AUTO_TEXT char *text = e->cuda.known ? witness_text(e->cuda.low, e->cuda.high) : NULL;
	enum match m;

	if (contradicts(e->name, e->cuda, into))
		return;
	if (!e->has_cuda) {
		without_cuda(t, e, id, into);
		return;
	}
	if (!t->has_cuda) {
		mismatch(t, e, MATCH_TORCH_CPU, id, into);
		return;
	}
	if (!e->cuda.known || !t->cuda.known) {
		check_row(into, id, REPORT_INFO, NULL, file_of(e))->found =
			xasprintf("%s: no file shows its CUDA version", name);
		return;
	}
	m = match_ranges(t->cuda, e->cuda, sparse_version(e));
	if (m == MATCH_YES)
		check_pass(into, id, xasprintf("%s is built for CUDA %s: %s", name, text, said_by(&e->witnesses)));
	else if (m == MATCH_CPU_ONLY)
		without_cuda(t, e, id, into);
	else
		mismatch(t, e, m, id, into);
}

void check_cuda(const struct view *v, struct report *into)
{
	for (size_t i = 0; i < v->n_torches; i++) {
		if (v->torches[i].hollow)
			continue;
		torch_row(&v->torches[i], into);
		for (size_t n = 0; n < v->torches[i].n_exts; n++)
			ext_row(&v->torches[i], &v->torches[i].exts[n], into);
	}
}
