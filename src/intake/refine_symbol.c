#include "intake/refine_part.h"

#include "base/str.h"

#include <string.h>

#define ABI_PROOF                                                                                                      \
	"nm -DC of both libraries: std::__cxx11::basic_string or std::string; python -c \"import torch; "              \
	"print(torch._C._GLIBCXX_USE_CXX11_ABI)\""

/* The old C++ ABI writes std::string as "Ss" at the end of an argument list: RKSs, PKcSs. */
static bool is_old_abi(const char *symbol)
{
	return str_starts(symbol, "_Z") && (strstr(symbol, "RKSs") || str_ends(symbol, "Ss") || strstr(symbol, "ESs"));
}

static bool is_torch(const char *symbol)
{
	static const char *const parts[] = {
		"c10",	       "2at",	     "5torch",	 "6caffe2",    "make_function_schema",
		"THPVariable", "aoti_torch", "THCState", "THCudaCheck"};
	return text_has_any(symbol, parts, ARRAY_LEN(parts));
}

/* The file that the loader speaks of: the word in front of ": undefined symbol". Empty where there is none. */
static char *file_before(const struct refining *r)
{
	const char *to = r->hit->at;
	while (to > r->text.data && strchr(" :\n", to[-1]))
		to--;
	const char *from = to;
	while (from > r->text.data && to - from < 400 && !strchr(" '(\"", from[-1]))
		from--;
	AUTO_BUF struct buf b = BUF_INIT;
	for (; from < to; from++)
		if (*from != '\n')
			buf_addc(&b, *from);
	return buf_take(&b);
}

/* Whether it is a library of torch or of a package of its family, by its own name or its folder's; the name of an
 * environment above it says nothing. */
static bool is_family(const char *file)
{
	static const char *const names[] = {"torch", "pyg_lib", "libpyg", "libc10"};
	const char *from = strstr(file, "-packages/");
	if (from)
		return text_has_any(from, names, ARRAY_LEN(names));
	from = strrchr(file, '/');
	while (from && from > file && from[-1] != '/')
		from--;
	return text_has_any(from ? from : file, names, ARRAY_LEN(names));
}

/* The version that the loader names behind the symbol, ", version libcublas.so.11", as text; the caller's. */
static char *version_behind(const struct refining *r)
{
	static const char words[] = ", version ";
	const char *at = r->hit->at + r->hit->len;
	const char *end = r->text.data + r->text.len;
	if ((size_t)(end - at) < sizeof(words) || memcmp(at, words, sizeof(words) - 1) != 0)
		return xstrdup("");
	at += sizeof(words) - 1;
	const char *to = at;
	while (to < end && to - at < 60 && !strchr(" \n,;", *to))
		to++;
	return xstrndup(at, (size_t)(to - at));
}

static bool is_cuda(const char *symbol, const char *version)
{
	static const char *const parts[] = {"nvJitLink", "cublas", "cudnn", "cusparse", "nccl", "cusolver", "cufft"};
	bool plain = !str_starts(symbol, "_Z");
	if (str_starts(version, "libcu") || str_starts(version, "libnv") || strstr(symbol, "5cudnn"))
		return true;
	return plain && (text_has_any(symbol, parts, ARRAY_LEN(parts)) || str_starts(symbol, "__cuda") ||
			 str_starts(symbol, "cuda"));
}

static bool say_cuda(const char *symbol, struct cause *c)
{
	cause_say(c, "cuda-libraries-mixed",
		  xasprintf("%s is missing: two releases of CUDA's libraries are mixed, mostly a system copy in "
			    "LD_LIBRARY_PATH before the one that torch brings",
			    symbol),
		  xstrdup("LD_DEBUG=libs python -c \"import torch\" names the file that was taken"),
		  xstrdup("take system CUDA folders out of LD_LIBRARY_PATH, or install torch's nvidia-* packages "
			  "again"));
	return true;
}

static bool say_mkl(const char *symbol, struct cause *c)
{
	cause_say(c, "mkl-too-new",
		  xasprintf("%s is missing: this torch was built with MKL before 2024.1, and conda brought a newer one",
			    symbol),
		  xstrdup("conda list mkl"), xstrdup("conda install 'mkl<2024.1'"));
	return true;
}

static bool say_python(const char *symbol, struct cause *c)
{
	cause_say(c, "python-unsupported",
		  xasprintf("%s belongs to another Python: the extension was compiled for another minor", symbol),
		  xstrdup("python --version beside the cpXY of the wheel or of the .so file's name"),
		  xstrdup("the wheel with this Python's tag (cpXY), or the Python of the wheel"));
	return true;
}

static bool is_std(const char *symbol)
{
	static const char *const starts[] = {"_ZNSt", "_ZNKSt", "_ZSt", "_ZTINSt", "_ZTVNSt", "__cxa_"};
	for (size_t i = 0; i < ARRAY_LEN(starts); i++)
		if (str_starts(symbol, starts[i]))
			return true;
	return false;
}

static bool say_std(const char *symbol, struct cause *c)
{
	cause_say(c, "libstdcxx-too-old",
		  xasprintf("%s belongs to the C++ library: the libstdc++ that is loaded is older than the compiler of "
			    "this file",
			    symbol),
		  xstrdup("strings libstdc++.so.6 | grep GLIBCXX, for the copy that ldd names (conda brings its own)"),
		  xstrdup("a newer base image, or conda install -c conda-forge libstdcxx-ng"));
	return true;
}

static bool say_torch(const char *symbol, struct cause *c)
{
	if (strstr(symbol, "__cxx11"))
		cause_say(c, "cxx11-abi-mismatch",
			  xasprintf("the extension uses the new C++ string ABI (__cxx11 in %s), the installed torch "
				    "the old one, or it is for another torch minor",
				    symbol),
			  xstrdup(ABI_PROOF), NULL);
	else if (is_old_abi(symbol))
		cause_say(c, "cxx11-abi-mismatch",
			  xasprintf("the extension uses the old C++ string ABI (Ss in %s), the installed torch the new "
				    "one; alone it does not prove the ABI, another torch minor can look the same",
				    symbol),
			  xstrdup(ABI_PROOF), NULL);
	return true;
}

bool refine_symbol(const struct refining *r, struct cause *c)
{
	const char *symbol = r->hit->hole[0];
	AUTO_TEXT char *file = file_before(r);
	AUTO_TEXT char *version = version_behind(r);
	if (str_starts(symbol, "METIS_")) /* a row of its own */
		return false;
	if (str_starts(symbol, "iJIT_"))
		return say_mkl(symbol, c);
	if (is_cuda(symbol, version))
		return say_cuda(symbol, c);
	if (is_std(symbol) && !is_torch(symbol))
		return is_family(file) && say_std(symbol, c);
	if (is_torch(symbol) || (is_family(file) && strstr(symbol, "_Z")))
		return say_torch(symbol, c);
	return is_family(file) && (str_starts(symbol, "Py") || str_starts(symbol, "_Py")) && say_python(symbol, c);
}
