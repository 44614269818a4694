#include "probe/judge.h"

#include "support/t.h"

#define HOST  "{\"cudabuild\": 1, \"from\": \"host\", "
#define SMOKE "{\"cudabuild\": 1, \"from\": \"smoke\", "
#define ENDS  HOST "\"end\": true}\n" SMOKE "\"end\": true}\n"
#define NO_GPU                                                                                                         \
	HOST "\"id\": \"gpu.driver\", \"status\": \"skip\", \"code\": \"no-driver\", \"found\": \"no NVIDIA "          \
	     "driver\"}\n"
#define DEVICE(n, compute) HOST "\"device\": " #n ", \"name\": \"G\", \"compute\": \"" compute "\"}\n"
#define RAN(n)		   HOST "\"device\": " #n ", \"ran\": true}\n"
#define PACKAGE(name, version, cuda)                                                                                   \
	SMOKE "\"package\": \"" name "\", \"version\": \"" version "\", \"cuda\": \"" cuda "\"}\n"

static struct report *judged(const char *said, const struct judge_expect *want)
{
	struct err err = ERR_INIT;
	struct report *r = report_new("x");
	AUTO(verdict) struct verdict *v = NULL;

	assert_int_equal(verdict_parse(blob_text("the probe", said), NULL, &v, &err), 0);
	judge_check(v, want, r);
	return r;
}

static const struct report_check *row(const struct report *r, const char *id)
{
	for (size_t i = 0; i < r->nchecks; i++)
		if (strcmp(r->checks[i].id, id) == 0)
			return &r->checks[i];
	return NULL;
}

/* The only row of that id, its status and code (NULL = none). */
static void assert_row(const struct report *r, const char *id, enum report_status status, const char *code)
{
	const struct report_check *c = row(r, id);

	if (!c)
		fail_msg("no row %s", id);
	assert_int_equal(c->status, status);
	if (code)
		assert_string_equal(c->code, code);
	else
		assert_null(c->code);
}

static void a_missing_gpu_is_a_skip_where_none_was_to_be_there(void **state)
{
	const struct judge_expect want = {.smoke = true};
	AUTO(report) struct report *r = judged(NO_GPU ENDS, &want);
	(void)state;
	assert_row(r, "gpu.driver", REPORT_SKIP, "no-driver");
	assert_string_equal(row(r, "gpu.driver")->found, "no GPU: no NVIDIA driver");
	assert_int_equal(report_exit_code(r), 0);
}

static void forged_lines_fail_the_image(void **state)
{
	const struct verdict_tags tags = {.host = "h", .smoke = "s"};
	AUTO(report) struct report *r = report_new("x");
	AUTO(verdict) struct verdict *v = NULL;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(
		verdict_parse(blob_text("the probe", ENDS HOST "\"tag\": \"h\", \"end\": true}\n"), &tags, &v, &err),
		0);
	judge_check(v, &(struct judge_expect){.smoke = false}, r);
	assert_row(r, "probe.forged", REPORT_FAIL, "forged-verdict");
	assert_string_equal(row(r, "probe.forged")->found, "2 lines claim to come from the probe and do not");
}

static void a_gpu_that_was_not_asked_for_is_one_that_the_host_does_not_show(void **state)
{
	const struct judge_expect want = {.smoke = false};
	AUTO(report)
	struct report *r = judged(
		HOST "\"id\": \"gpu.driver\", \"status\": \"skip\", \"code\": \"not-asked\", \"found\": \"x\"}\n" ENDS,
		&want);
	(void)state;
	assert_string_equal(row(r, "gpu.driver")->found, "no GPU: the host shows no NVIDIA device");
}

static void a_missing_gpu_is_an_error_where_the_host_shows_one_or_one_is_required(void **state)
{
	const struct judge_expect shown = {.gpu_shown = true}, required = {.gpu_required = true};
	AUTO(report) struct report *a = judged(NO_GPU ENDS, &shown), *b = judged(NO_GPU ENDS, &required);
	(void)state;
	assert_row(a, "gpu.driver", REPORT_ERROR, "no-driver");
	assert_int_equal(report_exit_code(a), 6);
	assert_row(b, "gpu.driver", REPORT_ERROR, "no-driver");
	assert_int_equal(report_exit_code(b), 6);
	assert_int_equal(a->nchecks, 1);
}

