#include "model/report.h"

#include "base/str.h"

static const char *const status_names[REPORT__MAX] = {"pass", "fail", "warn", "skip", "error", "info"};
static const char *const verdict_names[] = {"pass", "fail", "skip", "error", "unknown"};
static const char *const level_names[] = {"static", "container", "gpu"};

struct report *report_new(const char *subject)
{
	struct report *r = xcalloc(1, sizeof(*r));

	r->subject = xstrdup(subject);
	return r;
}

static void check_clear(struct report_check *c)
{
	free(c->id);
	free(c->code);
	free(c->expected);
	free(c->found);
	free(c->file);
	free(c->hint);
}

static void package_clear(struct report_package *p)
{
	free(p->name);
	free(p->version);
	free(p->path);
	free(p->cuda);
	strv_clear(&p->witnesses);
	strv_clear(&p->archs);
	free(p->cxx11_abi);
	free(p->glibc);
}

static void sizes_clear(struct report_sizes *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].name);
		free(s->v[i].made_by);
	}
	free(s->v);
}

void report_free(struct report *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->nchecks; i++)
		check_clear(&r->checks[i]);
	for (size_t i = 0; i < r->ntargets; i++) {
		free(r->targets[i].name);
		free(r->targets[i].because);
	}
	for (size_t i = 0; i < r->npackages; i++)
		package_clear(&r->packages[i]);
	for (size_t i = 0; i < r->ntimes; i++)
		free(r->times[i].name);
	free(r->times);
	for (size_t i = 0; i < r->nbenches; i++)
		bench_clear(&r->benches[i]);
	free(r->benches);
	free(r->checks);
	free(r->targets);
	free(r->packages);
	free(r->subject);
	free(r->image);
	free(r->source);
	sizes_clear(&r->layers);
	sizes_clear(&r->sizes);
	free(r);
}

struct report_check *report_add(struct report *r, const char *id, enum report_status status)
{
	struct report_check *c;

	r->checks = xreallocarray(r->checks, r->nchecks + 1, sizeof(*r->checks));
	c = &r->checks[r->nchecks++];
	*c = (struct report_check){.id = xstrdup(id), .status = status, .level = r->level};
	if (c->level == LEVEL_CONTAINER && str_starts(id, "gpu"))
		c->level = LEVEL_GPU;
	return c;
}

struct report_check *report_add_full(struct report *r, const char *id, enum report_status status, const char *code,
				     const char *expected, const char *found, const char *hint)
{
	struct report_check *c = report_add(r, id, status);

	c->code = xstrdup(code);
	c->expected = xstrdup(expected);
	c->found = xstrdup(found);
	c->hint = xstrdup(hint);
	return c;
}

struct report_check *report_add_error(struct report *r, const char *id, enum err_kind cause, const char *found,
				      const char *hint)
{
	if (r->error == ERR_NONE)
		r->error = cause;
	return report_add_full(r, id, REPORT_ERROR, err_kind_name(cause), NULL, found, hint);
}

struct report_target *report_add_target(struct report *r, const char *name, enum report_verdict verdict,
					enum report_level level, const char *because)
{
	struct report_target *t;

	r->targets = xreallocarray(r->targets, r->ntargets + 1, sizeof(*r->targets));
	t = &r->targets[r->ntargets++];
	*t = (struct report_target){
		.name = xstrdup(name), .verdict = verdict, .level = level, .because = xstrdup(because)};
	return t;
}

struct report_package *report_add_package(struct report *r, const char *name, const char *version, const char *path,
					  const char *cuda)
{
	struct report_package *p;

	r->packages = xreallocarray(r->packages, r->npackages + 1, sizeof(*r->packages));
	p = &r->packages[r->npackages++];
	*p = (struct report_package){
		.name = xstrdup(name), .version = xstrdup(version), .path = xstrdup(path), .cuda = xstrdup(cuda)};
	return p;
}

void report_add_size(struct report_sizes *into, const char *name, const char *made_by, uint64_t bytes)
{
	into->v = xreallocarray(into->v, into->n + 1, sizeof(*into->v));
	into->v[into->n++] = (struct report_size){.name = xstrdup(name), .made_by = xstrdup(made_by), .bytes = bytes};
}

void report_add_bench(struct report *r, const struct bench *b)
{
	r->benches = xreallocarray(r->benches, r->nbenches + 1, sizeof(*r->benches));
	bench_copy(b, &r->benches[r->nbenches++]);
}

void report_add_time(struct report *r, const char *name, uint64_t ms)
{
	r->times = xreallocarray(r->times, r->ntimes + 1, sizeof(*r->times));
	r->times[r->ntimes++] = (struct report_time){.name = xstrdup(name), .ms = ms};
}

size_t report_count(const struct report *r, enum report_status s)
{
	size_t n = 0;

	for (size_t i = 0; i < r->nchecks; i++)
		n += r->checks[i].status == s;
	return n;
}

int report_exit_code(const struct report *r)
{
	struct err cause = ERR_INIT;

	if (report_count(r, REPORT_FAIL) > 0)
		return 1;
	if (report_count(r, REPORT_ERROR) == 0)
		return 0;
	cause.kind = r->error == ERR_NONE ? ERR_INTERNAL : r->error;
	return err_exit_code(&cause);
}

const char *report_status_name(enum report_status s)
{
	return status_names[s];
}

const char *report_verdict_name(enum report_verdict v)
{
	return verdict_names[v];
}

const char *report_level_name(enum report_level l)
{
	return level_names[l];
}
