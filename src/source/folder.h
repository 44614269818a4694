/* folder.h — directories as sources: their files listed and hashed where they lie. */
#pragma once

#include "source/linkpage.h"

/* The files of a folder, in `deep` also those of its sub-folders; a folder that is not there gives none. ERR_IO. */
int folder_links(const char *dir, bool deep, struct links **ret, struct err *err) NODISCARD;
/* SHA-256 (64 hex digits, replaces *sha256) and size of a file, read piece by piece. ERR_IO. */
int folder_hash(const char *path, char **sha256, uint64_t *size, struct err *err) NODISCARD;
