#include "intake/vars.h"

#include "base/str.h"
#include "intake/shell.h"

#include <string.h>

/* Limits, so that no file makes texts grow without end. */
#define VALUE_MAX 4096
#define VARS_MAX  1000
#define TEXT_MAX  (1U << 20)
#define DEPTH_MAX 8 /* variables within the braces of another */

void vars_set(struct vars *v, const char *name, const char *value)
{
	if (v->v.n >= VARS_MAX)
		return;
	if (value && strlen(value) > VALUE_MAX)
		value = NULL;
	static const char unknown[] = {VARS_UNKNOWN, '\0'};
	strv_addf(&v->v, "%s=%s", name, value ? value : unknown);
}

const char *vars_get(const struct vars *v, const char *name)
{
	size_t len = strlen(name);
	for (size_t i = v->v.n; i-- > 0;)
		if (strncmp(v->v.v[i], name, len) == 0 && v->v.v[i][len] == '=')
			return v->v.v[i] + len + 1;
	return NULL;
}

void vars_clear(struct vars *v)
{
	strv_clear(&v->v);
}

bool vars_unknown(const char *text)
{
	return text && strchr(text, VARS_UNKNOWN);
}

/* Behind the bracket that closes the one before at; the end of the text where none does. */
static const char *closing(const char *at, char open, char close)
{
	unsigned depth = 1;
	for (; *at; at++) {
		depth += *at == open;
		depth -= *at == close;
		if (!depth)
			return at + 1;
	}
	return at;
}

static bool is_deep(const char *text)
{
	unsigned n = 0;
	for (; (text = strstr(text, "${")); text += 2)
		n++;
	return n > DEPTH_MAX;
}

struct braced {
	char *name, *rest; /* owned */
	bool colon;
	char how; /* '-', '+', '=' , '?', another operator, or 0 */
};

static struct braced read_braced(const char *from, const char *to)
{
	const char *at = from;
	while (at < to && (str_is_alnum(*at) || *at == '_'))
		at++;
	struct braced b = {.name = xstrndup(from, (size_t)(at - from))};
	b.colon = at + 1 < to && *at == ':';
	b.how = b.colon ? at[1] : at < to ? *at : '\0';
	const char *body = b.how ? at + 1 + b.colon : to;
	b.rest = xstrndup(body, (size_t)(to - body));
	return b;
}

static bool is_unknown(const char *value)
{
	return value[0] == VARS_UNKNOWN && !value[1];
}

/* What stands for ${NAME:-rest} and the like; the caller's. */
static char *value_of(const struct vars *v, const struct braced *b, bool *ret_empty)
{
	static const char unknown[] = {VARS_UNKNOWN, '\0'};
	const char *value = vars_get(v, b->name);
	bool set = value && (*value || !b->colon);
	switch (b->how) {
	case '-':
	case '=': /* of an argument that nobody gives, the default */
		return set && !is_unknown(value) ? xstrdup(value) : vars_text(v, b->rest);
	case '+':
		return set ? vars_text(v, b->rest) : xstrdup("");
	case '\0':
	case '?':
		*ret_empty = *ret_empty || !value;
		return xstrdup(value ? value : "");
	default: /* cutting and replacing */
		return xstrdup(unknown);
	}
}

static void expand_braced(const struct vars *v, const char *from, const char *to, struct buf *into, bool *ret_empty)
{
	struct braced b = read_braced(from, to);
	AUTO_TEXT char *value = into->len > TEXT_MAX || is_deep(b.rest) ? NULL : value_of(v, &b, ret_empty);
	buf_adds(into, value ? value : "");
	free(b.name);
	free(b.rest);
}

bool vars_expand(const struct vars *v, const char **at, struct buf *into, bool *ret_empty)
{
	const char *from = *at;
	if (*from == '`') {
		const char *end = strchr(from + 1, '`');
		*at = end ? end + 1 : from + strlen(from);
		buf_addc(into, VARS_UNKNOWN);
		return true;
	}
	if (*from != '$')
		return false;
	from++;
	if (*from == '(') {
		*at = closing(from + 1, '(', ')');
		buf_addc(into, VARS_UNKNOWN);
	} else if (*from == '{') {
		*at = closing(from + 1, '{', '}');
		expand_braced(v, from + 1, (*at)[-1] == '}' ? *at - 1 : *at, into, ret_empty);
	} else if (str_is_alpha(*from) || *from == '_') {
		const char *end = from;
		while (str_is_alnum(*end) || *end == '_')
			end++;
		*at = end;
		expand_braced(v, from, end, into, ret_empty);
	} else {
		return false;
	}
	return true;
}

char *vars_text(const struct vars *v, const char *text)
{
	AUTO_BUF struct buf b = BUF_INIT;
	bool empty = false;
	while (*text) {
		if (*text == '\\' && text[1] == '$')
			text++;
		else if (*text != '`' && vars_expand(v, &text, &b, &empty))
			continue;
		buf_addc(&b, *text++);
	}
	return buf_take(&b);
}

/* A value up to the next blank, or, spaced, up to the end; quotes are left out. Moves *at behind it. */
static char *read_value(const char **at, bool spaced)
{
	AUTO_BUF struct buf value = BUF_INIT;
	char quote = '\0';
	for (; **at && (quote || spaced || !strchr(" \t\002", **at)); ++*at) {
		if (**at == quote)
			quote = '\0';
		else if (!quote && (**at == '"' || **at == '\''))
			quote = **at;
		else if (**at != SHELL_SOFT)
			buf_addc(&value, **at);
	}
	return buf_take(&value);
}

void vars_read(struct vars *v, const char *text, bool env, const struct vars *outer)
{
	AUTO_TEXT char *plain = vars_text(v, text);
	const char *at = plain;
	size_t name_len = strcspn(at, " \t=\002");
	bool spaced = env && at[name_len] && at[name_len] != '=';
	while (*(at += strspn(at, " \t\002"))) {
		size_t n = strcspn(at, " \t=\002");
		AUTO_TEXT char *name = xstrndup(at, n);
		bool has_value = spaced || at[n] == '=';
		at += n + (at[n] != '\0');
		AUTO_TEXT char *value = has_value ? read_value(&at, spaced) : NULL;
		if (*name)
			vars_set(v, name, has_value ? value : outer ? vars_get(outer, name) : NULL);
	}
}
