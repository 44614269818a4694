/* report_form.h — reports in the forms that others read: JUnit XML, TAP, a page of HTML, beside text and JSON.
 *
 * All forms show every image, every check and every target of the same reports; a skip is a skip in each of them, and
 * no text of an image gets into a document unescaped. Pure: same reports, same bytes.
 * Not here: what a report is (model/report.h), writing files (cli). */
#pragma once

#include "model/report.h"

enum report_form { REPORT_TEXT, REPORT_JSON, REPORT_JUNIT, REPORT_TAP, REPORT_HTML, REPORT_FORM__MAX };

/* Reads "junit=FILE", "FILE.xml" and the like: the name before '=' or the extension tells the form (text txt, json,
 * junit xml, tap, html). *ret_file is borrowed from value. ERR_USAGE where neither does or the file has no name. */
int report_form_of(const char *value, enum report_form *ret, const char **ret_file, struct err *err) NODISCARD;
/* Appends the n reports in that form; text is the verbose one, without colours. */
void report_form(enum report_form form, const struct report *const *r, size_t n, struct buf *out);

/* The text for people: each report as report_text() does it, then the table where there is more than one row in it. */
void report_texts(const struct report *const *r, size_t n, bool verbose, bool colour, struct buf *out);
/* That table alone; nothing where it would have one row. */
void report_table_text(const struct report *const *r, size_t n, bool colour, struct buf *out);
/* JUnit: a suite for each image, a case for each check but `info` and each target. */
void report_junit(const struct report *const *r, size_t n, struct buf *out);
/* TAP 13: a line for each check but `info` and each target; what did not pass with a YAML block. */
void report_tap(const struct report *const *r, size_t n, struct buf *out);
/* One HTML page: no script, no other file, nothing fetched. */
void report_html(const struct report *const *r, size_t n, struct buf *out);
