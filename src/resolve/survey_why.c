#include "resolve/survey_why.h"

#include "base/str.h"
#include "resolve/notes.h"
#include "resolve/rows.h"
#include "rules/compiler.h"
#include "rules/match.h"

static void say(struct matrix_row *row, enum reason_code code, char *because, char *fact, const char *from)
{
	row->code = code;
	row->because = because;
	row->fact = fact;
	row->from = from && *from ? from : NULL;
}

/* What the wheels of one torch_sparse have in common with a torch, step by step. */
struct wheels {
	struct keys minors, cudas;
	uint32_t pythons;
	uint16_t glibc;
	bool platform, python;
	const struct wheel_row *last; /* of the furthest step */
};

static void gather(const struct ask *a, const struct choice *ch, uint32_t version, struct wheels *w)
{
	for (size_t i = 0; i < a->c->n_wheels; i++) {
		const struct wheel_row *row = &a->c->wheels[i];
		if (row->pkg != PKG_TORCH_SPARSE || row->version != version)
			continue;
		w->last = w->last ? w->last : row;
		if (!(row->platforms >> a->platform & 1))
			continue;
		w->platform = true;
		keys_add(&w->minors, REL_MINOR(row->torch));
		if (!match_torch(ch->torch->version, row->torch))
			continue;
		w->last = row;
		keys_add(&w->cudas, row->cuda);
		if (row->cuda != ask_extension_cuda(a, PKG_TORCH_SPARSE, ch->torch->cuda))
			continue;
		w->pythons |= row->pythons;
		w->python = w->python || (row->pythons & ch->torch->pythons & a->pythons);
		w->glibc = match_wheel_glibc(row);
	}
}

static bool has(const struct keys *k, uint32_t key)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->v[i] == key)
			return true;
	return false;
}

static char *about_pythons(const struct ask *a, const char *who, uint32_t pythons)
{
	AUTO_BUF struct buf b = BUF_INIT;
	catalog_pythons_text(a->c, pythons, &b);
	return xasprintf("%s has wheels for Python %s, and none for %s", who, buf_text(&b),
			 a->v->python ? a->v->python : "one that its torch has too");
}

/* Why no wheel of torch_sparse does. */
static char *no_wheel(const struct ask *a, const struct choice *ch, const char *who, const struct wheels *w,
		      enum reason_code *code)
{
	char torch[CUDA_TEXT], cuda[CUDA_TEXT];
	AUTO_TEXT char *minors = keys_minors(&w->minors);
	AUTO_TEXT char *cudas = keys_cudas(&w->cudas);
	uint16_t wanted = ask_extension_cuda(a, PKG_TORCH_SPARSE, ch->torch->cuda);
	*code = REASON_NO_WHEEL;
	if (!w->platform) {
		*code = REASON_PLATFORM_UNSUPPORTED;
		return xasprintf("%s has no wheel for %s", who, catalog_platform_text(a->platform));
	}
	if (!w->cudas.n) {
		struct keys minor = {.v = {REL_MINOR(ch->torch->version)}, .n = 1};
		AUTO_TEXT char *mine = keys_minors(&minor);
		return xasprintf("%s has wheels for torch %s, and none for %s", who, minors, mine);
	}
	if (!has(&w->cudas, wanted)) {
		*code = w->cudas.n == 1 && !w->cudas.v[0] ? REASON_EXTENSION_CPU_ONLY : REASON_NO_WHEEL;
		return xasprintf("beside torch %s, %s has wheels for %s, and none for %s",
				 catalog_rel_text(ch->torch->version, torch), who, cudas, cuda_key_text(wanted, cuda));
	}
	if (!w->python) {
		*code = REASON_PYTHON_UNSUPPORTED;
		return about_pythons(a, who, w->pythons);
	}
	*code = REASON_GLIBC_TOO_OLD;
	return xasprintf("the wheel of %s needs glibc %s, which %s has not with a Python that torch has too", who,
			 catalog_minor_text(w->glibc, torch), a->v->os ? a->v->os : "any Ubuntu");
}

/* Why compiling, which is tried next, does not help; NULL: not looked at. */
static const char *no_source(const struct ask *a, const struct choice *ch, uint32_t sparse)
{
	uint16_t cuda = ch->torch->cuda;
	if (cuda && !catalog_toolkit(a->c, cuda))
		return "no toolkit of that CUDA version is known to compile it with";
	switch (sdist_sparse(a->c, sparse, ch->torch->version, a->c->pythons[ch->python].version)) {
	case SDIST_TORCH_TOO_OLD:
		return "its source archive needs a newer torch";
	case SDIST_TORCH_TOO_NEW:
		return "its source archive does not compile with so new a torch";
	case SDIST_PYTHON_TOO_OLD:
		return "its source archive needs a newer Python";
	case SDIST_NO_VERSION:
		return "no source archive of it is known";
	case SDIST_COMPILES:
	case SDIST_UNPROVEN:
		break;
	}
	return NULL;
}

