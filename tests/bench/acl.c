/* acl.c - looks so many addresses, and so many names, up in a list, for
 * tests/bench/bench_acl.py: nanoseconds for each of either.
 *
 *	acl FILE TIMES NAMES */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "src/ss/ss_acl.h"

static struct ss_acl acl;
static uint64_t state = 88172645463325252;

static uint32_t any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16);
}

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Anywhere; bits that were found are added up, so that all is done. */
static unsigned addresses(long times)
{
	struct addr a = { .family = 4 };
	unsigned found = 0;
	uint32_t ip;

	for (; times > 0; times--) {
		ip = any();
		memcpy(a.ip, &ip, sizeof(ip));
		found += ss_acl_addr(&acl, &a);
	}
	return found;
}

/* As bench_acl.py makes n of them: half of them are below one of the list. */
static unsigned names(long times, uint32_t n)
{
	unsigned found = 0;
	char name[64];

	for (; times > 0; times--) {
		uint32_t i = any() % (2 * n);
		int len = snprintf(name, sizeof(name),
		    "www.name%u.example%u.net", i, i % 7);

		found += ss_acl_name(&acl, name, (size_t)len);
	}
	return found;
}

int main(int argc, char **argv)
{
	double t[3];
	unsigned found;
	long times;

	if (argc != 4)
		return 2;
	times = atol(argv[2]);
	if (ss_acl_load(&acl, argv[1], false, ACL_STRICT) != 0)
		return 1;
	t[0] = now_ns();
	found = addresses(times);
	t[1] = now_ns();
	found += names(times, (uint32_t)atol(argv[3]));
	t[2] = now_ns();
	printf("%.1f %.1f %u\n", (t[1] - t[0]) / (double)times,
	    (t[2] - t[1]) / (double)times, found);
	return 0;
}
