#include "base/str.h"
#include "cli/help.h"

static int run(struct app *app, struct err *err)
{
	AUTO_BUF struct buf out = BUF_INIT;
	const struct strv *operands = &app->options.operands;
	const char *shell = operands->n == 1 ? operands->v[0] : "";

	if (!str_eq(shell, "bash") && !str_eq(shell, "zsh") && !str_eq(shell, "fish")) {
		err_set(err, ERR_USAGE, "completion needs the name of a shell: bash, zsh or fish");
		return err_hint(err, "for example: cudabuild completion bash > /etc/bash_completion.d/cudabuild");
	}
	help_completion(shell, &out);
	return ui_out(app->ui, buf_text(&out), err);
}

const struct cmd cmd_completion = {
	.name = "completion",
	.summary = "prints the completion script of a shell",
	.operands = "bash|zsh|fish",
	.about = "The script is made from the same table as the help pages. For bash: source <(cudabuild completion "
		 "bash).",
	.run = run,
};
