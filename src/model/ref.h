/* ref.h — names of images and digests of their content, by the grammar of the distribution project.
 *
 * Plain values of fixed size. A parsed name is complete: "ubuntu" becomes docker.io/library/ubuntu, as docker does.
 * Not here: what a registry answers (source/registry.h), hashing (adapt/digest.h). */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define REF_NAME_MAX 255
#define REF_TAG_MAX  128
#define REF_TEXT     800 /* room for any reference */
#define DIGEST_TEXT  144

struct digest {
	char text[DIGEST_TEXT]; /* "sha256:" and 64 lower-case hex digits (or sha512 and 128); "" = none */
};

struct ref {
	char domain[REF_NAME_MAX + 1]; /* "docker.io", "127.0.0.1:5000", "[::1]:5000" */
	char path[REF_NAME_MAX + 1];   /* "library/ubuntu", "nvidia/cuda" */
	char tag[REF_TAG_MAX + 1];     /* "" = none */
	struct digest digest;	       /* text "" = none */
};

/* Reads "sha256:HEX" or "sha512:HEX". ERR_INPUT shows text. */
int digest_parse(const char *text, struct digest *ret, struct err *err) NODISCARD;
/* sha256 from 64 hex digits. ERR_INPUT if they are none. */
int digest_from_hex(const char *hex, struct digest *ret, struct err *err) NODISCARD;
bool digest_eq(const struct digest *a, const struct digest *b) NODISCARD;
bool digest_is_set(const struct digest *d) NODISCARD;
/* The digits behind the colon; "" where none is set. Borrowed from d. */
const char *digest_hex(const struct digest *d) NODISCARD;

/* Reads NAME[:TAG][@DIGEST]. ERR_INPUT shows text and what is wrong with it. */
int ref_parse(const char *text, struct ref *ret, struct err *err) NODISCARD;
/* Reads the name of a repository: no tag, no digest. */
int ref_parse_repository(const char *text, struct ref *ret, struct err *err) NODISCARD;
/* repository + tag + digest; either may be NULL. ERR_INPUT if the tag is none. */
int ref_with(const struct ref *repository, const char *tag, const struct digest *digest, struct ref *ret,
	     struct err *err) NODISCARD;
bool ref_eq(const struct ref *a, const struct ref *b) NODISCARD;
bool ref_tag_valid(const char *tag) NODISCARD;
/* DOMAIN/PATH[:TAG][@DIGEST], complete, in into, which is returned. */
const char *ref_text(const struct ref *r, char into[REF_TEXT]);
/* As people write it: docker.io/ and library/ left out. */
const char *ref_familiar(const struct ref *r, char into[REF_TEXT]);
/* DOMAIN/PATH alone. */
const char *ref_repository(const struct ref *r, char into[REF_TEXT]);
