#include "render/require.h"

#include "base/str.h"

#include <string.h>

static int refuse(const char *what, const char *text, struct err *err)
{
	AUTO_TEXT char *shown = str_shown(text ? text : "", 80);
	return err_set(err, ERR_INPUT, "'%s' is not %s", shown, what);
}

static bool all_of(const char *text, const char *more)
{
	if (!text || !*text)
		return false;
	for (; *text; text++)
		if (!str_is_alnum(*text) && !strchr(more, *text))
			return false;
	return true;
}

static bool is_sha256(const char *text)
{
	size_t n = 0;
	for (; text[n]; n++)
		if (!str_is_digit(text[n]) && (text[n] < 'a' || text[n] > 'f'))
			return false;
	return n == 64;
}

static bool is_url(const char *url)
{
	for (const char *p = url; *p; p++)
		if (*p <= ' ' || *p >= 0x7f || strchr("\"'\\<>`{}|^#", *p))
			return false;
	return str_starts(url, "https://") || str_starts(url, "http://");
}

static int add_hash(const char *sha256, struct buf *into, struct err *err)
{
	if (!is_sha256(sha256))
		return refuse("a sha256", sha256, err);
	buf_addf(into, " --hash=sha256:%s", sha256);
	return 0;
}

int require_exact(const struct plan_package *p, struct buf *into, struct err *err)
{
	if (!all_of(p->version, ".!+-_"))
		return refuse("a version", p->version, err);
	if (p->label && (p->label[0] != '+' || !all_of(p->label + 1, ".")))
		return refuse("a version label", p->label, err);
	buf_addf(into, "%s==%s%s", pkg_dist(p->pkg), p->version, p->label ? p->label : "");
	return 0;
}

char *require_url(const struct plan_sources *sources, const char *url)
{
	const struct {
		const char *canonical, *mirror;
	} rows[] = {
		{"https://download.pytorch.org/whl", sources->torch},
		{"https://data.pyg.org/whl", sources->pyg},
		{"https://github.com/astral-sh/python-build-standalone/releases/download", sources->python},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t len = strlen(rows[i].canonical);
		const char *mirror = rows[i].mirror;
		if (!mirror || !str_starts(url, rows[i].canonical) || url[len] != '/' || !is_url(mirror))
			continue;
		size_t keep = strlen(mirror);
		while (keep && mirror[keep - 1] == '/')
			keep--;
		return xasprintf("%.*s%s", (int)keep, mirror, url + len);
	}
	return xstrdup(url);
}

/* A file's name in an URL: "+" is written as %2B. */
static void add_file_url(struct buf *into, const char *folder, const char *file)
{
	buf_addf(into, " @ file://%s/", folder);
	for (const char *p = file; *p; p++) {
		if (*p == '+')
			buf_adds(into, "%2B");
		else
			buf_addc(into, *p);
	}
}

int require_package(const struct plan_package *p, const struct places *at, struct buf *into, struct err *err)
{
	bool in_folder = at->wheels && str_eq(p->channel, "directory");
	if (in_folder && p->file) {
		if (!all_of(p->file, "._+-"))
			return refuse("a file name", p->file, err);
		buf_adds(into, pkg_dist(p->pkg));
		add_file_url(into, at->wheels, p->file);
	} else if (p->url && p->sha256) {
		AUTO_TEXT char *url = require_url(at->sources, p->url);
		if (!is_url(url))
			return refuse("an URL", url, err);
		buf_addf(into, "%s @ %s", pkg_dist(p->pkg), url);
	} else if (require_exact(p, into, err) < 0) {
		return -1;
	}
	return p->sha256 ? add_hash(p->sha256, into, err) : 0;
}

static bool is_line(const char *text)
{
	for (const char *p = text; *p; p++)
		if (*p < ' ' || *p >= 0x7f || *p == '\\')
			return false;
	return str_is_alnum(text[0]) && !strstr(text, " --") && !strstr(text, " #");
}

int require_other(const struct plan_requirement *r, struct buf *into, struct err *err)
{
	if (!is_line(r->line))
		return refuse("a requirement", r->line, err);
	buf_adds(into, r->line);
	for (size_t i = 0; i < r->sha256.n; i++)
		if (add_hash(r->sha256.v[i], into, err) < 0)
			return -1;
	return 0;
}

char *require_name(const char *line)
{
	AUTO_BUF struct buf name = BUF_INIT;
	if (!str_is_alnum(*line))
		return NULL;
	for (const char *p = line; str_is_alnum(*p) || (*p && strchr("-_.", *p)); p++) {
		if (str_is_alnum(*p))
			buf_addc(&name, str_lower(*p));
		else if (name.data[name.len - 1] != '-')
			buf_addc(&name, '-');
	}
	return buf_take(&name);
}

bool require_complete(const struct plan_variant *v)
{
	bool complete = v->npip > 0 && v->pip_files.n == 0;
	for (size_t i = 0; i < v->npip; i++)
		complete = complete && v->pip[i].sha256.n > 0;
	for (size_t i = 0; i < v->npackages; i++)
		complete = complete && v->packages[i].sha256;
	return complete;
}

bool require_old_numpy(const struct plan_package *torch)
{
	uint64_t major = 0, minor = 0;
	const char *at = torch->version;
	if (!str_scan_u64(&at, 99, &major) || *at != '.')
		return false;
	at++;
	return str_scan_u64(&at, 99, &minor) && (major < 2 || (major == 2 && minor < 3));
}

/* Packages that the PyTorch index carries beside torch, with the same label. */
static const char *const torch_index[] = {"torchvision", "torchaudio", "torchtext"};

void require_links(const char *index, const char *line, struct strv *into)
{
	AUTO_TEXT char *name = require_name(line);
	for (size_t k = 0; index && k < ARRAY_LEN(torch_index); k++)
		if (str_eq(name, torch_index[k]))
			strv_addf(into, "%s%s%s/", index, str_ends(index, "/") ? "" : "/", name);
}
