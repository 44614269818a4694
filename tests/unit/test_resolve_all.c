/* Every torch x torch_sparse x variant x Python of the data files, judged twice: by resolve, and here, straight from
 * the CSV files with nothing of the program's but its CSV-free value types. Both must agree on yes or no, and where it
 * is yes on the operating system, the base image, the torch_scatter and who brings Python. */
#include "base/file.h"
#include "base/str.h"
#include "resolve/cudas.h"
#include "resolve/select.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

/* --- the data files as plain texts --- */

#define COLUMNS 20

struct file {
	char *text;
	char *head[COLUMNS];
	char *(*row)[COLUMNS];
	size_t n;
};

/* Cuts one line into cells in place; quotes are taken off. The next line. */
static char *cut(char *at, char **cells)
{
	for (size_t n = 0;; n++) {
		assert_true(n < COLUMNS);
		char *to = at, *from = at;
		bool quoted = *at == '"';
		cells[n] = at;
		from += quoted;
		while (quoted ? *from != '"' || from[1] == '"' : *from != ',' && *from != '\n') {
			from += quoted && *from == '"';
			*to++ = *from++;
		}
		from += quoted;
		char end = *from;
		*to = '\0';
		at = from + 1;
		if (end == '\n')
			return at;
	}
}

static struct file file_of(const char *path)
{
	struct file f = {.n = 0};
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	if (file_read(path, 1u << 24, &text, &err))
		fail_msg("%s", err.text);
	f.text = buf_take(&text);
	char *at = f.text;
	while (*at == '#')
		at = strchr(at, '\n') + 1;
	at = cut(at, f.head);
	while (*at) {
		f.row = xreallocarray(f.row, f.n + 1, sizeof(*f.row));
		memset(f.row[f.n], 0, sizeof(f.row[f.n]));
		at = cut(at, f.row[f.n++]);
	}
	return f;
}

static size_t column_of(const struct file *f, const char *column)
{
	for (size_t i = 0; i < COLUMNS && f->head[i]; i++)
		if (str_eq(f->head[i], column))
			return i;
	fail_msg("no column %s", column);
	return 0;
}

/* The cell of a named column, which each place in this file looks up once. */
#define cell(f, row_, column)                                                                                          \
	__extension__({                                                                                                \
		static size_t at_ = COLUMNS;                                                                           \
		if (at_ == COLUMNS)                                                                                    \
			at_ = column_of(f, column);                                                                    \
		(const char *)(f)->row[row_][at_];                                                                     \
	})

static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);
	for (const char *at = list; (at = strstr(at, word)); at += n)
		if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

/* "2.28" as 2.28, for comparing C libraries: 2.9 < 2.28. Blank and unknown ask for nothing. */
static unsigned minor_of(const char *text)
{
	unsigned major = 0, minor = 0;
	return sscanf(text, "%u.%u", &major, &minor) == 2 ? major * 1000 + minor : 0; /* NOLINT */
}

static unsigned version_of(const char *text)
{
	unsigned v[3] = {0};
	sscanf(text, "%u.%u.%u", &v[0], &v[1], &v[2]); /* NOLINT */
	return v[0] * 1000000 + v[1] * 1000 + v[2];
}

static struct file torch, sparse, scatter, oses, tags, requirements, managed;

static int read_all(void **state)
{
	(void)state;
	torch = file_of("src/data/torch.csv");
	sparse = file_of("src/data/torch_sparse.csv");
	scatter = file_of("src/data/torch_scatter.csv");
	oses = file_of("src/data/os_images.csv");
	tags = file_of("src/data/tags.csv");
	requirements = file_of("src/data/requirements.csv");
	managed = file_of("src/data/managed.csv");
	return 0;
}

static int free_all(void **state)
{
	struct file *const all[] = {&torch, &sparse, &scatter, &oses, &tags, &requirements, &managed};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		free(all[i]->text);
		free(all[i]->row);
	}
	return 0;
}

/* --- the straightforward judgement --- */

