/* inside.c — plays the interpreter of an image and tells what its container may do, as rows of the probe: e2e/test.bats and
 * e2e/podman.bats look at each. Static, so that it runs in an image with nothing in it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/vfs.h>
#include <unistd.h>

#define TMPFS 0x01021994
#define LIMIT (64l << 20)

static const char *tag = "";

/* A row: it passes where found is what is due. */
static void row(const char *id, const char *due, const char *found)
{
	printf("{\"cudabuild\": 1, \"from\": \"smoke\", \"tag\": \"%s\", \"id\": \"inside.%s\", \"status\": \"%s\", "
	       "\"code\": \"inside\", \"expected\": \"%s\", \"found\": \"%s\"}\n",
	       tag, id, strcmp(due, found) == 0 ? "pass" : "fail", due, found);
}

/* The rest of the first line of a file that begins so; "" without. */
static const char *line_of(const char *path, const char *start)
{
	static char line[4096];
	FILE *f = fopen(path, "r");
	int found = 0;

	while (f && !found && fgets(line, sizeof(line), f))
		found = strncmp(line, start, strlen(start)) == 0;
	if (f)
		fclose(f);
	line[found ? strcspn(line, "\n") : 0] = '\0';
	return found ? line + strlen(start) + strspn(line + strlen(start), " \t") : "";
}

/* What opening a file for writing ends in. */
static const char *written(const char *path, int flags)
{
	const int fd = open(path, flags, 0600);

	if (fd < 0)
		return strerror(errno);
	close(fd);
	return "written";
}

static void folders(void)
{
	static const char *const in_memory[] = {"/tmp", "/data", "/dev/shm"};
	static const char *const read_only[] = {"/w", "/etc/w", "/run/w", "/cudabuild-probe/w", "/usr/w"};
	char id[64];

	for (size_t i = 0; i < sizeof(in_memory) / sizeof(*in_memory); i++) {
		struct statfs s = {.f_type = 0};
		const int fine = statfs(in_memory[i], &s) == 0 && s.f_type == TMPFS &&
				 (long)s.f_blocks * (long)s.f_bsize <= LIMIT;
		snprintf(id, sizeof(id), "memory%s", in_memory[i]);
		row(id, "small and in memory", fine ? "small and in memory" : "another file system");
	}
	for (size_t i = 0; i < sizeof(read_only) / sizeof(*read_only); i++) {
		snprintf(id, sizeof(id), "read-only%s", read_only[i]);
		row(id, "Read-only file system", written(read_only[i], O_WRONLY | O_CREAT));
	}
	row("files", "Read-only file system", written("/cudabuild-probe/smoke.py", O_WRONLY));
}

/* No mount that can be written to but the kernel's own, and folders in memory whose size is limited. */
static void mounts(void)
{
	static const char *const kernel[] = {"proc", "sysfs", "devpts", "mqueue", "cgroup", "cgroup2"};
	FILE *f = setmntent("/proc/self/mounts", "r");
	char found[4096] = "none";

	for (struct mntent *m = f ? getmntent(f) : NULL; m; m = getmntent(f)) {
		int fine = hasmntopt(m, "ro") != NULL || strcmp(m->mnt_dir, "/sys/fs/cgroup") == 0 ||
			   (strcmp(m->mnt_type, "tmpfs") == 0 && hasmntopt(m, "size") != NULL);
		for (size_t i = 0; i < sizeof(kernel) / sizeof(*kernel); i++)
			fine = fine || strcmp(m->mnt_type, kernel[i]) == 0;
		if (!fine)
			snprintf(found, sizeof(found), "%s on %s", m->mnt_type, m->mnt_dir);
	}
	row("mounts", "none", f ? found : "no list of mounts");
}

static void network(void)
{
	const struct sockaddr_in far = {
		.sin_family = AF_INET, .sin_port = htons(53), .sin_addr = {.s_addr = htonl(0x01010101)}};
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);
	char found[256] = "lo", line[512];
	FILE *f = fopen("/proc/net/dev", "r");

	while (f && fgets(line, sizeof(line), f))
		if (strchr(line, ':') && !strstr(line, " lo:"))
			snprintf(found, sizeof(found), "%.*s", (int)strcspn(line, ":"), line);
	row("network.devices", "lo", f ? found : "no list of devices");
	row("network", "Network is unreachable",
	    connect(fd, (const struct sockaddr *)&far, sizeof(far)) == 0 ? "reached" : strerror(errno));
}

/* Reads a limit of this container, of cgroups 1 or 2; 0 without. */
static unsigned long long limit(const char *one, const char *two)
{
	const char *text = line_of(one, "");

	return strtoull(*text ? text : line_of(two, ""), NULL, 10);
}

static void limits(void)
{
	const unsigned long long pids = limit("/sys/fs/cgroup/pids/pids.max", "/sys/fs/cgroup/pids.max"),
				 memory = limit("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory.max"),
				 all = strtoull(line_of("/proc/meminfo", "MemTotal:"), NULL, 10) * 1024;

	row("pids", "limited", pids >= 256 && pids < 100000 ? "limited" : "no limit");
	row("memory", "limited", memory > 0 && memory <= all / 4 * 3 ? "limited" : "no limit");
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], "--tag=", 6) == 0)
			tag = argv[i] + 6;
	row("capabilities", "0000000000000000", line_of("/proc/self/status", "CapEff:"));
	row("capabilities.bounding", "0000000000000000", line_of("/proc/self/status", "CapBnd:"));
	row("capabilities.permitted", "0000000000000000", line_of("/proc/self/status", "CapPrm:"));
	row("new-privileges", "1", line_of("/proc/self/status", "NoNewPrivs:"));
	row("seccomp", "2", line_of("/proc/self/status", "Seccomp:"));
	row("gpus", "void", getenv("NVIDIA_VISIBLE_DEVICES") ? getenv("NVIDIA_VISIBLE_DEVICES") : "unset");
	folders();
	mounts();
	network();
	limits();
	printf("{\"cudabuild\": 1, \"from\": \"smoke\", \"tag\": \"%s\", \"end\": true}\n", tag);
	return 0;
}
