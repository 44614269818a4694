#include "base/base64.h"
#include "base/str.h"
#include "engine/call.h"
#include "engine/image.h"
#include "engine/jstream.h"

#include <string.h>

#define LAYERS_MAX 512

/* How far one layer is. */
struct layer {
	char id[32];
	uint64_t current, total;
	bool done;
};

struct pulling {
	struct engine *e;
	const char *image, *subject;
	struct layer v[LAYERS_MAX];
	size_t n;
	char *fault; /* what the stream said went wrong */
};

static struct layer *layer_of(struct pulling *p, const char *id)
{
	if (strlen(id) >= sizeof(p->v[0].id))
		return NULL;
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->v[i].id, id))
			return &p->v[i];
	if (p->n == LAYERS_MAX)
		return NULL;
	struct layer *l = &p->v[p->n++];

	*l = (struct layer){.current = 0};
	memcpy(l->id, id, strlen(id) + 1);
	return l;
}

static void pull_say(const struct pulling *p, const char *status)
{
	struct event ev = {.kind = EVENT_STEP, .subject = p->subject, .text = status};
	AUTO_TEXT char *text = xasprintf("pull %s", p->image);

	for (size_t i = 0; i < p->n; i++) {
		ev.done += p->v[i].current;
		ev.total += p->v[i].total;
	}
	ev.text = text;
	event_emit(p->e->events, &ev);
}

/* Layers are loaded and then unpacked; the bytes of the loading count. */
static int pull_progress(struct pulling *p, struct jval object, const char *status, struct err *err)
{
	const char *id = NULL;
	struct jval detail;
	uint64_t current = 0, total = 0;

	if (jval_text_opt(object, "id", &id, err) < 0 ||
	    jval_get_opt(object, "progressDetail", JDOC_OBJECT, &detail, err) < 0)
		return -1;
	struct layer *l = id && jval_is_there(detail) ? layer_of(p, id) : NULL;

	if (!l)
		return 0;
	if (str_eq(status, "Downloading")) {
		if (jval_u64_opt(detail, "current", INT64_MAX, &current, err) < 0 ||
		    jval_u64_opt(detail, "total", INT64_MAX, &total, err) < 0)
			return -1;
		l->current = current;
		l->total = total > current ? total : current;
	} else if (str_eq(status, "Download complete") || str_eq(status, "Pull complete")) {
		l->current = l->total;
	}
	pull_say(p, status);
	return 0;
}

static int pull_object(void *self, struct jval object, struct err *err)
{
	struct pulling *p = self;
	const char *fault = NULL, *status = NULL;

	if (jval_text_opt(object, "error", &fault, err) < 0 || jval_text_opt(object, "status", &status, err) < 0)
		return -1;
	if (fault && !p->fault)
		p->fault = str_shown(fault, 600);
	return status ? pull_progress(p, object, status, err) : 0;
}

static int pull_data(void *self, struct blob piece, struct err *err)
{
	return jstream_feed(self, piece, err);
}

/* The message without the words that name the image, in lower case: a repository may be called "denied". */
static char *words_of(const char *message, const char *image)
{
	AUTO_TEXT char *low = str_lowered(message), *repo = xstrndup(image, strcspn(image, "@"));
	AUTO_STRV struct strv words = STRV_INIT, kept = STRV_INIT;

	strv_split(&words, low, " ");
	for (size_t i = 0; i < words.n; i++)
		if (!strstr(words.v[i], repo) && !strstr(words.v[i], "sha256:"))
			strv_add(&kept, words.v[i]);
	AUTO_TEXT char *joined = strv_join(&kept, " ");

	return xasprintf(" %s ", joined);
}

static bool says(const char *text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

/* The engine passes the registry's fault on as text only: who is at fault must be read from it. */
static enum err_kind pull_kind(const char *message, const char *image)
{
	static const char *const auth[] = {"unauthorized", "authentication required", "denied",
					   "no basic auth credentials"};
	static const char *const gone[] = {
		"manifest unknown", "not found", "mismatch", "invalid reference",	 "not supported",
		"unsupported",	    "x509:",	 "tls: ",    "server gave http response"};
	static const char *const net[] = {"connection refused",
					  "timeout",
					  "timed out",
					  "no such host",
					  "connection reset",
					  "toomanyrequests",
					  " eof ",
					  ": eof",
					  "unreachable",
					  "server misbehaving",
					  " 500 ",
					  " 502 ",
					  " 503 ",
					  " 504 ",
					  "i/o"};
	AUTO_TEXT char *words = words_of(message, image);

	if (says(words, auth, ARRAY_LEN(auth)))
		return ERR_AUTH;
	if (says(words, gone, ARRAY_LEN(gone)))
		return ERR_PROTOCOL;
	return says(words, net, ARRAY_LEN(net)) ? ERR_NET : ERR_ENGINE;
}

/* "X-Registry-Auth: ..." or NULL. */
static char *auth_header(const struct engine_auth *a)
{
	AUTO(jdoc) struct jdoc *doc = jdoc_new_object();
	AUTO_BUF struct buf text = BUF_INIT;
	struct buf header = BUF_INIT;
	struct jval root = jdoc_root(doc);

	if (!a)
		return NULL;
	if (a->username)
		jval_put_text(root, "username", a->username);
	if (a->password)
		jval_put_text(root, "password", a->password);
	if (a->identity_token)
		jval_put_text(root, "identitytoken", a->identity_token);
	if (a->registry_token)
		jval_put_text(root, "registrytoken", a->registry_token);
	if (a->server)
		jval_put_text(root, "serveraddress", a->server);
	jdoc_dump(doc, JDOC_COMPACT, &text);
	buf_adds(&header, "X-Registry-Auth: ");
	base64_encode_url(&header, text.data, text.len);
	return buf_take(&header);
}

static int pull_run(struct pulling *p, const struct pull_opts *o, struct err *err)
{
	AUTO_TEXT char *header = auth_header(o->auth);
	AUTO_BUF struct buf path = BUF_INIT;
	AUTO_ANSWER struct answer a = {.status = 0};
	struct jstream s = {.on_object = pull_object, .self = p};

	buf_adds(&path, "/images/create");
	call_query(&path, "fromImage", p->image);
	if (o->platform)
		call_query(&path, "platform", o->platform);
	struct call c = {
		.method = "POST",
		.path = buf_text(&path),
		.header = header,
		.lasting = true,
		.on_data = pull_data,
		.self = &s,
	};
	int rc = call_run(p->e, &c, &a, err);

	if (rc == 0 && a.status < 300 && !p->fault)
		rc = jstream_end(&s, err);
	jstream_clear(&s);
	if (rc == 0 && a.status >= 300)
		p->fault = answer_message(&a);
	return rc;
}

int engine_pull(struct engine *e, const char *image, const struct pull_opts *o, struct err *err)
{
	int there;

	if (!strchr(image, '@'))
		return err_set(err, ERR_INTERNAL, "pull '%s': without a digest", image);
	there = engine_image_exists(e, image, err);
	if (there <= 0)
		return there;
	struct pulling *p = xcalloc(1, sizeof(*p));

	*p = (struct pulling){.e = e, .image = image, .subject = o->subject};
	pull_say(p, "");
	int rc = pull_run(p, o, err);

	if (rc == 0 && p->fault)
		rc = err_set(err, pull_kind(p->fault, image), "pull '%s': %s", image, p->fault);
	free(p->fault);
	free(p);
	if (rc == 0 && engine_image_exists(e, image, err) != 0)
		rc = err->kind ? -1 : err_set(err, ERR_PROTOCOL, "pull '%s': the engine got another image", image);
	return rc;
}
