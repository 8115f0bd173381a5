/* t_log.c - lines to places that take all, some or none of them. */
#include "port/file.h"
#include "port/out.h"
#include "port/proc.h"
#include "port/time.h"

/* A reader behind a pipe of `room` octets; nobody reads: room 0. */
static struct {
	char got[65536];
	size_t len, room;
	int fd;			/* of the last line */
	int error;		/* instead of octets, once room is used up */
	int64_t wall_ms, now_ms;
	int syslog_prio;
	char syslog[1024];
} world;

static ptrdiff_t fake_out(int fd, const void *mem, size_t len);
static ptrdiff_t fake_append(int fd, const void *mem, size_t len);
static int fake_syslog(int prio, const char *tag, const char *s, size_t len);
static int fake_syslog_open(void);
static int64_t fake_wall_ms(void);
static int64_t fake_now_ms(void);
static int32_t fake_tz_offset(int64_t unix_s);
static int fake_pid(void);

#define port_out fake_out
#define port_file_append fake_append
#define port_syslog fake_syslog
#define port_syslog_open fake_syslog_open
#define port_wall_ms fake_wall_ms
#define port_now_ms fake_now_ms
#define port_tz_offset fake_tz_offset
#define port_pid fake_pid
#include "src/core/log.c"
#undef port_file_append

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define STAMP "2026-01-31 13:00:00 "

static bool real_files;

static ptrdiff_t take(const void *mem, size_t len)
{
	size_t n = MIN(len, world.room);

	if (n == 0)
		return -world.error;
	assert_true(world.len + n < sizeof(world.got));
	memcpy(world.got + world.len, mem, n);
	world.len += n;
	world.got[world.len] = '\0';
	world.room -= n;
	return (ptrdiff_t)n;
}

static int fake_pid(void)
{
	return 12;
}

static ptrdiff_t fake_out(int fd, const void *mem, size_t len)
{
	world.fd = fd;
	return take(mem, len);
}

static ptrdiff_t fake_append(int fd, const void *mem, size_t len)
{
	assert_true(fd >= 0);
	return real_files ? port_file_append(fd, mem, len) : take(mem, len);
}

static int fake_syslog(int prio, const char *tag, const char *s, size_t len)
{
	if (world.room == 0)
		return -world.error;
	world.syslog_prio = prio;
	text_fmt(world.syslog, sizeof(world.syslog), "%s: %.*s", tag,
	    (int)len, s);
	return 0;
}

static int fake_syslog_open(void)
{
	return world.error == E_NOENT ? -E_NOENT : 0;
}

static int64_t fake_wall_ms(void)
{
	return world.wall_ms;
}

static int64_t fake_now_ms(void)
{
	return world.now_ms;
}

static int32_t fake_tz_offset(int64_t unix_s)
{
	assert_true(unix_s == world.wall_ms / 1000);
	return 3600;
}

static int fresh(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	world.room = SIZE_MAX;
	world.error = E_AGAIN;
	world.wall_ms = 1769860800999;
	world.now_ms = 1;
	real_files = false;
	log_close();
	log_set_level(LOG_INFO);
	voice.dropped = voice.unsaid = 0;
	return 0;
}

static void lines_of_each_level(void **state)
{
	(void)state;
	log_set_level(LOG_TRACE);
	log_trace("a=%d", 1);
	log_debug("b");
	log_info("c=%s", "x");
	log_warn("d");
	log_error("e");
	assert_string_equal(world.got,
	    STAMP "VERBOSE  a=1\n"
	    STAMP "DEBUG    b\n"
	    STAMP "INFO     c=x\n"
	    STAMP "WARNING  d\n"
	    STAMP "ERROR    e\n");
}

