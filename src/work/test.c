#include "work/test.h"

#include "adapt/json.h"
#include "base/file.h"
#include "base/str.h"
#include "engine/image.h"
#include "engine/run.h"
#include "model/driver.h"
#include "model/image_label.h"
#include "model/lock.h"
#include "probe/judge.h"
#include "probe/probe.h"
#include "render/render.h"
#include "work/fetch_image.h"
#include "work/static_level.h"
#include "work/test_times.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { GRACE_SECONDS = 30 };
#define PROBE_LINE "{\"cudabuild\"" /* how every line of the probe begins */

/* What a line of the probe says it begins ("cpu.torch_sparse.sum.f32"), the caller's; NULL for any other line. */
static char *begun(const char *line)
{
	AUTO(jdoc) struct jdoc *d = NULL;
	struct err ignored = ERR_INIT;
	const char *at = NULL;

	if (!str_starts(line, PROBE_LINE))
		return NULL;
	if (jdoc_parse(blob_text("probe", line), &d, &ignored) < 0 ||
	    jval_text_opt(jdoc_root(d), "at", &at, &ignored) < 0)
		err_clear(&ignored);
	return xstrdup(at);
}

/* The probe's lines are for the judge; of what the container prints only noise goes on, and what is begun becomes a
 * step. */
static void emit_said(void *self, const struct event *e)
{
	const struct events *to = self;
	AUTO_TEXT char *step = e->kind == EVENT_LOG && e->text ? begun(e->text) : NULL;

	if (step)
		event_say(to, EVENT_STEP, e->subject, step);
	else if (e->kind != EVENT_LOG || !e->text || !str_starts(e->text, PROBE_LINE))
		event_emit(to, e);
}

/* Whether the engine's machine shows an NVIDIA device: this machine's device files for a local engine, else what the
 * engine says; one that is asked for by --gpus is believed to be there, since podman tells nothing. */
static bool gpu_shown(const struct test_request *r, const struct engine_info *info)
{
	if (host_is_local(r->engine->host))
		return file_exists("/dev/nvidia0") || file_exists("/dev/nvidiactl") || file_exists("/dev/dxg");
	return info->nvidia || r->gpus;
}

static int probe_files(const char *arch, struct context **ret, struct err *err)
{
	AUTO(context) struct context *c = context_new();
	struct blob host = probe_host(arch);

	if (host.len == 0)
		return err_set(err, ERR_MISSING, "there is no probe program for '%s'", arch);
	if (context_add_bytes(c, PROBE_HOST_NAME, 0755, host, err) < 0 ||
	    context_add_bytes(c, PROBE_SMOKE_NAME, 0644, probe_smoke(), err) < 0)
		return -1;
	*ret = TAKE(c);
	return 0;
}

struct tags {
	char host[33], smoke[33];
};

static int tag_make(char *into, struct err *err)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[16];

	if (getentropy(bytes, sizeof(bytes)) < 0)
		return err_set_errno(err, errno, "get random bytes");
	for (size_t i = 0; i < sizeof(bytes); i++) {
		into[2 * i] = digits[bytes[i] >> 4];
		into[2 * i + 1] = digits[bytes[i] & 15];
	}
	into[2 * sizeof(bytes)] = '\0';
	return 0;
}

/* An image that eats memory must not take the engine's machine with it. */
static uint64_t memory_for(const struct test_request *r, const struct engine_info *info)
{
	return info->memory / 4 * 3 / (r->beside ? r->beside : 1);
}

static enum run_gpu gpu_way(const struct engine_info *info)
{
	return info->podman || (info->cdi && !info->nvidia) ? RUN_GPU_CDI : RUN_GPU_REQUEST;
}

static int run_probe(const struct test_request *r, struct engine *e, const struct image *image, bool shown,
		     const struct engine_info *info, const struct tags *tags, struct run_result *said, struct err *err)
{
	AUTO(context) struct context *files = NULL;
	AUTO_STRV struct strv argv = STRV_INIT;
	AUTO_STRV struct strv env = STRV_INIT;
	AUTO_STRV struct strv none = STRV_INIT;
	const struct probe_run probe = {.python = "python3",
					.cuda = r->variant ? r->variant->cuda : NULL,
					.timeout_s = r->timeout,
					.host_tag = tags->host,
					.smoke_tag = tags->smoke,
					.no_gpu = !shown,
					.bench = r->bench};
	const struct run_opts o = {.subject = r->variant ? r->variant->name : r->image,
				   .entrypoint = &argv,
				   .cmd = &none,
				   .env = &env,
				   .files = NULL,
				   .files_at = PROBE_DIR,
				   .gpu = shown ? gpu_way(info) : RUN_GPU_NONE,
				   .gpus = r->gpus,
				   .shm = 64 << 20,
				   .memory = memory_for(r, info),
				   .timeout = r->timeout + GRACE_SECONDS};
	struct run_opts filled = o;

	if (probe_files(image->arch, &files, err) < 0)
		return -1;
	filled.files = files;
	probe_argv(&probe, &argv);
	strv_add(&env, "HOME=/tmp");
	return engine_run(e, image->id, &filled, said, err);
}

