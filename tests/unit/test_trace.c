#include "engine/trace.h"

#include "engine/steps.h"
#include "engine/wire.h"
#include "support/t.h"
#include "support/trace.h"

static void fields_of_all_types_are_read(void **state)
{
	static const char bytes[] = "\x08\x96\x01" /* 1: varint 150 */
				    "\x12\x03"
				    "abc"				   /* 2: bytes */
				    "\x1d\x01\x00\x00\x80"		   /* 3: 32 bits */
				    "\x21\x02\x00\x00\x00\x00\x00\x00\x40" /* 4: 64 bits */
				    "\xa2\x06\x00";			   /* 100: no bytes */
	struct wire w = wire_new(bytes, sizeof(bytes) - 1);
	struct wire_field f;
	(void)state;
	assert_int_equal(wire_next(&w, &f), 1);
	assert_int_equal(f.number, 1);
	assert_int_equal(f.type, WIRE_VARINT);
	assert_int_equal(f.value, 150);
	assert_int_equal(wire_next(&w, &f), 1);
	assert_int_equal(f.number, 2);
	assert_int_equal(f.len, 3);
	assert_memory_equal(f.data, "abc", 3);
	assert_int_equal(wire_next(&w, &f), 1);
	assert_int_equal(f.value, 0x80000001);
	assert_int_equal(wire_next(&w, &f), 1);
	assert_true(f.value == 0x4000000000000002u);
	assert_int_equal(wire_next(&w, &f), 1);
	assert_int_equal(f.number, 100);
	assert_int_equal(f.len, 0);
	assert_int_equal(wire_next(&w, &f), 0);
	assert_int_equal(wire_next(&w, &f), 0);
}

