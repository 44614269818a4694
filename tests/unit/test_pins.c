#include "work/fetch_pins.h"
#include "work/pins.h"

#include "base/file.h"
#include "base/str.h"
#include "support/t.h"

#include <sys/stat.h>

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

/* A folder of a test with a file, and the project in it. */
struct place {
	char *dir, *path;
	struct project p;
	struct manifest_sources sources;
};

static void write_text(const struct place *t, const char *name, const char *text, unsigned mode)
{
	AUTO_TEXT char *path = file_join(t->dir, name);
	struct err err = ERR_INIT;

	assert_int_equal(file_write(path, blob_text(name, text), mode, &err), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static int place_setup(void **state)
{
	struct place *t = xcalloc(1, sizeof(*t));
	struct err err = ERR_INIT;

	assert_int_equal(file_temp_dir(&t->dir, &err), 0);
	t->p.dir = t->dir;
	t->path = xasprintf("PATH=%s:/usr/bin:/bin", t->dir);
	assert_int_equal(setenv("PATH", t->path + strlen("PATH="), 1), 0);
	*state = t;
	return 0;
}

static int place_teardown(void **state)
{
	struct place *t = *state;
	struct err err = ERR_INIT;

	assert_int_equal(file_remove_tree(t->dir, &err), 0);
	free(t->dir);
	free(t->path);
	free(t);
	return 0;
}

/* A plan of one variant of that torch with one wish, and requirements.txt unless file is NULL. */
static struct plan *plan_of(const char *torch, const char *line, const char *file)
{
	struct plan *p = plan_new();
	struct plan_variant *v = plan_add_variant(p);
	struct plan_package *pkg = plan_add_package(v, PKG_TORCH);

	v->name = xstrdup("cu128");
	v->platform = xstrdup("linux/amd64");
	v->os = xstrdup("ubuntu22.04");
	v->python.version = xstrdup("3.10");
	pkg->version = xstrdup(torch);
	pkg->channel = xstrdup("pypi");
	plan_add_pip(v, line);
	if (file)
		strv_add(&v->pip_files, file);
	return p;
}

static char *input_of(const struct place *t, const char *torch, const char *line, const char *file)
{
	AUTO(plan) struct plan *p = plan_of(torch, line, file);

	return pins_input(&t->p, p, &p->variants[0]);
}

static void the_input_changes_with_all_that_it_is_made_of(void **state)
{
	struct place *t = *state;
	AUTO_TEXT char *first = NULL, *same = NULL, *torch = NULL, *line = NULL, *file = NULL, *nested = NULL;

	write_text(t, "requirements.txt", "x\n-r more.txt # nested\n", 0644);
	write_text(t, "more.txt", "y\n", 0644);
	first = input_of(t, "2.7.1", "a", "requirements.txt");
	same = input_of(t, "2.7.1", "a", "requirements.txt");
	torch = input_of(t, "2.7.0", "a", "requirements.txt");
	line = input_of(t, "2.7.1", "b", "requirements.txt");
	write_text(t, "more.txt", "z\n", 0644);
	nested = input_of(t, "2.7.1", "a", "requirements.txt");
	write_text(t, "requirements.txt", "x\n", 0644);
	file = input_of(t, "2.7.1", "a", "requirements.txt");
	assert_string_equal(first, same);
	assert_string_not_equal(first, torch);
	assert_string_not_equal(first, line);
	assert_string_not_equal(first, nested);
	assert_string_not_equal(first, file);
	assert_string_not_equal(nested, file);
}

static void without_one_of_its_files_there_is_no_input(void **state)
{
	struct place *t = *state;
	AUTO_TEXT char *none = input_of(t, "2.7.1", "a", "not-there.txt");

	write_text(t, "loop.txt", "-r loop.txt\n", 0644);
	AUTO_TEXT char *loop = input_of(t, "2.7.1", "a", "loop.txt");
	assert_null(none);
	assert_null(loop);
}

static void the_locks_packages_are_kept_while_the_input_is_the_same(void **state)
{
	struct place *t = *state;
	AUTO(plan) struct plan *lock = plan_of("2.7.1", "x==1", NULL);
	AUTO(plan) struct plan *plan = plan_of("2.7.1", "x", NULL);
	AUTO(plan) struct plan *other = plan_of("2.7.1", "y", NULL);

	strv_add(&lock->variants[0].pip[0].sha256, A);
	lock->variants[0].pip_input = pins_input(&t->p, plan, &plan->variants[0]);
	assert_int_equal(pins_keep(&t->p, lock, plan), 0);
	assert_string_equal(plan->variants[0].pip[0].line, "x==1");
	assert_string_equal(plan->variants[0].pip_input, lock->variants[0].pip_input);
	assert_int_equal(pins_keep(&t->p, lock, other), 1);
	assert_string_equal(other->variants[0].pip[0].line, "y");
	assert_int_equal(pins_keep(&t->p, NULL, other), 1);
}

static void a_forgotten_package_leaves_the_others_as_they_are(void **state)
{
	AUTO(plan) struct plan *lock = plan_of("2.7.1", "torch_geometric==1", NULL);
	struct plan_variant *v = &lock->variants[0];

	(void)state;
	plan_add_pip(v, "x==1");
	assert_false(pins_forget(v, "x"));
	v->pip_input = xstrdup(A);
	assert_false(pins_forget(v, "nothing"));
	assert_false(pins_forget(v, "-r"));
	assert_true(pins_forget(v, "Torch.Geometric"));
	assert_int_equal(v->npip, 1);
	assert_string_equal(v->pip[0].line, "x==1");
	assert_null(v->pip_input);
}

/* Runs fetch_pins() with that script as uv; the notes as one text, or the error's. */
static char *fetch_with(struct place *t, const char *script, const struct plan *lock, struct plan *plan)
{
	static volatile int stop;
	const struct fetch_place place = {.sources = &t->sources, .dir = t->dir, .stop = &stop};
	AUTO_BUF struct buf notes = BUF_INIT;
	struct err err = ERR_INIT;

	write_text(t, "uv", script, 0755);
	if (fetch_pins(&t->p, lock, &place, plan, &err) < 0)
		return xstrdup(err.text);
	for (size_t i = 0; i < plan->nvariants; i++)
		for (size_t n = 0; n < plan->variants[i].nnotes; n++)
			buf_addf(&notes, "%s%s", notes.len ? "\n" : "", plan->variants[i].notes[n].text);
	return buf_take(&notes);
}

/* A uv that notes how it was called and what it was given beside itself, and answers one package. */
static const char noting[] =
	"#!/bin/sh\nhere=$(dirname \"$0\")\necho \"$*\" >>\"$here/args\"\n"
	"cat requirements.in overrides.txt constraints.txt >\"$here/given\"\n"
	"case \"$*\" in *pylock*) echo 'sha256 = \"" A "\"' >pylock.toml ;; *) cat hashes.txt >\"$here/kept\"\n"
	"echo \"index $UV_DEFAULT_INDEX constraint $UV_CONSTRAINT\" >>\"$here/given\"\n"
	"printf 'x==2 \\\\\\n    --hash=sha256:" A " \\\\\\n    --hash=sha256:" B "\\n' >hashes.txt ;; esac\n";

static char *text_of(const struct place *t, const char *name)
{
	AUTO_TEXT char *path = file_join(t->dir, name);
	AUTO_BUF struct buf text = BUF_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(file_read(path, 1 << 20, &text, &err), 0);
	return buf_take(&text);
}

static void uv_is_given_the_family_as_fixed_and_its_answer_is_the_list(void **state)
{
	struct place *t = *state;
	AUTO(plan) struct plan *plan = plan_of("2.2.1", "x>=1", "more.txt");
	AUTO(plan) struct plan *lock = plan_of("2.2.1", "x==1", NULL);
	AUTO_TEXT char *args = NULL, *given = NULL, *kept = NULL, *want = NULL, *notes = NULL;

	*plan_add_package(&plan->variants[0], PKG_TORCH_SPARSE) = (struct plan_package){
		.pkg = PKG_TORCH_SPARSE, .version = xstrdup("0.6.18"), .way = WAY_SOURCE, .channel = xstrdup("pypi")};
	*plan_add_package(&plan->variants[0], PKG_TORCH_SCATTER) =
		(struct plan_package){.pkg = PKG_TORCH_SCATTER,
				      .version = xstrdup("2.1.2"),
				      .channel = xstrdup("directory"),
				      .index = xstrdup("my wheels"),
				      .file = xstrdup("s+x.whl")};
	plan->sources.pypi = xstrdup("https://index.example/simple");
	strv_add(&lock->variants[0].pip[0].sha256, B);
	write_text(t, "more.txt", "y\n", 0644);
	assert_int_equal(setenv("UV_CONSTRAINT", "/nowhere", 1), 0);
	notes = fetch_with(t, noting, lock, plan);
	assert_string_equal(notes, "");
	assert_int_equal(plan->variants[0].npip, 1);
	assert_string_equal(plan->variants[0].pip[0].line, "x==2");
	assert_int_equal(plan->variants[0].pip[0].sha256.n, 1);
	assert_string_equal(plan->variants[0].pip[0].sha256.v[0], A);
	assert_int_equal(plan->variants[0].pip_files.n, 0);
	assert_non_null(plan->variants[0].pip_input);
	given = text_of(t, "given");
	want = xasprintf("torch==2.2.1\nscipy\ntorch-scatter @ file://%s/my%%20wheels/s%%2Bx.whl\nx>=1\n"
			 "torch-sparse ; python_version < \"0\"\nnumpy<2\n",
			 t->dir);
	assert_memory_equal(given, want, strlen(want));
	kept = text_of(t, "kept");
	assert_string_equal(kept, "x==1\n");
	args = text_of(t, "args");
	free(want);
	want = xasprintf(
		"pip compile requirements.in %s/more.txt --quiet --only-binary :all: --overrides overrides.txt "
		"--constraints constraints.txt --no-header --no-annotate --python-version=3.10 "
		"--python-platform=x86_64-manylinux_2_35 --no-emit-package=torch "
		"--no-emit-package=torch-sparse --no-emit-package=torch-scatter --no-config "
		"--generate-hashes -o hashes.txt\n",
		t->dir);
	assert_memory_equal(args, want, strlen(want));
	assert_int_equal(unsetenv("UV_CONSTRAINT"), 0);
}

static void uv_is_told_the_index_and_nothing_else_decides(void **state)
{
	struct place *t = *state;
	AUTO(plan) struct plan *plan = plan_of("2.7.1", "x", NULL);
	AUTO_TEXT char *notes = NULL;

	plan->sources.pypi = xstrdup("https://index.example/simple");
	assert_int_equal(setenv("UV_CONSTRAINT", "/nowhere", 1), 0);
	notes = fetch_with(t, "#!/bin/sh\necho \"index $UV_DEFAULT_INDEX constraint $UV_CONSTRAINT\" >&2\nexit 1\n",
			   NULL, plan);
	assert_string_equal(notes, "the packages beside torch are not locked: "
				   "index https://index.example/simple constraint");
	assert_int_equal(unsetenv("UV_CONSTRAINT"), 0);
}

static void what_uv_refuses_stays_as_it_is_wished_and_is_said(void **state)
{
	struct place *t = *state;
	AUTO(plan)
	struct plan *failed = plan_of("2.7.1", "x", NULL), *threaded = plan_of("2.7.1", "x", NULL),
		    *nowhere = plan_of("2.7.1", "x", NULL), *broken = plan_of("2.7.1", "x", NULL);
	AUTO_TEXT char *said = fetch_with(
		t, "#!/bin/sh\nprintf '  \\303\\227 No solution\\n  found: \\033x\\n' >&2\nexit 1\n", NULL, failed);
	AUTO_TEXT char *free_threaded = NULL, *place = NULL, *list = NULL;

	assert_string_equal(said, "the packages beside torch are not locked: No solution found: ?x");
	assert_null(failed->variants[0].pip_input);
	assert_string_equal(failed->variants[0].pip[0].line, "x");
	free(threaded->variants[0].python.version);
	threaded->variants[0].python.version = xstrdup("3.13t");
	free_threaded = fetch_with(t, noting, NULL, threaded);
	assert_string_equal(free_threaded, "the packages beside torch are not locked: `uv pip compile "
					   "--python-version` takes no free-threaded Python");
	free(nowhere->variants[0].packages[0].channel);
	nowhere->variants[0].packages[0].channel = xstrdup("index");
	place = fetch_with(t, noting, NULL, nowhere);
	assert_string_equal(place,
			    "the packages beside torch are not locked: nobody said where the file of a package of "
			    "the torch family lies");
	list = fetch_with(t, "#!/bin/sh\necho 'x==1' >hashes.txt\n", NULL, broken);
	assert_string_equal(list, "the packages beside torch are not locked: 'x==1': has no sha256");
}

static void a_uv_without_pylock_gives_all_hashes(void **state)
{
	struct place *t = *state;
	AUTO(plan) struct plan *plan = plan_of("2.7.1", "x", NULL);
	AUTO_TEXT char *notes = fetch_with(t,
					   "#!/bin/sh\ncase \"$*\" in *pylock*) exit 2 ;; esac\n"
					   "echo 'x==2 --hash=sha256:" A " --hash=sha256:" B "' >hashes.txt\n",
					   NULL, plan);

	assert_string_equal(notes, "");
	assert_int_equal(plan->variants[0].pip[0].sha256.n, 2);
}

static void the_platform_is_the_newest_one_that_the_os_carries(void **state)
{
	static const struct {
		const char *platform;
		unsigned glibc;
		const char *want;
	} rows[] = {
		{"linux/amd64", 235, "x86_64-manylinux_2_35"}, {"linux/amd64", 227, "x86_64-manylinux_2_17"},
		{"linux/amd64", 230, "x86_64-manylinux_2_28"}, {"linux/amd64", 299, "x86_64-manylinux_2_40"},
		{"linux/amd64", 0, "x86_64-manylinux_2_28"},   {"linux/arm64", 217, "aarch64-manylinux_2_17"},
		{"linux/amd64", 212, "x86_64-manylinux_2_17"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *got = fetch_pins_platform(rows[i].platform, rows[i].glibc);
		assert_string_equal(got, rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_input_changes_with_all_that_it_is_made_of, place_setup,
						place_teardown),
		cmocka_unit_test_setup_teardown(without_one_of_its_files_there_is_no_input, place_setup,
						place_teardown),
		cmocka_unit_test_setup_teardown(the_locks_packages_are_kept_while_the_input_is_the_same, place_setup,
						place_teardown),
		cmocka_unit_test(a_forgotten_package_leaves_the_others_as_they_are),
		cmocka_unit_test_setup_teardown(uv_is_given_the_family_as_fixed_and_its_answer_is_the_list, place_setup,
						place_teardown),
		cmocka_unit_test_setup_teardown(uv_is_told_the_index_and_nothing_else_decides, place_setup,
						place_teardown),
		cmocka_unit_test_setup_teardown(what_uv_refuses_stays_as_it_is_wished_and_is_said, place_setup,
						place_teardown),
		cmocka_unit_test_setup_teardown(a_uv_without_pylock_gives_all_hashes, place_setup, place_teardown),
		cmocka_unit_test(the_platform_is_the_newest_one_that_the_os_carries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
