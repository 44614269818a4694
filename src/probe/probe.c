#include "probe/probe.h"

#include "base/embed.h"
#include "base/str.h"

static struct blob file(const char *name)
{
	const struct blob *found = embed_find(name);

	return found ? *found : blob_text(name, "");
}

struct blob probe_host(const char *arch)
{
	if (str_eq(arch, "amd64"))
		return file("probe/host");
	return str_eq(arch, "arm64") ? file("probe/host-arm64") : blob_text("probe/host", "");
}

struct blob probe_smoke(void)
{
	return file("probe/smoke.py");
}

struct blob probe_cu(void)
{
	return file("probe/spmm.cu");
}

struct blob probe_ptx(void)
{
	return file("probe/spmm.ptx");
}

static void add_smoke(const struct probe_run *run, const char *dir, unsigned seconds, struct strv *argv)
{
	strv_add(argv, "--");
	strv_add(argv, run->python);
	strv_add(argv, "-B");
	strv_addf(argv, "%s/%s", dir, PROBE_SMOKE_NAME);
	if (run->smoke_tag)
		strv_addf(argv, "--tag=%s", run->smoke_tag);
	strv_addf(argv, "--timeout=%u", seconds);
	if (run->no_gpu)
		strv_add(argv, "--no-gpu");
	if (!run->packages)
		return;
	AUTO_TEXT char *names = strv_join(run->packages, ",");
	strv_addf(argv, "--packages=%s", names);
}

void probe_argv(const struct probe_run *run, struct strv *argv)
{
	const char *dir = run->dir ? run->dir : PROBE_DIR;
	const unsigned seconds = run->timeout_s ? run->timeout_s : 300;

	strv_addf(argv, "%s/%s", dir, PROBE_HOST_NAME);
	if (run->host_tag)
		strv_addf(argv, "--tag=%s", run->host_tag);
	strv_addf(argv, "--timeout=%u", seconds);
	if (run->no_gpu)
		strv_add(argv, "--no-gpu");
	if (run->quick)
		strv_add(argv, "--quick");
	if (run->bench)
		strv_add(argv, "--bench");
	if (run->cuda && !str_eq(run->cuda, "cpu"))
		strv_addf(argv, "--cuda=%s", run->cuda);
	if (!run->no_image_module)
		strv_add(argv, "--module=" PROBE_MODULE);
	if (!run->no_libraries)
		strv_add(argv, "--look=/");
	if (run->python)
		add_smoke(run, dir, seconds, argv);
}
