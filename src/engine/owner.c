#include "engine/owner.h"

#include "adapt/digest.h"
#include "base/file.h"
#include "base/str.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define PROC_FILE_MAX 65536

void owner_free(struct owner *o)
{
	if (!o)
		return;
	free(o->user);
	free(o->machine);
	free(o->boot);
	free(o->process);
	free(o->project);
	free(o);
}

/* The first line of a small file; "" when it is not there. */
static int first_line(const char *path, char **ret, struct err *err)
{
	AUTO_BUF struct buf text = BUF_INIT;

	if (file_read_if_there(path, PROC_FILE_MAX, &text, err) < 0)
		return -1;
	buf_adds(&text, "");
	*ret = xstrndup(buf_text(&text), strcspn(buf_text(&text), "\n"));
	return 0;
}

/* When a process started, in clock ticks since boot: field 22 of its stat line. 0, or 1 when there is no such process
 * (one that ended and that nobody waited for counts as gone). */
static int process_start(uint64_t pid, char **ret, struct err *err)
{
	AUTO_TEXT char *path = xasprintf("/proc/%llu/stat", (unsigned long long)pid);
	AUTO_BUF struct buf text = BUF_INIT;
	AUTO_STRV struct strv fields = STRV_INIT;
	int there = file_read_if_there(path, PROC_FILE_MAX, &text, err);

	if (there != 0)
		return there;
	const char *behind = strrchr(buf_text(&text), ')'); /* the name may hold anything */

	if (behind)
		strv_split(&fields, behind + 1, " \n");
	if (fields.n < 20)
		return err_set(err, ERR_IO, "%s: is no process status", path);
	if (str_eq(fields.v[0], "Z") || str_eq(fields.v[0], "X"))
		return 1;
	*ret = xstrdup(fields.v[19]);
	return 0;
}

/* The number of the pid namespace, "0" when it is not told. */
static char *pid_namespace(void)
{
	char link[64];
	long len = (long)readlink("/proc/self/ns/pid", link, sizeof(link) - 1);
	uint64_t number;

	if (len <= 0)
		return xstrdup("0");
	link[len] = '\0';
	const char *at = strchr(link, '[');

	if (!at++ || !str_scan_u64(&at, UINT64_MAX, &number))
		return xstrdup("0");
	return xasprintf("%llu", (unsigned long long)number);
}

/* Clones of a virtual machine share their machine id, so the host's name goes in too. */
static int machine_id(char **ret, struct err *err)
{
	AUTO_TEXT char *id = NULL;
	char name[256] = "", hex[HASH_HEX_SIZE];

	if (first_line("/etc/machine-id", &id, err) < 0)
		return -1;
	if (gethostname(name, sizeof(name) - 1) < 0)
		return err_set_errno(err, errno, "read the host's name");
	AUTO_TEXT char *both = xasprintf("%s\n%s", id, name);

	hash_hex(blob_text("machine", both), hex);
	*ret = xstrndup(hex, 16);
	return 0;
}

int owner_self(const char *project, struct owner **ret, struct err *err)
{
	AUTO(owner) struct owner *o = xcalloc(1, sizeof(*o));
	AUTO_TEXT char *start = NULL, *ns = pid_namespace();
	uint64_t pid = (uint64_t)getpid();
	int there;

	if (machine_id(&o->machine, err) < 0 || first_line("/proc/sys/kernel/random/boot_id", &o->boot, err) < 0)
		return -1;
	there = process_start(pid, &start, err);
	if (there < 0)
		return -1;
	if (there > 0)
		return err_set(err, ERR_IO, "/proc is not mounted: this process cannot be named");
	o->user = xasprintf("%llu", (unsigned long long)geteuid());
	o->process = xasprintf("%s:%llu:%s", ns, (unsigned long long)pid, start);
	o->project = xstrdup(project);
	*ret = TAKE(o);
	return 0;
}

void owner_labels(const struct owner *o, struct strv *into)
{
	strv_add(into, OWNER_LABEL "=1");
	strv_addf(into, OWNER_USER "=%s", o->user);
	strv_addf(into, OWNER_MACHINE "=%s", o->machine);
	strv_addf(into, OWNER_BOOT "=%s", o->boot);
	strv_addf(into, OWNER_PROCESS "=%s", o->process);
	if (o->project)
		strv_addf(into, OWNER_PROJECT "=%s", o->project);
}

const char *owner_label(const struct strv *labels, const char *key)
{
	size_t len = strlen(key);

	for (size_t i = 0; i < labels->n; i++)
		if (strncmp(labels->v[i], key, len) == 0 && labels->v[i][len] == '=')
			return labels->v[i] + len + 1;
	return NULL;
}

/* Of the same boot: dead only if this namespace can see that the process is gone. */
static enum owner_state process_judge(const struct owner *self, const char *process)
{
	AUTO_STRV struct strv parts = STRV_INIT, own = STRV_INIT;
	AUTO_TEXT char *start = NULL;
	struct err ignored = ERR_INIT;
	uint64_t pid;

	strv_split(&parts, process, ":");
	strv_split(&own, self->process, ":");
	if (parts.n != 3 || own.n != 3 || !str_eq(parts.v[0], own.v[0]) || !str_to_u64(parts.v[1], INT32_MAX, &pid))
		return OWNER_UNKNOWN;
	int there = process_start(pid, &start, &ignored);

	err_clear(&ignored);
	if (there < 0)
		return OWNER_UNKNOWN;
	return there == 0 && str_eq(start, parts.v[2]) ? OWNER_ALIVE : OWNER_DEAD;
}

enum owner_state owner_judge(const struct owner *self, const struct strv *labels)
{
	const char *user = owner_label(labels, OWNER_USER), *machine = owner_label(labels, OWNER_MACHINE);
	const char *boot = owner_label(labels, OWNER_BOOT), *process = owner_label(labels, OWNER_PROCESS);

	if (!user || !machine || !boot || !process || !str_eq(user, self->user) || !str_eq(machine, self->machine))
		return OWNER_UNKNOWN;
	if (!*boot || !*self->boot)
		return OWNER_UNKNOWN;
	if (!str_eq(boot, self->boot))
		return OWNER_DEAD;
	return process_judge(self, process);
}