static void broken_messages_end_the_reading(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} rows[] = {
		{"\x08", 1},						  /* no value */
		{"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 11},	  /* over 64 bits */
		{"\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 12}, /* never ends in time */
		{"\x12\x05"
		 "abc",
		 5},						      /* shorter than it says */
		{"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11}, /* a length of 2^64 - 1 */
		{"\x1d\x01\x00\x00", 4},			      /* half a number */
		{"\x0b\x0c", 2},				      /* a group */
		{"\x00\x01", 2},				      /* field 0 */
		{"\x0e\x01", 2},				      /* no such type */
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct wire w = wire_new(rows[i].bytes, rows[i].len);
		struct wire_field f;
		assert_int_equal(wire_next(&w, &f), -1);
		assert_int_equal(wire_next(&w, &f), 0);
	}
}

struct seen {
	unsigned vertexes, statuses, logs;
	char name[64], error[64], log[64];
	bool completed, cached;
	uint64_t current, total, stream;
};

static void keep(char into[64], struct blob b)
{
	assert_true(b.len < 64);
	memcpy(into, b.data, b.len);
	into[b.len] = '\0';
}

static void see_vertex(void *self, const struct trace_vertex *v)
{
	struct seen *s = self;
	s->vertexes++;
	keep(s->name, v->name);
	keep(s->error, v->error);
	s->completed = v->completed;
	s->cached = v->cached;
}

static void see_status(void *self, const struct trace_status *p)
{
	struct seen *s = self;
	s->statuses++;
	s->current = p->current;
	s->total = p->total;
}

static void see_log(void *self, const struct trace_log *l)
{
	struct seen *s = self;
	s->logs++;
	keep(s->log, l->data);
	s->stream = l->stream;
}

static void a_message_of_buildkit_is_taken_apart(void **state)
{
	static const char status[] = "\x12\x0d" /* a status: id, vertex, current 5, total 300 */
				     "\x0a\x01i\x12\x01v\x20\x05\x28\xac\x02\x42\x00"
				     "\x22\x00"; /* a warning, which nobody reads */
	AUTO_BUF struct buf m = BUF_INIT;
	struct seen s = {.vertexes = 0};
	struct trace_sink sink = {.on_vertex = see_vertex, .on_status = see_status, .on_log = see_log, .self = &s};
	(void)state;
	trace_put_vertex(&m, "sha256:1", "[1/2] FROM x", true, true, "exit code: 3");
	trace_put_log(&m, "sha256:1", "hello\n");
	buf_add(&m, status, sizeof(status) - 1);
	assert_true(trace_read(m.data, m.len, &sink));
	assert_int_equal(s.vertexes, 1);
	assert_string_equal(s.name, "[1/2] FROM x");
	assert_string_equal(s.error, "exit code: 3");
	assert_true(s.completed);
	assert_false(s.cached);
	assert_int_equal(s.logs, 1);
	assert_string_equal(s.log, "hello\n");
	assert_int_equal(s.stream, 1);
	assert_int_equal(s.statuses, 1);
	assert_int_equal(s.current, 5);
	assert_int_equal(s.total, 300);
}

static void a_message_cut_anywhere_inside_a_field_is_broken(void **state)
{
	AUTO_BUF struct buf m = BUF_INIT;
	struct trace_sink sink = {.self = NULL};
	(void)state;
	trace_put_vertex(&m, "sha256:1", "[1/2] FROM x", true, false, NULL);
	for (size_t len = 1; len < m.len; len++)
		assert_false(trace_read(m.data, len, &sink));
	assert_true(trace_read(m.data, m.len, &sink));
	assert_true(trace_read("", 0, &sink));
}

/* Events as text, one per line. */
static void note(void *self, const struct event *e)
{
	buf_addf(self, "%d %s: %s %d/%d\n", (int)e->kind, e->subject, e->text, (int)e->done, (int)e->total);
}

static void steps_become_events(void **state)
{
	AUTO_BUF struct buf m = BUF_INIT, said = BUF_INIT;
	struct events ev = {.emit = note, .self = &said};
	AUTO(steps) struct steps *s = steps_new("cu128", &ev);
	const char *error;
	(void)state;
	trace_put_vertex(&m, "i", "[internal] load build definition", true, false, NULL);
	trace_put_vertex(&m, "a", "[1/2] FROM x", false, false, NULL);
	trace_put_vertex(&m, "b", "[2/2] RUN y", false, false, NULL);
	trace_put_vertex(&m, "a", "[1/2] FROM x", true, true, NULL);
	trace_put_vertex(&m, "a", "[1/2] FROM x", true, true, NULL);
	trace_put_vertex(&m, "b", "[2/2] RUN y", true, false, NULL);
	trace_put_log(&m, "b", "one\ntw");
	trace_put_log(&m, "b", "o\r\n10%\r20%\nrest\x1b[2J");
	trace_put_log(&m, "nobody", "lost\n");
	trace_put_vertex(&m, "b", "[2/2] RUN y", true, true, NULL);
	assert_true(steps_feed(s, m.data, m.len));
	assert_string_equal(buf_text(&said), "0 cu128: [internal] load build definition 0/0\n"
					     "0 cu128: [1/2] FROM x 1/2\n"
					     "0 cu128: [2/2] RUN y 1/2\n"
					     "1 cu128: one 0/0\n"
					     "1 cu128: two 0/0\n"
					     "1 cu128: 20% 0/0\n"
					     "1 cu128: rest?[2J 0/0\n"
					     "0 cu128: [2/2] RUN y 2/2\n");
	assert_null(steps_failed(s, &error));
	assert_null(steps_tail(s));
}

static void the_step_that_failed_by_itself_is_named_with_its_last_lines(void **state)
{
	AUTO_BUF struct buf m = BUF_INIT;
	AUTO(steps) struct steps *s = steps_new("v", NULL);
	const char *error = NULL;
	(void)state;
	trace_put_vertex(&m, "a", "[wheels 2/2] RUN long", true, true, "context canceled");
	for (int i = 0; i < 25; i++) {
		AUTO_TEXT char *line = xasprintf("line %d\n", i);
		trace_put_log(&m, "b", line);
	}
	trace_put_vertex(&m, "b", "[env 2/2] RUN fails", true, false, NULL);
	for (int i = 0; i < 25; i++) {
		AUTO_TEXT char *line = xasprintf("line %d\n", i);
		trace_put_log(&m, "b", line);
	}
	trace_put_vertex(&m, "b", "[env 2/2] RUN fails", true, true,
			 "executor failed running [/bin/sh -c exit code: 9]: exit code: 2");
	assert_true(steps_feed(s, m.data, m.len));
	assert_string_equal(steps_failed(s, &error), "[env 2/2] RUN fails");
	assert_int_equal(steps_exit_code(error), 2);
	AUTO_TEXT char *tail = steps_tail(s);
	assert_true(strncmp(tail, "line 5\nline 6\n", 14) == 0);
	assert_string_equal(tail + strlen(tail) - 8, "line 24\n");
}

static void exit_codes_are_read_from_errors_of_old_and_new_engines(void **state)
{
	(void)state;
	assert_int_equal(steps_exit_code("executor failed running [/bin/sh -c false]: exit code: 1"), 1);
	assert_int_equal(steps_exit_code("process \"/bin/sh -c false\" did not complete successfully: exit code: 137"),
			 137);
	assert_int_equal(steps_exit_code("failed to compute cache key: \"/x\" not found"), -1);
	assert_int_equal(steps_exit_code("exit code: many"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_of_all_types_are_read),
		cmocka_unit_test(broken_messages_end_the_reading),
		cmocka_unit_test(a_message_of_buildkit_is_taken_apart),
		cmocka_unit_test(a_message_cut_anywhere_inside_a_field_is_broken),
		cmocka_unit_test(steps_become_events),
		cmocka_unit_test(the_step_that_failed_by_itself_is_named_with_its_last_lines),
		cmocka_unit_test(exit_codes_are_read_from_errors_of_old_and_new_engines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
