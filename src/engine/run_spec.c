#include "engine/run_spec.h"

#include "base/str.h"
#include "engine/call.h"
#include "engine/image.h"

#include <string.h>

#define PIDS_BASE    256
#define PIDS_PER_CPU 64
#define TMPFS_SIZE   "size=64m"

/* Folders in memory: the caller's, then one over every volume of the image, since volumes are writable whatever the
 * root is. */
static void put_tmpfs(struct jval host, const struct run_opts *o, const struct image *i)
{
	struct jval tmpfs = jval_put_object(host, "Tmpfs");

	if (!o->tmpfs)
		jval_put_text(tmpfs, "/tmp", TMPFS_SIZE);
	for (size_t k = 0; o->tmpfs && k < o->tmpfs->n; k++) {
		const char *text = o->tmpfs->v[k];
		size_t len = strcspn(text, "=");
		AUTO_TEXT char *path = xstrndup(text, len);

		jval_put_text(tmpfs, path, text[len] ? text + len + 1 : TMPFS_SIZE);
	}
	for (size_t k = 0; k < i->volumes.n; k++) {
		const char *path = i->volumes.v[k];

		if (!jval_is_there(jval_member(tmpfs, path)) && !(o->files && str_eq(path, o->files_at)))
			jval_put_text(tmpfs, path, TMPFS_SIZE);
	}
}

/* "all" or "0,1" as the ids of one request. */
static void put_gpus(struct jval host, const struct run_opts *o)
{
	bool all = !o->gpus || str_eq(o->gpus, "all"), cdi = o->gpu == RUN_GPU_CDI;
	AUTO_STRV struct strv ids = STRV_INIT;

	if (o->gpu == RUN_GPU_NONE)
		return;
	struct jval request = jval_put_object(jval_put_array(host, "DeviceRequests"), NULL);

	jval_put_text(request, "Driver", cdi ? "cdi" : "");
	if (all && !cdi)
		jval_put_i64(request, "Count", -1);
	if (!all || cdi) {
		struct jval list = jval_put_array(request, "DeviceIDs");

		strv_split(&ids, all ? "all" : o->gpus, ",");
		for (size_t i = 0; i < ids.n; i++) {
			AUTO_TEXT char *id = xasprintf("%s%s", cdi ? "nvidia.com/gpu=" : "", ids.v[i]);

			jval_put_text(list, NULL, id);
		}
	}
	if (!cdi)
		jval_put_text(jval_put_array(jval_put_array(request, "Capabilities"), NULL), NULL, "gpu");
}

static void put_host(struct jval root, const struct run_opts *o, const struct image *i, unsigned cpus)
{
	struct jval host = jval_put_object(root, "HostConfig");
	unsigned pids = o->pids ? o->pids : PIDS_BASE + PIDS_PER_CPU * cpus;

	jval_put_bool(host, "ReadonlyRootfs", true);
	jval_put_text(jval_put_array(host, "CapDrop"), NULL, "ALL");
	jval_put_text(jval_put_array(host, "SecurityOpt"), NULL, "no-new-privileges");
	jval_put_text(host, "NetworkMode", o->network ? "default" : "none");
	jval_put_text(jval_put_object(host, "LogConfig"), "Type", "none");
	jval_put_u64(host, "PidsLimit", pids);
	if (o->memory) {
		jval_put_u64(host, "Memory", o->memory);
		jval_put_u64(host, "MemorySwap", o->memory);
	}
	if (o->shm)
		jval_put_u64(host, "ShmSize", o->shm);
	put_tmpfs(host, o, i);
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
	jval_put_text(root, "Image", image);
	jval_put_bool(root, "AttachStdout", true);
	jval_put_bool(root, "AttachStderr", true);
	put_command(root, o);
	put_host(root, o, i, info->cpus);
	*ret = TAKE(spec);
	return 0;
}
