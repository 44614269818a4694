/* merge.h — layers made one tree, as the image specification says: whiteouts, opaque folders, the last layer wins.
 *
 * A folder that a lower layer replaced by a link is followed, as container engines do; a hard link has the content that
 * its target had when its layer was applied. Not here: reading layers (inspect/layer.h). */
#pragma once

#include "inspect/gather.h"
#include "inspect/layer.h"

struct merge;
void merge_free(struct merge *m);
DEFINE_AUTO(merge, struct merge);
struct merge *merge_new(void) NODISCARD;
/* Applies the next layer, lowest first. The layer must outlive m. */
void merge_layer(struct merge *m, const struct layer *l);
/* Hands the final tree to g, folders in order of names; contents come from the spool. ERR_IO. */
int merge_gather(const struct merge *m, struct spool *spool, struct gather *g, struct err *err) NODISCARD;
