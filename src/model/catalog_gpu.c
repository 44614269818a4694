#include "base/str.h"
#include "model/catalog_find.h"

#include <stdio.h>
#include <string.h>

const struct toolkit_row *catalog_toolkit(const struct catalog *c, uint16_t cuda)
{
	for (size_t i = 0; i < c->n_toolkits; i++)
		if (c->toolkits[i].cuda == cuda)
			return &c->toolkits[i];
	return NULL;
}

const struct driver *catalog_driver_min(const struct catalog *c, uint16_t cuda)
{
	const struct toolkit_row *t = catalog_toolkit(c, cuda);
	return t ? &t->driver_compat : NULL;
}

const struct toolkit_row *catalog_toolkit_of_driver(const struct catalog *c, const struct driver *d)
{
	const struct toolkit_row *found = NULL;
	for (size_t i = 0; i < c->n_toolkits; i++)
		if (driver_cmp(&c->toolkits[i].driver_min, d) <= 0)
			found = &c->toolkits[i];
	return found;
}

const struct arch_row *catalog_arch(const struct catalog *c, unsigned cc)
{
	for (size_t i = 0; i < c->n_archs; i++)
		if (c->archs[i].cc == cc)
			return &c->archs[i];
	return NULL;
}

bool catalog_cc_parse(const char *text, unsigned *ret)
{
	uint64_t major, minor;
	const char *at = text;
	bool sm = str_starts(text, "sm_");
	if (sm)
		at += strlen("sm_");
	if (!str_scan_u64(&at, 999, &major))
		return false;
	if (*at == '\0' && major >= 20) {
		*ret = (unsigned)major;
		return true;
	}
	if (sm || *at++ != '.' || major < 2 || major > 99 || !str_scan_u64(&at, 9, &minor) || *at)
		return false;
	*ret = (unsigned)(major * 10 + minor);
	return true;
}

const char *catalog_cc_text(unsigned cc, char into[CUDA_TEXT])
{
	snprintf(into, CUDA_TEXT, "%u.%u", cc / 10, cc % 10);
	return into;
}

void catalog_archs_text(const struct catalog *c, struct arch_set set, struct buf *into)
{
	char cc[CUDA_TEXT];
	const char *gap = "";
	if (!set.known)
		buf_adds(into, "unknown");
	for (size_t i = 0; i < c->n_archs; i++) {
		if (!((set.sass | set.ptx) >> i & 1))
			continue;
		buf_addf(into, "%s%s%s", gap, catalog_cc_text(c->archs[i].cc, cc), set.ptx >> i & 1 ? "+PTX" : "");
		gap = ";";
	}
}

/* Words of product names that do not tell products apart. */
static bool is_filler(const char *word, size_t n)
{
	static const char *const fillers[] = {
		"nvidia",     "geforce", "rtx",	   "tesla",	  "grid",   "gpu",   "graphics", "device",
		"generation", "edition", "pcie",   "nvl",	  "fhhl",   "dgxs",  "with",	 "max",
		"q",	      "design",	 "laptop", "mobile",	  "server", "sxm",   "hbm2",	 "hbm2e",
		"hbm3",	      "hbm3e",	 "pci",	   "workstation", "gddr6",  "hgx",   "sxm2",	 "sxm3",
		"sxm4",	      "sxm5",	 "sxm6",   "mig",	  "ac",	    "nvgpu",
	};
	for (size_t i = 0; i < ARRAY_LEN(fillers); i++)
		if (strlen(fillers[i]) == n && memcmp(fillers[i], word, n) == 0)
			return true;
	size_t digits = strspn(word, "0123456789");
	bool tail = digits > 0 && digits < n;
	if (tail && n - digits == 1 && strchr("cqb", word[digits])) /* a vGPU: "A40-48Q" */
		return true;
	return tail && (n - digits == 1 || (n - digits == 2 && word[n - 1] == 'b')) && word[digits] == 'g';
}

/* Takes "rtx" off "rtx3090", "gtx" off "gtx1080". */
static void add_word(const char *word, size_t n, struct buf *into)
{
	if (is_filler(word, n))
		return;
	bool family = n > 3 && (memcmp(word, "rtx", 3) == 0 || memcmp(word, "gtx", 3) == 0);
	if (family && str_is_digit(word[3])) {
		word += 3;
		n -= 3;
	}
	buf_add(into, word, n);
}

/* "GTX 1080" is known as 1080, while a TITAN is told apart by it. */
static bool is_gtx_number(const char *at, size_t n)
{
	static const char known[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	return n == 3 && str_starts(at, "gtx") && str_is_digit(at[3 + strcspn(at + 3, known)]);
}

void catalog_gpu_key(const char *name, struct buf *into)
{
	AUTO_TEXT char *lower = str_lowered(name);
	const char *at = lower;
	while (*at) {
		size_t n = 0;
		while (str_is_alnum(at[n]))
			n++;
		if (n && !is_gtx_number(at, n))
			add_word(at, n, into);
		at += n ? n : 1;
	}
}

static const struct gpu_row *with_key(const struct catalog *c, const char *key)
{
	size_t low = 0, high = c->n_gpus;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int cmp = strcmp(catalog_str(c, c->gpus[mid].key), key);
		if (cmp == 0)
			return &c->gpus[mid];
		if (cmp < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* "P5000" is a Quadro; a number alone is none, since it may be a GeForce. */
const struct gpu_row *catalog_gpu(const struct catalog *c, const char *name)
{
	AUTO_BUF struct buf key = BUF_INIT;
	catalog_gpu_key(name, &key);
	const struct gpu_row *row = with_key(c, buf_text(&key));
	if (row || !key.len || !str_is_alpha(key.data[0]))
		return row;
	AUTO_TEXT char *quadro = xasprintf("quadro%s", buf_text(&key));
	return with_key(c, quadro);
}

const struct gpu_row *catalog_gpu_nearest(const struct catalog *c, const char *name)
{
	AUTO_BUF struct buf key = BUF_INIT;
	catalog_gpu_key(name, &key);
	if (key.len == 0 || key.len > 60)
		return NULL;
	const char **names = xcalloc(c->n_gpus ? c->n_gpus : 1, sizeof(*names));
	for (size_t i = 0; i < c->n_gpus; i++)
		names[i] = catalog_str(c, c->gpus[i].key);
	const char *near = str_nearest(buf_text(&key), names, c->n_gpus);
	const struct gpu_row *found = NULL;
	for (size_t i = 0; near && !found && i < c->n_gpus; i++)
		if (names[i] == near)
			found = &c->gpus[i];
	free(names);
	return found;
}
