/* pick.h — the rows that a search chooses from: torch's, prepared once, and the best build of an extension beside one
 * torch.
 *
 * Not here: the order of preference (resolve/search.h). */
#pragma once

#include "resolve/choice.h"

struct picker {
	const struct ask *a;
	const struct torch_row **torch; /* that answer the question, one per version and CUDA; owned list */
	size_t ntorch;
	const struct wheel_row *
		*rows[PKG__MAX]; /* wheels of allowed versions on the platform, newest first; owned lists */
	size_t nrows[PKG__MAX];
	uint32_t *versions[PKG__MAX]; /* allowed versions that exist, newest first; owned */
	size_t nversions[PKG__MAX];
	enum tri abi; /* of the wheels for the torch of picker_torch() */
	bool compile; /* wheels are left aside */
};

/* How well a torch row serves beside others of its version and CUDA: by label and channel; 0 = not at all. */
int pick_torch_rank(const struct ask *a, const struct torch_row *row) NODISCARD;
void picker_init(struct picker *p, const struct ask *a);
void picker_clear(struct picker *p);
/* Prepares for the extensions of one torch. */
void picker_torch(struct picker *p, const struct torch_row *torch);
/* Fills ch->pick[pkg] with the newest wheel that fits torch, OS and Python, else with a source archive where that is
 * allowed. Whether there is one. torch_scatter comes after torch_sparse. */
bool pick_extension(const struct picker *p, struct choice *ch, enum pkg pkg) NODISCARD;
/* Whether it is a wheel that no row has. */
static inline bool pick_is_assumed(const struct pick *p)
{
	return p->used && p->way == WAY_WHEEL && !p->row;
}
