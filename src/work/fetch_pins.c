#include "work/fetch_pins.h"

#include "adapt/process.h"
#include "base/file.h"
#include "base/str.h"
#include "model/catalog_find.h"
#include "render/require.h"
#include "source/pyindex.h"
#include "work/pinlist.h"
#include "work/pins.h"

#include <string.h>

enum { AT_ONCE = 4, LIMIT_MS = 10 * 60 * 1000, WAIT_MS = 50, REASON_MAX = 400 };

/* Two runs of uv per variant: all hashes, then the files that fit. */
enum step { STEP_HASHES, STEP_FILES, STEP_DONE };

struct job {
	struct plan_variant *v; /* borrowed */
	char *input;		/* its hash */
	char *dir;		/* where its files lie */
	enum step step;
	struct proc *proc; /* running, or NULL */
};

struct pinning {
	const struct project *p;
	const struct plan *plan, *lock;
	const struct fetch_place *place;
	char *root, *index; /* index: "NAME=URL" for uv's environment, or NULL: uv's own */
	char *ca;	    /* likewise, or NULL */
	struct job *jobs;
	size_t njobs;
};

/* --- words --- */

char *fetch_pins_platform(const char *platform, unsigned glibc)
{
	static const unsigned known[] = {40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 28, 17};
	const char *arch = str_eq(platform, "linux/arm64") ? "aarch64" : "x86_64";
	unsigned minor = glibc ? glibc % 100 : 28;

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (known[i] <= minor || i + 1 == ARRAY_LEN(known))
			return xasprintf("%s-manylinux_2_%u", arch, known[i]);
	return NULL;
}

char *fetch_pins_reason(const char *said)
{
	AUTO_BUF struct buf line = BUF_INIT;

	for (; *said; said++) {
		bool space = strchr(" \t\r\n", *said);

		if ((unsigned char)*said >= 0x80 || (space && (!line.len || line.data[line.len - 1] == ' ')))
			continue;
		buf_addc(&line, space ? ' ' : *said);
	}
	while (line.len && line.data[line.len - 1] == ' ')
		buf_cut(&line, line.len - 1);
	return str_shown(line.len ? buf_text(&line) : "it says nothing", REASON_MAX);
}

static bool is_url(const char *text)
{
	return text && (str_starts(text, "https://") || str_starts(text, "http://"));
}

/* The path of a folder among the sources. The caller's. */
static char *folder(const struct pinning *w, const char *place)
{
	AUTO_TEXT char *path = file_join(w->p->dir, place);

	return file_absolute(path);
}

static void not_locked(struct plan_variant *v, const char *why)
{
	plan_add_note(v, "pip", "warning", "uv", "the packages beside torch are not locked: %s", why);
}

/* --- what uv is given --- */

/* A path in a file: URL. */
static void add_file_url(struct buf *into, const char *path)
{
	buf_adds(into, " @ file://");
	for (const char *c = path; *c; c++)
		if (str_is_alnum(*c) || strchr("/._-~", *c))
			buf_addc(into, *c);
		else
			buf_addf(into, "%%%02X", (unsigned)(unsigned char)*c);
}

/* Where files are fetched from here. */
static struct plan_sources asked(const struct pinning *w)
{
	const struct manifest_sources *s = w->place->sources;

	return (struct plan_sources){.torch = s->torch, .pyg = s->pyg, .python = s->python};
}

/* The plain index of the manifest or of a configuration file; NULL: this host's. */
static const char *plain_index(const struct pinning *w)
{
	return w->plan->sources.pypi ? w->plan->sources.pypi : w->place->sources->pypi;
}

/* A wheel of the torch family as the file that it is. False: nobody knows where it lies. */
static bool add_wheel(const struct pinning *w, const struct plan_package *p, struct buf *into)
{
	buf_adds(into, pkg_dist(p->pkg));
	if (str_eq(p->channel, "directory") && p->index && p->file) {
		AUTO_TEXT char *dir = folder(w, p->index);
		AUTO_TEXT char *path = file_join(dir, p->file);

		add_file_url(into, path);
	} else if (p->url) {
		const struct plan_sources here = asked(w);
		AUTO_TEXT char *url = require_url(&here, p->url);

		buf_addf(into, " @ %s", url);
	} else if (str_eq(p->channel, "pypi")) {
		buf_addf(into, "==%s", p->version);
	} else {
		return false;
	}
	buf_addc(into, '\n');
	return true;
}

