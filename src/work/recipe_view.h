/* recipe_view.h — a recipe in values that rows can be compared with: which torch and CUDA, which wheels or sources.
 *
 * Borrows from the recipe. Not here: what follows (work/recipe_check.h). */
#pragma once

#include "intake/baseimage.h"
#include "intake/recipe.h"
#include "intake/wheelpage.h"
#include "model/catalog_find.h"

struct view_torch {
	const struct recipe_install *from;  /* NULL: the base brings it, or there is none */
	bool there, foreign;		    /* foreign: NVIDIA's own build, to which no wheel fits */
	uint32_t version;		    /* REL(); 0 = not said exactly */
	bool has_cuda;			    /* cuda is known */
	uint16_t cuda;			    /* cuda_key(); 0 = cpu */
	bool labelled, indexed, by_default; /* how the CUDA is known: label, index, what PyPI carries */
	bool conda;
	const char *file; /* where it stands */
	size_t line;
	const struct torch_row *row; /* NULL = the catalog has none */
};

struct view_extension {
	const struct recipe_install *from;
	uint32_t version; /* 0 = any */
	bool source;	  /* no wheel is looked for */
	bool unknown;	  /* the page depends on what only a run tells */
	bool has_torch;
	uint32_t torch; /* that the wheels are for */
	bool has_cuda;
	uint16_t cuda;
	const char *broken; /* why the page cannot exist; NULL */
	const struct wheel_row *row;
};

/* Whether install i leaves what an earlier one installed: the same package, which meets its specifier. */
bool recipe_view_repeats(const struct recipe *r, size_t i) NODISCARD;
/* The torch that is there after the first `upto` installs (all of them: r->n). */
struct view_torch recipe_view_torch(const struct recipe *r, const struct catalog *c, const char *file,
				    size_t upto) NODISCARD;
struct view_extension recipe_view_extension(const struct recipe_install *v, const struct catalog *c,
					    const struct view_torch *torch, int python) NODISCARD;
/* Index into catalog.pythons, -1 = not known. */
int recipe_view_python(const struct recipe *r, const struct catalog *c) NODISCARD;