/* --- what came out --- */

struct wants {
	struct judge_package packages[PKG__MAX];
	struct judge_target *targets;
	size_t n_packages, n_targets;
};

/* "9.0"; what is no compute capability stays 0.0, not stated. */
static void compute_of(const char *text, struct judge_target *t)
{
	uint64_t major, minor;

	if (text && str_scan_u64(&text, 999, &major) && *text++ == '.' && str_to_u64(text, 999, &minor)) {
		t->major = (unsigned)major;
		t->minor = (unsigned)minor;
	}
}

/* The oldest that a target states, borrowed; NULL where none does. */
static const char *oldest_driver(const struct plan_variant *v)
{
	const char *oldest = NULL;
	struct driver least, one;
	struct err ignored = ERR_INIT;

	for (size_t i = 0; i < v->ntargets; i++) {
		const char *text = v->targets[i].driver;

		if (!text || driver_parse(text, &one, &ignored) < 0) {
			err_clear(&ignored);
			continue;
		}
		if (oldest && driver_cmp(&one, &least) >= 0)
			continue;
		oldest = text;
		least = one;
	}
	return oldest;
}

static void wants_fill(struct wants *w, const struct plan_variant *v)
{
	for (size_t i = 0; i < v->npackages && i < PKG__MAX; i++)
		w->packages[w->n_packages++] =
			(struct judge_package){.name = pkg_name(v->packages[i].pkg), .version = v->packages[i].version};
	w->targets = xcalloc(v->ntargets, sizeof(*w->targets));
	for (size_t i = 0; i < v->ntargets; i++) {
		struct judge_target *t = &w->targets[w->n_targets++];

		t->name = v->targets[i].name;
		compute_of(v->targets[i].compute, t);
	}
}

static void add_packages(const struct verdict *v, struct report *into)
{
	for (size_t i = 0; i < v->n_benches; i++)
		report_add_bench(into, &v->benches[i]);
	for (size_t i = 0; i < v->n_packages; i++)
		report_add_package(into, v->packages[i].name, v->packages[i].version, v->packages[i].path,
				   v->packages[i].cuda);
}

/* The probe knows only that nobody asked for a GPU; why is known here. */
static void name_the_skip(bool local, struct report *into)
{
	for (size_t i = 0; i < into->nchecks; i++)
		if (str_eq(into->checks[i].code, "not-asked")) {
			free(into->checks[i].found);
			into->checks[i].found =
				xstrdup(local ? "no GPU: no NVIDIA device on this host"
					      : "no GPU: the engine's machine tells of no NVIDIA device");
		}
}

static void judge(const struct test_request *r, const struct verdict *v, bool shown, struct report *into)
{
	struct wants w = {.n_packages = 0};
	struct judge_expect want = {.gpu_shown = shown, .gpu_required = r->require_gpu, .smoke = true};

	if (r->variant) {
		wants_fill(&w, r->variant);
		want.python = r->variant->python.version;
		want.cuda = r->variant->cuda ? r->variant->cuda : "cpu";
		want.driver = oldest_driver(r->variant);
	}
	want.packages = w.packages;
	want.n_packages = w.n_packages;
	want.targets = w.targets;
	want.n_targets = w.n_targets;
	judge_check(v, &want, into);
	add_packages(v, into);
	if (!shown)
		name_the_skip(host_is_local(r->engine->host), into);
	free(w.targets);
}

/* The probe's first row is always about the GPU, be it that none was asked for. */
static bool says_of_gpu(const struct verdict *v)
{
	for (size_t i = 0; i < v->n_rows; i++)
		if (str_starts(v->rows[i].id, "gpu."))
			return true;
	return false;
}

/* The kernel's words for a program of another processor, where the engine's machine has one: nothing is said about the
 * image. */
static bool is_other_machine(const struct image *image, const struct engine_info *info, const char *said)
{
	return image->arch[0] && info->arch[0] && !str_eq(image->arch, info->arch) &&
	       strcasestr(said, "exec format error");
}

static void add_other_machine(const struct image *image, const struct engine_info *info, struct report *into)
{
	AUTO_TEXT char *arch = str_shown(image->arch, 40);
	AUTO_TEXT char *found =
		xasprintf("the engine's machine (linux/%s) runs no programs for linux/%s", info->arch, arch);
	AUTO_TEXT char *hint =
		xasprintf("test it on a linux/%s machine, or install qemu-user-static with binfmt on the "
			  "engine's machine",
			  arch);
	struct report_check *c = report_add_error(into, "container.start", ERR_MISSING, found, hint);

	free(c->code);
	c->code = xstrdup("platform-not-runnable");
	c->fault = "host";
}

