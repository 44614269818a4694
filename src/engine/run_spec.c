#include "engine/run_spec.h"

#include "base/str.h"
#include "engine/call.h"
#include "engine/image.h"
#include "engine/run_filled.h"
#include "engine/run_libpod.h"

#include <string.h>

#define PIDS_BASE    256
#define PIDS_PER_CPU 64

/* The absolute path that the text of a VOLUME means, as engines take it: "data/", "/a/./data" and "/a/../data" are all
 * one place. The caller's. */
static char *volume_path(const char *text)
{
	AUTO_STRV struct strv parts = STRV_INIT;
	AUTO_BUF struct buf path = BUF_INIT;
	size_t n = 0;

	strv_split(&parts, text, "/");
	for (size_t i = 0; i < parts.n; i++) {
		if (str_eq(parts.v[i], "..")) {
			n -= n > 0;
		} else if (!str_eq(parts.v[i], ".")) {
			char *kept = parts.v[n];
			parts.v[n++] = parts.v[i];
			parts.v[i] = kept;
		}
	}
	for (size_t i = 0; i < n; i++)
		buf_addf(&path, "/%s", parts.v[i]);
	return xstrdup(n ? buf_text(&path) : "/");
}

/* What the engine itself puts there no volume can cover. */
static bool is_mountable(const char *path)
{
	return !str_eq(path, "/") && !str_eq(path, "/dev") && !str_eq(path, "/proc") && !str_starts(path, "/proc/");
}

const char *run_volume_refused(const struct image *i)
{
	for (size_t k = 0; k < i->volumes.n; k++) {
		AUTO_TEXT char *path = volume_path(i->volumes.v[k]);

		if (!is_mountable(path))
			return i->volumes.v[k];
	}
	return NULL;
}

/* The places of its volumes, but for /tmp and where our files go. */
static void volumes_of(const struct run_opts *o, const struct image *i, struct strv *into)
{
	for (size_t k = 0; k < i->volumes.n; k++) {
		AUTO_TEXT char *path = volume_path(i->volumes.v[k]);

		if (is_mountable(path) && !str_eq(path, "/tmp") && (!o->files || !str_eq(path, o->files_at)))
			strv_add_once(into, path);
	}
}

unsigned run_spec_pids(const struct run_opts *o, unsigned cpus)
{
	return o->pids ? o->pids : PIDS_BASE + PIDS_PER_CPU * cpus;
}

void run_spec_cdi(const struct run_opts *o, struct strv *into)
{
	AUTO_STRV struct strv ids = STRV_INIT;

	strv_split(&ids, o->gpus ? o->gpus : "all", ",");
	for (size_t i = 0; i < ids.n; i++)
		strv_addf(into, "nvidia.com/gpu=%s", ids.v[i]);
}

/* "all" or "0,1" as the ids of one request. */
static void put_gpus(struct jval host, const struct run_opts *o)
{
	bool all = !o->gpus || str_eq(o->gpus, "all");
	AUTO_STRV struct strv ids = STRV_INIT;

	if (o->gpu == RUN_GPU_NONE)
		return;
	struct jval request = jval_put_object(jval_put_array(host, "DeviceRequests"), NULL);

	if (o->gpu == RUN_GPU_CDI) {
		run_spec_cdi(o, &ids);
		jval_put_text(request, "Driver", "cdi");
		jval_put_strv(request, "DeviceIDs", &ids);
		return;
	}
	jval_put_text(request, "Driver", "");
	if (all) {
		jval_put_i64(request, "Count", -1);
	} else {
		strv_split(&ids, o->gpus, ",");
		jval_put_strv(request, "DeviceIDs", &ids);
	}
	jval_put_text(jval_put_array(jval_put_array(request, "Capabilities"), NULL), NULL, "gpu");
}

