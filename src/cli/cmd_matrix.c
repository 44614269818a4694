#include "base/str.h"
#include "cli/answer.h"
#include "cli/cmd.h"
#include "cli/question.h"
#include "render/matrix_page.h"
#include "resolve/resolve.h"
#include "resolve/survey.h"
#include "work/facts.h"
#include "work/project.h"

static const struct opt opts[] = {
	{.name = "torch", .value = "VERSION", .help = "only versions of torch that this allows (2.7.1, >=2.5)"},
	{.name = "torch-sparse", .value = "VERSION", .help = "likewise torch_sparse"},
	{.name = "cuda",
	 .value = "CUDA",
	 .help = "12.8, 12 (any 12.x), >=12.6, all or cpu (repeatable)",
	 .repeatable = true},
	{.name = "python", .value = "VERSION", .help = "3.11, a specifier, 3.13t, or a tag such as cp311"},
	{.name = "os", .value = "OS", .help = "ubuntu22.04 and the like (default: every Ubuntu)"},
	{.name = "platform", .value = "PLATFORM", .help = "linux/amd64 or linux/arm64"},
	{.name = "gpu", .value = "NAME", .help = "the GPU to judge for"},
	{.name = "compute", .value = "X.Y", .help = "its compute capability, in place of a name"},
	{.name = "driver", .value = "VERSION", .help = "the driver to judge for"},
	{.name = "target", .value = "NAME", .help = "a target of the manifest (repeatable)", .repeatable = true},
};

static const char about[] =
	"Prints which versions of torch, torch_sparse, CUDA and Python work together: by wheels, or compiled. Each GPU "
	"is native "
	"(machine code for it), JIT (the driver compiles at first use), source (compiling alone helps) or no, with the "
	"reason. The "
	"embedded catalog answers, by the rules of generate and explain; no server is asked.\n\n"
	"The targets of the manifest, where there is one, are judged by name. Any option about versions or the target "
	"makes the "
	"command ignore the manifest unless -f or --target is given. The table shows what works by wheels; -v shows "
	"every row. "
	"--format html writes one page, for a browser, that can be filtered and needs no network.\n\n"
	"Exit code 1: nothing that was asked for works.";

/* The question: the options, and the targets of a manifest where one counts. */
static int read_question(struct app *app, struct manifest *m, struct err *err)
{
	bool found = !question_given(app) && project_found();
	if ((question_names_manifest(app) || found) && question_targets(app, m, err) < 0)
		return -1;
	return question_apply(app, m, err);
}

/* --- the answer --- */

static bool any_works(const struct matrix *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->rows[i].way != CELL_NO && matrix_best(m, &m->rows[i]) != CELL_NO)
			return true;
	return false;
}

static int print(struct app *app, const struct matrix *m, struct err *err)
{
	AUTO_BUF struct buf out = BUF_INIT;
	if (str_eq(app_value(app, "format"), "html")) {
		AUTO(templates) struct templates *t = templates_new();
		if (matrix_page(m, t, &out, err) < 0)
			return -1;
	} else if (app->json) {
		matrix_json(m, &out);
	} else {
		matrix_text(m, ui_width(app->ui), app_flag(app, "verbose"), &out);
	}
	return ui_out(app->ui, buf_text(&out), err) < 0 ? -1 : !any_works(m);
}

/* No row at all: the question itself is at fault, and explain has the words for it. */
static int say_why(struct app *app, const struct manifest *m, const struct matrix *empty, struct err *err)
{
	AUTO(plan) struct plan *plan = NULL;
	AUTO(conflict) struct conflict *why = NULL;
	struct resolve_opts ro = {.offline = true, .catalog = facts_catalog()};
	int rc = resolve(m, NULL, &ro, &plan, &why, NULL, err);
	if (rc == RESOLVE_NO)
		return answer_no(app, why, err);
	return rc < 0 ? -1 : print(app, empty, err);
}

static int run(struct app *app, struct err *err)
{
	AUTO(manifest) struct manifest *m = manifest_new("the command line");
	AUTO(matrix) struct matrix *matrix = NULL;
	if (read_question(app, m, err) < 0 || survey(m, facts_catalog(), &matrix, err) < 0)
		return -1;
	if (!matrix->n && !str_eq(app_value(app, "format"), "html"))
		return say_why(app, m, matrix, err);
	return print(app, matrix, err);
}

const struct cmd cmd_matrix = {
	.name = "matrix",
	.summary = "shows which torch, torch_sparse, CUDA and Python work, and on which targets",
	.about = about,
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
	.html = true,
	.run = run,
};
