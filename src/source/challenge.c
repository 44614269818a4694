#include "source/challenge.h"

#include "base/str.h"

#include <string.h>

#define HEADER_MAX 8192

void challenge_clear(struct challenge *c)
{
	free(c->realm);
	free(c->service);
	free(c->scope);
	free(c->error);
	*c = (struct challenge){.bearer = false};
}

static bool is_token_char(char c)
{
	return str_is_alnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static const char *skip(const char *at)
{
	return at + strspn(at, " \t,");
}

/* A token at *at, or NULL. The caller's. */
static char *take_token(const char **at)
{
	const char *from = *at;
	while (is_token_char(**at))
		(*at)++;
	return *at == from ? NULL : xstrndup(from, (size_t)(*at - from));
}

/* A value: quoted or bare. The caller's; NULL where a quote is not closed. */
static char *take_value(const char **at)
{
	AUTO_BUF struct buf out = BUF_INIT;
	if (**at != '"') {
		const char *from = *at;
		*at += strcspn(*at, ", \t");
		return xstrndup(from, (size_t)(*at - from));
	}
	for ((*at)++; **at && **at != '"'; (*at)++) {
		if (**at == '\\' && (*at)[1])
			(*at)++;
		buf_addc(&out, **at);
	}
	if (!**at)
		return NULL;
	(*at)++;
	return buf_take(&out);
}

/* Keeps a parameter of the Bearer challenge; the first of a name counts. */
static void keep(struct challenge *c, const char *name, char *value)
{
	char **into = NULL;
	if (str_eq_case(name, "realm"))
		into = &c->realm;
	else if (str_eq_case(name, "service"))
		into = &c->service;
	else if (str_eq_case(name, "scope"))
		into = &c->scope;
	else if (str_eq_case(name, "error"))
		into = &c->error;
	if (into && !*into)
		*into = value;
	else
		free(value);
}

/* A scheme has begun: whether its parameters are those of the Bearer challenge that counts. */
static bool begin(struct challenge *c, const char *scheme)
{
	bool first = !c->bearer && str_eq_case(scheme, "Bearer");
	c->bearer = c->bearer || first;
	c->basic = c->basic || str_eq_case(scheme, "Basic");
	return first;
}

void challenge_add(struct challenge *c, const char *header)
{
	bool counts = false;
	if (strlen(header) > HEADER_MAX)
		return;
	for (const char *at = skip(header); *at; at = skip(at)) {
		AUTO_TEXT char *word = take_token(&at);
		if (!word)
			return;
		const char *equals = at + strspn(at, " \t");
		if (*equals != '=') {
			counts = begin(c, word);
			continue;
		}
		at = equals + 1;
		at += strspn(at, " \t");
		char *value = take_value(&at);
		if (!value)
			return;
		if (counts)
			keep(c, word, value);
		else
			free(value);
	}
}
