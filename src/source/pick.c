#include "source/pick.h"

#include "base/str.h"
#include "model/label.h"
#include "source/wheelname.h"

#include <string.h>

/* --- labels --- */

static bool same_variant(const struct label *l, const char *variant)
{
	struct err err = ERR_INIT;
	struct cuda want;
	int rc = l->has_variant ? cuda_parse(variant, &want, &err) : -1;
	err_clear(&err);
	return rc == 0 && cuda_same_minor(&l->variant, &want);
}

static bool same_torch(const struct label *l, const char *torch)
{
	struct err err = ERR_INIT;
	struct ver want;
	int rc = torch ? ver_parse(torch, &want, &err) : -1;
	err_clear(&err);
	return rc == 0 && ver_part(&want, 0) == l->torch_major && ver_part(&want, 1) == l->torch_minor;
}

/* Whether the last folder of an unlabelled wheel is its variant's: "cu102", "torch-1.7.0/cu102", "torch-2.0.0+cu118".
 */
static bool folder_says(const struct link *l, const struct fact_ask *a)
{
	const char *slash = strrchr(l->folder, '/');
	const char *last = slash ? slash + 1 : l->folder;
	AUTO_TEXT char *pyg = xasprintf("torch-%s+%s", a->torch ? a->torch : "", a->variant);
	if (!a->torch)
		return str_eq(last, a->variant);
	if (str_eq(last, pyg))
		return true;
	AUTO_TEXT char *older = xasprintf("torch-%s/%s", a->torch, a->variant);
	return str_ends(l->folder, older);
}

/* The place's word for what the label leaves open: 0 against it, 2 for it, 1 a folder of this machine says nothing. */
static int place_fit(const struct link *l, const struct fact_ask *a, enum pick_place place)
{
	if (place == PICK_VARIANT || folder_says(l, a))
		return 2;
	return l->path ? 1 : 0;
}

/* How well a wheel's label fits the question: 0 not at all, 3 it says all itself, else its place's word. */
static int label_fit(const char *label, const struct link *l, const struct fact_ask *a, enum pick_place place)
{
	struct label got;
	if (!a->variant || str_eq(a->channel, "pypi"))
		return *label ? 0 : 3;
	if (strchr(a->variant, '.')) /* a second build is asked for by its whole label */
		return str_eq_case(label, a->variant) ? 3 : 0;
	if (!*label)
		return place_fit(l, a, place);
	if (!label_parse(label, &got) || got.rest[0] || !same_variant(&got, a->variant))
		return 0;
	if (got.has_torch)
		return same_torch(&got, a->torch) ? 3 : 0;
	/* "+cu101" alone says nothing of torch: an extension's place must */
	return a->torch ? place_fit(l, a, place) : 3;
}

/* --- wheels --- */

struct rank {
	int label;
	bool yanked;
	unsigned glibc;
	const char *build, *file;
};

static bool better(const struct rank *a, const struct rank *b)
{
	if (a->label != b->label)
		return a->label > b->label;
	if (a->yanked != b->yanked)
		return b->yanked;
	if (a->glibc != b->glibc)
		return a->glibc < b->glibc;
	int build = strcmp(a->build, b->build);
	return build ? build > 0 : strcmp(a->file, b->file) < 0;
}

/* Fills *rank when the link is a wheel that answers the question. */
static bool rank_wheel(const struct link *l, const struct fact_ask *a, const struct ver *version, enum pick_place place,
		       struct wheelname **keep, struct rank *rank)
{
	AUTO(wheelname) struct wheelname *w = wheelname_parse(l->file);
	AUTO_TEXT char *dist = wheelname_normal(a->package);
	if (!w || !str_eq(w->dist, dist) || ver_cmp_public(&w->version, version) != 0 ||
	    !wheelname_fits(w, a->python, a->platform))
		return false;
	*rank = (struct rank){.label = label_fit(w->version.local, l, a, place),
			      .yanked = l->yanked,
			      .glibc = wheelname_glibc(w),
			      .file = l->file};
	if (!rank->label)
		return false;
	wheelname_free(*keep);
	*keep = TAKE(w);
	rank->build = (*keep)->build ? (*keep)->build : "";
	return true;
}

