#include "base/str.h"
#include "cli/answer.h"
#include "cli/cmd.h"
#include "cli/explain_dockerfile.h"
#include "cli/explain_error.h"
#include "cli/question.h"
#include "model/explain.h"
#include "resolve/locked.h"
#include "resolve/resolve.h"
#include "work/facts.h"
#include "work/project.h"

static const struct opt opts[] = {
	{.name = "torch", .value = "VERSION", .help = "version or specifier of torch; a label counts (1.8.1+cu102)"},
	{.name = "torch-sparse", .value = "VERSION", .help = "likewise torch_sparse"},
	{.name = "torch-scatter", .value = "VERSION", .help = "likewise torch_scatter, which torch_sparse implies"},
	{.name = "torch-cluster", .value = "VERSION", .help = "likewise torch_cluster"},
	{.name = "torch-spline-conv", .value = "VERSION", .help = "likewise torch_spline_conv"},
	{.name = "pyg-lib", .value = "VERSION", .help = "likewise pyg_lib"},
	{.name = "cuda",
	 .value = "CUDA",
	 .help = "12.8, 12 (any 12.x), >=12.6, best, all or cpu (repeatable)",
	 .repeatable = true},
	{.name = "python", .value = "VERSION", .help = "3.11, a specifier, 3.13t, or a tag such as cp311"},
	{.name = "os", .value = "OS", .help = "ubuntu22.04 and the like"},
	{.name = "platform", .value = "PLATFORM", .help = "linux/amd64 or linux/arm64"},
	{.name = "gpu", .value = "NAME", .help = "the GPU that it will run on, or its capability (sm_86)"},
	{.name = "compute", .value = "X.Y", .help = "its compute capability, in place of a name"},
	{.name = "driver", .value = "VERSION", .help = "the driver that it will run with"},
	{.name = "target", .value = "NAME", .help = "a target of the manifest (repeatable)", .repeatable = true},
	{.name = "variant", .value = "NAME", .help = "only this variant (repeatable)", .repeatable = true},
	{.name = "dockerfile",
	 .value = "FILE",
	 .help = "read this Dockerfile and the requirement files beside it, and say what clashes"},
	{.name = "error", .value = "FILE", .help = "find known failures in this log; - is standard input"},
};

static const char about[] =
	"Says which CUDA version, base image, Python and wheels fit together and why, or why none do, which fact each "
	"reason rests "
	"on, and what would mend it. The embedded catalog and the lock answer; no server is asked.\n\n"
	"Without versions the manifest is explained. Any option about versions or the target makes the command ignore "
	"the manifest "
	"unless -f or --target is given; then the options stand in for what it says. Such a question is about wheels: "
	"a Python "
	"that "
	"they "
	"are made for, but that no operating system and no known archive brings, is a warning.\n\n"
	"With --error a log is read instead, whatever surrounds the failure in it (timestamps, colours, broken lines): "
	"each "
	"known failure is named with its cause, what proves it and what mends it. The exit code is 0 where a cause was "
	"found "
	"and 1 where none is known.\n\n"
	"With --dockerfile a Dockerfile is read instead: its base, what pip and conda install in the stages that reach "
	"the last one, "
	"pages and indexes, arguments, requirement files and environment.yml beside it. Each clash is named with file "
	"and line.";

static int answer_yes(struct app *app, const struct plan *plan, struct err *err)
{
	AUTO_BUF struct buf out = BUF_INIT;
	if (app->json)
		explain_json(plan, NULL, &out);
	else
		explain_text(plan, NULL, &out);
	if (ui_out(app->ui, buf_text(&out), err) < 0)
		return -1;
	return explain_is_unknown(plan) ? 1 : 0;
}

/* What is asked about. Owns project and asked, of which one is there; the rest are theirs. */
struct question_manifest {
	struct project *project;
	struct manifest *asked;
	struct manifest *manifest;
	const struct plan *lock;
};

static void question_manifest_free(struct question_manifest *q)
{
	project_free(q->project);
	manifest_free(q->asked);
	free(q);
}

DEFINE_AUTO(question_manifest, struct question_manifest);

/* A question on the command line is about wheels: a Python that they are made for is no reason for a no, though no
 * image can be made with it as things stand. */
