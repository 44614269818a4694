#include "cli/help.h"

#include "adapt/json.h"
#include "base/str.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *code, *what;
} exit_codes[] = {
	{"0", "yes"},
	{"1", "no: a conflict, an unknown version, a failed check or test, stale files"},
	{"2", "usage or manifest"},
	{"3", "network, registry or index"},
	{"4", "container engine"},
	{"5", "file system"},
	{"6", "a needed tool or device is missing"},
	{"70", "internal"},
	{"130, 143", "ended by a signal"},
};

static const char overview_about[] = "cudabuild decides which CUDA base images, wheels and Pythons fit the PyTorch and "
				     "torch_sparse versions you name, says why others do not, writes "
				     "multi-stage Dockerfiles per CUDA version, builds them, and proves each image "
				     "with a compiled CUDA sparse matrix multiplication.";

/* Appends text broken at spaces so that lines have at most width columns, each behind indent spaces. */
static void wrap(const char *text, size_t indent, size_t width, struct buf *out)
{
	size_t at = 0;

	while (*text) {
		size_t word = strcspn(text, " \n");

		if (at > 0 && at + 1 + word > width) {
			buf_addc(out, '\n');
			at = 0;
		}
		if (at == 0)
			buf_repeat(out, " ", indent);
		else
			buf_addc(out, ' ');
		buf_add(out, text, word);
		at += word + (at > 0);
		text += word;
		if (text[0] == '\n' && text[1] == '\n') {
			buf_adds(out, "\n\n");
			at = 0;
		}
		text += strspn(text, " \n");
	}
	if (at > 0)
		buf_addc(out, '\n');
}

static char *opt_form(const struct opt *o)
{
	AUTO_TEXT char *letter = o->letter ? xasprintf("-%c, ", o->letter) : xstrdup("    ");

	return xasprintf("%s--%s%s%s", letter, o->name, o->value ? " " : "", o->value ? o->value : "");
}

static void add_opts(const struct opt *opts, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		AUTO_TEXT char *form = opt_form(&opts[i]);

		buf_addf(out, "  %-28s %s%s%s%s\n", form, opts[i].help, opts[i].choices ? " [" : "",
			 opts[i].choices ? opts[i].choices : "", opts[i].choices ? "]" : "");
	}
}

void help_overview(struct buf *out)
{
	buf_adds(out, "usage: cudabuild COMMAND [OPTION]...\n\n");
	wrap(overview_about, 0, 79, out);
	buf_adds(out, "\nCommands:\n");
	for (size_t i = 0; commands[i]; i++)
		buf_addf(out, "  %-12s %s\n", commands[i]->name, commands[i]->summary);
	buf_adds(out, "\nOptions of every command:\n");
	add_opts(common_opts, ncommon_opts, out);
	buf_adds(out, "\n`cudabuild help COMMAND` is the manual page of a command.\n");
}

static void add_usage(const struct cmd *c, struct buf *out)
{
	buf_addf(out, "cudabuild %s%s%s%s\n", c->name, c->nopts ? " [OPTION]..." : "", c->operands ? " " : "",
		 c->operands ? c->operands : "");
}

void help_page(const struct cmd *c, struct buf *out)
{
	buf_addf(out, "cudabuild %s: %s\n\nusage: ", c->name, c->summary);
	add_usage(c, out);
	buf_addc(out, '\n');
	wrap(c->about, 0, 79, out);
	if (c->nopts) {
		buf_adds(out, "\nOptions:\n");
		add_opts(c->opts, c->nopts, out);
	}
	buf_adds(out, "\nOptions of every command:\n");
	add_opts(common_opts, ncommon_opts, out);
	buf_adds(out, "\nAn option --NAME may also stand in the environment as CUDABUILD_NAME.\n\nExit codes:\n");
	for (size_t i = 0; i < ARRAY_LEN(exit_codes); i++)
		buf_addf(out, "  %-10s %s\n", exit_codes[i].code, exit_codes[i].what);
}

