#include "rules/match.h"

/* The last torch_sparse that compares CUDA minors as well (changed by 6e23f7f, 2021-01-03). */
static const uint32_t last_minor_check = REL(0, 6, 8);

enum match match_cuda(uint16_t torch, uint16_t extension, uint32_t sparse)
{
	if (torch == extension)
		return MATCH_YES;
	if (extension == 0)
		return MATCH_CPU_ONLY;
	if (torch == 0)
		return MATCH_TORCH_CPU;
	if (torch / 100 != extension / 100)
		return MATCH_MAJOR;
	if (torch / 100 <= 10 || (sparse && sparse <= last_minor_check))
		return MATCH_MINOR_REFUSED;
	return MATCH_MINOR_WARNS;
}

bool match_torch(uint32_t torch, uint32_t built_for)
{
	return REL_MINOR(torch) == REL_MINOR(built_for);
}

bool match_abi(enum tri torch, enum tri extension)
{
	return torch == TRI_UNKNOWN || extension == TRI_UNKNOWN || torch == extension;
}

bool match_glibc(uint16_t os, uint16_t needed)
{
	return !os || !needed || needed <= os;
}

uint16_t match_wheel_glibc(const struct wheel_row *row)
{
	return row->glibc ? row->glibc : row->build_glibc;
}

bool match_python(uint32_t pythons, int python)
{
	return python >= 0 && python < 32 && (pythons >> python & 1);
}
