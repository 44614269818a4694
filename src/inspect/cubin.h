/* cubin.h — which CUDA made a piece of machine code, by its own ELF header or note.
 *
 * Up to CUDA 12 the header's version is CUDA times ten; later ones carry notes of NVIDIA Corp. Not here: compression,
 * containers (inspect/fatbin.h). */
#pragma once

#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

#define CUBIN_HEAD 24 /* bytes that cubin_version() needs */

/* CUDA times ten by the header; 0 = it does not say. */
uint16_t cubin_version(const unsigned char *data, size_t len) NODISCARD;
/* CUDA times ten by the note that stands anywhere in data; 0 = none. */
uint16_t cubin_note_version(const unsigned char *data, size_t len) NODISCARD;
/* "release 13.0, V13.0.88" of the note that stands anywhere in data; the caller's; NULL = none. */
char *cubin_note_toolkit(const unsigned char *data, size_t len) NODISCARD;
/* Whether it has code at all: a device link leaves some without. */
bool cubin_has_text(const unsigned char *data, size_t len) NODISCARD;
