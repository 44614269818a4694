/* facts.h — the questions behind a choice in the form that the world is asked, and what is known of them.
 *
 * Not here: fetching them (work/fetch.h). */
#pragma once

#include "resolve/choice.h"

/* What is known of a tag of nvidia/cuda; NULL = nobody was asked. */
const struct fact *facts_cuda_image(const struct ask *a, const struct tag_row *tag) NODISCARD;
/* Whether somebody said that this wheel is not there: torch (row NULL) or an extension beside that torch. */
bool facts_wheel_absent(const struct ask *a, enum pkg pkg, uint32_t version, const struct torch_row *torch,
			uint16_t cuda, int python) NODISCARD;
/* Whether somebody said that the final base of a choice, when it is not NVIDIA's, is not there. */
bool facts_base_absent(const struct ask *a, const struct choice *ch) NODISCARD;
/* Whether somebody said that there is no source archive of that version, no standalone Python for a choice. */
bool facts_sdist_absent(const struct ask *a, enum pkg pkg, uint32_t version) NODISCARD;
bool facts_python_absent(const struct ask *a, int python) NODISCARD;
/* The question for a package of a choice: a wheel, or a source archive. Owned by the caller: fact_ask_clear(). */
struct fact_ask facts_package(const struct ask *a, const struct choice *ch, enum pkg pkg) NODISCARD;
/* The questions for the base images; an empty kind of image has name, tag and family NULL. */
struct fact_ask facts_base(const struct ask *a, const struct choice *ch) NODISCARD;
struct fact_ask facts_devel(const struct ask *a, const struct choice *ch) NODISCARD;
/* Adds to needs whatever of a choice is not known yet. */
void facts_need(const struct ask *a, const struct choice *ch, struct needs *into);
