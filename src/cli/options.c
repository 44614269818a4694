#include "cli/options.h"

#include "base/str.h"

#include <string.h>

struct reader {
	char **argv;
	struct opt_table (*opts_of)(const char *command);
	struct opt_table common;
	const char *command;
	struct options *into;
};

static const struct opt *by_name(struct opt_table t, const char *name, size_t len)
{
	for (size_t i = 0; i < t.n; i++)
		if (strlen(t.v[i].name) == len && memcmp(t.v[i].name, name, len) == 0)
			return t.v + i;
	return NULL;
}

static const struct opt *by_letter(struct opt_table t, char letter)
{
	for (size_t i = 0; i < t.n; i++)
		if (t.v[i].letter == letter)
			return t.v + i;
	return NULL;
}

static bool is_choice(const char *choices, const char *value)
{
	AUTO_STRV struct strv all = STRV_INIT;

	strv_split(&all, choices, ",");
	return strv_has(&all, value);
}

static int add(struct options *o, const struct opt *opt, const char *value, const char *from, struct err *err)
{
	AUTO_TEXT char *shown = str_shown(value, 60);

	if (opt->choices && !is_choice(opt->choices, value))
		return err_set(err, ERR_USAGE, "%s: '%s' is none of %s", from, shown, opt->choices);
	o->v = xreallocarray(o->v, o->n + 1, sizeof(*o->v));
	o->v[o->n++] = (struct option_value){.opt = opt, .value = value};
	return 0;
}

static int unknown(const struct reader *r, const char *name, size_t len, struct err *err)
{
	AUTO_TEXT char *whole = xstrndup(name, len);
	AUTO_TEXT char *shown = str_shown(whole, 60);
	struct opt_table own = r->opts_of(r->command);
	const char *names[128], *nearest;
	size_t n = 0;

	for (size_t i = 0; i < own.n && n < ARRAY_LEN(names); i++)
		names[n++] = own.v[i].name;
	for (size_t i = 0; i < r->common.n && n < ARRAY_LEN(names); i++)
		names[n++] = r->common.v[i].name;
	nearest = str_nearest(whole, names, n);
	if (nearest)
		return err_set(err, ERR_USAGE, "unknown option --%s (did you mean --%s?)", shown, nearest);
	err_set(err, ERR_USAGE, "unknown option --%s", shown);
	return err_hint(err, "see `cudabuild help%s%s`", r->command ? " " : "", r->command ? r->command : "");
}

/* "--name", "--name=value" or "--name value"; *i is moved over a value that stands by itself. */
static int long_option(struct reader *r, size_t *i, struct err *err)
{
	const char *name = r->argv[*i] + 2, *value = strchr(name, '=');
	size_t len = value ? (size_t)(value - name) : strlen(name);
	const struct opt *opt = by_name(r->opts_of(r->command), name, len);
	AUTO_TEXT char *from = xasprintf("--%.*s", (int)(len > 60 ? 60 : len), name);

	if (!opt)
		opt = by_name(r->common, name, len);
	if (!opt)
		return unknown(r, name, len, err);
	if (!opt->value)
		return value ? err_set(err, ERR_USAGE, "%s takes no value", from) : add(r->into, opt, "1", from, err);
	if (value)
		return add(r->into, opt, value + 1, from, err);
	if (!r->argv[*i + 1])
		return err_set(err, ERR_USAGE, "%s needs a value: %s", from, opt->value);
	return add(r->into, opt, r->argv[++*i], from, err);
}

static const struct opt *short_option(const struct reader *r, char letter)
{
	const struct opt *own = by_letter(r->opts_of(r->command), letter);

	return own ? own : by_letter(r->common, letter);
}

static int short_options(struct reader *r, size_t *i, struct err *err)
{
	for (const char *p = r->argv[*i] + 1; *p; p++) {
		const struct opt *opt = short_option(r, *p);
		char from[] = {'-', str_is_alnum(*p) ? *p : '?', '\0'};
		const char *value;

		if (!opt)
			return err_set(err, ERR_USAGE, "unknown option %s", from);
		if (opt->value) {
			value = p[1] ? p + 1 : r->argv[++*i];
			return value ? add(r->into, opt, value, from, err)
				     : err_set(err, ERR_USAGE, "%s needs a value: %s", from, opt->value);
		}
		if (add(r->into, opt, "1", from, err) < 0)
			return -1;
	}
	return 0;
}

static int argument(struct reader *r, size_t *i, bool *only_operands, struct err *err)
{
	const char *arg = r->argv[*i];

	if (!*only_operands && str_eq(arg, "--")) {
		*only_operands = true;
		return 0;
	}
	if (!*only_operands && str_starts(arg, "--"))
		return long_option(r, i, err);
	if (!*only_operands && arg[0] == '-' && arg[1])
		return short_options(r, i, err);
	if (r->command)
		strv_add(&r->into->operands, arg);
	else
		r->command = arg;
	return 0;
}

int options_parse(char **argv, struct opt_table (*opts_of)(const char *command), struct opt_table common,
		  struct options *into, const char **ret_command, struct err *err)
{
	struct reader r = {.argv = argv, .opts_of = opts_of, .common = common, .into = into};
	bool only_operands = false;

	for (size_t i = 1; argv[i]; i++)
		if (argument(&r, &i, &only_operands, err) < 0)
			return -1;
	*ret_command = r.command;
	return 0;
}

static int one_from_env(struct options *o, const struct opt *opt, struct err *err)
{
	AUTO_TEXT char *name = xasprintf("CUDABUILD_%s", opt->name);
	const char *value;

	for (char *c = name; *c; c++)
		*c = *c == '-' ? '_' : str_upper(*c);
	value = options_value(o, opt->name) ? NULL : getenv(name);
	if (!value || !*value)
		return 0;
	if (!opt->value && str_eq(value, "0"))
		return 0;
	if (!opt->value && !str_eq(value, "1"))
		return err_set(err, ERR_USAGE, "%s must be 1 or 0", name);
	return add(o, opt, value, name, err);
}

int options_from_env(struct options *o, struct opt_table table, struct err *err)
{
	for (size_t i = 0; i < table.n; i++)
		if (one_from_env(o, &table.v[i], err) < 0)
			return -1;
	return 0;
}

const char *options_value(const struct options *o, const char *name)
{
	for (size_t i = o->n; i-- > 0;)
		if (strcmp(o->v[i].opt->name, name) == 0)
			return o->v[i].value;
	return NULL;
}

void options_values(const struct options *o, const char *name, struct strv *into)
{
	for (size_t i = 0; i < o->n; i++)
		if (strcmp(o->v[i].opt->name, name) == 0)
			strv_add(into, o->v[i].value);
}

void options_clear(struct options *o)
{
	free(o->v);
	strv_clear(&o->operands);
	*o = (struct options){.v = NULL};
}
