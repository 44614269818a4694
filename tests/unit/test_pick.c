#include "source/pick.h"

#include "base/str.h"
#include "base/strv.h"
#include "support/t.h"

/* Links out of "FOLDER/NAME" texts; those that start with "!" are yanked, with "@" lie in a folder of this machine. */
static struct links *links_from(const char *const *names)
{
	struct links *l = links_new();
	for (; *names; names++) {
		bool yanked = **names == '!', local = **names == '@';
		const char *text = *names + (yanked || local), *slash = strrchr(text, '/');
		AUTO_TEXT char *folder = xstrndup(text, slash ? (size_t)(slash - text) : 0);
		links_add_file(l, folder, slash ? slash + 1 : text);
		struct link *last = &l->v[l->n - 1];
		last->yanked = yanked;
		if (!local) {
			last->url = TAKE(last->path);
		}
	}
	return l;
}

static struct fact_ask asked(const char *package, const char *version, const char *channel, const char *variant,
			     const char *torch)
{
	return (struct fact_ask){.kind = FACT_WHEEL,
				 .package = xstrdup(package),
				 .version = xstrdup(version),
				 .channel = xstrdup(channel),
				 .variant = xstrdup(variant),
				 .torch = xstrdup(torch),
				 .python = xstrdup("3.11"),
				 .platform = xstrdup("linux/amd64")};
}

/* The file that is picked, with its label behind; "none". */
static char *picked(const char *const *names, struct fact_ask a, enum pick_place place)
{
	AUTO(links) struct links *l = links_from(names);
	AUTO_TEXT char *label = NULL;
	long i = pick_wheel(l, &a, place, &label);
	char *text = i < 0 ? xstrdup("none") : xasprintf("%s %s", l->v[i].file, label ? label : "-");
	fact_ask_clear(&a);
	return text;
}

#define PICK(text, place, ask, ...)                                                                                    \
	do {                                                                                                           \
		static const char *const names_[] = {__VA_ARGS__, NULL};                                               \
		AUTO_TEXT char *got_ = picked(names_, ask, place);                                                     \
		assert_string_equal(got_, text);                                                                       \
	} while (0)

static void torch_is_the_wheel_with_the_variants_label(void **state)
{
	(void)state;
	PICK("torch-2.7.1+cu128-cp311-cp311-manylinux_2_28_x86_64.whl +cu128", PICK_VARIANT,
	     asked("torch", "2.7.1", "index", "cu128", NULL), "torch-2.7.0+cu128-cp311-cp311-manylinux_2_28_x86_64.whl",
	     "torch-2.7.1+cu126-cp311-cp311-manylinux_2_28_x86_64.whl",
	     "torch-2.7.1+cu128-cp310-cp310-manylinux_2_28_x86_64.whl",
	     "torch-2.7.1+cu128-cp311-cp311-manylinux_2_28_aarch64.whl", "torch-2.7.1+cu128-cp311-cp311-win_amd64.whl",
	     "torch-2.7.1+cu128-cp311-cp311-manylinux_2_28_x86_64.whl",
	     "torchvision-2.7.1+cu128-cp311-cp311-manylinux_2_28_x86_64.whl");
}

static void a_second_build_of_a_variant_is_not_taken(void **state)
{
	(void)state;
	PICK("torch-2.0.1+cu118-cp311-cp311-linux_x86_64.whl +cu118", PICK_VARIANT,
	     asked("torch", "2.0.1", "index", "cu118", NULL),
	     "torch-2.0.1+cu118.with.pypi.cudnn-cp311-cp311-linux_x86_64.whl",
	     "torch-2.0.1+cu118-cp311-cp311-linux_x86_64.whl");
	PICK("none", PICK_VARIANT, asked("torch", "2.6.0", "index", "cpu", NULL),
	     "torch-2.6.0+cpu.cxx11.abi-cp311-cp311-linux_x86_64.whl");
}

static void a_second_build_is_taken_by_its_whole_label_alone(void **state)
{
	(void)state;
	PICK("torch-2.0.1+cu118.with.pypi.cudnn-cp311-cp311-linux_x86_64.whl +cu118.with.pypi.cudnn", PICK_VARIANT,
	     asked("torch", "2.0.1", "index", "cu118.with.pypi.cudnn", NULL),
	     "torch-2.0.1+cu118-cp311-cp311-linux_x86_64.whl",
	     "torch-2.0.1+cu118.with.pypi.cudnn-cp311-cp311-linux_x86_64.whl");
	PICK("none", PICK_VARIANT, asked("torch", "2.6.0", "index", "cpu.cxx11.abi", NULL),
	     "torch-2.6.0+cpu-cp311-cp311-linux_x86_64.whl", "torch-2.6.0-cp311-cp311-linux_x86_64.whl");
}

