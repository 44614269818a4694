#include "cli/answer.h"

int answer_no(struct app *app, const struct conflict *why, struct err *err)
{
	AUTO_BUF struct buf out = BUF_INIT;

	for (size_t i = 0; i < why->reasons.n; i++)
		buf_addf(&out, "%s: %s\n", why->reasons.v[i].subject, why->reasons.v[i].because);
	for (size_t i = 0; i < why->nsuggestions; i++)
		buf_addf(&out, "way out: %s: %s\n", why->suggestions[i].change, why->suggestions[i].result);
	return ui_out(app->ui, buf_text(&out), err) < 0 ? -1 : 1;
}
