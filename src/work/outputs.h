/* outputs.h — generated files against the disk: what differs, what is left over, what is in the way; and writing them.
 *
 * Only files that carry our header with this manifest's name are ever overwritten or removed (render_owner()); another
 * file in the way is ERR_IO and nothing is written. No link is followed out of the project: a link or special file in
 * the way counts as another's. All files are written beside their places before the first takes its place, so a full
 * disk leaves the old ones; the lock is last. */
#pragma once

#include "model/context.h"

enum output_state { OUTPUT_SAME, OUTPUT_NEW, OUTPUT_CHANGED, OUTPUT_LEFT_OVER };

struct output {
	char *name; /* relative to the manifest's folder */
	enum output_state state;
	char *old; /* the bytes there now, NUL behind them; NULL for OUTPUT_NEW */
	size_t old_len;
};

struct outputs {
	struct output *v; /* sorted by name; all files of the set and what is left over */
	size_t n;
	bool differ; /* any is not OUTPUT_SAME */
};

/* Compares. dir: the manifest's folder; out: the plan's folder below it; owner: the name: of the manifest whose files
 * are ours; lock: the lock's name (without folder); whole: the set is complete, so that our other files below out are
 * left over. *ret is the caller's. ERR_IO: a foreign file in the way (its name and what to do), or a file that cannot
 * be read. */
int outputs_compare(const struct context *files, const char *dir, const char *out, const char *owner, const char *lock,
		    bool whole, struct outputs **ret, struct err *err) NODISCARD;
/* Writes what is new or changed and removes what is left over. */
int outputs_write(const struct context *files, const char *dir, const struct outputs *o, const char *lock,
		  struct err *err) NODISCARD;
void outputs_free(struct outputs *o);
DEFINE_AUTO(outputs, struct outputs);
