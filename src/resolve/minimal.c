#include "resolve/minimal.h"

#define PASSES 4

/* Whether the question has an answer with these lines alone. */
static bool has_answer(const struct ask *a, const char *entry, const bool *kept)
{
	struct wish w;
	struct choice ch;
	wish_init(&w, a, entry);
	for (unsigned i = 0; i < WISH__MAX; i++)
		if (!kept[i] && wish_has(&w, (enum wish_line)i))
			wish_drop(&w, (enum wish_line)i);
	bool answer = wish_solve(&w, &ch, NULL);
	wish_clear(&w);
	return answer;
}

static bool has_answer_without(const struct ask *a, const char *entry, const bool *kept, unsigned line)
{
	bool less[WISH__MAX];
	for (unsigned i = 0; i < WISH__MAX; i++)
		less[i] = kept[i] && i != line;
	return has_answer(a, entry, less);
}

/* The line that is tried at that place. The GPU goes before the driver, which is what a reason names first. */
static unsigned nth(unsigned i)
{
	return i == WISH_DRIVER ? WISH_GPU : i == WISH_GPU ? WISH_DRIVER : i;
}

/* Takes out every line without which there is still no answer. Taking one out may make another one needless, since a
 * CUDA version that is named also allows what is not allowed without it: so until nothing changes. */
static void shrink(const struct ask *a, const char *entry, bool *kept)
{
	bool changed = true;
	for (unsigned pass = 0; changed && pass < PASSES; pass++) {
		changed = false;
		for (unsigned i = WISH__MAX; i-- > 0;) {
			unsigned line = nth(i);
			if (!kept[line])
				continue;
			kept[line] = has_answer_without(a, entry, kept, line);
			changed = changed || !kept[line];
		}
	}
}

void minimal_find(const struct ask *a, const char *entry, struct minimal *ret)
{
	struct wish w;
	bool kept[WISH__MAX] = {false};
	ret->n = 0;
	wish_init(&w, a, entry);
	for (unsigned i = 0; i < WISH__MAX; i++)
		kept[i] = wish_has(&w, (enum wish_line)i);
	wish_clear(&w);
	shrink(a, entry, kept);
	for (unsigned i = 0; i < WISH__MAX; i++)
		if (kept[i])
			ret->v[ret->n++] = (enum wish_line)i;
}

void minimal_say(const struct ask *a, const char *entry, const struct minimal *min, struct conflict *into)
{
	struct wish w;
	AUTO_STRV struct strv lines = STRV_INIT;
	AUTO_TEXT char *where = a->v->name ? xasprintf("variant %s", a->v->name) : xstrdup("");
	if (!min->n)
		return;
	wish_init(&w, a, entry);
	for (size_t i = 0; i < min->n; i++)
		strv_own(&lines, wish_text(&w, min->v[i]));
	conflict_add_set(into, where, &lines);
	wish_clear(&w);
}
