#include "model/verdict.h"

#include "adapt/json.h"
#include "base/str.h"

#include <string.h>

enum {
	TOTAL_MAX = 16 << 20,
	LINE_MAX_LEN = 16 << 10,
	ROWS_MAX = 4096,
	DEVICES_MAX = 64,
	PACKAGES_MAX = 256,
	TEXT_MAX = 1024,
	NOISE_LINES = 20,
	NOISE_COLUMNS = 200,
	HOUR_MS = 3600000
};

static const char *const status_names[VERDICT__MAX] = {
	[VERDICT_PASS] = "pass", [VERDICT_FAIL] = "fail",   [VERDICT_WARN] = "warn",
	[VERDICT_SKIP] = "skip", [VERDICT_ERROR] = "error", [VERDICT_INFO] = "info",
};

const char *verdict_status_name(enum verdict_status s)
{
	return status_names[s];
}

bool verdict_row_is_gpu(const struct verdict_row *row)
{
	static const char *const prefixes[] = {"gpu.", "cudart", "cusparse"};

	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (str_starts(row->id, prefixes[i]))
			return true;
	return false;
}

const struct verdict_package *verdict_find_package(const struct verdict *v, const char *name)
{
	for (size_t i = 0; i < v->n_packages; i++)
		if (str_eq(v->packages[i].name, name))
			return &v->packages[i];
	return NULL;
}

static void free_rows(struct verdict *v)
{
	for (size_t i = 0; i < v->n_rows; i++) {
		free(v->rows[i].id);
		free(v->rows[i].code);
		free(v->rows[i].expected);
		free(v->rows[i].found);
		free(v->rows[i].file);
		free(v->rows[i].hint);
	}
	free(v->rows);
}

void verdict_free(struct verdict *v)
{
	if (!v)
		return;
	free_rows(v);
	for (size_t i = 0; i < v->n_devices; i++) {
		free(v->devices[i].name);
		free(v->devices[i].uuid);
	}
	free(v->devices);
	for (size_t i = 0; i < v->n_packages; i++) {
		free(v->packages[i].name);
		free(v->packages[i].version);
		free(v->packages[i].path);
		free(v->packages[i].cuda);
	}
	free(v->packages);
	for (size_t i = 0; i < v->n_benches; i++)
		bench_clear(&v->benches[i]);
	free(v->benches);
	free(v->python);
	free(v->driver_cuda);
	free(v->driver);
	free(v->libcuda);
	free(v->gpu_code);
	free(v->gpu_found);
	free(v->smoke_at);
	strv_clear(&v->runtimes);
	strv_clear(&v->noise);
	free(v);
}

/* The member as one printable line, NULL where there is none or it is no text. */
static char *text_of(struct jval line, const char *key)
{
	const struct jval member = jval_member(line, key);
	struct err ignored = ERR_INIT;
	const char *text;

	if (!jval_is_there(member) || jval_type(member) != JDOC_TEXT)
		return NULL;
	if (jval_as_text(member, &text, &ignored) < 0) {
		err_clear(&ignored);
		return NULL;
	}
	return str_shown(text, TEXT_MAX);
}

/* The member as a number of at most max, otherwise where there is no such. */
static uint64_t number_of(struct jval line, const char *key, uint64_t max, uint64_t otherwise)
{
	const struct jval member = jval_member(line, key);
	struct err ignored = ERR_INIT;
	uint64_t n;

	if (!jval_is_there(member) || jval_type(member) != JDOC_INT)
		return otherwise;
	if (jval_as_u64(member, max, &n, &ignored) < 0) {
		err_clear(&ignored);
		return otherwise;
	}
	return n;
}

static bool is_true(struct jval line, const char *key)
{
	const struct jval member = jval_member(line, key);
	struct err ignored = ERR_INIT;
	bool yes = false;

	if (jval_is_there(member) && jval_as_bool(member, &yes, &ignored) < 0)
		err_clear(&ignored);
	return yes;
}

static void keep(char **into, char *text)
{
	if (!text)
		return;
	free(*into);
	*into = text;
}

static bool status_of(struct jval line, enum verdict_status *ret)
{
	AUTO_TEXT char *name = text_of(line, "status");

	for (int i = 0; i < VERDICT__MAX; i++)
		if (str_eq(name, status_names[i])) {
			*ret = (enum verdict_status)i;
			return true;
		}
	return false;
}

