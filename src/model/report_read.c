#include "adapt/json.h"
#include "base/str.h"
#include "model/report.h"

/* The number of a word in a list, or -1 with err. */
static int word(struct jval row, const char *key, const char *(*name)(unsigned n), unsigned n, unsigned *ret,
		struct err *err)
{
	const char *text = NULL;

	if (jval_text(row, key, &text, err) < 0)
		return -1;
	for (unsigned i = 0; i < n; i++)
		if (str_eq(name(i), text)) {
			*ret = i;
			return 0;
		}
	return jval_fail(row, err, "an unknown %s", key);
}

static const char *status_of(unsigned n)
{
	return report_status_name((enum report_status)n);
}

static const char *verdict_of(unsigned n)
{
	return report_verdict_name((enum report_verdict)n);
}

static const char *level_of(unsigned n)
{
	return report_level_name((enum report_level)n);
}

static int copy(struct jval row, const char *key, char **into, struct err *err)
{
	const char *text = NULL;

	if (jval_text_opt(row, key, &text, err) < 0)
		return -1;
	*into = xstrdup(text);
	return 0;
}

static int read_check(struct jval row, struct report *r, struct err *err)
{
	unsigned status = 0, level = 0;
	const char *id = NULL;
	struct report_check *c;

	if (jval_text(row, "id", &id, err) < 0 || word(row, "status", status_of, REPORT__MAX, &status, err) < 0 ||
	    word(row, "level", level_of, LEVEL_GPU + 1, &level, err) < 0)
		return -1;
	c = report_add(r, id, (enum report_status)status);
	c->level = (enum report_level)level;
	return copy(row, "code", &c->code, err) < 0 || copy(row, "expected", &c->expected, err) < 0 ||
			       copy(row, "found", &c->found, err) < 0 || copy(row, "file", &c->file, err) < 0 ||
			       copy(row, "hint", &c->hint, err) < 0
		       ? -1
		       : 0;
}

static int read_target(struct jval row, struct report *r, struct err *err)
{
	unsigned verdict = 0, level = 0;
	const char *name = NULL, *because = NULL;

	if (jval_text(row, "name", &name, err) < 0 || jval_text_opt(row, "because", &because, err) < 0 ||
	    word(row, "verdict", verdict_of, TARGET_UNKNOWN + 1, &verdict, err) < 0 ||
	    word(row, "level", level_of, LEVEL_GPU + 1, &level, err) < 0)
		return -1;
	(void)report_add_target(r, name, (enum report_verdict)verdict, (enum report_level)level, because);
	return 0;
}

static int read_package(struct jval row, struct report *r, struct err *err)
{
	const char *name = NULL;
	struct report_package *p;

	if (jval_text(row, "name", &name, err) < 0)
		return -1;
	p = report_add_package(r, name, NULL, NULL, NULL);
	return copy(row, "version", &p->version, err) < 0 || copy(row, "path", &p->path, err) < 0 ||
			       copy(row, "cuda", &p->cuda, err) < 0 || copy(row, "cxx11_abi", &p->cxx11_abi, err) < 0 ||
			       copy(row, "glibc", &p->glibc, err) < 0 ||
			       jval_strv_opt(row, "witnesses", &p->witnesses, err) < 0 ||
			       jval_strv_opt(row, "archs", &p->archs, err) < 0
		       ? -1
		       : 0;
}

static int read_sizes(struct jval image, const char *key, struct report_sizes *into, struct err *err)
{
	struct jval list, it = {.doc = NULL};

	if (jval_get_opt(image, key, JDOC_ARRAY, &list, err) < 0)
		return -1;
	while (jval_is_there(list) && jval_next(list, &it)) {
		const char *name = NULL, *made_by = NULL;
		uint64_t size = 0;

		if (jval_text(it, "name", &name, err) < 0 || jval_u64(it, "size", INT64_MAX, &size, err) < 0 ||
		    jval_text_opt(it, "made_by", &made_by, err) < 0)
			return -1;
		report_add_size(into, name, made_by, size);
	}
	return 0;
}

static int read_image(struct jval image, struct report *r, struct err *err)
{
	uint64_t files = 0;

	if (jval_u64_opt(image, "files", INT64_MAX, &files, err) < 0 ||
	    jval_u64_opt(image, "size", INT64_MAX, &r->size, err) < 0 || copy(image, "image", &r->image, err) < 0 ||
	    copy(image, "source", &r->source, err) < 0 || read_sizes(image, "layers", &r->layers, err) < 0 ||
	    read_sizes(image, "sizes", &r->sizes, err) < 0)
		return -1;
	r->files = (size_t)files;
	return 0;
}

static int read_list(struct jval root, const char *key, int (*read)(struct jval row, struct report *r, struct err *err),
		     struct report *r, struct err *err)
{
	struct jval list, it = {.doc = NULL};

	if (jval_get(root, key, JDOC_ARRAY, &list, err) < 0)
		return -1;
	while (jval_next(list, &it))
		if (jval_want(it, JDOC_OBJECT, err) < 0 || read(it, r, err) < 0)
			return -1;
	return 0;
}

/* The kind of error that the first such row names by its code. */
static void find_cause(struct report *r)
{
	for (size_t i = 0; i < r->nchecks && r->error == ERR_NONE; i++)
		for (unsigned k = ERR_NONE + 1; k < ERR__MAX && r->checks[i].status == REPORT_ERROR; k++)
			if (str_eq(r->checks[i].code, err_kind_name((enum err_kind)k)))
				r->error = (enum err_kind)k;
}

int report_parse(struct blob text, struct report **ret, struct err *err)
{
	AUTO(jdoc) struct jdoc *d = NULL;
	AUTO(report) struct report *r = NULL;
	struct jval images, image = {.doc = NULL};
	const char *subject = NULL;

	if (jdoc_parse_as(ERR_PROTOCOL, text, &d, err) < 0 ||
	    jval_get(jdoc_root(d), "images", JDOC_ARRAY, &images, err) < 0)
		return -1;
	if (!jval_next(images, &image) || jval_count(images) != 1)
		return jval_fail(images, err, "must be one report");
	if (jval_text(image, "subject", &subject, err) < 0)
		return -1;
	r = report_new(subject);
	if (read_image(image, r, err) < 0 || read_list(jdoc_root(d), "checks", read_check, r, err) < 0 ||
	    read_list(jdoc_root(d), "targets", read_target, r, err) < 0 ||
	    read_list(jdoc_root(d), "packages", read_package, r, err) < 0)
		return -1;
	find_cause(r);
	*ret = TAKE(r);
	return 0;
}
