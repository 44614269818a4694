#include "inspect/loader.h"

#include "base/str.h"
#include "support/t.h"

/* A file system of a few libraries; `to` names the path of another one: a link. */
struct file {
	const char *path, *to;
	const char *soname, *rpath, *runpath, *interp;
	const char *needed[4];
	enum binary_machine machine;
	bool no_default_dirs;
};

struct world {
	struct binary *v[16];
	const struct file *files;
	size_t n;
};

static const struct binary *find(void *self, const char *path)
{
	const struct world *w = self;
	for (size_t i = 0; i < w->n; i++)
		if (str_eq(w->files[i].path, path))
			return w->files[i].to == NULL ? w->v[i] : find(self, w->files[i].to);
	return NULL;
}

static void build(struct world *w, const struct file *files, size_t n)
{
	*w = (struct world){.files = files, .n = n};
	for (size_t i = 0; i < n; i++) {
		struct binary *b = w->v[i] = binary_new(files[i].path);
		b->is64 = true;
		b->machine = files[i].machine;
		b->soname = xstrdup(files[i].soname);
		b->rpath = xstrdup(files[i].rpath);
		b->runpath = xstrdup(files[i].runpath);
		b->interp = xstrdup(files[i].interp);
		b->no_default_dirs = files[i].no_default_dirs;
		for (size_t k = 0; k < ARRAY_LEN(files[i].needed) && files[i].needed[k] != NULL; k++)
			strv_add(&b->needed, files[i].needed[k]);
	}
}

static void clear(struct world *w)
{
	for (size_t i = 0; i < w->n; i++)
		binary_free(w->v[i]);
}

/* "NAME: HOW -> PATH" of each step, or "NAME: missing", one a line. */
static char *load(struct loader *l, const struct binary *b)
{
	AUTO_BUF struct buf said = BUF_INIT;
	size_t n = 0;
	const struct loader_step *steps = loader_load(l, b, b->path, &n);
	for (size_t i = 0; i < n; i++) {
		if (steps[i].found == NULL)
			buf_addf(&said, "%s: missing\n", steps[i].name);
		else
			buf_addf(&said, "%s: %s -> %s\n", steps[i].name, steps[i].how, steps[i].found->path);
	}
	return buf_take(&said);
}

#define ONE(files, root, path, conf, due)                                                                              \
	do {                                                                                                           \
		struct world w;                                                                                        \
		build(&w, files, ARRAY_LEN(files));                                                                    \
		AUTO(loader)                                                                                           \
		struct loader *l = loader_new((struct loader_files){.find = find, .self = &w}, path, conf);            \
		AUTO_TEXT char *said = load(l, w.v[root]);                                                             \
		clear(&w);                                                                                             \
		assert_string_equal(said, due);                                                                        \
	} while (0)

static void torch_finds_its_libraries_by_rpath_and_origin(void **state)
{
	(void)state;
	static const struct file files[] = {
		{.path = "/s/torch/lib/libtorch_cuda.so",
		 .rpath = "$ORIGIN/../../nvidia/cuda_runtime/lib:$ORIGIN",
		 .needed = {"libcudart.so.12", "libc10.so", "libcuda.so.1", "libc.so.6"}},
		{.path = "/s/torch/lib/../../nvidia/cuda_runtime/lib/libcudart.so.12",
		 .to = "/s/nvidia/cuda_runtime/lib/libcudart.so.12"},
		{.path = "/s/nvidia/cuda_runtime/lib/libcudart.so.12", .needed = {"libc.so.6"}},
		{.path = "/s/torch/lib/libc10.so"},
		{.path = "/usr/lib/x86_64-linux-gnu/libc.so.6"},
	};
	ONE(files, 0, NULL, NULL,
	    "/s/torch/lib/libtorch_cuda.so: root -> /s/torch/lib/libtorch_cuda.so\n"
	    "libcudart.so.12: RPATH /s/torch/lib/../../nvidia/cuda_runtime/lib -> "
	    "/s/nvidia/cuda_runtime/lib/libcudart.so.12\n"
	    "libc10.so: RPATH /s/torch/lib -> /s/torch/lib/libc10.so\n"
	    "libcuda.so.1: missing\n"
	    "libc.so.6: default /usr/lib/x86_64-linux-gnu -> /usr/lib/x86_64-linux-gnu/libc.so.6\n");
}

