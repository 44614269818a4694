/* manifest_plain.h — texts that are so plain that a grammar takes them without its pattern being compiled.
 *
 * Compiling patterns would be a tenth of a whole run. Each function says true only for texts that the pattern of its
 * grammar takes too (a test compares them); false says nothing. */
#pragma once

#include <stdbool.h>

/* Small letters and digits. */
bool mplain_name(const char *text);
/* Small letters and digits with a single . / or - between: image names, registries, projects. Shorter than an image's
 * id. */
bool mplain_image(const char *text);
/* Letters, digits and _ . - behind a letter, digit or _; a / may end it: file names, versions. */
bool mplain_file(const char *text);
/* The same behind a slash. */
bool mplain_workdir(const char *text);
/* No colon, no - in front, no space at the ends. */
bool mplain_folder(const char *text);
/* A folder, or https:// and an image's name. */
bool mplain_place(const char *text);
/* MAJOR.MINOR with an operator or none. */
bool mplain_range(const char *text);
/* A package, an operator and a version of digits and dots or none. */
bool mplain_requirement(const char *text);
/* Letters, digits and _, no digit in front. */
bool mplain_word(const char *text);