static void a_failed_row_stays_one_with_all_its_texts(void **state)
{
	const struct judge_expect want = {.gpu_shown = true};
	AUTO(report)
	struct report *r =
		judged(DEVICE(0, "9.0") HOST
		       "\"id\": \"gpu.spmm.image.f32.i32\", \"status\": \"fail\", \"code\": \"wrong-result\", "
		       "\"expected\": \"e\", \"found\": \"f\", \"file\": \"p\", \"hint\": \"h\", "
		       "\"device\": 0, \"ms\": 5}\n" ENDS,
		       &want);
	const struct report_check *c = row(r, "gpu.spmm.image.f32.i32");
	(void)state;
	assert_row(r, "gpu.spmm.image.f32.i32", REPORT_FAIL, "wrong-result");
	assert_string_equal(c->fault, "image");
	assert_string_equal(c->expected, "e");
	assert_string_equal(c->found, "f");
	assert_string_equal(c->file, "p");
	assert_string_equal(c->hint, "h");
	assert_int_equal(c->ms, 5);
	assert_int_equal(report_exit_code(r), 1);
}

/* What a row of that id, status and code becomes; more: lines in front of it. */
static void assert_fault(const char *more, const char *id, const char *status, const char *code,
			 enum report_status want, const char *fault, int exit_code)
{
	const struct judge_expect expect = {.gpu_shown = true, .driver = "535.104.05"};
	AUTO_TEXT char *said =
		xasprintf("%s" DEVICE(0, "9.0") HOST "\"id\": \"%s\", \"status\": \"%s\", \"code\": \"%s\", "
						     "\"device\": 0, \"hint\": \"mend\"}\n" ENDS,
			  more, id, status, code);
	AUTO(report) struct report *r = judged(said, &expect);

	assert_row(r, id, want, code);
	if (fault)
		assert_string_equal(row(r, id)->fault, fault);
	else
		assert_null(row(r, id)->fault);
	assert_string_equal(row(r, id)->hint, "mend");
	assert_int_equal(report_exit_code(r), exit_code);
}

