#include "model/catalog_show.h"

#include "base/str.h"
#include "model/catalog_find.h"

struct shown {
	const char *name;
	const char *const *columns;
	void (*cells)(const struct catalog *c, size_t row, struct strv *into);
};

static void add_platforms(unsigned set, struct strv *into)
{
	AUTO_STRV struct strv list = STRV_INIT;

	for (unsigned p = 0; p < PLATFORM__MAX; p++)
		if (set & 1u << p)
			strv_add(&list, catalog_platform_text((enum platform)p));
	strv_own(into, strv_join(&list, " "));
}

static void add_pythons(const struct catalog *c, uint32_t pythons, struct strv *into)
{
	AUTO_BUF struct buf text = BUF_INIT;

	catalog_pythons_text(c, pythons, &text);
	strv_add(into, buf_text(&text));
}

static void add_archs(const struct catalog *c, struct arch_set set, struct strv *into)
{
	AUTO_BUF struct buf text = BUF_INIT;

	if (set.known)
		catalog_archs_text(c, set, &text);
	strv_add(into, buf_text(&text));
}

static void add_rel(uint32_t rel, struct strv *into)
{
	char text[CUDA_TEXT];

	strv_add(into, rel ? catalog_rel_text(rel, text) : "");
}

static void add_minor(uint16_t key, struct strv *into)
{
	char text[CUDA_TEXT];

	strv_add(into, catalog_minor_text(key, text));
}

static void add_variant(uint16_t cuda, struct strv *into)
{
	char text[CUDA_TEXT];

	strv_add(into, cuda_key_variant(cuda, text));
}

static void add_cuda(uint16_t cuda, struct strv *into)
{
	char text[CUDA_TEXT];

	strv_add(into, cuda ? cuda_key_text(cuda, text) : "");
}

static void torch_cells(const struct catalog *c, size_t row, struct strv *into)
{
	const struct torch_row *r = &c->torch[row];

	add_rel(r->version, into);
	add_variant(r->cuda, into);
	strv_add(into, catalog_platform_text((enum platform)r->platform));
	strv_add(into, r->channel == CHANNEL_PYPI ? "pypi" : "index");
	add_pythons(c, r->pythons, into);
	add_archs(c, r->archs, into);
	add_minor(r->glibc, into);
	strv_add(into, catalog_str(c, r->source));
}

static void extension_cells(const struct catalog *c, size_t row, struct strv *into)
{
	const struct wheel_row *r = &c->wheels[row];

	strv_add(into, pkg_name((enum pkg)r->pkg));
	add_rel(r->version, into);
	add_rel(r->torch, into);
	add_variant(r->cuda, into);
	add_platforms(r->platforms, into);
	add_pythons(c, r->pythons, into);
	add_archs(c, r->archs, into);
	strv_add(into, catalog_str(c, r->source));
}

static void tag_cells(const struct catalog *c, size_t row, struct strv *into)
{
	const struct tag_row *r = &c->tags[row];

	strv_add(into, catalog_str(c, r->tag));
	strv_add(into, catalog_flavor_text((enum flavor)r->flavor));
	strv_add(into, catalog_str(c, r->os));
	add_platforms(r->arches, into);
	strv_add(into, catalog_presence_text((enum presence)r->presence));
	strv_add(into, catalog_str(c, r->evidence));
}

static void add_driver(const struct driver *d, struct strv *into)
{
	char text[DRIVER_TEXT];

	strv_add(into, d->branch ? driver_text(d, text) : "");
}

static void toolkit_cells(const struct catalog *c, size_t row, struct strv *into)
{
	const struct toolkit_row *r = &c->toolkits[row];

	add_cuda(r->cuda, into);
	add_driver(&r->driver_min, into);
	add_driver(&r->driver_compat, into);
	if (r->gcc_max % 100 == 99) /* any minor */
		strv_addf(into, "%u", r->gcc_max / 100u);
	else
		add_minor(r->gcc_max, into);
	strv_add(into, catalog_zstd_text((enum zstd)r->zstd));
	strv_add(into, catalog_str(c, r->source));
}

static void arch_cells(const struct catalog *c, size_t row, struct strv *into)
{
	const struct arch_row *r = &c->archs[row];
	char text[CUDA_TEXT];

	strv_add(into, catalog_cc_text(r->cc, text));
	strv_add(into, catalog_str(c, r->name));
	add_cuda(r->cuda_first, into);
	add_cuda(r->cuda_last, into);
	strv_add(into, catalog_str(c, r->source));
}

static void gpu_cells(const struct catalog *c, size_t row, struct strv *into)
{
	const struct gpu_row *r = &c->gpus[row];
	char text[CUDA_TEXT];

	strv_add(into, catalog_str(c, r->name));
	strv_add(into, catalog_cc_text(r->cc, text));
	strv_add(into, catalog_gpu_line_text((enum gpu_line)r->line));
	strv_add(into, catalog_str(c, r->source));
}

