#include "source/wheelname.h"

#include "base/str.h"

#include <string.h>

#define NAME_MAX_LEN 300

void wheelname_free(struct wheelname *w)
{
	if (!w)
		return;
	free(w->dist);
	free(w->build);
	strv_clear(&w->pythons);
	strv_clear(&w->abis);
	strv_clear(&w->platforms);
	free(w->variant);
	free(w);
}

char *wheelname_normal(const char *name)
{
	AUTO_BUF struct buf out = BUF_INIT;
	for (; *name; name++) {
		if (!strchr("-_.", *name))
			buf_addc(&out, str_lower(*name));
		else if (!out.len || out.data[out.len - 1] != '-')
			buf_addc(&out, '-');
	}
	return buf_take(&out);
}

static bool all_of(const char *text, const char *more)
{
	if (!*text)
		return false;
	for (; *text; text++)
		if (!str_is_alnum(*text) && !strchr(more, *text))
			return false;
	return true;
}

/* The parts between dashes; empty parts are kept, so that "a--b" is seen. */
static void split_dashes(struct strv *into, const char *text, size_t len)
{
	const char *end = text + len;
	for (const char *from = text;; text++) {
		if (text != end && *text != '-')
			continue;
		strv_own(into, xstrndup(from, (size_t)(text - from)));
		if (text == end)
			return;
		from = text + 1;
	}
}

static bool tags(const char *part, struct strv *into)
{
	if (!all_of(part, "_."))
		return false;
	strv_split(into, part, ".");
	return into->n > 0 && into->n <= 32;
}

static bool read_version(const char *text, size_t len, struct ver *ret)
{
	struct err err = ERR_INIT;
	int rc = ver_parse_n(text, len, ret, &err);
	err_clear(&err);
	return rc == 0;
}

static bool is_platform(const char *tag)
{
	static const char *const begins[] = {"any", "linux_", "manylinux", "musllinux", "macosx_", "win"};
	for (size_t i = 0; i < ARRAY_LEN(begins); i++)
		if (str_starts(tag, begins[i]))
			return true;
	return false;
}

/* Takes the label of a variant off the parts: one more than seven, or than six where no build number is there (which
 * begins with a digit, as no Python tag does). The caller's. */
static char *take_variant(struct strv *parts)
{
	const char *last = parts->n ? parts->v[parts->n - 1] : "";
	if (parts->n > 5 && !is_platform(parts->v[parts->n - 2]))
		return NULL;
	if ((parts->n != 7 && (parts->n != 6 || str_is_digit(parts->v[2][0]))) || !*last || strlen(last) > 16)
		return NULL;
	for (const char *c = last; *c; c++)
		if (!str_is_digit(*c) && !(*c >= 'a' && *c <= 'z') && *c != '_' && *c != '.')
			return NULL;
	return parts->v[--parts->n];
}

struct wheelname *wheelname_parse(const char *file)
{
	AUTO(wheelname) struct wheelname *w = xcalloc(1, sizeof(*w));
	AUTO_STRV struct strv parts = STRV_INIT;
	size_t len = strlen(file);
	if (len > NAME_MAX_LEN || !str_ends(file, ".whl"))
		return NULL;
	split_dashes(&parts, file, len - 4);
	w->variant = take_variant(&parts);
	if (parts.n != 5 && parts.n != 6)
		return NULL;
	char **tail = parts.v + parts.n - 3;
	if (!all_of(parts.v[0], "_.") || !all_of(parts.v[1], "_.+!") ||
	    !read_version(parts.v[1], strlen(parts.v[1]), &w->version))
		return NULL;
	if (parts.n == 6 && (!all_of(parts.v[2], "_.") || !str_is_digit(parts.v[2][0])))
		return NULL;
	if (!tags(tail[0], &w->pythons) || !tags(tail[1], &w->abis) || !tags(tail[2], &w->platforms))
		return NULL;
	w->dist = wheelname_normal(parts.v[0]);
	w->build = parts.n == 6 ? xstrdup(parts.v[2]) : NULL;
	return TAKE(w);
}

/* --- Python --- */

struct python {
	unsigned major, minor;
	bool threaded;
};

static bool read_python(const char *text, struct python *p)
{
	uint64_t major, minor;
	if (!str_scan_u64(&text, 9, &major) || *text++ != '.' || !str_scan_u64(&text, 99, &minor))
		return false;
	p->major = (unsigned)major;
	p->minor = (unsigned)minor;
	p->threaded = str_eq(text, "t");
	return p->threaded || !*text;
}

/* "cp311" -> 3, 11 */
static bool read_tag(const char *tag, const char *prefix, unsigned *major, unsigned *minor)
{
	uint64_t n = 0;
	if (!str_starts(tag, prefix))
		return false;
	tag += strlen(prefix);
	if (!str_is_digit(*tag))
		return false;
	*major = (unsigned)(*tag++ - '0');
	*minor = 0;
	if (!*tag)
		return true;
	if (!str_to_u64(tag, 99, &n))
		return false;
	*minor = (unsigned)n;
	return true;
}

