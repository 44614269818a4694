#include "intake/reqfile.h"

#include "base/str.h"

#include <string.h>

enum pkg requirement_pkg(const char *name)
{
	if (str_eq_case(name, "pytorch"))
		return PKG_TORCH;
	AUTO_TEXT char *dist = str_starts(name, "pytorch-") ? xasprintf("torch-%s", name + strlen("pytorch-")) : NULL;
	return pkg_of(dist ? dist : name);
}

void requirement_clear(struct requirement *r)
{
	free(r->name);
	free(r->spec);
	free(r->url);
	*r = (struct requirement){.pkg = PKG__MAX};
}

static bool in_name(char c)
{
	return str_is_alnum(c) || c == '-' || c == '_' || c == '.';
}

static char *normal_name(const char *text, size_t len)
{
	char *name = xstrndup(text, len);
	for (char *c = name; *c; c++)
		*c = *c == '_' || *c == '.' ? '-' : str_lower(*c);
	return name;
}

/* "%2B" to "+"; the caller's. */
static char *decoded(const char *text)
{
	AUTO_BUF struct buf b = BUF_INIT;
	for (; *text; text++) {
		bool plus = text[0] == '%' && text[1] == '2' && (text[2] == 'B' || text[2] == 'b');
		buf_addc(&b, plus ? '+' : *text);
		text += plus ? 2 : 0;
	}
	return buf_take(&b);
}

/* A wheel's file name, with or without a URL in front: NAME-VERSION-... */
static bool read_wheel(const char *text, struct requirement *ret)
{
	AUTO_TEXT char *plain = decoded(text);
	char *end = strchr(plain, '#');
	if (end)
		*end = '\0';
	const char *slash = strrchr(plain, '/');
	const char *file = slash ? slash + 1 : plain;
	const char *dash = strchr(file, '-');
	const char *next = dash ? strchr(dash + 1, '-') : NULL;
	if (!str_ends(plain, ".whl") || !next)
		return false;
	ret->name = normal_name(file, (size_t)(dash - file));
	AUTO_TEXT char *version = xstrndup(dash + 1, (size_t)(next - dash - 1));
	ret->spec = xasprintf("==%s", version);
	ret->url = xstrdup(text);
	return true;
}