/* The form of each original, and where it goes. */
static void lines_of_each_form(void **state)
{
	static const struct {
		enum log_form form;
		int fd, error_fd;
		const char *info, *warn;
	} forms[] = {
		{ LOG_PYTHON, 2, 2, STAMP "INFO     a\n", STAMP
		    "WARNING  b\n" },
		{ LOG_LIBEV, 1, 2, " " STAMP "INFO: a\n", " " STAMP
		    "ERROR: b\n" },
		{ LOG_RUST, 1, 1, "2026-01-31T13:00:00+01:00 INFO a\n",
		    "2026-01-31T13:00:00+01:00 WARN b\n" },
		{ LOG_BARE, 1, 1, "INFO a\n", "WARN b\n" },
		{ LOG_VSFTPD, 1, 1, "Sat Jan 31 13:00:00 2026 [pid 12] a\n",
		    "Sat Jan 31 13:00:00 2026 [pid 12] WARNING: b\n" },
	};
	char both[200];

	(void)state;
	for (size_t i = 0; i < LEN(forms); i++) {
		world.len = 0;
		log_set_form(forms[i].form);
		log_info("a");
		assert_int_equal(world.fd, forms[i].fd);
		log_warn("b");
		assert_int_equal(world.fd, forms[i].error_fd);
		text_fmt(both, sizeof(both), "%s%s", forms[i].info,
		    forms[i].warn);
		assert_string_equal(world.got, both);
	}
	log_set_form(LOG_PYTHON);
}

static void lines_below_the_level_are_none(void **state)
{
	static const enum log_level levels[] = { LOG_TRACE, LOG_DEBUG,
		LOG_INFO, LOG_WARN, LOG_ERROR };

	(void)state;
	log_debug("no");
	assert_int_equal(world.len, 0);
	for (size_t at = 0; at < LEN(levels); at++) {
		log_set_level(levels[at]);
		for (size_t i = 0; i < LEN(levels); i++)
			assert_int_equal(log_level_on(levels[i]), i >= at);
	}
	log_set_level(LOG_NONE);
	log_error("no");
	assert_int_equal(world.len, 0);
}

static void one_line_stays_one(void **state)
{
	(void)state;
	log_info("a\nb\r\x1b[31m\x7f\\ \xc3\xa9 \xc2\x9b \xe9 \xf0\x9f\x98");
	assert_string_equal(world.got, STAMP "INFO     a\\x0ab\\x0d\\x1b[31m"
	    "\\x7f\\ \xc3\xa9 \\xc2\\x9b \\xe9 \\xf0\\x9f\\x98\n");
}

static void long_lines_are_cut(void **state)
{
	char text[5000];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	log_info("%s", text);
	assert_in_range(world.len, 900, 1000);
	assert_int_equal(world.got[world.len - 1], '\n');
	world.len = 0;
	memset(text, '\n', sizeof(text) - 1);
	log_info("%s", text);
	assert_in_range(world.len, 900, 1000);
	assert_ptr_equal(strchr(world.got, '\n'), world.got + world.len - 1);
	assert_int_equal(log_dropped(), 0);
}

static void unread_lines_are_dropped_and_counted(void **state)
{
	(void)state;
	world.room = 0;
	for (int i = 0; i < 7; i++)
		log_info("lost");
	assert_int_equal(log_dropped(), 7);
	world.room = SIZE_MAX;
	log_info("found");
	assert_string_equal(world.got, STAMP "WARNING  7 lines dropped\n"
	    STAMP "INFO     found\n");
	log_info("next");
	assert_int_equal(log_dropped(), 7);
	assert_null(strstr(world.got + 60, "dropped"));
}

static void a_part_is_completed_first(void **state)
{
	(void)state;
	world.room = 25;
	log_info("first line");
	log_info("second");
	log_info("third");
	assert_string_equal(world.got, STAMP "INFO ");
	assert_int_equal(log_dropped(), 2);
	world.room = SIZE_MAX;
	log_info("fourth");
	assert_string_equal(world.got, STAMP "INFO     first line\n"
	    STAMP "WARNING  2 lines dropped\n"
	    STAMP "INFO     fourth\n");
}

