#include "probe/fault.h"

#include "base/str.h"
#include "model/driver.h"

#include <string.h>

/* A code on its own, and what it is where the universal kernels met it: those run everywhere, so then it is the host.
 */
static const struct {
	const char *code;
	enum fault own, universal;
} table[] = {
	{"driver-file-empty", FAULT_IMAGE, FAULT_IMAGE},
	{"driver-stub", FAULT_IMAGE, FAULT_IMAGE},
	{"forward-compat-unsupported", FAULT_IMAGE, FAULT_IMAGE},
	{"driver-not-mounted", FAULT_HOST, FAULT_HOST},
	{"no-driver", FAULT_HOST, FAULT_HOST},
	{"no-device", FAULT_HOST, FAULT_HOST},
	{"not-asked", FAULT_NONE, FAULT_NONE},
	{"driver-call-refused", FAULT_HOST, FAULT_HOST},
	{"driver-not-usable", FAULT_HOST, FAULT_HOST},
	{"invalid-device", FAULT_HOST, FAULT_HOST},
	{"out-of-memory", FAULT_HOST, FAULT_HOST},
	{"device-busy", FAULT_HOST, FAULT_HOST},
	{"hardware-fault", FAULT_HOST, FAULT_HOST},
	{"jit-missing", FAULT_HOST, FAULT_HOST},
	{"jit-disabled", FAULT_UNKNOWN, FAULT_UNKNOWN},
	{"system-not-ready", FAULT_HOST, FAULT_HOST},
	{"mps-not-reachable", FAULT_HOST, FAULT_HOST},
	{"no-process", FAULT_HOST, FAULT_HOST},
	{"driver-error", FAULT_UNKNOWN, FAULT_UNKNOWN},
	{"probe-not-supported", FAULT_UNKNOWN, FAULT_UNKNOWN},
	{"hang", FAULT_UNKNOWN, FAULT_UNKNOWN},
	{"killed", FAULT_UNKNOWN, FAULT_UNKNOWN},
	{"arch-not-covered", FAULT_IMAGE, FAULT_HOST},
	{"invalid-kernel-image", FAULT_IMAGE, FAULT_HOST},
	{"ptx-too-new-for-driver", FAULT_IMAGE, FAULT_HOST},
	{"invalid-ptx", FAULT_IMAGE, FAULT_HOST},
	{"kernel-missing", FAULT_IMAGE, FAULT_HOST},
	{"wrong-result", FAULT_IMAGE, FAULT_HOST},
	{"memory-overwritten", FAULT_IMAGE, FAULT_HOST},
	{"illegal-address", FAULT_IMAGE, FAULT_HOST},
	{"launch-failed", FAULT_IMAGE, FAULT_HOST},
	{"library-not-usable", FAULT_IMAGE, FAULT_HOST},
	{"library-error", FAULT_IMAGE, FAULT_HOST},
	{"library-unknown-status", FAULT_UNKNOWN, FAULT_UNKNOWN},
};

static bool is_universal(const struct verdict_row *row)
{
	return str_starts(row->id, "gpu.module.ptx") || str_starts(row->id, "gpu.spmm.ptx");
}

/* Of a code that the universal kernels met; those that the table does not name tell against the device too. */
static enum fault universal_fault(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (str_eq(code, table[i].code))
			return table[i].universal;
	return FAULT_HOST;
}

/* Whether even the kernels that run everywhere went wrong on that device: what others did there says nothing then. */
static bool is_device_wrong(const struct verdict *v, int device)
{
	for (size_t i = 0; i < v->n_rows; i++) {
		const struct verdict_row *row = &v->rows[i];
		const bool bad = row->status == VERDICT_FAIL || row->status == VERDICT_ERROR;

		if (bad && is_universal(row) && row->device == device && universal_fault(row->code) != FAULT_UNKNOWN)
			return true;
	}
	return false;
}

/* An image that was planned for newer drivers only is not to blame for an older one. */
static enum fault of_old_driver(const struct verdict *v, const char *planned)
{
	struct driver found, least;
	struct err ignored = ERR_INIT;

	if (v->driver && planned && driver_parse(v->driver, &found, &ignored) == 0 &&
	    driver_parse(planned, &least, &ignored) == 0 && driver_cmp(&found, &least) < 0)
		return FAULT_HOST;
	err_clear(&ignored);
	return FAULT_IMAGE;
}

static bool is_compat(const struct verdict *v)
{
	return v->libcuda && strstr(v->libcuda, "/compat/");
}

/* By the table; what it does not name is the image's where it fails. */
static enum fault by_code(const struct verdict *v, const struct verdict_row *row)
{
	const bool universal = verdict_row_is_gpu(row) && is_device_wrong(v, row->device);

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (str_eq(row->code, table[i].code))
			return universal ? table[i].universal : table[i].own;
	return row->status == VERDICT_FAIL ? FAULT_IMAGE : FAULT_UNKNOWN;
}

enum fault fault_of(const struct verdict *v, const struct verdict_row *row, const char *driver)
{
	if (row->status != VERDICT_FAIL && row->status != VERDICT_ERROR && row->status != VERDICT_SKIP)
		return FAULT_NONE;
	if (str_eq(row->code, "driver-too-old"))
		return of_old_driver(v, driver);
	if (str_eq(row->code, "driver-mismatch"))
		return is_compat(v) ? FAULT_IMAGE : FAULT_HOST;
	return str_eq(row->id, "gpu.crash") ? FAULT_UNKNOWN : by_code(v, row);
}

const char *fault_name(enum fault f)
{
	static const char *const names[] = {
		[FAULT_NONE] = NULL, [FAULT_IMAGE] = "image", [FAULT_HOST] = "host", [FAULT_UNKNOWN] = "unknown"};

	return names[f];
}
