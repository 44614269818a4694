/* Pasted logs: every row of the table of known failures, in whatever noise. */
#include "intake/errlog.h"

#include "base/str.h"
#include "intake/failure.h"
#include "intake/logtext.h"
#include "support/t.h"

#define E1                                                                                                             \
	"RuntimeError: Detected that PyTorch and torch_sparse were compiled with different CUDA versions. PyTorch "    \
	"has CUDA "                                                                                                    \
	"version 10.2 and torch_sparse has CUDA version 11.1. Please reinstall the torch_sparse that matches your "    \
	"PyTorch "                                                                                                     \
	"install."
#define SPARSE "OSError: /usr/lib/python3/site-packages/torch_sparse/_version_cuda.so: "

static const struct {
	const char *text, *codes;
} rows[] = {
	{E1, "cuda-major-mismatch"},
	{"RuntimeError: Detected that PyTorch and torch_scatter were compiled with different CUDA versions. PyTorch "
	 "has CUDA "
	 "version 10.1 and torch_scatter has CUDA version 10.2. Please reinstall",
	 "cuda-minor-mismatch"},
	{"Detected that PyTorch and torch_sparse were compiled with different CUDA versions. PyTorch has CUDA version "
	 "11.1 and "
	 "torch_sparse has CUDA version 0.0. Please reinstall",
	 "extension-cpu-only"},
	{"RuntimeError: Detected that PyTorch and torchvision were compiled with different CUDA versions. PyTorch has "
	 "CUDA "
	 "Version=11.7 and torchvision has CUDA Version=10.2. Please reinstall",
	 "cuda-major-mismatch"},
	{"ImportError: Could not find module '_version_cpu' in /home/me/pytorch_sparse/torch_sparse",
	 "extension-not-compiled"},
	{"AttributeError: 'NoneType' object has no attribute 'origin'", "extension-cpu-only"},
	{SPARSE "undefined symbol: _ZN5torch3jit17parseSchemaOrNameERKSs", "cxx11-abi-mismatch"},
	{SPARSE "undefined symbol: "
		"_ZN3c106detail14torchCheckFailEPKcS2_jRKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE",
	 "cxx11-abi-mismatch"},
	{SPARSE "undefined symbol: _ZN2at5emptyEN3c108ArrayRefIlEENS0_13TensorOptionsE", "torch-version-mismatch"},
	{SPARSE "undefined symbol: _ZN3c1017RegisterOperatorsD1Ev", "torch-version-mismatch"},
	{"ImportError: /opt/torch/lib/libtorch_cuda.so: undefined symbol: __nvJitLinkAddData_12_1, version "
	 "libnvJitLink.so.12",
	 "cuda-libraries-mixed"},
	{"RuntimeError: Expected PyTorch version 1.4 but found version 1.5.", "torch-version-mismatch"},
	{"OSError: libtorch_cuda.so: cannot open shared object file: No such file or directory",
	 "missing-cuda-library"},
	{"OSError: libtorch_cuda_cu.so: cannot open shared object file: No such file", "cuda-major-mismatch"},
	{"OSError: libtorch_cuda_cpp.so: cannot open shared object file: No such file", "cuda-major-mismatch"},
	{"OSError: libc10_cuda.so: cannot open shared object file: No such file or directory", "missing-cuda-library"},
	{"OSError: libcudart.so.11.0: cannot open shared object file: No such file or directory",
	 "missing-cuda-library"},
	{"Collecting torch==1.8.1+cu102 ... OSError: libcudart.so.11.0: cannot open shared object file",
	 "cuda-major-mismatch"},
	{"OSError: libcusparse.so.10: cannot open shared object file: No such file or directory",
	 "missing-cuda-library"},
	{"ImportError: libnvJitLink.so.12: cannot open shared object file: No such file", "missing-cuda-library"},
	{"RuntimeError: Not compiled with CUDA support", "extension-cpu-only"},
	{"AssertionError: Torch not compiled with CUDA enabled", "torch-cpu-only"},
	{"RuntimeError: Not compiled with METIS support", "metis-missing"},
	{"OSError: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.27' not found (required by _convert_cpu.so)",
	 "glibc-too-old"},
	{"ImportError: /lib/libstdc++.so.6: version `GLIBCXX_3.4.29' not found (required by x.so)",
	 "libstdcxx-too-old"},
	{"RuntimeError: CUDA error: no kernel image is available for execution on the device", "arch-not-covered"},
	{"NVIDIA GeForce RTX 5090 with CUDA capability sm_120 is not compatible with the current PyTorch installation.",
	 "arch-not-covered"},
	{"Found GPU0 Tesla K40 which is of cuda capability 3.5. PyTorch no longer supports this GPU because it is too "
	 "old.",
	 "arch-not-covered"},
	{"RuntimeError: The detected CUDA version (12.1) mismatches the version that was used to compile PyTorch "
	 "(11.8). Please "
	 "make sure to use the same CUDA versions.",
	 "cuda-major-mismatch"},
	{"File \"setup.py\", line 8, in <module> import torch ModuleNotFoundError: No module named 'torch'",
	 "build-isolation"},
	{"ModuleNotFoundError: No module named 'torch'", "missing-torch"},
	{"ModuleNotFoundError: No module named 'torch_scatter'", "missing-torch-scatter"},
	{"ImportError: 'SparseTensor' requires 'torch-sparse'", "import-swallowed"},
	{"UserWarning: An issue occurred while importing 'torch-sparse'. Disabling its usage. Stacktrace: " SPARSE
	 "undefined symbol: _ZN3c10something",
	 "torch-version-mismatch import-swallowed"},
	{"Segmentation fault (core dumped)", "torch-version-mismatch"},
	{"Building wheel for torch-sparse (setup.py): started", "no-wheel"},
	{"Running setup.py install for torch-scatter: started", "no-wheel"},
	{"arch_list[-1] += '+PTX' IndexError: list index out of range", "arch-list-unset"},
	{"OSError: CUDA_HOME environment variable is not set. Please set it to your CUDA install root.",
	 "toolkit-missing"},
	{"nvcc fatal   : Unsupported gpu architecture 'compute_86'", "arch-not-covered"},
	{"#error -- unsupported GNU version! gcc versions later than 8 are not supported!", "compiler-too-new"},
	{"error: 'CHECK_LT' was not declared in this scope", "source-does-not-compile"},
	{"fatal error: parallel_hashmap/phmap.h: No such file or directory", "source-does-not-compile"},
	{"ERROR: torch_sparse-0.6.18-cp310-cp310-linux_x86_64.whl is not a supported wheel on this platform.",
	 "no-wheel"},
	{"ERROR: Could not find a version that satisfies the requirement torch==1.8.1+cu111 (from versions: 1.11.0)",
	 "no-wheel"},
	{"CUDA error: device kernel image is invalid", "invalid-kernel-image"},
	{"CUDA error: the provided PTX was compiled with an unsupported toolchain.", "ptx-too-new-for-driver"},
	{"The NVIDIA driver on your system is too old (found version 10010). Please update", "driver-too-old"},
	{"CUDA driver version is insufficient for CUDA runtime version", "driver-too-old"},
	{"RuntimeError: Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU", "no-driver"},
	{"libcuda.so.1: cannot open shared object file: No such file or directory", "no-driver"},
	{"OSError: /usr/lib/libcuda.so.1: file too short", "driver-file-empty"},
	{"CUDA driver is a stub library", "driver-stub"},
	{"RuntimeError: No CUDA GPUs are available", "no-device"},
	{"RuntimeError: CUDA error: all CUDA-capable devices are busy or unavailable", "device-busy"},
	{"torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB", "out-of-memory"},
	{"RuntimeError: CUDA error: uncorrectable ECC error encountered", "hardware-fault"},
	{"RuntimeError: CUDA error: an illegal memory access was encountered", "illegal-address"},
	{"RuntimeError: CUDA error: unspecified launch failure", "launch-failed"},
	{"Error 802: system not yet initialized", "system-not-ready"},
	{"Error 803: system has unsupported display driver / cuda driver combination", "driver-mismatch"},
	{"Error 804: forward compatibility was attempted on non supported HW", "forward-compat-unsupported"},
	{"CUDA unknown error - this may be due to an incorrectly set up environment", "driver-not-usable"},
	{"nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.4, please update your driver",
	 "driver-refused-by-image"},
	{"RuntimeError: \"_\" not implemented for 'BFloat16'", "bfloat16-unsupported"},
};

