#include "engine/run_spec.h"

#include "base/str.h"
#include "engine/call.h"
#include "engine/image.h"
#include "engine/run_libpod.h"

#include <string.h>

#define PIDS_BASE    256
#define PIDS_PER_CPU 64
#define TMPFS_SIZE   "size=64m"

/* Folders in memory: the caller's, then one over every volume of the image, since volumes are writable whatever the
 * root is. */
void run_spec_tmpfs(const struct run_opts *o, const struct image *i, struct strv *into)
{
	if (!o->tmpfs)
		strv_add(into, "/tmp=" TMPFS_SIZE);
	for (size_t k = 0; o->tmpfs && k < o->tmpfs->n; k++)
		strv_addf(into, "%s%s", o->tmpfs->v[k], strchr(o->tmpfs->v[k], '=') ? "" : "=" TMPFS_SIZE);
	for (size_t k = 0; k < i->volumes.n; k++) {
		const char *path = i->volumes.v[k];
		AUTO_TEXT char *start = xasprintf("%s=", path);
		bool there = o->files && str_eq(path, o->files_at);

		for (size_t n = 0; n < into->n; n++)
			there = there || str_starts(into->v[n], start);
		if (!there)
			strv_addf(into, "%s=" TMPFS_SIZE, path);
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

static void put_host(struct jval root, const struct run_opts *o, const struct image *i, unsigned cpus)
{
	struct jval host = jval_put_object(root, "HostConfig");
	AUTO_STRV struct strv tmpfs = STRV_INIT;

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
	run_spec_tmpfs(o, i, &tmpfs);
	call_put_pairs(host, "Tmpfs", &tmpfs);
	put_gpus(host, o);
}

static void put_command(struct jval root, const struct run_opts *o)
{
	AUTO_STRV struct strv env = STRV_INIT;

	if (o->env)
		strv_add_all(&env, o->env);
	if (o->gpu == RUN_GPU_NONE)
		strv_add(&env, "NVIDIA_VISIBLE_DEVICES=void");
	jval_put_strv(root, "Env", &env);
	if (o->entrypoint && o->entrypoint->n == 0) /* as the CLI says "none" */
		jval_put_text(jval_put_array(root, "Entrypoint"), NULL, "");
	else if (o->entrypoint)
		jval_put_strv(root, "Entrypoint", o->entrypoint);
	if (o->cmd)
		jval_put_strv(root, "Cmd", o->cmd);
	if (o->user)
		jval_put_text(root, "User", o->user);
	if (o->workdir)
		jval_put_text(root, "WorkingDir", o->workdir);
}

int run_spec(struct engine *e, const char *image, const struct run_opts *o, struct jdoc **ret, struct err *err)
{
	AUTO(jdoc) struct jdoc *spec = jdoc_new_object();
	AUTO(engine_info) struct engine_info *info = NULL;
	AUTO(image) struct image *i = NULL;
	struct jval root = jdoc_root(spec);
	int there = engine_image(e, image, &i, err);

	if (there != 0)
		return there < 0 ? -1
				 : err_set(err, ERR_ENGINE, "engine %s: no such image: %s", e->host->address, image);
	if (engine_info(e, &info, err) < 0)
		return -1;
	if (e->podman) {
		run_libpod(image, o, i, info->cpus, root);
	} else {
		jval_put_text(root, "Image", image);
		jval_put_bool(root, "AttachStdout", true);
		jval_put_bool(root, "AttachStderr", true);
		put_command(root, o);
		put_host(root, o, i, info->cpus);
	}
	*ret = TAKE(spec);
	return 0;
}