/* requirements.in, and overrides.txt with what must not be looked for. */
static bool write_wishes(const struct pinning *w, const struct plan_variant *v, struct buf *in, struct buf *overrides)
{
	for (size_t i = 0; i < v->npackages; i++) {
		const struct plan_package *p = &v->packages[i];

		if (p->way == WAY_WHEEL && !add_wheel(w, p, in))
			return false;
		if (p->way == WAY_SOURCE)
			buf_addf(overrides, "%s ; python_version < \"0\"\n", pkg_dist(p->pkg));
		if (p->way == WAY_SOURCE && (p->pkg == PKG_TORCH_SPARSE || p->pkg == PKG_TORCH_CLUSTER))
			buf_adds(in, "scipy\n");
	}
	for (size_t i = 0; i < v->npip; i++)
		buf_addf(in, "%s\n", v->pip[i].line);
	return true;
}

/* hashes.txt as it was: uv keeps these versions where they fit. */
static void write_kept(const struct pinning *w, const struct plan_variant *v, struct buf *into)
{
	const struct plan_variant *old = w->lock ? plan_variant(w->lock, v->name) : NULL;

	for (size_t i = 0; old && i < old->npip; i++)
		if (old->pip[i].sha256.n)
			buf_addf(into, "%s\n", old->pip[i].line);
}

static int write_one(const struct job *j, const char *name, const struct buf *text, struct err *err)
{
	AUTO_TEXT char *path = file_join(j->dir, name);

	return file_write(path, buf_blob(text, name), 0600, err);
}

/* 0 written, 1 with a note in the variant why it cannot be. */
static int write_job(const struct pinning *w, struct job *j, struct err *err)
{
	AUTO_BUF struct buf in = BUF_INIT, overrides = BUF_INIT, constraints = BUF_INIT, kept = BUF_INIT;

	if (str_ends(j->v->python.version, "t")) {
		not_locked(j->v, "`uv pip compile --python-version` takes no free-threaded Python");
		return 1;
	}
	if (!write_wishes(w, j->v, &in, &overrides)) {
		not_locked(j->v, "nobody said where the file of a package of the torch family lies");
		return 1;
	}
	if (require_old_numpy(&j->v->packages[0]))
		buf_adds(&constraints, "numpy<2\n");
	write_kept(w, j->v, &kept);
	return write_one(j, "requirements.in", &in, err) < 0 || write_one(j, "overrides.txt", &overrides, err) < 0 ||
			       write_one(j, "constraints.txt", &constraints, err) < 0 ||
			       write_one(j, "hashes.txt", &kept, err) < 0
		       ? -1
		       : 0;
}

/* --- how uv is called --- */

static void add_options(struct strv *args, const char *const *more)
{
	for (; *more; more++)
		strv_add(args, *more);
}

/* The index, or folders in its place, and pages of the PyTorch index for what comes from there. */
static void add_places(const struct pinning *w, const struct plan_variant *v, struct strv *args)
{
	const struct plan_package *torch = &v->packages[0];
	const char *pypi = plain_index(w);
	const struct plan_sources here = asked(w);
	AUTO_STRV struct strv links = STRV_INIT;

	if (pypi)
		strv_add(args, "--no-config");
	if (pypi && !is_url(pypi)) {
		strv_add(args, "--no-index");
		strv_own(&links, folder(w, pypi));
	}
	for (size_t i = 0; i < v->npip; i++)
		if (str_eq(torch->channel, "index")) {
			AUTO_TEXT char *index = xasprintf("%s/", torch->index);
			AUTO_TEXT char *mirror = require_url(&here, index);

			require_links(mirror, v->pip[i].line, &links);
		}
	if (str_eq(torch->channel, "directory") && torch->index)
		strv_own(&links, folder(w, torch->index));
	for (size_t i = 0; i < links.n; i++) {
		strv_add(args, "--find-links");
		strv_add(args, links.v[i]);
	}
}

