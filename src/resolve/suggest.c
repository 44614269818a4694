#include "resolve/suggest.h"

#include "base/str.h"
#include "resolve/change.h"

#define SHOWN	  5
#define COMPILING 10 /* what it costs that something is compiled */

/* A change that was proved to help. */
struct mend {
	char *change, *result; /* owned */
	unsigned cost;
};

struct mends {
	struct mend v[64];
	size_t n;
};

static void add_mend(struct mends *m, char *change /* taken */, char *result /* taken */, unsigned cost)
{
	if (m->n == ARRAY_LEN(m->v)) {
		free(change);
		free(result);
		return;
	}
	size_t at = m->n++;
	for (; at > 0 && m->v[at - 1].cost > cost; at--)
		m->v[at] = m->v[at - 1];
	m->v[at] = (struct mend){.change = change, .result = result, .cost = cost};
}

/* The nearest value of one line that gives an answer, the other lines of w as they are. */
static bool mend_line(struct wish *w, enum wish_line line, unsigned dearer, struct mends *into)
{
	struct changes all;
	bool mended = false;
	changes_of(w, line, &all);
	for (size_t i = 0; i < all.n && !mended; i++) {
		struct choice ch;
		char *result = NULL;
		changes_make(w, line, &all, i);
		if (!wish_solve(w, &ch, &result))
			continue;
		add_mend(into, changes_text(w, line, &all, i), result, dearer + all.v[i].cost);
		mended = true;
	}
	changes_clear(&all);
	return mended;
}

static bool mend_one(const struct ask *a, const char *entry, enum wish_line line, struct mends *into)
{
	struct wish w;
	wish_init(&w, a, entry);
	bool mended = mend_line(&w, line, 0, into);
	wish_clear(&w);
	return mended;
}

/* Compiling is allowed for a CUDA version that is named: which one would do. */
static bool mend_by_compiling(const struct ask *a, const char *entry, struct mends *into)
{
	struct wish w;
	wish_init(&w, a, entry);
	bool may = !a->cuda_named && a->wheels == WHEELS_PREFER && ask_has_extensions(a);
	bool mended = may && mend_line(&w, WISH_CUDA, COMPILING, into);
	wish_clear(&w);
	return mended;
}

/* Leaves in the wish as many lines as can stand together, taking them back in that order; the others are marked. */
static bool keep_most(struct wish *w, const struct ask *a, const char *entry, const enum wish_line *order, bool *gone)
{
	bool there[WISH__MAX];
	struct choice ch;
	for (unsigned i = 0; i < WISH__MAX; i++)
		gone[i] = there[i] = wish_has(w, (enum wish_line)i);
	for (unsigned i = 0; i < WISH__MAX; i++) {
		struct wish tried;
		if (!there[order[i]])
			continue;
		gone[order[i]] = false;
		wish_init(&tried, a, entry);
		for (unsigned k = 0; k < WISH__MAX; k++)
			if (gone[k])
				wish_drop(&tried, (enum wish_line)k);
		gone[order[i]] = !wish_solve(&tried, &ch, NULL);
		wish_clear(&tried);
	}
	for (unsigned i = 0; i < WISH__MAX; i++)
		if (gone[i])
			wish_drop(w, (enum wish_line)i);
	return wish_solve(w, &ch, NULL);
}

/* Puts the nearest value that leaves an answer into a line that was taken out; its text is appended. False where none
 * does. */
static bool refill(struct wish *w, const struct wish *original, enum wish_line line, struct buf *text, char **result)
{
	struct changes all;
	bool found = false;
	changes_of(original, line, &all);
	for (size_t i = 0; i < all.n && !found; i++) {
		struct choice ch;
		char *now = NULL;
		changes_make(w, line, &all, i);
		if (!wish_solve(w, &ch, &now))
			continue;
		AUTO_TEXT char *said = changes_text(w, line, &all, i);
		buf_addf(text, "%s%s", text->len ? " with " : "", said);
		free(*result);
		*result = now;
		found = true;
	}
	changes_clear(&all);
	return found;
}

/* Several changes at once: as many lines as possible stay as they are. */
static void mend_many(const struct ask *a, const char *entry, const enum wish_line *order, struct mends *into)
{
	struct wish w;
	struct wish original;
	bool gone[WISH__MAX];
	AUTO_BUF struct buf text = BUF_INIT;
	AUTO_TEXT char *result = NULL;
	wish_init(&w, a, entry);
	wish_init(&original, a, entry);
	bool helped = keep_most(&w, a, entry, order, gone);
	for (unsigned i = 0; i < WISH__MAX && helped; i++)
		if (gone[i])
			helped = refill(&w, &original, (enum wish_line)i, &text, &result);
	if (helped && text.len)
		add_mend(into, buf_take(&text), TAKE(result), 100);
	wish_clear(&w);
	wish_clear(&original);
}

/* Once the packages stay before their surroundings, once the other way round. */
static void mend_widely(const struct ask *a, const char *entry, struct mends *into)
{
	static const enum wish_line packages[WISH__MAX] = {WISH_GPU,
							   WISH_TARGETS,
							   (enum wish_line)PKG_TORCH,
							   (enum wish_line)PKG_TORCH_SPARSE,
							   (enum wish_line)PKG_TORCH_SCATTER,
							   (enum wish_line)PKG_TORCH_CLUSTER,
							   (enum wish_line)PKG_TORCH_SPLINE_CONV,
							   (enum wish_line)PKG_PYG_LIB,
							   WISH_PLATFORM,
							   WISH_DRIVER,
							   WISH_CUDA,
							   WISH_PYTHON,
							   WISH_OS,
							   WISH_BASE,
							   WISH_WHEELS,
							   WISH_ARCHS,
							   WISH_SOURCE,
							   WISH_KEEP,
							   WISH_PROBE};
	static const enum wish_line around[WISH__MAX] = {WISH_GPU,
							 WISH_TARGETS,
							 WISH_PLATFORM,
							 WISH_DRIVER,
							 WISH_CUDA,
							 WISH_PYTHON,
							 WISH_OS,
							 (enum wish_line)PKG_TORCH,
							 (enum wish_line)PKG_TORCH_SPARSE,
							 (enum wish_line)PKG_TORCH_SCATTER,
							 (enum wish_line)PKG_TORCH_CLUSTER,
							 (enum wish_line)PKG_TORCH_SPLINE_CONV,
							 (enum wish_line)PKG_PYG_LIB,
							 WISH_BASE,
							 WISH_WHEELS,
							 WISH_ARCHS,
							 WISH_SOURCE,
							 WISH_KEEP,
							 WISH_PROBE};
	mend_many(a, entry, packages, into);
	mend_many(a, entry, around, into);
}

void suggest(const struct ask *a, const char *entry, const struct minimal *min, struct conflict *c)
{
	struct mends m = {.n = 0};
	bool cuda = false;
	for (size_t i = 0; i < min->n; i++) {
		cuda = cuda || min->v[i] == WISH_CUDA;
		(void)mend_one(a, entry, min->v[i], &m);
	}
	if (!cuda)
		(void)mend_by_compiling(a, entry, &m);
	if (!m.n)
		mend_widely(a, entry, &m);
	for (size_t i = 0; i < m.n; i++) {
		if (c->nsuggestions < SHOWN) {
			conflict_suggest(c, m.v[i].change, m.v[i].result);
		} else {
			free(m.v[i].change);
			free(m.v[i].result);
		}
	}
}
