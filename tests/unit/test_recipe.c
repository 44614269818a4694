/* Dockerfiles as people write them: what they install, and where it stands. */
#include "intake/recipe.h"

#include "base/str.h"
#include "intake/baseimage.h"
#include "intake/wheelpage.h"
#include "support/t.h"

static bool no_file(void *self, const char *path, struct buf *into)
{
	(void)into;
	strv_add(self, path);
	return false;
}

static bool own_file(void *self, const char *path, struct buf *into)
{
	(void)self;
	if (!str_eq(path, "deps/requirements.txt"))
		return false;
	buf_adds(into, "torch-sparse==0.6.9\n-f https://data.pyg.org/whl/torch-1.7.0+cu102.html\n");
	return true;
}

/* "torch==1.8.1@3 ..." of a Dockerfile; arch list and flags behind it. */
static void check(const char *text, const struct recipe_files *files, const char *want)
{
	static struct strv asked;
	static const struct recipe_files none = {.read = no_file, .self = &asked};
	AUTO(dockerfile) struct dockerfile *d = NULL;
	struct err err = ERR_INIT;
	AUTO_BUF struct buf b = BUF_INIT;
	assert_int_equal(dockerfile_read(blob_text("Dockerfile", text), &d, &err), 0);
	AUTO(recipe) struct recipe *r = recipe_of(d, "Dockerfile", files ? files : &none);
	buf_addf(&b, "%s", r->bases[r->nbases - 1].image);
	for (size_t i = 0; i < r->n; i++) {
		const struct recipe_install *v = &r->v[i];
		buf_addf(&b, " %s%s@%zu", pkg_name(v->pkg), v->spec, v->line);
		for (size_t k = 0; k < v->links.n; k++)
			buf_addf(&b, " -f %s", v->links.v[k]);
		for (size_t k = 0; k < v->indexes.n; k++)
			buf_addf(&b, " -i %s", v->indexes.v[k]);
		buf_addf(&b, "%s%s%s", v->force_cuda ? " forced" : "", v->no_index ? " no-index" : "",
			 v->redirected ? " redirected" : "");
		if (v->arch_list)
			buf_addf(&b, " for %s", v->arch_list);
	}
	for (size_t i = 0; i < r->missing.n; i++)
		buf_addf(&b, " missing %s", r->missing.v[i]);
	strv_clear(&asked);
	for (size_t i = 0; i < b.len; i++)
		b.data[i] = b.data[i] == VARS_UNKNOWN ? '?' : b.data[i];
	assert_string_equal(buf_text(&b), want);
}

static void loops_are_read_once_for_each_value(void **state)
{
	(void)state;
	check("FROM a\nRUN for p in scatter sparse; do pip install torch-$p; done", NULL,
	      "a torch_scatter@2 torch_sparse@2");
	check("FROM a\nRUN set -e; \\\n for p in scatter \\\n sparse; \\\n do \\\n  pip install torch-$p==2; \\\n "
	      "done; "
	      "pip install torch==1",
	      NULL, "a torch_scatter==2@6 torch_sparse==2@6 torch==1@7");
	check("FROM a\nRUN for p in scatter sparse; do for v in 1 2; do pip install torch_$p==$v; done; done", NULL,
	      "a torch_scatter==1@2 torch_scatter==2@2 torch_sparse==1@2 torch_sparse==2@2");
	check("FROM a\nRUN for p in sparse; do while read x; do pip install torch_$p; done; pip install torch==1; done",
	      NULL, "a torch_sparse@2 torch==1@2");
	check("FROM a\nRUN while read p; do pip install torch==1; done < f && pip install torch_sparse", NULL,
	      "a torch==1@2 torch_sparse@2");
	check("FROM a\nRUN for p in a b; do pip install torch==1", NULL, "a torch==1@2");
	check("FROM a\nRUN done; for; for x; for x in; done; pip install torch==1", NULL, "a torch==1@2");
}

