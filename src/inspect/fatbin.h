/* fatbin.h — containers of device code in a library, read by their headers: for which GPUs, in which form, made by
 * which CUDA.
 *
 * Architecture, kind, suffix, PTX version and compression stand in headers; of the code itself only a few starts are
 * looked at (which toolkit made it, whether a device link left it empty). Layouts of CUDA 10 to 13. Nothing in it is
 * trusted. Not here: what the code can run on (rules/cover.h), where containers lie (inspect/elf_code.h). */
#pragma once

#include "model/binary.h"

#define FATBIN_MAGIC  0x00100001ba55ed50u /* how a container starts: its mark, version 1, a header of 16 bytes */
#define FATBIN_HEAD   16		  /* bytes of a container's header */
#define FATBIN_ENTRY  64		  /* bytes of an entry's header that have a fixed place */
#define FATBIN_PEEK   64		  /* bytes of a payload that every entry is judged by */
#define FATBIN_SMALL  4096 /* payloads up to this are looked at whole: a device link's empty ones are smaller */
#define FATBIN_SAMPLE ((size_t)512 << 10) /* bytes of a chosen payload that its toolkit is looked for in */

/* An entry's header. */
struct fatbin_entry {
	struct code code;
	uint32_t header;   /* bytes of it */
	uint64_t payload;  /* bytes behind it */
	uint64_t unpacked; /* of the code when it is not compressed */
};

/* Whether a container starts here (FATBIN_HEAD bytes), and how many bytes follow its header. */
bool fatbin_container(const unsigned char *at, uint64_t *ret_size) NODISCARD;
/* Reads an entry's header (FATBIN_ENTRY bytes), of which `left` bytes remain in its container. False: it contradicts
 * itself. */
bool fatbin_entry(const unsigned char *at, uint64_t left, struct fatbin_entry *ret) NODISCARD;

/* Where bytes come from: as many as there are of len at the offset, -1 where reading fails. */
struct fatbin_source {
	long (*read)(void *self, uint64_t offset, void *into, size_t len);
	void *self;
};

/* Which entries are worth a closer look: the smallest machine code of each architecture. */
#define FATBIN_PICKS 16
struct fatbin_pick {
	struct code code;
	uint64_t offset, payload; /* offset 0: made by sieves, which do not need it */
};
struct fatbin_picks {
	struct fatbin_pick v[FATBIN_PICKS];
	size_t n;
};
/* Notes the entry, whose payload stands at offset, if it is the smallest so far. Whether it was. */
bool fatbin_pick(struct fatbin_picks *p, const struct fatbin_entry *e, uint64_t offset);

struct fatbin;
void fatbin_free(struct fatbin *f);
DEFINE_AUTO(fatbin, struct fatbin);
/* Reads into b's groups and CUDA witnesses; both are borrowed. */
struct fatbin *fatbin_new(struct fatbin_source from, struct binary *b) NODISCARD;
/* Reads all containers from offset to end; relocatable: they are the input of a device link. Between two of them, and
 * in front of the first, at most gap bytes of something else are passed over. */
void fatbin_scan(struct fatbin *f, uint64_t offset, uint64_t end, uint64_t gap, bool relocatable);
/* Looks into what was picked and settles b. What was wrong, in words, or NULL. */
const char *fatbin_end(struct fatbin *f) NODISCARD;
