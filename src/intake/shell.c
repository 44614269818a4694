#include "intake/shell.h"

#include "base/str.h"
#include "intake/branch.h"

#include <string.h>

#define LOOPS	8   /* inside each other */
#define REPEATS 100 /* of all loops of a text together: behind them a loop is read once */

struct loop {
	const char *at; /* the end of the line "for NAME in VALUES" */
	size_t line, next;
	struct strv values; /* NAME first; none: a loop that is read once */
};

struct lexing {
	const char *at;
	size_t line;
	struct vars *vars;
	struct shell_command command;
	void (*with)(void *self, const struct shell_command *c, const struct vars *vars);
	void *self;
	struct loop loops[LOOPS];
	size_t nloops, repeats;
	struct branches branches;
};

static void add_word(struct shell_command *c, char *text /* taken */, size_t line, bool empty_var)
{
	c->v = xreallocarray(c->v, c->n + 1, sizeof(*c->v));
	c->v[c->n++] = (struct shell_word){.text = text, .line = line, .empty_var = empty_var};
}

static void clear_command(struct shell_command *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->v[i].text);
	free(c->v);
	*c = (struct shell_command){.v = NULL};
}

/* The length of NAME in "NAME=value", or 0. */
static size_t assignment(const char *text)
{
	size_t n = 0;
	while (str_is_alnum(text[n]) || text[n] == '_')
		n++;
	return n && !str_is_digit(*text) && text[n] == '=' ? n : 0;
}

static void assign(struct lexing *l, const char *text, size_t name_len)
{
	AUTO_TEXT char *name = xstrndup(text, name_len);
	vars_set(l->vars, name, text + name_len + 1);
}

static bool begins_command(const char *word)
{
	return str_eq(word, "do") || str_eq(word, "then") || str_eq(word, "else") || str_eq(word, "{");
}

static void next_value(struct lexing *l, struct loop *loop)
{
	vars_set(l->vars, loop->values.v[0], loop->values.v[loop->next++]);
	l->at = loop->at;
	l->line = loop->line;
}

/* "for NAME in VALUES": its commands are read once for each value; other loops once. */
static void begin_loop(struct lexing *l, const struct shell_command *c, size_t first)
{
	struct loop *loop = &l->loops[l->nloops++];
	*loop = (struct loop){.at = l->at, .line = l->line, .next = 1, .values = STRV_INIT};
	if (!str_eq(c->v[first].text, "for") || c->n < first + 4 || !str_eq(c->v[first + 2].text, "in"))
		return;
	strv_add(&loop->values, c->v[first + 1].text);
	for (size_t i = first + 3; i < c->n; i++)
		strv_add(&loop->values, c->v[i].text);
	next_value(l, loop);
}

static void end_loop(struct lexing *l)
{
	struct loop *loop = &l->loops[l->nloops - 1];
	if (loop->next < loop->values.n && l->repeats++ < REPEATS) {
		next_value(l, loop);
		return;
	}
	strv_clear(&loop->values);
	l->nloops--;
}

/* Whether the command is the beginning or the end of a loop. */
static bool loops(struct lexing *l, const struct shell_command *c)
{
	size_t first = 0;
	while (first < c->n && begins_command(c->v[first].text))
		first++;
	const char *word = first < c->n ? c->v[first].text : "";
	bool begins = (str_eq(word, "for") || str_eq(word, "while") || str_eq(word, "until")) && l->nloops < LOOPS;
	bool ends = str_eq(word, "done") && l->nloops;
	if (begins)
		begin_loop(l, c, first);
	else if (ends)
		end_loop(l);
	return begins || ends;
}

/* Assignments alone, or behind export, go into the variables. */
static void end_command(struct lexing *l)
{
	struct shell_command *c = &l->command;
	if (c->n && !branches_read(&l->branches, c)) {
		clear_command(c);
		return;
	}
	bool exports = c->n && str_eq(c->v[0].text, "export");
	bool all = c->n > 0;
	for (size_t i = exports; i < c->n; i++)
		all = all && assignment(c->v[i].text);
	for (size_t i = exports; all && i < c->n; i++)
		assign(l, c->v[i].text, assignment(c->v[i].text));
	if (c->n && !all && !loops(l, c))
		l->with(l->self, c, l->vars);
	clear_command(c);
}

