#include "cli/answer.h"

#include "model/explain.h"

int answer_no(struct app *app, const struct conflict *why, struct err *err)
{
	AUTO_BUF struct buf out = BUF_INIT;

	if (app->json)
		explain_json(NULL, why, &out);
	else
		explain_text(NULL, why, &out);
	return ui_out(app->ui, buf_text(&out), err) < 0 ? -1 : 1;
}
