#include "intake/interpreter.h"

#include "base/str.h"

#include <string.h>

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* "3.8" in front of a text, or NULL. */
static char *version_of(const char *text)
{
	size_t major = strspn(text, "0123456789");
	size_t minor = text[major] == '.' ? strspn(text + major + 1, "0123456789") : 0;
	return major == 1 && *text == '3' && minor && minor < 3 ? xstrndup(text, major + 1 + minor) : NULL;
}

/* "python3.8-dev", "pip3.8", "Python-3.8.10.tgz" */
static char *of_tool(const char *word)
{
	static const char *const names[] = {"python", "pip", "Python-"};
	const char *name = last_part(word);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!str_starts(name, names[i]))
			continue;
		const char *behind = name + strlen(names[i]);
		return *behind == VARS_UNKNOWN && i != 1 ? xstrdup("") : version_of(behind);
	}
	return NULL;
}

/* "Miniconda3-py38_4.9.2-Linux-x86_64.sh"; those without a version bring one of their own. */
static char *of_installer(const char *word)
{
	static const char *const names[] = {"Miniconda3", "Anaconda3", "Miniforge3", "Mambaforge"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *at = strstr(word, names[i]);
		if (!at)
			continue;
		at = strstr(at, "-py3");
		size_t n = at ? strspn(at + strlen("-py3"), "0123456789") : 0;
		return n ? xasprintf("3.%.*s", (int)n, at + strlen("-py3")) : xstrdup("");
	}
	return NULL;
}

/* The version that an option or a verb of uv or pyenv is followed by: "3.11.4", "cpython-3.11", "python3.11". */
static char *of_value(const char *word)
{
	static const char *const before[] = {"cpython-", "cpython", "python"};
	for (size_t i = 0; i < ARRAY_LEN(before); i++)
		if (str_starts(word, before[i]))
			return version_of(word + strlen(before[i]));
	return vars_unknown(word) ? xstrdup("") : version_of(word);
}

static bool takes_version(const char *tool, const char *word)
{
	static const char *const uv[] = {"--python", "-p", "install", "pin"};
	static const char *const pyenv[] = {"install", "global", "local"};
	bool is_uv = str_eq(tool, "uv");
	const char *const *verbs = is_uv ? uv : pyenv;
	size_t n = is_uv ? ARRAY_LEN(uv) : ARRAY_LEN(pyenv);
	for (size_t i = 0; i < n; i++)
		if (str_eq(word, verbs[i]))
			return true;
	return false;
}

/* Of "uv" or "pyenv" at `at`; what uv pip install is followed by are packages. */
static char *of_manager(const struct shell_command *c, size_t at)
{
	static const char equals[] = "--python=";
	const char *tool = last_part(c->v[at].text);
	bool packages = at + 1 < c->n && str_eq(c->v[at + 1].text, "pip");
	for (size_t i = at + 1; i < c->n; i++) {
		const char *word = c->v[i].text;
		char *found = str_starts(word, equals) ? of_value(word + sizeof(equals) - 1) : NULL;
		bool verb = takes_version(tool, word) && !(packages && *word != '-');
		for (size_t k = i + 1; verb && !found && k < c->n && k < i + 3; k++)
			found = of_value(c->v[k].text);
		if (found)
			return found;
	}
	return NULL;
}

char *interpreter_named(const struct shell_command *c)
{
	char *found = NULL;
	for (size_t i = 0; i < c->n && !found; i++) {
		const char *name = last_part(c->v[i].text);
		bool manager = str_eq(name, "uv") || str_eq(name, "pyenv");
		found = manager ? of_manager(c, i) : of_tool(c->v[i].text);
		found = found ? found : of_installer(c->v[i].text);
	}
	return found;
}