static void of_an_if_one_branch_is_read(void **state)
{
	(void)state;
	check("FROM a\nARG G=1\nRUN if [ \"$G\" = \"1\" ]; then pip install torch==1; else pip install torch==2; fi",
	      NULL, "a torch==1@3");
	check("FROM a\nARG G=0\nRUN if [ $G -eq 1 ]; then pip install torch==1; \\\n else pip install torch==2; fi; "
	      "pip "
	      "install torch-sparse",
	      NULL, "a torch==2@4 torch_sparse@4");
	check("FROM a\nENV V=b\nRUN if [[ $V == a ]]; then pip install torch==1; elif test $V = b; then pip install "
	      "torch==2; else pip install torch==3; fi",
	      NULL, "a torch==2@3");
	check("FROM a\nARG V\nRUN if [ -z \"$V\" ]; then pip install torch==1; else pip install torch==$V; fi", NULL,
	      "a torch==1@3");
	check("FROM a\nRUN if [ ! \"$V\" ]; then pip install torch==1; fi; if [ -n \"$V\" ]; then pip install "
	      "torch==2; "
	      "fi; if [ \"$V\" != \"\" ]; then pip install torch==3; fi",
	      NULL, "a torch==1@2");
	check("FROM a\nRUN if command -v x; then pip install torch==1; else pip install torch==2; fi", NULL,
	      "a torch==1@2");
	check("FROM a\nARG A=1\nRUN if [ $A = 2 ]; then if [ $A = 1 ]; then pip install torch==1; fi; for i in x; do "
	      "pip "
	      "install torch==2; done; else for i in sparse; do if [ $i = sparse ]; then pip install torch-$i; fi; "
	      "done; fi",
	      NULL, "a torch_sparse@3");
	check("FROM a\nARG A=1\nRUN if [ $A = 2 ] || [ $A = 1 ]; then pip install torch==1; else pip install torch==2; "
	      "fi",
	      NULL, "a torch==1@3");
	check("FROM a\nRUN fi; else; then pip install torch==1; elif; if; fi; if [ a = b ]; then pip install torch==2",
	      NULL, "a torch==1@2");
}

static void what_looks_like_another_form_is_read_right(void **state)
{
	(void)state;
	check("FROM a\nRUN [ \"$X\" ] && pip install torch==1", NULL, "a torch==1@2");
	check("FROM a\nRUN [\"pip\", \"install\", \"torch==1\"] ", NULL, "a torch==1@2");
	check("FROM a\nRUN conda install pytorch::pytorch=2.0.1 -c nvidia", NULL, "a torch=2.0.1@2");
	check("FROM a\nRUN pip install git+https://github.com/rusty1s/pytorch_sparse.git@0.6.15#egg=torch-sparse", NULL,
	      "a torch_sparse==0.6.15@2");
}

static void values_without_quotes_are_several_words(void **state)
{
	(void)state;
	check("ARG P=\"torch==1 \\\n  torch-sparse==2\"\nFROM a\nARG P\nRUN pip install ${P} -f x", NULL,
	      "a torch==1@5 -f x torch_sparse==2@5 -f x");
	check("FROM a\nENV O=\"-f x --no-index\"\nRUN pip install $O torch==1", NULL, "a torch==1@3 -f x no-index");
	check("FROM a\nENV O=\"a b\"\nRUN pip install torch==1 -f \"$O\"", NULL, "a torch==1@3 -f a b");
}

