/* wheelvariants.h — an index's "NAME-VERSION-variants.json": which properties the variant wheels of a release have, and
 * which of them fits a machine.
 *
 * As the drafts PEP 825 (format) and PEP 850 (providers) describe it; a file of another version of the format is
 * refused. A machine is a list of properties, the best first; a target of a manifest is such a list without asking the
 * machine. Not here: fetching, file names (source/wheelname.h). */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/strv.h"
#include "model/catalog.h"
#include "model/driver.h"

#define WHEELVARIANTS_BYTES (4u << 20)
#define WHEELVARIANTS_LABEL 16 /* characters of a label */

struct wheelvariant {
	char *label;
	struct strv properties; /* "nvidia :: sm_arch :: 90_real", as the file orders them */
};

struct wheelvariants {
	struct wheelvariant *v; /* sorted by label; owned */
	size_t n;
	struct strv order; /* "nvidia", "nvidia :: sm_arch" and whole properties, most important first */
};

void wheelvariants_free(struct wheelvariants *w);
DEFINE_AUTO(wheelvariants, struct wheelvariants);
/* Reads a file. ERR_PROTOCOL names the place. *ret is the caller's. */
int wheelvariants_parse(struct blob text, struct wheelvariants **ret, struct err *err) NODISCARD;
/* Whether a text may be a label. */
bool wheelvariants_is_label(const char *text) NODISCARD;
/* The best of the variants with one of the labels whose every feature has a value among the machine's properties, or
 * NULL. */
const struct wheelvariant *wheelvariants_best(const struct wheelvariants *w, const struct strv *labels,
					      const struct strv *machine) NODISCARD;
/* Adds the properties of an NVIDIA GPU of that compute capability (0: not known, any) under a driver (NULL: likewise).
 */
void wheelvariants_nvidia(const struct catalog *c, unsigned cc, const struct driver *driver, struct strv *into);
