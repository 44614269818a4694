/* fetch_variants.h — what an index says of the variant wheels of a release (drafts PEP 825 and 850): looked at only,
 * since released installers do not take such wheels. */
#pragma once

#include "model/wheelvariants.h"
#include "work/fetch.h"

struct found_variants {
	struct wheelvariants *w;
	char *source;	   /* the file's URL or path, for messages */
	struct strv files; /* names of the release's variant wheels on that page, sorted */
};

void found_variants_free(struct found_variants *f);
DEFINE_AUTO(found_variants, struct found_variants);
/* Asks the PyTorch index, then the plain one, for "NAME-VERSION-variants.json" and reads it. 1 where neither links one.
 * *ret is the caller's. Errors as fetch_needs(). */
int fetch_variants(const char *package, const char *version, const struct fetch_opts *o, struct found_variants **ret,
		   struct err *err) NODISCARD;
/* The labels of those files that are for the platform ("linux/amd64") and any of the program's Pythons. */
void found_variants_labels(const struct found_variants *f, const struct catalog *c, const char *platform,
			   struct strv *into);
