#include "base/str.h"
#include "inspect/check_parts.h"
#include "model/image_label.h"

#include <string.h>

static void compare(struct report *into, const char *label, const char *want, const char *found, const char *file)
{
	AUTO_TEXT char *id = xasprintf("label.%s", label + strlen(IMAGE_LABEL));
	struct report_check *row;

	if (found && strcmp(want, found) == 0) {
		check_pass(into, id, xstrdup(found));
		return;
	}
	row = check_row(into, id, REPORT_FAIL, "label-mismatch", file);
	row->expected = xasprintf("%s, as the label %s says", want, label);
	row->found = xstrdup(found ? found : "it is not there");
	row->hint = xstrdup("something changed the image after it was built: build it anew");
}

/* The local label counts where the package states one too. */
static void check_package(const struct view *v, enum pkg pkg, struct report *into)
{
	AUTO_TEXT char *label = xasprintf(IMAGE_LABEL "%s", pkg_dist(pkg));
	const char *said = facts_label(v->in->facts, label);
	const struct facts_package *p = facts_find_package(v->in->facts, pkg_name(pkg), NULL, NULL);
	const char *version = p ? p->version : NULL;
	bool local = said && version && strchr(said, '+') && strchr(version, '+');
	AUTO_TEXT char *want = said ? xstrndup(said, local ? strlen(said) : strcspn(said, "+")) : NULL;
	AUTO_TEXT char *found = version ? xstrndup(version, local ? strlen(version) : strcspn(version, "+")) : NULL;

	if (said)
		compare(into, label, want, found, p ? p->path : NULL);
}

void check_labels(const struct view *v, struct report *into)
{
	const struct view_torch *t = v->n_torches > 0 ? &v->torches[0] : NULL;
	const char *cuda = facts_label(v->in->facts, IMAGE_LABEL_CUDA);
	const char *python = facts_label(v->in->facts, IMAGE_LABEL_PYTHON);
	AUTO_TEXT char *built = t && t->cuda.known ? witness_text(t->cuda.low, t->cuda.high) : NULL;

	if (v->in->variant)
		return; /* the plan knows better */
	for (unsigned pkg = 0; pkg < PKG__MAX; pkg++)
		check_package(v, (enum pkg)pkg, into);
	if (cuda && built)
		compare(into, IMAGE_LABEL_CUDA, cuda, built, t->package->path);
	if (python && t && t->python)
		compare(into, IMAGE_LABEL_PYTHON, python, t->python, t->package->site);
}
