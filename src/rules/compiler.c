#include "rules/compiler.h"

#include "model/catalog_find.h"

/* From which torch on its headers are of a C++ standard, and the least gcc for it: C++17 (pytorch/pytorch:
 * c10/util/C++17.h stops with "We need GCC 9 or later"), C++20 (its own build needs 11.3). */
static const struct {
	uint32_t torch;
	uint16_t gcc;
} standards[] = {{REL(2, 13, 0), 1103}, {REL(2, 1, 0), 900}, {0, 500}};

uint16_t compiler_least(uint32_t torch)
{
	size_t i = 0;
	while (torch < standards[i].torch)
		i++;
	return standards[i].gcc;
}

enum compiler compiler_fits(const struct catalog *c, uint16_t cuda, const struct os_row *os, uint32_t torch)
{
	const struct toolkit_row *t = cuda ? catalog_toolkit(c, cuda) : NULL;
	if (os->gcc < compiler_least(torch) || (t && os->gcc / 100 < t->gcc_min / 100))
		return COMPILER_TOO_OLD;
	return t && t->gcc_max && os->gcc / 100 > t->gcc_max / 100 ? COMPILER_TOO_NEW : COMPILER_FITS;
}