static void every_cause_is_the_images_the_hosts_or_not_known(void **state)
{
	static const struct {
		const char *id, *status, *code;
		enum report_status want;
		const char *fault;
		int exit_code;
	} rows[] = {
		{"gpu.driver", "fail", "driver-file-empty", REPORT_FAIL, "image", 1},
		{"gpu.driver", "fail", "driver-stub", REPORT_FAIL, "image", 1},
		{"gpu.driver", "error", "driver-not-mounted", REPORT_ERROR, "host", 6},
		{"gpu.driver", "skip", "no-driver", REPORT_ERROR, "host", 6},
		{"gpu.driver", "skip", "no-device", REPORT_ERROR, "host", 6},
		{"gpu.driver", "fail", "driver-too-old", REPORT_FAIL, "image", 1},
		{"gpu.driver", "fail", "forward-compat-unsupported", REPORT_FAIL, "image", 1},
		{"gpu.driver", "fail", "driver-mismatch", REPORT_ERROR, "host", 6},
		{"gpu.driver", "fail", "driver-call-refused", REPORT_ERROR, "host", 6},
		{"gpu.driver", "error", "driver-not-usable", REPORT_ERROR, "host", 6},
		{"gpu.driver", "error", "system-not-ready", REPORT_ERROR, "host", 6},
		{"gpu.context", "error", "out-of-memory", REPORT_ERROR, "host", 6},
		{"gpu.context", "error", "device-busy", REPORT_ERROR, "host", 6},
		{"gpu.context", "error", "hardware-fault", REPORT_ERROR, "host", 6},
		{"gpu.context", "error", "mps-not-reachable", REPORT_ERROR, "host", 6},
		{"gpu.context", "error", "driver-error", REPORT_ERROR, "unknown", 6},
		{"gpu.module.ptx", "error", "jit-missing", REPORT_ERROR, "host", 6},
		{"gpu.module.ptx", "error", "jit-disabled", REPORT_ERROR, "unknown", 6},
		{"gpu.module.ptx", "fail", "arch-not-covered", REPORT_ERROR, "host", 6},
		{"gpu.module.image", "fail", "arch-not-covered", REPORT_FAIL, "image", 1},
		{"gpu.module.image", "fail", "invalid-kernel-image", REPORT_FAIL, "image", 1},
		{"gpu.module.image", "fail", "ptx-too-new-for-driver", REPORT_FAIL, "image", 1},
		{"gpu.spmm.ptx.f32.i32", "fail", "wrong-result", REPORT_ERROR, "host", 6},
		{"gpu.spmm.ptx.f32.i32", "fail", "illegal-address", REPORT_ERROR, "host", 6},
		{"gpu.spmm.ptx.f32.i32", "fail", "launch-failed", REPORT_ERROR, "host", 6},
		{"gpu.spmm.ptx.f32.i32", "error", "hang", REPORT_ERROR, "unknown", 4},
		{"gpu.torch_sparse.sum.f32", "fail", "arch-not-covered", REPORT_FAIL, "image", 1},
		{"gpu.torch_sparse.sum.f32", "fail", "wrong-result", REPORT_FAIL, "image", 1},
		{"gpu.torch_sparse.sum.f32", "error", "out-of-memory", REPORT_ERROR, "host", 6},
		{"gpu.torch_sparse.sum.f32", "error", "hardware-fault", REPORT_ERROR, "host", 6},
		{"gpu.torch", "error", "driver-not-usable", REPORT_ERROR, "host", 6},
		{"gpu.torch", "error", "system-not-ready", REPORT_ERROR, "host", 6},
		{"gpu.torch", "skip", "no-driver", REPORT_ERROR, "host", 6},
		{"gpu.torch", "skip", "no-device", REPORT_ERROR, "host", 6},
		{"gpu.torch", "fail", "driver-too-old", REPORT_FAIL, "image", 1},
		{"gpu.driver", "error", "invalid-device", REPORT_ERROR, "host", 6},
		{"gpu.context", "fail", "driver-stub", REPORT_FAIL, "image", 1},
		{"bench.spmm.ptx.f32.i32", "error", "hardware-fault", REPORT_ERROR, "host", 6},
		{"cudart", "fail", "driver-too-old", REPORT_FAIL, "image", 1},
		{"cudart", "error", "system-not-ready", REPORT_ERROR, "host", 6},
		{"cudart", "skip", "no-driver", REPORT_SKIP, NULL, 0},
		{"cudart", "warn", "library-not-loadable", REPORT_WARN, NULL, 0},
		{"cudart.2", "fail", "crash", REPORT_FAIL, "image", 1},
		{"cusparse", "fail", "library-not-usable", REPORT_FAIL, "image", 1},
		{"cusparse", "fail", "arch-not-covered", REPORT_FAIL, "image", 1},
		{"cusparse", "fail", "wrong-result", REPORT_FAIL, "image", 1},
		{"cusparse", "error", "out-of-memory", REPORT_ERROR, "host", 6},
		{"cusparse", "error", "library-unknown-status", REPORT_ERROR, "unknown", 6},
		{"cusparse", "error", "hang", REPORT_ERROR, "unknown", 4},
		{"gpu.crash", "fail", "crash", REPORT_ERROR, "unknown", 6},
		{"smoke.crash", "fail", "crash", REPORT_FAIL, "image", 1},
		{"smoke.crash", "error", "killed", REPORT_ERROR, "unknown", 4},
		{"import.torch_sparse", "fail", "cuda-major-mismatch", REPORT_FAIL, "image", 1},
		{"gpu.context", "pass", "x", REPORT_PASS, NULL, 0},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_fault("", rows[i].id, rows[i].status, rows[i].code, rows[i].want, rows[i].fault,
			     rows[i].exit_code);
}

static void what_others_met_on_a_gpu_that_computes_wrongly_is_the_gpus_fault(void **state)
{
	static const char wrong[] =
		HOST "\"id\": \"gpu.spmm.ptx.f16.i32\", \"status\": \"fail\", \"code\": \"wrong-result\", "
		     "\"device\": 0}\n",
			  other[] = HOST
			  "\"id\": \"gpu.spmm.ptx.f16.i32\", \"status\": \"fail\", \"code\": \"wrong-result\", "
			  "\"device\": 1}\n";
	(void)state;
	assert_fault(wrong, "gpu.torch_sparse.sum.f32", "fail", "wrong-result", REPORT_ERROR, "host", 6);
	assert_fault(wrong, "cusparse", "fail", "wrong-result", REPORT_ERROR, "host", 6);
	assert_fault(HOST
		     "\"id\": \"gpu.module.ptx\", \"status\": \"error\", \"code\": \"jit-disabled\", \"device\": 0}\n",
		     "cusparse", "fail", "wrong-result", REPORT_FAIL, "image", 1);
	assert_fault(other, "gpu.spmm.image.f32.i32", "fail", "wrong-result", REPORT_FAIL, "image", 1);
}

static void a_library_too_new_for_the_driver_is_a_warning_where_another_works(void **state)
{
	static const struct judge_expect want = {.gpu_shown = true};
	static const char works[] = HOST "\"id\": \"cudart\", \"status\": \"pass\"}\n",
			  new[] = HOST "\"id\": \"cudart.2\", \"status\": \"fail\", \"code\": \"driver-too-old\"}\n",
			  wrong[] = HOST "\"id\": \"cudart.2\", \"status\": \"fail\", \"code\": \"crash\"}\n",
			  sparse[] =
				  HOST "\"id\": \"cusparse\", \"status\": \"fail\", \"code\": \"arch-not-covered\"}\n";
	(void)state;
	AUTO_TEXT char *both = xasprintf("%s%s" ENDS, works, new);
	AUTO(report) struct report *r = judged(both, &want);
	assert_row(r, "cudart.2", REPORT_WARN, "driver-too-old");
	assert_int_equal(report_exit_code(r), 0);
	AUTO_TEXT char *alone = xasprintf("%s" ENDS, new);
	AUTO(report) struct report *s = judged(alone, &want);
	assert_row(s, "cudart.2", REPORT_FAIL, "driver-too-old");
	AUTO_TEXT char *crashed = xasprintf("%s%s" ENDS, works, wrong);
	AUTO(report) struct report *t = judged(crashed, &want);
	assert_row(t, "cudart.2", REPORT_FAIL, "crash");
	AUTO_TEXT char *other = xasprintf("%s%s" ENDS, works, sparse);
	AUTO(report) struct report *u = judged(other, &want);
	assert_row(u, "cusparse", REPORT_FAIL, "arch-not-covered");
}

static void a_driver_older_than_any_target_is_the_hosts_fault_and_compat_libraries_are_the_images(void **state)
{
	(void)state;
	assert_fault(HOST "\"driver\": \"470.82.01\"}\n", "gpu.driver", "fail", "driver-too-old", REPORT_ERROR, "host",
		     6);
	assert_fault(HOST "\"driver\": \"535.104.05\"}\n", "gpu.driver", "fail", "driver-too-old", REPORT_FAIL, "image",
		     1);
	assert_fault(HOST "\"driver\": \"nonsense\"}\n", "gpu.driver", "fail", "driver-too-old", REPORT_FAIL, "image",
		     1);
	assert_fault(HOST "\"libcuda\": \"/usr/local/cuda/compat/libcuda.so.1\"}\n", "gpu.driver", "fail",
		     "driver-mismatch", REPORT_FAIL, "image", 1);
}

static void rows_of_several_devices_carry_the_device(void **state)
{
	const struct judge_expect want = {.gpu_shown = true};
	AUTO(report)
	struct report *r = judged(DEVICE(0, "9.0") DEVICE(1, "8.0") HOST
				  "\"id\": \"gpu.context\", \"status\": \"pass\", \"device\": 1}\n" ENDS,
				  &want);
	(void)state;
	assert_row(r, "gpu.context@1", REPORT_PASS, NULL);
}

static void a_hang_is_an_error_of_the_engine_and_names_the_place(void **state)
{
	const struct judge_expect want = {.smoke = true};
	AUTO(report)
	struct report *r = judged(
		SMOKE "\"at\": \"import torch_sparse\"}\n" HOST
		      "\"id\": \"smoke.hang\", \"status\": \"error\", \"code\": \"hang\", \"found\": \"no end\"}\n" HOST
		      "\"end\": true}\n",
		&want);
	(void)state;
	assert_row(r, "smoke.hang", REPORT_ERROR, "hang");
	assert_string_equal(row(r, "smoke.hang")->found, "no end (import torch_sparse)");
	assert_null(row(r, "smoke.end"));
	assert_int_equal(report_exit_code(r), 4);
}

static void a_script_that_ends_early_fails_with_the_place(void **state)
{
	const struct judge_expect want = {.smoke = true};
	AUTO(report) struct report *r = judged(SMOKE "\"at\": \"import torch\"}\n" HOST "\"end\": true}\n", &want);
	(void)state;
	assert_row(r, "smoke.end", REPORT_FAIL, "crash");
	assert_string_equal(row(r, "smoke.end")->found, "the interpreter ended early, at: import torch");
}

static void a_probe_without_last_line_is_an_error(void **state)
{
	const struct judge_expect want = {.smoke = true};
	AUTO(report) struct report *r = judged(NO_GPU, &want);
	(void)state;
	assert_row(r, "probe.end", REPORT_ERROR, "engine");
	assert_int_equal(report_exit_code(r), 4);
}

static void damaged_lines_are_a_warning(void **state)
{
	const struct judge_expect want = {.smoke = false};
	AUTO(report) struct report *r = judged(HOST "\"id\": \"cu\n" ENDS, &want);
	(void)state;
	assert_row(r, "probe.output", REPORT_WARN, NULL);
	assert_string_equal(row(r, "probe.output")->found, "1 lines were damaged or over a limit");
	assert_int_equal(report_exit_code(r), 0);
}

static void versions_agree_with_the_plan_or_fail(void **state)
{
	static const struct {
		const char *want, *found;
		bool right;
	} rows[] = {
		{"2.8.0", "2.8.0", true},	{"2.8.0", "2.8.0+cu128", true},
		{"2.8.0+cu128", "2.8.0", true}, {"2.8.0+cu128", "2.8.0+cu128", true},
		{"2.8", "2.8.0", true},		{"2.8.0+cu128", "2.8.0+cu126", false},
		{"2.8.0", "2.8.1", false},	{"2.8.0", "2.8.0rc1", false},
		{"2.8.0", "unknown", false},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct judge_package package = {"torch", rows[i].want};
		const struct judge_expect want = {.smoke = true, .packages = &package, .n_packages = 1};
		AUTO_TEXT char *said =
			xasprintf(SMOKE "\"package\": \"torch\", \"version\": \"%s\"}\n" ENDS, rows[i].found);
		AUTO(report) struct report *r = judged(said, &want);
		assert_row(r, "version.torch", rows[i].right ? REPORT_PASS : REPORT_FAIL,
			   rows[i].right ? NULL : "plan-mismatch");
		assert_string_equal(row(r, "version.torch")->expected, rows[i].want);
		assert_string_equal(row(r, "version.torch")->found, rows[i].found);
	}
}

static void a_planned_package_that_cannot_be_imported_is_missing(void **state)
{
	const struct judge_package packages[] = {{"torch", "2.8.0"}, {"torch_sparse", "0.6.18"}};
	const struct judge_expect want = {.smoke = true, .packages = packages, .n_packages = 2};
	AUTO(report)
	struct report *r =
		judged(PACKAGE("torch", "2.8.0", "12.8") SMOKE "\"package\": \"torch_sparse\"}\n" ENDS, &want);
	(void)state;
	assert_row(r, "version.torch", REPORT_PASS, NULL);
	assert_row(r, "version.torch_sparse", REPORT_FAIL, "missing-dependency");
}

static void the_interpreter_is_the_planned_one(void **state)
{
	static const struct {
		const char *want, *found;
		bool right;
	} rows[] = {{"3.11", "3.11.7", true},
		    {"3.11.7", "3.11.7", true},
		    {"3.1", "3.11.7", false},
		    {"3.12", "3.11.7", false}};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct judge_expect want = {.smoke = true, .python = rows[i].want};
		AUTO_TEXT char *said = xasprintf(SMOKE "\"python\": \"%s\"}\n" ENDS, rows[i].found);
		AUTO(report) struct report *r = judged(said, &want);
		assert_row(r, "version.python", rows[i].right ? REPORT_PASS : REPORT_FAIL,
			   rows[i].right ? NULL : "plan-mismatch");
	}
}

