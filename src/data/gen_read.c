#include "base/str.h"
#include "data/gen_table.h"
#include "model/catalog_find.h"

#include <string.h>

/* The words of the files, in the order of the enums of model/catalog_key.h. */
static const char *const platforms[] = {"amd64", "arm64", "ppc64le", "windows", "macos"};
static const char *const channels[] = {"index", "pypi"};
static const char *const tris[] = {"0", "1", "unknown"};
static const char *const libs[] = {"none", "bundled", "pip", "unknown"};
static const char *const proofs[] = {"measured", "listing", "code", "documented", "matrix", "inferred", "partly"};
static const char *const flavors[] = {"base", "runtime", "devel"};
static const char *const presences[] = {"supported", "unsupported", "unknown", "removed"};
static const char *const checks[] = {"none", "minor", "major"};
static const char *const zstds[] = {"no", "read", "option", "default"};
static const char *const gpu_lines[] = {"consumer", "workstation", "datacenter", "embedded"};
static const char *const cudnns[] = {"", "1", "2", "3", "4", "5", "6", "7", "8", "9"};

#define WORD(c, column, words)	cell_word(c, column, words, ARRAY_LEN(words))
#define WORDS(c, column, words) cell_words(c, column, words, ARRAY_LEN(words))

void gen_read_torch(struct cell *c, void *row)
{
	struct torch_row *r = row;
	*r = (struct torch_row){
		.version = cell_rel(c, "version"),
		.pythons = cell_pythons(c, "pythons"),
		.archs = cell_archs(c, "archs"),
		.cuda = cell_variant(c, "variant"),
		.glibc = cell_minor(c, "glibc"),
		.platform = WORD(c, "platform", platforms),
		.channel = WORD(c, "channel", channels),
		.libs = WORD(c, "libs", libs),
		.cudnn = WORD(c, "cudnn", cudnns),
		.cxx11_abi = WORD(c, "cxx11_abi", tris),
		.proof = WORD(c, "proof", proofs),
		.pypi_default = cell_yes(c, "pypi_default"),
		.label = cell_off(c, "label"),
		.file_tag = cell_off(c, "file_tag"),
		.source = cell_off(c, "source"),
		.notes = cell_off(c, "notes"),
	};
	if ((r->cuda == 0) != (r->libs == LIBS_NONE))
		cell_fault(c, "libs", "libraries and variant do not agree");
}

/* The package that a file's rows are of: "torch_sparse.csv". */
static enum pkg pkg_of_file(const char *file)
{
	unsigned p = PKG_TORCH + 1;
	while (p + 1 < PKG__MAX && strncmp(file, pkg_name((enum pkg)p), strcspn(file, ".")) != 0)
		p++;
	return (enum pkg)p;
}

void gen_read_wheel(struct cell *c, void *row)
{
	struct wheel_row *r = row;
	*r = (struct wheel_row){
		.version = cell_rel(c, "version"),
		.torch = cell_rel(c, "torch"),
		.patches = cell_bits(c, "patches"),
		.pythons = cell_pythons(c, "pythons"),
		.archs = cell_archs(c, "archs"),
		.cuda = cell_variant(c, "variant"),
		.build_glibc = cell_minor(c, "build_glibc"),
		.glibc = cell_minor(c, "glibc"),
		.pkg = (uint8_t)pkg_of_file(c->csv->name),
		.platforms = WORDS(c, "platforms", platforms),
		.proof = WORD(c, "proof", proofs),
		.label = cell_off(c, "label"),
		.source = cell_off(c, "source"),
		.notes = cell_off(c, "notes"),
	};
}

void gen_read_requirement(struct cell *c, void *row)
{
	struct requirement_row *r = row;
	*r = (struct requirement_row){
		.first = cell_rel(c, "first"),
		.last = cell_rel(c, "last"),
		.torch_min = cell_rel(c, "torch_min"),
		.sdist_torch_max = cell_rel(c, "sdist_torch_max"),
		.scatter = cell_rel(c, "scatter"),
		.python_min = cell_minor(c, "python_min"),
		.cuda_check = WORD(c, "cuda_check", checks),
		.check_skips_cpu = cell_yes(c, "check_skips_cpu"),
		.needs_scatter = cell_yes(c, "needs_scatter"),
		.needs_scipy = cell_yes(c, "needs_scipy"),
		.links_cusparse = cell_yes(c, "links_cusparse"),
		.proof = WORD(c, "proof", proofs),
		.note = cell_off(c, "notes"),
		.source = cell_off(c, "source"),
	};
	if (r->last < r->first)
		cell_fault(c, "last", "is below first");
}

/* "11" allows every 11.x. */
static uint16_t gcc_max(struct cell *c)
{
	uint16_t gcc = cell_minor(c, "gcc_max");
	return strchr(cell_text(c, "gcc_max"), '.') || !gcc ? gcc : (uint16_t)(gcc + 99);
}

void gen_read_toolkit(struct cell *c, void *row)
{
	struct toolkit_row *r = row;
	*r = (struct toolkit_row){
		.driver_min = cell_driver(c, "driver_min"),
		.driver_compat = cell_driver(c, "driver_compat"),
		.cuda = cell_variant(c, "cuda"),
		.gcc_min = cell_minor(c, "gcc_min"),
		.gcc_max = gcc_max(c),
		.sm_min = cell_cc(c, "sm_min"),
		.sm_max = cell_cc(c, "sm_max"),
		.zstd = WORD(c, "zstd", zstds),
		.proof = WORD(c, "proof", proofs),
		.source = cell_off(c, "source"),
		.notes = cell_off(c, "notes"),
	};
}