/* git+https://github.com/rusty1s/pytorch_sparse.git@0.6.9 and archives: the repository's name tells the package. */
static bool read_source(const char *text, struct requirement *ret)
{
	static const char *const repositories[] = {"pytorch_sparse", "pytorch_scatter", "pytorch_cluster",
						   "pytorch_spline_conv", "pyg-lib"};
	if (!strstr(text, "://"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(repositories); i++) {
		const char *at = strstr(text, repositories[i]);
		if (!at)
			continue;
		const char *tag = strchr(at, '@');
		const char *name = repositories[i];
		ret->name =
			str_starts(name, "pytorch_") ? xasprintf("torch-%s", name + strlen("pytorch_")) : xstrdup(name);
		for (char *c = ret->name; *c; c++)
			*c = *c == '_' ? '-' : *c;
		bool version = tag && str_is_digit(tag[1]) && !strchr(tag, '/');
		ret->spec = version ? xasprintf("==%.*s", (int)strcspn(tag + 1, "#&"), tag + 1) : xstrdup("");
		ret->url = xstrdup(text);
		return true;
	}
	return false;
}

static void read_spec(const char *at, struct requirement *ret)
{
	AUTO_BUF struct buf b = BUF_INIT;
	for (; *at && *at != ';' && *at != '#'; at++) {
		if (at[0] == ' ' && at[1] == '-' && at[2] == '-')
			break;
		if (!strchr(" \t()", *at))
			buf_addc(&b, *at);
	}
	ret->spec = buf_take(&b);
}

/* What stands behind a name: specifier, or "@ URL". */
static void read_behind(const char *at, struct requirement *ret)
{
	if (*at != '@') {
		read_spec(at, ret);
		return;
	}
	at += at[1] == ' ' ? 2 : 1;
	if (read_wheel(at, ret) || read_source(at, ret))
		free(ret->name);
	else
		ret->spec = xstrdup("");
}

static const char *skip_blanks(const char *at)
{
	while (*at == ' ' || *at == '\t')
		at++;
	return at;
}

static bool read_named(const char *text, struct requirement *ret)
{
	size_t len = 0;
	while (in_name(text[len]))
		len++;
	const char *at = text + len;
	const char *close = *at == '[' ? strchr(at, ']') : NULL;
	at = skip_blanks(close ? close + 1 : at);
	if (!str_is_alnum(*text) || *at == ':' || *at == '/')
		return false;
	read_behind(at, ret);
	ret->name = normal_name(text, len);
	return true;
}

/* Whether a marker stands behind it that is not about Linux alone. */
static bool is_elsewhere(const char *text)
{
	const char *marker = strchr(text, ';');
	if (!marker || strstr(text, "://"))
		return false;
	bool here = strstr(marker, "linux") || strstr(marker, "Linux");
	return !here || strstr(marker, "!=") || strstr(marker, "python");
}

/* Behind "pytorch::" of conda, the channel of one package. */
static const char *skip_channel(const char *text)
{
	size_t len = 0;
	while (in_name(text[len]) || text[len] == '/')
		len++;
	return len && text[len] == ':' && text[len + 1] == ':' ? text + len + 2 : text;
}

bool requirement_read(const char *text, size_t line, struct requirement *ret)
{
	struct requirement r = {.line = line};
	text = skip_channel(skip_blanks(text));
	if (!read_wheel(text, &r) && !read_source(text, &r) && !read_named(text, &r))
		return false;
	r.pkg = requirement_pkg(r.name);
	r.elsewhere = is_elsewhere(text);
	*ret = r;
	return true;
}

/* --- files ---------------------------------------------------------------------------------------------------------
 */

void reqfile_clear(struct reqfile *r)
{
	for (size_t i = 0; i < r->n; i++)
		requirement_clear(&r->v[i]);
	free(r->v);
	strv_clear(&r->files);
	strv_clear(&r->links);
	strv_clear(&r->indexes);
	*r = (struct reqfile){.v = NULL};
}

/* The value of an option at the beginning of a line, or NULL. Borrowed from line. */
static const char *value_of(const char *line, const char *opt)
{
	size_t len = strlen(opt);
	bool is_short = len == 2;
	if (strncmp(line, opt, len) != 0 || (!is_short && line[len] != '=' && line[len] != ' ' && line[len] != '\t'))
		return NULL;
	line += len;
	while (*line == ' ' || *line == '=' || *line == '\t')
		line++;
	return *line ? line : NULL;
}

static bool read_option(const char *line, struct reqfile *into)
{
	static const char *const names[] = {"-r",	   "--requirement",    "-f", "--find-links", "-i",
					    "--index-url", "--extra-index-url"};
	struct strv *const where[] = {&into->files,   &into->files,   &into->links,  &into->links,
				      &into->indexes, &into->indexes, &into->indexes};
	if (*line != '-')
		return false;
	into->no_index = into->no_index || str_eq(line, "--no-index");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *value = value_of(line, names[i]);
		if (!value)
			continue;
		size_t len = strcspn(value, " \t");
		strv_own(where[i], xstrndup(value, len));
		break;
	}
	return true;
}

static void read_line(char *line, size_t number, struct reqfile *into)
{
	struct requirement r;
	while (*line == ' ' || *line == '\t')
		line++;
	for (char *c = line; *c; c++)
		if (*c == '#' && (c == line || c[-1] == ' ' || c[-1] == '\t'))
			*c-- = '\0';
	size_t len = strlen(line);
	while (len && strchr(" \t\r", line[len - 1]))
		line[--len] = '\0';
	if (!*line || read_option(line, into) || !requirement_read(line, number, &r))
		return;
	into->v = xreallocarray(into->v, into->n + 1, sizeof(*into->v));
	into->v[into->n++] = r;
}

/* Appends one line without its end and without the mark of going on; whether it goes on. */
static bool add_part(const char **at, const char *end, struct buf *line)
{
	const char *to = memchr(*at, '\n', (size_t)(end - *at));
	size_t len = (size_t)((to ? to : end) - *at);
	if (len && (*at)[len - 1] == '\r')
		len--;
	bool goes_on = to && len && (*at)[len - 1] == '\\';
	buf_add(line, *at, len - goes_on);
	*at = to ? to + 1 : end;
	return goes_on;
}

void reqfile_read(struct blob text, struct reqfile *into)
{
	const char *at = text.data;
	const char *end = text.data + text.len;
	size_t number = 1;
	while (at < end) {
		AUTO_BUF struct buf line = BUF_INIT;
		size_t first = number++;
		while (add_part(&at, end, &line))
			number++;
		AUTO_TEXT char *own = xstrdup(buf_text(&line));
		read_line(own, first, into);
	}
}
