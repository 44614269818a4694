#include "support/elfmaker.h"

#include <assert.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define EHDR   64
#define PHDR   56
#define N_PHDR 6

static void add(struct buf *b, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		buf_addc(b, (char)(v >> (8 * i)));
}

static void align(struct buf *b, size_t to)
{
	while (b->len % to != 0)
		buf_addc(b, '\0');
}

static void set(struct buf *b, size_t at, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		b->data[at + i] = (char)(v >> (8 * i));
}

/* --- strings ----------------------------------------------------------------------------------------------------- */

static size_t string(struct buf *strings, const char *text)
{
	size_t at = strings->len;
	buf_add(strings, text, strlen(text) + 1);
	return at;
}

/* --- versions ---------------------------------------------------------------------------------------------------- */

struct versions {
	const char *files[16], *names[16];
	size_t n;
};

/* The index of a version, 2 and up; 1 = none. */
static unsigned version_of(struct versions *v, const struct made_symbol *s)
{
	if (s->version == NULL)
		return 1;
	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->names[i], s->version) == 0 && (v->files[i] == NULL) == (s->file == NULL))
			return (unsigned)i + 2;
	v->files[v->n] = s->file;
	v->names[v->n] = s->version;
	return (unsigned)v->n++ + 2;
}

static unsigned count(const struct versions *v, bool defined)
{
	unsigned n = 0;
	for (size_t i = 0; i < v->n; i++)
		n += (v->files[i] == NULL) == defined;
	return n;
}

/* One record per version, each with one name. */
static void add_demands(struct buf *b, struct buf *strings, const struct versions *v)
{
	unsigned left = count(v, false);
	for (size_t i = 0; i < v->n; i++) {
		if (v->files[i] == NULL)
			continue;
		add(b, 1, 2);
		add(b, 1, 2);
		add(b, string(strings, v->files[i]), 4);
		add(b, 16, 4);
		add(b, --left > 0 ? 32 : 0, 4);
		add(b, 0, 4);
		add(b, 0, 2);
		add(b, i + 2, 2);
		add(b, string(strings, v->names[i]), 4);
		add(b, 0, 4);
	}
}

static void add_definitions(struct buf *b, struct buf *strings, const struct versions *v)
{
	unsigned left = count(v, true);
	for (size_t i = 0; i < v->n; i++) {
		if (v->files[i] != NULL)
			continue;
		add(b, 1, 2);
		add(b, 0, 2);
		add(b, i + 2, 2);
		add(b, 1, 2);
		add(b, 0, 4);
		add(b, 20, 4);
		add(b, --left > 0 ? 28 : 0, 4);
		add(b, string(strings, v->names[i]), 4);
		add(b, 0, 4);
	}
}

/* --- the file ---------------------------------------------------------------------------------------------------- */

/* Everything that make_elf() lays out. */
struct layout {
	const struct made_elf *m;
	struct buf out, strings, symbols, versyms, demands, definitions;
	struct versions versions;
	size_t at_versyms, at_demands, at_definitions, at_hash, at_interp, interp_len, code_end, dynamic_len;
	struct made_at at;
};

static void add_symbols(struct layout *l)
{
	for (unsigned i = 0; i < 24; i++)
		buf_addc(&l->symbols, '\0');
	add(&l->versyms, 0, 2);
	for (size_t i = 0; i < l->m->n_symbols; i++) {
		const struct made_symbol *s = &l->m->symbols[i];
		add(&l->symbols, string(&l->strings, s->name), 4);
		add(&l->symbols, (s->weak ? 2U : 1U) << 4 | 2U, 1);
		add(&l->symbols, s->hidden ? 2 : 0, 1);
		add(&l->symbols, s->defined ? 9 : 0, 2);
		add(&l->symbols, s->at, 8); /* set to an address below */
		add(&l->symbols, 8, 8);
		add(&l->versyms, version_of(&l->versions, s), 2);
	}
	add_demands(&l->demands, &l->strings, &l->versions);
	add_definitions(&l->definitions, &l->strings, &l->versions);
}

/* A System V table, whose second word counts symbols, or a GNU one with a single chain over all. */
static void add_hash(struct layout *l)
{
	size_t n = l->m->n_symbols;
	l->at_hash = l->out.len;
	if (!l->m->gnu_hash) {
		add(&l->out, 1, 4);
		add(&l->out, n + 1, 4);
		for (size_t i = 0; i < n + 2; i++)
			add(&l->out, 0, 4);
		return;
	}
	add(&l->out, 1, 4); /* buckets */
	add(&l->out, 1, 4); /* first symbol */
	add(&l->out, 1, 4); /* words of the filter */
	add(&l->out, 0, 4);
	add(&l->out, 0, 8);
	add(&l->out, n > 0 ? 1 : 0, 4);
	for (size_t i = 0; i < n; i++)
		add(&l->out, i + 1 == n, 4);
}

static size_t append(struct layout *l, const struct buf *b, size_t to)
{
	align(&l->out, to);
	size_t at = l->out.len;
	if (b->len > 0)
		buf_add(&l->out, b->data, b->len);
	return at;
}

