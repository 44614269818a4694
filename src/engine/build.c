#include "engine/build.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/str.h"
#include "engine/call.h"
#include "engine/jstream.h"
#include "engine/pack.h"
#include "engine/steps.h"
#include "engine/where.h"

#include <string.h>

#define DOCKERFILE_MAX (1u << 20)

/* One build on its way. */
struct building {
	struct engine *e;
	const struct build_opts *o;
	const struct context *c;
	struct pack *pack;
	struct steps *steps;
	struct jstream stream;
	struct buf trace; /* decoded bytes of one trace message */
	char *image;	  /* what the engine said it made */
	char *fault;	  /* what it said went wrong */
	char id[CALL_NAME_SIZE];
};

int engine_context_digest(const struct context *c, char **ret, struct err *err)
{
	AUTO(pack) struct pack *p = pack_new(c);
	struct stream s = pack_stream(p);
	AUTO_TEXT char *piece = xmalloc(65536);
	long got;

	while ((got = s.read(s.self, piece, 65536, err)) > 0)
		;
	if (got < 0)
		return -1;
	*ret = pack_digest(p);
	return 0;
}

/* The tar as the request's body. Ends with an error where it is not the one that was announced, before the engine has
 * all of it. */
static long build_body(void *self, char *into, size_t len, struct err *err)
{
	struct building *b = self;
	struct stream s = pack_stream(b->pack);
	long got = s.read(s.self, into, len, err);

	if (got != 0 || !b->o->expect_digest)
		return got;
	AUTO_TEXT char *digest = pack_digest(b->pack);

	if (!str_eq(digest, b->o->expect_digest))
		return err_set(err, ERR_IO, "files of the build context changed while they were sent");
	return 0;
}

static int take_trace(struct building *b, struct jval aux, struct err *err)
{
	const char *text;

	if (jval_as_text(aux, &text, err) < 0)
		return -1;
	buf_cut(&b->trace, 0);
	if (!base64_decode(&b->trace, text) || !steps_feed(b->steps, buf_text(&b->trace), b->trace.len))
		return err_set(err, ERR_ENGINE, "the engine's answer: a broken progress message of BuildKit");
	return 0;
}

/* {"aux": {"ID": "sha256:..."}} */
static int take_image(struct building *b, struct jval aux, struct err *err)
{
	const char *id = NULL;

	if (jval_text_opt(aux, "ID", &id, err) < 0)
		return -1;
	if (id && !str_starts(id, "sha256:"))
		return jval_fail(aux, err, "is no image id");
	if (id) {
		free(b->image);
		b->image = xstrdup(id);
	}
	return 0;
}

static int build_object(void *self, struct jval object, struct err *err)
{
	struct building *b = self;
	const char *id = NULL, *fault = NULL;
	struct jval aux = jval_member(object, "aux");

	if (jval_text_opt(object, "id", &id, err) < 0 || jval_text_opt(object, "error", &fault, err) < 0)
		return -1;
	if (fault && !b->fault)
		b->fault = str_shown(fault, 900);
	if (!jval_is_there(aux))
		return 0;
	if (id && str_eq(id, "moby.buildkit.trace"))
		return take_trace(b, aux, err);
	return jval_type(aux) == JDOC_OBJECT ? take_image(b, aux, err) : 0;
}

static int build_data(void *self, struct blob piece, struct err *err)
{
	return jstream_feed(self, piece, err);
}

static void query_pairs(struct buf *path, const char *key, const struct strv *pairs)
{
	AUTO(jdoc) struct jdoc *doc = jdoc_new_object();
	AUTO_BUF struct buf text = BUF_INIT;

	if (!pairs || pairs->n == 0)
		return;
	call_put_pairs(jdoc_root(doc), "pairs", pairs);
	jval_dump(jval_member(jdoc_root(doc), "pairs"), JDOC_COMPACT, &text);
	call_query(path, key, buf_text(&text));
}

static void build_path(const struct building *b, struct buf *path)
{
	const struct build_opts *o = b->o;

	buf_adds(path, "/build?version=2&rm=1&forcerm=1");
	call_query(path, "buildid", b->id);
	call_query(path, "dockerfile", o->dockerfile);
	for (size_t i = 0; o->tags && i < o->tags->n; i++)
		call_query(path, "t", o->tags->v[i]);
	if (o->target)
		call_query(path, "target", o->target);
	if (o->platform)
		call_query(path, "platform", o->platform);
	if (o->network)
		call_query(path, "networkmode", o->network);
	if (o->no_cache)
		call_query(path, "nocache", "1");
	query_pairs(path, "labels", o->labels);
	query_pairs(path, "buildargs", o->args);
}

/* Makes sure that the engine works on it no longer. Says nothing: an error is on its way already. */
static void build_cancel(struct building *b)
{
	AUTO_BUF struct buf path = BUF_INIT;
	AUTO_ANSWER struct answer a = {.status = 0};
	struct err ignored = ERR_INIT;

	buf_adds(&path, "/build/cancel");
	call_query(&path, "id", b->id);
	engine_closing_begin(b->e);
	if (call_run(b->e, &(struct call){.method = "POST", .path = buf_text(&path)}, &a, &ignored) < 0)
		err_clear(&ignored);
	engine_closing_end(b->e);
}

/* The line that BuildKit itself names: "dockerfile parse error line 3: ..." or "... on line 3: ..."; 0 if it names
 * none. */
