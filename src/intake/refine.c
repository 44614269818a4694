#include "intake/refine.h"

#include "base/str.h"

#include <string.h>

/* Rows of this table are cited by name; where they were read. */
#define FACTS "table of known failures"

void witness_see(struct witnesses *w, enum witness which, const struct pattern_hit *hit)
{
	struct err err = ERR_INIT;
	struct cuda cuda;
	w->seen[which] = true;
	AUTO_TEXT char *label = which == WITNESS_TORCH_LABEL ? xasprintf("cu%s", hit->hole[1]) : NULL;
	const char *text = label ? label : which == WITNESS_TORCH_CUDA ? hit->hole[0] : NULL;
	if (text && !w->torch.major && cuda_parse(text, &cuda, &err) == 0)
		w->torch = cuda;
	err_clear(&err);
}

bool witness_has(const struct witnesses *w, enum witness which)
{
	return which == WITNESS_NONE || w->seen[which];
}

void witness_clear(struct witnesses *w)
{
	*w = (struct witnesses){.torch = {.major = 0}};
}

/* A sentence with {1} to {5} replaced; the caller's. */
static char *filled(const char *text, const struct pattern_hit *hit)
{
	AUTO_BUF struct buf b = BUF_INIT;
	for (; *text; text++) {
		unsigned n = text[0] == '{' ? (unsigned)(text[1] - '1') : PATTERN_HOLES;
		if (n < PATTERN_HOLES && text[2] == '}' && hit->hole[n]) {
			buf_adds(&b, hit->hole[n]);
			text += 2;
		} else {
			buf_addc(&b, *text);
		}
	}
	return buf_take(&b);
}

static void more(char **sentence, const char *behind)
{
	char *text = xasprintf("%s%s", *sentence, behind);
	free(*sentence);
	*sentence = text;
}

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
static void fix_pair(const struct pattern_hit *hit, const struct cuda *torch, struct cause *c)
{
	char variant[CUDA_TEXT];
	(void)cuda_variant(torch, variant);
	free(c->fix);
	c->fix = xasprintf("install %s for CUDA %s like torch: pip install --no-index %s -f "
			   "https://data.pyg.org/whl/torch-X.Y.0+%s.html, with X.Y of that torch",
			   hit->hole[0], hit->hole[1], hit->hole[0], variant);
}

static void refine_pair(const struct pattern_hit *hit, struct cause *c)
{
	bool nvcc = !hit->hole[2];
	struct cuda torch = {.major = 0};
	struct cuda its = {.major = 0};
	bool known = read_cuda(hit->hole[1], &torch);
	known &= read_cuda(hit->hole[nvcc ? 0 : 3], &its);
	if (!nvcc && str_starts(hit->hole[3], "0")) {
		c->code = "extension-cpu-only";
		free(c->because);
		c->because = xasprintf("%s has no CUDA code (0.0 means a CPU build), torch is built for CUDA %s",
				       hit->hole[0], hit->hole[1]);
	} else if (known && torch.major == its.major) {
		c->code = "cuda-minor-mismatch";
		more(&c->because, nvcc ? ": this difference only warns from torch 1.9 on"
				       : ": up to torch_sparse 0.6.8 the minor must agree too");
	} else {
		more(&c->because, ": two CUDA majors cannot share one process");
	}
	if (!nvcc && torch.major && str_starts(hit->hole[0], "torch_"))
		fix_pair(hit, &torch, c);
}

/* --- a symbol that is missing ----------------------------------------------------------------------------------------
 */

static bool has_any(const char *text, const char *const *parts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strstr(text, parts[i]))
			return true;
	return false;
}

/* Whether what stands in front of the hit, on its line or the one before, speaks of a package of the family. */
static bool family_before(const struct pattern_hit *hit, struct blob text)
{
	static const char *const names[] = {"torch", "pyg_lib", "libc10"};
	size_t before = (size_t)(hit->at - text.data);
	size_t from = before > 400 ? before - 400 : 0;
	AUTO_TEXT char *look = xstrndup(text.data + from, before - from);
	return has_any(look, names, ARRAY_LEN(names));
}

/* The old C++ ABI writes std::string as "Ss" at the end of an argument list: RKSs, PKcSs. */
static bool is_old_abi(const char *symbol)
{
	return str_starts(symbol, "_Z") && (strstr(symbol, "RKSs") || str_ends(symbol, "Ss") || strstr(symbol, "ESs"));
}

static bool is_mixed_cuda(const char *symbol)
{
	static const char *const parts[] = {"nvJitLink", "cublas", "cudnn", "cusparse", "nccl", "cusolver", "cufft"};
	return !str_starts(symbol, "_Z") && has_any(symbol, parts, ARRAY_LEN(parts));
}

