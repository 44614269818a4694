#include "model/reason.h"

#include "base/str.h"

#include <string.h>

static const struct {
	const char *name, *about;
} codes[REASON__MAX] = {
	[REASON_CUDA_MAJOR_MISMATCH] = {"cuda-major-mismatch",
					"torch and an extension are built for different CUDA majors"},
	[REASON_CUDA_MINOR_MISMATCH] = {"cuda-minor-mismatch",
					"torch and an extension are built for different CUDA minors"},
	[REASON_TORCH_VERSION_MISMATCH] = {"torch-version-mismatch", "an extension is built for another torch minor"},
	[REASON_CXX11_ABI_MISMATCH] = {"cxx11-abi-mismatch", "torch and an extension use different C++ string ABIs"},
	[REASON_EXTENSION_CPU_ONLY] = {"extension-cpu-only", "an extension without CUDA meets a torch with CUDA"},
	[REASON_MISSING_CUDA_LIBRARY] = {"missing-cuda-library",
					 "a CUDA library that is needed is in no wheel and not in the base"},
	[REASON_NO_WHEEL] = {"no-wheel", "no wheel exists for this combination"},
	[REASON_ARCH_NOT_COVERED] = {"arch-not-covered", "no kernel image for the GPU"},
	[REASON_ARCH_UNKNOWN] = {"arch-unknown", "which GPUs the wheel serves is not established"},
	[REASON_JIT_AT_FIRST_USE] = {"jit-at-first-use", "the driver compiles kernels for the GPU at first use"},
	[REASON_DRIVER_TOO_OLD] = {"driver-too-old", "the driver is older than the CUDA major needs"},
	[REASON_DRIVER_REFUSED_BY_IMAGE] = {"driver-refused-by-image",
					    "the image's own requirement refuses the driver"},
	[REASON_PTX_TOO_NEW] = {"ptx-too-new-for-driver", "the driver cannot compile PTX of this toolkit"},
	[REASON_FORWARD_COMPAT] = {"forward-compat-unsupported",
				   "cuda-compat serves data-center GPUs only, and this is none"},
	[REASON_COMPAT_MISSING] = {"forward-compat-missing",
				   "the driver needs cuda-compat, which the image does not bring"},
	[REASON_COMPAT_UNKNOWN] = {"forward-compat-unknown", "whether cuda-compat serves the GPU is not established"},
	[REASON_COMPRESSION_TOO_NEW] = {"compression-too-new", "the driver cannot read device code compressed by zstd"},
	[REASON_GLIBC_TOO_OLD] = {"glibc-too-old", "the operating system's C library is older than a wheel needs"},
	[REASON_BASE_TAG_MISSING] = {"base-tag-missing", "no base image for this CUDA version and operating system"},
	[REASON_BASE_TAG_UNPROVEN] = {"base-tag-unproven", "whether the base image is still there was not seen"},
	[REASON_PYTHON_UNSUPPORTED] = {"python-unsupported", "no wheel for this Python version"},
	[REASON_MISSING_TORCH_SCATTER] = {"missing-torch-scatter", "torch_sparse imports torch_scatter and none fits"},
	[REASON_SOURCE_DOES_NOT_COMPILE] = {"source-does-not-compile",
					    "the source archive is known not to compile with this torch"},
	[REASON_SOURCE_NOT_ALLOWED] = {"source-not-allowed", "it would have to be compiled, which was not asked for"},
	[REASON_OS_UNKNOWN] = {"os-unknown", "the catalog does not know this operating system"},
	[REASON_PLATFORM_UNSUPPORTED] = {"platform-unsupported", "no wheel for this platform"},
	[REASON_TARGET_UNSERVED] = {"target-unserved", "no variant runs on this target"},
	[REASON_VERSION_UNKNOWN] = {"version-unknown", "the version is newer than the catalog"},
	[REASON_CONTRADICTION] = {"contradiction", "two constraints of the manifest exclude each other"},
	[REASON_UNPROVEN] = {"unproven", "nobody has shown that this combination works"},
	[REASON_UNPINNED] = {"unpinned", "no version is named, so what is installed changes with the index"},
	[REASON_PAGE_BROKEN] = {"page-broken",
				"the address of a wheel page cannot exist; pip goes on with the source archive"},
	[REASON_BUILD_ISOLATION] = {"build-isolation", "an extension is compiled where no torch is"},
	[REASON_TOOLKIT_MISSING] = {"toolkit-missing", "an extension is compiled for CUDA where no nvcc is"},
	[REASON_ARCH_LIST_UNSET] = {"arch-list-unset", "an image build has no GPU to ask what to compile for"},
};

const char *reason_code_name(enum reason_code code)
{
	return codes[code].name;
}

const char *reason_code_about(enum reason_code code)
{
	return codes[code].about;
}

const char *severity_name(enum severity s)
{
	static const char *const names[] = {"info", "warning", "error"};
	return names[s];
}

struct reason *reasons_add(struct reasons *r, enum reason_code code, enum severity severity)
{
	if (r->n == r->cap) {
		r->cap = mem_grow(r->cap);
		r->v = xreallocarray(r->v, r->cap, sizeof(*r->v));
	}
	r->v[r->n] = (struct reason){.code = code, .severity = severity};
	return &r->v[r->n++];
}

void reasons_add_all(struct reasons *r, const struct reasons *more)
{
	for (size_t i = 0; i < more->n; i++) {
		const struct reason *from = &more->v[i];
		struct reason *to = reasons_add(r, from->code, from->severity);
		to->subject = xstrdup(from->subject);
		to->because = xstrdup(from->because);
		to->fact = xstrdup(from->fact);
		to->source = xstrdup(from->source);
		to->fix = xstrdup(from->fix);
		to->file = xstrdup(from->file);
		to->line = from->line;
	}
}

static void reason_clear(struct reason *r)
{
	free(r->subject);
	free(r->because);
	free(r->fact);
	free(r->source);
	free(r->fix);
	free(r->file);
}

static bool repeats(const struct reason *a, const struct reason *b)
{
	return a->code == b->code && str_eq(a->subject, b->subject) && str_eq(a->because, b->because) &&
	       a->line == b->line;
}

/* Drops the reasons that an earlier one says already. */
static void drop_repeats(struct reasons *r)
{
	size_t kept = 0;
	for (size_t i = 0; i < r->n; i++) {
		bool again = false;
		for (size_t k = 0; k < kept && !again; k++)
			again = repeats(&r->v[k], &r->v[i]);
		if (again)
			reason_clear(&r->v[i]);
		else
			r->v[kept++] = r->v[i];
	}
	r->n = kept;
}

void reasons_settle(struct reasons *r)
{
	drop_repeats(r);
	for (size_t i = 1; i < r->n; i++) {
		struct reason moving = r->v[i];
		size_t at = i;
		for (; at > 0 && r->v[at - 1].severity < moving.severity; at--)
			r->v[at] = r->v[at - 1];
		r->v[at] = moving;
	}
}

void reasons_clear(struct reasons *r)
{
	for (size_t i = 0; i < r->n; i++)
		reason_clear(&r->v[i]);
	free(r->v);
	*r = (struct reasons){.v = NULL};
}