static void commands_are_found_in_any_spelling(void **state)
{
	(void)state;
	check("FROM a\nRUN pip install torch==1", NULL, "a torch==1@2");
	check("from a\nrun set -ex && python3 -m pip --no-cache-dir install -U 'torch==1' ; pip3.8 install "
	      "\"torch-sparse\"",
	      NULL, "a torch==1@2 torch_sparse@2");
	check("FROM a\nRUN uv pip install --system torch==2 --index-url=https://i", NULL, "a torch==2@2 -i https://i");
	check("FROM a\nRUN conda install -y -c pytorch -n base pytorch=1.7.1 && conda run -n x pip install "
	      "torch-scatter",
	      NULL, "a torch=1.7.1@2 torch_scatter@2");
	check("FROM a\nRUN [\"pip\", \"install\", \"torch==1\"]", NULL, "a torch==1@2");
	check("FROM a\nRUN [\"bash\", \"-lc\", \"pip install torch==1\"]", NULL, "a torch==1@2");
	check("FROM a\nRUN [\"pip\", \"install\", \"torch==1\"", NULL, "a");
	check("FROM a\nRUN --mount=type=cache,target=/x bash -ex <<'EOF'\npip install torch==1\nEOF", NULL,
	      "a torch==1@3");
	check("FROM a\nRUN cat <<EOF >x\npip install torch==1\nEOF\nRUN pip install torch==2", NULL, "a torch==2@5");
	check("ARG V\nFROM --platform=linux/arm64 a:${V:-1}\nRUN pip install torch==1", NULL, "a:1 torch==1@3");
	check("FROM a\nRUN --mount=type=cache,target=/x pip install torch==3", NULL, "a torch==3@2");
	check("FROM a\nRUN echo pip install; pip download torch; pip uninstall torch", NULL, "a");
}

static void lines_are_those_of_the_words(void **state)
{
	(void)state;
	check("FROM a\n\nRUN apt-get update && \\\n  # comment\n\n  pip install \\\n    torch==1 \\\n    torch-sparse",
	      NULL, "a torch==1@7 torch_sparse@8");
	check("FROM a\r\nRUN <<EOF\r\nset -e\r\npip install torch==1\r\nEOF\r\nRUN pip install torch-sparse\r\n", NULL,
	      "a torch==1@4 torch_sparse@6");
	check("# escape=`\nFROM a\nRUN pip install `\n torch==1", NULL, "a torch==1@4");
}

static void variables_are_replaced_where_they_are_known(void **state)
{
	(void)state;
	check("ARG V=11\nFROM a:${V}\nARG V\nARG W\nENV X=1 Y=\"b c\"\nRUN pip install torch==$V.$X -f \"$Y/${W}\" -f "
	      "${Z:-z}/$Q",
	      NULL, "a:11 torch==11.1@6 -f b c/? -f z/");
	check("FROM a\nENV A b c\nRUN export T=1.8 && U=2 pip install torch==${T} -f \"$A\" -f '$A' -f $(x y)", NULL,
	      "a torch==1.8@3 -f b c -f $A -f ?");
	check("FROM a\nENV FORCE_CUDA=1\nRUN TORCH_CUDA_ARCH_LIST=8.0 pip install torch-sparse --no-index", NULL,
	      "a torch_sparse@3 forced no-index for 8.0");
}

static void another_python_than_the_bases_is_seen(void **state)
{
	static const struct {
		const char *run, *python;
	} rows[] = {
		{"apt-get install -y python3.8 python3.8-dev", "3.8"},
		{"python3.9 -m pip install torch", "3.9"},
		{"/usr/bin/python3.10 -m venv /v", "3.10"},
		{"pip3.7 install torch", "3.7"},
		{"V=3.9; python${V} -m pip install torch", "3.9"},
		{"python$(x) -m pip install torch", ""},
		{"wget https://www.python.org/ftp/python/3.8.10/Python-3.8.10.tgz", "3.8"},
		{"bash Miniconda3-py39_4.12.0-Linux-x86_64.sh -b", "3.9"},
		{"wget https://repo.anaconda.com/miniconda/Miniconda3-latest-Linux-x86_64.sh", ""},
		{"uv venv --python 3.11 /v", "3.11"},
		{"uv venv -p cpython-3.12.4", "3.12"},
		{"uv python install 3.13", "3.13"},
		{"uv pip install --python=3.10 torch", "3.10"},
		{"uv pip install torch==2.1.0 pip==23.1", NULL},
		{"pyenv install 3.9.7 && pyenv global 3.9.7", "3.9"},
		{"conda create -n x python=3.8", "3.8"},
		{"python3 -m pip install torch==1.9.0 && pip install -U pip", NULL},
		{"rm -rf /usr/lib/python3.8/x && echo python", NULL},
		{"pip install 'torch==1.9.0+cu111' python-dateutil==2.8", NULL},
	};
	static struct strv asked;
	static const struct recipe_files none = {.read = no_file, .self = &asked};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO(dockerfile) struct dockerfile *d = NULL;
		struct err err = ERR_INIT;
		AUTO_TEXT char *text = xasprintf("FROM ubuntu:18.04\nRUN %s\n", rows[i].run);
		assert_int_equal(dockerfile_read(blob_text("Dockerfile", text), &d, &err), 0);
		AUTO(recipe) struct recipe *r = recipe_of(d, "Dockerfile", &none);
		if (!str_eq(r->python, rows[i].python))
			fail_msg("%s: %s", rows[i].run, r->python ? r->python : "nothing");
	}
}