/* The kernel's words where a program's loader is missing, since the program itself was put in. */
static bool is_without_loader(const char *said)
{
	return strstr(said, PROBE_DIR "/" PROBE_HOST_NAME) && strcasestr(said, "no such file or directory");
}

static void add_no_verdict(const struct image *image, const struct engine_info *info, const char *said,
			   struct report *into)
{
	if (is_other_machine(image, info, said))
		add_other_machine(image, info, into);
	else
		report_add_error(
			into, "container.start", ERR_ENGINE, said,
			is_without_loader(said)
				? "the image has no loader of glibc (ld-linux), without which neither the probe nor "
				  "a CUDA torch starts: musl (Alpine) has none"
				: "run the image by hand: the probe could not be started in it");
}

static void judge_said(const struct test_request *r, const struct run_result *said, bool shown, const struct tags *tags,
		       const struct image *image, const struct engine_info *info, struct report *into)
{
	const struct verdict_tags expect = {.host = tags->host, .smoke = tags->smoke};
	AUTO(verdict) struct verdict *v = NULL;
	struct err err = ERR_INIT;

	if (said->timed_out)
		report_add_error(into, "container.time", ERR_ENGINE, "the container did not end in time and was killed",
				 "raise test.timeout in the manifest");
	if (said->cut)
		report_add_full(into, "container.output", REPORT_FAIL, "output-flood", NULL,
				"it printed more than is kept of an output",
				"something in the image prints without end");
	if (said->oom)
		report_add_full(into, "container.memory", REPORT_FAIL, NULL, NULL, "ended because memory was short",
				NULL);
	if (verdict_parse(buf_blob(&said->out, "the probe"), &expect, &v, &err) < 0) {
		AUTO_TEXT char *tail = str_shown(buf_text(&said->err), 400);

		add_no_verdict(image, info, tail[0] ? tail : err.text, into);
		err_clear(&err);
		return;
	}
	if (v->host_ended && !says_of_gpu(v))
		report_add_error(into, "probe.begin", ERR_ENGINE, "the probe's first lines were lost on their way",
				 "run it again: the engine listened too late");
	judge(r, v, shown, into);
}

/* What engines say when they refuse an image for what it asks for. */
static const struct {
	const char *words, *code, *hint;
} refusals[] = {
	{"unsatisfied condition", "driver-refused-by-image",
	 "update the driver on this machine, build a variant for an older CUDA, or set NVIDIA_DISABLE_REQUIRE=1 to try "
	 "all the same"},
	{"unable to find user", "user-missing", "create that user in the image's Dockerfile, or let USER be a number"},
	{"unable to find group", "user-missing",
	 "create that group in the image's Dockerfile, or let USER name numbers"},
};

/* The engine refused to run the image: a row, unless the engine itself is gone or we were asked to end. */
static int refused(struct err *why, const struct image *image, const struct engine_info *info, struct report *into,
		   struct err *err)
{
	if (why->kind == ERR_CANCELED)
		return err_move(err, why);
	if (is_other_machine(image, info, why->text)) {
		add_other_machine(image, info, into);
		err_clear(why);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++)
		if (strstr(why->text, refusals[i].words)) {
			report_add_full(into, "container.start", REPORT_FAIL, refusals[i].code, NULL, why->text,
					refusals[i].hint)
				->fault = "image";
			err_clear(why);
			return 0;
		}
	report_add_error(into, "container.start", why->kind, why->text, why->hint[0] ? why->hint : NULL)->fault =
		why->kind == ERR_MISSING ? "host" : "unknown";
	err_clear(why);
	return 0;
}

/* No container of such an image starts, whoever asks Docker for one. */
static bool is_startable(const struct image *image, const struct engine_info *info, struct report *into)
{
	const char *volume = info->podman ? NULL : run_volume_refused(image);

	if (!volume)
		return true;
	AUTO_TEXT char *shown = str_shown(volume, 200);
	AUTO_TEXT char *found = xasprintf("VOLUME '%s': Docker starts no container of this image", shown);

	report_add_full(into, "container.start", REPORT_FAIL, "volume-not-mountable", NULL, found,
			"take that VOLUME out of the image's Dockerfile")
		->fault = "image";
	return false;
}

static int run_and_judge(const struct test_request *r, struct engine *e, const struct image *image,
			 struct test_times *times, struct report *into, struct err *err)
{
	const uint64_t since = test_now();

	AUTO(engine_info) struct engine_info *info = NULL;
	struct run_result said = RUN_RESULT_INIT;
	struct err why = ERR_INIT;
	struct tags tags = {{0}, {0}};
	bool shown;
	int rc = 0;

