#include "data/gen_table.h"

/* struct NAME_row of the files, in order, in member MEMBER of struct catalog. */
#define TABLE(name, member, ...)                                                                                       \
	{                                                                                                              \
		.files = {__VA_ARGS__}, .type = #name "_row", .field = #member, .size = sizeof(struct name##_row),     \
		.read = gen_read_##name, .cmp = gen_cmp_##name, .write = gen_write_##name,                             \
	}

const struct table gen_tables[] = {
	TABLE(python, pythons, "pythons.csv"),
	TABLE(arch, archs, "archs.csv"),
	TABLE(torch, torch, "torch.csv"),
	TABLE(wheel, wheels, "torch_sparse.csv", "torch_scatter.csv", "torch_cluster.csv", "torch_spline_conv.csv",
	      "pyg_lib.csv"),
	TABLE(requirement, requirements, "requirements.csv"),
	TABLE(toolkit, toolkits, "toolkits.csv"),
	TABLE(gpu, gpus, "gpus.csv"),
	TABLE(tag, tags, "tags.csv"),
	TABLE(os, oses, "os_images.csv"),
	TABLE(managed, managed, "managed.csv"),
	TABLE(branch, branches, "branches.csv"),
	TABLE(policy, policies, "policy.csv"),
};
const size_t gen_n_tables = ARRAY_LEN(gen_tables);
