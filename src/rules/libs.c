#include "rules/libs.h"

#include "model/catalog_find.h"

enum libs_need libs_needed(const struct catalog *c, uint16_t cuda, enum libs torch_libs, bool extensions,
			   uint32_t sparse)
{
	if (cuda == 0 || !extensions)
		return LIBS_NEED_NONE;
	const struct requirement_row *row = sparse ? catalog_requirement(c, sparse) : NULL;
	if (row && row->links_cusparse)
		return LIBS_NEED_CUSPARSE;
	return torch_libs == LIBS_PIP ? LIBS_NEED_NONE : LIBS_NEED_CUDART;
}

static const struct {
	uint16_t cuda; /* this minor, or with minor 99 all of the major */
	const char *cudart, *cusparse;
} sonames[] = {
	{902, "libcudart.so.9.2", "libcusparse.so.9.2"},  {1000, "libcudart.so.10.0", "libcusparse.so.10.0"},
	{1001, "libcudart.so.10.1", "libcusparse.so.10"}, {1002, "libcudart.so.10.2", "libcusparse.so.10"},
	{1199, "libcudart.so.11.0", "libcusparse.so.11"}, {1299, "libcudart.so.12", "libcusparse.so.12"},
	{1399, "libcudart.so.13", "libcusparse.so.12"},
};

const char *libs_soname(uint16_t cuda, enum libs_need need)
{
	for (size_t i = 0; i < ARRAY_LEN(sonames) && need != LIBS_NEED_NONE; i++) {
		bool all = sonames[i].cuda % 100 == 99;
		if (all ? sonames[i].cuda / 100 == cuda / 100 : sonames[i].cuda == cuda)
			return need == LIBS_NEED_CUSPARSE ? sonames[i].cusparse : sonames[i].cudart;
	}
	return NULL;
}
