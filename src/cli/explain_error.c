#include "cli/explain_error.h"

#include "base/file.h"
#include "base/str.h"
#include "intake/errlog.h"
#include "work/facts.h"

int explain_error(struct app *app, const char *file, struct err *err)
{
	AUTO_BUF struct buf log = BUF_INIT;
	AUTO_BUF struct buf out = BUF_INIT;
	const char *name = str_eq(file, "-") ? "standard input" : file;
	if (file_read(file, ERRLOG_MAX, &log, err) < 0)
		return -1;
	AUTO(diagnosis) struct diagnosis *d = errlog_read(buf_blob(&log, name), facts_catalog());
	if (app->json)
		diagnosis_json(d, &out);
	else
		diagnosis_text(d, name, &out);
	if (ui_out(app->ui, buf_text(&out), err) < 0)
		return -1;
	return d->n ? 0 : 1;
}
