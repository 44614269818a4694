#include "adapt/json.h"
#include "cli/cmd.h"
#include "model/catalog.h"

static int run(struct app *app, struct err *err)
{
	AUTO_BUF struct buf out = BUF_INIT;
	AUTO(jdoc) struct jdoc *d = jdoc_new_object();

	if (app->json) {
		jval_put_u64(jdoc_root(d), "schema", 1);
		jval_put_text(jdoc_root(d), "version", CUDABUILD_VERSION);
		jval_put_text(jdoc_root(d), "catalog", catalog_builtin.id);
		jdoc_dump(d, JDOC_PRETTY, &out);
	} else {
		buf_addf(&out, "cudabuild %s\ncatalog %.12s\n", CUDABUILD_VERSION, catalog_builtin.id);
	}
	return ui_out(app->ui, buf_text(&out), err);
}

const struct cmd cmd_version = {
	.name = "version",
	.summary = "shows the program's version and its catalog's id",
	.about = "The catalog's id is the hash of the facts that were compiled in; locks record it.",
	.run = run,
};
