/* fuzz_verdict.c — what a hostile image prints in place of the probe, up to the report. */
#include "model/verdict.h"
#include "probe/judge.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct judge_package packages[] = {{"torch", "2.8.0+cu128"}, {"torch_sparse", "0.6.18"}};
	const struct judge_target targets[] = {{"a", 9, 0}, {"b", 0, 0}};
	const struct judge_expect want = {.packages = packages,
					  .n_packages = 2,
					  .python = "3.11",
					  .cuda = "12.8",
					  .gpu_shown = size % 2,
					  .smoke = size % 3 != 0,
					  .targets = targets,
					  .n_targets = 2};
	AUTO(report) struct report *report = report_new("fuzz");
	AUTO(verdict) struct verdict *v = NULL;
	struct err err = ERR_INIT;

	if (verdict_parse((struct blob){.name = "fuzz", .data = (const char *)data, .len = size}, NULL, &v, &err) < 0) {
		err_clear(&err);
		return 0;
	}
	judge_check(v, &want, report);
	return report_exit_code(report) > 255;
}
