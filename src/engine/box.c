#include "engine/box.h"

#include "base/str.h"
#include "engine/pack.h"

#include <string.h>
#include <time.h>

#define IN_USE_TRIES 20
#define FAULT_TRIES  3
#define CREATE_MS    900000

int box_new(struct box *b, struct engine *e, const char *subject, struct err *err)
{
	*b = (struct box){.e = e, .subject = subject};
	return call_name("cudabuild-", b->name, err);
}

void box_path(const struct box *b, const char *rest, struct buf *path)
{
	buf_addf(path, "/containers/%s%s", b->name, rest);
}

static void put_labels(const struct box *b, struct jval root, const char *key, const struct strv *more)
{
	AUTO_STRV struct strv labels = STRV_INIT;

	owner_labels(b->e->owner, &labels);
	if (more)
		strv_add_all(&labels, more);
	call_put_pairs(root, key, &labels);
}

int box_create(struct box *b, struct jdoc *spec, const struct strv *more, struct err *err)
{
	AUTO_BUF struct buf path = BUF_INIT;

	put_labels(b, jdoc_root(spec), b->libpod ? "labels" : "Labels", more);
	buf_adds(&path, b->libpod ? "/libpod/containers/create" : "/containers/create");
	if (b->libpod)
		jval_put_text(jdoc_root(spec), "name", b->name);
	else
		call_query(&path, "name", b->name);
	/* Not to be interrupted: a request that is dropped may still be carried out, after the removal. The engine is
	 * silent while it copies what the image has in its VOLUMEs. */
	engine_closing_begin(b->e);
	b->e->deadline = engine_now() + CREATE_MS;
	int rc = call_json(b->e,
			   &(struct call){.method = "POST", .path = buf_text(&path), .json = spec, .lasting = true},
			   "create container", NULL, err);

	engine_closing_end(b->e);
	b->made |= rc <= 0;
	return rc;
}

/* One more of the mounts of a request, which are made with the first. */
static struct jval new_mount(struct jval host_config, const char *type, const char *at)
{
	struct jval mounts = jval_member(host_config, "Mounts");
	struct jval m = jval_put_object(jval_is_there(mounts) ? mounts : jval_put_array(host_config, "Mounts"), NULL);

	jval_put_text(m, "Type", type);
	jval_put_text(m, "Target", at);
	return m;
}

static void put_mount(struct jval host_config, const char *volume, const char *at, bool read_only, bool no_copy)
{
	struct jval m = new_mount(host_config, "volume", at);

	jval_put_text(m, "Source", volume);
	jval_put_bool(m, "ReadOnly", read_only);
	jval_put_bool(jval_put_object(m, "VolumeOptions"), "NoCopy", no_copy);
}

void box_mount(const struct box *b, struct jval host_config, const char *at, bool read_only)
{
	if (b->volume[0])
		put_mount(host_config, b->volume, at, read_only, true);
}

/* Makes a volume of that name, which box_remove() knows already. */
static int volume_make(struct box *b, const char *name, struct err *err)
{
	AUTO(jdoc) struct jdoc *spec = jdoc_new_object();

	jval_put_text(jdoc_root(spec), "Name", name);
	put_labels(b, jdoc_root(spec), "Labels", NULL);
	engine_closing_begin(b->e);
	int rc = call_json(b->e, &(struct call){.method = "POST", .path = "/volumes/create", .json = spec},
			   "create volume", NULL, err);

	engine_closing_end(b->e);
	return rc > 0 ? err_set(err, ERR_ENGINE, "engine %s: cannot create a volume", b->e->host->address) : rc;
}

int box_copy(struct box *b, struct jval host_config, const char *at, struct err *err)
{
	char name[CALL_NAME_SIZE];

	if (call_name("cudabuild-", name, err) < 0)
		return -1;
	strv_add(&b->copies, name);
	if (volume_make(b, name, err) < 0)
		return -1;
	put_mount(host_config, name, at, true, false);
	return 0;
}

struct jdoc *box_still(const char *image, const struct strv *volumes)
{
	struct jdoc *spec = jdoc_new_object();
	struct jval host;

