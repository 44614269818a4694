#include "intake/wheelpage.h"

#include "base/str.h"
#include "intake/vars.h"

#include <string.h>

/* "cpu" or "cu111" in front of a text; false where it is neither. */
static bool read_variant(const char *text, struct wheelpage *p)
{
	struct err err = ERR_INIT;
	size_t len = 0;
	while (str_is_alnum(text[len]))
		len++;
	AUTO_TEXT char *word = xstrndup(text, len);
	bool ok = (str_eq(word, "cpu") || str_starts(word, "cu")) && cuda_parse(word, &p->variant, &err) == 0;
	err_clear(&err);
	p->has_variant = ok;
	return ok;
}

static bool scan_part(const char **at, unsigned *ret)
{
	uint64_t n;
	if (!str_scan_u64(at, 1023, &n))
		return false;
	*ret = (unsigned)n;
	return true;
}

static bool read_version(const char **at, struct wheelpage *p)
{
	if (!scan_part(at, &p->major) || *(*at)++ != '.' || !scan_part(at, &p->minor))
		return false;
	if (**at == '.' && str_is_digit((*at)[1])) {
		++*at;
		return scan_part(at, &p->patch);
	}
	return true;
}

static struct wheelpage broken(const char *why)
{
	return (struct wheelpage){.kind = WHEELPAGE_BROKEN, .why = why};
}

/* What stands behind "torch-": "1.8.0+cu111.html", "1.8.0%2Bcu111/FILE.whl", "1.7.0.html". */
static struct wheelpage read_pyg(const char *at)
{
	struct wheelpage p = {.kind = WHEELPAGE_PYG};
	if (strpbrk(at, "{$"))
		return broken("a variable stands in it unreplaced");
	if (!read_version(&at, &p))
		return broken("the version of torch in it is empty or none");
	bool plus = *at == '+' || str_starts(at, "%2B") || str_starts(at, "%2b");
	at += *at == '+' ? 1 : plus ? 3 : 0;
	if (plus && str_is_digit(*at))
		return broken("the variant must be written cuNNN, as in cu113");
	if (plus && !read_variant(at, &p))
		return broken("the variant behind + is empty or none");
	while (str_is_alnum(*at))
		at++;
	if (!str_starts(at, ".html") && *at != '/')
		return broken("it must end in .html");
	if (!plus && (p.major > 1 || p.minor > 7) && *at != '/')
		return broken("the variant (+cuNNN or +cpu) is missing");
	return p;
}

static struct wheelpage read_torch(const char *at)
{
	struct wheelpage p = {.kind = WHEELPAGE_TORCH};
	if (str_starts(at, "/nightly") || str_starts(at, "/test"))
		return (struct wheelpage){.kind = WHEELPAGE_UNKNOWN};
	if (*at == '/')
		(void)read_variant(at + 1, &p);
	return p;
}

struct wheelpage wheelpage_read(const char *url)
{
	static const char *const pyg[] = {"data.pyg.org/whl/", "pytorch-geometric.com/whl/"};
	static const char torch[] = "download.pytorch.org/whl";
	for (size_t i = 0; i < ARRAY_LEN(pyg); i++) {
		const char *at = strstr(url, pyg[i]);
		if (!at)
			continue;
		at += strlen(pyg[i]);
		if (vars_unknown(url))
			return (struct wheelpage){.kind = WHEELPAGE_UNKNOWN};
		return str_starts(at, "torch-") ? read_pyg(at + strlen("torch-"))
						: (struct wheelpage){.kind = WHEELPAGE_OTHER};
	}
	const char *at = strstr(url, torch);
	if (at && vars_unknown(url))
		return (struct wheelpage){.kind = WHEELPAGE_UNKNOWN};
	return at ? read_torch(at + sizeof(torch) - 1) : (struct wheelpage){.kind = WHEELPAGE_OTHER};
}