static uint16_t small_number(struct cell *c, const char *column)
{
	const char *at = cell_text(c, column);
	uint64_t number = 0;
	if (!str_scan_u64(&at, 9999, &number) || *at)
		cell_fault(c, column, "is not a number");
	return (uint16_t)number;
}

void gen_read_arch(struct cell *c, void *row)
{
	struct arch_row *r = row;
	*r = (struct arch_row){
		.cc = cell_cc(c, "cc"),
		.cuda_first = cell_variant(c, "cuda_first"),
		.cuda_last = cell_variant(c, "cuda_last"),
		.driver_last = *cell_text(c, "driver_last") ? small_number(c, "driver_last") : 0,
		.jetson = cell_yes(c, "jetson"),
		.name = cell_off(c, "name"),
		.examples = cell_off(c, "examples"),
		.source = cell_off(c, "source"),
		.notes = cell_off(c, "notes"),
	};
}

void gen_read_gpu(struct cell *c, void *row)
{
	AUTO_BUF struct buf key = BUF_INIT;
	catalog_gpu_key(cell_text(c, "name"), &key);
	struct gpu_row *r = row;
	*r = (struct gpu_row){
		.key = pool_add(c->pool, buf_text(&key)),
		.name = cell_off(c, "name"),
		.cc = cell_cc(c, "cc"),
		.line = WORD(c, "line", gpu_lines),
		.source = cell_off(c, "source"),
	};
}

/* "11.1.1" or "11.1". */
static void read_tag_cuda(struct cell *c, struct tag_row *r)
{
	struct err err = ERR_INIT;
	struct cuda cuda = {.major = 0};
	if (cuda_parse(cell_text(c, "cuda"), &cuda, &err))
		cell_fault(c, "cuda", "is not a CUDA version");
	err_clear(&err);
	r->cuda = cuda_key(&cuda);
	r->patch = (uint8_t)cuda.patch;
	r->has_patch = cuda.has_patch;
}

void gen_read_tag(struct cell *c, void *row)
{
	struct tag_row *r = row;
	*r = (struct tag_row){
		.tag = cell_off(c, "tag"),
		.os = cell_off(c, "os"),
		.cudnn = cell_off(c, "cudnn"),
		.flavor = WORD(c, "flavor", flavors),
		.rc = str_ends(cell_text(c, "tag"), "-rc"),
		.arches = WORDS(c, "arches", platforms),
		.presence = WORD(c, "presence", presences),
		.evidence = cell_off(c, "evidence"),
		.seen = cell_off(c, "source"),
	};
	read_tag_cuda(c, r);
}

void gen_read_os(struct cell *c, void *row)
{
	struct os_row *r = row;
	*r = (struct os_row){
		.name = cell_off(c, "name"),
		.family = cell_off(c, "family"),
		.image = cell_off(c, "image"),
		.packager = cell_off(c, "packager"),
		.source = cell_off(c, "source"),
		.release = cell_minor(c, "release"),
		.glibc = cell_minor(c, "glibc"),
		.python = cell_minor(c, "python"),
		.gcc = cell_minor(c, "gcc"),
		.arches = WORDS(c, "arches", platforms),
	};
}

void gen_read_python(struct cell *c, void *row)
{
	AUTO_TEXT char *number = xstrdup(cell_text(c, "name"));
	number[strcspn(number, "t")] = '\0';
	struct python_row *r = row;
	*r = (struct python_row){
		.name = cell_off(c, "name"),
		.version = catalog_minor_parse(number),
		.threaded = cell_yes(c, "threaded"),
		.source = cell_off(c, "source"),
	};
	if (!r->version || r->threaded != str_ends(cell_text(c, "name"), "t"))
		cell_fault(c, "name", "is not a Python such as 3.13 or 3.13t");
}

void gen_read_managed(struct cell *c, void *row)
{
	struct managed_row *r = row;
	*r = (struct managed_row){
		.python = cell_word(c, "python", (const char *const *)c->pythons->v, c->pythons->n),
		.platform = WORD(c, "platform", platforms),
		.version = cell_off(c, "version"),
		.url = cell_off(c, "url"),
		.sha256 = cell_off(c, "sha256"),
		.source = cell_off(c, "source"),
	};
	const char *sum = cell_text(c, "sha256");
	if (strlen(sum) != 64 || strspn(sum, "0123456789abcdef") != 64)
		cell_fault(c, "sha256", "is not a sha256");
}

/* "2028-06" as 202806; 0 where the cell is empty. */
static uint32_t month(struct cell *c, const char *column)
{
	const char *text = cell_text(c, column);
	const char *at = text;
	uint64_t year = 0;
	uint64_t number = 0;
	if (!*text)
		return 0;
	if (!str_scan_u64(&at, 2100, &year) || *at++ != '-' || !str_scan_u64(&at, 12, &number) || *at || year < 2000 ||
	    !number)
		cell_fault(c, column, "is not a month such as 2028-06");
	return (uint32_t)(year * 100 + number);
}

void gen_read_branch(struct cell *c, void *row)
{
	struct branch_row *r = row;
	*r = (struct branch_row){
		.branch = small_number(c, "branch"),
		.exact = cell_yes(c, "exact"),
		.end = month(c, "end"),
		.kind = cell_off(c, "kind"),
		.source = cell_off(c, "source"),
	};
}

void gen_read_policy(struct cell *c, void *row)
{
	struct policy_row *r = row;
	*r = (struct policy_row){
		.grace = small_number(c, "grace_months"),
		.majors = small_number(c, "majors"),
		.announced = month(c, "announced"),
		.seen = month(c, "last_deletion"),
		.until = month(c, "last_look"),
		.source = cell_off(c, "source"),
		.evidence = cell_off(c, "evidence"),
	};
}
