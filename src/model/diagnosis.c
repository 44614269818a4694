#include "model/diagnosis.h"

#include "adapt/json.h"
#include "base/str.h"
#include "model/wrap.h"

#define TEXT_SHOWN   300
#define FIELD_COLUMN 11

static void cause_clear(struct cause *c)
{
	free(c->text);
	free(c->because);
	free(c->proof);
	free(c->fix);
	free(c->fact);
}

void diagnosis_free(struct diagnosis *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++)
		cause_clear(&d->v[i]);
	free(d->v);
	free(d);
}

void diagnosis_add(struct diagnosis *d, struct cause c)
{
	for (size_t i = 0; i < d->n; i++)
		if (str_eq(d->v[i].code, c.code) && str_eq(d->v[i].because, c.because)) {
			cause_clear(&c);
			return;
		}
	d->v = xreallocarray(d->v, d->n + 1, sizeof(*d->v));
	d->v[d->n++] = c;
}

static bool stands_before(const struct cause *a, const struct cause *b)
{
	return a->rank != b->rank ? a->rank < b->rank : a->line < b->line;
}

void diagnosis_settle(struct diagnosis *d)
{
	for (size_t i = 1; i < d->n; i++) {
		struct cause moving = d->v[i];
		size_t at = i;
		for (; at > 0 && stands_before(&moving, &d->v[at - 1]); at--)
			d->v[at] = d->v[at - 1];
		d->v[at] = moving;
	}
}

static const char *const rank_words[CAUSE__MAX] = {
	[CAUSE_ROOT] = "", [CAUSE_WARNS] = " (a warning)", [CAUSE_FOLLOWS] = " (follows from another)"};

static void write_field(const char *name, const char *value, struct buf *out)
{
	if (!value)
		return;
	buf_addf(out, "  %-9s", name);
	wrap_text(value, FIELD_COLUMN, out);
	buf_addc(out, '\n');
}

void diagnosis_text(const struct diagnosis *d, const char *name, struct buf *out)
{
	AUTO_TEXT char *shown = str_shown(name, TEXT_SHOWN);
	if (!d->n) {
		buf_addf(out, "No known failure in %s.\n", shown);
		return;
	}
	buf_addf(out, "%zu %s in %s\n", d->n, d->n == 1 ? "cause" : "causes", shown);
	for (size_t i = 0; i < d->n; i++) {
		const struct cause *c = &d->v[i];
		AUTO_TEXT char *text = str_shown(c->text, TEXT_SHOWN);
		buf_addf(out, "\n%s%s, line %zu\n", c->code, rank_words[c->rank], c->line);
		write_field("text", text, out);
		write_field("because", c->because, out);
		write_field("proof", c->proof, out);
		write_field("mend", c->fix, out);
		write_field("fact", c->fact, out);
	}
}

void diagnosis_json(const struct diagnosis *d, struct buf *out)
{
	AUTO(jdoc) struct jdoc *doc = jdoc_new_object();
	struct jval root = jdoc_root(doc);
	jval_put_u64(root, "schema", 1);
	struct jval causes = jval_put_array(root, "causes");
	for (size_t i = 0; i < d->n; i++) {
		const struct cause *c = &d->v[i];
		AUTO_TEXT char *text = str_shown(c->text, TEXT_SHOWN);
		struct jval o = jval_put_object(causes, NULL);
		jval_put_text(o, "code", c->code);
		jval_put_u64(o, "line", c->line);
		jval_put_text(o, "because", c->because);
		jval_put_text(o, "fix", c->fix);
		jval_put_text(o, "proof", c->proof);
		jval_put_text(o, "text", text);
		jval_put_text(o, "fact", c->fact);
	}
	jdoc_dump(doc, JDOC_PRETTY, out);
}