/* --- manual pages --- */

void help_roff_text(const char *text, struct buf *out)
{
	if (*text == '.' || *text == '\'')
		buf_adds(out, "\\&");
	for (; *text; text++) {
		if (*text == '-' || *text == '\\')
			buf_adds(out, *text == '-' ? "\\-" : "\\e");
		else if (text[0] == '\n' && text[1] == '\n')
			buf_adds(out, "\n.PP");
		else
			buf_addc(out, *text);
	}
	buf_addc(out, '\n');
}

static void roff_opts(const struct opt *opts, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		buf_adds(out, ".TP\n");
		if (opts[i].letter)
			buf_addf(out, "\\fB\\-%c\\fR, ", opts[i].letter);
		buf_adds(out, "\\fB\\-\\-");
		for (const char *c = opts[i].name; *c; c++)
			buf_addf(out, *c == '-' ? "\\-" : "%c", *c);
		buf_addf(out, "\\fR%s%s%s\n", opts[i].value ? " \\fI" : "", opts[i].value ? opts[i].value : "",
			 opts[i].value ? "\\fR" : "");
		help_roff_text(opts[i].help, out);
	}
}

static void roff_commands(struct buf *out)
{
	buf_adds(out, ".SH COMMANDS\n");
	for (size_t i = 0; commands[i]; i++) {
		buf_addf(out, ".TP\n.B %s\n", commands[i]->name);
		help_roff_text(commands[i]->summary, out);
	}
}

static void roff_head(const struct cmd *c, struct buf *out)
{
	buf_adds(out, ".\\\" Made by `cudabuild help --man`.\n.TH \"CUDABUILD");
	if (c)
		buf_addc(out, '-');
	for (const char *p = c ? c->name : ""; *p; p++)
		buf_addc(out, str_upper(*p));
	buf_addf(out, "\" 1 \"\" \"cudabuild %s\"\n.SH NAME\n", CUDABUILD_VERSION);
	buf_addf(out, "cudabuild%s%s \\- ", c ? "\\-" : "", c ? c->name : "");
	help_roff_text(c ? c->summary : "proven GPU images from one manifest", out);
	buf_adds(out, ".SH SYNOPSIS\n.B cudabuild\n");
	if (c)
		buf_addf(out, "%s%s%s%s\n", c->name, c->nopts ? " [OPTION]..." : "", c->operands ? " " : "",
			 c->operands ? c->operands : "");
	else
		buf_adds(out, "COMMAND [OPTION]...\n");
}

void help_roff(const struct cmd *c, struct buf *out)
{
	roff_head(c, out);
	buf_adds(out, ".SH DESCRIPTION\n");
	help_roff_text(c ? c->about : overview_about, out);
	if (!c)
		roff_commands(out);
	buf_adds(out, ".SH OPTIONS\n");
	if (c)
		roff_opts(c->opts, c->nopts, out);
	roff_opts(common_opts, ncommon_opts, out);
	buf_adds(out, ".SH EXIT STATUS\n");
	for (size_t i = 0; i < ARRAY_LEN(exit_codes); i++) {
		buf_addf(out, ".TP\n%s\n", exit_codes[i].code);
		help_roff_text(exit_codes[i].what, out);
	}
	if (!c)
		help_roff_places(out);
}

void help_error_json(const struct err *e, struct buf *out)
{
	AUTO(jdoc) struct jdoc *d = jdoc_new_object();
	struct jval root = jdoc_root(d), o;

	jval_put_u64(root, "schema", 1);
	o = jval_put_object(root, "error");
	jval_put_text(o, "kind", err_kind_name(e->kind));
	jval_put_i64(o, "code", err_exit_code(e));
	jval_put_text(o, "message", e->text);
	jval_put_text(o, "hint", e->hint[0] ? e->hint : NULL);
	jdoc_dump(d, JDOC_PRETTY, out);
}
