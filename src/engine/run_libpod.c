#include "engine/run_libpod.h"

#include "engine/run_spec.h"

static void put_tmpfs(struct jval root, const struct strv *memory)
{
	struct jval mounts = jval_put_array(root, "mounts");
	AUTO_STRV struct strv options = STRV_INIT;

	strv_split(&options, RUN_MEMORY ",nosuid,nodev", ",");
	for (size_t k = 0; k < memory->n; k++) {
		struct jval m = jval_put_object(mounts, NULL);

		jval_put_text(m, "destination", memory->v[k]);
		jval_put_text(m, "type", "tmpfs");
		jval_put_text(m, "source", "tmpfs");
		jval_put_strv(m, "options", &options);
	}
}

static void put_limits(struct jval root, const struct run_opts *o, unsigned cpus)
{
	struct jval limits = jval_put_object(root, "resource_limits");

	jval_put_u64(jval_put_object(limits, "pids"), "limit", run_spec_pids(o, cpus));
	if (o->memory) {
		struct jval memory = jval_put_object(limits, "memory");

		jval_put_u64(memory, "limit", o->memory);
		jval_put_u64(memory, "swap", o->memory);
	}
	if (o->shm)
		jval_put_u64(root, "shm_size", o->shm);
}

static void put_gpus(struct jval root, const struct run_opts *o)
{
	AUTO_STRV struct strv names = STRV_INIT;

	if (o->gpu == RUN_GPU_NONE)
		return;
	struct jval devices = jval_put_array(root, "devices");

	run_spec_cdi(o, &names);
	for (size_t i = 0; i < names.n; i++)
		jval_put_text(jval_put_object(devices, NULL), "path", names.v[i]);
}

struct jdoc *run_libpod_still(const char *image)
{
	struct jdoc *spec = jdoc_new_object();
	struct jval root = jdoc_root(spec);

	jval_put_text(root, "image", image);
	jval_put_text(root, "image_volume_mode", "ignore");
	jval_put_text(jval_put_array(root, "command"), NULL, "never-started");
	jval_put_text(jval_put_object(root, "netns"), "nsmode", "none");
	return spec;
}

void run_libpod(const char *image, const struct run_opts *o, const struct strv *memory, unsigned cpus, struct jval root)
{
	jval_put_text(root, "image", image);
	jval_put_text(root, "image_volume_mode", "ignore");
	jval_put_bool(root, "read_only_filesystem", true);
	jval_put_text(jval_put_array(root, "cap_drop"), NULL, "all");
	jval_put_bool(root, "no_new_privileges", true);
	jval_put_text(jval_put_object(root, "log_configuration"), "driver", "none");
	if (!o->network)
		jval_put_text(jval_put_object(root, "netns"), "nsmode", "none");
	run_spec_command(o, true, root);
	put_limits(root, o, cpus);
	put_tmpfs(root, memory);
	put_gpus(root, o);
}

void run_libpod_mount(struct jval root, const char *volume, const char *at)
{
	struct jval v = jval_put_object(jval_put_array(root, "volumes"), NULL);

	jval_put_text(v, "Name", volume);
	jval_put_text(v, "Dest", at);
	jval_put_text(jval_put_array(v, "Options"), NULL, "ro");
}
