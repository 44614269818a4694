#include "adapt/digest.h"
#include "base/str.h"
#include "model/catalog_find.h"
#include "model/overlay.h"

#include <string.h>

/* The catalog that is made, with tables and pool of its own. */
struct making {
	const struct catalog *from;
	struct catalog *to; /* owned */
	struct torch_row *torch;
	struct wheel_row *wheels;
	struct tag_row *tags;
	struct buf pool;
	text_off source;
};

static void *freed(const void *p)
{
	union {
		const void *in;
		void *out;
	} u = {.in = p};

	return u.out;
}

void catalog_free(struct catalog *c)
{
	if (!c)
		return;
	free(freed(c->pool));
	free(freed(c->id));
	free(freed(c->torch));
	free(freed(c->wheels));
	free(freed(c->tags));
	free(c);
}

static text_off add_text(struct making *m, const char *text)
{
	text_off at = (text_off)m->pool.len;

	buf_add(&m->pool, text, strlen(text) + 1);
	return at;
}

static const char *text_at(const struct making *m, text_off off)
{
	return m->pool.data + off;
}

/* --- torch --- */

static bool is_torch_of(const struct torch_row *r, const struct live_wheel *w)
{
	return r->channel == CHANNEL_INDEX && r->cuda == w->cuda && r->platform == w->platform;
}

static void lose_torch(struct making *m, const struct live_wheel *w)
{
	for (size_t i = 0; i < m->to->n_torch; i++)
		if (is_torch_of(&m->torch[i], w) && m->torch[i].version == w->version)
			m->torch[i].pythons &= ~w->pythons;
}

/* The newest row of the same variant and platform: what a new one is like. */
static const struct torch_row *torch_like(const struct making *m, const struct live_wheel *w)
{
	const struct torch_row *best = NULL;

	for (size_t i = 0; i < m->from->n_torch; i++)
		if (is_torch_of(&m->from->torch[i], w) && (!best || m->from->torch[i].version >= best->version))
			best = &m->from->torch[i];
	return best;
}

static void gain_torch(struct making *m, const struct live_wheel *w)
{
	const struct torch_row *like = torch_like(m, w);
	struct torch_row row;

	for (size_t i = 0; i < m->to->n_torch; i++)
		if (is_torch_of(&m->torch[i], w) && m->torch[i].version == w->version) {
			m->torch[i].pythons |= w->pythons;
			return;
		}
	if (!like)
		return;
	row = *like;
	row.version = w->version;
	row.pythons = w->pythons;
	row.proof = PROOF_LISTING;
	row.source = m->source;
	row.notes = 0;
	if (REL_MINOR(like->version) != REL_MINOR(w->version))
		row.archs = (struct arch_set){.known = false};
	m->torch[m->to->n_torch++] = row;
}

/* --- extensions --- */

static bool is_wheel_of(const struct wheel_row *r, const struct live_wheel *w)
{
	return r->pkg == w->pkg && r->cuda == w->cuda && (r->platforms & 1u << w->platform);
}

static void lose_wheel(struct making *m, const struct live_wheel *w)
{
	for (size_t i = 0; i < m->to->n_wheels; i++) {
		struct wheel_row *r = &m->wheels[i];

		if (!is_wheel_of(r, w) || r->version != w->version || r->torch != w->torch)
			continue;
		if ((r->pythons & ~w->pythons) == 0)
			r->platforms &= (uint8_t) ~(1u << w->platform);
		else if (r->platforms == 1u << w->platform)
			r->pythons &= ~w->pythons;
	}
}

/* Of the same package and platform the row nearest to it: same torch, else the newest. */
static const struct wheel_row *wheel_like(const struct making *m, const struct live_wheel *w)
{
	const struct wheel_row *best = NULL;

	for (size_t i = 0; i < m->from->n_wheels; i++) {
		const struct wheel_row *r = &m->from->wheels[i];

		if (r->pkg != w->pkg || !(r->platforms & 1u << w->platform) || (r->cuda == 0) != (w->cuda == 0))
			continue;
		if (!best || r->torch > best->torch)
			best = r;
	}
	return best;
}

static void gain_wheel(struct making *m, const struct live_wheel *w)
{
	const struct wheel_row *like = wheel_like(m, w);
	char cuda[CUDA_TEXT];
	struct wheel_row row;

	if (!like)
		return;
	AUTO_TEXT char *label =
		xasprintf("+pt%u%u%s", w->torch >> 20, w->torch >> 10 & 1023, cuda_key_variant(w->cuda, cuda));
	row = *like;
	row.version = w->version;
	row.torch = w->torch;
	row.patches = 1;
	row.pythons = w->pythons;
	row.cuda = w->cuda;
	row.platforms = (uint8_t)(1u << w->platform);
	row.proof = PROOF_LISTING;
	row.archs = (struct arch_set){.known = false};
	row.label = add_text(m, label);
	row.source = m->source;
	row.notes = 0;
	m->wheels[m->to->n_wheels++] = row;
}

/* --- tags --- */

static enum flavor flavor_of(const char *word)
{
	unsigned f = 0;

	while (f < FLAVOR__MAX && !str_eq(catalog_flavor_text((enum flavor)f), word))
		f++;
	return (enum flavor)f;
}