static void note_gpu(struct verdict *v, const struct verdict_row *row)
{
	const bool none = row->status == VERDICT_SKIP || row->status == VERDICT_ERROR;

	if (!str_eq(row->id, "gpu.driver") || !none || v->gpu_code)
		return;
	v->gpu_code = xstrdup(row->code ? row->code : "unknown");
	v->gpu_found = xstrdup(row->found ? row->found : "no reason given");
}

static bool add_row(struct verdict *v, struct jval line)
{
	enum verdict_status status;
	AUTO_TEXT char *id = text_of(line, "id");

	if (!id || !*id || v->n_rows == ROWS_MAX || !status_of(line, &status))
		return false;
	v->rows = xreallocarray(v->rows, v->n_rows + 1, sizeof(*v->rows));
	struct verdict_row *row = &v->rows[v->n_rows++];
	*row = (struct verdict_row){
		.id = TAKE(id),
		.status = status,
		.code = text_of(line, "code"),
		.expected = text_of(line, "expected"),
		.found = text_of(line, "found"),
		.file = text_of(line, "file"),
		.hint = text_of(line, "hint"),
		.ms = (unsigned)number_of(line, "ms", 24 * (uint64_t)HOUR_MS, 0),
		.device = (int)number_of(line, "device", DEVICES_MAX, UINT64_MAX),
	};
	note_gpu(v, row);
	return true;
}

static struct verdict_device *find_device(struct verdict *v, uint64_t index)
{
	for (size_t i = 0; i < v->n_devices; i++)
		if (v->devices[i].index == index)
			return &v->devices[i];
	return NULL;
}

/* "9.0" as two numbers. */
static bool read_compute(const char *text, unsigned *major, unsigned *minor)
{
	uint64_t high, low;

	if (!text || !str_scan_u64(&text, 99, &high) || *text++ != '.' || !str_to_u64(text, 9, &low))
		return false;
	*major = (unsigned)high;
	*minor = (unsigned)low;
	return true;
}

static bool add_device(struct verdict *v, struct jval line)
{
	const uint64_t index = number_of(line, "device", DEVICES_MAX - 1, UINT64_MAX);
	struct verdict_device *known = find_device(v, index);
	unsigned major, minor;

	if (known && is_true(line, "ran"))
		known->ran = true;
	if (known || index == UINT64_MAX)
		return known != NULL;
	AUTO_TEXT char *compute = text_of(line, "compute");
	if (!read_compute(compute, &major, &minor))
		return false;
	v->devices = xreallocarray(v->devices, v->n_devices + 1, sizeof(*v->devices));
	v->devices[v->n_devices++] = (struct verdict_device){
		.index = (unsigned)index,
		.name = text_of(line, "name"),
		.uuid = text_of(line, "uuid"),
		.major = major,
		.minor = minor,
	};
	return true;
}

/* A package that is named twice keeps its first line. */
static bool add_package(struct verdict *v, struct jval line)
{
	AUTO_TEXT char *name = text_of(line, "package");

	if (!name || !*name || v->n_packages == PACKAGES_MAX || verdict_find_package(v, name))
		return false;
	v->packages = xreallocarray(v->packages, v->n_packages + 1, sizeof(*v->packages));
	v->packages[v->n_packages++] = (struct verdict_package){
		.name = TAKE(name),
		.version = text_of(line, "version"),
		.path = text_of(line, "path"),
		.cuda = text_of(line, "cuda"),
	};
	return true;
}

/* The device's name comes with the line about it, which is the first. */
static bool add_bench(struct verdict *v, struct jval line)
{
	struct bench b;

	if (v->n_benches == PACKAGES_MAX || !bench_read(line, &b))
		return false;
	const struct verdict_device *device = find_device(v, b.device);

	if (device && !b.device_name)
		b.device_name = xstrdup(device->name);
	v->benches = xreallocarray(v->benches, v->n_benches + 1, sizeof(*v->benches));
	v->benches[v->n_benches++] = b;
	return true;
}

static bool add_runtime(struct verdict *v, struct jval line)
{
	AUTO_TEXT char *name = text_of(line, "runtime");
	AUTO_TEXT char *path = text_of(line, "path");

	if (!name || v->runtimes.n == PACKAGES_MAX)
		return false;
	AUTO_TEXT char *both = xasprintf("%s %s", name, path ? path : "");
	(void)strv_add_once(&v->runtimes, both);
	return true;
}

static bool has(struct jval line, const char *key)
{
	return jval_is_there(jval_member(line, key));
}

