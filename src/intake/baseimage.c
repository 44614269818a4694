#include "intake/baseimage.h"

#include "base/str.h"
#include "intake/vars.h"
#include "model/catalog_find.h"
#include "model/ref.h"

#include <string.h>

static enum baseimage_kind kind_of(const struct ref *r)
{
	static const struct {
		const char *path;
		enum baseimage_kind kind;
	} kinds[] = {{"nvidia/cuda", BASEIMAGE_CUDA},	   {"nvidia/pytorch", BASEIMAGE_NGC},
		     {"nvidia/pyg", BASEIMAGE_NGC},	   {"pytorch/pytorch", BASEIMAGE_TORCH},
		     {"library/python", BASEIMAGE_PYTHON}, {"library/ubuntu", BASEIMAGE_OS},
		     {"library/debian", BASEIMAGE_OS},	   {"library/rockylinux", BASEIMAGE_OS},
		     {"library/centos", BASEIMAGE_OS}};
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_ends(r->path, kinds[i].path))
			return kinds[i].kind;
	return BASEIMAGE_OTHER;
}

/* The version behind a word of the tag: "cuda" in "1.8.1-cuda11.1-cudnn8-runtime"; "" in front. */
static bool version_behind(const char *tag, const char *word, struct ver *ret)
{
	struct err err = ERR_INIT;
	const char *at = strstr(tag, word);
	at = at ? at + strlen(word) : "";
	size_t len = strspn(at, "0123456789.");
	while (len && at[len - 1] == '.')
		len--;
	bool ok = len && len < 40 && ver_parse_n(at, len, ret, &err) == 0;
	err_clear(&err);
	return ok;
}

static uint16_t minor_key(const struct ver *v)
{
	uint64_t major = ver_part(v, 0);
	uint64_t minor = ver_part(v, 1);
	return major < 90 && minor < 100 ? (uint16_t)(major * 100 + minor) : 0;
}

static void read_flavor(struct baseimage *b)
{
	for (unsigned f = 0; f < FLAVOR__MAX; f++) {
		AUTO_TEXT char *word = xasprintf("-%s", catalog_flavor_text((enum flavor)f));
		if (strstr(b->tag, word)) {
			b->has_flavor = true;
			b->flavor = (enum flavor)f;
		}
	}
}

/* Debian's tags name releases by word. */
static const char *codename(const char *family, const struct os_row *os)
{
	static const struct {
		unsigned release;
		const char *name;
	} names[] = {{10, "buster"}, {11, "bullseye"}, {12, "bookworm"}, {13, "trixie"}};
	for (size_t i = 0; str_eq(family, "debian") && i < ARRAY_LEN(names); i++)
		if (os->release / 100U == names[i].release)
			return names[i].name;
	return NULL;
}

/* The OS that the tag names in full, or by its word. */
static const struct os_row *os_in_tag(const struct catalog *c, const char *tag, const char *family)
{
	const struct os_row *found = NULL;
	for (size_t i = 0; i < c->n_oses; i++) {
		const char *name = catalog_str(c, c->oses[i].name);
		const char *word = codename(family, &c->oses[i]);
		if (strstr(tag, name) || (word && str_starts(name, "debian") && strstr(tag, word)))
			found = &c->oses[i];
	}
	return found;
}

/* "22.04" of ubuntu, "12-slim" of debian. */
static const struct os_row *os_of_version(const struct catalog *c, const char *tag, const char *family)
{
	struct ver v;
	if (!version_behind(tag, "", &v))
		return NULL;
	AUTO_TEXT char *full = xasprintf("%s%.*s", family, (int)strspn(tag, "0123456789."), tag);
	AUTO_TEXT char *major = xasprintf("%s%u", family, (unsigned)ver_part(&v, 0));
	const struct os_row *os = catalog_os(c, full);
	return os ? os : catalog_os(c, major);
}

static void read_torch_tag(struct baseimage *b)
{
	struct ver v;
	b->torch = version_behind(b->tag, "", &v) ? catalog_ver_rel(&v) : 0;
	b->cuda = version_behind(b->tag, "cuda", &v) ? minor_key(&v) : 0;
	read_flavor(b);
}

static void read_cuda_tag(const struct catalog *c, struct baseimage *b)
{
	struct ver v;
	b->cuda = version_behind(b->tag, "", &v) ? minor_key(&v) : 0;
	b->row = catalog_tag(c, b->tag);
	b->os = os_in_tag(c, b->tag, NULL);
	read_flavor(b);
}

static void read_tag(const struct catalog *c, struct baseimage *b, const struct ref *r)
{
	struct ver v;
	const char *family = strrchr(r->path, '/');
	family = family ? family + 1 : r->path;
	if (b->kind == BASEIMAGE_CUDA) {
		read_cuda_tag(c, b);
	} else if (b->kind == BASEIMAGE_TORCH) {
		read_torch_tag(b);
	} else if (b->kind == BASEIMAGE_PYTHON) {
		b->python = version_behind(b->tag, "", &v) ? catalog_python_of(c, minor_key(&v)) : -1;
		b->os = os_in_tag(c, b->tag, "debian");
		return;
	} else if (b->kind == BASEIMAGE_OS) {
		b->os = os_in_tag(c, b->tag, family);
		b->os = b->os ? b->os : os_of_version(c, b->tag, family);
	}
	if (b->os)
		b->python = catalog_python_of(c, b->os->python);
}

struct baseimage baseimage_read(const struct catalog *c, const char *image)
{
	struct baseimage b = {.kind = BASEIMAGE_OTHER, .python = -1};
	struct err err = ERR_INIT;
	struct ref r;
	if (vars_unknown(image)) {
		b.kind = BASEIMAGE_UNKNOWN;
		return b;
	}
	if (ref_parse(image, &r, &err) < 0) {
		err_clear(&err);
		return b;
	}
	b.kind = kind_of(&r);
	memcpy(b.tag, r.tag, strnlen(r.tag, sizeof(b.tag) - 1));
	b.musl = str_ends(r.path, "library/alpine") || (b.kind == BASEIMAGE_PYTHON && strstr(b.tag, "alpine"));
	read_tag(c, &b, &r);
	return b;
}
