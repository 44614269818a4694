/* reqfile.h — requirement files of pip, and single requirements: which packages, in which versions, from where.
 *
 * Read are: names with specifiers, extras, markers and hashes, direct references (NAME @ URL), wheels and archives by
 * URL, and the options -r, -c, -f, -i, --extra-index-url, --no-index in any spelling. Editable and local projects are
 * passed over. Not here: what follows from them. */
#pragma once

#include "base/strv.h"
#include "model/pkg.h"

#define REQFILE_MAX (1U << 20)

struct requirement {
	enum pkg pkg;	/* PKG__MAX: none of the family */
	char *name;	/* normalised: lower case, '-' */
	char *spec;	/* "==1.8.1+cu111,<2" without blanks; "" = any version */
	char *url;	/* where it comes from by itself, or NULL */
	bool elsewhere; /* a marker says: on another system, or with another Python */
	size_t line;
};

struct reqfile {
	struct requirement *v; /* owned */
	size_t n;
	struct strv files;   /* -r */
	struct strv links;   /* -f */
	struct strv indexes; /* -i, --extra-index-url */
	bool no_index;
};

/* Reads one requirement ("torch-sparse[a]==0.6.9 ; python_version > '3'"), a wheel's file name or URL included. False
 * where it is none. On success *ret is the caller's to requirement_clear(). */
bool requirement_read(const char *text, size_t line, struct requirement *ret) NODISCARD;
void requirement_clear(struct requirement *r);
/* The package of the family that a name is of in any spelling, conda's "pytorch" included; PKG__MAX: none. */
enum pkg requirement_pkg(const char *name) NODISCARD;
/* Appends what a file says. */
void reqfile_read(struct blob text, struct reqfile *into);
void reqfile_clear(struct reqfile *r);
