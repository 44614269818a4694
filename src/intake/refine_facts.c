#include "intake/refine_part.h"

#include "base/str.h"
#include "model/catalog_find.h"

#include <string.h>

/* --- the driver ------------------------------------------------------------------------------------------------------
 */

/* "for CUDA 12: 525.60.13, for CUDA 13: 580.65.06" from the rows: the least driver of each major above. */
static void least_drivers(const struct catalog *cat, unsigned above, struct buf *into)
{
	char driver[DRIVER_TEXT];
	for (size_t i = 0; i < cat->n_toolkits; i++) {
		const struct toolkit_row *t = &cat->toolkits[i];
		unsigned major = t->cuda / 100;
		if (major <= above || major < 11)
			continue;
		buf_addf(into, "%s%s for CUDA %u", into->len ? ", " : "", driver_text(&t->driver_compat, driver),
			 major);
		above = major;
	}
}

bool refine_driver(const struct refining *r, struct cause *c)
{
	uint64_t number = 0;
	if (!str_to_u64(r->hit->hole[0], 99999, &number) || number < 1000)
		return true;
	AUTO_BUF struct buf least = BUF_INIT;
	unsigned major = (unsigned)number / 1000;
	least_drivers(r->catalog, major, &least);
	cause_say(c, NULL,
		  xasprintf("the driver can do CUDA %u.%u (%llu), and torch is built for a newer CUDA major", major,
			    (unsigned)number % 1000 / 10, (unsigned long long)number),
		  NULL,
		  xasprintf("a newer driver (%s), or a variant of torch and extensions for CUDA %u", buf_text(&least),
			    major));
	return true;
}

bool refine_require(const struct refining *r, struct cause *c)
{
	struct err err = ERR_INIT;
	struct cuda cuda;
	char text[DRIVER_TEXT];
	char compat[DRIVER_TEXT];
	bool ok = cuda_parse(r->hit->hole[0], &cuda, &err) == 0 && cuda.major;
	err_clear(&err);
	const struct toolkit_row *t = ok ? catalog_toolkit(r->catalog, cuda_key(&cuda)) : NULL;
	if (t && cuda.major >= 11)
		cause_say(c, NULL, NULL, NULL,
			  xasprintf("driver %s or newer; where the driver is at least %s (minor-version compatibility "
				    "of CUDA %u), NVIDIA_DISABLE_REQUIRE=1 or an image that states what it really "
				    "needs",
				    driver_text(&t->driver_min, text), driver_text(&t->driver_compat, compat),
				    cuda.major));
	else if (t)
		cause_say(c, NULL, NULL, NULL,
			  xasprintf("driver %s or newer, or an image for an older CUDA",
				    driver_text(&t->driver_min, text)));
	return true;
}

/* --- architectures ---------------------------------------------------------------------------------------------------
 */

/* 89 of "89", 90 of "90a"; 0 where it is no number. */
static unsigned read_arch(const char *text)
{
	uint64_t n = 0;
	return str_scan_u64(&text, 999, &n) ? (unsigned)n : 0;
}

bool refine_arch(const struct refining *r, struct cause *c)
{
	const struct arch_row *row = catalog_arch(r->catalog, read_arch(r->hit->hole[0]));
	char first[CUDA_TEXT];
	char last[CUDA_TEXT];
	if (!row)
		return true;
	AUTO_TEXT char *end = row->cuda_last ? xasprintf(" to %s", cuda_key_text(row->cuda_last, last)) : NULL;
	AUTO_TEXT char *more =
		xasprintf(": CUDA from %s%s can", cuda_key_text(row->cuda_first, first), end ? end : " on");
	cause_more(&c->because, more);
	return true;
}

/* The largest and smallest of "sm_70 sm_75" behind the hit; false where no list is there. */
static bool served(const struct refining *r, unsigned *low, unsigned *high)
{
	static const char words[] = "supports CUDA capabilities";
	const char *at = r->hit->at + r->hit->len;
	size_t left = (size_t)(r->text.data + r->text.len - at);
	AUTO_TEXT char *look = xstrndup(at, left < 700 ? left : 700);
	str_one_line(look);
	char *list = strstr(look, words);
	*low = *high = 0;
	for (char *sm = list ? strstr(list, "sm_") : NULL; sm && sm - list < 300; sm = strstr(sm + 1, "sm_")) {
		unsigned n = read_arch(sm + 3);
		*low = n && (!*low || n < *low) ? n : *low;
		*high = n > *high ? n : *high;
	}
	return *high != 0;
}

/* The architectures whose machine code runs on a device: its own and older ones of the same major. */
static uint32_t running_on(const struct catalog *cat, unsigned sm)
{
	uint32_t set = 0;
	for (size_t i = 0; i < cat->n_archs; i++)
		if (cat->archs[i].cc / 10 == sm / 10 && cat->archs[i].cc <= sm)
			set |= UINT32_C(1) << i;
	return set;
}

