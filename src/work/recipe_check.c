#include "work/recipe_check.h"

#include "base/str.h"
#include "rules/arch.h"
#include "rules/driver_fit.h"
#include "rules/libs.h"
#include "rules/match.h"
#include "work/recipe_judge.h"

#include <string.h>

/* --- the base --------------------------------------------------------------------------------------------------------
 */

static void check_base(struct judging *j, size_t i)
{
	const struct recipe_base *from = &j->r->bases[i];
	struct baseimage b = baseimage_read(j->c, from->image);
	struct reason *r;
	if (b.kind != BASEIMAGE_CUDA)
		return;
	bool ngc = str_starts(from->image, "nvcr.io/");
	if (!b.row) {
		r = judge_say(j, REASON_BASE_TAG_UNPROVEN, SEVERITY_WARNING, j->file, from->line, from->image);
		r->because = xstrdup("the catalog has no row of this tag");
		r->fact = xstrdup("tags.csv");
	} else if (b.row->presence == PRESENCE_REMOVED) {
		r = judge_say(j, ngc ? REASON_BASE_TAG_UNPROVEN : REASON_BASE_TAG_MISSING, SEVERITY_WARNING, j->file,
			      from->line, from->image);
		r->because =
			ngc ? xstrdup("this tag was removed from Docker Hub; whether nvcr.io still has it was not seen")
			    : xstrdup("this tag was removed from Docker Hub, so nobody can build this file from there "
				      "any more");
		r->fact = xasprintf("tags.csv: %s removed", b.tag);
		r->source = xstrdup(catalog_str(j->c, b.row->evidence));
		r->fix = ngc	   ? xstrdup("a newer patch, or a copy in a registry of your own")
			 : !b.cuda ? xstrdup("FROM a tag with version, flavor and OS "
					     "(nvidia/cuda:12.8.1-base-ubuntu24.04): "
					     "there is no latest")
				   : xasprintf("FROM nvcr.io/nvidia/cuda:%s, where NVIDIA keeps tags longer, or a "
					       "newer patch",
					       b.tag);
	}
}

/* --- torch -----------------------------------------------------------------------------------------------------------
 */

static void say_no_torch_row(struct judging *j)
{
	const struct view_torch *t = &j->torch;
	char cuda[CUDA_TEXT];
	struct keys_text rows = judge_torch_cudas(j, t->version);
	uint32_t newest = 0;
	(void)catalog_torch_versions(j->c, &newest, 1);
	bool newer = t->version > newest;
	struct reason *r = judge_say(j, newer ? REASON_VERSION_UNKNOWN : REASON_NO_WHEEL,
				     newer ? SEVERITY_WARNING : SEVERITY_ERROR, t->file, t->line, j->torch_name);
	r->because = newer	    ? xstrdup("newer than the catalog")
		     : rows.text[0] ? xasprintf("%s has wheels for %s, and none for %s", j->torch_name, rows.text,
						cuda_key_text(t->cuda, cuda))
				    : xstrdup("no row of the catalog has this version");
	r->fact = xstrdup("torch.csv");
	if (rows.text[0])
		r->fix = xasprintf("one of %s, for torch and the extensions alike", rows.text);
	j->unknown = j->unknown || newer;
}

static void check_torch_place(struct judging *j)
{
	const struct view_torch *t = &j->torch;
	struct reason *r;
	if (t->from->redirected) {
		r = judge_say(j, REASON_UNPINNED, SEVERITY_WARNING, t->file, t->line, j->torch_name);
		r->because = xstrdup(
			"the shell takes the unquoted > as a redirection into a file: any version is installed");
		r->fix = xstrdup("quote the requirement");
	} else if (!*t->from->spec) {
		r = judge_say(j, REASON_UNPINNED, SEVERITY_WARNING, t->file, t->line, j->torch_name);
		r->because = xstrdup("no version is named: what is installed changes with every release");
		r->fix = xstrdup("name the version and the label");
	}
	bool nowhere = t->labelled && !t->from->url && !t->from->links.n && !t->from->indexes.n && !t->conda;
	if (nowhere) {
		r = judge_say(j, REASON_NO_WHEEL, SEVERITY_ERROR, t->file, t->line, j->torch_name);
		r->because = xstrdup("files on PyPI never have a label, and no other index is named");
		r->fact = xstrdup("compatibility, 4.1");
		r->fix = xstrdup("--index-url https://download.pytorch.org/whl/cuNNN");
	}
}