static void the_order_is_rpath_environment_runpath_conf_default(void **state)
{
	(void)state;
	static const struct file files[] = {
		{.path = "/a/r.so", .rpath = "/rpath", .needed = {"x.so"}},
		{.path = "/a/n.so", .runpath = "/runpath", .rpath = "/rpath", .needed = {"x.so"}},
		{.path = "/rpath/x.so"},
		{.path = "/env/x.so"},
		{.path = "/runpath/x.so"},
	};
	ONE(files, 0, "/none:/env", NULL, "/a/r.so: root -> /a/r.so\nx.so: RPATH /rpath -> /rpath/x.so\n");
	ONE(files, 1, "/none:/env", NULL, "/a/n.so: root -> /a/n.so\nx.so: LD_LIBRARY_PATH /env -> /env/x.so\n");
	ONE(files, 1, "relative::", NULL, "/a/n.so: root -> /a/n.so\nx.so: RUNPATH /runpath -> /runpath/x.so\n");
	AUTO_STRV struct strv conf = STRV_INIT;
	strv_add(&conf, "/conf");
	static const struct file last[] = {{.path = "/a/p.so", .needed = {"libx.so", "liby.so", "z.so"}},
					   {.path = "/conf/libx.so"},
					   {.path = "/lib/libx.so"},
					   {.path = "/lib/liby.so"},
					   {.path = "/conf/z.so"},
					   {.path = "/lib/z.so"}};
	/* ldconfig takes nothing that is not called lib*. */
	ONE(last, 0, NULL, &conf,
	    "/a/p.so: root -> /a/p.so\nlibx.so: ld.so.conf /conf -> /conf/libx.so\nliby.so: default /lib -> "
	    "/lib/liby.so\n"
	    "z.so: default /lib -> /lib/z.so\n");
	static const struct file closed[] = {{.path = "/a/p.so", .needed = {"y.so"}, .no_default_dirs = true},
					     {.path = "/lib/y.so"}};
	ONE(closed, 0, NULL, NULL, "/a/p.so: root -> /a/p.so\ny.so: missing\n");
}

static void rpath_of_those_that_loaded_it_counts_and_runpath_does_not(void **state)
{
	(void)state;
	static const struct file by_rpath[] = {{.path = "/a/top.so", .rpath = "$ORIGIN/lib", .needed = {"middle.so"}},
					       {.path = "/a/lib/middle.so", .needed = {"deep.so"}},
					       {.path = "/a/lib/deep.so"}};
	ONE(by_rpath, 0, NULL, NULL,
	    "/a/top.so: root -> /a/top.so\nmiddle.so: RPATH /a/lib -> /a/lib/middle.so\ndeep.so: RPATH /a/lib -> "
	    "/a/lib/deep.so\n");
	static const struct file by_runpath[] = {
		{.path = "/a/top.so", .runpath = "$ORIGIN/lib", .needed = {"middle.so"}},
		{.path = "/a/lib/middle.so", .needed = {"deep.so"}},
		{.path = "/a/lib/deep.so"}};
	ONE(by_runpath, 0, NULL, NULL,
	    "/a/top.so: root -> /a/top.so\nmiddle.so: RUNPATH /a/lib -> /a/lib/middle.so\ndeep.so: missing\n");
	/* A RUNPATH of its own shuts out the RPATHs above it. */
	static const struct file mixed[] = {{.path = "/a/top.so", .rpath = "/a/lib", .needed = {"middle.so"}},
					    {.path = "/a/lib/middle.so", .runpath = "/nowhere", .needed = {"deep.so"}},
					    {.path = "/a/lib/deep.so"}};
	ONE(mixed, 0, NULL, NULL,
	    "/a/top.so: root -> /a/top.so\nmiddle.so: RPATH /a/lib -> /a/lib/middle.so\ndeep.so: missing\n");
}

static void what_is_loaded_answers_by_its_soname(void **state)
{
	(void)state;
	static const struct file files[] = {
		{.path = "/usr/bin/python3", .interp = "/lib64/ld-linux-x86-64.so.2", .rpath = "$ORIGIN/../lib"},
		{.path = "/s/torch/_C.so", .rpath = "/s/cuda", .needed = {"libcudart.so.12"}},
		{.path = "/s/cuda/libcudart.so.12", .soname = "libcudart.so.12"},
		{.path = "/s/torch_sparse/_spmm_cuda.so", .needed = {"libcudart.so.12", "libpython3.so"}},
		{.path = "/usr/bin/../lib/libpython3.so"},
	};
	struct world w;
	build(&w, files, ARRAY_LEN(files));
	AUTO(loader) struct loader *l = loader_new((struct loader_files){.find = find, .self = &w}, NULL, NULL);
	AUTO_TEXT char *python = load(l, w.v[0]), *torch = load(l, w.v[1]), *sparse = load(l, w.v[3]),
		       *again = load(l, w.v[3]);
	size_t n = 0;
	const struct binary *const *all = loader_loaded(l, &n);
	assert_int_equal(n, 5);
	assert_ptr_equal(all[2], w.v[2]);
	clear(&w);
	assert_string_equal(python, "/usr/bin/python3: root -> /usr/bin/python3\n");
	assert_string_equal(
		torch,
		"/s/torch/_C.so: root -> /s/torch/_C.so\nlibcudart.so.12: RPATH /s/cuda -> /s/cuda/libcudart.so.12\n");
	assert_string_equal(sparse, "/s/torch_sparse/_spmm_cuda.so: root -> /s/torch_sparse/_spmm_cuda.so\n"
				    "libcudart.so.12: loaded -> /s/cuda/libcudart.so.12\n"
				    "libpython3.so: RPATH /usr/bin/../lib -> /usr/bin/../lib/libpython3.so\n");
	assert_string_equal(again, "/s/torch_sparse/_spmm_cuda.so: loaded -> /s/torch_sparse/_spmm_cuda.so\n");
}

