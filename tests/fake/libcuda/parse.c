/* Reads a PTX text line by line: both compilers that we meet write one statement a line. */
#include "fake/libcuda/ptx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bank {
	char prefix[16];
	size_t base, n;
};

struct parser {
	struct ptx_module *m;
	struct ptx_kernel *k; /* the one being read, or NULL */
	struct bank banks[PTX_BANKS];
	size_t n_banks;
	struct {
		char name[PTX_NAME];
		size_t at;
	} labels[PTX_LABELS], jumps[PTX_LABELS];
	size_t n_labels, n_jumps;
	bool in_params;
	int line;
	char *why;
	size_t why_size;
};

static bool refuse(struct parser *p, const char *what, const char *text)
{
	snprintf(p->why, p->why_size, "line %d: %s: %.80s", p->line, what, text);
	return false;
}

static void copy_name(char *into, const char *from, size_t len)
{
	len = len < PTX_NAME - 1 ? len : PTX_NAME - 1;
	memcpy(into, from, len);
	into[len] = '\0';
}

static char *trim(char *text)
{
	char *comment = strstr(text, "//");

	if (comment)
		*comment = '\0';
	text += strspn(text, " \t\r");
	for (size_t n = strlen(text); n > 0 && strchr(" \t\r", text[n - 1]); n--)
		text[n - 1] = '\0';
	return text;
}

/* The number of a register by its name, or -1. */
static int find_reg(void *self, const char *name)
{
	const struct parser *p = self;
	const size_t len = strcspn(name, "0123456789");

	for (size_t i = 0; i < p->n_banks; i++) {
		const struct bank *b = &p->banks[i];
		if (strlen(b->prefix) == len && strncmp(b->prefix, name, len) == 0 && name[len]) {
			const size_t number = strtoul(name + len, NULL, 10);
			return number < b->n ? (int)(b->base + number) : -1;
		}
	}
	return -1;
}

/* ".reg .b32 %r<32>;" */
static bool read_reg(struct parser *p, const char *text)
{
	const char *name = strchr(text, '%'), *less = name ? strchr(name, '<') : NULL;

	if (!less || p->n_banks == PTX_BANKS || (size_t)(less - name) >= sizeof(p->banks[0].prefix))
		return refuse(p, "registers", text);
	struct bank *b = &p->banks[p->n_banks++];
	memset(b->prefix, 0, sizeof(b->prefix));
	memcpy(b->prefix, name, (size_t)(less - name));
	b->base = p->k->n_regs;
	b->n = strtoul(less + 1, NULL, 10);
	if (b->n > 4096)
		return refuse(p, "registers", text);
	p->k->n_regs += b->n;
	return true;
}

/* ".shared .align 4 .b8 NAME[1024];" */
static bool read_shared(struct parser *p, const char *text)
{
	struct ptx_kernel *k = p->k;
	const char *bytes = strstr(text, " .b8 "), *size = strchr(text, '[');
	const size_t n = size ? strtoul(size + 1, NULL, 10) : 0;

	if (!bytes || !n || n % 16 || k->n_shared == PTX_SHARED || k->shared_size + n > PTX_SHARED_MAX)
		return refuse(p, "shared memory", text);
	copy_name(k->shared[k->n_shared].name, bytes + 5, (size_t)(size - bytes - 5));
	k->shared[k->n_shared++].at = PTX_SHARED_AT + k->shared_size;
	k->shared_size += n;
	return true;
}

static bool read_param(struct parser *p, const char *text)
{
	const char *last = strrchr(text, ' ');

	if (strncmp(text, ".param .u64", 11) != 0 || !last || p->k->n_params == PTX_PARAMS)
		return refuse(p, "parameter", text);
	copy_name(p->k->params[p->k->n_params++], last + 1, strcspn(last + 1, ","));
	return true;
}

static bool start_kernel(struct parser *p, const char *text)
{
	const char *name = strstr(text, ".entry ") + 7;

	p->m->kernels = realloc(p->m->kernels, (p->m->n_kernels + 1) * sizeof(*p->m->kernels));
	p->k = &p->m->kernels[p->m->n_kernels++];
	memset(p->k, 0, sizeof(*p->k));
	copy_name(p->k->name, name, strcspn(name, "("));
	p->n_banks = p->n_labels = p->n_jumps = 0;
	p->in_params = true;
	return true;
}

static bool end_kernel(struct parser *p)
{
	for (size_t j = 0; j < p->n_jumps; j++) {
		size_t i = 0;
		while (i < p->n_labels && strcmp(p->labels[i].name, p->jumps[j].name) != 0)
			i++;
		if (i == p->n_labels)
			return refuse(p, "no such label", p->jumps[j].name);
		p->k->code[p->jumps[j].at].target = p->labels[i].at;
	}
	p->k = NULL;
	return true;
}

