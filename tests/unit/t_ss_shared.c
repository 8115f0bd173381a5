/* t_ss_shared.c - stores of salts that several processes have: each salt goes
 * through once, whoever brings it, and a death is survived. */
#include "src/ss/ss_shared.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/endian.h"
#include "port/rand.h"

#define PROCESSES 4
#define SALTS 300

static void salt_of(uint8_t salt[32], uint32_t n)
{
	memset(salt, 7, 32);
	put_u32be(salt, n);
}

/* How many of the salts this process was the first to bring. */
static int bring_all(bool old)
{
	uint8_t salt[32];
	int first = 0;

	for (uint32_t i = 0; i < SALTS; i++) {
		salt_of(salt, i);
		first += (old ? ss_seen_add(ss_shared_seen(), salt, 32) :
		    ss_replay_add(ss_shared_replay(), salt, 32, 1000)) == 0;
	}
	return first;
}

static int open_all(void **state)
{
	(void)state;
	return port_rand_open() == 0 ? ss_shared_open(PROCESSES) : -1;
}

static void once_in_all(bool old)
{
	int ends[2], all = bring_all(old), got;

	assert_int_equal(all, SALTS);
	/* Others, that none of them has brought yet. */
	memset(old ? (void *)shared->seen.bits : (void *)shared->replay.slot, 0,
	    old ? sizeof(shared->seen.bits) : sizeof(shared->replay.slot));
	shared->replay.first = shared->replay.n = 0;
	assert_int_equal(pipe(ends), 0);
	for (int i = 0; i < PROCESSES; i++) {
		if (fork() == 0) {
			got = bring_all(old);
			_exit(write(ends[1], &got, sizeof(got)) !=
			    sizeof(got));
		}
	}
	all = 0;
	for (int i = 0; i < PROCESSES; i++) {
		assert_int_equal(read(ends[0], &got, sizeof(got)),
		    sizeof(got));
		all += got;
		wait(NULL);
	}
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(all, SALTS);
	assert_int_equal(bring_all(old), 0);
}

static void t_once_in_all(void **state)
{
	(void)state;
	once_in_all(false);
	once_in_all(true);
}

/* It dies with the lock: nothing goes through meanwhile, nor for as long as
 * a salt counts; then all is as new. */
static void t_death(void **state)
{
	struct ss_replay *r = ss_shared_replay();
	uint8_t salt[32];
	int pid;

	(void)state;
	log_set_level(LOG_NONE);
	salt_of(salt, 12345);
	pid = fork();
	if (pid == 0) {
		(void)port_shared_lock(&shared->of_replay.owner);
		(void)port_shared_lock(&shared->of_seen.owner);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(ss_replay_add(r, salt, 32, 5000), -E_BUSY);
	ss_shared_died(pid + 1, 5000);
	assert_int_equal(ss_replay_add(r, salt, 32, 5000), -E_BUSY);
	ss_shared_died(pid, 5000);
	assert_int_equal(ss_replay_add(r, salt, 32, 5000), -E_BUSY);
	assert_int_equal(ss_replay_add(r, salt, 32, 5000 + SS_SALT_MS - 1),
	    -E_BUSY);
	assert_int_equal(ss_replay_add(r, salt, 32, 5000 + SS_SALT_MS), 0);
	assert_int_equal(r->n, 1);
	assert_int_equal(ss_replay_add(r, salt, 32, 5000 + SS_SALT_MS),
	    -E_DENY);
	assert_int_equal(ss_seen_add(ss_shared_seen(), salt, 32), 0);
	assert_int_equal(ss_seen_add(ss_shared_seen(), salt, 32), -E_DENY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_once_in_all),
		cmocka_unit_test(t_death),
	};

	return cmocka_run_group_tests(tests, open_all, NULL);
}
