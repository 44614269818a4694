#include "model/report_form.h"

#include "base/str.h"
#include "model/report_table.h"

#include <string.h>

static const struct {
	const char *name, *extension;
	enum report_form form;
} forms[] = {
	{"txt", ".txt", REPORT_TEXT},  {"json", ".json", REPORT_JSON}, {"junit", ".xml", REPORT_JUNIT},
	{"xml", ".xml", REPORT_JUNIT}, {"tap", ".tap", REPORT_TAP},    {"html", ".html", REPORT_HTML},
	{"text", ".txt", REPORT_TEXT},
};

/* The number of the form that is named in front, else of the one that the extension tells; ARRAY_LEN(forms) if none. */
static size_t find_form(const char *value, const char **ret_file)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		const size_t len = strlen(forms[i].name);

		*ret_file = value + len + 1;
		if (strncmp(value, forms[i].name, len) == 0 && value[len] == '=')
			return i;
	}
	*ret_file = value;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (str_ends(value, forms[i].extension))
			return i;
	return ARRAY_LEN(forms);
}

int report_form_of(const char *value, enum report_form *ret, const char **ret_file, struct err *err)
{
	const char *file;
	const size_t found = find_form(value, &file);

	if (found == ARRAY_LEN(forms)) {
		err_set(err, ERR_USAGE, "--report '%s': the form is not known", value);
		return err_hint(err, "name it FILE.xml (JUnit), .json, .tap, .html or .txt, or write FORM=FILE");
	}
	if (!file[0])
		return err_set(err, ERR_USAGE, "--report '%s' names no file", value);
	*ret_file = file;
	*ret = forms[found].form;
	return 0;
}

static size_t width_of(const char *text, size_t least)
{
	const size_t columns = str_columns(text);

	return columns > least ? columns : least;
}

static void add_cell(const char *text, size_t width, const char *colour, struct buf *out)
{
	const size_t columns = str_columns(text);

	buf_addf(out, "  %s%s%s", colour ? colour : "", text, colour ? "\033[0m" : "");
	buf_repeat(out, " ", width > columns ? width - columns : 0);
}

struct widths {
	size_t image, target;
};

enum { NAME_MAX_SHOWN = 60 };

static char *image_name(const struct report_line *l)
{
	return str_shown(l->report->subject, NAME_MAX_SHOWN);
}

static char *target_name(const struct report_line *l)
{
	return str_shown(l->target ? l->target->name : "-", NAME_MAX_SHOWN);
}

static char *kind_name(const struct report_table *t, size_t k)
{
	return str_shown(t->kinds.v[k], NAME_MAX_SHOWN / 3);
}

static struct widths widths_of(const struct report_table *t)
{
	struct widths w = {.image = strlen("image"), .target = strlen("target")};

	for (size_t i = 0; i < t->n; i++) {
		AUTO_TEXT char *image = image_name(&t->lines[i]), *target = target_name(&t->lines[i]);

		w.image = width_of(image, w.image);
		w.target = width_of(target, w.target);
	}
	return w;
}

static void add_line(const struct report_table *t, size_t i, struct widths w, bool colour, struct buf *out)
{
	const struct report_line *l = &t->lines[i];

	AUTO_TEXT char *image = image_name(l), *target = target_name(l);

	add_cell(image, w.image, NULL, out);
	add_cell(target, w.target, NULL, out);
	for (size_t k = 0; k < t->kinds.n; k++) {
		const enum report_status s = report_worst(l->report, t->kinds.v[k]);
		const char *text = s == REPORT__MAX ? "-" : report_status_name(s);

		AUTO_TEXT char *kind = kind_name(t, k);

		add_cell(text, width_of(kind, strlen("error")), colour && s != REPORT__MAX ? report_colour(s) : NULL,
			 out);
	}
	buf_addf(out, "  %s", report_line_verdict(l));
	if (l->target)
		buf_addf(out, " (%s)", report_level_name(l->target->level));
	buf_addc(out, '\n');
}

static void add_table(const struct report_table *t, bool colour, struct buf *out)
{
	const struct widths w = widths_of(t);

	buf_addc(out, '\n');
	add_cell("image", w.image, NULL, out);
	add_cell("target", w.target, NULL, out);
	for (size_t k = 0; k < t->kinds.n; k++) {
		AUTO_TEXT char *kind = kind_name(t, k);

		add_cell(kind, width_of(kind, strlen("error")), NULL, out);
	}
	buf_adds(out, "  verdict\n");
	for (size_t i = 0; i < t->n; i++)
		add_line(t, i, w, colour, out);
}

void report_table_text(const struct report *const *r, size_t n, bool colour, struct buf *out)
{
	AUTO(report_table) struct report_table *t = report_table_new(r, n);

	if (t->n > 1)
		add_table(t, colour, out);
}

void report_texts(const struct report *const *r, size_t n, bool verbose, bool colour, struct buf *out)
{
	for (size_t i = 0; i < n; i++)
		report_text(r[i], verbose, colour, out);
	report_table_text(r, n, colour, out);
}

void report_form(enum report_form form, const struct report *const *r, size_t n, struct buf *out)
{
	switch (form) {
	case REPORT_JSON:
		report_json(r, n, out);
		break;
	case REPORT_JUNIT:
		report_junit(r, n, out);
		break;
	case REPORT_TAP:
		report_tap(r, n, out);
		break;
	case REPORT_HTML:
		report_html(r, n, out);
		break;
	case REPORT_TEXT:
	case REPORT_FORM__MAX:
		report_texts(r, n, true, false, out);
		break;
	}
}
