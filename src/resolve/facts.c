#include "resolve/facts.h"

#include "base/str.h"

#include <string.h>

/* "linux/amd64": what questions call the platform. */
static const char *platform_of(const struct ask *a)
{
	return catalog_platform_text(a->platform);
}

static const struct fact *find(const struct ask *a, struct fact_ask *q /* cleared */)
{
	const struct fact *fact = known_find(a->known, q);
	fact_ask_clear(q);
	return fact;
}

static struct fact_ask image(const struct ask *a, const char *family, const char *name, const char *tag)
{
	return (struct fact_ask){.kind = FACT_IMAGE,
				 .family = xstrdup(family),
				 .name = xstrdup(name),
				 .tag = xstrdup(tag),
				 .platform = xstrdup(platform_of(a))};
}

const struct fact *facts_cuda_image(const struct ask *a, const struct tag_row *tag)
{
	if (!a->known || !a->known->n || !tag)
		return NULL;
	struct fact_ask q = image(a, "cuda", NULL, catalog_str(a->c, tag->tag));
	return find(a, &q);
}

/* "2.7.0" of 2.7.1: the pages of extensions are named after the first patch. */
static char *page_of(uint32_t torch)
{
	char text[CUDA_TEXT];
	return xstrdup(catalog_rel_text(REL_MINOR(torch), text));
}

static struct fact_ask wheel(const struct ask *a, enum pkg pkg, const char *version, const struct torch_row *torch,
			     uint16_t cuda, int python)
{
	char variant[CUDA_TEXT];
	bool pypi = pkg == PKG_TORCH && torch->channel == CHANNEL_PYPI;
	struct fact_ask q = {.kind = FACT_WHEEL,
			     .package = xstrdup(pkg_name(pkg)),
			     .version = xstrdup(version),
			     .python = xstrdup(catalog_str(a->c, a->c->pythons[python].name)),
			     .platform = xstrdup(platform_of(a))};
	q.channel = xstrdup(pypi ? "pypi" : pkg == PKG_TORCH ? "index" : "pyg");
	const char *label = pkg == PKG_TORCH ? catalog_str(a->c, torch->label) : "";
	if (!pypi) /* a second build has its whole label: "cu117.with.pypi.cudnn" */
		q.variant = xstrdup(strchr(label, '.') ? label + 1 : cuda_key_variant(cuda, variant));
	if (pkg != PKG_TORCH)
		q.torch = page_of(torch->version);
	return q;
}

bool facts_wheel_absent(const struct ask *a, enum pkg pkg, uint32_t version, const struct torch_row *torch,
			uint16_t cuda, int python)
{
	char text[CUDA_TEXT];
	if (!a->some_absent)
		return false;
	const char *name = version	      ? catalog_rel_text(version, text)
			   : a->pkg[pkg].spec ? a->pkg[pkg].spec->v[0].text
					      : "";
	struct fact_ask q = wheel(a, pkg, name, torch, cuda, python);
	const struct fact *fact = find(a, &q);
	return fact && !fact->present;
}

static struct fact_ask sdist(enum pkg pkg, const char *version)
{
	return (struct fact_ask){.kind = FACT_SDIST,
				 .package = xstrdup(pkg_name(pkg)),
				 .version = xstrdup(version),
				 .channel = xstrdup("pypi")};
}

static struct fact_ask python_archive(const struct ask *a, int python)
{
	return (struct fact_ask){.kind = FACT_PYTHON,
				 .python = xstrdup(catalog_str(a->c, a->c->pythons[python].name)),
				 .platform = xstrdup(platform_of(a))};
}

static bool absent(const struct ask *a, struct fact_ask q /* cleared */)
{
	const struct fact *fact = find(a, &q);
	return fact && !fact->present;
}

bool facts_sdist_absent(const struct ask *a, enum pkg pkg, uint32_t version)
{
	char text[CUDA_TEXT];
	return a->some_absent && absent(a, sdist(pkg, catalog_rel_text(version, text)));
}

bool facts_python_absent(const struct ask *a, int python)
{
	return a->some_absent && absent(a, python_archive(a, python));
}

bool facts_base_absent(const struct ask *a, const struct choice *ch)
{
	return a->some_absent && absent(a, facts_base(a, ch));
}

/* The version of a pick: its row's, or what the manifest names. */
static const char *version_of(const struct ask *a, const struct choice *ch, enum pkg pkg, char into[CUDA_TEXT])
{
	uint32_t version = pkg == PKG_TORCH ? ch->torch->version : ch->pick[pkg].version;
	return version ? catalog_rel_text(version, into) : a->pkg[pkg].spec->v[0].text;
}

struct fact_ask facts_package(const struct ask *a, const struct choice *ch, enum pkg pkg)
{
	char text[CUDA_TEXT];
	const char *version = version_of(a, ch, pkg, text);
	if (pkg == PKG_TORCH)
		return wheel(a, pkg, version, ch->torch, ch->torch->cuda, ch->python);
	if (ch->pick[pkg].way == WAY_WHEEL)
		return wheel(a, pkg, version, ch->torch, ch->pick[pkg].cuda, ch->python);
	return sdist(pkg, version);
}

static struct fact_ask os_image(const struct ask *a, const struct os_row *os)
{
	const char *name = catalog_str(a->c, os->image);
	const char *colon = strchr(name, ':');
	AUTO_TEXT char *path = xstrndup(name, colon ? (size_t)(colon - name) : strlen(name));
	return image(a, "os", path, colon ? colon + 1 : "latest");
}

struct fact_ask facts_base(const struct ask *a, const struct choice *ch)
{
	if (a->base == ASK_BASE_OWN)
		return image(a, "own", a->own, NULL);
	if (!ch->nvidia)
		return os_image(a, ch->os);
	return image(a, "cuda", NULL, catalog_str(a->c, ch->bases.tag[ch->flavor]->tag));
}

struct fact_ask facts_devel(const struct ask *a, const struct choice *ch)
{
	if (ch->devel && ch->torch->cuda)
		return image(a, "cuda", NULL, catalog_str(a->c, ch->bases.tag[FLAVOR_DEVEL]->tag));
	return ch->sources ? os_image(a, ch->os) : (struct fact_ask){.kind = FACT_IMAGE};
}

static void need(const struct ask *a, struct fact_ask q /* cleared */, struct needs *into)
{
	bool empty = q.kind == FACT_IMAGE && !q.family;
	if (!empty && (!a->known || !known_find(a->known, &q)))
		needs_add(into, &q);
	fact_ask_clear(&q);
}

void facts_need(const struct ask *a, const struct choice *ch, struct needs *into)
{
	need(a, facts_base(a, ch), into);
	need(a, facts_devel(a, ch), into);
	for (unsigned p = 0; p < PKG__MAX; p++)
		if (p == PKG_TORCH || ch->pick[p].used)
			need(a, facts_package(a, ch, (enum pkg)p), into);
	if (!ch->own_python && a->m->sources.python)
		need(a, python_archive(a, ch->python), into);
}
