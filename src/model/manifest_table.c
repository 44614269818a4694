#include "model/manifest_table.h"

#include "base/buf.h"
#include "base/str.h"
#include "model/manifest.h"

#define TABLE(rows)                                                                                                    \
	{                                                                                                              \
		.keys = (rows), .n = ARRAY_LEN(rows)                                                                   \
	}
#define IN(type, field) .at = offsetof(struct type, field)

static const char *const wheels_words[] = {"prefer", "require", "never", NULL};
static const char *const probe_words[] = {"auto", "image", "inject", NULL};
static const char *const require_words[] = {"minor", "keep", NULL};

/* --- targets --- */

#define SLURM(key, g, text)                                                                                            \
	{                                                                                                              \
		.name = #key, .type = MKEY_TEXT, .grammar = (g), IN(manifest_slurm, key), .about = (text)              \
	}
static const struct mkey slurm_keys[] = {
	SLURM(partition, MG_SLURM, "The partition of the job."),
	SLURM(gres, MG_SLURM, "Generic resources of the job, such as gpu:1."),
	SLURM(constraint, MG_SLURM, "Features a node must have."),
	SLURM(account, MG_SLURM, "The account that is charged."),
	SLURM(time, MG_SLURM_TIME, "The job's time limit."),
	SLURM(runtime, MG_RUNTIME, "What runs the image on the node."),
};
static const struct mtable slurm_table = TABLE(slurm_keys);

static const struct mkey kubernetes_keys[] = {
	{.name = "node_selector",
	 .type = MKEY_PAIRS,
	 .grammar = MG_K8S_VALUE,
	 .names = MG_K8S_KEY,
	 IN(manifest_kubernetes, node_selector),
	 .about = "Labels a node must have."},
	{.name = "namespace",
	 .type = MKEY_TEXT,
	 .grammar = MG_K8S_NAME,
	 IN(manifest_kubernetes, namespace_),
	 .about = "The namespace of the job."},
	{.name = "runtime_class",
	 .type = MKEY_TEXT,
	 .grammar = MG_K8S_NAME,
	 IN(manifest_kubernetes, runtime_class),
	 .about = "The runtime class of the pod."},
};
static const struct mtable kubernetes_table = TABLE(kubernetes_keys);

static const struct mkey target_keys[] = {
	{.name = "name",
	 .type = MKEY_TEXT,
	 .flags = MKEY_REQUIRED,
	 .grammar = MG_VARIANT,
	 IN(manifest_target, name),
	 .about = "What reports call it."},
	{.name = "gpu",
	 .type = MKEY_TEXT,
	 .grammar = MG_GPU,
	 IN(manifest_target, gpu),
	 .about = "The GPU's name, such as A100; or give compute."},
	{.name = "compute",
	 .type = MKEY_TEXT,
	 .grammar = MG_COMPUTE,
	 IN(manifest_target, compute),
	 .about = "The GPU's compute capability, such as 9.0."},
	{.name = "driver",
	 .type = MKEY_TEXT,
	 .grammar = MG_DRIVER,
	 IN(manifest_target, driver),
	 .about = "The version of NVIDIA's driver there."},
	{.name = "platform",
	 .type = MKEY_TEXT,
	 .grammar = MG_PLATFORM,
	 IN(manifest_target, platform),
	 .about = "The machine's platform."},
	{.name = "forward_compat",
	 .type = MKEY_BOOL,
	 IN(manifest_target, forward_compat),
	 .about = "Whether NVIDIA's forward compatibility package is in use there."},
	{.name = "slurm",
	 .type = MKEY_OBJECT,
	 .flags = MKEY_GIVEN,
	 .table = &slurm_table,
	 IN(manifest_target, slurm),
	 .about = "How a Slurm job gets there."},
	{.name = "kubernetes",
	 .type = MKEY_OBJECT,
	 .flags = MKEY_GIVEN,
	 .table = &kubernetes_table,
	 IN(manifest_target, kubernetes),
	 .about = "How a Kubernetes job gets there."},
};
static const struct mtable target_table = TABLE(target_keys);

/* --- what a variant may set --- */

#define PACKAGE(key, pkg, text)                                                                                        \
	{                                                                                                              \
		.name = (key), .type = MKEY_TEXT, .grammar = MG_SPEC, IN(manifest_variant, packages[pkg]),             \
		.about = (text)                                                                                        \
	}
