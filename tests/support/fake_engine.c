#include "support/fake_engine.h"

#include "base/file.h"
#include "base/str.h"
#include "support/t.h"

static bool answer(void *self, const struct server_request *q, struct buf *out)
{
	struct fake_engine *f = self;
	AUTO_TEXT char *line = xasprintf("%s %s", q->method, q->path);

	if (str_starts(q->path, "/_ping")) {
		server_reply(out, 200, f->ping ? f->ping : "Api-Version: 1.41\r\nServer: Docker/20.10.24 (linux)\r\n",
			     "OK");
		return true;
	}
	buf_addf(&f->log, "%s\n", line);
	if (q->body.len > 0 && q->body.data[0] == '{') {
		buf_add(&f->log, q->body.data, q->body.len);
		buf_addc(&f->log, '\n');
	}
	if (++f->asked == f->fail_at) {
		buf_adds(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{");
		return false;
	}
	if (f->first) {
		bool open = f->first(f->first_self, q, out);

		if (out->len > 0)
			return open;
	}
	for (size_t i = 0; i < f->n; i++) {
		const struct fake_reply *r = &f->replies[i];

		if (!str_starts(line, r->start))
			continue;
		if (r->body)
			server_reply(out, r->status, "", r->body);
		else if (r->raw)
			buf_adds(out, r->raw);
		return r->body != NULL;
	}
	server_reply(out, 404, "", "{\"message\": \"page not found\"}");
	return true;
}

static void note(void *self, const struct event *e)
{
	struct fake_engine *f = self;

	buf_addf(&f->said, "%d %s: %s %d/%d\n", (int)e->kind, e->subject, e->text, (int)e->done, (int)e->total);
	if ((int)e->kind == f->stop_at)
		f->stop = 2;
}

void fake_engine_start(struct fake_engine *f, const struct fake_reply *replies, size_t n)
{
	struct err err = ERR_INIT;

	*f = (struct fake_engine){.replies = replies, .n = n, .stop_at = -1};
	if (file_temp_dir(&f->dir, &err) < 0)
		fail_msg("%s", err.text);
	f->host = (struct host){
		.from = xstrdup("--host"),
		.socket = file_join(f->dir, "engine.sock"),
		.url = xstrdup("http://localhost"),
		.address = xstrdup("unix:///engine.sock"), /* so that messages are the same each time */
	};
	f->owner = (struct owner){
		.user = xstrdup("0"), .machine = xstrdup("m"), .boot = xstrdup("b"), .process = xstrdup("1:2:3")};
	f->events = (struct events){.emit = note, .self = f};
	f->server = server_start(answer, f, f->host.socket);
}

int fake_engine_try(struct fake_engine *f, struct err *err)
{
	return engine_open(
		&(struct engine_opts){.host = &f->host, .owner = &f->owner, .events = &f->events, .stop = &f->stop},
		&f->e, err);
}

void fake_engine_open(struct fake_engine *f)
{
	struct err err = ERR_INIT;

	if (fake_engine_try(f, &err) < 0)
		fail_msg("%s", err.text);
}

void fake_engine_stop(struct fake_engine *f)
{
	struct err err = ERR_INIT;

	engine_free(f->e);
	if (f->server)
		server_stop(f->server);
	if (file_remove_tree(f->dir, &err) < 0)
		fail_msg("%s", err.text);
	free(f->dir);
	free(f->host.address);
	free(f->host.from);
	free(f->host.socket);
	free(f->host.url);
	free(f->owner.user);
	free(f->owner.machine);
	free(f->owner.boot);
	free(f->owner.process);
	buf_clear(&f->log);
	buf_clear(&f->said);
}