static const char *codes_of(struct blob log, struct buf *into, size_t *line)
{
	AUTO(diagnosis) struct diagnosis *d = errlog_read(log, &catalog_builtin);
	for (size_t i = 0; i < d->n; i++) {
		buf_addf(into, "%s%s", i ? " " : "", d->v[i].code);
		assert_true(*d->v[i].because && *d->v[i].proof && *d->v[i].fix);
		assert_null(strstr(d->v[i].because, "{"));
		assert_null(strstr(d->v[i].fix, "{"));
	}
	if (line)
		*line = d->n ? d->v[0].line : 0;
	return buf_text(into);
}

static void each_known_text_has_its_cause(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_BUF struct buf codes = BUF_INIT;
		assert_string_equal(codes_of(blob_text("log", rows[i].text), &codes, NULL), rows[i].codes);
	}
}

/* text with a line break and prefix after every `width` bytes, whatever is there. */
static void wrap(const char *text, size_t width, const char *prefix, const char *newline, struct buf *into)
{
	buf_addf(into, "%s", prefix);
	for (size_t i = 0; text[i]; i++) {
		if (i && i % width == 0)
			buf_addf(into, "%s%s", newline, prefix);
		buf_addc(into, text[i]);
	}
	buf_adds(into, newline);
}

static void broken_lines_and_what_stands_before_them_do_not_hide_a_cause(void **state)
{
	static const char *const prefixes[] = {"",
					       "2026-11-28T17:26:29.123456Z ",
					       "[2026-11-28 17:26:29,123] ",
					       "#12 34.56 ",
					       "web_1  | ",
					       "> ",
					       "[rank0]: ",
					       "[1,0]<stderr>:",
					       "E       ",
					       "Nov 28 17:26:29 node01 app[123]: ",
					       "2026-11-28T17:26:29.123456789Z stderr F ",
					       "\033[31m",
					       "12: ",
					       "\xe2\x94\x82 "};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (size_t p = 0; p < ARRAY_LEN(prefixes); p++) {
			AUTO_BUF struct buf log = BUF_INIT;
			AUTO_BUF struct buf codes = BUF_INIT;
			size_t line = 0;
			buf_adds(&log, "Traceback (most recent call last):\r\n  File \"x.py\"\r\n");
			wrap(rows[i].text, 79, prefixes[p], p % 2 ? "\r\n" : "\n", &log);
			if (strcmp(codes_of(buf_blob(&log, "log"), &codes, &line), rows[i].codes) != 0)
				fail_msg("row %zu, prefix %zu: %s, not %s:\n%s", i, p, buf_text(&codes), rows[i].codes,
					 buf_text(&log));
			assert_true(line >= 3);
		}
}

