/* t_port_tz.c - local time by rule and by file, beside the C library's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "port/posix/tz.c"
#include "port/posix/tz_file.c"
#include "port/posix/tz_rule.c"

static uint64_t luck = 1;

/* Some second between 1970 and 2150. */
static int64_t some_time(void)
{
	luck = luck * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (int64_t)((luck >> 16) % (180 * UINT64_C(31556952)));
}

static void by_libc(const char *tz)
{
	assert_int_equal(setenv("TZ", tz, 1), 0);
	tzset();
}

static int32_t libc_offset(int64_t unix_s)
{
	time_t t = (time_t)unix_s;
	struct tm tm;

	assert_non_null(localtime_r(&t, &tm));
	return (int32_t)tm.tm_gmtoff;
}

static void same_at(const char *tz, int64_t unix_s, int32_t ours)
{
	if (ours != libc_offset(unix_s))
		fail_msg("%s at %lld: %d, not %d", tz, (long long)unix_s,
		    ours, libc_offset(unix_s));
}

static void rules_as_the_c_library(void **state)
{
	static const char *const rule[] = {
		"UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0",
		"AEST-10AEDT,M10.1.0,M4.1.0/3", "NZST-12NZDT,M9.5.0,M4.1.0/3",
		"<+0545>-5:45", "<-03>3", "NST3:30NDT,M3.2.0,M11.1.0",
		"IST-1GMT0,M10.5.0,M3.5.0/1", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
		"EET-2EEST,M3.4.4/50,M10.4.4/50", "AAA3BBB,J60/0,J300",
		"AAA-3:30:15BBB-5,59,299/26:30",
		"LHST-10:30LHDT-11,M10.1.0,M4.1.0",
	};

	(void)state;
	for (size_t i = 0; i < LEN(rule); i++) {
		by_libc(rule[i]);
		for (int n = 0; n < 2000; n++) {
			int64_t at = some_time();
			int32_t ours;

			assert_int_equal(tz_rule(rule[i], at, &ours), 0);
			same_at(rule[i], at, ours);
		}
	}
}

/* The very seconds at which the clock changes. */
static void rules_change_on_the_second(void **state)
{
	static const char rule[] = "CET-1CEST,M3.5.0,M10.5.0/3";
	const int64_t spring = 1711846800, autumn = 1729990800;	/* 2024 */
	int32_t s;

	(void)state;
	assert_int_equal(tz_rule(rule, spring - 1, &s), 0);
	assert_int_equal(s, 3600);
	assert_int_equal(tz_rule(rule, spring, &s), 0);
	assert_int_equal(s, 7200);
	assert_int_equal(tz_rule(rule, autumn - 1, &s), 0);
	assert_int_equal(s, 7200);
	assert_int_equal(tz_rule(rule, autumn, &s), 0);
	assert_int_equal(s, 3600);
	assert_int_equal(tz_rule("EST5EDT", 1720000000, &s), 0);
	assert_int_equal(s, -4 * 3600);
}

static void bad_rules_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "A1", "CET", "CET-", "CET-x", "CET-1CEST,", "<CET-1",
		"CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,M10.5.0/3x",
		"CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M0.5.0,M10.5.0",
		"CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0",
		"CET-1CEST,J0,J300", "CET-1CEST,J366,J300", "CET-1CEST,M3,M4",
		"CET-168", "CET-1:60", "CET-1:00:00:00", "Europe/Berlin",
		"CET-99999999999999999999", "CET-1CEST,M3.5.0/,M10.5.0",
	};
	int32_t s;

	(void)state;
	for (size_t i = 0; i < LEN(bad); i++)
		if (tz_rule(bad[i], 0, &s) != -E_INVAL)
			fail_msg("\"%s\" was taken", bad[i]);
}

/* ---- Files */

static void files_as_the_c_library(void **state)
{
	static const char *const name[] = { "Europe/Berlin", "America/New_York",
		"Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca",
		"Pacific/Apia", "America/Sao_Paulo", "Europe/Dublin",
		"Etc/UTC", "Asia/Gaza" };
	char path[64];

	(void)state;
	if (access("/usr/share/zoneinfo/Europe/Berlin", R_OK) < 0) {
		print_message("no zone files on this machine\n");
		skip();
	}
	for (size_t i = 0; i < LEN(name); i++) {
		(void)text_fmt(path, sizeof(path), "%s%s", zone_dir, name[i]);
		assert_true(take_file(path));
		by_libc(name[i]);
		for (int n = 0; n < 2000; n++) {
			int64_t at = some_time();

			same_at(name[i], at, port_tz_offset(at));
		}
	}
}