static unsigned line_in(const char *fault)
{
	const char *at = strstr(fault, "parse error");
	uint64_t line;

	if (!at || !(at = strstr(at, "line ")))
		return 0;
	at += strlen("line ");
	return str_scan_u64(&at, 1u << 24, &line) ? (unsigned)line : 0;
}

/* "FILE:LINE" or "FILE". */
static char *place_of(const struct build_opts *o, unsigned line)
{
	return line ? xasprintf("%s:%u", o->dockerfile, line) : xstrdup(o->dockerfile);
}

/* A fault that no step stands for: the Dockerfile cannot be read, a base is not there. */
static int build_refused(const struct building *b, const char *fault, struct err *err)
{
	static const char *const wrappers[] = {
		"failed to solve with frontend dockerfile.v0: ", "failed to solve: ",
		"failed to create LLB definition: ", "rpc error: code = Unknown desc = "};
	AUTO_TEXT char *place = place_of(b->o, line_in(fault));

	for (size_t i = 0; i < ARRAY_LEN(wrappers); i++)
		if (str_starts(fault, wrappers[i]))
			fault += strlen(wrappers[i]);
	err_set(err, ERR_ENGINE, "%s: %s: %s", b->o->subject, place, fault);
	if (strstr(fault, "no active sessions"))
		err_hint(err, "an image that FROM names is not in the engine, or the Dockerfile asks for a secret");
	return -1;
}

/* The Dockerfile's bytes; none where they cannot be had any more. */
static void dockerfile_text(const struct building *b, struct buf *into)
{
	const struct member *file = context_find(b->c, b->o->dockerfile);
	struct err ignored = ERR_INIT;

	if (file && file->kind == MEMBER_BYTES)
		buf_add(into, file->data, (size_t)file->len);
	if (file && file->kind == MEMBER_FILE && file_read(file->path, DOCKERFILE_MAX, into, &ignored) < 0)
		err_clear(&ignored);
}

/* Text with every run of blanks made one, as continuation lines leave them. */
static char *one_space(const char *text)
{
	struct buf b = BUF_INIT;

	for (; *text; text++)
		if (*text != ' ' || text[1] != ' ')
			buf_addc(&b, *text);
	return buf_take(&b);
}

static int build_failed(const struct building *b, struct err *err)
{
	const char *error = NULL, *name = steps_failed(b->steps, &error);
	AUTO_BUF struct buf text = BUF_INIT;

	if (!name || name[0] != '[' || str_starts(name, "[internal]"))
		return build_refused(b, b->fault ? b->fault : error, err);
	dockerfile_text(b, &text);
	const char *instruction = strchr(name, ']') ? strchr(name, ']') + 1 : name;
	AUTO_TEXT char *place = place_of(b->o, where_line(buf_blob(&text, b->o->dockerfile), name));
	AUTO_TEXT char *one = one_space(instruction + (*instruction == ' '));
	AUTO_TEXT char *shown = str_shown(one, 200);
	int code = steps_exit_code(error);

	if (code >= 0)
		err_set(err, ERR_ENGINE, "%s: %s: %s: exit code %d", b->o->subject, place, shown, code);
	else
		err_set(err, ERR_ENGINE, "%s: %s: %s: %s", b->o->subject, place, shown, error);
	err_detail(err, steps_tail(b->steps));
	return -1;
}

static int build_send(struct building *b, struct answer *a, struct err *err)
{
	AUTO_BUF struct buf path = BUF_INIT;
	struct stream body = {.read = build_body, .self = b};
	struct call c = {
		.method = "POST",
		.body = &body,
		.body_len = -1,
		.content_type = "application/x-tar",
		.lasting = true,
		.on_data = build_data,
		.self = &b->stream,
	};

	build_path(b, &path);
	c.path = buf_text(&path);
	if (call_run(b->e, &c, a, err) < 0) {
		build_cancel(b);
		return -1;
	}
	if (a->status >= 300)
		return call_fail(b->e, a, "build", err);
	return b->fault ? 0 : jstream_end(&b->stream, err);
}

static int build_run(struct building *b, char **ret_id, struct err *err)
{
	AUTO_ANSWER struct answer a = {.status = 0};
	const char *error = NULL;

	if (call_name("", b->id, err) < 0)
		return -1;
	if (build_send(b, &a, err) < 0)
		return err->kind == ERR_CANCELED ? -1 : err_wrap(err, "%s", b->o->subject);
	if (b->fault || (!b->image && steps_failed(b->steps, &error)))
		return build_failed(b, err);
	if (!b->image)
		return err_set(err, ERR_ENGINE, "%s: the engine ended the build without an image", b->o->subject);
	*ret_id = TAKE(b->image);
	return 0;
}

int engine_build(struct engine *e, const struct context *c, const struct build_opts *o, char **ret_id, struct err *err)
{
	struct building b = {.e = e, .o = o, .c = c};

	if (!e->buildkit) {
		err_set(err, ERR_MISSING, "engine %s: has no BuildKit, which the Dockerfiles need", e->host->address);
		return err_hint(err, "use Docker Engine 20.10 or newer: --host, DOCKER_HOST");
	}
	b.pack = pack_new(c);
	b.steps = steps_new(o->subject, e->events);
	b.stream = (struct jstream){.on_object = build_object, .self = &b};
	int rc = build_run(&b, ret_id, err);

	jstream_clear(&b.stream);
	buf_clear(&b.trace);
	pack_free(b.pack);
	steps_free(b.steps);
	free(b.image);
	free(b.fault);
	return rc;
}
