/* launch: starts a program for each line of standard input, and says when it did: what a request
 * costs from nothing.
 *
 *	launch PROGRAM ARGUMENT...
 *
 * For each line "N": N of them at one moment; when all have ended, one line: the moment in ns of
 * CLOCK_MONOTONIC, that of the last end, how many failed, and of the one that used most: KiB
 * resident, ms of CPU. (From a small process, since the kernel counts a child's memory from before
 * its exec.) */
#include <fcntl.h>
#include <poll.h>
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
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void become(char **argv, int start)
{
	char c;
	int nowhere = open("/dev/null", O_RDWR);

	if (start >= 0 && read(start, &c, 1) < 0)
		_exit(3);
	dup2(nowhere, STDIN_FILENO);
	dup2(nowhere, STDOUT_FILENO);
	execv(argv[0], argv);
	_exit(127);
}

int main(int argc, char **argv)
{
	char line[64];

	while (argc > 1 && fgets(line, sizeof line, stdin)) {
		int n = atoi(line), failed = 0, status, start[2] = { -1, -1 };
		long long begun = now();

		if (n > 1 && pipe2(start, O_CLOEXEC) < 0)
			return 1;
		for (int i = 0; i < n; i++) {
			if (fork() == 0) {
				close(start[1]);
				become(argv + 1, start[0]);
			}
		}
		if (n > 1) {
			poll(NULL, 0, 300); /* for all to have come to the start */
			begun = now();
			close(start[1]);
			close(start[0]);
		}
		struct rusage one;
		long resident = 0, cpu_ms = 0;
		while (wait4(-1, &status, 0, &one) > 0) {
			long ms = (one.ru_utime.tv_sec + one.ru_stime.tv_sec) * 1000 +
				  (one.ru_utime.tv_usec + one.ru_stime.tv_usec) / 1000;
			failed += status != 0;
			resident = one.ru_maxrss > resident ? one.ru_maxrss : resident;
			cpu_ms = ms > cpu_ms ? ms : cpu_ms;
		}
		printf("%lld %lld %d %ld %ld\n", begun, now(), failed, resident, cpu_ms);
		fflush(stdout);
	}
	return 0;
}