/* The oldest or newest torch with such code, "cu128 (torch 2.7.0 and newer)"; the caller's, NULL where none has it. */
static char *variant_with(const struct catalog *cat, uint32_t archs, bool newest)
{
	char version[CUDA_TEXT];
	char variant[CUDA_TEXT];
	for (size_t i = 0; i < cat->n_torch; i++) {
		const struct torch_row *t = &cat->torch[newest ? cat->n_torch - 1 - i : i];
		if (t->platform != PLATFORM_AMD64 || !t->archs.known || !(t->archs.sass & archs))
			continue;
		return xasprintf(newest ? "%s (torch up to %s)" : "%s (torch %s and newer)",
				 cuda_key_variant(t->cuda, variant), catalog_rel_text(t->version, version));
	}
	return NULL;
}

/* Which variant serves the GPU. */
static void say_variant(const struct catalog *cat, unsigned sm, bool is_old, struct cause *c)
{
	cause_more(&c->because, is_old ? ": its variant has dropped the GPU" : ": its variant is older than the GPU");
	AUTO_TEXT char *variant = variant_with(cat, running_on(cat, sm), is_old);
	if (!variant && is_old)
		cause_say(c, NULL, NULL, NULL,
			  xstrdup("no torch from 1.4 on has code for it: a newer GPU, the CPU, or torch and extensions "
				  "compiled for it"));
	else if (variant)
		cause_say(c, NULL, NULL, NULL,
			  xasprintf("torch of variant %s, with the extensions of that variant; cudabuild explain "
				    "--compute %u.%u says which fit together",
				    variant, sm / 10, sm % 10));
}

bool refine_device(const struct refining *r, struct cause *c)
{
	unsigned sm = read_arch(r->hit->hole[0]);
	unsigned low = 0;
	unsigned high = 0;
	bool listed = served(r, &low, &high);
	say_variant(r->catalog, sm, listed ? sm < low : sm < 75, c);
	return true;
}

/* 75 of "7.5"; 0 where it is no capability. */
static unsigned read_capability(const char *text)
{
	uint64_t major = 0;
	uint64_t minor = 0;
	bool ok = str_scan_u64(&text, 99, &major) && *text++ == '.' && str_scan_u64(&text, 9, &minor) && !*text;
	return ok ? (unsigned)(major * 10 + minor) : 0;
}

bool refine_old(const struct refining *r, struct cause *c)
{
	unsigned sm = read_capability(r->hit->hole[0]);
	if (sm)
		say_variant(r->catalog, sm, true, c);
	return sm != 0;
}

bool refine_capability(const struct refining *r, struct cause *c)
{
	unsigned sm = read_capability(r->hit->hole[0]);
	unsigned low = read_capability(r->hit->hole[1]);
	unsigned high = read_capability(r->hit->hole[2]);
	if (!sm || !low || !high)
		return false;
	if (sm < low || sm / 10 > high / 10) {
		say_variant(r->catalog, sm, sm < low, c);
		return true;
	}
	c->rank = CAUSE_WARNS;
	cause_say(c, "capability-not-listed",
		  xasprintf("torch names %s as the newest capability, and the GPU has %s: machine code of one major "
			    "runs on its later minors, so the warning alone is harmless",
			    r->hit->hole[2], r->hit->hole[0]),
		  NULL,
		  xstrdup("none is needed; an extension compiled here must name a capability that its nvcc knows"));
	return true;
}

/* --- glibc -----------------------------------------------------------------------------------------------------------
 */

bool refine_glibc(const struct refining *r, struct cause *c)
{
	uint16_t asked = catalog_minor_parse(r->hit->hole[0]);
	const struct catalog *cat = r->catalog;
	const struct os_row *first = NULL;
	char glibc[CUDA_TEXT];
	for (size_t i = 0; i < cat->n_oses; i++) {
		const struct os_row *os = &cat->oses[i];
		if (str_eq(catalog_str(cat, os->family), "ubuntu") && os->glibc >= asked &&
		    (!first || os->release < first->release))
			first = os;
	}
	if (asked && first)
		cause_say(c, NULL, NULL, NULL,
			  xasprintf("a newer base image (%s has glibc %s), an older wheel (torch_sparse up to 0.6.17 "
				    "asks for 2.27), or compile it there",
				    catalog_str(cat, first->name), catalog_minor_text(first->glibc, glibc)));
	return true;
}

/* --- what counts for some names only ---------------------------------------------------------------------------------
 */

bool refine_extension(const struct refining *r, struct cause *c)
{
	static const char *const names[] = {"sparse", "scatter", "cluster", "spline"};
	(void)c;
	for (size_t i = 0; i < PATTERN_HOLES && r->hit->hole[i]; i++) {
		const char *hole = r->hit->hole[i];
		if ((*hole == '-' || *hole == '_') && text_has_any(hole, names, ARRAY_LEN(names)))
			return true;
	}
	return false;
}

bool refine_image(const struct refining *r, struct cause *c)
{
	static const char *const names[] = {"cuda", "nvidia", "torch", "pyg"};
	(void)c;
	for (size_t i = 0; i < PATTERN_HOLES && r->hit->hole[i]; i++) {
		AUTO_TEXT char *hole = str_lowered(r->hit->hole[i]);
		if (text_has_any(hole, names, ARRAY_LEN(names)))
			return true;
	}
	return false;
}