static void say_sparse(const struct ask *a, const struct choice *ch, struct matrix_row *row)
{
	struct wheels w = {.pythons = 0};
	char text[CUDA_TEXT];
	enum reason_code code = REASON_NO_WHEEL;
	gather(a, ch, row->sparse, &w);
	AUTO_TEXT char *who = xasprintf("torch_sparse %s", catalog_rel_text(row->sparse, text));
	AUTO_TEXT char *because = no_wheel(a, ch, who, &w, &code);
	const char *source = no_source(a, ch, row->sparse);
	say(row, code, xasprintf("%s%s%s", because, source ? "; " : "", source ? source : ""),
	    xasprintf("torch_sparse.csv: %s", catalog_rel_text(row->sparse, text)),
	    w.last ? catalog_str(a->c, w.last->source) : NULL);
}

static void say_compiler(const struct ask *a, const struct choice *ch, struct matrix_row *row)
{
	char version[CUDA_TEXT], least[CUDA_TEXT], cuda[CUDA_TEXT];
	const struct toolkit_row *t = ch->torch->cuda ? catalog_toolkit(a->c, ch->torch->cuda) : NULL;
	const char *os = a->v->os ? a->v->os : "of an Ubuntu whose glibc serves torch";
	say(row, REASON_SOURCE_DOES_NOT_COMPILE,
	    t ? xasprintf("it must be compiled, and no gcc %s is both the %s or newer that torch %s takes and one of "
			  "%d to %d, "
			  "which nvcc of CUDA %s takes",
			  os, catalog_minor_text(compiler_least(ch->torch->version), least),
			  catalog_rel_text(ch->torch->version, version), t->gcc_min / 100, t->gcc_max / 100,
			  cuda_key_text(ch->torch->cuda, cuda))
	      : xasprintf("it must be compiled, and no gcc %s is %s or newer, which torch %s takes", os,
			  catalog_minor_text(compiler_least(ch->torch->version), least),
			  catalog_rel_text(ch->torch->version, version)),
	    xstrdup("os_images.csv: gcc"), catalog_str(a->c, ch->os->source));
}

static void say_torch(const struct ask *a, enum stage stage, const struct choice *ch, struct matrix_row *row)
{
	AUTO_BUF struct buf pythons = BUF_INIT;
	AUTO_TEXT char *who = notes_package(a, ch, PKG_TORCH);
	char glibc[CUDA_TEXT], cuda[CUDA_TEXT];
	const char *from = catalog_str(a->c, ch->torch->source);
	(void)cuda_key_text(ch->torch->cuda, cuda);
	catalog_pythons_text(a->c, ch->torch->pythons, &pythons);
	char *fact = xasprintf("torch.csv: %s, CUDA %s", who, cuda);
	if (stage == STAGE_GLIBC)
		say(row, REASON_GLIBC_TOO_OLD,
		    xasprintf("%s needs glibc %s; %s has an older one", who,
			      catalog_minor_text(ch->torch->glibc, glibc), a->v->os ? a->v->os : "every Ubuntu"),
		    fact, from);
	else if (stage == STAGE_MANAGED)
		say(row, REASON_PYTHON_UNSUPPORTED,
		    xasprintf(
			    "%s needs Python %s, which no system with such a glibc has, and no standalone one is known",
			    who, buf_text(&pythons)),
		    fact, from);
	else
		say(row, REASON_PYTHON_UNSUPPORTED,
		    xasprintf("%s has wheels for Python %s, and none for %s", who, buf_text(&pythons),
			      a->v->python ? a->v->python : "others"),
		    fact, from);
}

void survey_why(const struct ask *a, enum stage stage, const struct choice *ch, struct matrix_row *row)
{
	char text[CUDA_TEXT], cuda[CUDA_TEXT];
	(void)cuda_key_text(row->cuda, cuda);
	switch (stage) {
	case STAGE_SPARSE:
		say_sparse(a, ch, row);
		break;
	case STAGE_SCATTER:
	case STAGE_OTHER:
		say(row, REASON_MISSING_TORCH_SCATTER,
		    xasprintf("torch_sparse %s needs torch_scatter, which has no wheel for the same torch, CUDA and "
			      "Python, "
			      "nor a source archive of its time that compiles",
			      catalog_rel_text(row->sparse, text)),
		    xstrdup("torch_scatter.csv"), NULL);
		break;
	case STAGE_COMPILE:
		say(row, REASON_ARCH_UNKNOWN,
		    xasprintf("it must be compiled, and no architectures are known to compile for"),
		    xstrdup("torch.csv: archs"), catalog_str(a->c, ch->torch->source));
		break;
	case STAGE_COMPILER:
		say_compiler(a, ch, row);
		break;
	case STAGE_BASE:
		say(row, REASON_BASE_TAG_MISSING,
		    xasprintf("no registry is known to have a base image (%s%s) for CUDA %s on %s",
			      catalog_flavor_text(ch->flavor), ch->devel ? " and devel" : "", cuda,
			      a->v->os ? a->v->os : "an Ubuntu whose glibc serves the wheels"),
		    xasprintf("tags.csv: %s", cuda), NULL);
		break;
	case STAGE_TORCH:
	case STAGE_PYTHON:
	case STAGE_GLIBC:
	case STAGE_MANAGED:
	case STAGE_FOUND:
		say_torch(a, stage, ch, row);
		break;
	}
}
