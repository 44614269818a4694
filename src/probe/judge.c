#include "probe/judge.h"

#include "base/str.h"
#include "model/cuda.h"
#include "model/pkg.h"
#include "model/ver.h"
#include "probe/fault.h"

#include <string.h>

/* --- the probe's own rows --- */

static bool is_gpu_row(const struct verdict_row *row)
{
	return str_starts(row->id, "gpu.");
}

static char *row_id(const struct verdict *v, const struct verdict_row *row)
{
	if (row->device < 0 || v->n_devices < 2)
		return xstrdup(row->id);
	return xasprintf("%s@%d", row->id, row->device);
}

/* Of several runtimes, or several cuSPARSE, the image may use any: one that this machine cannot run is no failure where
 * another works. */
static bool has_stand_in(const struct verdict *v, const struct verdict_row *row)
{
	static const char *const kinds[] = {"cudart", "cusparse"};
	static const char *const codes[] = {"driver-too-old", "arch-not-covered", "library-not-usable",
					    "launch-failed"};
	bool soft = false;

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		soft = soft || str_eq(row->code, codes[i]);
	for (size_t k = 0; k < ARRAY_LEN(kinds) && soft; k++)
		for (size_t i = 0; i < v->n_rows && str_starts(row->id, kinds[k]); i++)
			if (v->rows[i].status == VERDICT_PASS && str_starts(v->rows[i].id, kinds[k]) &&
			    v->rows[i].device == row->device)
				return true;
	return false;
}

/* What a missing GPU is: an error where one was to be there. What is not the image's fault does not fail it. */
static enum verdict_status effective(const struct verdict *v, const struct verdict_row *row,
				     const struct judge_expect *want)
{
	if (row->status == VERDICT_SKIP && is_gpu_row(row) && (want->gpu_shown || want->gpu_required))
		return VERDICT_ERROR;
	if (row->status == VERDICT_FAIL && has_stand_in(v, row))
		return VERDICT_WARN;
	if (row->status == VERDICT_FAIL && fault_of(v, row, want->driver) != FAULT_IMAGE)
		return VERDICT_ERROR;
	return row->status;
}

/* "no GPU: REASON": where none was asked for, that is since the host shows none. */
static char *no_gpu(const char *code, const char *found)
{
	if (str_eq(code, "not-asked"))
		return xstrdup("no GPU: the host shows no NVIDIA device");
	return xasprintf("no GPU: %s", found ? found : "no reason given");
}

/* The probe's time-outs come from the machinery around it, all other GPU errors from the device. */
static enum err_kind cause_of(const struct verdict_row *row)
{
	const bool gpu = verdict_row_is_gpu(row) || str_starts(row->id, "bench.");

	return gpu && !str_eq(row->code, "hang") ? ERR_MISSING : ERR_ENGINE;
}

static struct report_check *add_status(const struct verdict_row *row, const char *id, enum verdict_status status,
				       struct report *into)
{
	switch (status) {
	case VERDICT_PASS:
		return report_add(into, id, REPORT_PASS);
	case VERDICT_FAIL:
		return report_add(into, id, REPORT_FAIL);
	case VERDICT_WARN:
		return report_add(into, id, REPORT_WARN);
	case VERDICT_SKIP:
		return report_add(into, id, REPORT_SKIP);
	case VERDICT_ERROR: {
		struct report_check *c = report_add_error(into, id, cause_of(row), NULL, NULL);
		free(c->code);
		c->code = NULL;
		return c;
	}
	case VERDICT_INFO:
	case VERDICT__MAX:
		break;
	}
	return report_add(into, id, REPORT_INFO);
}

static void add_row(const struct verdict *v, const struct verdict_row *row, const struct judge_expect *want,
		    struct report *into)
{
	const enum verdict_status status = effective(v, row, want);
	AUTO_TEXT char *id = row_id(v, row);
	struct report_check *c = add_status(row, id, status, into);

	c->code = xstrdup(row->code);
	c->expected = xstrdup(row->expected);
	c->file = xstrdup(row->file);
	c->hint = xstrdup(row->hint);
	c->fault = status == VERDICT_SKIP ? NULL : fault_name(fault_of(v, row, want->driver));
	c->ms = row->ms;
	if (v->smoke_at && (str_eq(row->id, "smoke.crash") || str_eq(row->id, "smoke.hang")))
		c->found = xasprintf("%s (%s)", row->found ? row->found : "no reason given", v->smoke_at);
	else if (row->status == VERDICT_SKIP && is_gpu_row(row))
		c->found = no_gpu(row->code, row->found);
	else
		c->found = xstrdup(row->found);
}

static bool has_prefix(const struct verdict *v, const char *prefix)
{
	for (size_t i = 0; i < v->n_rows; i++)
		if (str_starts(v->rows[i].id, prefix))
			return true;
	return false;
}

