/* baseimage.h — what the name of a base image tells: CUDA, flavor, operating system, Python, torch.
 *
 * Not here: whether the image exists (source), what a Dockerfile does with it (intake/recipe.h). */
#pragma once

#include "model/catalog.h"

enum baseimage_kind {
	BASEIMAGE_OTHER,
	BASEIMAGE_UNKNOWN, /* depends on what only a run would tell */
	BASEIMAGE_CUDA,	   /* nvidia/cuda */
	BASEIMAGE_TORCH,   /* pytorch/pytorch: torch from conda */
	BASEIMAGE_NGC,	   /* nvcr.io/nvidia/pytorch: torch built from source by NVIDIA */
	BASEIMAGE_PYTHON,  /* python */
	BASEIMAGE_OS,	   /* a distribution's */
};

struct baseimage {
	enum baseimage_kind kind;
	uint16_t cuda; /* cuda_key(); 0 = none or not said */
	bool has_flavor;
	enum flavor flavor;
	const struct os_row *os;   /* NULL = not said */
	const struct tag_row *row; /* of nvidia/cuda; NULL = the catalog has no such tag */
	int python;		   /* index into catalog.pythons, -1 = not said */
	uint32_t torch;		   /* REL(), 0 = not said */
	bool musl;		   /* Alpine, whose C library no wheel is for */
	char tag[130];
};

struct baseimage baseimage_read(const struct catalog *c, const char *image) NODISCARD;
