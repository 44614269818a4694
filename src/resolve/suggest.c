#include "resolve/suggest.h"

#include "base/str.h"
#include "resolve/cudas.h"
#include "resolve/notes.h"

#include <string.h>

char *suggest_result(const struct ask *a, const struct choice *ch)
{
	AUTO_BUF struct buf b = BUF_INIT;
	char cuda[CUDA_TEXT];
	for (unsigned p = 0; p < PKG__MAX; p++) {
		if (p != PKG_TORCH && !ch->pick[p].used)
			continue;
		AUTO_TEXT char *package = notes_package(a, ch, (enum pkg)p);
		buf_addf(&b, "%s%s%s", b.len ? ", " : "", package,
			 p != PKG_TORCH && ch->pick[p].way == WAY_SOURCE ? " (compiled)" : "");
	}
	(void)cuda_key_text(ch->torch->cuda, cuda);
	buf_addf(&b, " %s%s, Python %s on %s", ch->torch->cuda ? "for CUDA " : "for ", ch->torch->cuda ? cuda : "CPU",
		 catalog_str(a->c, a->c->pythons[ch->python].name), catalog_str(a->c, ch->os->name));
	return buf_take(&b);
}

/* One constraint loosened: what to do to the copy, and how the result is written down. */
enum loosen {
	LOOSEN_PYTHON,
	LOOSEN_OS,
	LOOSEN_BASE,
	LOOSEN_COMPILE,
	LOOSEN_CUDA,
	LOOSEN_SPARSE,
	LOOSEN_TORCH,
	LOOSEN_SCATTER,
	LOOSEN__MAX
};

static bool has_labels(const struct ask *a)
{
	uint16_t cuda = 0;
	return cudas_label(a, &cuda);
}

static bool is_bound(const struct ask *a, enum loosen l)
{
	switch (l) {
	case LOOSEN_PYTHON:
		return a->v->python;
	case LOOSEN_OS:
		return a->v->os;
	case LOOSEN_BASE:
		return a->base == ASK_BASE_BASE || a->base == ASK_BASE_OS;
	case LOOSEN_COMPILE:
		return !a->cuda_named && a->wheels == WHEELS_PREFER && ask_has_extensions(a);
	case LOOSEN_CUDA:
		return has_labels(a) || a->v->cuda.n != 1 || !str_eq(a->v->cuda.v[0], "best");
	case LOOSEN_SPARSE:
		return a->pkg[PKG_TORCH_SPARSE].text;
	case LOOSEN_SCATTER:
		return a->pkg[PKG_TORCH_SCATTER].text;
	case LOOSEN_TORCH:
		return a->pkg[PKG_TORCH].text;
	case LOOSEN__MAX:
		break;
	}
	return false;
}

static void forget_label(struct ask *a, enum pkg pkg)
{
	a->pkg[pkg].has_label = false;
	a->pkg[pkg].local[0] = '\0';
}

static void free_package(struct ask *a, enum pkg pkg)
{
	a->pkg[pkg].spec = NULL;
	forget_label(a, pkg);
}

static void loosen(struct ask *a, enum loosen l)
{
	switch (l) {
	case LOOSEN_PYTHON:
		a->pythons = 0;
		for (size_t i = 0; i < a->c->n_pythons && i < 32; i++)
			a->pythons |= a->c->pythons[i].threaded ? 0 : UINT32_C(1) << i;
		break;
	case LOOSEN_OS:
		a->noses = catalog_oses(a->c, "ubuntu", a->oses, ASK_OSES);
		break;
	case LOOSEN_BASE:
		a->base = ASK_BASE_AUTO;
		break;
	case LOOSEN_COMPILE:
		a->cuda_named = true;
		break;
	case LOOSEN_CUDA:
		a->cuda_named = false;
		a->patch = -1;
		cudas_all(a);
		for (unsigned p = 0; p < PKG__MAX; p++)
			forget_label(a, (enum pkg)p);
		break;
	case LOOSEN_SPARSE:
		free_package(a, PKG_TORCH_SPARSE);
		break;
	case LOOSEN_SCATTER:
		free_package(a, PKG_TORCH_SCATTER);
		break;
	case LOOSEN_TORCH:
		free_package(a, PKG_TORCH);
		break;
	case LOOSEN__MAX:
		break;
	}
}

static void write_version(struct buf *b, enum pkg pkg, uint32_t version)
{
	char text[CUDA_TEXT];
	buf_addf(b, "%s: \"%s\"", pkg_name(pkg), catalog_rel_text(version, text));
}