static bool read_version(const char *text, struct ver *ret)
{
	struct err err = ERR_INIT;
	int rc = text ? ver_parse(text, ret, &err) : -1;
	err_clear(&err);
	return rc == 0;
}

long pick_wheel(const struct links *l, const struct fact_ask *a, enum pick_place place, char **label)
{
	AUTO(wheelname) struct wheelname *best = NULL;
	struct rank best_rank = {.label = 0};
	struct ver version;
	long found = -1;
	if (!a->package || !a->python || !a->platform || !read_version(a->version, &version))
		return -1;
	for (size_t i = 0; i < l->n; i++) {
		AUTO(wheelname) struct wheelname *w = NULL;
		struct rank rank;
		if (!rank_wheel(&l->v[i], a, &version, place, &w, &rank) || (found >= 0 && !better(&rank, &best_rank)))
			continue;
		found = (long)i;
		best_rank = rank;
		wheelname_free(best);
		best = TAKE(w);
	}
	if (best && best->version.local[0])
		*label = xasprintf("+%s", best->version.local);
	return found;
}

long pick_sdist(const struct links *l, const struct fact_ask *a)
{
	struct ver version;
	long found = -1;
	if (!a->package || !read_version(a->version, &version))
		return -1;
	AUTO_TEXT char *dist = wheelname_normal(a->package);
	for (size_t i = 0; i < l->n; i++) {
		const struct link *now = &l->v[i], *best = found >= 0 ? &l->v[found] : NULL;
		if (!wheelname_is_sdist(now->file, dist, &version))
			continue;
		if (!best || (best->yanked && !now->yanked) ||
		    (best->yanked == now->yanked && strcmp(now->file, best->file) < 0))
			found = (long)i;
	}
	return found;
}

/* --- Pythons --- */

/* Reads "cpython-3.11.14+20251014-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz": how good an answer it is, 0 =
 * none. */
static uint64_t python_rank(const char *file, const struct fact_ask *a)
{
	const char *at = str_starts(file, "cpython-") ? file + strlen("cpython-") : NULL;
	const char *machine =
		str_eq(a->platform, "linux/arm64") ? "-aarch64-unknown-linux-gnu-" : "-x86_64-unknown-linux-gnu-";
	bool threaded = str_ends(a->python, "t"), is_threaded = strstr(file, "freethreaded") != NULL;
	AUTO_TEXT char *minor = xstrndup(a->python, strlen(a->python) - threaded);
	uint64_t patch = 0;
	if (!at || !str_ends(file, ".tar.gz") || !strstr(file, machine) || strstr(file, "-debug") ||
	    threaded != is_threaded)
		return 0;
	if (!str_starts(at, minor) || at[strlen(minor)] != '.')
		return 0;
	at += strlen(minor) + 1;
	if (!str_scan_u64(&at, 999, &patch) || (*at != '+' && *at != '-'))
		return 0;
	unsigned form = strstr(file, "install_only_stripped") ? 3 : strstr(file, "install_only") ? 2 : 1;
	return (patch + 1) * 10 + form;
}

long pick_python(const struct links *l, const struct fact_ask *a)
{
	uint64_t best = 0;
	long found = -1;
	for (size_t i = 0; a->python && a->platform && i < l->n; i++) {
		uint64_t rank = python_rank(l->v[i].file, a);
		/* of builds of one patch the one with the newest date */
		if (rank > best || (rank && rank == best && strcmp(l->v[i].file, l->v[found].file) > 0)) {
			best = rank;
			found = (long)i;
		}
	}
	return found;
}
