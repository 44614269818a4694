#include "engine/run.h"

#include "base/str.h"
#include "engine/box.h"
#include "engine/frames.h"
#include "engine/lines.h"
#include "engine/run_libpod.h"
#include "engine/run_spec.h"

#include <string.h>
#include <time.h>

#define SAID_MAX	  (16u << 20)
#define PODMAN_LISTENS_MS 300
#define DRAIN_MS	  10000 /* that output may still come after the end */

/* One run on its way. */
struct running {
	struct engine *e;
	const struct run_opts *o;
	struct box box;
	struct frames frames;
	struct lines lines[2];
	struct run_result said;
	struct run_volumes volumes;
	struct flight *attach, *wait;
	uint64_t started;
};

void run_result_clear(struct run_result *r)
{
	buf_clear(&r->out);
	buf_clear(&r->err);
	*r = (struct run_result)RUN_RESULT_INIT;
}

static void on_line(void *self, const char *line, size_t len)
{
	struct running *r = self;
	AUTO_TEXT char *text = xstrndup(line, len);

	event_say(r->e->events, EVENT_LOG, r->o->subject, text);
}

static void on_output(void *self, int stream, const char *data, size_t len)
{
	struct running *r = self;
	struct buf *into = stream == 2 ? &r->said.err : &r->said.out;
	size_t max = r->o->said_max ? r->o->said_max : SAID_MAX;
	size_t room = max - into->len, take = len < room ? len : room;

	buf_add(into, data, take);
	r->said.cut |= take < len;
	lines_feed(&r->lines[stream == 2], data, len);
}

static int on_attached(void *self, struct blob piece, struct err *err)
{
	struct running *r = self;

	return frames_feed(&r->frames, piece, err);
}

/* Starts a request about the container that lasts. */
static int lasting(struct running *r, const char *rest, int (*on_data)(void *, struct blob, struct err *),
		   struct flight **ret, struct err *err)
{
	AUTO_BUF struct buf path = BUF_INIT;

	box_path(&r->box, rest, &path);
	struct call c = {.method = "POST", .path = buf_text(&path), .lasting = true, .on_data = on_data, .self = r};

	return flight_start(r->e, &c, ret, err);
}

/* Attaches to the container, and waits until the engine has taken that: what it prints first is to be heard too. */
static int attach(struct running *r, struct err *err)
{
	struct flight *f;

	if (lasting(r, "/attach?stream=1&stdout=1&stderr=1", on_attached, &r->attach, err) < 0)
		return -1;
	f = r->attach;
	while (!f->headed && !f->done)
		if (engine_turn(r->e, 1000, err) < 0)
			return -1;
	if (f->done && flight_result(f, err) < 0)
		return -1;
	if (f->answer.status >= 300 && flight_wait(f, err) == 0)
		return call_fail(r->e, &f->answer, "watch container", err);
	if (r->e->podman) /* its monitor takes the listener in on its own time, and what is printed before is lost */
		nanosleep(&(struct timespec){.tv_nsec = PODMAN_LISTENS_MS * 1000000L}, NULL);
	return err->kind ? -1 : 0;
}

/* Whether the engine says that it has no such GPUs to give. */
static bool is_about_gpus(const char *message)
{
	static const char *const words[] = {"could not select device driver",
					    "nvidia-container",
					    "CDI device",
					    "libnvidia-container",
					    "nvidia-smi",
					    "nvml error"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strstr(message, words[i]))
			return true;
	return false;
}

static int no_gpu(const struct running *r, const char *message, struct err *err)
{
	err_set(err, ERR_MISSING, "engine %s: gives the container no GPU: %s", r->e->host->address, message);
	if (r->e->podman)
		return err_hint(err,
				"sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml on the engine's machine");
	return err_hint(err, "install nvidia-container-toolkit on the engine's machine and restart the engine");
}

/* The exit code that a shell would give for a command that cannot be started, or 0. */
static int start_code(const char *message)
{
	if (strstr(message, "executable file not found") || strstr(message, "no such file or directory"))
		return 127;
	return strstr(message, "permission denied") ? 126 : 0;
}