	if (engine_info(e, &info, err) < 0 || tag_make(tags.host, err) < 0 || tag_make(tags.smoke, err) < 0)
		return -1;
	times->asked += test_now() - since;
	if (!is_startable(image, info, into))
		return 0;
	shown = gpu_shown(r, info);
	if (run_probe(r, e, image, shown, info, &tags, &said, &why) < 0)
		rc = refused(&why, image, info, into, err);
	else
		judge_said(r, &said, shown, &tags, image, info, into);
	test_times_take(times, &said);
	run_result_clear(&said);
	return rc;
}

/* The image's bytes are read in a child while its container runs; what they show comes first. */
static int both_levels(const struct test_request *r, struct engine *e, const struct image *image,
		       struct test_times *times, struct report *into, struct err *err)
{
	AUTO_TEXT char *what = xasprintf("docker-daemon:%s", image->id);
	const struct static_ask ask = {.plan = r->plan,
				       .variant = r->variant,
				       .from = {.what = what, .engine = r->engine, .stop = r->engine->stop}};
	AUTO(static_run) struct static_run *run = NULL;
	AUTO(report) struct report *below = NULL;

	if (static_start(&ask, &run, err) < 0 || run_and_judge(r, e, image, times, into, err) < 0)
		return -1;
	const uint64_t since = test_now();

	if (static_finish(run, &below, err) < 0)
		return -1;
	times->read = test_now() - since;
	report_lay_under(into, below);
	return 0;
}

static void not_there(const struct test_request *r, const char *ref, struct report *into)
{
	report_add_full(into, "image", REPORT_FAIL, "image-missing", ref, "the engine has no such image",
			r->image ? "is it spelled right? `docker pull` brings one of a registry"
				 : "run `cudabuild build`");
}

/* An image of that name built from another lock proves nothing about this one. */
static bool is_current(const struct test_request *r, const struct image *image, struct report *into)
{
	AUTO_TEXT char *want = NULL;
	const char *found;

	if (!r->variant || r->image)
		return true;
	want = lock_variant_sha256(r->plan, r->variant);
	found = owner_label(&image->labels, IMAGE_LABEL_LOCK);
	if (str_eq(want, found))
		return true;
	report_add_full(into, "image", REPORT_FAIL, "plan-mismatch", want, found ? found : "no label",
			"the image was built from another lock: run `cudabuild build`");
	return false;
}

/* The image in the engine; one that is not there is pulled if its name says from where. 1 when it is nowhere. */
static int find_image(const struct test_request *r, struct engine *e, const char *ref, struct image **ret,
		      struct err *err)
{
	AUTO_TEXT char *platform = NULL, *pulled = NULL;
	AUTO(engine_info) struct engine_info *info = NULL;
	int rc = engine_image(e, ref, ret, err);

	if (rc != 1 || r->offline)
		return rc;
	if (!r->variant && engine_info(e, &info, err) < 0)
		return -1;
	if (r->variant)
		platform = xstrdup(r->variant->platform);
	else if (info->arch[0])
		platform = xasprintf("linux/%s", info->arch);
	rc = fetch_image_tag(e, r->variant ? r->variant->name : ref, ref, platform ? platform : "linux/amd64",
			     r->engine->events, r->engine->stop, &pulled, err);
	return rc == 0 ? engine_image(e, pulled, ret, err) : rc;
}

int test_image(const struct test_request *r, struct report **ret, struct err *err)
{
	struct events heard = {.emit = emit_said};
	struct test_times times = {.begun = test_now()};
	struct engine_opts opts = *r->engine;
	AUTO_TEXT char *ref = r->image ? xstrdup(r->image) : xasprintf("%s:%s", r->variant->image, r->variant->tag);
	AUTO(report) struct report *report = report_new(r->variant ? r->variant->name : ref);
	AUTO(engine) struct engine *e = NULL;
	AUTO(image) struct image *image = NULL;
	int rc;

	memcpy(&heard.self, &r->engine->events, sizeof(heard.self)); /* read only; self is void * for all listeners */
	opts.events = r->engine->events ? &heard : NULL;
	report->image = xstrdup(ref);
	event_say(r->engine->events, EVENT_STEP, report->subject, "testing");
	if (engine_open(&opts, &e, err) < 0)
		return -1;
	rc = find_image(r, e, ref, &image, err);
	if (rc < 0)
		return -1;
	times.asked = test_now() - times.begun;
	report->level = LEVEL_CONTAINER;
	if (rc == 1)
		not_there(r, ref, report);
	else if (is_current(r, image, report) && both_levels(r, e, image, &times, report, err) < 0)
		return -1;
	test_times_add(&times, report);
	event_say(r->engine->events, EVENT_DONE, report->subject, "tested");
	*ret = TAKE(report);
	return 0;
}
