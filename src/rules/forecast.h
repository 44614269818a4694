/* forecast.h — what NVIDIA's policy says of a base image's tag: until when it is supported, from when it may be
 * deleted.
 *
 * The policy (policy.csv): only the newest patch of a CUDA minor is supported; a version ends with the driver branch
 * that it shipped with; its tags go some months later. A forecast is what follows from that, no observation, and says
 * no date where none follows. Pure: no clock, so that the same rows say the same. Not here: whether a tag is there now.
 */
#pragma once

#include "model/catalog.h"

enum forecast_kind {
	FORECAST_NONE,	     /* no row says anything */
	FORECAST_SUPERSEDED, /* a newer patch has the same flavor on the same system: by the policy already out of
				support */
	FORECAST_ENDED,	     /* support of the branch had ended by `end`; when is not known */
	FORECAST_DATED,	     /* support ends, or ended, in `end`; the tag may go from `gone` on */
	FORECAST_OPEN,	     /* the branch has no date of end */
};

struct forecast {
	enum forecast_kind kind;
	unsigned branch;	  /* of the driver that the CUDA version shipped with */
	uint32_t end, gone;	  /* year * 100 + month; 0 = not known */
	const struct tag_row *by; /* FORECAST_SUPERSEDED: the newest tag in its place */
	const struct branch_row *branch_row;
	const struct policy_row *policy; /* the rows it rests on; NULL where there are none */
};

struct forecast forecast_tag(const struct catalog *c, const struct tag_row *tag) NODISCARD;
/* One sentence without full stop; NULL for FORECAST_NONE. The caller's. */
char *forecast_text(const struct catalog *c, const struct tag_row *tag, const struct forecast *f) NODISCARD;
/* The rows it rests on with their sources; NULL for FORECAST_NONE. The caller's. */
char *forecast_source(const struct catalog *c, const struct forecast *f) NODISCARD;
/* "superseded", "ended", "dated", "open", "none". Static. */
const char *forecast_kind_text(enum forecast_kind kind) NODISCARD;
/* "2028-06" of 202806 in into, which is returned; "" for 0. */
const char *forecast_month(uint32_t month, char into[CUDA_TEXT]);