static void cuda_of_torch_and_extension_must_fit(void **state)
{
	static const struct {
		const char *planned, *torch, *sparse;
		enum report_status torch_status, sparse_status;
		const char *torch_code, *sparse_code;
	} rows[] = {
		{"12.8", "12.8", "12.8", REPORT_PASS, REPORT_PASS, NULL, NULL},
		{"12.8", "12.6", "12.6", REPORT_FAIL, REPORT_PASS, "cuda-minor-mismatch", NULL},
		{"12.8", "11.8", "11.8", REPORT_FAIL, REPORT_PASS, "cuda-major-mismatch", NULL},
		{"12.8", "cpu", "cpu", REPORT_FAIL, REPORT_PASS, "cuda-major-mismatch", NULL},
		{"12.8", "12.8", "12.4", REPORT_PASS, REPORT_WARN, NULL, "cuda-minor-mismatch"},
		{"12.8", "12.8", "11.8", REPORT_PASS, REPORT_FAIL, NULL, "cuda-major-mismatch"},
		{"12.8", "12.8", "cpu", REPORT_PASS, REPORT_FAIL, NULL, "extension-cpu-only"},
		{"10.2", "10.2", "10.1", REPORT_PASS, REPORT_FAIL, NULL, "cuda-minor-mismatch"},
		{"cpu", "cpu", "cpu", REPORT_PASS, REPORT_PASS, NULL, NULL},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct judge_expect want = {.smoke = true, .cuda = rows[i].planned};
		AUTO_TEXT char *said =
			xasprintf(SMOKE "\"package\": \"torch\", \"version\": \"1\", \"cuda\": \"%s\"}\n" SMOKE
					"\"package\": \"torch_sparse\", \"version\": \"1\", \"cuda\": \"%s\"}\n" ENDS,
				  rows[i].torch, rows[i].sparse);
		AUTO(report) struct report *r = judged(said, &want);
		assert_row(r, "cuda.torch", rows[i].torch_status, rows[i].torch_code);
		assert_row(r, "cuda.torch_sparse", rows[i].sparse_status, rows[i].sparse_code);
	}
}