static void every_width_of_a_terminal_shows_the_same_cause(void **state)
{
	(void)state;
	for (size_t width = 20; width < 120; width++) {
		AUTO_BUF struct buf log = BUF_INIT;
		AUTO_BUF struct buf codes = BUF_INIT;
		wrap(E1, width, "", "\n", &log);
		assert_string_equal(codes_of(buf_blob(&log, "log"), &codes, NULL), "cuda-major-mismatch");
	}
}

static void encodings_and_records_do_not_hide_a_cause(void **state)
{
	AUTO_BUF struct buf wide = BUF_INIT;
	AUTO_BUF struct buf one = BUF_INIT;
	AUTO_BUF struct buf two = BUF_INIT;
	AUTO_BUF struct buf three = BUF_INIT;
	(void)state;
	buf_add(&wide, "\xff\xfe", 2);
	for (const char *at = E1; *at; at++)
		buf_add(&wide, (const char[]){*at, 0}, 2);
	assert_string_equal(codes_of(buf_blob(&wide, "log"), &one, NULL), "cuda-major-mismatch");
	assert_string_equal(
		codes_of(blob_text("log", "{\"log\":\"\\u001b[31mAttributeError: 'NoneType' object\\nhas no attribute "
					  "\\u001b[0m'origin'\\n\",\"stream\":\"stderr\"}"),
			 &two, NULL),
		"extension-cpu-only");
	assert_string_equal(codes_of(blob_text("log", "version \xe2\x80\x98GLIBC_2.32\xe2\x80\x99 not&#39; found\n"
						      "version \xe2\x80\x98GLIBC_2.32\xe2\x80\x99 not found"),
				     &three, NULL),
			    "glibc-too-old");
}

static void words_that_only_look_like_a_failure_are_none(void **state)
{
	static const char *const texts[] = {
		"",
		"\n\n",
		"all is well",
		"ImportError: /usr/lib/libfoo.so: undefined symbol: foo_bar",
		"Successfully installed torch-1.8.1 torch-sparse-0.6.12",
		"Building wheels for collected packages: foo",
		"Building wheel for numpy (setup.py): started",
		"libfoo.so.1: cannot open shared object file",
		"GLIBC_2.27",
		"No module named 'torchvision'",
		"version 10.2 and torch_sparse has CUDA version 11.1",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		AUTO_BUF struct buf codes = BUF_INIT;
		assert_string_equal(codes_of(blob_text("log", texts[i]), &codes, NULL), "");
	}
}

