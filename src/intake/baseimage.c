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

static void read_os(const struct catalog *c, struct baseimage *b, const char *family)
{
	struct ver v;
	for (size_t i = 0; i < c->n_oses; i++) {
		const char *name = catalog_str(c, c->oses[i].name);
		const char *codename = NULL;
		if (str_eq(family, "debian"))
			codename = c->oses[i].release / 100 == 12   ? "bookworm"
				   : c->oses[i].release / 100 == 11 ? "bullseye"
				   : c->oses[i].release / 100 == 10 ? "buster"
								    : NULL;
		bool named =
			strstr(b->tag, name) || (codename && str_starts(name, "debian") && strstr(b->tag, codename));
		if (named)
			b->os = &c->oses[i];
	}
	if (b->os || !family || !version_behind(b->tag, "", &v))
		return;
	AUTO_TEXT char *full = xasprintf("%s%.*s", family, (int)strspn(b->tag, "0123456789."), b->tag);
	AUTO_TEXT char *major = xasprintf("%s%u", family, (unsigned)ver_part(&v, 0));
	b->os = catalog_os(c, full);
	b->os = b->os ? b->os : catalog_os(c, major);
}

static void read_tag(const struct catalog *c, struct baseimage *b, const struct ref *r)
{
	struct ver v;
	const char *family = strrchr(r->path, '/');
	family = family ? family + 1 : r->path;
	if (b->kind == BASEIMAGE_CUDA) {
		b->cuda = version_behind(b->tag, "", &v) ? minor_key(&v) : 0;
		b->row = catalog_tag(c, b->tag);
		read_flavor(b);
		read_os(c, b, NULL);
	} else if (b->kind == BASEIMAGE_TORCH) {
		b->torch = version_behind(b->tag, "", &v) ? catalog_ver_rel(&v) : 0;
		b->cuda = version_behind(b->tag, "cuda", &v) ? minor_key(&v) : 0;
		read_flavor(b);
	} else if (b->kind == BASEIMAGE_PYTHON) {
		b->python = version_behind(b->tag, "", &v) ? catalog_python_of(c, minor_key(&v)) : -1;
		read_os(c, b, "debian");
		if (b->os && !strstr(b->tag, "bookworm") && !strstr(b->tag, "bullseye") && !strstr(b->tag, "buster"))
			b->os = NULL;
	} else if (b->kind == BASEIMAGE_OS) {
		read_os(c, b, family);
	}
	bool own = (b->kind == BASEIMAGE_CUDA || b->kind == BASEIMAGE_OS) && b->os;
	if (own)
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
	read_tag(c, &b, &r);
	return b;
}
