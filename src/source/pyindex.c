#include "source/pyindex.h"

#include "adapt/process.h"
#include "base/file.h"
#include "base/str.h"

#include <string.h>

#define FILE_MAX (1u << 20)

/* --- lines --- */

static char *trimmed(const char *from, const char *end)
{
	while (from < end && strchr(" \t\r", *from))
		from++;
	while (end > from && strchr(" \t\r", end[-1]))
		end--;
	return xstrndup(from, (size_t)(end - from));
}

/* One line of an ini or TOML file: a section, or a key with its value; all owned. */
struct line {
	char *section, *key, *value;
};

static void line_clear(struct line *l)
{
	free(l->section);
	free(l->key);
	free(l->value);
	*l = (struct line){.section = NULL};
}

/* Reads the next line of *at; false at the end. */
static bool next_line(const char **at, struct line *l)
{
	line_clear(l);
	if (!**at)
		return false;
	const char *end = *at + strcspn(*at, "\n");
	AUTO_TEXT char *text = trimmed(*at, end);
	const char *equals = strchr(text, '=');
	*at = *end ? end + 1 : end;
	if (text[0] == '[') {
		l->section = xstrdup(text);
	} else if (equals && !strchr("#;", text[0])) {
		l->key = trimmed(text, equals);
		l->value = trimmed(equals + 1, text + strlen(text));
	}
	return true;
}

static char *as_index(const char *url)
{
	char *own = xstrdup(url);
	size_t len = strlen(own);
	while (len && own[len - 1] == '/')
		own[--len] = '\0';
	return own;
}

char *pyindex_from_pip(struct blob file)
{
	struct line l = {.section = NULL};
	const char *at = file.data;
	bool mine = false;
	AUTO_TEXT char *found = NULL;
	while (next_line(&at, &l)) {
		if (l.section)
			mine = str_eq(l.section, "[global]") || str_eq(l.section, "[install]") ||
			       str_eq(l.section, "[download]");
		else if (mine && l.key && (str_eq(l.key, "index-url") || str_eq(l.key, "index_url")) && *l.value) {
			free(found);
			found = as_index(l.value);
		}
	}
	line_clear(&l);
	return TAKE(found);
}

/* The text between quotes at the start of a TOML value; the caller's, or NULL. */
static char *toml_text(const char *value)
{
	if (*value != '"' && *value != '\'')
		return NULL;
	const char *end = strchr(value + 1, *value);
	return end ? xstrndup(value + 1, (size_t)(end - value - 1)) : NULL;
}

char *pyindex_from_uv(struct blob file)
{
	struct line l = {.section = NULL};
	const char *at = file.data;
	bool plain = true, list = false;
	AUTO_TEXT char *url = NULL, *entry = NULL;
	while (next_line(&at, &l)) {
		if (l.section) {
			plain = str_eq(l.section, "[pip]");
			list = str_eq(l.section, "[[index]]");
			free(entry);
			entry = NULL;
			continue;
		}
		AUTO_TEXT char *value = l.key ? toml_text(l.value) : NULL;
		if (plain && l.key && str_eq(l.key, "index-url") && value && !url)
			url = as_index(value);
		else if (list && l.key && str_eq(l.key, "url") && value) {
			free(entry);
			entry = as_index(value);
		} else if (list && l.key && str_eq(l.key, "default") && str_starts(l.value, "true") && entry) {
			free(url);
			url = xstrdup(entry);
		}
	}
	line_clear(&l);
	return TAKE(url);
}

/* --- places --- */

static char *from_file(char *path, char *(*read)(struct blob file), char **from)
{
	AUTO_TEXT char *own = path;
	AUTO_BUF struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	if (!own || file_read_if_there(own, FILE_MAX, &text, &err) != 0) {
		err_clear(&err);
		return NULL;
	}
	char *url = read(buf_blob(&text, own));
	if (url && from)
		*from = TAKE(own);
	return url;
}

static char *from_environment(char **from)
{
	static const char *const names[] = {"UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *value = getenv(names[i]);
		if (!value || !*value)
			continue;
		/* uv takes NAME=URL as well */
		const char *equals = strchr(value, '='), *scheme = strstr(value, "://");
		if (equals && scheme && equals < scheme)
			value = equals + 1;
		if (from)
			*from = xstrdup(names[i]);
		return as_index(value);
	}
	return NULL;
}

char *pyindex_from_help(struct blob said)
{
	const char *at = strstr(said.data, "--index-url <url>");
	size_t len;
	at = at ? strstr(at, "(default") : NULL;
	if (!at)
		return NULL;
	at += strlen("(default");
	at += strspn(at, " \n");
	len = strcspn(at, ") \n");
	return len > 8 && str_starts(at, "http") ? xstrndup(at, len) : NULL;
}

char *pyindex_of_pip(void)
{
	static const char *const argv[] = {"python3", "-m", "pip", "install", "--help", NULL};
	static const char *const env[] = {"LC_ALL=C", NULL};
	const struct proc_spec spec = {
		.argv = argv, .env = env, .dir = "/", .timeout_ms = 20000}; /* -m looks in the working folder first */
	AUTO_PROC_END struct proc_end end = PROC_END_INIT;
	struct err ignored = ERR_INIT;
	if (proc_run(&spec, NULL, &end, &ignored) < 0) {
		err_clear(&ignored);
		return NULL;
	}
	return pyindex_from_help(buf_blob(&end.out, "pip"));
}

/* Files in the order in which they count; `rest` lies below what the variable names, or is the whole path. */
static const struct {
	const char *variable, *rest;
	char *(*read)(struct blob file);
} files[] = {
	{"UV_CONFIG_FILE", "", pyindex_from_uv},
	{"PIP_CONFIG_FILE", "", pyindex_from_pip},
	{"XDG_CONFIG_HOME", "uv/uv.toml", pyindex_from_uv},
	{"VIRTUAL_ENV", "pip.conf", pyindex_from_pip},
	{"XDG_CONFIG_HOME", "pip/pip.conf", pyindex_from_pip},
	{"HOME", ".pip/pip.conf", pyindex_from_pip},
	{NULL, "/etc/uv/uv.toml", pyindex_from_uv},
	{NULL, "/etc/pip.conf", pyindex_from_pip},
	{NULL, "/etc/xdg/pip/pip.conf", pyindex_from_pip},
};

/* The caller's; NULL where the variable names nothing. */
static char *path_of(const char *variable, const char *rest)
{
	const char *dir = variable ? getenv(variable) : "";
	if (variable && !(dir && *dir) && str_eq(variable, "XDG_CONFIG_HOME")) {
		AUTO_TEXT char *below = xasprintf(".config/%s", rest);
		return path_of("HOME", below);
	}
	if (!dir || (variable && !*dir))
		return NULL;
	return !variable ? xstrdup(rest) : *rest ? file_join(dir, rest) : xstrdup(dir);
}

char *pyindex_find(char **from)
{
	char *url = from_environment(from);
	for (size_t i = 0; !url && i < ARRAY_LEN(files); i++)
		url = from_file(path_of(files[i].variable, files[i].rest), files[i].read, from);
	return url ? url : pyindex_of_pip();
}
