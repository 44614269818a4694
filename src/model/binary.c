#include "model/binary.h"

#include "base/str.h"

#include <string.h>

struct binary *binary_new(const char *path)
{
	struct binary *b = xcalloc(1, sizeof(*b));
	b->path = xstrdup(path);
	return b;
}

static void cuda_free(struct binary_cuda *c)
{
	free(c->function);
	free(c->runtime);
	free(c->toolkit);
	free(c->torch_archs);
}

void binary_free(struct binary *b)
{
	if (b == NULL)
		return;
	free(b->path);
	strv_clear(&b->names);
	free(b->fault);
	free(b->interp);
	free(b->soname);
	free(b->rpath);
	free(b->runpath);
	strv_clear(&b->needed);
	for (size_t i = 0; i < b->n_demands; i++) {
		free(b->demands[i].file);
		free(b->demands[i].version);
	}
	free(b->demands);
	strv_clear(&b->versions);
	strv_clear(&b->imports);
	free(b->exports);
	free(b->abi_symbol);
	for (size_t i = 0; i < b->n_groups; i++)
		free(b->groups[i].codes);
	free(b->groups);
	cuda_free(&b->cuda);
	free(b);
}

const char *binary_path_in(const struct binary *b, const char *dir)
{
	size_t len = strlen(dir);

	if (strncmp(b->path, dir, len) == 0 && b->path[len] == '/')
		return b->path;
	for (size_t i = 0; i < b->names.n; i++)
		if (strncmp(b->names.v[i], dir, len) == 0 && b->names.v[i][len] == '/')
			return b->names.v[i];
	return NULL;
}

/* Whether the text at `at`, which stands behind a name's length and begins a name, is one of torch's namespaces:
 * "3c10", "2at", "5torch", "6caffe2". */
static bool is_namespace(const char *at)
{
	static const char *const names[] = {"3c10", "2at", "5torch", "6caffe2"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_starts(at, names[i]))
			return true;
	return false;
}

/* Whether a mangled name has a nested name in one of the namespaces: N, qualifiers, namespace. */
static bool mentions_namespace(const char *name)
{
	for (const char *n = strchr(name, 'N'); n != NULL; n = strchr(n + 1, 'N')) {
		const char *at = n + 1;
		while (*at == 'K' || *at == 'V' || *at == 'r' || *at == 'R' || *at == 'O')
			at++;
		if (is_namespace(at))
			return true;
	}
	return false;
}

bool binary_symbol_is_shim(const char *name)
{
	return str_starts(name, "aoti_torch_") || str_starts(name, "torch_");
}

bool binary_symbol_matters(const char *name)
{
	if (str_starts(name, "_Z"))
		return mentions_namespace(name);
	return str_starts(name, "THP") || binary_symbol_is_shim(name);
}

/* FNV-1a over 64 bits. */
uint64_t binary_symbol_key(const char *name)
{
	uint64_t h = 0xcbf29ce484222325U;
	for (const char *c = name; *c != '\0'; c++) {
		h ^= (unsigned char)*c;
		h *= 0x100000001b3U;
	}
	return h;
}

bool binary_exports(const struct binary *b, const char *name)
{
	uint64_t key = binary_symbol_key(name);
	size_t low = 0, high = b->n_exports;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (b->exports[middle] < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < b->n_exports && b->exports[low] == key;
}

int binary_version_cmp(const char *a, const char *b)
{
	for (;;) {
		uint64_t x = 0, y = 0;
		bool has_x = str_scan_u64(&a, UINT32_MAX, &x), has_y = str_scan_u64(&b, UINT32_MAX, &y);
		if (!has_x || !has_y)
			return (int)has_x - (int)has_y;
		if (x != y)
			return x < y ? -1 : 1;
		if (*a == '.')
			a++;
		if (*b == '.')
			b++;
	}
}

/* The number behind prefix, or NULL: names like GLIBC_PRIVATE and GLIBC_ABI_DT_RELR have none. */
static const char *version_behind(const char *text, const char *prefix)
{
	if (!str_starts(text, prefix) || !str_is_digit(text[strlen(prefix)]))
		return NULL;
	return text + strlen(prefix);
}

static const char *higher(const char *best, const char *version)
{
	if (version == NULL || (best != NULL && binary_version_cmp(best, version) >= 0))
		return best;
	return version;
}

const char *binary_demands(const struct binary *b, const char *prefix)
{
	const char *best = NULL;
	for (size_t i = 0; i < b->n_demands; i++)
		best = higher(best, version_behind(b->demands[i].version, prefix));
	return best;
}

const char *binary_defines(const struct binary *b, const char *prefix)
{
	const char *best = NULL;
	for (size_t i = 0; i < b->versions.n; i++)
		best = higher(best, version_behind(b->versions.v[i], prefix));
	return best;
}

const char *code_text(const struct code *c, char into[CODE_TEXT])
{
	static const char *const kinds[] = {
		[CODE_PTX] = "compute", [CODE_SASS] = "sm", [CODE_LTO] = "lto", [CODE_OTHER] = "other"};
	/* Built by hand: the text has a fixed form and a fixed room. */
	size_t n = 0;
	for (const char *k = kinds[c->kind]; *k != '\0'; k++)
		into[n++] = *k;
	into[n++] = '_';
	char digits[8];
	size_t d = 0;
	unsigned arch = c->arch;
	do {
		digits[d++] = (char)('0' + arch % 10);
		arch /= 10;
	} while (arch > 0);
	while (d > 0)
		into[n++] = digits[--d];
	if (c->suffix != '\0')
		into[n++] = c->suffix;
	into[n] = '\0';
	return into;
}

static int order(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

int code_cmp(const struct code *a, const struct code *b)
{
	/* Machine code first: what is looked at first. */
	static const unsigned rank[] = {[CODE_SASS] = 0, [CODE_PTX] = 1, [CODE_LTO] = 2, [CODE_OTHER] = 3};
	int o = order(rank[a->kind], rank[b->kind]);
	if (o == 0)
		o = order(a->arch, b->arch);
	if (o == 0)
		o = order((unsigned char)a->suffix, (unsigned char)b->suffix);
	if (o == 0)
		o = order(a->isa, b->isa);
	return o != 0 ? o : order(a->packed, b->packed);
}
