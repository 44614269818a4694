#include "cli/ui.h"

#include "adapt/json.h"
#include "base/str.h"
#include "base/strv.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { REDRAW_MS = 80, SUBJECTS_MOST = 32 };

struct subject {
	char *name, *said;
	bool ended;
};

struct ui {
	struct ui_opts o;
	bool tty; /* progress is drawn over itself */
	bool colour_err;
	pthread_mutex_t lock;
	struct subject subjects[SUBJECTS_MOST];
	size_t nsubjects, drawn; /* lines on the screen that belong to the drawing */
	long last_ms;
};

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool wants_colour(const struct ui_opts *o, int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (o->colour >= 0)
		return o->colour == 1;
	return isatty(fd) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}

struct ui *ui_new(const struct ui_opts *o)
{
	struct ui *u = xcalloc(1, sizeof(*u));

	u->o = *o;
	u->tty = o->progress == UI_TTY || (o->progress == UI_AUTO && isatty(STDERR_FILENO));
	u->colour_err = wants_colour(o, STDERR_FILENO);
	pthread_mutex_init(&u->lock, NULL);
	return u;
}

static void write_err(const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDERR_FILENO, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

static size_t columns(int fd)
{
	struct winsize w;

	return ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col > 10 ? w.ws_col : 80;
}

size_t ui_width(const struct ui *u)
{
	(void)u;
	return columns(STDOUT_FILENO);
}

size_t ui_wrap(const struct ui *u)
{
	return isatty(STDOUT_FILENO) ? ui_width(u) : 0;
}

static void erase(struct ui *u, struct buf *out)
{
	if (u->drawn > 0)
		buf_addf(out, "\033[%zuA\033[J", u->drawn);
	u->drawn = 0;
}

static void draw(struct ui *u, struct buf *out)
{
	size_t width = columns(STDERR_FILENO) - 1;

	for (size_t i = 0; i < u->nsubjects; i++) {
		AUTO_TEXT char *line = xasprintf("%s: %s", u->subjects[i].name, u->subjects[i].said);
		AUTO_TEXT char *shown = str_shown(line, width);

		buf_addf(out, "%s\n", shown);
		u->drawn++;
	}
}

static struct subject *subject_of(struct ui *u, const char *name)
{
	for (size_t i = 0; i < u->nsubjects; i++)
		if (str_eq(u->subjects[i].name, name))
			return &u->subjects[i];
	if (u->nsubjects == SUBJECTS_MOST)
		return &u->subjects[SUBJECTS_MOST - 1];
	u->subjects[u->nsubjects] = (struct subject){.name = xstrdup(name), .said = xstrdup("")};
	return &u->subjects[u->nsubjects++];
}

static char *event_line(const struct event *e)
{
	AUTO_BUF struct buf b = BUF_INIT;

	buf_adds(&b, e->text ? e->text : "");
	if (e->kind == EVENT_STEP && e->total > 1000000) {
		AUTO_TEXT char *done = str_size(e->done);
		AUTO_TEXT char *total = str_size(e->total);

		buf_addf(&b, " (%s of %s)", done, total);
	}
	return str_shown(buf_text(&b), 160);
}

static const char *prefix_of(const struct ui *u, enum event_kind kind)
{
	if (kind == EVENT_WARNING)
		return u->colour_err ? "\033[33mwarning:\033[0m " : "warning: ";
	if (kind == EVENT_FAILED)
		return u->colour_err ? "\033[31mfailed:\033[0m " : "failed: ";
	return "";
}

static void add_line(struct ui *u, const struct event *e, const char *line, struct buf *out)
{
	AUTO_TEXT char *subject = e->subject ? str_shown(e->subject, 100) : NULL;

	buf_addf(out, "%s%s%s%s\n", prefix_of(u, e->kind), subject ? subject : "", subject ? ": " : "", line);
}

static void emit_tty(struct ui *u, const struct event *e, const char *line)
{
	AUTO_BUF struct buf out = BUF_INIT;
	bool stays = e->kind != EVENT_STEP && (e->kind != EVENT_LOG || u->o.verbose);

	if (e->subject && (e->kind == EVENT_STEP || e->kind == EVENT_LOG || e->kind == EVENT_DONE)) {
		struct subject *s = subject_of(u, e->subject);

		if (e->kind == EVENT_STEP) {
			free(s->said);
			s->said = xstrdup(line);
		}
		s->ended = e->kind == EVENT_DONE;
	}
	if (!stays && now_ms() - u->last_ms < REDRAW_MS)
		return;
	u->last_ms = now_ms();
	erase(u, &out);
	if (stays)
		add_line(u, e, line, &out);
	for (size_t i = 0; i < u->nsubjects;)
		if (u->subjects[i].ended) {
			free(u->subjects[i].name);
			free(u->subjects[i].said);
			memmove(&u->subjects[i], &u->subjects[i + 1], (u->nsubjects - i - 1) * sizeof(u->subjects[0]));
			u->nsubjects--;
		} else {
			i++;
		}
	draw(u, &out);
	write_err(out.data, out.len);
}

static void emit_plain(struct ui *u, const struct event *e, const char *line)
{
	AUTO_BUF struct buf out = BUF_INIT;

	if (e->kind == EVENT_LOG && !u->o.verbose)
		return;
	if (e->kind == EVENT_STEP && e->subject) { /* byte counts alone are no news */
		struct subject *s = subject_of(u, e->subject);

		if (str_eq(s->said, e->text))
			return;
		free(s->said);
		s->said = xstrdup(e->text);
		add_line(u, e, line, &out);
	} else {
		add_line(u, e, line, &out);
	}
	write_err(out.data, out.len);
}

static void emit_json(const struct event *e)
{
	static const char *const kinds[] = {"step", "log", "done", "failed", "note", "warning"};
	AUTO(jdoc) struct jdoc *d = jdoc_new_object();
	AUTO_BUF struct buf out = BUF_INIT;

	jval_put_text(jdoc_root(d), "event", kinds[e->kind]);
	if (e->subject)
		jval_put_text(jdoc_root(d), "subject", e->subject);
	if (e->text)
		jval_put_text(jdoc_root(d), "text", e->text);
	if (e->total) {
		jval_put_u64(jdoc_root(d), "done", e->done);
		jval_put_u64(jdoc_root(d), "total", e->total);
	}
	jdoc_dump(d, JDOC_COMPACT, &out);
	buf_addc(&out, '\n');
	write_err(out.data, out.len);
}

static void emit(void *self, const struct event *e)
{
	struct ui *u = self;
	AUTO_TEXT char *line = NULL;

	if (e->kind == EVENT_STEP && !(e->text && *e->text))
		return;
	if (u->o.quiet && e->kind != EVENT_WARNING && e->kind != EVENT_FAILED)
		return;
	line = event_line(e);
	pthread_mutex_lock(&u->lock);
	if (u->o.progress == UI_JSON)
		emit_json(e);
	else if (u->tty)
		emit_tty(u, e, line);
	else
		emit_plain(u, e, line);
	pthread_mutex_unlock(&u->lock);
}

struct events ui_events(struct ui *u)
{
	return (struct events){.emit = emit, .self = u};
}

/* Takes the drawing off the screen before something else is printed. */
static void settle(struct ui *u)
{
	AUTO_BUF struct buf out = BUF_INIT;

	pthread_mutex_lock(&u->lock);
	if (u->tty)
		erase(u, &out);
	for (size_t i = 0; i < u->nsubjects; i++) {
		free(u->subjects[i].name);
		free(u->subjects[i].said);
	}
	u->nsubjects = 0;
	if (out.len)
		write_err(out.data, out.len);
	pthread_mutex_unlock(&u->lock);
}

void ui_free(struct ui *u)
{
	if (!u)
		return;
	settle(u);
	pthread_mutex_destroy(&u->lock);
	free(u);
}

int ui_out(struct ui *u, const char *text, struct err *err)
{
	size_t len = strlen(text);

	settle(u);
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set_errno(err, errno, "write to standard output");
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

void ui_note(struct ui *u, const char *fmt, ...)
{
	AUTO_BUF struct buf b = BUF_INIT;
	AUTO_STRV struct strv lines = STRV_INIT;
	va_list args;

	va_start(args, fmt);
	buf_addv(&b, fmt, args);
	va_end(args);
	strv_split(&lines, buf_text(&b), "\n");
	for (size_t i = 0; i < lines.n; i++)
		emit(u, &(struct event){.kind = EVENT_NOTE, .text = lines.v[i]});
}

void ui_error(struct ui *u, const char *command, const struct err *e)
{
	AUTO_BUF struct buf out = BUF_INIT;

	settle(u);
	if (e->detail) {
		str_printable(&out, e->detail, strlen(e->detail));
		if (out.len && out.data[out.len - 1] != '\n')
			buf_addc(&out, '\n');
	}
	buf_addf(&out, "%s: %serror:%s ", command, u->colour_err ? "\033[31m" : "", u->colour_err ? "\033[0m" : "");
	str_printable(&out, e->text, strlen(e->text));
	buf_addc(&out, '\n');
	if (e->hint[0]) {
		buf_adds(&out, "hint: ");
		str_printable(&out, e->hint, strlen(e->hint));
		buf_addc(&out, '\n');
	}
	write_err(out.data, out.len);
}

bool ui_colour_out(const struct ui *u)
{
	return wants_colour(&u->o, STDOUT_FILENO);
}

bool ui_verbose(const struct ui *u)
{
	return u->o.verbose;
}