static void os_cells(const struct catalog *c, size_t row, struct strv *into)
{
	const struct os_row *r = &c->oses[row];

	strv_add(into, catalog_str(c, r->name));
	add_minor(r->glibc, into);
	add_minor(r->python, into);
	add_minor(r->gcc, into);
	strv_add(into, catalog_str(c, r->packager));
	add_platforms(r->arches, into);
	strv_add(into, catalog_str(c, r->source));
}

static void python_cells(const struct catalog *c, size_t row, struct strv *into)
{
	strv_add(into, catalog_str(c, c->pythons[row].name));
	strv_add(into, catalog_str(c, c->pythons[row].source));
}

static void add_month(uint32_t month, struct strv *into)
{
	if (month)
		strv_addf(into, "%04u-%02u", month / 100, month % 100);
	else
		strv_add(into, "");
}

static void branch_cells(const struct catalog *c, size_t row, struct strv *into)
{
	const struct branch_row *r = &c->branches[row];

	strv_addf(into, "R%u", (unsigned)r->branch);
	strv_add(into, catalog_str(c, r->kind));
	add_month(r->end, into);
	strv_add(into, r->exact ? "yes" : "no");
	strv_add(into, catalog_str(c, r->source));
}

static void policy_cells(const struct catalog *c, size_t row, struct strv *into)
{
	const struct policy_row *r = &c->policies[row];

	add_month(r->announced, into);
	strv_addf(into, "%u", (unsigned)r->grace);
	strv_addf(into, "%u", (unsigned)r->majors);
	add_month(r->seen, into);
	add_month(r->until, into);
	strv_add(into, catalog_str(c, r->evidence));
	strv_add(into, catalog_str(c, r->source));
}

#define COLUMNS(...) ((const char *const[]){__VA_ARGS__, NULL})
static const struct shown kinds[CATALOG__KINDS] = {
	[CATALOG_TORCH] = {"torch",
			   COLUMNS("version", "cuda", "platform", "channel", "pythons", "archs", "glibc", "source"),
			   torch_cells},
	[CATALOG_EXTENSIONS] = {"extensions",
				COLUMNS("package", "version", "torch", "cuda", "platforms", "pythons", "archs",
					"source"),
				extension_cells},
	[CATALOG_TAGS] = {"tags", COLUMNS("tag", "flavor", "os", "platforms", "presence", "evidence"), tag_cells},
	[CATALOG_TOOLKITS] = {"toolkits", COLUMNS("cuda", "driver", "driver_compat", "gcc_max", "zstd", "source"),
			      toolkit_cells},
	[CATALOG_ARCHS] = {"archs", COLUMNS("compute", "name", "cuda_first", "cuda_last", "source"), arch_cells},
	[CATALOG_GPUS] = {"gpus", COLUMNS("name", "compute", "line", "source"), gpu_cells},
	[CATALOG_OSES] = {"os", COLUMNS("name", "glibc", "python", "gcc", "packages", "platforms", "source"), os_cells},
	[CATALOG_PYTHONS] = {"pythons", COLUMNS("name", "source"), python_cells},
	[CATALOG_BRANCHES] = {"branches", COLUMNS("branch", "kind", "end", "exact", "source"), branch_cells},
	[CATALOG_POLICY] = {"policy",
			    COLUMNS("announced", "grace_months", "majors", "last_deletion", "last_look", "evidence",
				    "source"),
			    policy_cells},
};

const char *catalog_kind_name(enum catalog_kind k)
{
	return kinds[k].name;
}

enum catalog_kind catalog_kind_of(const char *name)
{
	unsigned k = 0;

	while (k < CATALOG__KINDS && !str_eq(kinds[k].name, name))
		k++;
	return (enum catalog_kind)k;
}

const char *const *catalog_columns(enum catalog_kind k)
{
	return kinds[k].columns;
}

size_t catalog_count(const struct catalog *c, enum catalog_kind k)
{
	const size_t counts[CATALOG__KINDS] = {
		[CATALOG_TORCH] = c->n_torch,	    [CATALOG_EXTENSIONS] = c->n_wheels,
		[CATALOG_TAGS] = c->n_tags,	    [CATALOG_TOOLKITS] = c->n_toolkits,
		[CATALOG_ARCHS] = c->n_archs,	    [CATALOG_GPUS] = c->n_gpus,
		[CATALOG_OSES] = c->n_oses,	    [CATALOG_PYTHONS] = c->n_pythons,
		[CATALOG_BRANCHES] = c->n_branches, [CATALOG_POLICY] = c->n_policies,
	};

	return counts[k];
}

void catalog_cells(const struct catalog *c, enum catalog_kind k, size_t row, struct strv *into)
{
	kinds[k].cells(c, row, into);
}
