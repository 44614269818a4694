#include "model/catalog_key.h"

#include "base/str.h"

#include <stdio.h>

struct ver catalog_rel_ver(uint32_t rel)
{
	return ver_make(rel >> 20, rel >> 10 & 1023, rel & 1023);
}

uint32_t catalog_ver_rel(const struct ver *v)
{
	if (v->epoch || ver_is_pre(v) || v->has_post)
		return 0;
	for (unsigned i = 0; i < v->n_release; i++)
		if (ver_part(v, i) > (i < 3 ? 1023u : 0u))
			return 0;
	return REL(ver_part(v, 0), ver_part(v, 1), ver_part(v, 2));
}

uint32_t catalog_ver_near(const struct ver *v)
{
	uint64_t part[3];
	for (unsigned i = 0; i < ARRAY_LEN(part); i++)
		part[i] = ver_part(v, i) < 1023 ? ver_part(v, i) : 1023;
	return v->epoch ? 0 : REL(part[0], part[1], part[2]);
}

const char *catalog_rel_text(uint32_t rel, char into[CUDA_TEXT])
{
	snprintf(into, CUDA_TEXT, "%u.%u.%u", rel >> 20, rel >> 10 & 1023, rel & 1023);
	return into;
}

const char *catalog_minor_text(uint16_t key, char into[CUDA_TEXT])
{
	into[0] = '\0';
	if (key)
		snprintf(into, CUDA_TEXT, "%u.%u", key / 100u, key % 100u);
	return into;
}

uint16_t catalog_minor_parse(const char *text)
{
	uint64_t major, minor;
	if (!str_scan_u64(&text, 600, &major) || *text++ != '.' || !str_scan_u64(&text, 99, &minor) || *text)
		return 0;
	return (uint16_t)(major * 100 + minor);
}

static const char *const platforms[][2] = {
	[PLATFORM_AMD64] = {"linux/amd64", "linux_x86_64"},
	[PLATFORM_ARM64] = {"linux/arm64", "linux_aarch64"},
	[PLATFORM_PPC64LE] = {"linux/ppc64le", "linux_ppc64le"},
	[PLATFORM_WINDOWS] = {"windows/amd64", "win_amd64"},
	[PLATFORM_MACOS] = {"darwin", "macosx"},
};

const char *catalog_platform_text(enum platform p)
{
	return p < PLATFORM__MAX ? platforms[p][0] : "?";
}

enum platform catalog_platform(const char *text)
{
	unsigned p = 0;
	while (p < PLATFORM__MAX && !str_eq(text, platforms[p][0]) && !str_eq(text, platforms[p][1]))
		p++;
	return (enum platform)p;
}

const char *catalog_flavor_text(enum flavor f)
{
	static const char *const names[] = {"base", "runtime", "devel"};
	return f < FLAVOR__MAX ? names[f] : "?";
}

const char *catalog_presence_text(enum presence p)
{
	static const char *const names[] = {"supported", "unsupported", "unknown", "removed"};
	return (size_t)p < ARRAY_LEN(names) ? names[p] : "?";
}

const char *catalog_proof_text(enum proof p)
{
	static const char *const names[] = {"measured", "listing",	    "code", "documented", "matrix",
					    "inferred", "partly unverified"};
	return (size_t)p < ARRAY_LEN(names) ? names[p] : "?";
}

const char *catalog_zstd_text(enum zstd z)
{
	static const char *const names[] = {"no", "read", "option", "default"};
	return names[z];
}

const char *catalog_gpu_line_text(enum gpu_line l)
{
	static const char *const names[] = {"consumer", "workstation", "datacenter", "embedded"};
	return names[l];
}
