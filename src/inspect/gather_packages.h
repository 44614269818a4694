/* gather_packages.h — Python packages of the gathered files: their metadata read, their RECORDs compared with what is
 * there.
 *
 * Part of gathering (inspect/gather.h). */
#pragma once

#include "model/facts.h"

/* Paths and sizes of all files, by hash: a table of 16 bytes a file. */
struct pathset_row {
	uint64_t key, size;
};
struct pathset {
	struct pathset_row *v; /* cap is a power of two; key 0 = free */
	size_t n, cap;
};

void pathset_add(struct pathset *s, const char *path, uint64_t size);
/* Whether the path is there; then its size. */
bool pathset_has(const struct pathset *s, const char *path, uint64_t *ret_size) NODISCARD;

/* Adds a package for each dist-info, egg-info, and for each folder of the torch family that has none. The facts are
 * settled. */
void packages_read(struct facts *f);
/* Compares one RECORD with the files; fills size, n_files and lost of its package. */
void packages_record(struct facts *f, const struct facts_text *record, const struct pathset *files);
