/* spawn.c — runs a command a number of times: one line "MICROSECONDS KIB STATUS" per run, wall time and peak memory.
 *
 * spawn RUNS COMMAND...; the command's output goes to /dev/null. A small process of its own, because the kernel counts
 * the memory of whoever forks into the child's peak: a script's interpreter would be measured instead. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
	const int runs = argc > 2 ? (int)strtol(argv[1], NULL, 10) : 0;

	for (int i = 0; i < runs; i++) {
		struct rusage used;
		int status = 0;
		const long long start = now();
		const pid_t pid = fork();

		if (pid == 0) {
			if (!freopen("/dev/null", "w", stdout))
				_exit(126);
			execvp(argv[2], argv + 2);
			_exit(127);
		}
		if (pid < 0 || wait4(pid, &status, 0, &used) < 0)
			return 1;
		printf("%lld %ld %d\n", now() - start, used.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128);
		(void)fflush(stdout);
	}
	return runs == 0;
}
