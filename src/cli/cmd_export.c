#include "base/str.h"
#include "cli/cmd.h"
#include "cli/export_ci.h"
#include "cli/export_venv.h"

static const struct opt opts[] = {
	{.name = "variant", .value = "NAME", .help = "only this variant (repeatable)", .repeatable = true},
	{.name = "output",
	 .letter = 'o',
	 .value = "DIR",
	 .help = "folder to write to (default: venv; for a recipe the manifest's)"},
};

static int run(struct app *app, struct err *err)
{
	const struct strv *operands = &app->options.operands;
	const char *kind = operands->n == 1 ? operands->v[0] : NULL;

	if (str_eq(kind, "venv"))
		return export_venv(app, err);
	if (str_eq(kind, "github"))
		return export_ci(app, RENDER_GITHUB, err);
	if (str_eq(kind, "gitlab"))
		return export_ci(app, RENDER_GITLAB, err);
	err_set(err, ERR_USAGE, "export needs the kind of export: venv, github or gitlab");
	return err_hint(err, "write `cudabuild export venv`, for instance");
}

const struct cmd cmd_export = {
	.name = "export",
	.summary = "writes the same resolution for other tools: virtual environments, CI recipes",
	.operands = "venv|github|gitlab",
	.about =
		"venv: one folder per variant with create.sh and hashed requirements, which make one virtual "
		"environment per CUDA version, so that versions that cannot live in one process live side by side. The "
		"script installs with uv or with plain pip, and refuses (exit 6) on a machine whose driver, GPU, "
		"glibc "
		"or Python cannot carry the variant, naming what it found and what is needed; its --dry-run prints the "
		"commands, "
		"its "
		"--help all options.\n\n"
		"github, gitlab: a recipe out of the lock (.github/workflows/cudabuild.yml, .gitlab/cudabuild.yml in "
		"the manifest's folder, or in that of -o): checks that lock and files are fresh, builds and tests each "
		"variant without a GPU, and, on runners that have one, with --require-gpu; JUnit reports are uploaded. "
		"Its first lines say which variables and secrets the CI needs. Where the manifest lies below the "
		"repository's root, -o names the root.",
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
	.run = run,
};