	jval_put_text(jdoc_root(spec), "Image", image);
	jval_put_text(jval_put_array(jdoc_root(spec), "Cmd"), NULL, "never-started");
	host = jval_put_object(jdoc_root(spec), "HostConfig");
	jval_put_text(host, "NetworkMode", "none");
	for (size_t i = 0; volumes && i < volumes->n; i++)
		(void)new_mount(host, "tmpfs", volumes->v[i]);
	return spec;
}

static int volume_send(struct box *helper, const struct context *files, const char *at, struct err *err)
{
	AUTO(pack) struct pack *p = pack_new(files);
	struct stream body = pack_stream(p);
	AUTO_BUF struct buf path = BUF_INIT;

	box_path(helper, "/archive", &path);
	call_query(&path, "path", at);
	struct call c = {
		.method = "PUT",
		.path = buf_text(&path),
		.body = &body,
		.body_len = -1,
		.content_type = "application/x-tar",
		.lasting = true,
	};
	AUTO_ANSWER struct answer a = {.status = 0};

	if (call_run(helper->e, &c, &a, err) < 0)
		return -1;
	return a.status >= 300 ? call_fail(helper->e, &a, "copy files in", err) : 0;
}

int box_fill(struct box *b, const char *image, const struct strv *volumes, const struct context *files, const char *at,
	     struct err *err)
{
	AUTO(jdoc) struct jdoc *spec = box_still(image, volumes);
	char name[CALL_NAME_SIZE];
	struct box helper;

	if (call_name("cudabuild-", name, err) < 0)
		return -1;
	memcpy(b->volume, name, sizeof(name));
	if (volume_make(b, b->volume, err) < 0 || box_new(&helper, b->e, b->subject, err) < 0)
		return -1;
	box_mount(b, jval_member(jdoc_root(spec), "HostConfig"), at, false);
	int rc = box_create(&helper, spec, NULL, err);

	if (rc > 0)
		rc = err_set(err, ERR_ENGINE, "engine %s: no such image: %s", b->e->host->address, image);
	if (rc == 0)
		rc = volume_send(&helper, files, at, err);
	box_remove(&helper);
	return rc;
}

/* 0 gone, 1 in use still, -1 cannot be removed. */
static int try_remove(struct engine *e, const char *path, struct err *err)
{
	AUTO_ANSWER struct answer a = {.status = 0};

	if (call_run(e, &(struct call){.method = "DELETE", .path = path}, &a, err) < 0)
		return -1;
	if (a.status < 300 || a.status == 404)
		return 0;
	return a.status == 409 ? 1 : call_fail(e, &a, "remove", err);
}

static void remove_surely(const struct box *b, const char *path, const char *what)
{
	struct err why = ERR_INIT;
	int rc = 1;

	for (unsigned i = 0; rc != 0 && i < (rc > 0 ? IN_USE_TRIES : FAULT_TRIES); i++) {
		if (i > 0)
			nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
		err_clear(&why);
		rc = try_remove(b->e, path, &why);
	}
	if (rc != 0) {
		AUTO_TEXT char *text = xasprintf("%s is left behind (`cudabuild clean` removes it): %s", what,
						 why.kind ? why.text : "it is in use");

		event_say(b->e->events, EVENT_WARNING, b->subject, text);
	}
	err_clear(&why);
}

static void remove_volume(const struct box *b, const char *name)
{
	AUTO_TEXT char *path = xasprintf("/volumes/%s?force=1", name), *what = xasprintf("volume %s", name);

	remove_surely(b, path, what);
}

void box_remove(struct box *b)
{
	engine_closing_begin(b->e);
	if (b->made) {
		AUTO_BUF struct buf path = BUF_INIT;
		AUTO_TEXT char *what = xasprintf("container %s", b->name);

		box_path(b, "?force=1&v=1", &path);
		remove_surely(b, buf_text(&path), what);
		b->made = false;
	}
	if (b->volume[0])
		remove_volume(b, b->volume);
	b->volume[0] = '\0';
	for (size_t i = 0; i < b->copies.n; i++)
		remove_volume(b, b->copies.v[i]);
	strv_clear(&b->copies);
	engine_closing_end(b->e);
}
