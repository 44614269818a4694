#include "engine/frames.h"

#include "engine/jstream.h"
#include "engine/lines.h"
#include "support/t.h"

static void note_frame(void *self, int stream, const char *data, size_t len)
{
	buf_addf(self, "%d", stream);
	buf_add(self, data, len);
}

static const char two[] = "\x01\0\0\0\0\0\0\x03"
			  "abc"
			  "\x02\0\0\0\0\0\0\0"
			  "\x02\0\0\0\0\0\0\x01"
			  "x"
			  "\0\0\0\0\0\0\0\x01"
			  "y";

static void streams_are_told_apart_however_the_pieces_fall(void **state)
{
	(void)state;
	for (size_t cut = 0; cut < sizeof(two); cut++) {
		AUTO_BUF struct buf got = BUF_INIT;
		struct frames f = {.on_data = note_frame, .self = &got};
		struct err err = ERR_INIT;
		assert_int_equal(frames_feed(&f, (struct blob){.data = two, .len = cut}, &err), 0);
		assert_int_equal(frames_feed(&f, (struct blob){.data = two + cut, .len = sizeof(two) - 1 - cut}, &err),
				 0);
		assert_int_equal(frames_end(&f, &err), 0);
		if (cut > 8 && cut < 11)
			assert_string_equal(buf_text(&got), cut == 9 ? "1a1bc2x1y" : "1ab1c2x1y");
		else
			assert_string_equal(buf_text(&got), "1abc2x1y");
		if (cut == sizeof(two) - 1)
			break;
	}
}

static void a_stream_of_another_kind_is_an_engine_error(void **state)
{
	AUTO_BUF struct buf got = BUF_INIT;
	struct frames f = {.on_data = note_frame, .self = &got};
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(frames_feed(&f, blob_text("raw", "plain text"), &err), -1);
	assert_int_equal(err.kind, ERR_ENGINE);
	assert_string_equal(err.text, "the engine's output stream is broken: no frame begins with 706c6169");
	err_clear(&err);
}

static void a_stream_cut_inside_a_frame_is_an_engine_error(void **state)
{
	AUTO_BUF struct buf got = BUF_INIT;
	struct frames f = {.on_data = note_frame, .self = &got};
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(frames_feed(&f, (struct blob){.data = two, .len = 10}, &err), 0);
	assert_int_equal(frames_end(&f, &err), -1);
	assert_string_equal(err.text, "the engine's output stream was cut short");
	err_clear(&err);
}

static void note_line(void *self, const char *line, size_t len)
{
	assert_int_equal(line[len], '\0');
	buf_addf(self, "<%s>", line);
}

static void lines_are_cut_at_newlines_and_at_their_limit(void **state)
{
	static const char text[] = "one\r\n\n10%\r100%\r\nabcdefghij\nlong line of text\nend";
	(void)state;
	for (size_t piece = 1; piece < sizeof(text); piece++) {
		AUTO_BUF struct buf got = BUF_INIT;
		struct lines l = {.max = 10, .on_line = note_line, .self = &got};
		for (size_t at = 0; at < sizeof(text) - 1; at += piece)
			lines_feed(&l, text + at, at + piece < sizeof(text) - 1 ? piece : sizeof(text) - 1 - at);
		lines_end(&l);
		lines_end(&l);
		assert_string_equal(buf_text(&got), "<one><><100%><abcdefghij><long line ><of text><end>");
		lines_clear(&l);
	}
}

static void a_tail_keeps_the_last_lines(void **state)
{
	AUTO(tail) struct tail *t = tail_new(2);
	(void)state;
	assert_null(tail_text(t));
	tail_add(t, "a");
	AUTO_TEXT char *one = tail_text(t);
	assert_string_equal(one, "a\n");
	tail_add(t, "b");
	tail_add(t, "c");
	AUTO_TEXT char *two_lines = tail_text(t);
	assert_string_equal(two_lines, "b\nc\n");
}

static int note_object(void *self, struct jval object, struct err *err)
{
	uint64_t n = 0;
	if (jval_u64(object, "n", 1000, &n, err) < 0)
		return -1;
	buf_addf(self, "%d ", (int)n);
	return 0;
}

static void objects_come_one_by_one_however_the_pieces_fall(void **state)
{
	static const char text[] = "{\"n\": 1}\r\n\r\n  {\"n\":2}\n{\"n\":3}";
	(void)state;
	for (size_t cut = 0; cut < sizeof(text); cut++) {
		AUTO_BUF struct buf got = BUF_INIT;
		struct jstream s = {.on_object = note_object, .self = &got};
		struct err err = ERR_INIT;
		assert_int_equal(jstream_feed(&s, (struct blob){.data = text, .len = cut}, &err), 0);
		assert_int_equal(jstream_feed(&s,
					      (struct blob){.data = text + cut,
							    .len = sizeof(text) - 1 -
								   (cut < sizeof(text) - 1 ? cut : sizeof(text) - 1)},
					      &err),
				 0);
		assert_int_equal(jstream_end(&s, &err), 0);
		assert_string_equal(buf_text(&got), "1 2 3 ");
		jstream_clear(&s);
	}
}

static void a_broken_stream_of_objects_is_an_engine_error(void **state)
{
	static const struct {
		const char *bytes, *text;
	} rows[] = {
		{"[1]\n", "the engine's answer: must be an object, not an array"},
		{"{\"n\": 1}\n{\"n\": ", "the engine's answer was cut short"},
		{"{\"n\": \"x\"}\n", "the engine's answer: /n: must be an integer, not a string"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_BUF struct buf got = BUF_INIT;
		struct jstream s = {.on_object = note_object, .self = &got};
		struct err err = ERR_INIT;
		int rc = jstream_feed(&s, blob_text("x", rows[i].bytes), &err);
		if (rc == 0)
			rc = jstream_end(&s, &err);
		assert_int_equal(rc, -1);
		assert_int_equal(err.kind, ERR_ENGINE);
		assert_string_equal(err.text, rows[i].text);
		err_clear(&err);
		jstream_clear(&s);
	}
}

static void a_line_without_end_is_refused_before_it_fills_memory(void **state)
{
	AUTO_BUF struct buf got = BUF_INIT;
	struct jstream s = {.on_object = note_object, .self = &got};
	AUTO_TEXT char *piece = xmalloc(1u << 20);
	struct err err = ERR_INIT;
	unsigned n = 0;
	(void)state;
	memset(piece, 'x', 1u << 20);
	while (jstream_feed(&s, (struct blob){.data = piece, .len = 1u << 20}, &err) == 0)
		n++;
	assert_int_equal(n, 16);
	assert_string_equal(err.text, "the engine's answer has a line of more than 16 MiB");
	err_clear(&err);
	jstream_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_are_told_apart_however_the_pieces_fall),
		cmocka_unit_test(a_stream_of_another_kind_is_an_engine_error),
		cmocka_unit_test(a_stream_cut_inside_a_frame_is_an_engine_error),
		cmocka_unit_test(lines_are_cut_at_newlines_and_at_their_limit),
		cmocka_unit_test(a_tail_keeps_the_last_lines),
		cmocka_unit_test(objects_come_one_by_one_however_the_pieces_fall),
		cmocka_unit_test(a_broken_stream_of_objects_is_an_engine_error),
		cmocka_unit_test(a_line_without_end_is_refused_before_it_fills_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
