// SPDX-License-Identifier: EUPL-1.2
// Put before the C library, it moves the wall clock of one process by the seconds that stand in a file, read each time:
// so a test can turn the clock of a running gateway back. Clocks that only count are left alone.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static long offset(void)
{
	const char *path = getenv("SLUIS_TEST_CLOCK");
	FILE *file = path ? fopen(path, "r") : NULL;
	long seconds = 0;
	if (file) {
		if (fscanf(file, "%ld", &seconds) != 1)
			seconds = 0;
		fclose(file);
	}
	return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
	static int (*real)(clockid_t, struct timespec *);
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	int result = real(clock, time);
	if (result == 0 && clock == CLOCK_REALTIME)
		time->tv_sec += offset();
	return result;
}