/* No wheel of the family is for musl. */
static void check_musl(struct judging *j)
{
	const struct recipe_base *base = &j->r->bases[j->r->nbases - 1];
	if (!j->base.musl || !j->torch.from || j->torch.conda)
		return;
	struct reason *r =
		judge_say(j, REASON_PLATFORM_UNSUPPORTED, SEVERITY_ERROR, j->torch.file, j->torch.line, j->torch_name);
	r->because = xasprintf("%s has musl as its C library, and every wheel of torch and its extensions is for glibc",
			       base->image);
	r->fact = xstrdup("torch.csv: platforms");
	r->fix = xstrdup("a base of Debian, Ubuntu or the like");
}

/* The Python that a wheel's own name says, "cp38" of "-cp38-cp38-linux_x86_64.whl"; -1 = none, or one for several. */
static int python_of_file(const struct catalog *c, const char *url)
{
	const char *tag = url && str_ends(url, ".whl") ? strstr(url, "-cp3") : NULL;
	uint64_t minor = 0;
	if (!tag)
		return -1;
	tag += strlen("-cp3");
	bool ok = str_scan_u64(&tag, 99, &minor) && !str_starts(tag, "-abi3");
	return ok ? catalog_python_of(c, (uint16_t)(300 + minor)) : -1;
}

/* Wheels that are named by their files. */
static void check_files(struct judging *j)
{
	for (size_t i = 0; i < j->r->n; i++) {
		const struct recipe_install *v = &j->r->v[i];
		int its = python_of_file(j->c, v->url);
		if (its < 0 || j->python < 0 || j->c->pythons[its].version == j->c->pythons[j->python].version)
			continue;
		struct reason *r =
			judge_say(j, REASON_PYTHON_UNSUPPORTED, SEVERITY_ERROR, v->file, v->line, pkg_name(v->pkg));
		r->because = xasprintf("this file is for Python %s, and the image has %s: pip refuses it",
				       catalog_str(j->c, j->c->pythons[its].name),
				       catalog_str(j->c, j->c->pythons[j->python].name));
		r->fact = xstrdup("the tag in the file's name");
		r->fix = xstrdup("the file with the tag of the image's Python, or its page with -f, where pip chooses");
	}
}

static void check_torch(struct judging *j)
{
	const struct view_torch *t = &j->torch;
	struct reason *r;
	if (t->from)
		check_torch_place(j);
	if (t->version && t->has_cuda && !t->row && !t->foreign && !t->conda)
		say_no_torch_row(j);
	if (t->version && t->has_cuda && t->cuda && !t->row && t->conda && t->from) {
		r = judge_say(j, REASON_UNPROVEN, SEVERITY_WARNING, t->file, t->line, j->torch_name);
		r->because = xstrdup("conda's own builds are not in the catalog, and no wheel has this torch for this "
				     "CUDA: whether a channel has it is not known");
		j->unknown = true;
	}
	if (!t->row)
		return;
	if (!t->conda && j->python >= 0 && !match_python(t->row->pythons, j->python)) {
		r = judge_say(j, REASON_PYTHON_UNSUPPORTED, SEVERITY_ERROR, t->file, t->line, j->torch_name);
		AUTO_BUF struct buf pythons = BUF_INIT;
		catalog_pythons_text(j->c, t->row->pythons, &pythons);
		r->because = xasprintf("it has wheels for Python %s, and the image has %s", buf_text(&pythons),
				       catalog_str(j->c, j->c->pythons[j->python].name));
		r->fact = xasprintf("torch.csv: %s", j->torch_name);
		r->source = xstrdup(catalog_str(j->c, t->row->source));
	}
	if (!t->conda && j->base.os && !match_glibc(j->base.os->glibc, t->row->glibc)) {
		char need[CUDA_TEXT];
		char have[CUDA_TEXT];
		r = judge_say(j, REASON_GLIBC_TOO_OLD, SEVERITY_ERROR, t->file, t->line, j->torch_name);
		r->because =
			xasprintf("the wheel needs glibc %s, %s has %s", catalog_minor_text(t->row->glibc, need),
				  catalog_str(j->c, j->base.os->name), catalog_minor_text(j->base.os->glibc, have));
		r->fact = xasprintf("torch.csv: %s", j->torch_name);
		r->fix = xstrdup("a newer base");
	}
}

/* --- what must be in the image
 * ---------------------------------------------------------------------------------------- */

