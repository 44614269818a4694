#include "engine/trace.h"

#include "engine/wire.h"

/* Field numbers of control.proto. */
enum { STATUS_VERTEXES = 1, STATUS_STATUSES = 2, STATUS_LOGS = 3 };
enum {
	VERTEX_DIGEST = 1,
	VERTEX_NAME = 3,
	VERTEX_CACHED = 4,
	VERTEX_STARTED = 5,
	VERTEX_COMPLETED = 6,
	VERTEX_ERROR = 7
};
enum { PART_ID = 1, PART_VERTEX = 2, PART_CURRENT = 4, PART_TOTAL = 5 };
enum { LOG_VERTEX = 1, LOG_STREAM = 3, LOG_MSG = 4 };

static struct blob field_blob(const struct wire_field *f)
{
	return (struct blob){.name = "trace", .data = f->data, .len = f->len};
}

static const struct blob nothing = {.name = "trace", .data = "", .len = 0};

static void vertex_field(struct trace_vertex *v, const struct wire_field *f)
{
	bool bytes = f->type == WIRE_BYTES;

	if (f->number == VERTEX_DIGEST && bytes)
		v->digest = field_blob(f);
	else if (f->number == VERTEX_NAME && bytes)
		v->name = field_blob(f);
	else if (f->number == VERTEX_ERROR && bytes)
		v->error = field_blob(f);
	else if (f->number == VERTEX_STARTED && bytes)
		v->started = true;
	else if (f->number == VERTEX_COMPLETED && bytes)
		v->completed = true;
	else if (f->number == VERTEX_CACHED && f->type == WIRE_VARINT)
		v->cached = f->value != 0;
}

static bool read_vertex(const struct wire_field *in, const struct trace_sink *to)
{
	struct trace_vertex v = {.digest = nothing, .name = nothing, .error = nothing};
	struct wire w = wire_new(in->data, in->len);
	struct wire_field f;
	int more;

	while ((more = wire_next(&w, &f)) > 0)
		vertex_field(&v, &f);
	if (more == 0 && to->on_vertex)
		to->on_vertex(to->self, &v);
	return more == 0;
}

static bool read_status(const struct wire_field *in, const struct trace_sink *to)
{
	struct trace_status s = {.id = nothing, .vertex = nothing};
	struct wire w = wire_new(in->data, in->len);
	struct wire_field f;
	int more;

	while ((more = wire_next(&w, &f)) > 0) {
		if (f.number == PART_ID && f.type == WIRE_BYTES)
			s.id = field_blob(&f);
		else if (f.number == PART_VERTEX && f.type == WIRE_BYTES)
			s.vertex = field_blob(&f);
		else if (f.number == PART_CURRENT && f.type == WIRE_VARINT)
			s.current = f.value;
		else if (f.number == PART_TOTAL && f.type == WIRE_VARINT)
			s.total = f.value;
	}
	if (more == 0 && to->on_status)
		to->on_status(to->self, &s);
	return more == 0;
}

static bool read_log(const struct wire_field *in, const struct trace_sink *to)
{
	struct trace_log l = {.vertex = nothing, .data = nothing};
	struct wire w = wire_new(in->data, in->len);
	struct wire_field f;
	int more;

	while ((more = wire_next(&w, &f)) > 0) {
		if (f.number == LOG_VERTEX && f.type == WIRE_BYTES)
			l.vertex = field_blob(&f);
		else if (f.number == LOG_MSG && f.type == WIRE_BYTES)
			l.data = field_blob(&f);
		else if (f.number == LOG_STREAM && f.type == WIRE_VARINT)
			l.stream = f.value;
	}
	if (more == 0 && to->on_log)
		to->on_log(to->self, &l);
	return more == 0;
}

bool trace_read(const void *data, size_t len, const struct trace_sink *to)
{
	struct wire w = wire_new(data, len);
	struct wire_field f;
	int more;

	while ((more = wire_next(&w, &f)) > 0) {
		bool good = true;

		if (f.type != WIRE_BYTES)
			continue;
		if (f.number == STATUS_VERTEXES)
			good = read_vertex(&f, to);
		else if (f.number == STATUS_STATUSES)
			good = read_status(&f, to);
		else if (f.number == STATUS_LOGS)
			good = read_log(&f, to);
		if (!good)
			return false;
	}
	return more == 0;
}
