/* Every torch x torch_sparse x variant x Python of the data files, judged twice: by resolve, and here, straight from
 * the CSV files with nothing of the program's but its CSV-free value types. Both must agree on yes or no, and where it
 * is yes on the operating system, the base image, the torch_scatter and who brings Python. */
#include "base/str.h"
#include "resolve/cudas.h"
#include "resolve/fit.h"
#include "resolve/select.h"
#include "support/datafile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

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

static struct datafile torch, sparse, scatter, oses, tags, requirements, managed, toolkits;

static int read_all(void **state)
{
	(void)state;
	torch = datafile_read("src/data/torch.csv");
	sparse = datafile_read("src/data/torch_sparse.csv");
	scatter = datafile_read("src/data/torch_scatter.csv");
	oses = datafile_read("src/data/os_images.csv");
	tags = datafile_read("src/data/tags.csv");
	requirements = datafile_read("src/data/requirements.csv");
	managed = datafile_read("src/data/managed.csv");
	toolkits = datafile_read("src/data/toolkits.csv");
	return 0;
}

static int free_all(void **state)
{
	struct datafile *const all[] = {&torch, &sparse, &scatter, &oses, &tags, &requirements, &managed, &toolkits};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		datafile_clear(all[i]);
	return 0;
}

/* --- the straightforward judgement --- */

struct question {
	const char *torch, *sparse, *variant, *python;
	const char *platform; /* as in the files: "amd64" */
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
		    str_eq(cell(&torch, i, "platform"), q->platform) && str_eq(cell(&torch, i, "channel"), "index") &&
		    !strchr(cell(&torch, i, "label"), '.'))
			return has_word(cell(&torch, i, "pythons"), q->python) ? (int)i : -1;
	return -1;
}