static void quoted(struct lexing *l, char quote, struct buf *into, bool *empty)
{
	for (l->at++; *l->at && *l->at != quote;) {
		if (*l->at == SHELL_SOFT || *l->at == '\n')
			l->line++;
		if (*l->at == SHELL_SOFT) {
			l->at++;
		} else if (quote == '"' && *l->at == '\\' && l->at[1] && strchr("\"\\$`", l->at[1])) {
			buf_addc(into, l->at[1]);
			l->at += 2;
		} else if (quote == '\'' || !vars_expand(l->vars, &l->at, into, empty)) {
			buf_addc(into, *l->at++);
		}
	}
	l->at += *l->at != '\0';
}

static bool ends_word(char c)
{
	return !c || strchr(" \t\n;&|<>()", c) != NULL;
}

/* A value without quotes around it: its blanks end words. */
static void split(struct lexing *l, const char *value, size_t line, struct buf *into)
{
	for (; *value; value++) {
		bool blank = strchr(" \t\n", *value) != NULL;
		if (!blank)
			buf_addc(into, *value);
		else if (into->len)
			add_word(&l->command, buf_take(into), line, false);
	}
}

/* A variable without quotes around it, where one is there. */
static bool expand(struct lexing *l, size_t line, struct buf *into, bool *empty)
{
	AUTO_BUF struct buf value = BUF_INIT;
	if (!vars_expand(l->vars, &l->at, &value, empty))
		return false;
	split(l, buf_text(&value), line, into);
	return true;
}

static void word(struct lexing *l)
{
	AUTO_BUF struct buf b = BUF_INIT;
	size_t line = l->line;
	bool empty = false;
	while (!ends_word(*l->at)) {
		if (*l->at == '\'' || *l->at == '"') {
			quoted(l, *l->at, &b, &empty);
		} else if (*l->at == SHELL_SOFT) {
			l->line++;
			l->at++;
			if (!b.len)
				line = l->line;
		} else if (*l->at == '\\' && l->at[1]) {
			buf_addc(&b, l->at[1]);
			l->at += 2;
		} else if (!expand(l, line, &b, &empty)) {
			buf_addc(&b, *l->at++);
		}
	}
	if (b.len || empty)
		add_word(&l->command, buf_take(&b), line, empty);
}

/* ">=1.8" behind a word, and every other redirection: its target is no word of the command. */
static void redirect(struct lexing *l)
{
	struct shell_command *c = &l->command;
	if (l->at[0] == '>' && l->at[1] == '=' && c->n)
		c->v[c->n - 1].redirected = true;
	size_t n = c->n;
	while (*l->at && strchr("<>&-", *l->at))
		l->at++;
	while (*l->at == ' ' || *l->at == '\t')
		l->at++;
	word(l);
	if (c->n > n)
		free(c->v[--c->n].text);
}

static void comment(struct lexing *l)
{
	while (*l->at && *l->at != '\n' && *l->at != SHELL_SOFT)
		l->at++;
}

/* What stands between words: white space, and what ends a command. */
static void separator(struct lexing *l)
{
	if (*l->at != ' ' && *l->at != '\t')
		end_command(l);
	l->line += *l->at == '\n';
	l->at++;
}

/* Whether a word may begin here: only there is "#" a comment. */
static bool is_fresh(const struct lexing *l, const char *text)
{
	return l->at == text || ends_word(l->at[-1]) || l->at[-1] == SHELL_SOFT;
}

void shell_read(const char *text, size_t line, struct vars *vars,
		void (*with)(void *self, const struct shell_command *c, const struct vars *vars), void *self)
{
	struct lexing l = {.at = text, .line = line, .vars = vars, .with = with, .self = self};
	while (*l.at) {
		if (*l.at == '#' && is_fresh(&l, text))
			comment(&l);
		else if (*l.at == '<' || *l.at == '>')
			redirect(&l);
		else if (ends_word(*l.at))
			separator(&l);
		else
			word(&l);
		if (!*l.at)
			end_command(&l); /* of a loop: there may be more */
	}
	while (l.nloops)
		strv_clear(&l.loops[--l.nloops].values);
}
