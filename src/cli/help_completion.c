#include "cli/help.h"

#include "base/str.h"

static void add_words(const struct opt *opts, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++)
		buf_addf(out, " --%s", opts[i].name);
}

static void bash(struct buf *out)
{
	buf_adds(out, "_cudabuild() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} cmd=${COMP_WORDS[1]} words\n"
		      "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\twords='");
	for (size_t i = 0; commands[i]; i++)
		buf_addf(out, "%s%s", i ? " " : "", commands[i]->name);
	buf_adds(out, "'\n\telse\n\t\tcase $cmd in\n");
	for (size_t i = 0; commands[i]; i++) {
		buf_addf(out, "\t\t%s) words='", commands[i]->name);
		add_words(commands[i]->opts, commands[i]->nopts, out);
		buf_adds(out, "' ;;\n");
	}
	buf_adds(out, "\t\tesac\n\t\twords+='");
	add_words(common_opts, ncommon_opts, out);
	buf_adds(out, "'\n\tfi\n\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}\n"
		      "complete -o default -F _cudabuild cudabuild\n");
}

/* Text inside single quotes of zsh's and fish's descriptions. */
static void add_quoted(const char *text, const char *also, struct buf *out)
{
	for (; *text; text++) {
		if (*text == '\'')
			buf_adds(out, "'\\''");
		else if (also[0] && (*text == also[0] || *text == also[1]))
			buf_addf(out, "\\%c", *text);
		else
			buf_addc(out, *text);
	}
}

static void zsh_opts(const struct opt *opts, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		buf_addf(out, " \\\n\t\t\t'--%s%s[", opts[i].name, opts[i].value ? "=" : "");
		add_quoted(opts[i].help, "[]", out);
		buf_addf(out, "]%s%s%s'", opts[i].value ? ":" : "", opts[i].value ? opts[i].value : "",
			 opts[i].value ? ":_files" : "");
	}
}

static void zsh(struct buf *out)
{
	buf_adds(out, "#compdef cudabuild\n_cudabuild() {\n\tlocal -a commands\n\tcommands=(\n");
	for (size_t i = 0; commands[i]; i++) {
		buf_addf(out, "\t\t'%s:", commands[i]->name);
		add_quoted(commands[i]->summary, "", out);
		buf_adds(out, "'\n");
	}
	buf_adds(out, "\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe command commands\n\t\treturn\n\tfi\n\tcase "
		      "$words[2] in\n");
	for (size_t i = 0; commands[i]; i++) {
		buf_addf(out, "\t%s)\n\t\t_arguments", commands[i]->name);
		zsh_opts(commands[i]->opts, commands[i]->nopts, out);
		zsh_opts(common_opts, ncommon_opts, out);
		buf_adds(out, " ;;\n");
	}
	buf_adds(out, "\tesac\n}\n_cudabuild \"$@\"\n");
}

static void fish_opts(const char *command, const struct opt *opts, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		buf_adds(out, "complete -c cudabuild");
		if (command)
			buf_addf(out, " -n '__fish_seen_subcommand_from %s'", command);
		if (opts[i].letter)
			buf_addf(out, " -s %c", opts[i].letter);
		buf_addf(out, " -l %s%s -d '", opts[i].name, opts[i].value ? " -r" : "");
		for (const char *c = opts[i].help; *c; c++)
			buf_addf(out, *c == '\'' || *c == '\\' ? "\\%c" : "%c", *c);
		buf_adds(out, "'\n");
	}
}

static void fish(struct buf *out)
{
	for (size_t i = 0; commands[i]; i++) {
		buf_addf(out, "complete -c cudabuild -n __fish_use_subcommand -f -a %s -d '", commands[i]->name);
		add_quoted(commands[i]->summary, "", out);
		buf_adds(out, "'\n");
		fish_opts(commands[i]->name, commands[i]->opts, commands[i]->nopts, out);
	}
	fish_opts(NULL, common_opts, ncommon_opts, out);
}

void help_completion(const char *shell, struct buf *out)
{
	if (str_eq(shell, "bash"))
		bash(out);
	else if (str_eq(shell, "zsh"))
		zsh(out);
	else
		fish(out);
}
