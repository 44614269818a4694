/* recipe_judge.h — one extension of a recipe beside its torch: page, wheel, or compiling; and the ways out.
 *
 * Inner header of work/recipe_*.c. */
#pragma once

#include "model/conflict.h"
#include "model/manifest.h"
#include "work/recipe_view.h"

struct judging {
	const struct recipe *r;
	const struct catalog *c;
	const char *file; /* the Dockerfile's name */
	struct conflict *why;
	struct baseimage base; /* of the final image */
	int python;
	struct view_torch torch; /* at the end */
	char torch_name[100];	 /* "torch 1.8.1 for CUDA 11.1" */
	bool unknown;
	const struct manifest_target *targets; /* borrowed */
	size_t ntargets;
};

struct keys_text {
	char text[200];
};

/* A new reason with subject and place. Valid until the next one. */
struct reason *judge_say(struct judging *j, enum reason_code code, enum severity severity, const char *file,
			 size_t line, const char *subject);
void judge_name_torch(struct judging *j);
/* "Dockerfile: torch 1.8.1 for CUDA 10.2, torch_sparse 0.6.12"; the caller's. */
char *judge_question(const struct judging *j) NODISCARD;
/* "10.2, 11.1": for which CUDA versions torch has wheels. */
struct keys_text judge_torch_cudas(const struct judging *j, uint32_t version) NODISCARD;
/* Install i, which is an extension. */
void judge_extension(struct judging *j, size_t i);
/* Requirement files that were not found, and no torch at all. */
void judge_missing(struct judging *j);
/* Resolves what the file seems to want, and suggests what comes out. */
void judge_suggest(struct judging *j);