static struct ptx_insn *new_insn(struct ptx_kernel *k)
{
	if (k->n_code == k->cap_code) {
		k->cap_code = k->cap_code ? 2 * k->cap_code : 64;
		k->code = realloc(k->code, k->cap_code * sizeof(*k->code));
	}
	memset(&k->code[k->n_code], 0, sizeof(*k->code));
	return &k->code[k->n_code++];
}

/* "@%p1 " or "@!%p1 " in front; returns what follows, or NULL. */
static char *read_guard(struct parser *p, char *text, struct ptx_insn *into)
{
	char name[PTX_NAME];

	into->guard = -1;
	if (*text != '@')
		return text;
	text++;
	into->guard_not = *text == '!';
	text += into->guard_not;
	const size_t len = strcspn(text, " \t");
	copy_name(name, text, len);
	into->guard = find_reg(p, name);
	return into->guard < 0 ? NULL : text + len + strspn(text + len, " \t");
}

static bool read_insn(struct parser *p, char *text)
{
	struct ptx_insn *into = new_insn(p->k);
	char shown[96];
	const char *label = NULL;

	snprintf(shown, sizeof(shown), "%s", text);
	into->line = p->line;
	text[strlen(text) - 1] = '\0'; /* the semicolon */
	text = read_guard(p, text, into);
	if (!text || !ptx_decode(text, into, find_reg, p, p->k, &label))
		return refuse(p, "instruction", shown);
	if (!label)
		return true;
	if (p->n_jumps == PTX_LABELS)
		return refuse(p, "too many branches", shown);
	copy_name(p->jumps[p->n_jumps].name, label, strlen(label));
	p->jumps[p->n_jumps++].at = p->k->n_code - 1;
	return true;
}

static bool read_label(struct parser *p, const char *text)
{
	if (p->n_labels == PTX_LABELS)
		return refuse(p, "too many labels", text);
	copy_name(p->labels[p->n_labels].name, text, strlen(text) - 1);
	p->labels[p->n_labels++].at = p->k->n_code;
	return true;
}

static bool read_outside(struct parser *p, const char *text)
{
	unsigned major = 0, minor = 0;

	if (sscanf(text, ".version %u.%u", &major, &minor) == 2)
		p->m->version = major * 10 + minor;
	else if (strncmp(text, ".target sm_", 11) == 0)
		p->m->target = (unsigned)strtoul(text + 11, NULL, 10);
	else if (strstr(text, ".entry "))
		return start_kernel(p, text);
	else if (strcmp(text, ".address_size 64") != 0)
		return refuse(p, "statement", text);
	return true;
}

static bool read_inside(struct parser *p, char *text)
{
	const size_t len = strlen(text);

	if (strcmp(text, "}") == 0)
		return end_kernel(p);
	if (strncmp(text, ".reg ", 5) == 0)
		return read_reg(p, text);
	if (strncmp(text, ".shared ", 8) == 0)
		return read_shared(p, text);
	if (strncmp(text, ".pragma", 7) == 0)
		return true;
	if (text[len - 1] == ':')
		return read_label(p, text);
	return text[len - 1] == ';' ? read_insn(p, text) : refuse(p, "statement", text);
}

static bool read_line(struct parser *p, char *text)
{
	text = trim(text);
	if (!*text || strcmp(text, "{") == 0 || strcmp(text, "(") == 0)
		return true;
	if (!p->k)
		return read_outside(p, text);
	if (!p->in_params)
		return read_inside(p, text);
	p->in_params = strcmp(text, ")") != 0;
	return !p->in_params || read_param(p, text);
}

struct ptx_module *ptx_parse(const char *text, char *why, size_t size)
{
	struct parser p = {.m = calloc(1, sizeof(struct ptx_module)), .why = why, .why_size = size};
	char *copy = strdup(text), *rest = copy, *line;
	bool fine = true;

	while (fine && (line = strsep(&rest, "\n"))) {
		p.line++;
		fine = read_line(&p, line);
	}
	if (fine && (p.k || !p.m->version || !p.m->n_kernels))
		fine = refuse(&p, "the text ends too early", "");
	free(copy);
	if (fine)
		return p.m;
	ptx_free(p.m);
	return NULL;
}

void ptx_free(struct ptx_module *m)
{
	for (size_t i = 0; m && i < m->n_kernels; i++)
		free(m->kernels[i].code);
	if (m)
		free(m->kernels);
	free(m);
}
