/* live.h — what indexes and registries listed just now, and how the catalog's rows differ from it.
 *
 * Plain values. Only what was read is compared: rows of a page that was not read are left alone. Not here: reading
 * (work/fetch_catalog.h). */
#pragma once

#include "base/strv.h"
#include "model/catalog.h"

/* Wheels of one release on one page for one platform, of all Pythons. */
struct live_wheel {
	enum pkg pkg;		 /* PKG_TORCH, PKG_TORCH_SPARSE or PKG_TORCH_SCATTER */
	uint32_t version, torch; /* REL(); torch 0 for torch itself */
	uint16_t cuda;
	enum platform platform;
	uint32_t pythons; /* indices into catalog.pythons */
};

/* A page that was read: of torch (torch 0) or of the extensions for a torch minor. */
struct live_page {
	uint32_t torch;
	uint16_t cuda;
};

struct live {
	struct live_wheel *wheels; /* owned */
	struct live_page *pages;   /* owned */
	size_t nwheels, npages;
	struct strv tags; /* of nvidia/cuda, sorted */
	bool has_tags;	  /* they were listed */
	bool tags_short;  /* not by every source: one that is missing may be where nobody answered */
};
#define LIVE_INIT                                                                                                      \
	{                                                                                                              \
		.wheels = NULL                                                                                         \
	}
void live_clear(struct live *l);
/* Adds a wheel; Pythons of an equal one are joined. */
void live_add_wheel(struct live *l, const struct live_wheel *w);
void live_add_page(struct live *l, uint32_t torch, uint16_t cuda);

enum drift_kind { DRIFT_NEW, DRIFT_GONE, DRIFT_MOVED };

/* One difference. Texts are owned. */
struct drift {
	enum drift_kind kind;
	char *subject;	 /* "tag", "wheel", "lock" */
	char *what;	 /* "torch 2.15.0 (cu130) on linux/amd64", "12.8.2-base-ubuntu22.04" */
	char *old, *now; /* digests of a moved tag, Pythons of wheels; NULL where there is nothing to say */
};

struct drifts {
	struct drift *v; /* owned */
	size_t n;
};
#define DRIFTS_INIT                                                                                                    \
	{                                                                                                              \
		.v = NULL                                                                                              \
	}
void drifts_clear(struct drifts *d);
/* Adds one; texts are copied, NULL stays. */
void drifts_add(struct drifts *d, enum drift_kind kind, const char *subject, const char *what, const char *old,
		const char *now);
/* "new", "gone", "moved". Static. */
const char *drift_kind_text(enum drift_kind k) NODISCARD;

/* The wheels of the pages that were read which the catalog has not, and those that it has and the pages have not. */
void live_compare(const struct catalog *c, const struct live *l, struct live *added, struct live *gone);
/* Adds the same of tags; a tag is new also where its row says that it was removed, and gone only where all sources of
 * images were listed. */
void live_compare_tags(const struct catalog *c, const struct live *l, struct drifts *into);
/* Adds what the catalog has and the lists have not, and the other way round. A removed tag's row is no difference while
 * the tag is not listed; names that do not look like NVIDIA's are not new. */
void live_drift(const struct catalog *c, const struct live *l, struct drifts *into);
