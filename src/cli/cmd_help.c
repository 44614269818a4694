#include "base/str.h"
#include "cli/help.h"

static const struct opt opts[] = {{.name = "man", .help = "the manual page as roff source"}};

static int run(struct app *app, struct err *err)
{
	AUTO_BUF struct buf out = BUF_INIT;
	const struct strv *operands = &app->options.operands;
	const struct cmd *page = NULL;

	for (size_t i = 0; commands[i] && operands->n > 0; i++)
		if (str_eq(commands[i]->name, operands->v[0]))
			page = commands[i];
	if (operands->n > 0 && !page) {
		AUTO_TEXT char *shown = str_shown(operands->v[0], 60);

		return err_set(err, ERR_USAGE, "no manual page for '%s'", shown);
	}
	if (app_flag(app, "man"))
		help_roff(page, &out);
	else if (page)
		help_page(page, &out);
	else
		help_overview(&out);
	return ui_out(app->ui, buf_text(&out), err);
}

const struct cmd cmd_help = {
	.name = "help",
	.summary = "shows all commands, or the manual page of one",
	.operands = "[COMMAND]",
	.about = "Without an operand: all commands and the options that every command takes.",
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
	.run = run,
};
