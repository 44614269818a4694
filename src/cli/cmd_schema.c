#include "base/str.h"
#include "cli/cmd.h"
#include "model/manifest.h"

static int run(struct app *app, struct err *err)
{
	const struct strv *operands = &app->options.operands;
	AUTO_TEXT char *text = NULL;

	if (operands->n > 1 || (operands->n == 1 && !str_eq(operands->v[0], "manifest"))) {
		err_set(err, ERR_USAGE, "schema knows one document: manifest");
		return err_hint(err, "write `cudabuild schema manifest`");
	}
	text = manifest_schema();
	return ui_out(app->ui, text, err);
}

const struct cmd cmd_schema = {
	.name = "schema",
	.summary = "prints the JSON Schema of the manifest",
	.operands = "[manifest]",
	.about = "Editors use it to check and complete cudabuild.yaml. It agrees with the program on every document "
		 "without syntax or cross-key faults.",
	.run = run,
};