static bool abi_fits(const struct python *p, const char *abi, bool exact, bool older)
{
	/* "mu": Python 2 as distributions build it */
	const char *flags = p->threaded ? "t" : p->major == 2 ? "mu" : p->minor < 8 ? "m" : "";
	AUTO_TEXT char *own = xasprintf("cp%u%u%s", p->major, p->minor, flags);
	if (str_eq(abi, "abi3"))
		return !p->threaded && (exact || older);
	if (str_eq(abi, "none"))
		return exact;
	return exact && str_eq(abi, own);
}

/* One python tag with one abi tag. */
static bool pair_fits(const struct python *p, const char *tag, const char *abi)
{
	unsigned major, minor;
	if (read_tag(tag, "cp", &major, &minor)) {
		bool exact = major == p->major && minor == p->minor;
		bool older = major == p->major && minor >= 2 && minor < p->minor;
		return abi_fits(p, abi, exact, older);
	}
	if (!read_tag(tag, "py", &major, &minor) || !str_eq(abi, "none"))
		return false;
	return major == p->major && minor <= p->minor;
}

static bool python_fits(const struct wheelname *w, const struct python *p)
{
	for (size_t i = 0; i < w->pythons.n; i++)
		for (size_t j = 0; j < w->abis.n; j++)
			if (pair_fits(p, w->pythons.v[i], w->abis.v[j]))
				return true;
	return false;
}

/* --- platforms --- */

static const char *machine_of(const char *platform)
{
	static const char *const rows[][2] = {
		{"linux/amd64", "x86_64"},
		{"linux/arm64", "aarch64"},
		{"linux/ppc64le", "ppc64le"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_eq(platform, rows[i][0]))
			return rows[i][1];
	return NULL;
}

/* The glibc of "manylinux_2_28_x86_64" and its older names; 0 without one; false where the tag is not Linux with glibc
 * on that machine. */
static bool read_platform(const char *tag, const char *machine, unsigned *glibc)
{
	static const struct {
		const char *prefix;
		unsigned glibc;
	} rows[] = {{"linux_", 0}, {"manylinux1_", 205}, {"manylinux2010_", 212}, {"manylinux2014_", 217}};
	uint64_t major, minor;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!str_starts(tag, rows[i].prefix) || !str_eq(tag + strlen(rows[i].prefix), machine))
			continue;
		*glibc = rows[i].glibc;
		return true;
	}
	if (!str_starts(tag, "manylinux_"))
		return false;
	tag += strlen("manylinux_");
	if (!str_scan_u64(&tag, 9, &major) || *tag++ != '_' || !str_scan_u64(&tag, 99, &minor) || *tag++ != '_' ||
	    !str_eq(tag, machine))
		return false;
	*glibc = (unsigned)(major * 100 + minor);
	return true;
}

static bool platform_fits(const struct wheelname *w, const char *platform)
{
	const char *machine = machine_of(platform);
	unsigned glibc;
	for (size_t i = 0; machine && i < w->platforms.n; i++)
		if (str_eq(w->platforms.v[i], "any") || read_platform(w->platforms.v[i], machine, &glibc))
			return true;
	return false;
}

bool wheelname_fits(const struct wheelname *w, const char *python, const char *platform)
{
	return !w->variant && wheelname_tags_fit(w, python, platform);
}

bool wheelname_tags_fit(const struct wheelname *w, const char *python, const char *platform)
{
	struct python p;
	return read_python(python, &p) && python_fits(w, &p) && platform_fits(w, platform);
}

unsigned wheelname_glibc(const struct wheelname *w)
{
	static const char *const machines[] = {"x86_64", "aarch64", "ppc64le"};
	unsigned lowest = 0, glibc;
	for (size_t i = 0; i < w->platforms.n; i++) {
		for (size_t j = 0; j < ARRAY_LEN(machines); j++)
			if (read_platform(w->platforms.v[i], machines[j], &glibc) && glibc &&
			    (!lowest || glibc < lowest))
				lowest = glibc;
	}
	return lowest;
}

bool wheelname_is_sdist(const char *file, const char *dist, const struct ver *version)
{
	static const char *const ends[] = {".tar.gz", ".zip"};
	size_t len = strlen(file);
	struct ver got;
	if (len > NAME_MAX_LEN)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		if (!str_ends(file, ends[i]))
			continue;
		const char *dash = memrchr(file, '-', len);
		if (!dash)
			return false;
		AUTO_TEXT char *name = xstrndup(file, (size_t)(dash - file));
		AUTO_TEXT char *normal = wheelname_normal(name);
		return str_eq(normal, dist) &&
		       read_version(dash + 1, len - strlen(ends[i]) - (size_t)(dash + 1 - file), &got) &&
		       ver_cmp(&got, version) == 0;
	}
	return false;
}