static void put_host(struct jval root, const struct run_opts *o, const struct strv *memory, unsigned cpus)
{
	struct jval host = jval_put_object(root, "HostConfig");

	jval_put_bool(host, "ReadonlyRootfs", true);
	jval_put_text(jval_put_array(host, "CapDrop"), NULL, "ALL");
	jval_put_text(jval_put_array(host, "SecurityOpt"), NULL, "no-new-privileges");
	jval_put_text(host, "NetworkMode", o->network ? "default" : "none");
	jval_put_text(jval_put_object(host, "LogConfig"), "Type", "none");
	jval_put_u64(host, "PidsLimit", run_spec_pids(o, cpus));
	if (o->memory) {
		jval_put_u64(host, "Memory", o->memory);
		jval_put_u64(host, "MemorySwap", o->memory);
	}
	if (o->shm)
		jval_put_u64(host, "ShmSize", o->shm);
	struct jval tmpfs = jval_put_object(host, "Tmpfs");

	for (size_t k = 0; k < memory->n; k++)
		jval_put_text(tmpfs, memory->v[k], RUN_MEMORY);
	put_gpus(host, o);
}

static void put_env(const struct run_opts *o, bool libpod, struct jval root)
{
	AUTO_STRV struct strv env = STRV_INIT;

	if (o->env)
		strv_add_all(&env, o->env);
	if (o->gpu == RUN_GPU_NONE)
		strv_add(&env, "NVIDIA_VISIBLE_DEVICES=void");
	if (libpod)
		call_put_pairs(root, "env", &env);
	else
		jval_put_strv(root, "Env", &env);
}

void run_spec_command(const struct run_opts *o, bool libpod, struct jval root)
{
	static const struct {
		const char *entrypoint, *cmd, *user, *workdir;
	} keys[] = {{"Entrypoint", "Cmd", "User", "WorkingDir"}, {"entrypoint", "command", "user", "work_dir"}};

	put_env(o, libpod, root);
	if (o->entrypoint && o->entrypoint->n == 0 && !libpod) /* as the CLI says "none" */
		jval_put_text(jval_put_array(root, "Entrypoint"), NULL, "");
	else if (o->entrypoint)
		jval_put_strv(root, keys[libpod].entrypoint, o->entrypoint);
	if (o->cmd)
		jval_put_strv(root, keys[libpod].cmd, o->cmd);
	if (o->user)
		jval_put_text(root, keys[libpod].user, o->user);
	if (o->workdir)
		jval_put_text(root, keys[libpod].workdir, o->workdir);
}

int run_spec(struct engine *e, const char *image, const struct run_opts *o, struct run_volumes *volumes,
	     struct jdoc **ret, struct err *err)
{
	AUTO(jdoc) struct jdoc *spec = jdoc_new_object();
	AUTO(engine_info) struct engine_info *info = NULL;
	AUTO(image) struct image *i = NULL;
	AUTO_STRV struct strv memory = STRV_INIT;
	struct jval root = jdoc_root(spec);
	int there = engine_image(e, image, &i, err);

	if (there != 0)
		return there < 0 ? -1
				 : err_set(err, ERR_ENGINE, "engine %s: no such image: %s", e->host->address, image);
	volumes_of(o, i, &volumes->all);
	if (engine_info(e, &info, err) < 0 || run_filled(e, image, &volumes->all, &volumes->filled, err) < 0)
		return -1;
	strv_add(&memory, "/tmp");
	for (size_t k = 0; k < volumes->all.n; k++)
		if (!strv_has(&volumes->filled, volumes->all.v[k]))
			strv_add(&memory, volumes->all.v[k]);
	if (e->podman) {
		run_libpod(image, o, &memory, info->cpus, root);
	} else {
		jval_put_text(root, "Image", image);
		jval_put_bool(root, "AttachStdout", true);
		jval_put_bool(root, "AttachStderr", true);
		run_spec_command(o, false, root);
		put_host(root, o, &memory, info->cpus);
	}
	*ret = TAKE(spec);
	return 0;
}
