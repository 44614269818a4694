/* lock_grammar.h — what a text in a lock may be: one grammar per kind of text.
 *
 * A lock's texts reach Dockerfiles, paths, URLs and terminals; these grammars are why they may. */
#pragma once

#include <stdbool.h>

enum lock_grammar {
	LOCK_LINE,	 /* printable UTF-8, one line, at most 9000 bytes */
	LOCK_NAME,	 /* lower-case letters, digits, ".", "_", "-"; begins with a letter or digit; at most 128 */
	LOCK_WORD,	 /* letters, digits, ".", "_", "-", "+"; at most 128 */
	LOCK_USER,	 /* digits, or digits:digits */
	LOCK_APT,	 /* a Debian package, with =VERSION or without */
	LOCK_VERSION,	 /* PEP 440 */
	LOCK_LABEL,	 /* "+" and letters, digits, "." */
	LOCK_REPOSITORY, /* an image name without tag and digest */
	LOCK_TAG,
	LOCK_DIGEST, /* "sha256:" and 64 hex digits */
	LOCK_SHA256, /* 64 lower-case hex digits */
	LOCK_FILE,   /* one path part: no slash, no control byte, no white space */
	LOCK_URL,    /* http or https, printable ASCII without quotes, white space, backslash; no user or password */
	LOCK_PLACE,  /* an URL or a path: one printable line without white space at its ends */
	LOCK_PATH,   /* relative and inside its folder */
	LOCK_REQUIREMENT, /* a requirement line of pip: printable ASCII, no backslash, does not begin with "-" */
	LOCK_ARCHS,	  /* "7.5 8.0 9.0+PTX" */
	LOCK_REQUIRE,	  /* NVIDIA_REQUIRE_CUDA: letters, digits, ".,<>=-" and spaces */
};

/* Whether the text follows the grammar. */
bool lock_text_valid(enum lock_grammar g, const char *text);
/* What the grammar wants, for messages: "a sha256 of 64 hex digits". Static. */
const char *lock_grammar_wants(enum lock_grammar g);
