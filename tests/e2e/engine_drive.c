/* engine_drive.c — the engine floor at a real engine, one action per call, for engine.bats. Not part of the program.
 *
 *   engine_drive ACTION ARGUMENT...      errors: "KIND: TEXT", "hint: ...", "detail: ..." on standard error, exit code
 * as main's build DOCKERFILE FOLDER TAG          the files of FOLDER (flat) as context; prints the image's id; events
 * on standard error twice DOCKERFILE FOLDER TAG          the same in two threads at once, tags TAG-0 and TAG-1 run
 * IMAGE SECONDS GPU COMMAND...     GPU: none, request, cdi; the file /cudabuild/note says "from outside" pull IMAGE,
 * cat IMAGE PATH, image IMAGE, label KEY=VALUE, info, left, reap */
#include "base/file.h"
#include "base/str.h"
#include "engine/build.h"
#include "engine/image.h"
#include "engine/reap.h"
#include "engine/run.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static volatile sig_atomic_t stop;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void on_signal(int number)
{
	stop = number;
}

static void emit(void *self, const struct event *e)
{
	static const char *const kinds[] = {"step", "log", "done", "failed", "note", "warning"};

	(void)self;
	pthread_mutex_lock(&lock);
	fprintf(stderr, "%s %s: %s", kinds[e->kind], e->subject, e->text);
	if (e->total)
		fprintf(stderr, " %llu/%llu", (unsigned long long)e->done, (unsigned long long)e->total);
	fputc('\n', stderr);
	pthread_mutex_unlock(&lock);
}

static const struct events events = {.emit = emit};
static struct host *host;
static struct owner *owner;

static int open_engine(struct engine **ret, struct err *err)
{
	return engine_open(&(struct engine_opts){.host = host, .owner = owner, .events = &events, .stop = &stop}, ret,
			   err);
}

static int read_context(const char *dockerfile, const char *folder, struct context **ret, struct err *err)
{
	AUTO(context) struct context *c = context_new();
	AUTO_STRV struct strv names = STRV_INIT;
	AUTO_BUF struct buf text = BUF_INIT;

	if (file_read(dockerfile, 1u << 20, &text, err) < 0 || file_list(folder, &names, err) < 0 ||
	    context_add_bytes(c, "images/x/Dockerfile", 0644, buf_blob(&text, dockerfile), err) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		AUTO_TEXT char *path = file_join(folder, names.v[i]);
		struct stat st;

		if (stat(path, &st) == 0 &&
		    context_add_file(c, names.v[i], (unsigned)st.st_mode, path, (uint64_t)st.st_size, err) < 0)
			return -1;
	}
	*ret = TAKE(c);
	return 0;
}

static int build(struct engine *e, char **args, const char *tag, struct err *err)
{
	AUTO(context) struct context *c = NULL;
	AUTO_TEXT char *digest = NULL, *id = NULL;
	AUTO_STRV struct strv tags = STRV_INIT, labels = STRV_INIT;

	if (read_context(args[0], args[1], &c, err) < 0 || engine_context_digest(c, &digest, err) < 0)
		return -1;
	strv_add(&tags, tag);
	strv_addf(&labels, "io.cudabuild.context=%s", digest);
	if (engine_build(e, c,
			 &(struct build_opts){.subject = tag,
					      .dockerfile = "images/x/Dockerfile",
					      .tags = &tags,
					      .labels = &labels,
					      .network = "none",
					      .expect_digest = digest},
			 &id, err) < 0)
		return -1;
	printf("%s\n", id);
	return 0;
}

struct job {
	char **args;
	char *tag;
	struct err err;
	int rc;
};

static void *build_thread(void *self)
{
	struct job *j = self;
	AUTO(engine) struct engine *e = NULL;

	j->rc = open_engine(&e, &j->err) < 0 || build(e, j->args, j->tag, &j->err) < 0 ? -1 : 0;
	return NULL;
}

static int twice(char **args, struct err *err)
{
	struct job jobs[2] = {{.args = args}, {.args = args}};
	pthread_t threads[2];
	int rc = 0;

	for (int i = 0; i < 2; i++) {
		jobs[i].tag = xasprintf("%s-%d", args[2], i);
		pthread_create(&threads[i], NULL, build_thread, &jobs[i]);
	}
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
		free(jobs[i].tag);
		if (jobs[i].rc < 0 && rc == 0)
			rc = err_move(err, &jobs[i].err);
		err_clear(&jobs[i].err);
	}
	return rc;
}