static void two_cuda_majors_in_the_process_fail(void **state)
{
	const struct judge_expect want = {.smoke = true};
	AUTO(report)
	struct report *one = judged(SMOKE "\"runtime\": \"libcudart-9335f6a2.so.10.2\", \"path\": \"/a\"}\n" SMOKE
					  "\"runtime\": \"libcusparse.so.12\", \"path\": \"/c\"}\n" ENDS,
				    &want),
		      *two = judged(SMOKE "\"runtime\": \"libcudart.so.12\", \"path\": \"/a\"}\n" SMOKE
					  "\"runtime\": \"libcudart.so.11.0\", \"path\": \"/b\"}\n" ENDS,
				    &want);
	(void)state;
	assert_row(one, "runtime.cudart", REPORT_PASS, NULL);
	assert_row(two, "runtime.cudart", REPORT_FAIL, "cuda-major-mismatch");
	assert_string_equal(row(two, "runtime.cudart")->found, "libcudart.so.11.0 /b, libcudart.so.12 /a");
}

static void assert_target(const struct report *r, size_t i, enum report_verdict verdict, enum report_level level,
			  const char *because)
{
	assert_true(i < r->ntargets);
	assert_int_equal(r->targets[i].verdict, verdict);
	assert_int_equal(r->targets[i].level, level);
	if (because)
		assert_string_equal(r->targets[i].because, because);
	else
		assert_null(r->targets[i].because);
}

