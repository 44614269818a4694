#include "base/str.h"
#include "cli/cmd.h"
#include "cli/export_venv.h"

static const struct opt opts[] = {
	{.name = "variant", .value = "NAME", .help = "only this variant (repeatable)", .repeatable = true},
	{.name = "output", .letter = 'o', .value = "DIR", .help = "folder to write to (default: venv)"},
};

static int run(struct app *app, struct err *err)
{
	const struct strv *operands = &app->options.operands;

	if (operands->n != 1 || !str_eq(operands->v[0], "venv")) {
		err_set(err, ERR_USAGE, "export needs the kind of export: venv");
		return err_hint(err, "write `cudabuild export venv`");
	}
	return export_venv(app, err);
}

const struct cmd cmd_export = {
	.name = "export",
	.summary = "writes the same resolution for other tools: virtual environments",
	.operands = "venv",
	.about =
		"venv: one folder per variant with create.sh and hashed requirements, which make one virtual "
		"environment per CUDA version, so that versions that cannot live in one process live side by side. The "
		"script installs with uv or with plain pip, and refuses (exit 6) on a machine whose driver, glibc or "
		"Python "
		"cannot carry the variant, naming what it found and what is needed; its --dry-run prints the commands, "
		"its "
		"--help all options.",
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
	.run = run,
};
