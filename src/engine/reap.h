/* reap.h — what earlier runs left in an engine: found by label; that of dead processes removed.
 *
 * Only containers and volumes with our labels are ever touched. reap removes those whose process is dead on this
 * machine; the rest is listed for `clean`, which decides. */
#pragma once

#include "engine/engine.h"

enum leftover_kind { LEFTOVER_CONTAINER, LEFTOVER_VOLUME };

struct leftover {
	enum leftover_kind kind;
	char *id;	      /* of a container, or the volume's name */
	char *project;	      /* "" when the label is missing */
	char *user, *machine; /* "" when missing */
	enum owner_state state;
};

struct leftovers {
	struct leftover *v;
	size_t n;
};

/* All containers and volumes of ours, of any user and machine, containers first, then by id. *ret is the caller's. */
int engine_leftovers(struct engine *e, struct leftovers **ret, struct err *err) NODISCARD;
/* Removes one (a running container is killed): 0, or 1 when it was gone already. */
int engine_leftover_remove(struct engine *e, const struct leftover *l, struct err *err) NODISCARD;
/* Removes all that dead processes of this machine and user left; *ret_n is their number. */
int engine_reap(struct engine *e, size_t *ret_n, struct err *err) NODISCARD;
void leftovers_free(struct leftovers *l);
DEFINE_AUTO(leftovers, struct leftovers);