/* A part that never said it was done died; the row that says how comes from the program that watched it, if that lived.
 */
static void add_ends(const struct verdict *v, const struct judge_expect *want, struct report *into)
{
	if (!v->host_ended)
		(void)report_add_error(into, "probe.end", ERR_ENGINE, "the probe was ended before its last line",
				       "look at the container's log; raise test.timeout");
	const bool told = has_prefix(v, "smoke.hang") || has_prefix(v, "smoke.crash") || has_prefix(v, "smoke.start");
	if (want->smoke && v->host_ended && !v->smoke_ended && !told) {
		struct report_check *c = report_add(into, "smoke.end", REPORT_FAIL);
		c->code = xstrdup("crash");
		c->found = xasprintf("the interpreter ended early, at: %s", v->smoke_at ? v->smoke_at : "its start");
		c->hint = xstrdup("a package ended the process while it was imported or used");
	}
	if (v->forged) {
		struct report_check *c = report_add(into, "probe.forged", REPORT_FAIL);
		c->code = xstrdup("forged-verdict");
		c->found = xasprintf("%zu lines claim to come from the probe and do not", v->forged);
		c->hint = xstrdup("something in the image prints verdicts of its own: do not trust it");
	}
	if (v->dropped) {
		struct report_check *c = report_add(into, "probe.output", REPORT_WARN);
		c->found = xasprintf("%zu lines were damaged or over a limit", v->dropped);
	}
}

/* --- comparisons with the plan --- */

static void compare(struct report *into, const char *id, bool right, const char *code, const char *expected,
		    const char *found)
{
	(void)report_add_full(into, id, right ? REPORT_PASS : REPORT_FAIL, right ? NULL : code, expected, found, NULL);
}

/* Versions agree if their public parts do, and the labels where both have one; texts that are no versions must be
 * equal. */
static bool same_version(const char *want, const char *found)
{
	struct err ignored = ERR_INIT;
	struct ver a, b;

	if (ver_parse(want, &a, &ignored) < 0 || ver_parse(found, &b, &ignored) < 0) {
		err_clear(&ignored);
		return str_eq(want, found);
	}
	return ver_cmp_public(&a, &b) == 0 && (!a.local[0] || !b.local[0] || str_eq(a.local, b.local));
}

static void compare_package(const struct verdict *v, const struct judge_package *want, struct report *into)
{
	const struct verdict_package *p = verdict_find_package(v, want->name);
	AUTO_TEXT char *id = xasprintf("version.%s", want->name);
	const char *found = p && p->version ? p->version : NULL;

	if (found)
		compare(into, id, same_version(want->version, found), "plan-mismatch", want->version, found);
	else
		compare(into, id, false, pkg_missing_code(want->name), want->version, "it cannot be imported");
}

/* "3.11" fits 3.11.7. */
static void compare_python(const struct verdict *v, const struct judge_expect *want, struct report *into)
{
	const char *found = v->python ? v->python : "";
	const size_t len = want->python ? strlen(want->python) : 0;

	if (!want->python)
		return;
	const bool right = str_starts(found, want->python) && (found[len] == '\0' || found[len] == '.');
	compare(into, "version.python", right, "plan-mismatch", want->python, *found ? found : "no interpreter ran");
}

static bool read_cuda(const char *text, struct cuda *ret)
{
	struct err ignored = ERR_INIT;

	if (text && cuda_parse(text, ret, &ignored) == 0)
		return true;
	err_clear(&ignored);
	return false;
}

/* An extension fits torch if the CUDA majors agree; up to CUDA 10 the library's name holds the minor too. */
static void compare_extension(const struct verdict_package *p, const char *torch_cuda, struct report *into)
{
	AUTO_TEXT char *id = xasprintf("cuda.%s", p->name);
	struct cuda torch, own;

	if (!read_cuda(torch_cuda, &torch) || !read_cuda(p->cuda, &own))
		return;
	const bool same = cuda_same_minor(&torch, &own), major = torch.major == own.major;
	const char *code = "cuda-minor-mismatch";
	if (!major)
		code = "cuda-major-mismatch";
	if (cuda_is_cpu(&own) && !cuda_is_cpu(&torch))
		code = "extension-cpu-only";
	const bool warn = !same && major && own.major > 10;
	(void)report_add_full(into, id,
			      same   ? REPORT_PASS
			      : warn ? REPORT_WARN
				     : REPORT_FAIL,
			      same ? NULL : code, torch_cuda, p->cuda, NULL);
}