/* "12.8.2[-cudnnN]-FLAVOR-OS" as a row; false where the name is another form. */
static bool read_tag(struct making *m, const char *tag, struct tag_row *row)
{
	AUTO_STRV struct strv words = STRV_INIT;
	struct err ignored = ERR_INIT;
	struct cuda cuda;
	size_t at = 1;

	strv_split(&words, tag, "-");
	if (words.n < 3 || cuda_parse(words.v[0], &cuda, &ignored) < 0 || cuda.patch > 99) {
		err_clear(&ignored);
		return false;
	}
	*row = (struct tag_row){.cuda = cuda_key(&cuda), .patch = (uint8_t)cuda.patch, .has_patch = cuda.has_patch};
	if (str_starts(words.v[at], "cudnn"))
		row->cudnn = add_text(m, words.v[at++]);
	if (at + 2 != words.n || flavor_of(words.v[at]) == FLAVOR__MAX)
		return false;
	row->flavor = (uint8_t)flavor_of(words.v[at]);
	row->os = add_text(m, words.v[at + 1]);
	row->tag = add_text(m, tag);
	row->presence = PRESENCE_SUPPORTED;
	row->evidence = row->seen = m->source;
	return true;
}

static void set_tag(struct making *m, const char *tag, enum presence presence)
{
	struct tag_row row;

	for (size_t i = 0; i < m->to->n_tags; i++)
		if (str_eq(text_at(m, m->tags[i].tag), tag)) {
			m->tags[i].presence = (uint8_t)presence;
			return;
		}
	if (presence != PRESENCE_REMOVED && read_tag(m, tag, &row))
		m->tags[m->to->n_tags++] = row;
}

/* --- order --- */

static int number(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

#define OR(a, b)                                                                                                       \
	{                                                                                                              \
		int order_ = number((a), (b));                                                                         \
		if (order_)                                                                                            \
			return order_;                                                                                 \
	}

static int torch_order(const void *a, const void *b, void *pool)
{
	const struct torch_row *x = a, *y = b;
	const char *text = pool;

	OR(x->version, y->version)
	OR(x->cuda, y->cuda)
	OR(x->platform, y->platform)
	OR(x->channel, y->channel)
	return strcmp(text + x->label, text + y->label);
}

static int wheel_order(const void *a, const void *b, void *pool)
{
	const struct wheel_row *x = a, *y = b;

	(void)pool;
	OR(x->pkg, y->pkg)
	OR(x->version, y->version)
	OR(x->torch, y->torch)
	OR(x->cuda, y->cuda)
	OR(x->platforms, y->platforms)
	return number(x->pythons, y->pythons);
}

static int tag_order(const void *a, const void *b, void *pool)
{
	const struct tag_row *x = a, *y = b;
	const char *text = pool;
	int os;

	OR(x->cuda, y->cuda)
	OR(x->patch, y->patch)
	os = strcmp(text + x->os, text + y->os);
	if (os)
		return os;
	os = strcmp(text + x->cudnn, text + y->cudnn);
	if (os)
		return os;
	OR(x->flavor, y->flavor)
	return strcmp(text + x->tag, text + y->tag);
}

/* --- all of it --- */

static void drop_empty(struct making *m)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->to->n_torch; i++)
		if (m->torch[i].pythons)
			m->torch[kept++] = m->torch[i];
	m->to->n_torch = kept;
	kept = 0;
	for (size_t i = 0; i < m->to->n_wheels; i++)
		if (m->wheels[i].platforms && m->wheels[i].pythons)
			m->wheels[kept++] = m->wheels[i];
	m->to->n_wheels = kept;
}

static void copy_tables(struct making *m, const struct overlay *o)
{
	const struct catalog *c = m->from;

	m->to = xcalloc(1, sizeof(*m->to));
	*m->to = *c;
	m->torch = xcalloc(c->n_torch + o->added.nwheels + 1, sizeof(*m->torch));
	m->wheels = xcalloc(c->n_wheels + o->added.nwheels + 1, sizeof(*m->wheels));
	m->tags = xcalloc(c->n_tags + o->tags.n + 1, sizeof(*m->tags));
	memcpy(m->torch, c->torch, c->n_torch * sizeof(*m->torch));
	memcpy(m->wheels, c->wheels, c->n_wheels * sizeof(*m->wheels));
	memcpy(m->tags, c->tags, c->n_tags * sizeof(*m->tags));
	buf_add(&m->pool, c->pool, c->pool_len);
	m->source = add_text(m, "catalog update");
}

static void change(struct making *m, const struct overlay *o)
{
	for (size_t i = 0; i < o->gone.nwheels; i++)
		(o->gone.wheels[i].pkg == PKG_TORCH ? lose_torch : lose_wheel)(m, &o->gone.wheels[i]);
	for (size_t i = 0; i < o->added.nwheels; i++)
		(o->added.wheels[i].pkg == PKG_TORCH ? gain_torch : gain_wheel)(m, &o->added.wheels[i]);
	for (size_t i = 0; i < o->tags_gone.n; i++)
		set_tag(m, o->tags_gone.v[i], PRESENCE_REMOVED);
	for (size_t i = 0; i < o->tags.n; i++)
		set_tag(m, o->tags.v[i], PRESENCE_SUPPORTED);
}

struct catalog *overlay_apply(const struct catalog *c, const struct overlay *o)
{
	struct making m = {.from = c};
	AUTO_BUF struct buf file = BUF_INIT;
	char id[HASH_HEX_SIZE];

	copy_tables(&m, o);
	change(&m, o);
	drop_empty(&m);
	qsort_r(m.torch, m.to->n_torch, sizeof(*m.torch), torch_order, m.pool.data);
	qsort_r(m.wheels, m.to->n_wheels, sizeof(*m.wheels), wheel_order, m.pool.data);
	qsort_r(m.tags, m.to->n_tags, sizeof(*m.tags), tag_order, m.pool.data);
	overlay_dump(c, o, &file);
	hash_hex(buf_blob(&file, "overlay"), id);
	m.to->id = xstrdup(id);
	m.to->pool_len = m.pool.len;
	m.to->pool = buf_take(&m.pool);
	m.to->torch = m.torch;
	m.to->wheels = m.wheels;
	m.to->tags = m.tags;
	return m.to;
}
