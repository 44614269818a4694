/* options.h — the command line read against tables of options; CUDABUILD_<OPTION> in the environment stands in for one
 * that is not there.
 *
 * Values are borrowed from argv and the environment. "--name=value", "--name value", "-nVALUE", "-n VALUE"; "--" ends
 * options. An option given twice: the last one counts, or all of them where it is repeatable. */
#pragma once

#include "base/err.h"
#include "base/strv.h"

struct opt {
	const char *name;  /* without dashes */
	char letter;	   /* or 0 */
	const char *value; /* what the value is called in help, or NULL: a flag */
	const char *help;
	const char *choices; /* "text,json": the only values, or NULL */
	bool repeatable;
};

struct option_value {
	const struct opt *opt;
	const char *value; /* borrowed; "1" for a flag */
};

struct options {
	struct option_value *v;
	size_t n;
	struct strv operands;
};

/* Reads arguments from argv[1]: the command's name is the first operand and is left out of operands; *ret_command is
 * NULL where there is none. opts_of gives the options of a command's name (NULL name: before the command is known,
 * common ones only). ERR_USAGE names the option and the nearest known one. */
struct opt_table {
	const struct opt *v;
	size_t n;
};
int options_parse(char **argv, struct opt_table (*opts_of)(const char *command), struct opt_table common,
		  struct options *into, const char **ret_command, struct err *err) NODISCARD;
/* Fills values of options not given from CUDABUILD_<OPTION>; a value outside the choices is ERR_USAGE naming the
 * variable. */
int options_from_env(struct options *o, struct opt_table table, struct err *err) NODISCARD;
/* The last value, or NULL. */
const char *options_value(const struct options *o, const char *name) NODISCARD;
/* All values in order. */
void options_values(const struct options *o, const char *name, struct strv *into);
void options_clear(struct options *o);
