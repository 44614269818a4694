#include "base/str.h"
#include "model/catalog_find.h"

#include <string.h>

const struct os_row *catalog_os(const struct catalog *c, const char *name)
{
	for (size_t i = 0; i < c->n_oses; i++)
		if (str_eq(catalog_str(c, c->oses[i].name), name))
			return &c->oses[i];
	return NULL;
}

const struct os_row *catalog_os_nearest(const struct catalog *c, const char *name)
{
	const char **names = xcalloc(c->n_oses ? c->n_oses : 1, sizeof(*names));
	for (size_t i = 0; i < c->n_oses; i++)
		names[i] = catalog_str(c, c->oses[i].name);
	const char *near = str_nearest(name, names, c->n_oses);
	free(names);
	return near ? catalog_os(c, near) : NULL;
}

size_t catalog_oses(const struct catalog *c, const char *family, const struct os_row **into, size_t max)
{
	size_t n = 0;
	for (unsigned below = UINT16_MAX + 1u;;) {
		const struct os_row *best = NULL;
		for (size_t i = 0; i < c->n_oses; i++) {
			const struct os_row *o = &c->oses[i];
			if (str_eq(catalog_str(c, o->family), family) && o->release < below &&
			    (!best || o->release > best->release))
				best = o;
		}
		if (!best)
			return n;
		below = best->release;
		if (n++ < max)
			into[n - 1] = best;
	}
}

/* First tag at or behind a CUDA minor: rows are sorted by it. */
static const struct tag_row *tags_from(const struct catalog *c, uint16_t cuda)
{
	size_t low = 0, high = c->n_tags;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (c->tags[mid].cuda < cuda)
			low = mid + 1;
		else
			high = mid;
	}
	return c->tags + low;
}

/* Adds one row to the set of its patch. */
static void take_tag(struct base_set *s, const struct tag_row *r)
{
	s->cuda = cuda_from_key(r->cuda);
	s->cuda.patch = r->patch;
	s->cuda.has_patch = r->has_patch;
	s->tag[r->flavor] = r;
}

/* Whether every flavor asked for is there on every platform; fills what sums the set up. */
static bool complete(struct base_set *s, unsigned flavors, unsigned platforms)
{
	s->presence = PRESENCE_SUPPORTED;
	s->arches_proven = true;
	for (unsigned f = 0; f < FLAVOR__MAX; f++) {
		const struct tag_row *r = s->tag[f];
		if (!(flavors >> f & 1))
			continue;
		if (!r || (r->arches && (r->arches & platforms) != platforms))
			return false;
		if (r->presence > s->presence)
			s->presence = (enum presence)r->presence;
		s->arches_proven = s->arches_proven && r->arches;
	}
	return true;
}

/* 0 for tags that were there when last looked at, 1 for unproven ones, 2 for removed ones. */
static int rank(const struct base_set *s)
{
	if (s->presence == PRESENCE_REMOVED)
		return 2;
	return s->presence == PRESENCE_UNKNOWN;
}

/* Puts s, whose patch is above all others of its rank, in front of those that are no better. */
static void insert(struct base_set *into, size_t *n, size_t max, const struct base_set *s)
{
	size_t at = 0;
	while (at < *n && at < max && rank(&into[at]) < rank(s))
		at++;
	++*n;
	if (at >= max)
		return;
	size_t end = *n < max ? *n : max;
	memmove(&into[at + 1], &into[at], (end - at - 1) * sizeof(*into));
	into[at] = *s;
}

size_t catalog_bases(const struct catalog *c, uint16_t cuda, const char *os, unsigned flavors, unsigned platforms,
		     struct base_set *into, size_t max)
{
	const struct tag_row *r = tags_from(c, cuda), *end = c->tags + c->n_tags;
	size_t n = 0;
	while (r < end && r->cuda == cuda) {
		struct base_set s = {.tag = {NULL}};
		for (unsigned patch = r->patch; r < end && r->cuda == cuda && r->patch == patch; r++)
			if (!r->rc && !*catalog_str(c, r->cudnn) && str_eq(catalog_str(c, r->os), os) &&
			    str_is_digit(*catalog_str(c, r->tag))) /* not `latest` */
				take_tag(&s, r);
		if (flavors && complete(&s, flavors, platforms))
			insert(into, &n, max, &s);
	}
	return n;
}

const struct tag_row *catalog_tag(const struct catalog *c, const char *tag)
{
	for (size_t i = 0; i < c->n_tags; i++)
		if (str_eq(catalog_str(c, c->tags[i].tag), tag))
			return &c->tags[i];
	return NULL;
}