static const struct mkey variant_keys[] = {
	PACKAGE("torch", PKG_TORCH, "PyTorch: a PEP 440 specifier; a bare version means ==."),
	PACKAGE("torch_sparse", PKG_TORCH_SPARSE, "torch_sparse, likewise; brings torch_scatter with it."),
	PACKAGE("torch_scatter", PKG_TORCH_SCATTER, "torch_scatter, likewise."),
	PACKAGE("torch_cluster", PKG_TORCH_CLUSTER, "torch_cluster, likewise."),
	PACKAGE("torch_spline_conv", PKG_TORCH_SPLINE_CONV, "torch_spline_conv, likewise."),
	PACKAGE("pyg_lib", PKG_PYG_LIB, "pyg_lib, likewise."),
	{.name = "cuda",
	 .type = MKEY_TEXT_OR_LIST,
	 .flags = MKEY_FILLED | MKEY_UNIQUE,
	 .grammar = MG_CUDA,
	 .item = MG_CUDA_ITEM,
	 IN(manifest_variant, cuda),
	 .about = "CUDA versions and ranges (12 is any 12.x), each match one variant; or best, all, per-target, cpu."},
	{.name = "python",
	 .type = MKEY_TEXT,
	 .grammar = MG_PYTHON,
	 IN(manifest_variant, python),
	 .about = "The Python version: 3.11, 3.13t or a range."},
	{.name = "os",
	 .type = MKEY_TEXT,
	 .grammar = MG_OS,
	 IN(manifest_variant, os),
	 .about = "The distribution of the image, such as ubuntu22.04."},
	{.name = "base",
	 .type = MKEY_TEXT,
	 .grammar = MG_BASE,
	 IN(manifest_variant, base),
	 .about = "The final stage's base: auto, base, runtime, os, or an image of your own."},
	{.name = "platforms",
	 .type = MKEY_LIST,
	 .flags = MKEY_FILLED | MKEY_UNIQUE,
	 .item = MG_PLATFORM,
	 IN(manifest_variant, platforms),
	 .about = "The platforms to build for."},
	{.name = "targets",
	 .type = MKEY_TARGETS,
	 .table = &target_table,
	 IN(manifest_variant, targets),
	 .about = "Where the images will run."},
	{.name = "pip",
	 .type = MKEY_LIST,
	 .item = MG_PIP,
	 IN(manifest_variant, pip),
	 .about = "More Python packages: requirements, or -r FILE."},
	{.name = "apt",
	 .type = MKEY_LIST,
	 .flags = MKEY_UNIQUE,
	 .item = MG_APT,
	 IN(manifest_variant, apt),
	 .about = "More packages of the distribution."},
};
const struct mtable mtable_variant = TABLE(variant_keys);

/* --- the rest of the top level --- */

static const struct mkey app_keys[] = {
	{.name = "copy",
	 .type = MKEY_LIST,
	 .flags = MKEY_UNIQUE,
	 .item = MG_PATH,
	 IN(manifest_app, copy),
	 .about = "Files and folders that go into the image, below the manifest's folder."},
	{.name = "workdir",
	 .type = MKEY_TEXT,
	 .grammar = MG_WORKDIR,
	 IN(manifest_app, workdir),
	 .about = "The folder in the image where they go and where the command runs."},
	{.name = "user",
	 .type = MKEY_TEXT,
	 .grammar = MG_USER,
	 IN(manifest_app, user),
	 .about = "The numeric user that the image runs as."},
	{.name = "env",
	 .type = MKEY_PAIRS,
	 .grammar = MG_TEXT,
	 .names = MG_ENV_NAME,
	 IN(manifest_app, env),
	 .about = "Environment variables of the image. No secrets: they can be read from the image."},
	{.name = "command",
	 .type = MKEY_LIST,
	 .flags = MKEY_FILLED,
	 .item = MG_TEXT,
	 IN(manifest_app, command),
	 .about = "What the image runs, one argument per item."},
};
static const struct mtable app_table = TABLE(app_keys);

#define SOURCE(key, g, f, text)                                                                                        \
	{                                                                                                              \
		.name = #key, .type = MKEY_TEXT, .flags = (f), .grammar = (g), IN(manifest_sources, key),              \
		.about = (text)                                                                                        \
	}
static const struct mkey sources_keys[] = {
	{.name = "images",
	 .type = MKEY_LIST,
	 .flags = MKEY_FILLED | MKEY_UNIQUE,
	 .item = MG_REPOSITORY,
	 IN(manifest_sources, images),
	 .about = "Where NVIDIA's images are looked for, in this order."},
	SOURCE(os_images, MG_REGISTRY, 0, "Where the distributions' own images are."),
	SOURCE(torch, MG_TORCH_PLACE, 0, "PyTorch's index, a folder of wheels, or pypi."),
	SOURCE(pyg, MG_PLACE, 0, "PyG's index, or a folder of wheels."),
	SOURCE(pypi, MG_PLACE, MKEY_NULLABLE,
	       "The Python package index; by default what pip or uv are configured with."),
	SOURCE(python, MG_PLACE, MKEY_NULLABLE, "Where managed Pythons come from; by default uv's own."),
	SOURCE(apt, MG_PLACE, MKEY_NULLABLE, "A mirror for the distribution's packages."),
	SOURCE(ca, MG_DIR, MKEY_NULLABLE, "A bundle of certificate authorities; by default SSL_CERT_FILE."),
};
static const struct mtable sources_table = TABLE(sources_keys);

