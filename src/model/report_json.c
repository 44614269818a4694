#include "adapt/json.h"
#include "model/report.h"

static struct jval row_of(struct jval list, const struct report *r)
{
	struct jval o = jval_put_object(list, NULL);

	jval_put_text(o, "subject", r->subject);
	return o;
}

static void put_checks(struct jval list, const struct report *r)
{
	for (size_t i = 0; i < r->nchecks; i++) {
		const struct report_check *c = &r->checks[i];
		struct jval o = row_of(list, r);

		jval_put_text(o, "id", c->id);
		jval_put_text(o, "status", report_status_name(c->status));
		jval_put_text(o, "level", report_level_name(c->level));
		jval_put_text(o, "code", c->code);
		jval_put_text(o, "expected", c->expected);
		jval_put_text(o, "found", c->found);
		jval_put_text(o, "file", c->file);
		jval_put_text(o, "fault", c->fault);
		jval_put_text(o, "hint", c->hint);
		jval_put_u64(o, "ms", c->ms);
	}
}

static void put_targets(struct jval list, const struct report *r)
{
	for (size_t i = 0; i < r->ntargets; i++) {
		struct jval o = row_of(list, r);

		jval_put_text(o, "name", r->targets[i].name);
		jval_put_text(o, "verdict", report_verdict_name(r->targets[i].verdict));
		jval_put_text(o, "level", report_level_name(r->targets[i].level));
		jval_put_text(o, "because", r->targets[i].because);
	}
}

static void put_packages(struct jval list, const struct report *r)
{
	for (size_t i = 0; i < r->npackages; i++) {
		const struct report_package *p = &r->packages[i];
		struct jval o = row_of(list, r);

		jval_put_text(o, "name", p->name);
		jval_put_text(o, "version", p->version);
		jval_put_text(o, "path", p->path);
		jval_put_text(o, "cuda", p->cuda);
		jval_put_strv(o, "witnesses", &p->witnesses);
		jval_put_strv(o, "archs", &p->archs);
		jval_put_text(o, "cxx11_abi", p->cxx11_abi);
		jval_put_text(o, "glibc", p->glibc);
	}
}

static void put_summary(struct jval o, const struct report *const *r, size_t n)
{
	struct jval summary = jval_put_object(o, "summary");

	for (unsigned s = 0; s < REPORT__MAX; s++) {
		size_t count = 0;

		if (s == REPORT_INFO)
			continue;
		for (size_t i = 0; i < n; i++)
			count += report_count(r[i], (enum report_status)s);
		jval_put_u64(summary, report_status_name((enum report_status)s), count);
	}
}

static void put_sizes(struct jval o, const char *key, const struct report_sizes *s)
{
	struct jval list = jval_put_array(o, key);

	for (size_t i = 0; i < s->n; i++) {
		struct jval row = jval_put_object(list, NULL);

		jval_put_text(row, "name", s->v[i].name);
		jval_put_u64(row, "size", s->v[i].bytes);
		if (s->v[i].made_by)
			jval_put_text(row, "made_by", s->v[i].made_by);
	}
}

static void put_times(struct jval o, const struct report *r)
{
	struct jval list = jval_put_array(o, "times");

	for (size_t i = 0; i < r->ntimes; i++) {
		struct jval row = jval_put_object(list, NULL);

		jval_put_text(row, "part", r->times[i].name);
		jval_put_u64(row, "ms", r->times[i].ms);
	}
}

static void put_image(struct jval list, const struct report *r)
{
	struct jval o = row_of(list, r);

	jval_put_text(o, "image", r->image);
	jval_put_text(o, "source", r->source);
	jval_put_text(o, "verdict", report_verdict(r));
	put_summary(o, &r, 1);
	if (r->ntimes > 0)
		put_times(o, r);
	if (r->files == 0)
		return;
	jval_put_u64(o, "files", r->files);
	jval_put_u64(o, "size", r->size);
	put_sizes(o, "layers", &r->layers);
	put_sizes(o, "sizes", &r->sizes);
}

static void put_benches(struct jval list, const struct report *r)
{
	for (size_t i = 0; i < r->nbenches; i++)
		bench_put(&r->benches[i], row_of(list, r));
}

static void put_all(struct jval root, const char *key, void (*put)(struct jval list, const struct report *r),
		    const struct report *const *r, size_t n)
{
	struct jval list = jval_put_array(root, key);

	for (size_t i = 0; i < n; i++)
		put(list, r[i]);
}

void report_json(const struct report *const *r, size_t n, struct buf *out)
{
	AUTO(jdoc) struct jdoc *d = jdoc_new_object();
	struct jval root = jdoc_root(d);
	bool measured = false;

	jval_put_u64(root, "schema", 1);
	put_all(root, "checks", put_checks, r, n);
	put_all(root, "targets", put_targets, r, n);
	put_all(root, "packages", put_packages, r, n);
	put_all(root, "images", put_image, r, n);
	for (size_t i = 0; i < n; i++)
		measured = measured || r[i]->nbenches > 0;
	if (measured)
		put_all(root, "benches", put_benches, r, n);
	put_summary(root, r, n);
	jdoc_dump(d, JDOC_PRETTY, out);
}