/* Facts that come as members of their own, several in one line or none. */
static bool add_facts(struct verdict *v, struct jval line, bool host)
{
	if (is_true(line, "end"))
		*(host ? &v->host_ended : &v->smoke_ended) = true;
	keep(&v->python, text_of(line, "python"));
	keep(&v->driver_cuda, text_of(line, "driver_cuda"));
	keep(&v->driver, text_of(line, "driver"));
	keep(&v->libcuda, text_of(line, "libcuda"));
	if (!host)
		keep(&v->smoke_at, text_of(line, "at"));
	return has(line, "end") || has(line, "python") || has(line, "driver_cuda") || has(line, "driver") ||
	       has(line, "libcuda") || has(line, "at");
}

/* A part of the probe knows its own tag only, and what it starts does not know the host program's. */
static bool is_tagged(struct jval line, bool host, const struct verdict_tags *tags)
{
	AUTO_TEXT char *tag = text_of(line, "tag");

	return !tags || str_eq(tag, host ? tags->host : tags->smoke);
}

static bool add_line(struct verdict *v, struct jval line, const struct verdict_tags *tags)
{
	AUTO_TEXT char *from = text_of(line, "from");
	const bool host = str_eq(from, "host");

	if (!host && !str_eq(from, "smoke"))
		return false;
	if (!is_tagged(line, host, tags)) {
		v->forged++;
		return true;
	}
	if (host && has(line, "bench"))
		return add_bench(v, line);
	if (has(line, "id"))
		return add_row(v, line);
	if (has(line, "package"))
		return add_package(v, line);
	if (has(line, "runtime"))
		return add_runtime(v, line);
	return host && has(line, "device") ? add_device(v, line) : add_facts(v, line, host);
}

static void add_noise(struct verdict *v, const char *text, size_t len)
{
	AUTO_TEXT char *copy = xstrndup(text, len < NOISE_COLUMNS ? len : NOISE_COLUMNS);
	AUTO_TEXT char *shown = str_shown(copy, NOISE_COLUMNS);

	if (!*shown)
		return;
	if (v->noise.n == NOISE_LINES) {
		free(v->noise.v[0]);
		memmove(v->noise.v, v->noise.v + 1, v->noise.n * sizeof(*v->noise.v)); /* with the NULL */
		v->noise.n--;
	}
	strv_own(&v->noise, TAKE(shown));
}

/* Whether the line is one of ours; what claims to be and cannot be taken is counted. */
static bool read_line(struct verdict *v, const char *text, size_t len, const struct verdict_tags *tags)
{
	static const char mark[] = "{\"cudabuild\": 1";
	/* Something else may have been printed in front, without a newline. */
	const char *start = memmem(text, len, mark, sizeof(mark) - 1);
	struct err ignored = ERR_INIT;
	AUTO(jdoc) struct jdoc *doc = NULL;

	if (!start)
		return false;
	len -= (size_t)(start - text);
	if (len > LINE_MAX_LEN ||
	    jdoc_parse((struct blob){.name = "line", .data = start, .len = len}, &doc, &ignored) < 0) {
		err_clear(&ignored);
		v->dropped++;
		return false;
	}
	const struct jval line = jdoc_root(doc);
	if (number_of(line, "cudabuild", 1, 0) == 1 && add_line(v, line, tags))
		return true;
	v->dropped++;
	return false;
}

static size_t read_lines(struct verdict *v, struct blob said, const struct verdict_tags *tags)
{
	const char *at = said.data, *end = said.data + (said.len < TOTAL_MAX ? said.len : TOTAL_MAX);
	size_t ours = 0;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const size_t len = (size_t)((newline ? newline : end) - at);
		if (read_line(v, at, len, tags))
			ours++;
		else
			add_noise(v, at, len);
		at += len + 1;
	}
	if (said.len > TOTAL_MAX)
		v->dropped++;
	return ours;
}

int verdict_parse(struct blob said, const struct verdict_tags *tags, struct verdict **ret, struct err *err)
{
	AUTO(verdict) struct verdict *v = xcalloc(1, sizeof(*v));

	if (read_lines(v, said, tags) == v->forged) {
		(void)err_set(err, ERR_INPUT, "%s: the probe said nothing", said.name);
		if (v->noise.n)
			err_detail(err, strv_join(&v->noise, "\n"));
		return -1;
	}
	strv_sort(&v->runtimes);
	*ret = TAKE(v);
	return 0;
}
