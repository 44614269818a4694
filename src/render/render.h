/* render.h — plan + templates -> the files under images/: same plan, same templates, same bytes.
 *
 * Made are, for each variant, VARIANT/{Dockerfile, Dockerfile.dockerignore, requirements.txt[, probe.cu]}, then
 * docker-bake.json and .local/.gitignore, all below the plan's folder `out`, which lies in the manifest's folder, the
 * build context. Every file begins with a header that names the manifest (render_owner() reads it).
 *
 * The folder .local belongs to `build`, which fills it. RUN steps bind-mount it and use what is there, none of which
 * need be; nothing of it reaches a layer:
 * - ca.crt: certificates to trust; netrc: credentials of indexes; pip.conf: index and proxy settings
 * - python/FILE: archives of managed Pythons from a directory source (plan_python.file without url)
 * - wheels/FILE: wheels and source archives of directory sources (plan_package.channel "directory")
 *
 * Not here: how a plan is chosen, where files are written (work), what an engine is sent (engine/pack.h). */
#pragma once

#include "base/err.h"
#include "model/context.h"
#include "model/plan.h"
#include "render/names.h"
#include "render/templates.h"

/* Makes all files; names in the context are relative to the manifest's folder. ERR_INPUT: a template, or a value that a
 * template or a requirements file cannot take, with its place. *ret is the caller's to context_free(). */
int render(const struct plan *p, struct templates *t, struct context **ret, struct err *err) NODISCARD;
/* What the host of a virtual environment must have beside what the plan says; one per variant of the plan. */
struct venv_need {
	uint16_t glibc;			 /* major * 100 + minor; 0 = not known */
	enum pkg whose;			 /* the package that needs it */
	const char *native, *jit, *none; /* compute capabilities by machine code, by PTX, without kernels: "7.5 8.0";
					    NULL = not established */
	const char *jit_least;		 /* the driver that compiles the PTX, or NULL */
};
/* `export venv`: VARIANT/{create.sh, requirements.txt}, names without any folder in front. project: the manifest's
 * folder, absolute or as seen from a script's. */
int render_venv(const struct plan *p, const struct venv_need *needs, const char *project, struct templates *t,
		struct context **ret, struct err *err) NODISCARD;
/* `export github` and `export gitlab`: one recipe for a CI, of all variants; its name is the one that the CI looks for.
 * folder: where the manifest lies below the repository's root, "" for the root itself. */
enum render_ci { RENDER_GITHUB, RENDER_GITLAB };
int render_ci(const struct plan *p, const char *folder, struct templates *t, enum render_ci kind, struct context **ret,
	      struct err *err) NODISCARD;
/* Name of the manifest in a file's header, the caller's; NULL: the file has none and is not ours. */
char *render_owner(struct blob file) NODISCARD;