/* 0 started; 1 it cannot be, and said tells why. */
static int run_start(struct running *r, struct err *err)
{
	AUTO_ANSWER struct answer a = {.status = 0};
	AUTO_BUF struct buf path = BUF_INIT;

	box_path(&r->box, "/start", &path);
	r->started = engine_now();
	if (call_run(r->e, &(struct call){.method = "POST", .path = buf_text(&path), .lasting = true}, &a, err) < 0)
		return -1;
	if (a.status < 300 || a.status == 304)
		return 0;
	AUTO_TEXT char *message = answer_message(&a);

	if (r->o->gpu != RUN_GPU_NONE && is_about_gpus(message))
		return no_gpu(r, message, err);
	r->said.exit_code = start_code(message);
	if (r->said.exit_code == 0)
		return call_fail(r->e, &a, "start container", err);
	buf_addf(&r->said.err, "%s\n", message);
	return 1;
}

static void run_kill(struct running *r)
{
	AUTO_ANSWER struct answer a = {.status = 0};
	AUTO_BUF struct buf path = BUF_INIT;
	struct err ignored = ERR_INIT;

	box_path(&r->box, "/kill", &path);
	if (call_run(r->e, &(struct call){.method = "POST", .path = buf_text(&path)}, &a, &ignored) < 0)
		err_clear(&ignored);
}

/* Kills what is over its time; *limit is then when that must have worked. */
static int run_limit(struct running *r, uint64_t *limit, struct err *err)
{
	uint64_t now = engine_now();

	if (now < *limit || r->wait->done)
		return 0;
	if (r->said.timed_out)
		return err_set(err, ERR_ENGINE, "engine %s: cannot kill the container", r->e->host->address);
	r->said.timed_out = true;
	run_kill(r);
	*limit = now + CALL_CLOSING_MS;
	return 0;
}

/* Until the container has ended and its output has come. */
static int run_watch(struct running *r, struct err *err)
{
	uint64_t limit = r->o->timeout ? r->started + (uint64_t)r->o->timeout * 1000 : UINT64_MAX, drain = UINT64_MAX;

	while ((!r->wait->done || !r->attach->done) && engine_now() < drain) {
		if (r->wait->done && drain == UINT64_MAX)
			drain = engine_now() + DRAIN_MS;
		if (run_limit(r, &limit, err) < 0 || engine_turn(r->e, 100, err) < 0)
			return -1;
	}
	r->said.ms = engine_now() - r->started;
	if (flight_result(r->wait, err) < 0)
		return -1;
	if (r->wait->answer.status >= 300)
		return call_fail(r->e, &r->wait->answer, "wait for container", err);
	if (!r->attach->done)
		return 0;
	return flight_result(r->attach, err) < 0 ? -1 : frames_end(&r->frames, err);
}

/* How it ended. */
static int run_read_end(struct running *r, struct err *err)
{
	AUTO(jdoc) struct jdoc *ended = NULL, *doc = NULL;
	AUTO_BUF struct buf path = BUF_INIT;
	struct jval state;
	uint64_t code = 0;

	if (jdoc_parse_as(ERR_ENGINE, buf_blob(&r->wait->answer.body, "the container's end"), &ended, err) < 0 ||
	    jval_u64(jdoc_root(ended), "StatusCode", 65535, &code, err) < 0)
		return -1;
	if (!r->said.timed_out)
		r->said.exit_code = (int)code;
	box_path(&r->box, "/json", &path);
	int rc = call_json(r->e, &(struct call){.method = "GET", .path = buf_text(&path)}, "look at container", &doc,
			   err);

	if (rc != 0)
		return rc < 0 ? -1 : err_set(err, ERR_ENGINE, "engine %s: the container is gone", r->e->host->address);
	if (jval_get(jdoc_root(doc), "State", JDOC_OBJECT, &state, err) < 0 ||
	    jval_bool_opt(state, "OOMKilled", &r->said.oom, err) < 0)
		return -1;
	return 0;
}