struct question {
	const char *torch, *sparse, *variant, *python;
};

struct verdict {
	bool yes;
	const char *os, *scatter;
	char tag[80]; /* "" = the operating system's own image */
	bool own_python;
};

static bool minor_is(const char *version, const char *minor)
{
	size_t n = strlen(minor);
	return strncmp(version, minor, n) == 0 && version[n] == '.';
}

/* The torch wheel of the PyTorch index, the plain build where there are two; -1 = none. */
static int torch_row(const struct question *q)
{
	for (size_t i = 0; i < torch.n; i++)
		if (str_eq(cell(&torch, i, "version"), q->torch) && str_eq(cell(&torch, i, "variant"), q->variant) &&
		    str_eq(cell(&torch, i, "platform"), "amd64") && str_eq(cell(&torch, i, "channel"), "index") &&
		    !strchr(cell(&torch, i, "label"), '.'))
			return has_word(cell(&torch, i, "pythons"), q->python) ? (int)i : -1;
	return -1;
}

/* The newest wheel of an extension (or the one of `version`) that runs on a C library; NULL = none. */
static const char *wheel(const struct file *f, const struct question *q, const char *version, unsigned glibc)
{
	const char *best = NULL;
	for (size_t i = 0; i < f->n; i++) {
		const char *reported = cell(f, i, "glibc"), *built = cell(f, i, "build_glibc"),
			   *v = cell(f, i, "version");
		if ((version && !str_eq(v, version)) || !minor_is(q->torch, cell(f, i, "torch")) ||
		    !str_eq(cell(f, i, "variant"), q->variant) || !has_word(cell(f, i, "pythons"), q->python) ||
		    !has_word(cell(f, i, "platforms"), "amd64") || minor_of(*reported ? reported : built) > glibc)
			continue;
		if (!best || version_of(v) > version_of(best))
			best = v;
	}
	return best;
}

static bool links_cusparse(const char *version)
{
	for (size_t i = 0; i < requirements.n; i++)
		if (version_of(cell(&requirements, i, "first")) <= version_of(version) &&
		    version_of(version) <= version_of(cell(&requirements, i, "last")))
			return str_eq(cell(&requirements, i, "links_cusparse"), "yes");
	fail_msg("no requirements of %s", version);
	return false;
}

/* How well a tag is proven: 3 listed with its architectures, 2 not so well, 1 removed from Docker Hub. */
static int proof_of(size_t i)
{
	const char *presence = cell(&tags, i, "presence");
	if (str_eq(presence, "removed"))
		return 1;
	return str_eq(presence, "unknown") || !*cell(&tags, i, "arches") ? 2 : 3;
}

/* The best tag of a CUDA minor ("12.8"), OS and flavor; its proof, 0 = none. */
static int best_tag(const char *cuda, const char *os, const char *flavor, char into[80])
{
	int best = 0;
	unsigned newest = 0;
	for (size_t i = 0; i < tags.n; i++) {
		const char *version = cell(&tags, i, "cuda"), *arches = cell(&tags, i, "arches");
		if ((!str_eq(version, cuda) && !minor_is(version, cuda)) || !str_eq(cell(&tags, i, "os"), os) ||
		    !str_eq(cell(&tags, i, "flavor"), flavor) || *cell(&tags, i, "cudnn") ||
		    str_ends(cell(&tags, i, "tag"), "-rc") || (*arches && !has_word(arches, "amd64")))
			continue;
		int proof = proof_of(i);
		if (proof > best || (proof == best && version_of(version) >= newest)) {
			best = proof;
			newest = version_of(version);
			snprintf(into, 80, "%s", cell(&tags, i, "tag"));
		}
	}
	return best;
}

static bool any_tag(const char *cuda, const char *flavor, unsigned glibc)
{
	char tag[80];
	for (size_t o = 0; o < oses.n; o++)
		if (str_eq(cell(&oses, o, "family"), "ubuntu") && minor_of(cell(&oses, o, "glibc")) >= glibc &&
		    best_tag(cuda, cell(&oses, o, "name"), flavor, tag))
			return true;
	return false;
}

