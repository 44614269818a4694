/* gather.h — the files of a tree, as they come by in any order, become facts.
 *
 * One way in for every source: a walked folder, the merged layers of an image. A source asks for each path what is
 * wanted of it, and hands over that much. Limits are here; what is beyond them is named in facts.over. Not here:
 * walking (inspect/folder.h) and unpacking. */
#pragma once

#include "base/err.h"
#include "model/facts.h"

enum gather_want {
	GATHER_NAME, /* path and size are enough: gather_file() */
	GATHER_ELF,  /* gather_file(), then gather_elf() with a readable file */
	GATHER_TEXT, /* gather_file(), then gather_text() with its bytes */
};

#define GATHER_TEXT_MAX (8u << 20) /* a longer text is only named */

/* What is wanted of a regular file. */
enum gather_want gather_wants(const char *path, uint64_t size) NODISCARD;

struct gather;
void gather_free(struct gather *g);
DEFINE_AUTO(gather, struct gather);
struct gather *gather_new(enum facts_kind kind, const char *subject) NODISCARD;
/* The facts so far, to set what only the source knows: config, layers. Borrowed. */
struct facts *gather_facts(struct gather *g);

/* A regular file of the final tree; each path once. */
void gather_file(struct gather *g, const char *path, uint64_t size);
/* Whether what begins with these bytes is a linker's script or other text, not a library that is damaged. */
bool gather_is_text(const char *head, size_t len) NODISCARD;
#define GATHER_HEAD 64 /* so many of them tell */
/* Its bytes in fd (sparse as inspect/sieve.h leaves it, or whole). size as in the tree. ERR_IO. */
int gather_elf(struct gather *g, const char *path, int fd, uint64_t size, struct err *err) NODISCARD;
/* The same where it was read already: what it is (taken), or that it is no ELF file. */
void gather_binary(struct gather *g, const char *path, struct binary *b);
void gather_no_elf(struct gather *g, const char *path, uint64_t size, bool text);
/* A second name of a file that was handed over as first; its bytes where they are wanted as text, else data NULL. */
void gather_alias(struct gather *g, const char *path, const char *first, uint64_t size, struct blob data);
void gather_text(struct gather *g, const char *path, const char *data, size_t len);
/* A symbolic link, or a hard link to another path (target is then absolute). */
void gather_link(struct gather *g, const char *path, const char *target);

/* Reads the metadata of all packages, compares RECORDs with what was there, settles. The facts are the caller's. */
struct facts *gather_end(struct gather *g) NODISCARD;