static void tag(struct buf *b, uint64_t t, uint64_t v)
{
	add(b, t, 8);
	add(b, v, 8);
}

static void add_dynamic(struct layout *l, const size_t *names, size_t n_names, size_t soname, size_t rpath,
			size_t runpath)
{
	struct buf *b = &l->out;
	align(b, 8);
	l->at.dynamic = b->len;
	for (size_t i = 0; i < n_names; i++)
		tag(b, 1, names[i]);
	if (l->m->soname != NULL)
		tag(b, 14, soname);
	if (l->m->rpath != NULL)
		tag(b, 15, rpath);
	if (l->m->runpath != NULL)
		tag(b, 29, runpath);
	tag(b, l->m->gnu_hash ? 0x6ffffef5U : 4, l->at_hash);
	tag(b, 5, l->at.strings);
	tag(b, 10, l->strings.len);
	tag(b, 6, l->at.symbols);
	tag(b, 11, 24);
	tag(b, 0x6ffffff0U, l->at_versyms);
	if (l->demands.len > 0) {
		tag(b, 0x6ffffffeU, l->at_demands);
		tag(b, 0x6fffffffU, count(&l->versions, false));
	}
	if (l->definitions.len > 0) {
		tag(b, 0x6ffffffcU, l->at_definitions);
		tag(b, 0x6ffffffdU, count(&l->versions, true));
	}
	if (l->m->no_default_dirs)
		tag(b, 0x6ffffffbU, 0x800);
	tag(b, 0, 0);
	l->dynamic_len = b->len - l->at.dynamic;
}

static void set_segment(struct buf *b, unsigned i, uint64_t type, uint64_t flags, uint64_t at, uint64_t len)
{
	size_t h = EHDR + (size_t)i * PHDR;
	set(b, h, type, 4);
	set(b, h + 4, flags, 4);
	set(b, h + 8, at, 8);
	set(b, h + 16, at, 8);
	set(b, h + 24, at, 8);
	set(b, h + 32, len, 8);
	set(b, h + 40, len, 8);
	set(b, h + 48, 8, 8);
}

static void add_section(struct buf *b, unsigned type, unsigned flags, uint64_t at, uint64_t len)
{
	add(b, 0, 4);
	add(b, type, 4);
	add(b, flags, 8);
	add(b, at, 8);
	add(b, at, 8);
	add(b, len, 8);
	add(b, 0, 8);
	add(b, 8, 8);
	add(b, type == 11 ? 24 : 0, 8);
}

/* Sections have no names: nothing here is found by them. */
static unsigned add_sections(struct layout *l)
{
	struct buf *b = &l->out;
	align(b, 8);
	l->at.sections = b->len;
	add_section(b, 0, 0, 0, 0);
	add_section(b, 11, 2, l->at.symbols, l->symbols.len);
	add_section(b, 3, 2, l->at.strings, l->strings.len);
	add_section(b, 1, 6, l->at.text, l->code_end - l->at.text);
	if (l->m->fatbin.len > 0)
		add_section(b, 1, 2, l->at.fatbin, l->m->fatbin.len);
	return l->m->fatbin.len > 0 ? 5 : 4;
}

static void set_header(struct layout *l, unsigned sections)
{
	struct buf *b = &l->out;
	const unsigned char ident[] = {0x7f, 'E', 'L', 'F', l->m->is32 ? 1 : 2, l->m->big ? 2 : 1, 1};
	memcpy(b->data, ident, sizeof(ident));
	set(b, 16, 3, 2);
	set(b, 18, l->m->machine == 0 ? MADE_X86_64 : l->m->machine, 2);
	set(b, 20, 1, 4);
	set(b, 32, EHDR, 8);
	set(b, 40, sections > 0 ? l->at.sections : 0, 8);
	set(b, 52, EHDR, 2);
	set(b, 54, PHDR, 2);
	set(b, 56, N_PHDR, 2);
	set(b, 58, sections > 0 ? 64 : 0, 2);
	set(b, 60, sections, 2);
}

/* Tables, constants and code, in the order of linkers. */
static void add_body(struct layout *l)
{
	static const char interp[] = "/lib64/ld-linux-x86-64.so.2";
	l->at.symbols = append(l, &l->symbols, 8);
	l->at.strings = append(l, &l->strings, 8);
	l->at_versyms = append(l, &l->versyms, 8);
	l->at_demands = append(l, &l->demands, 8);
	l->at_definitions = append(l, &l->definitions, 8);
	add_hash(l);
	l->at_interp = l->out.len;
	if (l->m->program) {
		buf_add(&l->out, interp, sizeof(interp));
		l->interp_len = sizeof(interp);
	}
	if (l->m->data.len > 0)
		buf_add(&l->out, l->m->data.data, l->m->data.len);
	align(&l->out, 8);
	l->at.fatbin = l->out.len;
	if (l->m->fatbin.len > 0)
		buf_add(&l->out, l->m->fatbin.data, l->m->fatbin.len);
	align(&l->out, 16);
	l->at.text = l->out.len;
	if (l->m->text.len > 0)
		buf_add(&l->out, l->m->text.data, l->m->text.len);
	l->code_end = l->out.len;
}

