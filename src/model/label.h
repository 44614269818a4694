/* label.h — the local label of a wheel ("cu102", "pt27cu128", "cpu.cxx11.abi"): which torch and which CUDA variant it
 * was built for.
 *
 * Not here: the CUDA spelling itself (model/cuda.h). */
#pragma once

#include "model/cuda.h"

struct label {
	bool has_torch; /* pt27... */
	unsigned torch_major, torch_minor;
	bool has_variant;    /* ...cpu or ...cuNNN */
	struct cuda variant; /* major 0 = cpu */
	char rest[40];	     /* what follows a dot: "with.pypi.cudnn", "cxx11.abi", or "" */
};

/* Reads a label, with or without "+" in front. False where it is of another kind ("rocm6.0", "computecanada"); *ret is
 * then untouched. */
bool label_parse(const char *text, struct label *ret) NODISCARD;
/* Whether one wheel can have both labels: their torch, variant and rest agree as far as both name them. Labels of other
 * kinds agree where they are the same text. */
bool label_agrees(const char *a, const char *b) NODISCARD;