static void only_stages_of_the_last_one_count(void **state)
{
	(void)state;
	check("FROM a AS one\nRUN pip install torch==1\nFROM b\nRUN pip install torch==2\nFROM c\nCOPY --from=one /x "
	      "/x\n",
	      NULL, "c torch==1@2");
	check("FROM a AS one\nENV V=5\nFROM one AS two\nRUN pip install torch==$V\nFROM two", NULL, "a torch==5@4");
	check("FROM a\nRUN pip install torch==1\nFROM b\nCOPY --from=0 /x /x", NULL, "b torch==1@2");
}

static void a_redirection_eats_the_version(void **state)
{
	(void)state;
	check("FROM a\nRUN pip install torch>=1.8 'torch-sparse>=0.6'", NULL,
	      "a torch@2 redirected torch_sparse>=0.6@2");
}

static void requirement_files_are_found_by_copy(void **state)
{
	const struct recipe_files files = {.read = own_file};
	(void)state;
	check("FROM a\nCOPY deps/requirements.txt /tmp/r.txt\nRUN pip install -r /tmp/r.txt", &files,
	      "a torch_sparse==0.6.9@1 -f https://data.pyg.org/whl/torch-1.7.0+cu102.html");
	check("FROM a\nRUN pip install -r other.txt", &files, "a missing other.txt");
}

static void a_singularity_file_is_read_by_its_sections(void **state)
{
	(void)state;
	check("Bootstrap: docker\nFrom: nvidia/cuda:10.1-devel-ubuntu18.04\n\n%environment\n export A=1\n%post\n  "
	      "apt-get -y \\\n  update\n"
	      "\n  # pip install torch==1\n  pip3 install torch==1.7.0+cu101 -f x\n%runscript\n pip install torch==2\n",
	      NULL, "nvidia/cuda:10.1-devel-ubuntu18.04 torch==1.7.0+cu101@11 -f x");
}

static void texts_without_stages_are_refused(void **state)
{
	AUTO(dockerfile) struct dockerfile *d = NULL;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(dockerfile_read(blob_text("x", "# FROM a\nRUN b"), &d, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, "x: no FROM: this is no Dockerfile");
	err_clear(&err);
}

static void pages_say_torch_and_variant_or_cannot_exist(void **state)
{
	static const struct {
		const char *url, *want;
	} rows[] = {
		{"https://data.pyg.org/whl/torch-2.7.0+cu128.html", "pyg 2.7 12.8"},
		{"https://pytorch-geometric.com/whl/torch-1.8.0%2Bcpu.html", "pyg 1.8 cpu"},
		{"https://data.pyg.org/whl/torch-1.7.0.html", "pyg 1.7"},
		{"https://data.pyg.org/whl/torch-1.8.0+cu111/torch_sparse-0.6.12-cp38-cp38-linux_x86_64.whl",
		 "pyg 1.8 11.1"},
		{"https://download.pytorch.org/whl/cu118", "torch 11.8"},
		{"https://download.pytorch.org/whl/torch_stable.html", "torch"},
		{"https://download.pytorch.org/whl/nightly/cu118", "unknown"},
		{"https://data.pyg.org/whl/torch-1.8.0+11.1.html",
		 "broken: the variant must be written cuNNN, as in cu113"},
		{"https://data.pyg.org/whl/torch-1.8.0+cu111", "broken: it must end in .html"},
		{"https://data.pyg.org/whl/torch-1.8.0+.html", "broken: the variant behind + is empty or none"},
		{"https://data.pyg.org/whl/torch-2.0.0.html", "broken: the variant (+cuNNN or +cpu) is missing"},
		{"https://data.pyg.org/whl/torch-.html", "broken: the version of torch in it is empty or none"},
		{"https://data.pyg.org/whl/torch-{torch.__version__}.html",
		 "broken: a variable stands in it unreplaced"},
		{"https://data.pyg.org/whl/torch-\001+cu111.html", "unknown"},
		{"https://index.example/simple", "other"},
	};
	static const char *const kinds[] = {"other", "unknown", "torch", "pyg", "broken"};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct wheelpage p = wheelpage_read(rows[i].url);
		AUTO_BUF struct buf b = BUF_INIT;
		char text[CUDA_TEXT];
		buf_adds(&b, kinds[p.kind]);
		if (p.kind == WHEELPAGE_PYG)
			buf_addf(&b, " %u.%u", p.major, p.minor);
		if (p.has_variant)
			buf_addf(&b, " %s", cuda_text(&p.variant, text));
		if (p.why)
			buf_addf(&b, ": %s", p.why);
		assert_string_equal(buf_text(&b), rows[i].want);
	}
}