static void a_target_reaches_gpu_only_on_a_device_of_its_kind(void **state)
{
	const struct judge_target targets[] = {{"new", 9, 0}, {"dgx", 8, 0}, {"any", 0, 0}};
	const struct judge_expect want = {.smoke = true, .gpu_shown = true, .targets = targets, .n_targets = 3};
	AUTO(report) struct report *r = judged(DEVICE(0, "9.0") RAN(0) ENDS, &want);
	(void)state;
	assert_int_equal(r->ntargets, 3);
	assert_string_equal(r->targets[0].name, "new");
	assert_target(r, 0, TARGET_PASS, LEVEL_GPU, NULL);
	assert_target(r, 1, TARGET_SKIP, LEVEL_CONTAINER, "no device of compute capability 8.0 here (found 9.0)");
	assert_target(r, 2, TARGET_PASS, LEVEL_GPU, NULL);
}

static void without_a_gpu_targets_are_skipped_with_the_reason(void **state)
{
	const struct judge_target target = {"new", 9, 0};
	const struct judge_expect want = {.smoke = true, .targets = &target, .n_targets = 1};
	AUTO(report) struct report *r = judged(NO_GPU ENDS, &want);
	(void)state;
	assert_target(r, 0, TARGET_SKIP, LEVEL_CONTAINER, "no GPU: no NVIDIA driver");
}