static bool is_torch(const char *symbol)
{
	static const char *const parts[] = {"c10",	   "2at",	"5torch", "6caffe2", "make_function_schema",
					    "THPVariable", "aoti_torch"};
	return has_any(symbol, parts, ARRAY_LEN(parts));
}

static void say(struct cause *c, const char *code, char *because /* taken */, char *proof /* taken */,
		char *fix /* taken */)
{
	c->code = code;
	free(c->because);
	c->because = because;
	if (proof) {
		free(c->proof);
		c->proof = proof;
	}
	if (fix) {
		free(c->fix);
		c->fix = fix;
	}
}

static bool refine_symbol(const struct pattern_hit *hit, struct blob text, struct cause *c)
{
	static const char abi[] =
		"nm -DC of both libraries: std::__cxx11::basic_string or std::string; python -c \"import "
		"torch; print(torch._C._GLIBCXX_USE_CXX11_ABI)\"";
	const char *symbol = hit->hole[0];
	bool family = family_before(hit, text);
	if (is_mixed_cuda(symbol)) {
		say(c, "cuda-libraries-mixed",
		    xasprintf("%s is missing: two releases of CUDA's libraries are mixed, mostly a system copy in "
			      "LD_LIBRARY_PATH before the one that torch brings",
			      symbol),
		    xstrdup("LD_DEBUG=libs python -c \"import torch\" names the file that was taken"),
		    xstrdup("take system CUDA folders out of LD_LIBRARY_PATH, or install torch's nvidia-* packages "
			    "again"));
		return true;
	}
	if (!is_torch(symbol) && !family)
		return false;
	if (strstr(symbol, "__cxx11"))
		say(c, "cxx11-abi-mismatch",
		    xasprintf("the extension uses the new C++ string ABI (__cxx11 in %s), the installed torch the old "
			      "one, or it is for another torch minor",
			      symbol),
		    xstrdup(abi), NULL);
	else if (is_old_abi(symbol))
		say(c, "cxx11-abi-mismatch",
		    xasprintf("the extension uses the old C++ string ABI (Ss in %s), the installed torch the new one; "
			      "alone it does not prove the ABI, another torch minor can look the same",
			      symbol),
		    xstrdup(abi), NULL);
	return true;
}

/* --- a CUDA library that is missing
 * ------------------------------------------------------------------------------------ */

/* The CUDA major that a soname is of: "dart.so.11.0" is 11; 0 = it does not tell. cuSPARSE of CUDA 13 is still .so.12.
 */
static unsigned major_of(const char *name)
{
	const char *so = strstr(name, ".so.");
	uint64_t major = 0;
	if (!so || !str_starts(name, "dart"))
		return 0;
	so += strlen(".so.");
	return str_scan_u64(&so, 99, &major) ? (unsigned)major : 0;
}

static bool refine_soname(const struct pattern_hit *hit, const struct witnesses *w, struct cause *c)
{
	const char *name = hit->hole[0];
	unsigned major = major_of(name);
	char cuda[CUDA_TEXT];
	if (str_starts(name, "da.so")) /* the driver's own, a row of its own */
		return false;
	if (major && w->torch.major && w->torch.major != major)
		say(c, "cuda-major-mismatch",
		    xasprintf("libcu%s is asked for, which is CUDA %u, and torch is built for CUDA %s", name, major,
			      cuda_text(&w->torch, cuda)),
		    NULL, NULL);
	else if (str_starts(name, "sparse.so"))
		more(&c->because,
		     "; torch_sparse up to 0.6.15 is linked with it, and no torch wheel up to 1.13 brings it");
	return true;
}

bool refine(const struct failure *row, const struct pattern_hit *hit, struct blob text, const struct witnesses *w,
	    struct cause *c)
{
	struct cause own = {.code = row->code, .rank = row->rank, .line = c->line};
	bool ours = true;
	own.because = filled(row->because, hit);
	own.proof = filled(row->proof, hit);
	own.fix = filled(row->fix, hit);
	if (row->refine == REFINE_PAIR)
		refine_pair(hit, &own);
	else if (row->refine == REFINE_SYMBOL)
		ours = refine_symbol(hit, text, &own);
	else if (row->refine == REFINE_SONAME)
		ours = refine_soname(hit, w, &own);
	if (!ours) {
		free(own.because);
		free(own.proof);
		free(own.fix);
		return false;
	}
	own.fact = xasprintf("%s: %s", FACTS, row->id);
	*c = own;
	return true;
}