static void compare_cuda(const struct verdict *v, const struct judge_expect *want, struct report *into)
{
	const struct verdict_package *torch = verdict_find_package(v, "torch");
	struct cuda planned, found;

	if (!torch || !torch->cuda)
		return;
	if (read_cuda(want->cuda, &planned) && read_cuda(torch->cuda, &found))
		compare(into, "cuda.torch", cuda_same_minor(&planned, &found),
			planned.major == found.major ? "cuda-minor-mismatch" : "cuda-major-mismatch", want->cuda,
			torch->cuda);
	for (size_t i = 0; i < v->n_packages; i++)
		if (&v->packages[i] != torch)
			compare_extension(&v->packages[i], torch->cuda, into);
}

/* The major number in "libcudart-9335f6a2.so.10.1 PATH"; 0 where there is none. */
static unsigned runtime_major(const char *runtime)
{
	const char *so = strstr(runtime, ".so.");
	uint64_t major;

	if (!str_starts(runtime, "libcudart") || !so)
		return 0;
	so += strlen(".so.");
	return str_scan_u64(&so, 999, &major) ? (unsigned)major : 0;
}

static void check_runtimes(const struct verdict *v, struct report *into)
{
	AUTO_STRV struct strv seen = STRV_INIT;
	unsigned first = 0;
	bool mixed = false;

	for (size_t i = 0; i < v->runtimes.n; i++) {
		const unsigned major = runtime_major(v->runtimes.v[i]);
		if (!major)
			continue;
		strv_add(&seen, v->runtimes.v[i]);
		mixed = mixed || (first && major != first);
		first = first ? first : major;
	}
	if (!first)
		return;
	AUTO_TEXT char *found = strv_join(&seen, ", ");
	compare(into, "runtime.cudart", !mixed, "cuda-major-mismatch", "one CUDA major in the process", found);
}

/* --- targets --- */

static bool fits(const struct verdict_device *d, const struct judge_target *t)
{
	return !t->major || (d->major == t->major && d->minor == t->minor);
}

/* Whether a row speaks about this target: not if it is about a device of another kind. */
static bool concerns(const struct verdict *v, const struct verdict_row *row, const struct judge_target *t)
{
	for (size_t i = 0; i < v->n_devices; i++)
		if (row->device >= 0 && v->devices[i].index == (unsigned)row->device)
			return fits(&v->devices[i], t);
	return true;
}

struct tally {
	bool failed, error;
};

/* Rows from number start on are comparisons and concern every target. */
static struct tally tally_of(const struct verdict *v, const struct judge_target *t, const struct judge_expect *want,
			     const struct report *r, size_t start)
{
	struct tally sum = {.failed = false};

	for (size_t i = 0; i < v->n_rows; i++) {
		const enum verdict_status status = effective(v, &v->rows[i], want);
		if (!concerns(v, &v->rows[i], t))
			continue;
		sum.failed = sum.failed || status == VERDICT_FAIL;
		sum.error = sum.error || status == VERDICT_ERROR;
	}
	for (size_t i = start; i < r->nchecks; i++) {
		sum.failed = sum.failed || r->checks[i].status == REPORT_FAIL;
		sum.error = sum.error || r->checks[i].status == REPORT_ERROR;
	}
	return sum;
}

static char *why_not_run(const struct verdict *v, const struct judge_target *t)
{
	if (v->gpu_found)
		return no_gpu(v->gpu_code, v->gpu_found);
	if (!v->n_devices)
		return xstrdup("no GPU");
	return xasprintf("no device of compute capability %u.%u here (found %u.%u)", t->major, t->minor,
			 v->devices[0].major, v->devices[0].minor);
}

static void judge_target(const struct verdict *v, const struct judge_target *t, struct tally sum, struct report *into)
{
	const enum report_level without = v->smoke_ended ? LEVEL_CONTAINER : LEVEL_STATIC;
	bool ran = false;

	for (size_t i = 0; i < v->n_devices; i++)
		ran = ran || (v->devices[i].ran && fits(&v->devices[i], t));
	const enum report_level level = ran ? LEVEL_GPU : without;
	AUTO_TEXT char *because = ran ? NULL : why_not_run(v, t);
	if (sum.failed)
		(void)report_add_target(into, t->name, TARGET_FAIL, level, because);
	else if (sum.error)
		(void)report_add_target(into, t->name, TARGET_ERROR, level, because);
	else
		(void)report_add_target(into, t->name, ran ? TARGET_PASS : TARGET_SKIP, level, because);
}

void judge_check(const struct verdict *v, const struct judge_expect *want, struct report *into)
{
	for (size_t i = 0; i < v->n_rows; i++)
		add_row(v, &v->rows[i], want, into);
	const size_t start = into->nchecks;
	add_ends(v, want, into);
	if (want->smoke) {
		compare_python(v, want, into);
		for (size_t i = 0; i < want->n_packages; i++)
			compare_package(v, &want->packages[i], into);
		compare_cuda(v, want, into);
		check_runtimes(v, into);
	}
	for (size_t i = 0; i < want->n_targets; i++)
		judge_target(v, &want->targets[i], tally_of(v, &want->targets[i], want, into, start), into);
}
