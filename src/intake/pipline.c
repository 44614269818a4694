#include "intake/pipline.h"

#include "base/str.h"

#include <string.h>

struct opt_kind {
	const char *name;
	enum { OPT_SKIP, OPT_FILE, OPT_LINK, OPT_INDEX, OPT_ENV } kind;
};

/* Options with a value. All others are flags. */
static const struct opt_kind options[] = {
	{"-r", OPT_FILE},
	{"--requirement", OPT_FILE},
	{"--requirements", OPT_FILE},
	{"-f", OPT_LINK},
	{"--find-links", OPT_LINK},
	{"-i", OPT_INDEX},
	{"--index-url", OPT_INDEX},
	{"--extra-index-url", OPT_INDEX},
	{"--index", OPT_INDEX},
	{"--default-index", OPT_INDEX},
	{"-c", OPT_SKIP},
	{"--constraint", OPT_SKIP},
	{"-t", OPT_SKIP},
	{"--target", OPT_SKIP},
	{"-e", OPT_SKIP},
	{"--editable", OPT_SKIP},
	{"--prefix", OPT_SKIP},
	{"--root", OPT_SKIP},
	{"--platform", OPT_SKIP},
	{"--python-version", OPT_SKIP},
	{"--timeout", OPT_SKIP},
	{"--default-timeout", OPT_SKIP},
	{"--retries", OPT_SKIP},
	{"--trusted-host", OPT_SKIP},
	{"--progress-bar", OPT_SKIP},
	{"--no-binary", OPT_SKIP},
	{"--only-binary", OPT_SKIP},
	{"--cache-dir", OPT_SKIP},
	{"--proxy", OPT_SKIP},
	{"--python", OPT_SKIP},
	{"-p", OPT_SKIP},
	{"--global-option", OPT_SKIP},
	{"--install-option", OPT_SKIP},
	{"--config-settings", OPT_SKIP},
	{"--no-build-isolation-package", OPT_SKIP},
	{"--log", OPT_SKIP},
};
/* The same letters mean other things in conda. */
static const struct opt_kind conda_options[] = {
	{"-c", OPT_SKIP}, {"--channel", OPT_SKIP}, {"-n", OPT_SKIP}, {"--name", OPT_SKIP},
	{"-p", OPT_SKIP}, {"--prefix", OPT_SKIP},  {"-f", OPT_ENV},  {"--file", OPT_ENV},
};

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static bool is_tool(const char *word, const char *name)
{
	const char *tool = last_part(word);
	size_t len = strlen(name);
	return strncmp(tool, name, len) == 0 && tool[len + strspn(tool + len, "0123456789.")] == '\0';
}

static bool is_assignment(const char *text)
{
	size_t n = 0;
	while (str_is_alnum(text[n]) || text[n] == '_')
		n++;
	return n && text[n] == '=';
}

static bool installs(bool conda, const char *verb)
{
	return str_eq(verb, "install") || (conda && (str_eq(verb, "create") || str_eq(verb, "update")));
}

/* The place of the verb behind a tool at i, 0 where it installs nothing. */
static size_t find_verb(const struct shell_command *c, size_t i, bool conda)
{
	for (size_t k = i + 1; k < c->n; k++) {
		const char *verb = c->v[k].text;
		if (installs(conda, verb))
			return k;
		if ((conda && str_eq(verb, "run")) || (*verb != '-' && k > i + 2))
			return 0;
	}
	return 0;
}

/* The place of "install" (or conda's "create") behind the tool's name, 0 where it installs nothing. */
static size_t find_install(const struct shell_command *c, struct pipline *p)
{
	for (size_t i = 0; i + 1 < c->n; i++) {
		const char *word = c->v[i].text;
		bool conda = is_tool(word, "conda") || is_tool(word, "mamba") || is_tool(word, "micromamba");
		size_t at = conda || is_tool(word, "pip") ? find_verb(c, i, conda) : 0;
		if (at) {
			p->conda = conda;
			return at;
		}
	}
	return 0;
}

static const char *env_of(const struct shell_command *c, size_t before, const struct vars *vars, const char *name)
{
	size_t len = strlen(name);
	for (size_t i = before; i-- > 0;)
		if (is_assignment(c->v[i].text) && strncmp(c->v[i].text, name, len) == 0 && c->v[i].text[len] == '=')
			return c->v[i].text + len + 1;
	return vars_get(vars, name);
}

static const struct opt_kind *option_of(const struct pipline *p, const char *word, const char **ret_value)
{
	const struct opt_kind *table = p->conda ? conda_options : options;
	size_t n = p->conda ? ARRAY_LEN(conda_options) : ARRAY_LEN(options);
	*ret_value = NULL;
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(table[i].name);
		if (strncmp(word, table[i].name, len) != 0)
			continue;
		bool is_short = len == 2 && word[1] != '-';
		if (word[len] == '=' || (is_short && word[len]))
			*ret_value = word + len + (word[len] == '=');
		else if (word[len])
			continue;
		return &table[i];
	}
	return NULL;
}

static void keep_option(struct pipline *p, const struct opt_kind *kind, const char *value)
{
	struct strv *const into[] = {NULL, &p->files, &p->links, &p->indexes, &p->environments};
	bool plain = kind->kind == OPT_ENV && !str_ends(value, ".yml") && !str_ends(value, ".yaml");
	struct strv *list = plain ? &p->files : into[kind->kind];
	if (list)
		strv_add(list, value);
}

static void read_words(const struct shell_command *c, size_t from, struct pipline *p)
{
	p->own = xcalloc(c->n + 1, sizeof(*p->own));
	for (size_t i = from; i < c->n; i++) {
		const char *word = c->v[i].text;
		const char *value;
		const struct opt_kind *kind = *word == '-' ? option_of(p, word, &value) : NULL;
		if (kind && value)
			keep_option(p, kind, value);
		else if (kind && i + 1 < c->n)
			keep_option(p, kind, c->v[++i].text);
		else if (*word != '-')
			p->own[p->nwords++] = c->v[i];
		p->no_index = p->no_index || str_eq(word, "--no-index");
		p->no_isolation = p->no_isolation || str_eq(word, "--no-build-isolation");
		p->upgrade = p->upgrade || str_eq(word, "-U") || str_eq(word, "--upgrade");
	}
	p->words = p->own;
}

bool pipline_read(const struct shell_command *c, const struct vars *vars, struct pipline *ret)
{
	struct pipline p = {.words = NULL};
	size_t at = find_install(c, &p);
	if (!at)
		return false;
	read_words(c, at + 1, &p);
	const char *force = env_of(c, at, vars, "FORCE_CUDA");
	const char *isolation = env_of(c, at, vars, "PIP_NO_BUILD_ISOLATION");
	const char *index = env_of(c, at, vars, "PIP_EXTRA_INDEX_URL");
	const char *links = env_of(c, at, vars, "PIP_FIND_LINKS");
	p.force_cuda = str_eq(force, "1") || vars_unknown(force);
	p.no_isolation = p.no_isolation || isolation;
	p.arch_list = env_of(c, at, vars, "TORCH_CUDA_ARCH_LIST");
	if (index)
		strv_add(&p.indexes, index);
	if (links)
		strv_add(&p.links, links);
	*ret = p;
	return true;
}

void pipline_clear(struct pipline *p)
{
	free(p->own);
	strv_clear(&p->files);
	strv_clear(&p->links);
	strv_clear(&p->indexes);
	strv_clear(&p->environments);
	*p = (struct pipline){.words = NULL};
}
