#include "model/needs.h"

#include "base/str.h"

#include <stddef.h>

/* The texts of a question, so that copying, comparing and releasing walk one list. */
static const size_t ask_texts[] = {
	offsetof(struct fact_ask, family),   offsetof(struct fact_ask, name),	 offsetof(struct fact_ask, tag),
	offsetof(struct fact_ask, package),  offsetof(struct fact_ask, version), offsetof(struct fact_ask, channel),
	offsetof(struct fact_ask, variant),  offsetof(struct fact_ask, torch),	 offsetof(struct fact_ask, python),
	offsetof(struct fact_ask, platform),
};

static char **text_of(struct fact_ask *a, size_t at)
{
	return (char **)(void *)((char *)a + at);
}

static const char *text_in(const struct fact_ask *a, size_t at)
{
	return *(char *const *)(const void *)((const char *)a + at);
}

void fact_ask_clear(struct fact_ask *a)
{
	for (size_t i = 0; i < ARRAY_LEN(ask_texts); i++)
		free(*text_of(a, ask_texts[i]));
	*a = (struct fact_ask){.kind = FACT_IMAGE};
}

struct fact_ask fact_ask_copy(const struct fact_ask *a)
{
	struct fact_ask copy = {.kind = a->kind};

	for (size_t i = 0; i < ARRAY_LEN(ask_texts); i++)
		*text_of(&copy, ask_texts[i]) = xstrdup(text_in(a, ask_texts[i]));
	return copy;
}

bool fact_ask_eq(const struct fact_ask *a, const struct fact_ask *b)
{
	if (a->kind != b->kind)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(ask_texts); i++)
		if (!str_eq(text_in(a, ask_texts[i]), text_in(b, ask_texts[i])))
			return false;
	return true;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static char *image_text(const struct fact_ask *a)
{
	const char *name = str_eq(a->family, "cuda") ? "nvidia/cuda" : or_empty(a->name);

	return xasprintf("image %s%s%s for %s", name, a->tag ? ":" : "", or_empty(a->tag), or_empty(a->platform));
}

static char *package_text(const struct fact_ask *a)
{
	return xasprintf("%s %s %s%s%s%s%s%s%s", a->kind == FACT_WHEEL ? "wheel" : "source archive",
			 or_empty(a->package), or_empty(a->version), a->variant ? " (" : "", or_empty(a->variant),
			 a->torch ? ", torch " : "", or_empty(a->torch), a->variant ? ")" : "",
			 a->python ? " for Python " : "");
}

char *fact_ask_text(const struct fact_ask *a)
{
	AUTO_TEXT char *text = NULL;

	if (a->kind == FACT_IMAGE)
		return image_text(a);
	if (a->kind == FACT_PYTHON)
		return xasprintf("managed Python %s for %s", or_empty(a->python), or_empty(a->platform));
	text = package_text(a);
	return xasprintf("%s%s", text, or_empty(a->python));
}

void fact_clear(struct fact *f)
{
	fact_ask_clear(&f->ask);
	free(f->source);
	free(f->repository);
	free(f->index_digest);
	free(f->digest);
	free(f->file);
	free(f->url);
	free(f->path);
	free(f->sha256);
	free(f->label);
	*f = (struct fact){.present = false};
}

void needs_add(struct needs *n, const struct fact_ask *a)
{
	for (size_t i = 0; i < n->n; i++)
		if (fact_ask_eq(&n->v[i], a))
			return;
	if (n->n == n->cap) {
		n->cap = mem_grow(n->cap);
		n->v = xreallocarray(n->v, n->cap, sizeof(*n->v));
	}
	n->v[n->n++] = fact_ask_copy(a);
}

void needs_clear(struct needs *n)
{
	for (size_t i = 0; i < n->n; i++)
		fact_ask_clear(&n->v[i]);
	free(n->v);
	*n = (struct needs)NEEDS_INIT;
}

void known_add(struct known *k, struct fact *f)
{
	for (size_t i = 0; i < k->n; i++)
		if (fact_ask_eq(&k->v[i].ask, &f->ask)) {
			fact_clear(&k->v[i]);
			k->v[i] = *f;
			*f = (struct fact){.present = false};
			return;
		}
	if (k->n == k->cap) {
		k->cap = mem_grow(k->cap);
		k->v = xreallocarray(k->v, k->cap, sizeof(*k->v));
	}
	k->v[k->n++] = *f;
	*f = (struct fact){.present = false};
}

const struct fact *known_find(const struct known *k, const struct fact_ask *a)
{
	for (size_t i = 0; i < k->n; i++)
		if (fact_ask_eq(&k->v[i].ask, a))
			return &k->v[i];
	return NULL;
}

void known_clear(struct known *k)
{
	for (size_t i = 0; i < k->n; i++)
		fact_clear(&k->v[i]);
	free(k->v);
	*k = (struct known)KNOWN_INIT;
}