static void a_part_is_not_completed_elsewhere(void **state)
{
	(void)state;
	world.room = 25;
	log_info("begun on stderr");
	assert_int_equal(log_open(LOG_FILE, "/dev/null", NULL), 0);
	assert_int_equal(log_dropped(), 1);
	world.len = 0;
	world.room = SIZE_MAX;
	log_info("in the file");
	assert_string_equal(world.got, STAMP "WARNING  1 lines dropped\n"
	    STAMP "INFO     in the file\n");
	log_close();
}

/* Room in random portions: whatever comes out is whole lines in order, and
 * each line either came or was counted. */
static void never_garbage(void **state)
{
	const char *want = getenv("SIM_SEEDS");
	unsigned seed, n = want != NULL ? (unsigned)atoi(want) : 500;

	for (seed = 1; seed <= n; seed++) {
		unsigned long seen = 0, dropped = 0, number, last = 0;
		char *line, *end;

		fresh(state);
		srand(seed);
		for (int i = 1; i <= 100; i++) {
			world.room = rand() % 3 ? (size_t)rand() % 90 : 0;
			log_info("line %d", i);
		}
		world.room = SIZE_MAX;
		log_info("line 101");
		for (line = world.got; *line != '\0'; line = end + 1) {
			end = strchr(line, '\n');
			assert_memory_equal(line, STAMP, 20);
			line += 29;
			if (memcmp(line, "line ", 5) == 0) {
				number = strtoul(line + 5, &line, 10);
				assert_in_range(number, last + 1, 101);
				last = number;
				seen++;
			} else {
				dropped += strtoul(line, &line, 10);
				assert_memory_equal(line, " lines dropped",
				    14);
				line += 14;
			}
			assert_ptr_equal(line, end);
		}
		if (seen + dropped != 101 || dropped != log_dropped())
			fail_msg("seed %u: %lu + %lu", seed, seen, dropped);
	}
}

static void a_full_disk_costs_lines_only(void **state)
{
	static const int errors[] = { E_NOSPC, E_IO, E_CLOSED };

	for (size_t i = 0; i < LEN(errors); i++) {
		fresh(state);
		assert_int_equal(log_open(LOG_FILE, "/dev/null", NULL), 0);
		assert_true(log_fd() >= 0);
		world.room = 30;
		world.error = errors[i];
		log_info("abc");
		log_info("lost");
		world.room = SIZE_MAX;
		log_info("back");
		assert_string_equal(world.got, STAMP "INFO     abc\n"
		    STAMP "WARNING  1 lines dropped\n" STAMP "INFO     back\n");
		log_close();
		assert_int_equal(log_fd(), -1);
	}
}

static void files_are_appended_and_reopened(void **state)
{
	char dir[] = "/tmp/wherry-log-XXXXXX", path[64], moved[64];
	char text[256];
	ptrdiff_t n;
	int fd;

	(void)state;
	real_files = true;
	assert_non_null(mkdtemp(dir));
	text_fmt(path, sizeof(path), "%s/log", dir);
	text_fmt(moved, sizeof(moved), "%s/log.1", dir);
	assert_int_equal(log_open(LOG_FILE, path, NULL), 0);
	log_info("one");
	assert_int_equal(rename(path, moved), 0);
	assert_int_equal(log_reopen(), 0);
	log_info("two");
	assert_int_equal(log_reopen(), 0);
	log_info("three");
	fd = port_file_open(PORT_FS, path, FILE_READ, 0);
	n = port_file_read(fd, 0, text, sizeof(text) - 1);
	port_file_close(fd);
	assert_true(n > 0);
	text[n] = '\0';
	assert_string_equal(text, STAMP "INFO     two\n"
	    STAMP "INFO     three\n");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(unlink(moved), 0);
	assert_int_equal(rmdir(dir), 0);
	/* The folder is gone: the old descriptor stays in use. */
	assert_int_equal(log_reopen(), -E_NOENT);
	assert_true(log_fd() >= 0);
	log_info("four");
	assert_int_equal(log_dropped(), 0);
	assert_int_equal(log_open(LOG_FILE, "/nowhere/log", NULL), -E_NOENT);
	assert_true(log_fd() >= 0);
	log_close();
	assert_int_equal(log_reopen(), 0);
}

