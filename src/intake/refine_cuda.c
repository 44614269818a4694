#include "intake/refine_part.h"

#include "base/str.h"

#include <string.h>

/* --- two CUDA versions -----------------------------------------------------------------------------------------------
 */

static bool read_cuda(const char *text, struct cuda *ret)
{
	struct err err = ERR_INIT;
	bool ok = text && cuda_parse(text, ret, &err) == 0;
	err_clear(&err);
	return ok;
}

/* The page with torch's own CUDA in it. */
static void fix_pair(const struct refining *r, const struct cuda *torch, struct cause *c)
{
	const char *package = r->hit->hole[0];
	char variant[CUDA_TEXT];
	char version[CUDA_TEXT];
	bool known = r->seen->version && cuda_same_minor(&r->seen->torch, torch);
	(void)cuda_variant(torch, variant);
	AUTO_TEXT char *minor = known ? xstrdup(catalog_rel_text(REL_MINOR(r->seen->version), version)) : NULL;
	cause_say(c, NULL, NULL, NULL,
		  xasprintf("install %s for CUDA %s like torch: pip install --no-index %s -f "
			    "https://data.pyg.org/whl/torch-%s+%s.html%s",
			    package, r->hit->hole[1], package, known ? minor : "X.Y.0", variant,
			    known ? "" : ", with X.Y of that torch"));
}

bool refine_pair(const struct refining *r, struct cause *c)
{
	const struct pattern_hit *hit = r->hit;
	bool nvcc = !hit->hole[2];
	struct cuda torch = {.major = 0};
	struct cuda its = {.major = 0};
	bool known = read_cuda(hit->hole[1], &torch);
	known &= read_cuda(hit->hole[nvcc ? 0 : 3], &its);
	if (!nvcc && str_starts(hit->hole[3], "0"))
		cause_say(c, "extension-cpu-only",
			  xasprintf("%s has no CUDA code (0.0 means a CPU build), torch is built for CUDA %s",
				    hit->hole[0], hit->hole[1]),
			  NULL, NULL);
	else if (known && torch.major == its.major) {
		c->code = "cuda-minor-mismatch";
		cause_more(&c->because, nvcc ? ": this difference only warns from torch 1.9 on"
					     : ": up to torch_sparse 0.6.8 the minor must agree too");
	} else
		cause_more(&c->because, ": two CUDA majors cannot share one process");
	if (!nvcc && torch.major && str_starts(hit->hole[0], "torch_"))
		fix_pair(r, &torch, c);
	return true;
}

/* --- a CUDA library that is missing ----------------------------------------------------------------------------------
 */

static bool starts_with_any(const char *text, const char *const *parts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_starts(text, parts[i]))
			return true;
	return false;
}

/* The number behind ".so.", or 0. */
static unsigned so_number(const char *name)
{
	const char *so = strstr(name, ".so.");
	uint64_t major = 0;
	if (!so)
		return 0;
	so += strlen(".so.");
	return str_scan_u64(&so, 99, &major) ? (unsigned)major : 0;
}

/* The CUDA major that a soname is of: "dart.so.11.0" is 11; 0 = it does not tell. cuSPARSE of CUDA 13 is still .so.12,
 * cuSOLVER of CUDA 12 .so.11. */
static unsigned major_of(const char *name)
{
	static const char *const telling[] = {"dart", "blas", "pti"};
	return starts_with_any(name, telling, ARRAY_LEN(telling)) ? so_number(name) : 0;
}

static void say_sparse(const char *name, struct cause *c)
{
	cause_say(c, NULL,
		  xasprintf("libcu%s is missing: torch_sparse up to 0.6.15 is linked with it, and no torch wheel up to "
			    "1.13 brings it where the loader looks",
			    name),
		  NULL,
		  xstrdup("torch_sparse 0.6.16 or newer, which does without libcusparse (wheels for torch 1.12 and "
			  "newer), or a runtime base image of torch's CUDA, which has the library"));
}

bool refine_soname(const struct refining *r, struct cause *c)
{
	static const char *const libraries[] = {"dart", "blas", "fft", "rand", "solver", "sparse", "dnn",
						"pti",	"file", "dss", "dla",  "tensor", "inj64_"};
	const struct witnesses *w = r->seen;
	const char *name = r->hit->hole[0];
	unsigned major = major_of(name);
	char cuda[CUDA_TEXT];
	if (!starts_with_any(name, libraries, ARRAY_LEN(libraries)))
		return false;
	if (major && w->torch.major && w->torch.major != major)
		cause_say(c, "cuda-major-mismatch",
			  xasprintf("libcu%s is asked for, which is CUDA %u, and torch is built for CUDA %s", name,
				    major, cuda_text(&w->torch, cuda)),
			  NULL, NULL);
	else if (str_starts(name, "sparse.so") && so_number(name) < 12)
		say_sparse(name, c);
	return true;
}

bool refine_nvlib(const struct refining *r, struct cause *c)
{
	static const char *const libraries[] = {"rtc", "jitlink", "toolsext", "jpeg", "shmem", "tx", "blas", "perf"};
	AUTO_TEXT char *name = str_lowered(r->hit->hole[0]);
	(void)c;
	return starts_with_any(name, libraries, ARRAY_LEN(libraries));
}
