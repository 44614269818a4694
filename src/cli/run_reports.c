#include "cli/run_reports.h"

#include "base/file.h"
#include "model/report_form.h"

int run_reports_check(const struct app *app, struct strv *files, struct err *err)
{
	enum report_form form;
	const char *file;

	options_values(&app->options, "report", files);
	for (size_t i = 0; i < files->n; i++)
		if (report_form_of(files->v[i], &form, &file, err) < 0)
			return -1;
	return 0;
}

static int write_one(const struct report *const *r, size_t n, const char *value, struct err *err)
{
	AUTO_BUF struct buf out = BUF_INIT;
	const char *file = NULL;
	enum report_form form;

	if (report_form_of(value, &form, &file, err) < 0)
		return -1;
	report_form(form, r, n, &out);
	return file_write(file, buf_blob(&out, file), 0666, err);
}

int run_reports_deliver(struct app *app, const struct report *const *r, size_t n, const struct strv *files,
			const char *text, struct err *err)
{
	AUTO_BUF struct buf json = BUF_INIT;
	int code = 0;

	if (app->json)
		report_json(r, n, &json);
	for (size_t i = 0; i < files->n; i++)
		if (write_one(r, n, files->v[i], err) < 0)
			return -1;
	for (size_t i = 0; i < n; i++) {
		int one = report_exit_code(r[i]);

		if (one == 1 || code == 0)
			code = one;
	}
	return ui_out(app->ui, app->json ? buf_text(&json) : text, err) < 0 ? -1 : RUN_EXIT_BASE + code;
}
