/* event.h — progress as a value: floors below cli emit it, the terminal draws it, tests record it; nobody else prints.
 */
#pragma once

#include <stdint.h>

enum event_kind {
	EVENT_STEP,   /* a step of a subject begins or goes on: text says what; done/total where known */
	EVENT_LOG,    /* one line that a step printed */
	EVENT_DONE,   /* the subject is finished well; text says with what result */
	EVENT_FAILED, /* the subject is finished, not well */
	EVENT_NOTE,   /* something the user should know; not progress */
	EVENT_WARNING,
};

struct event {
	enum event_kind kind;
	const char *subject;  /* borrowed: the variant, image or file that it is about; may be NULL */
	const char *text;     /* borrowed, foreign bytes possible: whoever prints cleans */
	uint64_t done, total; /* bytes or steps; total 0 = unknown */
};

struct events {
	void (*emit)(void *self, const struct event *e);
	void *self;
};

/* Emits if there is somebody to listen: to may be NULL. */
static inline void event_emit(const struct events *to, const struct event *e)
{
	if (to && to->emit)
		to->emit(to->self, e);
}

/* Emits a kind with subject and text. */
static inline void event_say(const struct events *to, enum event_kind kind, const char *subject, const char *text)
{
	event_emit(to, &(struct event){.kind = kind, .subject = subject, .text = text});
}
