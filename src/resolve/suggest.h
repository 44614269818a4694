/* suggest.h — the smallest changes that would mend a conflict, each proved by searching again.
 *
 * Not here: the reasons (resolve/why.h). */
#pragma once

#include "model/conflict.h"
#include "resolve/search.h"

/* Loosens single constraints, then pairs, and adds what comes out. */
void suggest(const struct ask *a, struct conflict *c);
/* The three ways out where labels exclude each other: one variant, two environments, two images. */
void suggest_ways_out(const struct ask *a, struct conflict *c);
/* "torch 1.8.1, torch_sparse 0.6.12, torch_scatter 2.0.8 for CUDA 11.1, Python 3.8 on ubuntu20.04"; the caller's. */
char *suggest_result(const struct ask *a, const struct choice *ch) NODISCARD;