static void a_cause_names_its_line_and_both_versions(void **state)
{
	AUTO(diagnosis) struct diagnosis *d = errlog_read(blob_text("log", "a\nb\n\n" E1 "\nc\n"), &catalog_builtin);
	(void)state;
	assert_int_equal(d->n, 1);
	assert_int_equal(d->v[0].line, 4);
	assert_string_equal(d->v[0].text, E1);
	assert_string_equal(d->v[0].because,
			    "torch is built for CUDA 10.2 and torch_sparse for CUDA 11.1: two CUDA majors "
			    "cannot share one process");
	assert_string_equal(d->v[0].fix,
			    "install torch_sparse for CUDA 10.2 like torch: pip install --no-index torch_sparse -f "
			    "https://data.pyg.org/whl/torch-X.Y.0+cu102.html, with X.Y of that torch");
	assert_string_equal(d->v[0].fact, "table of known failures: E1");
}

static void what_explains_the_rest_comes_first_and_repeats_are_said_once(void **state)
{
	static const char log[] =
		"Building wheel for torch-sparse (setup.py)\nUserWarning: An issue occurred while importing "
		"'torch-sparse'. Disabling its usage\n" SPARSE "undefined symbol: _ZN3c10x\n" SPARSE
		"undefined symbol: _ZN3c10x\n";
	AUTO(diagnosis) struct diagnosis *d = errlog_read(blob_text("log", log), &catalog_builtin);
	(void)state;
	assert_int_equal(d->n, 3);
	assert_string_equal(d->v[0].code, "torch-version-mismatch");
	assert_int_equal(d->v[0].line, 3);
	assert_string_equal(d->v[1].code, "no-wheel");
	assert_string_equal(d->v[2].code, "import-swallowed");
}

static void a_large_log_takes_time_by_its_length_alone(void **state)
{
	AUTO_BUF struct buf log = BUF_INIT;
	AUTO_BUF struct buf codes = BUF_INIT;
	(void)state;
	while (log.len < 2U << 20)
		buf_adds(&log, "libcuda libcud Detected that PyTorch and and and undefined symbol undefined symbol: "
			       "[[[[ 'NoneType'\n");
	buf_adds(&log, E1 "\n");
	assert_string_equal(codes_of(buf_blob(&log, "log"), &codes, NULL), "cuda-major-mismatch");
}

static void check_row(const struct failure *f, const char *pattern)
{
	const char *hole = strpbrk(pattern, "{|");
	assert_int_not_equal(pattern_anchor(pattern) >> 24, 0);
	assert_true(!hole || hole - pattern >= PATTERN_ANCHOR);
	assert_true(f->is || (f->id && f->code && f->because && f->proof && f->fix));
}

static void every_row_of_the_table_is_whole(void **state)
{
	size_t n = 0;
	(void)state;
	for (size_t t = 0; failure_tables[t]; t++)
		for (const struct failure *f = failure_tables[t]; f->pattern; f++)
			for (const char *p = f->pattern; p; p = pattern_next(p), n++)
				check_row(f, p);
	assert_true(n > 250 && n < 512);
}
static void noise_is_taken_out_and_lines_stay(void **state)
{
	AUTO_BUF struct buf out = BUF_INIT;
	(void)state;
	logtext_clean(blob_text("log", "\033[1;31ma\033[0m  b\t\"c\"\n[0m#3 0.1 d\r\n\r\n\033]0;title\ae"), &out);
	assert_string_equal(buf_text(&out), "a b 'c'\nd\n\ne");
	buf_clear(&out);
	logtext_clean(blob_text("log", "\xe2\x94\x82 a &gt;= b &amp;&lt; &c; \xe2\x94\x82  \r\n\xe2\x94\x83 d "
				       "\xe2\x94\x83 e \xe2\x94\x83"),
		      &out);
	assert_string_equal(buf_text(&out), "a >= b &< &c;\nd \xe2\x94\x83 e ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_known_text_has_its_cause),
		cmocka_unit_test(broken_lines_and_what_stands_before_them_do_not_hide_a_cause),
		cmocka_unit_test(every_width_of_a_terminal_shows_the_same_cause),
		cmocka_unit_test(encodings_and_records_do_not_hide_a_cause),
		cmocka_unit_test(words_that_only_look_like_a_failure_are_none),
		cmocka_unit_test(a_cause_names_its_line_and_both_versions),
		cmocka_unit_test(what_explains_the_rest_comes_first_and_repeats_are_said_once),
		cmocka_unit_test(a_large_log_takes_time_by_its_length_alone),
		cmocka_unit_test(every_row_of_the_table_is_whole),
		cmocka_unit_test(noise_is_taken_out_and_lines_stay),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
