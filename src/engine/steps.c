#include "engine/steps.h"

#include "base/str.h"
#include "engine/lines.h"

#include <string.h>

#define STEPS_MAX      1024
#define TAIL_LINES     20
#define NAME_MAX_SHOWN 400

struct step {
	char *digest, *name, *error;
	bool started, completed;
	bool counts; /* one of the Dockerfile's own steps */
	struct lines lines;
	struct tail *tail;
	struct steps *of;
};

struct steps {
	const char *subject;
	const struct events *events;
	struct step *v[STEPS_MAX];
	size_t n;
};

struct steps *steps_new(const char *subject, const struct events *events)
{
	struct steps *s = xcalloc(1, sizeof(*s));

	s->subject = subject;
	s->events = events;
	return s;
}

void steps_free(struct steps *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++) {
		struct step *t = s->v[i];

		free(t->digest);
		free(t->name);
		free(t->error);
		lines_clear(&t->lines);
		tail_free(t->tail);
		free(t);
	}
	free(s);
}

static void step_line(void *self, const char *line, size_t len)
{
	struct step *t = self;
	AUTO_TEXT char *text = xstrndup(line, len);
	AUTO_TEXT char *shown = str_shown(text, 4096);

	tail_add(t->tail, shown);
	event_emit(t->of->events, &(struct event){.kind = EVENT_LOG, .subject = t->of->subject, .text = shown});
}

static bool blob_is(struct blob b, const char *text)
{
	return strlen(text) == b.len && memcmp(text, b.data, b.len) == 0;
}

static struct step *step_find(const struct steps *s, struct blob digest)
{
	for (size_t i = 0; i < s->n; i++)
		if (blob_is(digest, s->v[i]->digest))
			return s->v[i];
	return NULL;
}

static char *shown(struct blob b, size_t max)
{
	AUTO_TEXT char *text = xstrndup(b.data, b.len);

	return str_shown(text, max);
}

static struct step *step_add(struct steps *s, const struct trace_vertex *v)
{
	struct step *t;

	if (s->n == STEPS_MAX || v->digest.len > 200)
		return NULL;
	t = xcalloc(1, sizeof(*t));
	t->digest = xstrndup(v->digest.data, v->digest.len);
	t->name = shown(v->name, NAME_MAX_SHOWN);
	t->counts = t->name[0] == '[' && !str_starts(t->name, "[internal]");
	t->of = s;
	t->tail = tail_new(TAIL_LINES);
	t->lines = (struct lines){.on_line = step_line, .self = t};
	s->v[s->n++] = t;
	return t;
}

/* Says where the build is: name of the step, finished of known ones. */
static void steps_say(const struct steps *s, const struct step *now)
{
	struct event e = {.kind = EVENT_STEP, .subject = s->subject, .text = now->name};

	for (size_t i = 0; i < s->n; i++) {
		e.total += s->v[i]->counts;
		e.done += s->v[i]->counts && s->v[i]->completed && !s->v[i]->error;
	}
	event_emit(s->events, &e);
}

static void on_vertex(void *self, const struct trace_vertex *v)
{
	struct steps *s = self;
	struct step *t = step_find(s, v->digest);

	if (!t)
		t = step_add(s, v);
	if (!t)
		return;
	if (v->error.len > 0 && !t->error)
		t->error = shown(v->error, 900);
	bool news = (v->started && !t->started) || (v->completed && !t->completed);

	t->started |= v->started;
	t->completed |= v->completed;
	if (v->completed)
		lines_end(&t->lines);
	if (news)
		steps_say(s, t);
}

static void on_log(void *self, const struct trace_log *l)
{
	struct step *t = step_find(self, l->vertex);

	if (t)
		lines_feed(&t->lines, l->data.data, l->data.len);
}

bool steps_feed(struct steps *s, const void *data, size_t len)
{
	struct trace_sink sink = {.on_vertex = on_vertex, .on_log = on_log, .self = s};

	return trace_read(data, len, &sink);
}

static const struct step *step_failed(const struct steps *s)
{
	const struct step *any = NULL;

	for (size_t i = 0; i < s->n; i++) {
		const struct step *t = s->v[i];

		if (!t->error)
			continue;
		if (!strstr(t->error, "context canceled") && !strstr(t->error, "code = Canceled"))
			return t;
		if (!any)
			any = t;
	}
	return any;
}

const char *steps_failed(const struct steps *s, const char **ret_error)
{
	const struct step *t = step_failed(s);

	if (!t)
		return NULL;
	*ret_error = t->error;
	return t->name;
}

char *steps_tail(const struct steps *s)
{
	const struct step *t = step_failed(s);

	if (!t)
		return NULL;
	return tail_text(t->tail);
}

int steps_exit_code(const char *error)
{
	static const char mark[] = "exit code: ";
	const char *at = NULL, *next = error;
	uint64_t code;

	while ((next = strstr(next, mark)) != NULL)
		at = next += sizeof(mark) - 1;
	return at && str_scan_u64(&at, 255, &code) ? (int)code : -1;
}