/* Our files, and in Docker what the image has where it says VOLUME. */
static int put_volumes(struct running *r, struct jval root, struct err *err)
{
	if (r->e->podman) {
		if (r->o->files)
			run_libpod_mount(root, r->box.volume, r->o->files_at);
		return 0;
	}
	struct jval host = jval_member(root, "HostConfig");

	box_mount(&r->box, host, r->o->files_at, true);
	for (size_t i = 0; i < r->volumes.filled.n; i++)
		if (box_copy(&r->box, host, r->volumes.filled.v[i], err) < 0)
			return -1;
	return 0;
}

static int run_create(struct running *r, const char *image, struct jdoc *spec, struct err *err)
{
	if (put_volumes(r, jdoc_root(spec), err) < 0)
		return -1;
	r->box.libpod = r->e->podman;
	int rc = box_create(&r->box, spec, r->o->labels, err);

	if (rc > 0)
		return err_set(err, ERR_ENGINE, "engine %s: no such image: %s", r->e->host->address, image);
	return rc < 0 ? -1 : attach(r, err);
}

/* Podman looks for CDI devices when the container is made or attached to, Docker when it is started. */
static int run_make(struct running *r, const char *image, struct jdoc *spec, struct err *err)
{
	struct err why = ERR_INIT;

	if (run_create(r, image, spec, &why) == 0)
		return 0;
	if (why.kind != ERR_ENGINE || r->o->gpu == RUN_GPU_NONE || !is_about_gpus(why.text))
		return err_move(err, &why);
	const char *said = strstr(why.text, "container: ");
	AUTO_TEXT char *message = xstrdup(said ? said + strlen("container: ") : why.text);

	err_clear(&why);
	return no_gpu(r, message, err);
}

/* Milliseconds since *since, which becomes now. */
static uint64_t lap(uint64_t *since)
{
	const uint64_t was = *since;

	*since = engine_now();
	return *since - was;
}

/* Everything up to its start: 0 started; 1 it cannot be. */
static int run_begin(struct running *r, const char *image, struct err *err)
{
	AUTO(jdoc) struct jdoc *spec = NULL;
	uint64_t since = engine_now();

	if (run_spec(r->e, image, r->o, &r->volumes, &spec, err) < 0)
		return -1;
	r->said.ask_ms = lap(&since);
	if (r->o->files &&
	    box_fill(&r->box, image, r->e->podman ? NULL : &r->volumes.all, r->o->files, r->o->files_at, err) < 0)
		return -1;
	r->said.files_ms = lap(&since);
	if (run_make(r, image, spec, err) < 0)
		return -1;
	r->said.make_ms = lap(&since);
	int rc = run_start(r, err);

	r->said.start_ms = lap(&since);
	return rc;
}

static int run_whole(struct running *r, const char *image, struct err *err)
{
	int rc = run_begin(r, image, err);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	/* After the start, and for "not-running": podman's wait for the next exit misses a short life. */
	if (lasting(r, "/wait?condition=not-running", NULL, &r->wait, err) < 0 || run_watch(r, err) < 0 ||
	    run_read_end(r, err) < 0)
		return -1;
	lines_end(&r->lines[0]);
	lines_end(&r->lines[1]);
	return 0;
}

int engine_run(struct engine *e, const char *image, const struct run_opts *o, struct run_result *ret, struct err *err)
{
	struct running r = {.e = e, .o = o, .said = RUN_RESULT_INIT};

	if (box_new(&r.box, e, o->subject, err) < 0)
		return -1;
	r.frames = (struct frames){.on_data = on_output, .self = &r};
	r.lines[0] = r.lines[1] = (struct lines){.on_line = on_line, .self = &r};
	int rc = run_whole(&r, image, err);
	uint64_t since = engine_now();

	flight_free(r.attach);
	flight_free(r.wait);
	box_remove(&r.box);
	r.said.remove_ms = lap(&since);
	lines_clear(&r.lines[0]);
	lines_clear(&r.lines[1]);
	strv_clear(&r.volumes.all);
	strv_clear(&r.volumes.filled);
	if (rc == 0)
		*ret = r.said;
	else
		run_result_clear(&r.said);
	return rc == 0 || err->kind == ERR_CANCELED ? rc : err_wrap(err, "%s", o->subject);
}