/* The base on one OS: the tag's proof; 0 with *os_image where the OS's own image must do; -1 = none. */
static int base_of(const struct question *q, int t, size_t o, char tag[80])
{
	bool image = *cell(&oses, o, "image") && has_word(cell(&oses, o, "arches"), "amd64");
	tag[0] = '\0';
	if (str_eq(q->variant, "cpu"))
		return image ? 3 : -1;
	size_t digits = strlen(q->variant) - 3;
	char cuda[16];
	snprintf(cuda, sizeof(cuda), "%.*s.%s", (int)digits, q->variant + 2, q->variant + 2 + digits);
	bool cusparse = links_cusparse(q->sparse);
	const char *flavor = cusparse ? "runtime" : "base";
	int proof = best_tag(cuda, cell(&oses, o, "name"), flavor, tag);
	if (proof)
		return proof;
	bool os_suffices = !cusparse && str_eq(cell(&torch, (size_t)t, "libs"), "pip");
	bool elsewhere = any_tag(cuda, flavor, minor_of(cell(&torch, (size_t)t, "glibc")));
	return os_suffices && image && !elsewhere ? 0 : -1;
}

static bool python_on(const struct question *q, size_t o, bool *own)
{
	*own = str_eq(cell(&oses, o, "python"), q->python);
	for (size_t i = 0; i < managed.n && !*own; i++)
		if (str_eq(cell(&managed, i, "python"), q->python) && str_eq(cell(&managed, i, "platform"), "amd64"))
			return true;
	return *own;
}

static struct verdict judge(const struct question *q)
{
	struct verdict v = {.yes = false};
	int t = torch_row(q), best_proof = -1;
	unsigned best_scatter = 0, best_release = 0;
	for (size_t o = 0; t >= 0 && o < oses.n; o++) {
		unsigned glibc = minor_of(cell(&oses, o, "glibc")), release = minor_of(cell(&oses, o, "release"));
		char tag[80];
		bool own;
		if (!str_eq(cell(&oses, o, "family"), "ubuntu") || minor_of(cell(&torch, (size_t)t, "glibc")) > glibc ||
		    !python_on(q, o, &own) || !wheel(&sparse, q, q->sparse, glibc))
			continue;
		const char *s = wheel(&scatter, q, NULL, glibc);
		int proof = s ? base_of(q, t, o, tag) : -1;
		if (proof < 0)
			continue;
		unsigned n = version_of(s);
		if (v.yes &&
		    (n < best_scatter ||
		     (n == best_scatter && (proof < best_proof || (proof == best_proof && release < best_release)))))
			continue;
		v = (struct verdict){.yes = true, .os = cell(&oses, o, "name"), .scatter = s, .own_python = own};
		memcpy(v.tag, tag, sizeof(tag));
		best_scatter = n;
		best_proof = proof;
		best_release = release;
	}
	return v;
}

/* --- resolve --- */

static const struct catalog *const C = &catalog_builtin;

/* "yes ubuntu22.04 12.8.1-base-ubuntu22.04 scatter 2.1.2 own" or "no"; the caller's. */
static char *text_of_judgement(const struct verdict *v)
{
	if (!v->yes)
		return xstrdup("no");
	return xasprintf("yes %s %s scatter %s %s", v->os, *v->tag ? v->tag : "-", v->scatter,
			 v->own_python ? "own" : "managed");
}

static char *text_of_choice(const struct choice *ch)
{
	char version[CUDA_TEXT];
	bool nvidia = ch->nvidia && ch->torch->cuda;
	return xasprintf("yes %s %s scatter %s %s", catalog_str(C, ch->os->name),
			 nvidia ? catalog_str(C, ch->bases.tag[ch->flavor]->tag) : "-",
			 catalog_rel_text(ch->pick[PKG_TORCH_SCATTER].version, version),
			 ch->own_python ? "own" : "managed");
}

