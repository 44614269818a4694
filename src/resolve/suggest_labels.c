#include "base/str.h"
#include "resolve/fit.h"
#include "resolve/notes.h"
#include "resolve/pick.h"
#include "resolve/suggest.h"

#include <string.h>

/* What a reader must know of a package that is no wheel with known rows. */
static const char *remark(const struct choice *ch, enum pkg p)
{
	if (p == PKG_TORCH)
		return "";
	if (ch->pick[p].way == WAY_SOURCE)
		return " (compiled)";
	return pick_is_assumed(&ch->pick[p]) ? " (assumed)" : "";
}

/* The targets of which no row says whether they run it: no suggestion promises more than is known. */
static void add_unknown(const struct ask *a, const struct choice *ch, struct buf *into)
{
	bool any = false;
	for (size_t i = 0; i < a->ntargets; i++) {
		struct fit fit = fit_target(a, ch, &a->targets[i]);
		if (fit.fit != FIT_UNKNOWN || fit.code == REASON__MAX)
			continue;
		buf_addf(into, "%s%s", any ? ", " : " (not established for ", a->targets[i].from->name);
		any = true;
	}
	if (any)
		buf_addc(into, ')');
}

char *suggest_result(const struct ask *a, const struct choice *ch)
{
	AUTO_BUF struct buf b = BUF_INIT;
	char cuda[CUDA_TEXT];
	for (unsigned p = 0; p < PKG__MAX; p++) {
		if (p != PKG_TORCH && !ch->pick[p].used)
			continue;
		AUTO_TEXT char *package = notes_package(a, ch, (enum pkg)p);
		buf_addf(&b, "%s%s%s", b.len ? ", " : "", package, remark(ch, (enum pkg)p));
	}
	(void)cuda_key_text(ch->torch->cuda, cuda);
	buf_addf(&b, " %s%s, Python %s on %s", ch->torch->cuda ? "for CUDA " : "for ", ch->torch->cuda ? cuda : "CPU",
		 catalog_str(a->c, a->c->pythons[ch->python].name), catalog_str(a->c, ch->os->name));
	add_unknown(a, ch, &b);
	return buf_take(&b);
}

/* --- labels that exclude each other
 * ------------------------------------------------------------------------------------ */

/* Everything for the CUDA of one side's label, where some target runs that. */
static bool one_variant(const struct ask *a, enum pkg side, struct found *f)
{
	AUTO(ask) struct ask *copy = ask_copy(a);
	copy->ncudas = 1;
	copy->cudas[0] = cuda_key(&a->pkg[side].label.variant);
	copy->cuda_named = true;
	for (unsigned p = 0; p < PKG__MAX; p++) {
		copy->pkg[p].has_label = false;
		copy->pkg[p].local[0] = '\0';
	}
	search(copy, f);
	return f->stage == STAGE_FOUND && (!a->ntargets || f->choice.fails < a->ntargets);
}

static enum pkg labelled_extension(const struct ask *a)
{
	for (unsigned p = PKG_TORCH + 1; p < PKG__MAX; p++)
		if (a->pkg[p].has_label && a->pkg[p].label.has_variant)
			return (enum pkg)p;
	return PKG__MAX;
}

/* The newer of the two, the other one named beside it; either may be NULL. */
static void way_one_variant(const struct ask *a, const struct found *first, const struct found *other,
			    struct conflict *c)
{
	char cuda[CUDA_TEXT];
	const struct found *f = first ? first : other;
	AUTO_BUF struct buf b = BUF_INIT;
	if (!f)
		return;
	if (first && other && other->choice.torch->cuda > first->choice.torch->cuda)
		f = other;
	buf_addf(&b, "one variant for both, without labels: cuda: \"%s\"", cuda_key_text(f->choice.torch->cuda, cuda));
	if (first && other)
		buf_addf(&b, " (or \"%s\")", cuda_key_text((f == first ? other : first)->choice.torch->cuda, cuda));
	conflict_suggest(c, buf_take(&b), suggest_result(a, &f->choice));
}

/* "torch102": a name for the variant of a package. */
static char *variant_name(enum pkg pkg, uint16_t cuda)
{
	char text[CUDA_TEXT];
	const char *variant = cuda_key_variant(cuda, text);
	const char *name = pkg == PKG_TORCH ? "pytorch" : pkg == PKG_TORCH_SPARSE ? "torchsparse" : "extension";
	return xasprintf("%s%s", name, cuda ? variant + strlen("cu") : variant);
}

static void way_apart(const struct ask *a, enum pkg ext, const struct found *torch, const struct found *both,
		      struct conflict *c)
{
	char mine[CUDA_TEXT];
	char its[CUDA_TEXT];
	char version[CUDA_TEXT];
	uint16_t left = torch->choice.torch->cuda;
	uint16_t right = both->choice.torch->cuda;
	AUTO_TEXT char *first = variant_name(PKG_TORCH, left);
	AUTO_TEXT char *second = variant_name(ext, right);
	AUTO_TEXT char *alone = notes_package(a, &torch->choice, PKG_TORCH);
	AUTO_TEXT char *pair = suggest_result(a, &both->choice);
	(void)catalog_rel_text(both->choice.pick[ext].version, version);
	(void)cuda_key_text(left, mine);
	(void)cuda_key_text(right, its);
	conflict_suggest(c,
			 xasprintf("two virtual environments: `cudabuild export venv` with the variants %s and %s",
				   first, second),
			 xasprintf("one machine, one process per environment: %s for CUDA %s | %s", alone, mine, pair));
	conflict_suggest(c,
			 xasprintf("two images: `cudabuild generate` with variants: {%s: {cuda: \"%s\"}, %s: {cuda: "
				   "\"%s\", %s: \"%s\"}}",
				   first, mine, second, its, pkg_name(ext), version),
			 xasprintf("images/%s/Dockerfile and images/%s/Dockerfile", first, second));
}

bool suggest_ways_out(const struct ask *a, struct conflict *c)
{
	struct found with_torch;
	struct found with_extension;
	enum pkg ext = labelled_extension(a);
	bool torch_labelled = a->pkg[PKG_TORCH].has_label && a->pkg[PKG_TORCH].label.has_variant;
	bool with_file = false; /* a label of a requirement file would stay */
	for (unsigned p = 0; p < PKG__MAX; p++)
		with_file = with_file || a->v->other[p];
	if (ext == PKG__MAX || !torch_labelled || with_file)
		return false;
	bool theirs = one_variant(a, ext, &with_extension);
	bool ours = one_variant(a, PKG_TORCH, &with_torch);
	way_one_variant(a, theirs ? &with_extension : NULL, ours ? &with_torch : NULL, c);
	if (theirs && with_torch.choice.torch && (ours || !a->ntargets))
		way_apart(a, ext, &with_torch, &with_extension, c);
	return theirs || ours;
}
