/* t_ftp_monitor.c - the monitor with children that are in somebody's hands:
 * they ask for what they may not have, and are no more. */
#include "src/ftp/ftp_monitor.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "port/time.h"
#include "src/ftp/ftp_child.h"
#include "tests/lib/tree.h"

#define PATIENCE_MS 20000

static struct ftp_monitor m;
static struct ftp_conf conf[FTP_GENS];
static struct loop loop;
static struct tree tree;

/* ---- the children: what they send before login, and after */

enum act { NOTHING, LEAVE, LOGIN, GOOD, BAD, DIAL, DIAL_LOW, GIVE_NONE,
	GIVE_FILE, VERDICT_AGAIN, SHORT, FILE_TOO_MANY, UNKNOWN };
static enum act guest_does, user_does;

static void put(int pair, struct ftp_ask a, size_t len, int fd)
{
	if (port_pair_send(pair, &a, len, fd) < 0)
		port_exit(3);
}

static void do_act(int pair, enum act what)
{
	static const struct ftp_ask asks[] = {
		[LOGIN] = { .kind = ASK_LOGIN, .user = "joe" },
		[GOOD] = { .kind = ASK_VERDICT, .number = 1 },
		[BAD] = { .kind = ASK_VERDICT, .number = 0 },
		[DIAL] = { .kind = ASK_DIAL, .number = 50000 },
		[DIAL_LOW] = { .kind = ASK_DIAL, .number = 22 },
		[GIVE_NONE] = { .kind = ASK_GIVE },
		[GIVE_FILE] = { .kind = ASK_GIVE },
		[VERDICT_AGAIN] = { .kind = ASK_VERDICT, .number = 1 },
		[SHORT] = { .kind = ASK_DIAL, .number = 50000 },
		[FILE_TOO_MANY] = { .kind = ASK_DIAL, .number = 50000 },
		[UNKNOWN] = { .kind = 77 },
	};

	if (what == LEAVE)
		port_exit(0);
	if (what != NOTHING)
		put(pair, asks[what], sizeof(asks[what]) -
		    (what == SHORT ? 1 : 0),
		    what == GIVE_FILE || what == FILE_TOO_MANY ? 0 : -1);
}

static _Noreturn void stay(void)
{
	for (;;)
		port_sleep_ms(1000);
}

struct loop *ftp_child_loop(void)
{
	static struct loop one;

	return &one;
}

_Noreturn void ftp_child_guest(const struct ftp_birth *b)
{
	do_act(b->pair, guest_does);
	stay();
}

/* The good ones say so, get the slot, and then do something. */
_Noreturn void ftp_child_user(const struct ftp_birth *b,
    struct ftp_ask *login)
{
	struct ftp_tell t;
	int fd;

	(void)login;
	if (user_does == BAD || user_does == LEAVE) {
		do_act(b->pair, user_does);
		port_exit(0);
	}
	do_act(b->pair, GOOD);
	if (!port_pair_wait(b->pair, PATIENCE_MS) ||
	    port_pair_recv(b->pair, &t, sizeof(t), &fd) < 0 ||
	    t.kind != TELL_TAKE)
		port_exit(4);
	do_act(b->pair, user_does);
	stay();
}

/* ---- the monitor, and a client */

static void set(const char *pair)
{
	struct opt_table t = ftp_conf_table(&conf[0]);
	struct opt_at at = { .strict = true };

	if (opt_read_pair(&t, &at, pair) < 0)
		fail_msg("%s", at.text);
}

static int setup(void **state)
{
	struct opt_at at = { .strict = true };
	char text[320];

	(void)state;
	tree_make(&tree);
	guest_does = user_does = NOTHING;
	memset(&m, 0, sizeof(m));
	ftp_conf_init(&conf[0]);
	snprintf(text, sizeof(text), "anon_root=%s", tree.base);
	set(text);
	set("listen_port=0");
	set("listen_address=127.0.0.1");
	set("delay_failed_login=0");
	set("connect_from_port_20=YES");
	set("ftp_data_port=0");
	assert_int_equal(ftp_conf_check(&conf[0], &at), 0);
	log_set_level(LOG_NONE);
	assert_int_equal(loop_open(&loop, NULL), 0);
	if (ftp_monitor_open(&m, &loop, conf, text, sizeof(text)) < 0)
		fail_msg("%s", text);
	return 0;
}