static void an_unlabelled_wheel_is_taken_at_its_places_word(void **state)
{
	(void)state;
	PICK("torch-1.8.0-cp311-cp311-linux_x86_64.whl -", PICK_VARIANT,
	     asked("torch", "1.8.0", "index", "cu102", NULL), "torch-1.8.0-cp311-cp311-linux_x86_64.whl");
	PICK("torch-1.8.0-cp311-cp311-linux_x86_64.whl -", PICK_FLAT, asked("torch", "1.8.0", "index", "cu102", NULL),
	     "whl/cpu/torch-1.8.0-cp311-cp311-linux_x86_64.whl", "whl/cu102/torch-1.8.0-cp311-cp311-linux_x86_64.whl");
	PICK("none", PICK_FLAT, asked("torch", "1.8.0", "index", "cu102", NULL),
	     "whl/torch-1.8.0-cp311-cp311-linux_x86_64.whl");
	PICK("torch-1.8.0-cp311-cp311-linux_x86_64.whl -", PICK_FLAT, asked("torch", "1.8.0", "index", "cu102", NULL),
	     "@wheels/torch-1.8.0-cp311-cp311-linux_x86_64.whl");
	PICK("torch-1.8.0+cu102-cp311-cp311-linux_x86_64.whl +cu102", PICK_FLAT,
	     asked("torch", "1.8.0", "index", "cu102", NULL), "@wheels/torch-1.8.0-cp311-cp311-linux_x86_64.whl",
	     "@wheels/torch-1.8.0+cu102-cp311-cp311-linux_x86_64.whl");
}

static void the_plain_index_gives_unlabelled_wheels_only(void **state)
{
	(void)state;
	PICK("torch-2.11.0-cp311-cp311-manylinux_2_28_x86_64.whl -", PICK_FLAT,
	     asked("torch", "2.11.0", "pypi", NULL, NULL), "torch-2.11.0+cu130-cp311-cp311-manylinux_2_28_x86_64.whl",
	     "torch-2.11.0-cp311-cp311-manylinux_2_28_x86_64.whl");
	PICK("none", PICK_FLAT, asked("torch", "2.11.0", "pypi", NULL, NULL),
	     "torch-2.11.0+cu130-cp311-cp311-manylinux_2_28_x86_64.whl");
}

static void an_extension_fits_torch_and_variant(void **state)
{
	(void)state;
	PICK("torch_sparse-0.6.18+pt211cu130-cp311-cp311-linux_x86_64.whl +pt211cu130", PICK_FLAT,
	     asked("torch_sparse", "0.6.18", "pyg", "cu130", "2.11.0"),
	     "@w/torch_sparse-0.6.18+pt26cu124-cp311-cp311-linux_x86_64.whl",
	     "@w/torch_sparse-0.6.18+pt210cu130-cp311-cp311-linux_x86_64.whl",
	     "@w/torch_sparse-0.6.18+pt211cpu-cp311-cp311-linux_x86_64.whl",
	     "@w/torch_sparse-0.6.18+pt211cu130-cp311-cp311-linux_x86_64.whl");
	PICK("none", PICK_VARIANT, asked("torch_sparse", "0.6.18", "pyg", "cu128", "2.11.0"),
	     "torch_sparse-0.6.18+pt211cu130-cp311-cp311-linux_x86_64.whl");
	PICK("torch_sparse-0.6.12-cp311-cp311-linux_x86_64.whl -", PICK_VARIANT,
	     asked("torch_sparse", "0.6.12", "pyg", "cu111", "1.10.0"),
	     "torch_sparse-0.6.12-cp311-cp311-linux_x86_64.whl");
	PICK("torch_sparse-0.6.8+cu101-cp311-cp311-linux_x86_64.whl +cu101", PICK_FLAT,
	     asked("torch_sparse", "0.6.8", "pyg", "cu101", "1.7.0"),
	     "whl/torch-1.6.0/cu101/torch_sparse-0.6.8+cu101-cp311-cp311-linux_x86_64.whl",
	     "whl/torch-1.7.0/cu101/torch_sparse-0.6.8+cu101-cp311-cp311-linux_x86_64.whl");
	PICK("none", PICK_FLAT, asked("torch_sparse", "0.6.8", "pyg", "cu101", "1.7.0"),
	     "whl/torch-1.6.0/cu101/torch_sparse-0.6.8+cu101-cp311-cp311-linux_x86_64.whl");
	PICK("torch_scatter-2.0.9-cp311-cp311-linux_x86_64.whl -", PICK_FLAT,
	     asked("torch_scatter", "2.0.9", "pyg", "cu118", "2.0.0"),
	     "whl/torch-1.9.0+cu118/torch_scatter-2.0.9-cp311-cp311-linux_x86_64.whl",
	     "whl/torch-2.0.0+cu118/torch_scatter-2.0.9-cp311-cp311-linux_x86_64.whl");
}