static void files_of_another_machine_are_passed_over(void **state)
{
	(void)state;
	static const struct file files[] = {{.path = "/a/top.so", .rpath = "/one:/two", .needed = {"x.so"}},
					    {.path = "/one/x.so", .machine = BINARY_AARCH64},
					    {.path = "/two/x.so"}};
	ONE(files, 0, NULL, NULL, "/a/top.so: root -> /a/top.so\nx.so: RPATH /two -> /two/x.so\n");
}

static void a_name_with_a_slash_is_a_path(void **state)
{
	(void)state;
	static const struct file files[] = {{.path = "/a/top.so", .rpath = "/a", .needed = {"/b/x.so", "c/y.so"}},
					    {.path = "/b/x.so"},
					    {.path = "/a/c/y.so"}};
	ONE(files, 0, NULL, NULL, "/a/top.so: root -> /a/top.so\n/b/x.so: path -> /b/x.so\nc/y.so: missing\n");
}

static void libraries_that_need_each_other_end(void **state)
{
	(void)state;
	static const struct file files[] = {{.path = "/lib/a.so", .soname = "a.so", .needed = {"b.so", "a.so"}},
					    {.path = "/lib/b.so", .needed = {"a.so"}}};
	ONE(files, 0, NULL, NULL,
	    "/lib/a.so: root -> /lib/a.so\nb.so: default /lib -> /lib/b.so\na.so: loaded -> /lib/a.so\n");
}

static void builds_for_cpus_of_today_come_first(void **state)
{
	(void)state;
	static const struct file files[] = {
		{.path = "/a/p.so", .runpath = "/one:/two", .needed = {"x.so", "liby.so", "libz.so"}},
		{.path = "/one/x.so"},
		{.path = "/one/glibc-hwcaps/x86-64-v3/x.so"},
		{.path = "/two/glibc-hwcaps/x86-64-v2/x.so"},
		{.path = "/conf/liby.so"},
		{.path = "/usr/lib/glibc-hwcaps/x86-64-v2/liby.so"},
		{.path = "/usr/lib/libz.so"},
		{.path = "/lib64/glibc-hwcaps/power9/libz.so"},
	};
	AUTO_STRV struct strv conf = STRV_INIT;
	strv_add(&conf, "/conf");
	ONE(files, 0, NULL, &conf,
	    "/a/p.so: root -> /a/p.so\n"
	    "x.so: RUNPATH /one/glibc-hwcaps/x86-64-v3 -> /one/glibc-hwcaps/x86-64-v3/x.so\n"
	    "liby.so: default /usr/lib/glibc-hwcaps/x86-64-v2 -> /usr/lib/glibc-hwcaps/x86-64-v2/liby.so\n"
	    "libz.so: default /usr/lib -> /usr/lib/libz.so\n");
}

static void the_environments_origin_is_the_programs(void **state)
{
	(void)state;
	static const struct file files[] = {{.path = "/bin/p", .interp = "/ld.so", .needed = {"liba.so"}},
					    {.path = "/bin/sub/liba.so", .needed = {"libb.so"}},
					    {.path = "/bin/sub/sub/libb.so"},
					    {.path = "/bin/sub/libb.so"}};
	ONE(files, 0, "$ORIGIN/sub", NULL,
	    "/bin/p: root -> /bin/p\nliba.so: LD_LIBRARY_PATH /bin/sub -> /bin/sub/liba.so\n"
	    "libb.so: LD_LIBRARY_PATH /bin/sub -> /bin/sub/libb.so\n");
	static const struct file semicolon[] = {{.path = "/a/p.so", .rpath = "/x;/b", .needed = {"libc.so"}},
						{.path = "/b/libc.so"},
						{.path = "/x;/b/libc.so"}};
	ONE(semicolon, 0, NULL, NULL, "/a/p.so: root -> /a/p.so\nlibc.so: RPATH /x;/b -> /x;/b/libc.so\n");
}