static const struct mkey build_keys[] = {
	{.name = "wheels",
	 .type = MKEY_WORD,
	 .words = wheels_words,
	 IN(manifest_build, wheels),
	 .about = "Whether ready wheels are preferred, required or never taken."},
	{.name = "arch_list",
	 .type = MKEY_TEXT_OR_AUTO,
	 .grammar = MG_ARCH_LIST,
	 IN(manifest_build, arch_list),
	 .about = "GPU architectures to compile for, such as 8.0 9.0+PTX."},
	{.name = "jobs", .type = MKEY_COUNT_OR_AUTO, IN(manifest_build, jobs), .about = "Compile processes per stage."},
	{.name = "metis",
	 .type = MKEY_BOOL,
	 IN(manifest_build, metis),
	 .about = "Whether compiled torch_sparse gets METIS."},
	{.name = "slim",
	 .type = MKEY_BOOL,
	 IN(manifest_build, slim),
	 .about = "Whether what running does not need is left out."},
};
static const struct mtable build_table = TABLE(build_keys);

static const struct mkey test_keys[] = {
	{.name = "require_gpu",
	 .type = MKEY_BOOL,
	 IN(manifest_test, require_gpu),
	 .about = "Whether a test without a GPU is a failure."},
	{.name = "probe",
	 .type = MKEY_WORD,
	 .words = probe_words,
	 IN(manifest_test, probe),
	 .about = "Whether the probe is compiled into the image or injected."},
	{.name = "timeout",
	 .type = MKEY_SECONDS,
	 .grammar = MG_SECONDS,
	 IN(manifest_test, timeout),
	 .about = "How long a test may take: 300s, 5m, 2h."},
};
static const struct mtable test_table = TABLE(test_keys);

static const struct mkey top_keys[] = {
	{.name = "$schema", .type = MKEY_EDITOR, .grammar = MG_TEXT, .about = "For editors; ignored."},
	{.name = "schema", .type = MKEY_SCHEMA, .flags = MKEY_REQUIRED, .about = "The version of this format."},
	{.name = "name",
	 .type = MKEY_TEXT,
	 .flags = MKEY_REQUIRED,
	 .grammar = MG_NAME,
	 IN(manifest, name),
	 .about = "The project's name."},
	{.name = "version",
	 .type = MKEY_TEXT,
	 .grammar = MG_VERSION,
	 IN(manifest, version),
	 .about = "The project's version; goes into tags."},
	{.name = "image",
	 .type = MKEY_TEXT,
	 .grammar = MG_IMAGE,
	 IN(manifest, image),
	 .about = "The name of the images; may hold {version} {variant} {python} {torch} {torch_sparse} {cuda}."},
	{.name = "templates",
	 .type = MKEY_TEXT,
	 .grammar = MG_DIR,
	 IN(manifest, templates),
	 .about = "A folder of templates that replace the built-in ones."},
	{.name = "base_require",
	 .type = MKEY_SECOND_WORD,
	 .words = require_words,
	 IN(manifest, base_keep),
	 .about = "What NVIDIA_REQUIRE_CUDA asks for: the CUDA that is really needed, or what the base asks for."},
	{.name = "app",
	 .type = MKEY_OBJECT,
	 .flags = MKEY_GIVEN,
	 .table = &app_table,
	 IN(manifest, app),
	 .about = "The application in the image."},
	{.name = "sources",
	 .type = MKEY_OBJECT,
	 .table = &sources_table,
	 IN(manifest, sources),
	 .about = "Where images and packages come from."},
	{.name = "build",
	 .type = MKEY_OBJECT,
	 .table = &build_table,
	 IN(manifest, build),
	 .about = "How images are built."},
	{.name = "test",
	 .type = MKEY_OBJECT,
	 .table = &test_table,
	 IN(manifest, test),
	 .about = "How images are tested."},
	{.name = "variants",
	 .type = MKEY_VARIANTS,
	 .flags = MKEY_FILLED,
	 .names = MG_VARIANT,
	 .table = &mtable_variant,
	 .about = "Named variants; each inherits from the top level, a value replaces, null removes."},
};
const struct mtable mtable_top = TABLE(top_keys);

const struct mkey *mtable_find(const struct mtable *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++) {
		if (str_eq(t->keys[i].name, name))
			return &t->keys[i];
	}
	return NULL;
}

/* Appends where below the table (but not in it) the name is a key. */
static bool find_below(const struct mtable *t, const char *name, struct buf *into)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct mkey *k = &t->keys[i];
		if (k->type != MKEY_OBJECT && k->type != MKEY_TARGETS)
			continue;
		size_t len = into->len;
		buf_addf(into, "%s%s.", k->name, k->type == MKEY_TARGETS ? "[]" : "");
		if (mtable_find(k->table, name)) {
			buf_adds(into, name);
			return true;
		}
		if (find_below(k->table, name, into))
			return true;
		buf_cut(into, len);
	}
	return false;
}

bool mtable_find_elsewhere(const char *name, struct buf *into)
{
	if (mtable_find(&mtable_top, name) || mtable_find(&mtable_variant, name)) {
		buf_adds(into, name);
		return true;
	}
	return find_below(&mtable_top, name, into) || find_below(&mtable_variant, name, into);
}