void make_elf(const struct made_elf *m, struct buf *out, struct made_at *ret_at)
{
	struct layout l = {.m = m};
	size_t names[ARRAY_LEN(m->needed)], n_names = 0, soname = 0, rpath = 0, runpath = 0;
	(void)string(&l.strings, "");
	while (n_names < ARRAY_LEN(m->needed) && m->needed[n_names] != NULL) {
		names[n_names] = string(&l.strings, m->needed[n_names]);
		n_names++;
	}
	soname = string(&l.strings, m->soname == NULL ? "" : m->soname);
	rpath = string(&l.strings, m->rpath == NULL ? "" : m->rpath);
	runpath = string(&l.strings, m->runpath == NULL ? "" : m->runpath);
	add_symbols(&l);
	for (size_t i = 0; i < EHDR + N_PHDR * PHDR; i++)
		buf_addc(&l.out, '\0');
	add_body(&l);
	for (size_t i = 0; i < m->n_symbols; i++)
		if (m->symbols[i].defined)
			set(&l.out, l.at.symbols + (i + 1) * 24 + 8, l.at.text + m->symbols[i].at, 8);
	add_dynamic(&l, names, n_names, soname, rpath, runpath);
	size_t end = l.out.len;
	set_segment(&l.out, 0, 1, 4, 0, l.at.text);
	set_segment(&l.out, 1, 1, 5, l.at.text, l.code_end - l.at.text);
	set_segment(&l.out, 2, 1, 6, l.at.dynamic, end - l.at.dynamic);
	set_segment(&l.out, 3, 2, 6, l.at.dynamic, l.dynamic_len);
	if (m->program)
		set_segment(&l.out, 4, 3, 4, l.at_interp, l.interp_len);
	set_header(&l, m->no_sections ? 0 : add_sections(&l));
	buf_clear(out);
	*out = l.out;
	if (ret_at != NULL)
		*ret_at = l.at;
	buf_clear(&l.strings);
	buf_clear(&l.symbols);
	buf_clear(&l.versyms);
	buf_clear(&l.demands);
	buf_clear(&l.definitions);
}

/* --- device code ------------------------------------------------------------------------------------------------- */

void make_fatbin(const struct made_code *v, size_t n, struct buf *out)
{
	size_t start = out->len;
	buf_add(out, "\x50\xed\x55\xba\x01\x00\x10\x00", 8);
	add(out, 0, 8);
	for (size_t i = 0; i < n; i++) {
		const struct made_code *c = &v[i];
		size_t at = out->len, header = c->header == 0 ? 64 : c->header,
		       padded = (c->payload.len + 7) & ~(size_t)7;
		for (size_t k = 0; k < header; k++)
			buf_addc(out, '\0');
		set(out, at, c->kind, 2);
		set(out, at + 2, 0x101, 2);
		set(out, at + 4, header, 4);
		set(out, at + 8, padded, 8);
		set(out, at + 0x10, c->flags & 0xa000 ? c->payload.len : 0, 4);
		set(out, at + 0x18, c->kind == 1 ? c->isa % 10 : 8, 2);
		set(out, at + 0x1a, c->kind == 1 ? c->isa / 10 : 1, 2);
		set(out, at + 0x1c, c->arch, 4);
		set(out, at + 0x28, c->flags | 0x11, 8);
		set(out, at + 0x38, c->unpacked, 8);
		if (c->payload.len > 0)
			buf_add(out, c->payload.data, c->payload.len);
		align(out, 8);
	}
	set(out, start + 8, out->len - start - 16, 8);
}

void make_cubin(unsigned cuda, bool notes, bool text, size_t size, struct buf *out)
{
	static const char tools[] = "ptxas\0Cuda compilation tools, release 13.0, V13.0.88\0";
	size_t start = out->len;
	buf_add(out,
		"\x7f"
		"ELF\x02\x01\x01",
		7);
	add(out, notes ? 0x41 : 0x33, 1);
	add(out, notes ? 8 : 7, 1);
	while (out->len - start < 20)
		buf_addc(out, '\0');
	add(out, notes ? 1 : cuda, 4);
	if (text)
		buf_adds(out, "..text._Z1kPi");
	align(out, 4);
	if (notes) {
		add(out, 12, 4);
		add(out, sizeof(tools) - 1, 4);
		add(out, 0x7d0, 4);
		buf_add(out, "NVIDIA Corp", 12);
		buf_add(out, tools, sizeof(tools) - 1);
		align(out, 4);
		add(out, 12, 4);
		add(out, 8, 4);
		add(out, 0x3e8, 4);
		buf_add(out, "NVIDIA Corp", 12);
		add(out, 2, 2);
		add(out, 90, 2);
		add(out, cuda, 4);
	}
	while (out->len - start < size)
		buf_addc(out, '\0');
}

int made_file(const struct buf *bytes)
{
	int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	assert(fd >= 0);
	for (size_t at = 0; at < bytes->len;) {
		ssize_t n = write(fd, bytes->data + at, bytes->len - at);
		assert(n > 0);
		at += (size_t)n;
	}
	return fd;
}