static int ask_again(const struct manifest *m, const struct known *known, struct resolve_opts *ro, struct plan **plan,
		     struct conflict **why, struct err *err)
{
	struct conflict *first = TAKE(*why);
	ro->any_python = true;
	int rc = resolve(m, known, ro, plan, why, NULL, err);
	conflict_free(first);
	return rc;
}

/* Options that do nothing beside the one that says what is read. */
static int check_options(const struct app *app, struct err *err)
{
	static const char *const beside_dockerfile[] = {
		"torch",  "torch-sparse", "torch-scatter", "torch-cluster", "torch-spline-conv", "pyg-lib", "cuda",
		"python", "os",		  "platform",	   "variant"};
	static const char *const beside_error[] = {"dockerfile", "gpu", "compute", "driver", "target"};
	const char *what = app_value(app, "error") ? "error" : app_value(app, "dockerfile") ? "dockerfile" : NULL;
	const char *idle = NULL;
	for (size_t i = 0; what && !idle && i < ARRAY_LEN(beside_dockerfile); i++)
		idle = app_value(app, beside_dockerfile[i]) ? beside_dockerfile[i] : NULL;
	for (size_t i = 0; str_eq(what, "error") && !idle && i < ARRAY_LEN(beside_error); i++)
		idle = app_value(app, beside_error[i]) ? beside_error[i] : NULL;
	return idle ? err_set(err, ERR_USAGE, "--%s does nothing beside --%s", idle, what) : 0;
}

/* --dockerfile: the targets are those of the options, or of a manifest that is named. */
static int run_dockerfile(struct app *app, struct err *err)
{
	AUTO(manifest) struct manifest *asked = manifest_new("the command line");
	if (question_names_manifest(app) && question_targets(app, asked, err) < 0)
		return -1;
	if (question_apply(app, asked, err) < 0)
		return -1;
	return explain_dockerfile(app, app_value(app, "dockerfile"), asked, err);
}

/* The manifest, where it is meant, or the versions of the command line in an empty one; the options are in it then. */
static int open_question(struct app *app, struct question_manifest *q, struct err *err)
{
	bool versions = question_given(app);
	if (question_names_manifest(app) || !versions) {
		if (project_open(app_value(app, "file"), &q->project, err) < 0 ||
		    question_narrow(app, q->project->manifest, err) < 0)
			return -1;
		q->manifest = q->project->manifest;
		q->lock = versions || app_value(app, "target") ? NULL : q->project->lock;
	} else {
		q->asked = manifest_new("the command line");
		q->manifest = q->asked;
	}
	return question_apply(app, q->manifest, err);
}

static int explain_choice(struct app *app, struct err *err)
{
	AUTO(question_manifest) struct question_manifest *q = xcalloc(1, sizeof(*q));
	AUTO(plan) struct plan *plan = NULL;
	AUTO(conflict) struct conflict *why = NULL;
	AUTO_STRV struct strv only = STRV_INIT;
	AUTO_KNOWN struct known known = KNOWN_INIT;
	struct resolve_opts ro = {.offline = true, .catalog = facts_catalog(), .only = &only};
	if (open_question(app, q, err) < 0)
		return -1;
	ro.lock = q->lock;
	options_values(&app->options, "variant", &only);
	if (ro.lock)
		locked_facts(q->manifest, ro.lock, &known);
	int rc = resolve(q->manifest, &known, &ro, &plan, &why, NULL, err);
	if (rc == RESOLVE_NO && q->asked && app_value(app, "python"))
		rc = ask_again(q->manifest, &known, &ro, &plan, &why, err);
	if (rc == RESOLVE_NO)
		return answer_no(app, why, err);
	return rc < 0 ? -1 : answer_yes(app, plan, err);
}

static int run(struct app *app, struct err *err)
{
	if (check_options(app, err) < 0)
		return -1;
	if (app_value(app, "error"))
		return explain_error(app, app_value(app, "error"), err);
	if (app_value(app, "dockerfile"))
		return run_dockerfile(app, err);
	return explain_choice(app, err);
}

const struct cmd cmd_explain = {
	.name = "explain",
	.summary = "says what fits together and why, or why nothing does",
	.about = about,
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
	.run = run,
};
