/* t_ss_book.c - accounts that several processes have: every octet is counted
 * once, a rate is that of all together. */
#include "src/ss/ss_book.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define PROCESSES 4
#define MOVES 2000

static struct ss_account own;

static void t_alone(void **state)
{
	(void)state;
	assert_ptr_equal(ss_book_open(8388, NULL, &own), &own);
	assert_false(ss_accounts_shared());
	ss_book_close(&own, &own);
	assert_int_equal(ss_book_share(), 0);
	assert_true(ss_accounts_shared());
}

/* All begin at once, as soon as the last of them is there. */
static void move_much(void)
{
	struct ss_account *port = ss_book_open(8388, NULL, &own);
	struct ss_account *user = ss_book_open(8388, "anna", &own);
	struct ss_bill bill = { port, user };
	struct ss_share share = { 0 };

	ss_account_begin(port);
	for (int i = 1; i <= MOVES; i++)
		ss_bill_move(&bill, &share, 3 * (uint64_t)i, 5 * (uint64_t)i);
	ss_book_close(user, &own);
	ss_book_close(port, &own);
}

static void in_processes(void (*what)(void))
{
	int status;

	for (int i = 0; i < PROCESSES; i++) {
		if (fork() == 0) {
			what();
			_exit(0);
		}
	}
	for (int i = 0; i < PROCESSES; i++) {
		wait(&status);
		assert_int_equal(status, 0);
	}
}

static void t_sums(void **state)
{
	struct ss_account *port = ss_book_open(8388, NULL, &own);
	struct ss_account *user = ss_book_open(8388, "anna", &own);
	struct ss_sums sums;

	(void)state;
	assert_ptr_not_equal(port, &own);
	assert_ptr_not_equal(port, user);
	ss_account_resume(port, &(struct ss_sums){ 1000, 2000, 7 });
	in_processes(move_much);
	sums = ss_account_sums(port);
	assert_int_equal(sums.up, 1000 + PROCESSES * MOVES * 3);
	assert_int_equal(sums.down, 2000 + PROCESSES * MOVES * 5);
	assert_int_equal(sums.sessions, 7 + PROCESSES);
	sums = ss_account_sums(user);
	assert_int_equal(sums.up, PROCESSES * MOVES * 3);
	ss_book_close(user, &own);
	/* Nobody has her: who comes next begins at zero, the port goes on. */
	user = ss_book_open(8388, "anna", &own);
	assert_int_equal(ss_account_total(user), 0);
	assert_ptr_equal(ss_book_open(8388, NULL, &own), port);
	assert_int_equal(ss_account_sums(port).sessions, 7 + PROCESSES);
	ss_book_close(port, &own);
	ss_book_close(port, &own);
	ss_book_close(user, &own);
}

/* One pays, all wait. */
static void t_rate(void **state)
{
	struct ss_account *a = ss_book_open(1, NULL, &own);
	struct ss_share share = { 0 };

	(void)state;
	ss_account_limit(a, &(struct ss_limits){ .rate_down = 1000 }, 0);
	if (fork() == 0) {
		ss_account_move(a, &share, 0, 500);
		_exit(0);
	}
	wait(NULL);
	assert_int_equal(ss_bucket_wait(&a->of_down, 0), 500);
	/* One of them looked at the clock a little earlier. */
	assert_int_equal(ss_bucket_wait(&a->of_down, 100), 400);
	assert_int_equal(ss_bucket_wait(&a->of_down, 99), 401);
	ss_book_close(a, &own);
}

static void t_full(void **state)
{
	static struct ss_account *all[ENTRIES];
	char name[16];

	(void)state;
	for (size_t i = 0; i < ENTRIES; i++) {
		text_fmt(name, sizeof(name), "%zu", i);
		all[i] = ss_book_open(7, name, &own);
		assert_ptr_not_equal(all[i], &own);
		all[i]->up = i;
	}
	assert_ptr_equal(ss_book_open(7, "more", &own), &own);
	for (size_t i = 0; i < ENTRIES; i += 2)
		ss_book_close(all[i], &own);
	/* Those that stay are found behind the places of those that went. */
	for (size_t i = 1; i < ENTRIES; i += 2) {
		text_fmt(name, sizeof(name), "%zu", i);
		assert_ptr_equal(ss_book_open(7, name, &own), all[i]);
		assert_int_equal(all[i]->up, i);
	}
}

/* Whoever had the lock is dead: nobody waits for ever, and then not at all. */
static void t_death(void **state)
{
	struct ss_account *a = ss_book_open(9, NULL, &own);
	struct ss_share share = { 0 };
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		(void)port_shared_lock(&book->lock);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	ss_account_move(a, &share, 1, 1);
	assert_int_equal(a->up, 1);
	assert_true(port_shared_has(&book->lock, (int)pid));
	ss_book_died((int)pid + 1);
	assert_true(port_shared_has(&book->lock, (int)pid));
	ss_book_died((int)pid);
	assert_true(port_shared_lock(&book->lock));
	port_shared_unlock(&book->lock);
	ss_book_close(a, &own);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_alone),
		cmocka_unit_test(t_sums),
		cmocka_unit_test(t_rate),
		cmocka_unit_test(t_death),
		cmocka_unit_test(t_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
