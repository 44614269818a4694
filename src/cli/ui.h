/* ui.h — the only place that writes to the terminal: results on stdout, progress, notes and errors on stderr.
 *
 * Progress is drawn over itself on a terminal (one line per subject), printed line by line elsewhere, as JSON lines
 * with
 * --progress json, or not at all with -q. Events may come from several threads. Foreign bytes are cleaned before they
 * are printed. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/event.h"

enum ui_progress { UI_AUTO, UI_PLAIN, UI_TTY, UI_JSON };

struct ui_opts {
	bool quiet, verbose;
	enum ui_progress progress;
	int colour; /* -1 auto (terminal and no NO_COLOR), 0 never, 1 always */
};

struct ui;
struct ui *ui_new(const struct ui_opts *o) NODISCARD;
/* Ends the drawing: what is on the screen stays. */
void ui_free(struct ui *u);
DEFINE_AUTO(ui, struct ui);

/* The sink for events, valid as long as u. */
struct events ui_events(struct ui *u) NODISCARD;
/* Writes to standard output, whole; ERR_IO when that fails (a closed pipe, a full disk). */
int ui_out(struct ui *u, const char *text, struct err *err) NODISCARD;
/* Lines for the user on stderr, unless -q. */
void ui_note(struct ui *u, const char *fmt, ...) PRINTF(2, 3);
/* Shows an error with detail and hint; also with -q. */
void ui_error(struct ui *u, const char *command, const struct err *e);
bool ui_colour_out(const struct ui *u) NODISCARD; /* whether stdout takes colour */
size_t ui_width(const struct ui *u) NODISCARD;	  /* columns of stdout: of its terminal, 80 where it is none */
size_t ui_wrap(const struct ui *u) NODISCARD;	  /* columns to break texts at: 0 where stdout is no terminal */
bool ui_verbose(const struct ui *u) NODISCARD;
