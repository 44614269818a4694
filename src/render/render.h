/* render.h — plan + templates -> the files under images/: same plan, same templates, same bytes.
 *
 * Made are, for each variant, VARIANT/{Dockerfile, Dockerfile.dockerignore, requirements.txt[, probe.cu]}, then
 * docker-bake.json and .local/.gitignore, all below the folder `out`, which lies in the manifest's folder, the build
 * context. Every file begins with a header that names the manifest (render_owner() reads it).
 *
 * .local/ belongs to `build`, which fills it; RUN steps bind-mount it, use what is there, and it reaches no layer:
 *   .local/ca.crt         certificates to trust       .local/pip.conf      index and proxy settings (PIP_CONFIG_FILE)
 *   .local/netrc          credentials of indexes      .local/python/FILE   archives of managed Pythons from a directory
 * source .local/wheels/FILE    wheels and source archives of directory sources (plan_package.channel "directory") Not
 * here: how a plan is chosen, where files are written (work), what is sent to the engine (model/context.h holds both).
 */
#pragma once

#include "base/err.h"
#include "model/context.h"
#include "model/plan.h"
#include "render/templates.h"

#define RENDER_OUT   "images" /* the default folder */
#define RENDER_LOCAL ".local" /* below it */

/* Labels of a generated image, beside org.opencontainers.image.*. */
#define RENDER_LABEL_NAME	"io.cudabuild.name" /* the manifest's name */
#define RENDER_LABEL_VARIANT	"io.cudabuild.variant"
#define RENDER_LABEL_LOCK	"io.cudabuild.lock"   /* sha256 of this variant's part of the lock */
#define RENDER_LABEL_PINNED	"io.cudabuild.pinned" /* "true" or "false" */
#define RENDER_LABEL_CUDA	"io.cudabuild.cuda"   /* "12.8", or "cpu" */
#define RENDER_LABEL_PYTHON	"io.cudabuild.python"
#define RENDER_LABEL_ARCH_LIST	"io.cudabuild.arch-list"  /* where something was compiled */
#define RENDER_LABEL_DRIVER_MIN "io.cudabuild.driver-min" /* not for cpu */
/* and io.cudabuild.torch, io.cudabuild.torch-sparse, ...: versions with their labels (pkg_dist() behind
 * "io.cudabuild."). */

struct render_opts {
	const char *out; /* below the manifest's folder: NULL = "images"; "" = that folder itself */
};

/* Makes all files; names in the context are relative to the manifest's folder. ERR_INPUT: a template or a value it
 * cannot take, with template, line and tag; a plan whose values break the grammar of a requirements file. *ret is the
 * caller's to context_free(). */
int render(const struct plan *p, struct templates *t, const struct render_opts *o, struct context **ret,
	   struct err *err) NODISCARD;
/* `export venv`: VARIANT/{create.sh, requirements.txt}, names without any folder in front. */
int render_venv(const struct plan *p, struct templates *t, struct context **ret, struct err *err) NODISCARD;
/* Name of the manifest that a file's header gives, the caller's; NULL when it carries none: then the file is not ours.
 */
char *render_owner(struct blob file) NODISCARD;