static void a_failure_on_one_device_fails_the_targets_of_its_kind_alone(void **state)
{
	const struct judge_target targets[] = {{"new", 9, 0}, {"dgx", 8, 0}};
	const struct judge_expect want = {.smoke = true, .gpu_shown = true, .targets = targets, .n_targets = 2};
	AUTO(report)
	struct report *r = judged(DEVICE(0, "9.0") DEVICE(1, "8.0") HOST
				  "\"id\": \"gpu.module.image\", \"status\": \"fail\", \"device\": 0}\n" RAN(1) ENDS,
				  &want);
	(void)state;
	assert_target(r, 0, TARGET_FAIL, LEVEL_CONTAINER, "no device of compute capability 9.0 here (found 9.0)");
	assert_target(r, 1, TARGET_PASS, LEVEL_GPU, NULL);
}

static void a_wrong_version_fails_every_target(void **state)
{
	const struct judge_target targets[] = {{"new", 9, 0}, {"dgx", 8, 0}};
	const struct judge_package package = {"torch", "2.8.0"};
	const struct judge_expect want = {
		.smoke = true, .packages = &package, .n_packages = 1, .targets = targets, .n_targets = 2};
	AUTO(report) struct report *r = judged(PACKAGE("torch", "2.7.0", "12.8") DEVICE(0, "9.0") RAN(0) ENDS, &want);
	(void)state;
	assert_target(r, 0, TARGET_FAIL, LEVEL_GPU, NULL);
	assert_int_equal(r->targets[1].verdict, TARGET_FAIL);
}

static void an_error_makes_a_target_an_error(void **state)
{
	const struct judge_target target = {"new", 9, 0};
	const struct judge_expect want = {.smoke = true, .gpu_shown = true, .targets = &target, .n_targets = 1};
	AUTO(report) struct report *r = judged(NO_GPU ENDS, &want);
	(void)state;
	assert_target(r, 0, TARGET_ERROR, LEVEL_CONTAINER, "no GPU: no NVIDIA driver");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_missing_gpu_is_a_skip_where_none_was_to_be_there),
		cmocka_unit_test(forged_lines_fail_the_image),
		cmocka_unit_test(a_gpu_that_was_not_asked_for_is_one_that_the_host_does_not_show),
		cmocka_unit_test(a_missing_gpu_is_an_error_where_the_host_shows_one_or_one_is_required),
		cmocka_unit_test(a_failed_row_stays_one_with_all_its_texts),
		cmocka_unit_test(every_cause_is_the_images_the_hosts_or_not_known),
		cmocka_unit_test(what_others_met_on_a_gpu_that_computes_wrongly_is_the_gpus_fault),
		cmocka_unit_test(a_library_too_new_for_the_driver_is_a_warning_where_another_works),
		cmocka_unit_test(a_driver_older_than_any_target_is_the_hosts_fault_and_compat_libraries_are_the_images),
		cmocka_unit_test(rows_of_several_devices_carry_the_device),
		cmocka_unit_test(a_hang_is_an_error_of_the_engine_and_names_the_place),
		cmocka_unit_test(a_script_that_ends_early_fails_with_the_place),
		cmocka_unit_test(a_probe_without_last_line_is_an_error),
		cmocka_unit_test(damaged_lines_are_a_warning),
		cmocka_unit_test(versions_agree_with_the_plan_or_fail),
		cmocka_unit_test(a_planned_package_that_cannot_be_imported_is_missing),
		cmocka_unit_test(the_interpreter_is_the_planned_one),
		cmocka_unit_test(cuda_of_torch_and_extension_must_fit),
		cmocka_unit_test(two_cuda_majors_in_the_process_fail),
		cmocka_unit_test(a_target_reaches_gpu_only_on_a_device_of_its_kind),
		cmocka_unit_test(without_a_gpu_targets_are_skipped_with_the_reason),
		cmocka_unit_test(a_failure_on_one_device_fails_the_targets_of_its_kind_alone),
		cmocka_unit_test(a_wrong_version_fails_every_target),
		cmocka_unit_test(an_error_makes_a_target_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