static char *resolved(struct ask *a, const char *variant)
{
	struct err err = ERR_INIT;
	struct cuda cuda;
	struct choice ch;
	assert_int_equal(cuda_parse(variant, &cuda, &err), 0);
	cudas_only(a, cuda_key(&cuda));
	a->cuda_named = true;
	return select_one(a, &ch, NULL) ? text_of_choice(&ch) : xstrdup("no");
}

/* Puts the question to a manifest's one variant. */
static struct ask *ask_of(struct manifest *m, const struct question *q)
{
	struct err err = ERR_INIT;
	struct ask *a = NULL;
	struct manifest_variant *v = &m->variants[0];
	free(v->packages[PKG_TORCH]);
	free(v->packages[PKG_TORCH_SPARSE]);
	free(v->python);
	v->packages[PKG_TORCH] = xstrdup(q->torch);
	v->packages[PKG_TORCH_SPARSE] = xstrdup(q->sparse);
	v->python = xstrdup(q->python);
	m->build.wheels = WHEELS_REQUIRE;
	if (ask_new(m, v, "linux/amd64", C, &a, &err))
		fail_msg("%s", err.text);
	return a;
}

struct tally {
	size_t asked, yes, wrong;
};

static void compare(struct ask *a, const struct question *q, struct tally *t)
{
	struct verdict v = judge(q);
	AUTO_TEXT char *expected = text_of_judgement(&v);
	AUTO_TEXT char *got = resolved(a, q->variant);
	t->asked++;
	t->yes += v.yes;
	if (str_eq(expected, got))
		return;
	if (t->wrong++ < 10)
		print_error("torch %s torch_sparse %s %s Python %s: resolve says '%s', the data '%s'\n", q->torch,
			    q->sparse, q->variant, q->python, got, expected);
}

/* All variants that any torch of this version has for amd64 on the index, each once. */
static void with_variants(struct ask *a, struct question q, struct tally *t)
{
	AUTO_STRV struct strv variants = STRV_INIT;
	for (size_t i = 0; i < torch.n; i++)
		if (str_eq(cell(&torch, i, "version"), q.torch) && str_eq(cell(&torch, i, "platform"), "amd64"))
			strv_add_once(&variants, cell(&torch, i, "variant"));
	strv_add_once(&variants, "cu102"); /* one that most releases lack */
	for (size_t i = 0; i < variants.n; i++) {
		q.variant = variants.v[i];
		compare(a, &q, t);
	}
}

static void distinct(const struct file *f, const char *column, struct strv *into)
{
	size_t at = column_of(f, column);
	for (size_t i = 0; i < f->n; i++)
		strv_add_once(into, f->row[i][at]);
}

static void resolve_agrees_with_the_data_on_every_combination(void **state)
{
	AUTO_STRV struct strv torches = STRV_INIT, sparses = STRV_INIT;
	static const char *const pythons[] = {"3.5",  "3.6",  "3.7",  "3.8",   "3.9",  "3.10",
					      "3.11", "3.12", "3.13", "3.13t", "3.14", "3.15"};
	struct manifest *m = manifest_new("all.yaml");
	struct tally t = {.asked = 0};
	(void)state;
	distinct(&torch, "version", &torches);
	distinct(&sparse, "version", &sparses);
	for (size_t i = 0; i < torches.n; i++)
		for (size_t s = 0; s < sparses.n; s++)
			for (size_t p = 0; p < ARRAY_LEN(pythons); p++) {
				struct question q = {
					.torch = torches.v[i], .sparse = sparses.v[s], .python = pythons[p]};
				AUTO(ask) struct ask *a = ask_of(m, &q);
				with_variants(a, q, &t);
			}
	manifest_free(m);
	print_message("%zu questions, %zu answers yes\n", t.asked, t.yes);
	assert_int_equal(t.wrong, 0);
	assert_true(t.asked > 40000);
	assert_true(t.yes > 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resolve_agrees_with_the_data_on_every_combination),
	};
	return cmocka_run_group_tests(tests, read_all, free_all);
}