static void bases_say_cuda_system_and_python(void **state)
{
	static const struct {
		const char *image;
		enum baseimage_kind kind;
		unsigned cuda;
		const char *os, *python;
	} rows[] = {
		{"nvidia/cuda:10.2-cudnn7-devel-ubuntu18.04", BASEIMAGE_CUDA, 1002, "ubuntu18.04", "3.6"},
		{"nvcr.io/nvidia/cuda:12.8.1-base-ubuntu22.04", BASEIMAGE_CUDA, 1208, "ubuntu22.04", "3.10"},
		{"pytorch/pytorch:1.8.1-cuda11.1-cudnn8-runtime", BASEIMAGE_TORCH, 1101, NULL, NULL},
		{"nvcr.io/nvidia/pytorch:22.05-py3", BASEIMAGE_NGC, 0, NULL, NULL},
		{"python:3.9-slim", BASEIMAGE_PYTHON, 0, NULL, "3.9"},
		{"ubuntu:22.04", BASEIMAGE_OS, 0, "ubuntu22.04", "3.10"},
		{"debian:12", BASEIMAGE_OS, 0, "debian12", "3.11"},
		{"example.com/x:1", BASEIMAGE_OTHER, 0, NULL, NULL},
		{"a:\001", BASEIMAGE_UNKNOWN, 0, NULL, NULL},
		{"NO NAME", BASEIMAGE_OTHER, 0, NULL, NULL},
	};
	const struct catalog *c = &catalog_builtin;
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct baseimage b = baseimage_read(c, rows[i].image);
		assert_int_equal(b.kind, rows[i].kind);
		assert_int_equal(b.cuda, rows[i].cuda);
		assert_true(str_eq(b.os ? catalog_str(c, b.os->name) : NULL, rows[i].os));
		assert_true(str_eq(b.python >= 0 ? catalog_str(c, c->pythons[b.python].name) : NULL, rows[i].python));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_are_found_in_any_spelling),
		cmocka_unit_test(loops_are_read_once_for_each_value),
		cmocka_unit_test(of_an_if_one_branch_is_read),
		cmocka_unit_test(what_looks_like_another_form_is_read_right),
		cmocka_unit_test(values_without_quotes_are_several_words),
		cmocka_unit_test(lines_are_those_of_the_words),
		cmocka_unit_test(variables_are_replaced_where_they_are_known),
		cmocka_unit_test(another_python_than_the_bases_is_seen),
		cmocka_unit_test(only_stages_of_the_last_one_count),
		cmocka_unit_test(a_redirection_eats_the_version),
		cmocka_unit_test(requirement_files_are_found_by_copy),
		cmocka_unit_test(a_singularity_file_is_read_by_its_sections),
		cmocka_unit_test(texts_without_stages_are_refused),
		cmocka_unit_test(pages_say_torch_and_variant_or_cannot_exist),
		cmocka_unit_test(bases_say_cuda_system_and_python),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
