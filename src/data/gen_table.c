#include "data/gen_table.h"

#define TABLE(file, more, name, member)                                                                                \
	{                                                                                                              \
		.files = {file, more}, .type = #name "_row", .field = #member, .size = sizeof(struct name##_row),      \
		.read = gen_read_##name, .cmp = gen_cmp_##name, .write = gen_write_##name,                             \
	}

const struct table gen_tables[] = {
	TABLE("pythons.csv", NULL, python, pythons),
	TABLE("archs.csv", NULL, arch, archs),
	TABLE("torch.csv", NULL, torch, torch),
	TABLE("torch_sparse.csv", "torch_scatter.csv", wheel, wheels),
	TABLE("requirements.csv", NULL, requirement, requirements),
	TABLE("toolkits.csv", NULL, toolkit, toolkits),
	TABLE("gpus.csv", NULL, gpu, gpus),
	TABLE("tags.csv", NULL, tag, tags),
	TABLE("os_images.csv", NULL, os, oses),
	TABLE("managed.csv", NULL, managed, managed),
};
const size_t gen_n_tables = ARRAY_LEN(gen_tables);