static void syslog_lines(void **state)
{
	(void)state;
	assert_int_equal(log_open(LOG_SYSLOG, NULL, "wherry"), 0);
	log_info("a=%d", 1);
	assert_string_equal(world.syslog, "wherry: a=1");
	assert_int_equal(world.syslog_prio, 30);
	log_error("e");
	assert_int_equal(world.syslog_prio, 27);
	log_warn("w");
	assert_int_equal(world.syslog_prio, 28);
	log_set_level(LOG_DEBUG);
	log_debug("d");
	assert_int_equal(world.syslog_prio, 31);
	world.room = 0;
	log_info("lost");
	assert_int_equal(log_dropped(), 1);
	assert_int_equal(world.len, 0);
	world.room = 1;
	log_info("x");
	assert_string_equal(world.syslog, "wherry: x");
	log_close();
	world.error = E_NOENT;
	assert_int_equal(log_open(LOG_SYSLOG, NULL, "x"), -E_NOENT);
	world.room = SIZE_MAX;
	log_info("on stderr");
	assert_non_null(strstr(world.got, "on stderr\n"));
}

static void peers_cannot_flood(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++)
		log_rated(LOG_INFO, "i=%d", i);
	assert_int_equal(log_dropped(), 0);
	assert_non_null(strstr(world.got, " i=9\n"));
	assert_null(strstr(world.got, " i=10"));
}

static void what_was_held_back_is_told(void **state)
{
	struct log_rate r = { 0 };
	int may = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		may += log_may(&r);
	assert_int_equal(may, 10);
	world.now_ms += 1000;
	assert_true(log_may(&r));
	log_info("x=1");
	assert_non_null(strstr(world.got, " x=1 held_back=90\n"));
	assert_false(log_may(&r));
	log_info("other");
	assert_non_null(strstr(world.got, " other\n"));
	world.now_ms += 3600 * 1000;
	may = 0;
	while (log_may(&r))
		may++;
	assert_int_equal(may, 10);
	voice.held = 0;
}

static void early_lines_have_no_date(void **state)
{
	(void)state;
	log_early("INFO", "loading config from %s", "a\nb");
	assert_string_equal(world.got, "INFO: loading config from a\\x0ab\n");
	world.room = 0;
	log_early("ERROR", "nobody reads");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(lines_of_each_level, fresh),
		cmocka_unit_test_setup(lines_of_each_form, fresh),
		cmocka_unit_test_setup(lines_below_the_level_are_none, fresh),
		cmocka_unit_test_setup(one_line_stays_one, fresh),
		cmocka_unit_test_setup(long_lines_are_cut, fresh),
		cmocka_unit_test_setup(unread_lines_are_dropped_and_counted,
		    fresh),
		cmocka_unit_test_setup(a_part_is_completed_first, fresh),
		cmocka_unit_test_setup(a_part_is_not_completed_elsewhere,
		    fresh),
		cmocka_unit_test_setup(never_garbage, fresh),
		cmocka_unit_test_setup(a_full_disk_costs_lines_only, fresh),
		cmocka_unit_test_setup(files_are_appended_and_reopened, fresh),
		cmocka_unit_test_setup(syslog_lines, fresh),
		cmocka_unit_test_setup(peers_cannot_flood, fresh),
		cmocka_unit_test_setup(what_was_held_back_is_told, fresh),
		cmocka_unit_test_setup(early_lines_have_no_date, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
