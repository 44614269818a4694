#include "data/gen_table.h"

/* One member: U(r, name) prints ".name = 1, ". */
#define U(r, name) fprintf(out, "." #name " = %u, ", (unsigned)(r)->name)

static void write_archs(FILE *out, struct arch_set set)
{
	fprintf(out, ".archs = {.sass = %#x, .ptx = %#x, .known = %d}, ", set.sass, set.ptx, set.known);
}

static void write_driver(FILE *out, const char *name, struct driver d)
{
	fprintf(out, ".%s = {.branch = %u, .minor = %u, .patch = %u, .has_patch = %d}, ", name, d.branch, d.minor,
		d.patch, d.has_patch);
}

void gen_write_torch(FILE *out, const void *row)
{
	const struct torch_row *r = row;
	U(r, version);
	U(r, pythons);
	write_archs(out, r->archs);
	U(r, cuda);
	U(r, glibc);
	U(r, platform);
	U(r, channel);
	U(r, libs);
	U(r, cudnn);
	U(r, cxx11_abi);
	U(r, proof);
	U(r, pypi_default);
	U(r, label);
	U(r, file_tag);
	U(r, source);
	U(r, notes);
}

void gen_write_wheel(FILE *out, const void *row)
{
	const struct wheel_row *r = row;
	U(r, version);
	U(r, torch);
	U(r, patches);
	U(r, pythons);
	write_archs(out, r->archs);
	U(r, cuda);
	U(r, build_glibc);
	U(r, glibc);
	U(r, pkg);
	U(r, platforms);
	U(r, proof);
	U(r, label);
	U(r, source);
	U(r, notes);
}

void gen_write_requirement(FILE *out, const void *row)
{
	const struct requirement_row *r = row;
	U(r, first);
	U(r, last);
	U(r, torch_min);
	U(r, sdist_torch_max);
	U(r, scatter);
	U(r, python_min);
	U(r, cuda_check);
	U(r, check_skips_cpu);
	U(r, needs_scatter);
	U(r, needs_scipy);
	U(r, links_cusparse);
	U(r, proof);
	U(r, note);
	U(r, source);
}

void gen_write_toolkit(FILE *out, const void *row)
{
	const struct toolkit_row *r = row;
	write_driver(out, "driver_min", r->driver_min);
	write_driver(out, "driver_compat", r->driver_compat);
	U(r, cuda);
	U(r, gcc_min);
	U(r, gcc_max);
	U(r, sm_min);
	U(r, sm_max);
	U(r, zstd);
	U(r, proof);
	U(r, source);
	U(r, notes);
}

void gen_write_arch(FILE *out, const void *row)
{
	const struct arch_row *r = row;
	U(r, cc);
	U(r, cuda_first);
	U(r, cuda_last);
	U(r, driver_last);
	U(r, jetson);
	U(r, name);
	U(r, examples);
	U(r, source);
	U(r, notes);
}

void gen_write_gpu(FILE *out, const void *row)
{
	const struct gpu_row *r = row;
	U(r, key);
	U(r, name);
	U(r, cc);
	U(r, line);
	U(r, source);
}

void gen_write_tag(FILE *out, const void *row)
{
	const struct tag_row *r = row;
	U(r, tag);
	U(r, os);
	U(r, cudnn);
	U(r, cuda);
	U(r, patch);
	U(r, has_patch);
	U(r, flavor);
	U(r, rc);
	U(r, arches);
	U(r, presence);
	U(r, evidence);
	U(r, seen);
}

void gen_write_os(FILE *out, const void *row)
{
	const struct os_row *r = row;
	U(r, name);
	U(r, family);
	U(r, image);
	U(r, packager);
	U(r, source);
	U(r, release);
	U(r, glibc);
	U(r, python);
	U(r, gcc);
	U(r, arches);
}

void gen_write_python(FILE *out, const void *row)
{
	const struct python_row *r = row;
	U(r, name);
	U(r, version);
	U(r, threaded);
	U(r, source);
}

void gen_write_managed(FILE *out, const void *row)
{
	const struct managed_row *r = row;
	U(r, python);
	U(r, platform);
	U(r, version);
	U(r, url);
	U(r, sha256);
	U(r, source);
}

void gen_write_branch(FILE *out, const void *row)
{
	const struct branch_row *r = row;
	U(r, branch);
	U(r, exact);
	U(r, end);
	U(r, kind);
	U(r, source);
}

void gen_write_policy(FILE *out, const void *row)
{
	const struct policy_row *r = row;
	U(r, grace);
	U(r, majors);
	U(r, announced);
	U(r, seen);
	U(r, until);
	U(r, source);
	U(r, evidence);
}