static void arguments(const struct pinning *w, const struct job *j, struct strv *args)
{
	static const char *const first[] = {"uv", "pip", "compile", "requirements.in", NULL};
	static const char *const always[] = {
		"--quiet",	 "--only-binary",   ":all:",	   "--overrides",   "overrides.txt",
		"--constraints", "constraints.txt", "--no-header", "--no-annotate", NULL};
	static const char *const hashes[] = {"--generate-hashes", "-o", "hashes.txt", NULL};
	static const char *const files[] = {"--constraints", "hashes.txt", "--format", "pylock.toml", "-o",
					    "pylock.toml",   NULL};
	const struct os_row *os = catalog_os(&catalog_builtin, j->v->os);
	AUTO_TEXT char *platform = fetch_pins_platform(j->v->platform, os ? os->glibc : 0);

	add_options(args, first);
	for (size_t i = 0; i < j->v->pip_files.n; i++)
		strv_own(args, folder(w, j->v->pip_files.v[i]));
	add_options(args, always);
	strv_addf(args, "--python-version=%s", j->v->python.version);
	strv_addf(args, "--python-platform=%s", platform);
	for (size_t i = 0; i < j->v->npackages; i++)
		strv_addf(args, "--no-emit-package=%s", pkg_dist(j->v->packages[i].pkg));
	add_places(w, j->v, args);
	add_options(args, j->step == STEP_HASHES ? hashes : files);
}

/* What decides versions is the manifest's business, not the environment's. */
static const char *const decided[] = {"UV_CONSTRAINT",	"UV_OVERRIDE",	     "UV_EXCLUDE",	 "UV_TORCH_BACKEND",
				      "UV_RESOLUTION",	"UV_PRERELEASE",     "UV_FORK_STRATEGY", "UV_NO_BINARY",
				      "UV_ONLY_BINARY", "UV_REQUIRE_HASHES", "UV_EXCLUDE_NEWER", "UV_OFFLINE",
				      "UV_FIND_LINKS",	"UV_NO_BUILD",	     "UV_SYSTEM_PYTHON", NULL};
static const char *const decided_and_places[] = {"UV_CONSTRAINT",
						 "UV_OVERRIDE",
						 "UV_EXCLUDE",
						 "UV_TORCH_BACKEND",
						 "UV_RESOLUTION",
						 "UV_PRERELEASE",
						 "UV_FORK_STRATEGY",
						 "UV_NO_BINARY",
						 "UV_ONLY_BINARY",
						 "UV_REQUIRE_HASHES",
						 "UV_EXCLUDE_NEWER",
						 "UV_OFFLINE",
						 "UV_FIND_LINKS",
						 "UV_NO_BUILD",
						 "UV_SYSTEM_PYTHON",
						 "UV_INDEX",
						 "UV_EXTRA_INDEX_URL",
						 "UV_INDEX_URL",
						 NULL};

static int start(const struct pinning *w, struct job *j, struct err *err)
{
	AUTO_STRV struct strv args = STRV_INIT;
	const char *env[] = {"UV_PYTHON_DOWNLOADS=never", "UV_NO_PROGRESS=1",	   "NO_COLOR=1",
			     w->index ? w->index : w->ca, w->index ? w->ca : NULL, NULL};
	struct proc_spec spec = {.env = env,
				 .env_without = plain_index(w) ? decided_and_places : decided,
				 .dir = j->dir,
				 .timeout_ms = LIMIT_MS};

	arguments(w, j, &args);
	spec.argv = (const char *const *)args.v;
	return proc_start(&spec, &j->proc, err);
}

/* --- what it answers --- */

static int take_list(struct job *j, struct err *err)
{
	AUTO_BUF struct buf hashes = BUF_INIT, files = BUF_INIT;
	AUTO_TEXT char *list = file_join(j->dir, "hashes.txt");
	AUTO_TEXT char *lock = file_join(j->dir, "pylock.toml");
	struct err trouble = ERR_INIT;

	if (file_read(list, PINLIST_SIZE_MAX, &hashes, err) < 0 ||
	    file_read_if_there(lock, PINLIST_SIZE_MAX, &files, err) < 0)
		return -1;
	if (pinlist_read(buf_blob(&hashes, "uv"), buf_blob(&files, "uv"), j->v, &trouble) < 0) {
		not_locked(j->v, trouble.text);
		err_clear(&trouble);
		return 0;
	}
	strv_clear(&j->v->pip_files);
	j->v->pip_input = TAKE(j->input);
	return 0;
}

/* The next step of a job whose uv ended. One that knows no pylock.toml gives all hashes. */
static int after(struct job *j, const struct proc_end *end, struct err *err)
{
	if (j->step == STEP_HASHES && end->code != 0) {
		AUTO_TEXT char *why =
			end->timed_out ? xstrdup("uv took too long") : fetch_pins_reason(buf_text(&end->err));

		not_locked(j->v, why);
		j->step = STEP_DONE;
		return 0;
	}
	if (j->step == STEP_HASHES) {
		j->step = STEP_FILES;
		return 0;
	}
	j->step = STEP_DONE;
	return take_list(j, err);
}