static int run(struct engine *e, char **args, struct err *err)
{
	AUTO(context) struct context *files = context_new();
	AUTO_STRV struct strv cmd = STRV_INIT;
	struct run_result r = RUN_RESULT_INIT;
	enum run_gpu gpu = str_eq(args[2], "request") ? RUN_GPU_REQUEST
			   : str_eq(args[2], "cdi")   ? RUN_GPU_CDI
						      : RUN_GPU_NONE;
	uint64_t seconds = 0;

	for (char **a = args + 3; *a; a++)
		strv_add(&cmd, *a);
	if (!str_to_u64(args[1], 1000, &seconds) ||
	    context_add_bytes(files, "note", 0644, blob_text("note", "from outside\n"), err) < 0 ||
	    engine_run(e, args[0],
		       &(struct run_opts){.subject = "run",
					  .cmd = &cmd,
					  .files = files,
					  .files_at = "/cudabuild",
					  .gpu = gpu,
					  .memory = 64u << 20,
					  .timeout = (unsigned)seconds},
		       &r, err) < 0)
		return -1;
	printf("exit %d%s%s\nout: %serr: %s\n", r.exit_code, r.timed_out ? " timed out" : "",
	       r.oom ? " out of memory" : "", buf_text(&r.out), buf_text(&r.err));
	run_result_clear(&r);
	return 0;
}

static int cat(struct engine *e, char **args, struct err *err)
{
	AUTO_BUF struct buf bytes = BUF_INIT;
	int rc = engine_read_file(e, args[0], args[1], 1u << 16, &bytes, err);

	if (rc == 0)
		printf("%s\n", buf_text(&bytes));
	return rc;
}

static int image(struct engine *e, char **args, struct err *err)
{
	AUTO(image) struct image *i = NULL;
	int rc = engine_image(e, args[0], &i, err);

	if (rc != 0)
		return rc;
	AUTO_TEXT char *env = strv_join(&i->env, " "), *labels = strv_join(&i->labels, " ");
	AUTO_TEXT char *volumes = strv_join(&i->volumes, " "), *entry = strv_join(&i->entrypoint, " ");

	printf("%s/%s\nenv %s\nlabels %s\nvolumes %s\nentrypoint %s\nuser %s\nlayers %zu\n", i->os, i->arch, env,
	       labels, volumes, entry, i->user, i->diff_ids.n);
	return 0;
}

static int label(struct engine *e, char **args, struct err *err)
{
	AUTO(images) struct images *all = NULL;
	AUTO_STRV struct strv labels = STRV_INIT;

	strv_add(&labels, args[0]);
	if (engine_images(e, &labels, &all, err) < 0)
		return -1;
	for (size_t i = 0; i < all->n; i++)
		printf("%s\n", all->v[i].id);
	return 0;
}

static int info(struct engine *e, struct err *err)
{
	AUTO(engine_info) struct engine_info *i = NULL;

	if (engine_info(e, &i, err) < 0)
		return -1;
	printf("%s %s api %s %s/%s at %s from %s\n", i->name, i->version, i->api, i->os, i->arch, host->address,
	       host->from);
	return 0;
}

static int left(struct engine *e, struct err *err)
{
	static const char *const states[] = {"alive", "dead", "unknown"};
	AUTO(leftovers) struct leftovers *all = NULL;

	if (engine_leftovers(e, &all, err) < 0)
		return -1;
	for (size_t i = 0; i < all->n; i++)
		printf("%s %s %s\n", all->v[i].kind == LEFTOVER_VOLUME ? "volume" : "container", all->v[i].project,
		       states[all->v[i].state]);
	return 0;
}

static int reap(struct engine *e, struct err *err)
{
	size_t n = 0;

	if (engine_reap(e, &n, err) < 0)
		return -1;
	printf("reaped %zu\n", n);
	return 0;
}

static int act(char **args, int n, struct err *err)
{
	AUTO(engine) struct engine *e = NULL;
	const char *what = args[0];

	args++;
	if (open_engine(&e, err) < 0)
		return -1;
	if (str_eq(what, "build") && n == 4)
		return build(e, args, args[2], err);
	if (str_eq(what, "twice") && n == 4)
		return twice(args, err);
	if (str_eq(what, "run") && n > 4)
		return run(e, args, err);
	if (str_eq(what, "pull") && n == 2)
		return engine_pull(e, args[0], &(struct pull_opts){.subject = "pull"}, err);
	if (str_eq(what, "cat") && n == 3)
		return cat(e, args, err);
	if (str_eq(what, "image") && n == 2)
		return image(e, args, err);
	if (str_eq(what, "label") && n == 2)
		return label(e, args, err);
	if (str_eq(what, "info"))
		return info(e, err);
	if (str_eq(what, "left"))
		return left(e, err);
	if (str_eq(what, "reap"))
		return reap(e, err);
	return err_set(err, ERR_USAGE, "no such action: %s", what);
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	struct host_env env = host_env_get(NULL);
	struct sigaction action = {.sa_handler = on_signal};
	int rc = -1;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	if (argc > 1 && host_choose(&env, &host, &err) == 0 && owner_self("drive", &owner, &err) == 0)
		rc = act(argv + 1, argc - 1, &err);
	host_free(host);
	owner_free(owner);
	if (rc >= 0)
		return rc;
	fprintf(stderr, "%s: %s\n", err_kind_name(err.kind), err.text);
	if (err.hint[0])
		fprintf(stderr, "hint: %s\n", err.hint);
	if (err.detail)
		fprintf(stderr, "detail:\n%s", err.detail);
	rc = err_exit_code(&err);
	err_clear(&err);
	return rc;
}
