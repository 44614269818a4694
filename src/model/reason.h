/* reason.h — one reason in an answer: its code, how grave it is, whom it concerns, and the fact that it rests on.
 *
 * Codes are fixed names: they stand in JSON, in tests and in the manual. Adding one means a row in reason.c. Every
 * reason names its fact (a catalog row, a registry answer) and the smallest change that mends it. Owned: all texts. Not
 * here: the answer that holds them (model/conflict.h), how they are shown (model/explain.h). */
#pragma once

#include "base/buf.h"

enum reason_code {
	REASON_CUDA_MAJOR_MISMATCH,
	REASON_CUDA_MINOR_MISMATCH,
	REASON_TORCH_VERSION_MISMATCH,
	REASON_CXX11_ABI_MISMATCH,
	REASON_EXTENSION_CPU_ONLY,
	REASON_MISSING_CUDA_LIBRARY,
	REASON_NO_WHEEL,
	REASON_ARCH_NOT_COVERED,
	REASON_ARCH_UNKNOWN,
	REASON_JIT_AT_FIRST_USE,
	REASON_DRIVER_TOO_OLD,
	REASON_DRIVER_REFUSED_BY_IMAGE,
	REASON_PTX_TOO_NEW,
	REASON_FORWARD_COMPAT,
	REASON_COMPAT_MISSING,
	REASON_COMPAT_UNKNOWN,
	REASON_COMPRESSION_TOO_NEW,
	REASON_GLIBC_TOO_OLD,
	REASON_BASE_TAG_MISSING,
	REASON_BASE_TAG_UNPROVEN,
	REASON_PYTHON_UNSUPPORTED,
	REASON_MISSING_TORCH_SCATTER,
	REASON_SOURCE_DOES_NOT_COMPILE,
	REASON_SOURCE_NOT_ALLOWED,
	REASON_OS_UNKNOWN,
	REASON_PLATFORM_UNSUPPORTED,
	REASON_TARGET_UNSERVED,
	REASON_VERSION_UNKNOWN,
	REASON_CONTRADICTION,
	REASON_UNPROVEN,
	REASON_UNPINNED,
	REASON_PAGE_BROKEN,
	REASON_BUILD_ISOLATION,
	REASON_TOOLKIT_MISSING,
	REASON_ARCH_LIST_UNSET,
	REASON__MAX
};

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR };

struct reason {
	enum reason_code code;
	enum severity severity;
	char *subject; /* "torch 1.8.1+cu102", "target dgx" */
	char *because; /* one sentence without its full stop */
	char *fact;    /* the row or answer: "torch.csv: 1.8.1 cu102 index" */
	char *source;  /* where that fact was read, or NULL */
	char *fix;     /* the smallest change that mends it, or NULL */
	char *file;    /* where it stands in what was read, or NULL */
	size_t line;   /* in that file, from 1 */
};

/* "cuda-major-mismatch" and the like. Static. */
const char *reason_code_name(enum reason_code code) NODISCARD;
/* One line of explanation of a code for the manual and for help. Static. */
const char *reason_code_about(enum reason_code code) NODISCARD;
/* "error", "warning" or "info". Static. */
const char *severity_name(enum severity s) NODISCARD;

struct reasons {
	struct reason *v; /* owned */
	size_t n, cap;
};

/* Appends a reason with empty texts and returns it, valid until the next one is added; fill it with xstrdup, xasprintf.
 * An equal reason (code, subject, because) is dropped by reasons_settle(). */
struct reason *reasons_add(struct reasons *r, enum reason_code code, enum severity severity);
/* Appends copies of all of more. */
void reasons_add_all(struct reasons *r, const struct reasons *more);
/* Puts errors before warnings before notes, keeping their order otherwise, and drops repeats. */
void reasons_settle(struct reasons *r);
/* Releases all; r is empty and usable again. */
void reasons_clear(struct reasons *r);