/* The newest wheel of an extension (or the one of `version`) that runs on a C library; NULL = none. */
static const char *wheel(const struct datafile *f, const struct question *q, const char *version, unsigned glibc)
{
	const char *best = NULL;
	for (size_t i = 0; i < f->n; i++) {
		const char *reported = cell(f, i, "glibc"), *built = cell(f, i, "build_glibc"),
			   *v = cell(f, i, "version");
		if ((version && !str_eq(v, version)) || !minor_is(q->torch, cell(f, i, "torch")) ||
		    !str_eq(cell(f, i, "variant"), q->variant) || !has_word(cell(f, i, "pythons"), q->python) ||
		    !has_word(cell(f, i, "platforms"), q->platform) || minor_of(*reported ? reported : built) > glibc)
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
static int best_tag(const char *cuda, const char *os, const char *flavor, const char *platform, char into[80])
{
	int best = 0;
	unsigned newest = 0;
	for (size_t i = 0; i < tags.n; i++) {
		const char *version = cell(&tags, i, "cuda"), *arches = cell(&tags, i, "arches");
		if ((!str_eq(version, cuda) && !minor_is(version, cuda)) || !str_eq(cell(&tags, i, "os"), os) ||
		    !str_eq(cell(&tags, i, "flavor"), flavor) || *cell(&tags, i, "cudnn") ||
		    str_ends(cell(&tags, i, "tag"), "-rc") || (*arches && !has_word(arches, platform)))
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

static bool any_tag(const char *cuda, const char *flavor, const char *platform, unsigned glibc)
{
	char tag[80];
	for (size_t o = 0; o < oses.n; o++)
		if (str_eq(cell(&oses, o, "family"), "ubuntu") && minor_of(cell(&oses, o, "glibc")) >= glibc &&
		    best_tag(cuda, cell(&oses, o, "name"), flavor, platform, tag))
			return true;
	return false;
}

/* The base on one OS: the tag's proof; 0 with *os_image where the OS's own image must do; -1 = none. */
static int base_of(const struct question *q, int t, size_t o, char tag[80])
{
	bool image = *cell(&oses, o, "image") && has_word(cell(&oses, o, "arches"), q->platform);
	tag[0] = '\0';
	if (str_eq(q->variant, "cpu"))
		return image ? 3 : -1;
	size_t digits = strlen(q->variant) - 3;
	char cuda[16];
	snprintf(cuda, sizeof(cuda), "%.*s.%s", (int)digits, q->variant + 2, q->variant + 2 + digits);
	bool cusparse = links_cusparse(q->sparse);
	const char *flavor = cusparse ? "runtime" : "base";
	int proof = best_tag(cuda, cell(&oses, o, "name"), flavor, q->platform, tag);
	if (proof)
		return proof;
	bool os_suffices = !cusparse && str_eq(cell(&torch, (size_t)t, "libs"), "pip");
	bool elsewhere = any_tag(cuda, flavor, q->platform, minor_of(cell(&torch, (size_t)t, "glibc")));
	return os_suffices && image && !elsewhere ? 0 : -1;
}

static bool python_on(const struct question *q, size_t o, bool *own)
{
	*own = str_eq(cell(&oses, o, "python"), q->python);
	for (size_t i = 0; i < managed.n && !*own; i++)
		if (str_eq(cell(&managed, i, "python"), q->python) &&
		    str_eq(cell(&managed, i, "platform"), q->platform))
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
	AUTO_TEXT char *platform = xasprintf("linux/%s", q->platform);
	free(v->packages[PKG_TORCH]);
	free(v->packages[PKG_TORCH_SPARSE]);
	free(v->python);
	v->packages[PKG_TORCH] = xstrdup(q->torch);
	v->packages[PKG_TORCH_SPARSE] = xstrdup(q->sparse);
	v->python = xstrdup(q->python);
	m->build.wheels = WHEELS_REQUIRE;
	if (ask_new(m, v, platform, C, &a, &err))
		fail_msg("%s", err.text);
	return a;
}

struct tally {
	size_t asked, yes, wrong;
	void (*each)(struct ask *a, const struct question *q, struct tally *t);
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
		print_error("torch %s torch_sparse %s %s Python %s %s: resolve says '%s', the data '%s'\n", q->torch,
			    q->sparse, q->variant, q->python, q->platform, got, expected);
}

/* All variants that any torch of this version has on the platform, each once. */
static void with_variants(struct ask *a, struct question q, struct tally *t)
{
	AUTO_STRV struct strv variants = STRV_INIT;
	for (size_t i = 0; i < torch.n; i++)
		if (str_eq(cell(&torch, i, "version"), q.torch) && str_eq(cell(&torch, i, "platform"), q.platform))
			strv_add_once(&variants, cell(&torch, i, "variant"));
	strv_add_once(&variants, "cu102"); /* one that most releases lack */
	for (size_t i = 0; i < variants.n; i++) {
		q.variant = variants.v[i];
		t->each(a, &q, t);
	}
}

static void distinct(const struct datafile *f, const char *column, struct strv *into)
{
	size_t at = datafile_column(f, column);
	for (size_t i = 0; i < f->n; i++)
		strv_add_once(into, f->row[i][at]);
}

static struct tally on_every_combination(const char *platform,
					 void (*each)(struct ask *a, const struct question *q, struct tally *t))
{
	AUTO_STRV struct strv torches = STRV_INIT, sparses = STRV_INIT;
	static const char *const pythons[] = {"3.5",  "3.6",  "3.7",  "3.8",   "3.9",  "3.10",
					      "3.11", "3.12", "3.13", "3.13t", "3.14", "3.15"};
	struct manifest *m = manifest_new("all.yaml");
	struct tally t = {.each = each};
	distinct(&torch, "version", &torches);
	distinct(&sparse, "version", &sparses);
	for (size_t i = 0; i < torches.n; i++)
		for (size_t s = 0; s < sparses.n; s++)
			for (size_t p = 0; p < ARRAY_LEN(pythons); p++) {
				struct question q = {.torch = torches.v[i],
						     .sparse = sparses.v[s],
						     .python = pythons[p],
						     .platform = platform};
				AUTO(ask) struct ask *a = ask_of(m, &q);
				with_variants(a, q, &t);
			}
	manifest_free(m);
	return t;
}

static void resolve_agrees_with_the_data_on_every_combination(void **state)
{
	struct tally t = on_every_combination("amd64", compare);
	(void)state;
	print_message("%zu questions, %zu answers yes\n", t.asked, t.yes);
	assert_int_equal(t.wrong, 0);
	assert_true(t.asked > 40000);
	assert_true(t.yes > 900);
}

static void resolve_agrees_with_the_data_on_arm_as_well(void **state)
{
	struct tally t = on_every_combination("arm64", compare);
	(void)state;
	print_message("%zu questions, %zu answers yes\n", t.asked, t.yes);
	assert_int_equal(t.wrong, 0);
	assert_true(t.yes > 20); /* CPU wheels from torch 2.7 on */
}

/* --- GPUs and drivers --- */

enum { NATIVE, JIT, UNKNOWN, NONE };

static bool is_board(unsigned cc) /* Jetson and DRIVE parts run their own code alone */
{
	return cc == 53 || cc == 62 || cc == 72 || cc == 87 || cc == 101 || cc == 110;
}

/* How a cell such as "7.5 8.0+PTX" serves a GPU. */
static int cover(const char *archs, unsigned cc)
{
	int best = NONE;
	if (!*archs || str_eq(archs, "unknown") || str_eq(archs, "default"))
		return UNKNOWN;
	for (const char *at = archs; *at;) {
		unsigned major = 0, minor = 0;
		sscanf(at, "%u.%u", &major, &minor); /* NOLINT */
		unsigned has = major * 10 + minor;
		size_t n = strcspn(at, " ");
		bool same = is_board(has) || is_board(cc) ? has == cc : major == cc / 10 && has <= cc;
		if (same)
			return NATIVE;
		if (n > 4 && strncmp(at + n - 4, "+PTX", 4) == 0 && has <= cc && !is_board(cc))
			best = JIT;
		at += n + (at[n] == ' ');
	}
	return best;
}

/* The archs of the wheel of one version beside q. */
static const char *archs_of(const struct datafile *f, const struct question *q, const char *version)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(cell(f, i, "version"), version) && minor_is(q->torch, cell(f, i, "torch")) &&
		    str_eq(cell(f, i, "variant"), q->variant) && has_word(cell(f, i, "pythons"), q->python) &&
		    has_word(cell(f, i, "platforms"), q->platform))
			return cell(f, i, "archs");
	fail_msg("no wheel of %s", version);
	return NULL;
}

static bool is_older(const char *driver, const char *than)
{
	unsigned a[3] = {0}, b[3] = {0};
	sscanf(driver, "%u.%u.%u", &a[0], &a[1], &a[2]); /* NOLINT */
	sscanf(than, "%u.%u.%u", &b[0], &b[1], &b[2]);	 /* NOLINT */
	for (size_t i = 0; i < 3; i++)
		if (a[i] != b[i])
			return a[i] < b[i];
	return false;
}

static enum plan_fit fit_of(const struct question *q, const struct verdict *v, unsigned cc, const char *driver)
{
	size_t digits = strlen(q->variant) - 3;
	char cuda[16];
	size_t toolkit = 0;
	snprintf(cuda, sizeof(cuda), "%.*s.%s", (int)digits, q->variant + 2, q->variant + 2 + digits);
	while (!str_eq(cell(&toolkits, toolkit, "cuda"), cuda))
		toolkit++;
	if (is_older(driver, cell(&toolkits, toolkit, "driver_compat")))
		return FIT_NO;
	int worst = cover(cell(&torch, (size_t)torch_row(q), "archs"), cc);
	int others[] = {cover(archs_of(&sparse, q, q->sparse), cc), cover(archs_of(&scatter, q, v->scatter), cc)};
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		worst = others[i] > worst ? others[i] : worst;
	if (worst == NONE || (worst == JIT && is_older(driver, cell(&toolkits, toolkit, "driver_min"))))
		return FIT_NO;
	return worst == UNKNOWN ? FIT_UNKNOWN : FIT_YES;
}

static void compare_gpus(struct ask *a, const struct question *q, struct tally *t)
{
	static const char *const drivers[] = {"440.33",	    "450.80.02",  "470.57.02",
					      "535.104.05", "570.124.06", "580.65.06"};
	struct manifest_target from = {.name = NULL};
	struct verdict v = str_eq(q->variant, "cpu") ? (struct verdict){.yes = false} : judge(q);
	struct choice ch;
	struct err err = ERR_INIT;
	if (!v.yes)
		return;
	AUTO_TEXT char *got = resolved(a, q->variant);
	assert_true(str_starts(got, "yes") && select_one(a, &ch, NULL));
	for (size_t i = 0; i < C->n_archs * ARRAY_LEN(drivers); i++) {
		const char *driver = drivers[i % ARRAY_LEN(drivers)];
		struct ask_target target = {
			.from = &from, .cc = C->archs[i / ARRAY_LEN(drivers)].cc, .has_driver = true};
		assert_int_equal(driver_parse(driver, &target.driver, &err), 0);
		enum plan_fit expected = fit_of(q, &v, target.cc, driver), fit = fit_target(a, &ch, &target).fit;
		t->asked++;
		t->yes += expected == FIT_YES;
		if (fit != expected && t->wrong++ < 10)
			print_error("torch %s torch_sparse %s %s, GPU %u, driver %s: resolve says %d, the data %d\n",
				    q->torch, q->sparse, q->variant, target.cc, driver, (int)fit, (int)expected);
	}
}

static void every_gpu_and_driver_is_judged_as_the_data_say(void **state)
{
	struct tally t = on_every_combination("amd64", compare_gpus);
	(void)state;
	print_message("%zu questions, %zu answers yes\n", t.asked, t.yes);
	assert_int_equal(t.wrong, 0);
	assert_true(t.asked > 80000 && t.yes > 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resolve_agrees_with_the_data_on_every_combination),
		cmocka_unit_test(resolve_agrees_with_the_data_on_arm_as_well),
		cmocka_unit_test(every_gpu_and_driver_is_judged_as_the_data_say),
	};
	return cmocka_run_group_tests(tests, read_all, free_all);
}