static void write_change(const struct ask *a, const struct choice *ch, enum loosen l, struct buf *b)
{
	char text[CUDA_TEXT];
	buf_adds(b, b->len ? " with " : "");
	switch (l) {
	case LOOSEN_PYTHON:
		buf_addf(b, "python: \"%s\"", catalog_str(a->c, a->c->pythons[ch->python].name));
		break;
	case LOOSEN_OS:
		buf_addf(b, "os: %s", catalog_str(a->c, ch->os->name));
		break;
	case LOOSEN_BASE:
		buf_adds(b, "base: auto");
		break;
	case LOOSEN_COMPILE:
	case LOOSEN_CUDA:
		buf_addf(b, "cuda: \"%s\"%s", cuda_key_text(ch->torch->cuda, text),
			 l == LOOSEN_CUDA && has_labels(a) ? " and no labels" : "");
		break;
	case LOOSEN_SPARSE:
		write_version(b, PKG_TORCH_SPARSE, ch->pick[PKG_TORCH_SPARSE].version);
		break;
	case LOOSEN_SCATTER:
		write_version(b, PKG_TORCH_SCATTER, ch->pick[PKG_TORCH_SCATTER].version);
		break;
	case LOOSEN_TORCH:
		write_version(b, PKG_TORCH, ch->torch->version);
		break;
	case LOOSEN__MAX:
		break;
	}
}

/* Searches a loosened copy and adds what comes out. */
static bool try_copy(const struct ask *a, const struct ask *copy, enum loosen one, enum loosen two, struct conflict *c)
{
	AUTO_BUF struct buf change = BUF_INIT;
	struct found f;
	search(copy, &f);
	if (f.stage != STAGE_FOUND || (copy->ntargets && f.choice.fails == copy->ntargets))
		return false;
	write_change(a, &f.choice, one, &change);
	if (two != LOOSEN__MAX)
		write_change(a, &f.choice, two, &change);
	conflict_suggest(c, buf_take(&change), suggest_result(copy, &f.choice));
	return true;
}

/* "==2.7.*" of an exact 2.7.5: the smaller change is tried first. NULL where no one version is named. */
static struct spec *same_minor(const struct ask *a, enum pkg pkg)
{
	const struct ver *v = a->pkg[pkg].spec ? spec_exact(a->pkg[pkg].spec) : NULL;
	struct spec *spec = NULL;
	struct err err = ERR_INIT;
	char text[VER_TEXT];
	if (!v)
		return NULL;
	AUTO_TEXT char *minor = xasprintf("==%s.*", ver_text_minor(v, text));
	if (spec_parse(minor, &spec, &err) < 0)
		err_clear(&err);
	return spec;
}

/* Searches with up to two constraints loosened; whether that mends it. */
static bool try_loosened(const struct ask *a, enum loosen one, enum loosen two, struct conflict *c)
{
	AUTO(ask) struct ask *copy = ask_copy(a);
	AUTO(spec) struct spec *minor = one == LOOSEN_TORCH ? same_minor(a, PKG_TORCH) : NULL;
	loosen(copy, one);
	loosen(copy, two);
	copy->pkg[PKG_TORCH].spec = minor ? minor : copy->pkg[PKG_TORCH].spec;
	if (minor && try_copy(a, copy, one, two, c))
		return true;
	copy->pkg[PKG_TORCH].spec = minor ? NULL : copy->pkg[PKG_TORCH].spec;
	return try_copy(a, copy, one, two, c);
}

void suggest(const struct ask *a, struct conflict *c)
{
	bool mended = false;
	for (unsigned one = 0; one < LOOSEN__MAX; one++)
		if (is_bound(a, (enum loosen)one))
			mended |= try_loosened(a, (enum loosen)one, LOOSEN__MAX, c);
	for (unsigned one = 0; one < LOOSEN__MAX && !mended; one++)
		for (unsigned two = one + 1; two < LOOSEN__MAX && !mended; two++)
			if (is_bound(a, (enum loosen)one) && is_bound(a, (enum loosen)two))
				mended = try_loosened(a, (enum loosen)one, (enum loosen)two, c);
}

/* --- labels that exclude each other
 * ------------------------------------------------------------------------------------ */

/* Everything for the CUDA of one side's label. */
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
	return f->stage == STAGE_FOUND;
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

void suggest_ways_out(const struct ask *a, struct conflict *c)
{
	struct found with_torch;
	struct found with_extension;
	enum pkg ext = labelled_extension(a);
	bool torch_labelled = a->pkg[PKG_TORCH].has_label && a->pkg[PKG_TORCH].label.has_variant;
	if (ext == PKG__MAX || !torch_labelled) {
		suggest(a, c);
		return;
	}
	bool theirs = one_variant(a, ext, &with_extension);
	bool ours = one_variant(a, PKG_TORCH, &with_torch);
	way_one_variant(a, theirs ? &with_extension : NULL, ours ? &with_torch : NULL, c);
	if (theirs && with_torch.choice.torch)
		way_apart(a, ext, &with_torch, &with_extension, c);
}