static void check_libraries(struct judging *j, const struct view_extension *sparse)
{
	const struct view_torch *t = &j->torch;
	bool cpu = sparse->has_cuda && !sparse->cuda;
	if (!t->row || t->conda || !t->cuda || cpu || j->base.kind == BASEIMAGE_OTHER ||
	    j->base.kind == BASEIMAGE_UNKNOWN || j->base.kind == BASEIMAGE_NGC) /* that one has a whole toolkit */
		return;
	enum libs_need need = libs_needed(j->c, t->cuda, (enum libs)t->row->libs, true, sparse->version);
	const char *soname = libs_soname(t->cuda, need);
	bool same = j->base.kind == BASEIMAGE_CUDA && j->base.cuda / 100 == t->cuda / 100 &&
		    (t->cuda / 100 > 10 || j->base.cuda == t->cuda);
	bool enough = same && (need != LIBS_NEED_CUSPARSE || !j->base.has_flavor || j->base.flavor != FLAVOR_BASE);
	if (need == LIBS_NEED_NONE || enough || !soname)
		return;
	bool other = j->base.kind == BASEIMAGE_CUDA && !same;
	const struct recipe_base *from = &j->r->bases[j->r->nbases - 1];
	char cuda[CUDA_TEXT];
	struct reason *r = judge_say(j, other ? REASON_CUDA_MAJOR_MISMATCH : REASON_MISSING_CUDA_LIBRARY,
				     SEVERITY_ERROR, j->file, from->line, from->image);
	r->because = xasprintf(
		"the extensions for CUDA %s need %s, which no wheel brings under that name, and this base has "
		"%s",
		cuda_key_text(t->cuda, cuda), soname, other ? "another CUDA" : "it not");
	r->fact = xstrdup(need == LIBS_NEED_CUSPARSE ? "requirements.csv: links_cusparse"
						     : "torch.csv: libraries bundled");
	r->fix = xasprintf("FROM nvidia/cuda:%s.*-%s-*", cuda, need == LIBS_NEED_CUSPARSE ? "runtime" : "base");
}

static void check_extensions(struct judging *j)
{
	bool scatter = false;
	const struct recipe_install *sparse = NULL;
	for (size_t i = 0; i < j->r->n; i++) {
		const struct recipe_install *v = &j->r->v[i];
		if (v->pkg == PKG_TORCH || recipe_view_repeats(j->r, i))
			continue;
		scatter = scatter || v->pkg == PKG_TORCH_SCATTER;
		sparse = v->pkg == PKG_TORCH_SPARSE ? v : sparse;
		judge_extension(j, i);
	}
	if (!sparse)
		return;
	struct view_extension e = recipe_view_extension(sparse, j->c, &j->torch, j->python);
	check_libraries(j, &e);
	if (scatter || sparse->conda)
		return;
	struct reason *r =
		judge_say(j, REASON_MISSING_TORCH_SCATTER, SEVERITY_ERROR, sparse->file, sparse->line, "torch_sparse");
	r->because = xstrdup("torch_sparse imports torch_scatter, does not declare it, and nothing here installs it");
	r->fact = xstrdup("requirements.csv: needs_scatter");
	r->fix = xstrdup("install torch_scatter from the same page");
}

/* --- where it runs
 * ---------------------------------------------------------------------------------------------------- */

static unsigned target_cc(const struct judging *j, const struct manifest_target *t)
{
	unsigned cc = 0;
	const struct gpu_row *gpu = t->gpu ? catalog_gpu(j->c, t->gpu) : NULL;
	if (t->compute && !catalog_cc_parse(t->compute, &cc))
		cc = 0;
	return gpu ? gpu->cc : cc;
}

/* Whether the GPU is older than all that the set is for. */
static bool is_older(const struct catalog *c, struct arch_set archs, unsigned cc)
{
	for (size_t i = 0; i < c->n_archs; i++)
		if (archs.sass >> i & 1)
			return cc < c->archs[i].cc;
	return false;
}

static void check_arch(struct judging *j, const struct manifest_target *t, const char *what, struct arch_set archs)
{
	unsigned cc = target_cc(j, t);
	char text[CUDA_TEXT];
	if (!cc || arch_covers(j->c, archs, cc) != ARCH_NONE)
		return;
	AUTO_BUF struct buf has = BUF_INIT;
	catalog_archs_text(j->c, archs, &has);
	struct reason *r = judge_say(j, REASON_ARCH_NOT_COVERED, SEVERITY_ERROR, j->torch.file, j->torch.line, what);
	r->because = xasprintf("it has code for %s, and %s is %s", buf_text(&has), t->name, catalog_cc_text(cc, text));
	r->fact = xstrdup("torch.csv and archs.csv");
	r->fix = xstrdup(is_older(j->c, archs, cc) ? "a variant that still has code for it: an older CUDA, or an "
						     "older torch"
						   : "a newer CUDA variant");
}

