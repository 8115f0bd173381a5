/* t_ss_seen.c - the store of SIP004's salts: what was there is known, what was
 * not is nearly never refused; marks; the file, and what is wrong with it. */
#include "src/ss/ss_seen.c"

#include <stdio.h>
#include <unistd.h>

#include "tests/lib/codec_feed.h"

static struct ss_seen store;
static uint64_t seed = 88172645463325252u;

static void salt_n(uint8_t salt[32], uint32_t n)
{
	memset(salt, 0, 32);
	memcpy(salt, &n, sizeof(n));
}

static void begin(void)
{
	memset(&store, 0, sizeof(store));
	ss_seen_start(&store);
}

/* The last LIMIT_SEEN at any time; false alarms are counted. */
static void t_known(void **state)
{
	uint32_t i, n = 3 * LIMIT_SEEN, false_alarms = 0;
	uint8_t salt[32];

	(void)state;
	begin();
	for (i = 0; i < n; i++) {
		salt_n(salt, i);
		if (ss_seen_add(&store, salt, sizeof(salt)) != 0)
			false_alarms++;
	}
	/* Expected: 0.0000005 * n, which is less than one. */
	assert_true(false_alarms <= 3);
	for (i = n - LIMIT_SEEN; i < n; i++) {
		salt_n(salt, i);
		assert_int_equal(ss_seen_add(&store, salt, sizeof(salt)),
		    -E_DENY);
	}
	/* Those long before are forgotten, but for few. */
	false_alarms = 0;
	for (i = 0; i < 1000; i++) {
		salt_n(salt, i);
		if (ss_seen_add(&store, salt, sizeof(salt)) != 0)
			false_alarms++;
	}
	assert_true(false_alarms < 10);
}

static void t_marks(void **state)
{
	uint8_t salt[32], master[32];
	size_t len, i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		len = 16 + 8 * (i % 3);
		for (size_t j = 0; j < 32; j++) {
			salt[j] = (uint8_t)test_random(&seed);
			master[j] = (uint8_t)test_random(&seed);
		}
		assert_false(ss_seen_is_marked(salt, master, len));
		ss_seen_mark(salt, master, len);
		assert_true(ss_seen_is_marked(salt, master, len));
		master[test_random(&seed) % len] ^= 1;
		assert_false(ss_seen_is_marked(salt, master, len));
	}
}

static void t_file(void **state)
{
	static struct ss_seen again;
	char path[] = "/tmp/t_ss_seen.XXXXXX";
	uint8_t salt[32];
	FILE *f;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	begin();
	salt_n(salt, 7);
	assert_int_equal(ss_seen_add(&store, salt, 32), 0);
	memset(&again, 0, sizeof(again));
	assert_int_equal(ss_seen_load(&again, path), -E_INVAL);
	assert_int_equal(ss_seen_save(&store, path), 0);
	assert_int_equal(ss_seen_load(&again, path), 0);
	assert_int_equal(ss_seen_add(&again, salt, 32), -E_DENY);
	/* An octet of it is another. */
	f = fopen(path, "r+");
	assert_non_null(f);
	assert_int_equal(fseek(f, 5000, SEEK_SET), 0);
	assert_int_equal(fputc('x', f), 'x');
	fclose(f);
	memset(&again, 0, sizeof(again));
	assert_int_equal(ss_seen_load(&again, path), -E_INVAL);
	assert_int_equal(ss_seen_add(&again, salt, 32), 0);
	assert_int_equal(truncate(path, 100), 0);
	memset(&again, 0, sizeof(again));
	assert_int_equal(ss_seen_load(&again, path), -E_INVAL);
	unlink(path);
	assert_int_equal(ss_seen_load(&again, path), -E_NOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_known),
		cmocka_unit_test(t_marks),
		cmocka_unit_test(t_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