static void assert_dirs(const char *list, enum binary_machine machine, const char *due)
{
	AUTO_STRV struct strv dirs = STRV_INIT;
	loader_dirs(list, ":;", "/o", machine, &dirs);
	AUTO_TEXT char *said = strv_join(&dirs, " ");
	assert_string_equal(said, due);
}

static void tokens_are_replaced_in_both_spellings(void **state)
{
	(void)state;
	assert_dirs("$ORIGIN:${ORIGIN}/../lib/;/x", BINARY_X86_64, "/o /o/../lib /x");
	assert_dirs("/usr/$LIB/y", BINARY_X86_64, "/usr/lib/x86_64-linux-gnu/y /usr/lib64/y");
	assert_dirs("/usr/${LIB}", BINARY_AARCH64, "/usr/lib/aarch64-linux-gnu /usr/lib64");
	assert_dirs("/p/$PLATFORM", BINARY_AARCH64, "/p/aarch64");
	assert_dirs("/x/$ORIGINAL:/y/$", BINARY_X86_64, "/x/$ORIGINAL /y/$");
	assert_dirs("a:./b::", BINARY_X86_64, "");
	assert_dirs("/:/a:/a", BINARY_X86_64, "/ /a");
}

static void ld_so_conf_is_read_with_what_it_includes(void **state)
{
	(void)state;
	const struct blob files[] = {
		blob_text("/etc/ld.so.conf.d/b.conf", "/usr/local/cuda/lib64/stubs # a trap\n/usr/lib/b=libc6\n"),
		blob_text("/etc/ld.so.conf.d/a.conf", "\t/opt/a/ \r\n# nothing\n/opt/a\n"),
		blob_text("/etc/ld.so.conf",
			  "include /etc/ld.so.conf.d/*.conf\nhwcap 1 nosegneg\nrelative\ninclude ld.so.conf\n/last"),
		blob_text("/etc/ld.so.conf.d/x.txt", "/not\n"),
	};
	AUTO_STRV struct strv dirs = STRV_INIT;
	loader_conf(files, ARRAY_LEN(files), &dirs);
	AUTO_TEXT char *said = strv_join(&dirs, " ");
	assert_string_equal(said, "/opt/a /usr/local/cuda/lib64/stubs /usr/lib/b /last");
	AUTO_STRV struct strv none = STRV_INIT;
	loader_conf(files, 2, &none);
	assert_int_equal(none.n, 0);
}

static const struct binary *find_any(void *self, const char *path)
{
	struct binary **v = self;
	uint64_t i = 0;

	return str_starts(path, "/lib64/liba") && str_to_u64(path + strlen("/lib64/liba"), 199, &i) ? v[i] : NULL;
}

static void what_asks_for_more_than_any_process_does_ends(void **state)
{
	struct binary *v[200];
	size_t n = 0;
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		v[i] = binary_new("/lib64/x");
		v[i]->is64 = true;
		strv_addf(&v[i]->needed, "liba%zu", i + 1);
		for (size_t k = 0; k < 1000; k++)
			strv_addf(&v[i]->needed, "libb%zu.%zu.so", i, k);
	}
	AUTO(loader) struct loader *l = loader_new((struct loader_files){.find = find_any, .self = v}, NULL, NULL);
	AUTO(loader) struct loader *sane = loader_new((struct loader_files){.find = find_any, .self = v}, NULL, NULL);
	assert_non_null(loader_load(l, v[0], "/lib64/x", &n));
	assert_true(loader_is_spent(l));
	assert_in_range(n, 2000, 100000);
	assert_non_null(loader_load(sane, v[199], "/lib64/x", &n));
	assert_false(loader_is_spent(sane));
	assert_int_equal(n, 1002);
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		binary_free(v[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(torch_finds_its_libraries_by_rpath_and_origin),
		cmocka_unit_test(the_order_is_rpath_environment_runpath_conf_default),
		cmocka_unit_test(rpath_of_those_that_loaded_it_counts_and_runpath_does_not),
		cmocka_unit_test(what_is_loaded_answers_by_its_soname),
		cmocka_unit_test(files_of_another_machine_are_passed_over),
		cmocka_unit_test(a_name_with_a_slash_is_a_path),
		cmocka_unit_test(libraries_that_need_each_other_end),
		cmocka_unit_test(builds_for_cpus_of_today_come_first),
		cmocka_unit_test(the_environments_origin_is_the_programs),
		cmocka_unit_test(tokens_are_replaced_in_both_spellings),
		cmocka_unit_test(ld_so_conf_is_read_with_what_it_includes),
		cmocka_unit_test(what_asks_for_more_than_any_process_does_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
