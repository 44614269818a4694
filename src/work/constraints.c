#include "work/constraints.h"

#include "base/file.h"
#include "base/str.h"
#include "intake/reqfile.h"
#include "model/label.h"
#include "model/spec.h"

#include <string.h>

#define FILES_MAX 50

struct reading {
	struct manifest_variant *v;
	const char *dir;
	struct strv done; /* files that were read, so that a circle of -r ends */
};

/* Whether the one version that a names is all that both leave. */
static bool decides(const char *a, const struct spec *b)
{
	AUTO(spec) struct spec *spec = NULL;
	struct err err = ERR_INIT;
	if (spec_parse_bare(a, &spec, &err) < 0) {
		err_clear(&err);
		return false;
	}
	const struct ver *v = spec_exact(spec);
	return v && spec_match(b, v);
}

/* Two labels that no wheel has both of: both are kept, for the answer to name them. */
static bool labels_clash(struct manifest_variant *v, enum pkg pkg, const char *more, const struct spec *own,
			 const struct spec *spec, char **place /* taken where they do */)
{
	const char *mine = own ? spec_local(own) : NULL;
	const char *its = spec_local(spec);
	if (!mine || !its || label_agrees(mine, its))
		return false;
	free(v->bound[pkg]);
	free(v->other[pkg]);
	v->bound[pkg] = TAKE(*place);
	v->other[pkg] = xstrdup(more + strspn(more, "="));
	return true;
}

/* The manifest's own wish and one more: one version that both allow is all that is left. */
static void narrow(struct manifest_variant *v, enum pkg pkg, const char *more, const struct spec *spec, char *place)
{
	AUTO(spec) struct spec *own = NULL;
	struct err err = ERR_INIT;
	char **field = &v->packages[pkg];
	char *both = NULL;
	if (*field && spec_parse_bare(*field, &own, &err) < 0)
		err_clear(&err);
	if (labels_clash(v, pkg, more, own, spec, &place))
		return;
	if (own && decides(*field, spec)) {
		free(place);
		return;
	}
	if (!own || decides(more, own))
		both = xstrdup(str_starts(more, "==") && !strchr(more, ',') ? more + 2 : more);
	else
		both = xasprintf("%s,%s", *field, more);
	free(*field);
	*field = both;
	free(v->bound[pkg]);
	v->bound[pkg] = own ? place : NULL;
	if (!own)
		free(place);
}

static int bind(struct reading *r, const struct requirement *q, const char *file, struct err *err)
{
	AUTO(spec) struct spec *spec = NULL;
	if (q->pkg == PKG__MAX || q->elsewhere)
		return 0;
	const char *more = *q->spec ? q->spec : ">=0";
	if (spec_parse(more, &spec, err) < 0)
		return err_wrap(err, "%s:%zu: %s", file, q->line, pkg_name(q->pkg));
	if (*q->spec || !r->v->packages[q->pkg])
		narrow(r->v, q->pkg, more, spec, xasprintf("%s:%zu", file, q->line));
	return 0;
}

static int read_one(struct reading *r, const char *file, struct err *err)
{
	AUTO_BUF struct buf text = BUF_INIT;
	AUTO_TEXT char *path = file_join(r->dir, file);
	struct reqfile q = {.v = NULL};
	if (!file_is_inside(file) || r->done.n >= FILES_MAX || !strv_add_once(&r->done, file))
		return 0;
	int rc = file_read_if_there(path, REQFILE_MAX, &text, err);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	reqfile_read(buf_blob(&text, file), &q);
	for (size_t i = 0; i < q.n && rc == 0; i++)
		rc = bind(r, &q.v[i], file, err);
	AUTO_TEXT char *folder = file_dir(file);
	for (size_t i = 0; i < q.files.n && rc == 0; i++) {
		AUTO_TEXT char *other = file_join(folder, q.files.v[i]);
		rc = read_one(r, other, err);
	}
	reqfile_clear(&q);
	return rc;
}

int constraints_read(struct manifest *m, const char *dir, struct err *err)
{
	int rc = 0;
	for (size_t i = 0; i < m->nvariants && rc == 0; i++) {
		struct reading r = {.v = &m->variants[i], .dir = dir};
		for (size_t k = 0; k < r.v->pip.n && rc == 0; k++) {
			const char *entry = r.v->pip.v[k];
			if (str_starts(entry, "-r"))
				rc = read_one(&r, entry + 2 + strspn(entry + 2, " \t"), err);
		}
		strv_clear(&r.done);
	}
	return rc;
}