static void turn(void)
{
	loop_turn(&loop, port_now_ms() + 10);
	ftp_monitor_reap(&m);
}

static int teardown(void **state)
{
	int64_t until = port_now_ms() + PATIENCE_MS;

	(void)state;
	for (size_t i = 0; i < LEN(m.sess); i++)
		if (m.sess[i].state != MON_FREE)
			mon_sess_end(&m, &m.sess[i]);
	while (m.live > 0 && port_now_ms() < until)
		turn();
	assert_int_equal(m.live, 0);
	assert_int_equal(m.checks, 0);
	assert_int_equal(m.now->used, 0);
	for (size_t i = 0; i < LEN(m.by_pid); i++)
		assert_null(m.by_pid[i]);
	ftp_monitor_close(&m);
	loop_close(&loop);
	tree_remove(&tree);
	return 0;
}

/* The session may have come and gone within one turn. */
static bool is_over(int fd)
{
	char c;
	ptrdiff_t n = port_recv(fd, &c, 1);

	return n != -E_AGAIN && n <= 0;
}

static int dial(void)
{
	int fd = port_tcp_connect(&m.listener.at, &(struct net_how){ 0 });
	int64_t until = port_now_ms() + PATIENCE_MS;

	assert_true(fd >= 0);
	while (m.live == 0 && !is_over(fd) && port_now_ms() < until)
		turn();
	assert_true(m.live == 1 || is_over(fd));
	return fd;
}

/* Until the session is in this state, or over. */
static void reaches(enum mon_state state)
{
	int64_t until = port_now_ms() + PATIENCE_MS;

	while (m.sess[0].state != state && port_now_ms() < until)
		turn();
	assert_int_equal(m.sess[0].state, state);
}

/* Nothing is left of it: the client sees the end. */
static void is_ended(int fd)
{
	char c;

	reaches(MON_FREE);
	assert_int_equal(m.live, 0);
	assert_true(port_recv(fd, &c, 1) <= 0);
	port_close(fd);
}

/* ---- */

static void t_before_login(void **state)
{
	static const enum act bad[] = { GOOD, BAD, DIAL, GIVE_FILE, GIVE_NONE,
		SHORT, FILE_TOO_MANY, UNKNOWN, LEAVE };

	(void)state;
	for (size_t i = 0; i < LEN(bad); i++) {
		guest_does = bad[i];
		is_ended(dial());
	}
}

static void t_after_login(void **state)
{
	static const enum act bad[] = { DIAL_LOW, GIVE_NONE, VERDICT_AGAIN,
		LOGIN, SHORT, FILE_TOO_MANY, UNKNOWN };

	(void)state;
	guest_does = LOGIN;
	for (size_t i = 0; i < LEN(bad); i++) {
		user_does = bad[i];
		is_ended(dial());
	}
}

/* The first is gone, the second is the only one, and nothing else is told. */
static void t_logged_in(void **state)
{
	static const enum act good[] = { NOTHING, DIAL, GIVE_FILE };

	(void)state;
	guest_does = LOGIN;
	for (size_t i = 0; i < LEN(good); i++) {
		int fd;

		user_does = good[i];
		fd = dial();
		reaches(MON_USER);
		for (int n = 0; n < 5; n++)
			turn();
		assert_int_equal(m.sess[0].state, MON_USER);
		assert_int_equal(m.sess[0].end[WHO_GUEST].pid, 0);
		assert_int_equal(m.sess[0].ctl, -1);
		mon_sess_end(&m, &m.sess[0]);
		is_ended(fd);
	}
}

/* A wrong password, and a login child that dies, are the same to the session;
 * to the address as well. */
static void t_denied(void **state)
{
	static const enum act how[] = { BAD, LEAVE };

	(void)state;
	guest_does = LOGIN;
	for (uint32_t i = 0; i < LEN(how); i++) {
		int64_t until = port_now_ms() + PATIENCE_MS;
		int fd;

		user_does = how[i];
		fd = dial();
		while (m.sess[0].fails == 0 && port_now_ms() < until)
			turn();
		reaches(MON_GUEST);
		assert_int_equal(m.sess[0].fails, 1);
		assert_int_equal(m.sess[0].guard->fails, i + 1);
		mon_sess_end(&m, &m.sess[0]);
		is_ended(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(t_before_login, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(t_after_login, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(t_logged_in, setup, teardown),
		cmocka_unit_test_setup_teardown(t_denied, setup, teardown),
	};

	port_rand_open();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