static int check_gpu_name(const struct catalog *c, const char *gpu, struct err *err)
{
	if (!gpu || catalog_gpu(c, gpu))
		return 0;
	const struct gpu_row *near = catalog_gpu_nearest(c, gpu);
	return err_set(err, ERR_INPUT, "unknown GPU '%s'%s%s%s", gpu, near ? " (did you mean '" : "",
		       near ? catalog_str(c, near->name) : "", near ? "'?)" : "");
}

/* The driver against torch's own CUDA. */
static void check_driver_runs(struct judging *j, const struct manifest_target *t, const struct driver *d)
{
	char cuda[CUDA_TEXT];
	char least[DRIVER_TEXT];
	if (!j->torch.has_cuda || !j->torch.cuda || driver_runs(j->c, j->torch.cuda, d) != DRIVER_TOO_OLD)
		return;
	struct reason *r =
		judge_say(j, REASON_DRIVER_TOO_OLD, SEVERITY_ERROR, j->torch.file, j->torch.line, j->torch_name);
	r->because = xasprintf("CUDA %s needs driver %s, %s has %s", cuda_key_text(j->torch.cuda, cuda),
			       driver_text(catalog_driver_min(j->c, j->torch.cuda), least), t->name, t->driver);
	r->fact = xasprintf("toolkits.csv: %s", cuda);
	r->fix = xstrdup("a newer driver or an older CUDA");
}

/* The driver against what the base image demands before a container starts. */
static void check_driver_meets(struct judging *j, const struct manifest_target *t, const struct driver *d)
{
	char cuda[CUDA_TEXT];
	if (j->base.kind != BASEIMAGE_CUDA || !j->base.cuda ||
	    driver_meets_require(j->c, j->base.cuda, d) != DRIVER_TOO_OLD)
		return;
	const struct recipe_base *base = &j->r->bases[j->r->nbases - 1];
	bool runs = driver_runs(j->c, j->base.cuda, d) == DRIVER_FITS;
	struct reason *r =
		judge_say(j, REASON_DRIVER_REFUSED_BY_IMAGE, SEVERITY_WARNING, j->file, base->line, base->image);
	r->because = xasprintf("its NVIDIA_REQUIRE_CUDA asks for a driver of CUDA %s, and %s has %s%s",
			       cuda_key_text(j->base.cuda, cuda), t->name, t->driver,
			       runs ? "; minor-version compatibility would allow it" : "");
	r->fact = xasprintf("toolkits.csv: %s", cuda);
	r->fix = xstrdup("a base of an older CUDA, or NVIDIA_DISABLE_REQUIRE=1 where the CUDA major is the same");
}

static int check_target(struct judging *j, const struct manifest_target *t, struct err *err)
{
	struct driver d;
	if (check_gpu_name(j->c, t->gpu, err) < 0)
		return -1;
	if (j->torch.row && j->torch.cuda)
		check_arch(j, t, j->torch_name, j->torch.row->archs);
	if (!t->driver)
		return 0;
	if (driver_parse(t->driver, &d, err) < 0)
		return -1;
	check_driver_runs(j, t, &d);
	check_driver_meets(j, t, &d);
	return 0;
}

/* --- all
 * -------------------------------------------------------------------------------------------------------------- */

static void settle(struct judging *j)
{
	struct conflict *why = j->why;
	bool error = false;
	reasons_settle(&why->reasons);
	for (size_t i = 0; i < why->reasons.n; i++)
		error = error || why->reasons.v[i].severity == SEVERITY_ERROR;
	why->verdict = error ? VERDICT_CONFLICT : j->unknown ? VERDICT_UNKNOWN : VERDICT_COMPATIBLE;
	if (error)
		judge_suggest(j);
}

int recipe_check(const struct recipe *r, const char *file, const struct catalog *c,
		 const struct manifest_target *targets, size_t n, struct conflict **ret, struct err *err)
{
	AUTO(conflict) struct conflict *why = conflict_new(VERDICT_COMPATIBLE);
	struct judging j = {.r = r, .c = c, .file = file, .why = why, .targets = targets, .ntargets = n};
	j.base = baseimage_read(c, r->bases[r->nbases - 1].image);
	j.python = recipe_view_python(r, c);
	j.torch = recipe_view_torch(r, c, file, r->n);
	judge_name_torch(&j);
	why->question = judge_question(&j);
	for (size_t i = 0; i < r->nbases; i++)
		check_base(&j, i);
	if (j.torch.there) {
		check_torch(&j);
		check_musl(&j);
		check_extensions(&j);
	}
	check_files(&j);
	judge_missing(&j);
	for (size_t i = 0; i < n; i++)
		if (check_target(&j, &targets[i], err) < 0)
			return -1;
	settle(&j);
	*ret = TAKE(why);
	return 0;
}