static size_t put_header(uint8_t *p, char version, uint32_t changes,
    uint32_t types)
{
	memset(p, 0, 44);
	memcpy(p, "TZif", 4);
	p[4] = (uint8_t)version;
	put_u32be(p + 32, changes);
	put_u32be(p + 36, types);
	put_u32be(p + 40, 4);
	return 44;
}

/* One change at 1000 from +1 h to +2 h. */
static size_t put_block(uint8_t *p, char version, size_t time_len)
{
	size_t n = put_header(p, version, 1, 2);

	memset(p + n, 0, 64);
	put_u32be(p + n + time_len - 4, 1000);
	n += time_len;
	p[n++] = 1;
	put_u32be(p + n, 3600);
	put_u32be(p + n + 6, 7200);
	return n + 12 + 4;
}

static int32_t in_file(const uint8_t *mem, size_t len, int64_t at)
{
	int32_t s;

	assert_int_equal(tz_file(mem, len, at, &s), 0);
	return s;
}

static void files_made_here(void **state)
{
	uint8_t mem[512];
	int32_t s;
	size_t v1 = put_block(mem, 0, 4), len;

	(void)state;
	assert_int_equal(in_file(mem, v1, 999), 3600);
	assert_int_equal(in_file(mem, v1, 1000), 7200);
	assert_int_equal(in_file(mem, v1, INT64_C(1) << 40), 7200);
	v1 = put_block(mem, '2', 4);
	len = v1 + put_block(mem + v1, '2', 8);
	assert_int_equal(in_file(mem, len, 999), 3600);
	assert_int_equal(in_file(mem, len, 1000), 7200);
	memcpy(mem + len, "\nXXX-3\n", 7);
	assert_int_equal(in_file(mem, len + 7, 999), 3600);
	assert_int_equal(in_file(mem, len + 7, 1000), 3 * 3600);
	/* Cut anywhere: refused or read, never beyond its end. */
	for (size_t cut = 0; cut < len + 7; cut++) {
		uint8_t *exact = malloc(cut + 1);

		memcpy(exact + 1, mem, cut);
		(void)tz_file(exact + 1, cut, 5000, &s);
		free(exact);
	}
	put_u32be(mem + 32, 0xffffffff);
	assert_int_equal(tz_file(mem, len + 7, 0, &s), -E_INVAL);
	mem[0] = 'X';
	assert_int_equal(tz_file(mem, len + 7, 0, &s), -E_INVAL);
}

/* ---- Which zone it is */

static int32_t offset_with(const char *tz)
{
	memset(&zone, 0, sizeof(zone));
	if (tz != NULL)
		setenv("TZ", tz, 1);
	else
		unsetenv("TZ");
	return port_tz_offset(0);
}

static void put_file(const char *path, const void *mem, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(mem, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void where_the_zone_is_from(void **state)
{
	char dir[] = "/tmp/t_port_tz.XXXXXX", rule[64], file[64], text[80];
	uint8_t mem[512];
	size_t len = put_block(mem, 0, 4);

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(rule, sizeof(rule), "%s/TZ", dir);
	snprintf(file, sizeof(file), "%s/zone", dir);
	snprintf(text, sizeof(text), ":%s", file);
	etc_tz = rule;
	etc_localtime = file;
	assert_int_equal(offset_with(NULL), 0);
	put_file(file, mem, len);
	assert_int_equal(offset_with(NULL), 3600);
	put_file(rule, "XXX-4\n", 6);
	assert_int_equal(offset_with(NULL), 4 * 3600);
	assert_int_equal(offset_with("YYY5"), -5 * 3600);
	assert_int_equal(offset_with(":YYY5"), -5 * 3600);
	assert_int_equal(offset_with(text), 3600);
	assert_int_equal(offset_with(""), 0);
	assert_int_equal(offset_with("../../etc/passwd"), 0);
	assert_int_equal(offset_with("no/such/zone"), 0);
	unlink(rule);
	unlink(file);
	rmdir(dir);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_as_the_c_library),
		cmocka_unit_test(rules_change_on_the_second),
		cmocka_unit_test(bad_rules_are_refused),
		cmocka_unit_test(files_as_the_c_library),
		cmocka_unit_test(files_made_here),
		cmocka_unit_test(where_the_zone_is_from),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