static void of_several_the_same_one_is_picked_in_any_order(void **state)
{
	(void)state;
	PICK("x-1.0-2-cp311-cp311-manylinux2014_x86_64.whl -", PICK_FLAT, asked("x", "1.0", "pypi", NULL, NULL),
	     "x-1.0-1-cp311-cp311-manylinux2014_x86_64.whl", "x-1.0-cp311-cp311-manylinux_2_28_x86_64.whl",
	     "x-1.0-2-cp311-cp311-manylinux2014_x86_64.whl", "!x-1.0-3-cp311-cp311-manylinux1_x86_64.whl");
	PICK("x-1.0-2-cp311-cp311-manylinux2014_x86_64.whl -", PICK_FLAT, asked("x", "1.0", "pypi", NULL, NULL),
	     "!x-1.0-3-cp311-cp311-manylinux1_x86_64.whl", "x-1.0-2-cp311-cp311-manylinux2014_x86_64.whl",
	     "x-1.0-cp311-cp311-manylinux_2_28_x86_64.whl", "x-1.0-1-cp311-cp311-manylinux2014_x86_64.whl");
	PICK("x-1.0-3-cp311-cp311-manylinux1_x86_64.whl -", PICK_FLAT, asked("x", "1.0", "pypi", NULL, NULL),
	     "!x-1.0-3-cp311-cp311-manylinux1_x86_64.whl");
}

static void a_source_archive_is_found_by_version(void **state)
{
	static const char *const names[] = {"torch_sparse-0.6.17.tar.gz", "!torch_sparse-0.6.18.zip",
					    "torch_sparse-0.6.18.tar.gz", NULL};
	AUTO(links) struct links *l = links_from(names);
	struct fact_ask a = asked("torch_sparse", "0.6.18", NULL, NULL, NULL),
			b = asked("torch_sparse", "0.6.19", NULL, NULL, NULL);
	(void)state;
	assert_int_equal(pick_sdist(l, &a), 2);
	assert_int_equal(pick_sdist(l, &b), -1);
	fact_ask_clear(&a);
	fact_ask_clear(&b);
}

static void the_newest_patch_of_a_standalone_python_is_found(void **state)
{
	static const char *const names[] = {
		"cpython-3.11.9+20240415-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz",
		"cpython-3.11.14+20251010-x86_64-unknown-linux-gnu-install_only.tar.gz",
		"cpython-3.11.14+20251014-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz",
		"cpython-3.11.14+20251010-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz",
		"cpython-3.11.15+20251014-aarch64-unknown-linux-gnu-install_only.tar.gz",
		"cpython-3.11.15+20251014-x86_64-unknown-linux-musl-install_only.tar.gz",
		"cpython-3.11.15+20251014-x86_64-unknown-linux-gnu-debug-full.tar.gz",
		"cpython-3.1.5+20251014-x86_64-unknown-linux-gnu-install_only.tar.gz",
		"cpython-3.13.9+20251014-x86_64-unknown-linux-gnu-freethreaded+pgo+lto-full.tar.gz",
		"cpython-3.13.8+20251014-x86_64-unknown-linux-gnu-install_only.tar.gz",
		NULL,
	};
	AUTO(links) struct links *l = links_from(names);
	static const struct {
		const char *python, *platform;
		long at;
	} rows[] = {{"3.11", "linux/amd64", 2}, {"3.11", "linux/arm64", 4},  {"3.13t", "linux/amd64", 8},
		    {"3.13", "linux/amd64", 9}, {"3.12", "linux/amd64", -1}, {"3.1", "linux/amd64", 7}};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fact_ask a = {
			.kind = FACT_PYTHON, .python = xstrdup(rows[i].python), .platform = xstrdup(rows[i].platform)};
		assert_int_equal(pick_python(l, &a), rows[i].at);
		fact_ask_clear(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(torch_is_the_wheel_with_the_variants_label),
		cmocka_unit_test(a_second_build_of_a_variant_is_not_taken),
		cmocka_unit_test(a_second_build_is_taken_by_its_whole_label_alone),
		cmocka_unit_test(an_unlabelled_wheel_is_taken_at_its_places_word),
		cmocka_unit_test(the_plain_index_gives_unlabelled_wheels_only),
		cmocka_unit_test(an_extension_fits_torch_and_variant),
		cmocka_unit_test(of_several_the_same_one_is_picked_in_any_order),
		cmocka_unit_test(a_source_archive_is_found_by_version),
		cmocka_unit_test(the_newest_patch_of_a_standalone_python_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