static int poll_one(struct job *j, struct err *err)
{
	AUTO_PROC_END struct proc_end end = PROC_END_INIT;
	int rc = proc_poll(j->proc, WAIT_MS, err);

	if (rc <= 0)
		return rc;
	proc_take_end(j->proc, &end);
	proc_free(j->proc);
	j->proc = NULL;
	return after(j, &end, err);
}

static void show(const struct pinning *w, size_t done)
{
	struct event e = {.kind = EVENT_STEP,
			  .subject = "uv",
			  .text = "the packages beside torch",
			  .done = done,
			  .total = w->njobs};

	event_emit(w->place->events, &e);
}

static bool is_stopped(const struct pinning *w, struct err *err)
{
	int signal = w->place->stop ? *w->place->stop : 0;

	if (!signal)
		return false;
	(void)err_set(err, ERR_CANCELED, "canceled");
	err->sys = signal;
	return true;
}

/* Each as far as it gets, at most AT_ONCE at a time. Fills *done. */
static int run_round(struct pinning *w, size_t *done, struct err *err)
{
	size_t running = 0;

	*done = 0;
	for (size_t i = 0; i < w->njobs; i++) {
		struct job *j = &w->jobs[i];
		bool begins = j->step != STEP_DONE && !j->proc && running < AT_ONCE;

		if (is_stopped(w, err) || (begins && start(w, j, err) < 0) || (j->proc && poll_one(j, err) < 0))
			return -1;
		running += j->proc != NULL;
		*done += j->step == STEP_DONE;
	}
	return 0;
}

static int run_all(struct pinning *w, struct err *err)
{
	size_t done = 0;

	while (done < w->njobs) {
		size_t before = done;

		if (run_round(w, &done, err) < 0)
			return -1;
		if (done > before)
			show(w, done);
	}
	return 0;
}

/* --- all of it --- */

static int prepare(struct pinning *w, struct plan *plan, struct err *err)
{
	w->jobs = xcalloc(plan->nvariants + 1, sizeof(*w->jobs));
	for (size_t i = 0; i < plan->nvariants; i++) {
		struct plan_variant *v = &plan->variants[i];
		struct job *j = &w->jobs[w->njobs];
		int rc;

		if (v->pip_input)
			continue;
		w->njobs++;
		*j = (struct job){.v = v,
				  .input = pins_input(w->p, plan, v),
				  .dir = xasprintf("%s/%zu", w->root, i),
				  .step = STEP_HASHES};
		rc = j->input ? write_job(w, j, err) : 1;
		if (rc < 0)
			return -1;
		if (!j->input)
			not_locked(v, "a file of `pip` cannot be read");
		if (rc == 1)
			j->step = STEP_DONE;
	}
	return 0;
}

static void pinning_clear(struct pinning *w)
{
	struct err ignored = ERR_INIT;

	for (size_t i = 0; i < w->njobs; i++) {
		proc_free(w->jobs[i].proc);
		free(w->jobs[i].input);
		free(w->jobs[i].dir);
	}
	free(w->jobs);
	if (w->root && file_remove_tree(w->root, &ignored) < 0)
		err_clear(&ignored);
	free(w->root);
	free(w->index);
	free(w->ca);
}

int fetch_pins(const struct project *p, const struct plan *lock, const struct fetch_place *place, struct plan *plan,
	       struct err *err)
{
	struct pinning w = {.p = p, .plan = plan, .lock = lock, .place = place};
	const char *pypi = plain_index(&w), *ca = place->sources->ca;
	AUTO_TEXT char *host = pyindex_find(NULL);
	int rc;

	if (is_url(pypi) || host)
		w.index = xasprintf("UV_DEFAULT_INDEX=%s", is_url(pypi) ? pypi : host);
	if (ca) {
		AUTO_TEXT char *path = folder(&w, ca);

		w.ca = xasprintf("SSL_CERT_FILE=%s", path);
	}
	rc = file_temp_dir(&w.root, err);
	if (rc == 0)
		rc = prepare(&w, plan, err);
	if (rc == 0)
		rc = run_all(&w, err);
	pinning_clear(&w);
	return rc;
}
