/* t_ss_ledger.c - sums of ports and users over restarts: files that are whole,
 * torn, damaged, missing, or cannot be written. */
#include "src/ss/ss_ledger.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PATH "/tmp/wherry-t-state"

static struct loop loop;
static struct ss ss;
static struct ss_conf conf;
static uint16_t port;
static const uint8_t psk[KEY_MAX] = { 1 };

static void serve(void)
{
	struct ss_port_spec spec = { .host = "127.0.0.1", .port = port,
		.method = ss_method_find("2022-blake3-aes-128-gcm"),
		.master = psk };
	struct opt_table t;
	char why[100];

	log_set_level(LOG_NONE);
	memset(&conf, 0, sizeof(conf));
	t = ss_conf_table(&conf, SS_SERVER);
	ss_conf_defaults(&t);
	text_copy(conf.state_file, sizeof(conf.state_file), PATH);
	assert_int_equal(loop_open(&loop, ""), 0);
	assert_int_equal(ss_start(&ss, &loop, &conf, why, sizeof(why)), 0);
	assert_int_equal(ss_port_add(&ss, &spec, why, sizeof(why)), 0);
	port = ss_listens_at(&ss).port;
}

static struct ss_door *door(void)
{
	return ss_door_next(&ss, NULL);
}

static struct ss_account *user(const char *name, uint8_t key)
{
	uint8_t mine[KEY_MAX] = { 9, key };
	struct ss_user_spec spec = { .name = name, .psk = mine,
		.method = ss_method_find("2022-blake3-aes-128-gcm") };

	assert_int_equal(ss_user_add(&ss, door(), &spec), 0);
	return ss_user_named(door(), name)->account;
}

static void stop(void)
{
	ss_stop(&ss);
	loop_turn(&loop, 0);
	loop_close(&loop);
	assert_int_equal(ss_pasts.used, 0);
}

/* The process is gone without a word. */
static void crash(void)
{
	timer_stop(&loop, &ss.ledger.timer);
	forget(&ss.ledger);
	ss.ledger.ss = NULL;
	stop();
}

static int setup(void **state)
{
	(void)state;
	port = 0;
	(void)port_path_remove(PORT_FS, PATH);
	(void)port_path_remove(PORT_FS, PATH ".new");
	return 0;
}

static bool there(const char *path)
{
	struct file_info info;

	return port_path_info(PORT_FS, path, true, &info) == 0;
}

static const char odd[] = "anna m\xc3\xbcller 100%\n\x7f";

static void t_restart(void **state)
{
	struct ss_account *a;

	(void)state;
	serve();
	assert_int_equal(door()->account->up, 0);
	*door()->account = (struct ss_account){ .up = UINT64_MAX, .down = 7,
		.sessions = 3 };
	user(odd, 1)->up = 5;
	user("bert", 2)->down = 6;
	stop();
	assert_true(there(PATH) && !there(PATH ".new"));
	serve();
	a = door()->account;
	assert_true(a->up == UINT64_MAX && a->down == 7 && a->sessions == 3);
	/* It is not news. */
	assert_int_equal(ss_account_news(a), 0);
	assert_int_equal(user(odd, 1)->up, 5);
	/* bert did not come: he is waited for over one more restart. */
	stop();
	serve();
	assert_int_equal(user("bert", 2)->down, 6);
	assert_int_equal(user(odd, 1)->up, 5);
	/* One who was removed is forgotten. */
	ss_user_remove(&ss, ss_user_named(door(), "bert"));
	stop();
	serve();
	assert_int_equal(user("bert", 2)->down, 0);
	stop();
}

/* Spent is spent, whatever was restarted. */
static void t_quota(void **state)
{
	struct ss_limits l = { .quota = 10 };

	(void)state;
	serve();
	door()->account->up = 10;
	stop();
	serve();
	ss_account_limit(door()->account, &l, loop.now_ms);
	assert_true(ss_account_spent(door()->account, 0));
	stop();
}

/* Ports that leave with their last session are in it all the same. */
static void t_quiet(void **state)
{
	(void)state;
	serve();
	door()->account->up = 3;
	user("bert", 2)->down = 6;
	ss_quiet(&ss);
	assert_null(door());
	stop();
	serve();
	assert_int_equal(door()->account->up, 3);
	assert_int_equal(user("bert", 2)->down, 6);
	stop();
}

/* Every minute, when something changed; it has its name a minute later. */
static void t_minutes(void **state)
{
	(void)state;
	serve();
	door()->account->up = 1;
	on_time(&ss.ledger.timer);
	assert_true(there(PATH ".new") && !there(PATH));
	on_time(&ss.ledger.timer);
	assert_true(!there(PATH ".new") && there(PATH));
	on_time(&ss.ledger.timer);
	assert_true(!there(PATH ".new") && there(PATH));
	door()->account->up = 2;
	on_time(&ss.ledger.timer);
	assert_true(there(PATH ".new") && there(PATH));
	crash();
	serve();
	assert_int_equal(door()->account->up, 2);
	crash();
}

/* The newer is torn: the older is taken, and it was whole. */
static void t_torn(void **state)
{
	int fd;

	(void)state;
	serve();
	door()->account->up = 1;
	on_time(&ss.ledger.timer);
	on_time(&ss.ledger.timer);
	door()->account->up = 2;
	on_time(&ss.ledger.timer);
	crash();
	fd = port_file_open(PORT_FS, PATH ".new", FILE_WRITE, 0);
	assert_int_equal(port_file_truncate(fd, 40), 0);
	port_file_close(fd);
	serve();
	assert_int_equal(door()->account->up, 1);
	crash();
}

static void write_file(const char *text, size_t len)
{
	int fd = port_file_open(PORT_FS, PATH, FILE_WRITE | FILE_CREATE |
	    FILE_TRUNC, 0600);

	assert_true(fd >= 0);
	if (len > 0)
		assert_int_equal(port_file_write(fd, 0, text, len), len);
	port_file_close(fd);
}

/* Cut anywhere, or an octet changed anywhere: nothing of it is taken. */
static void t_damaged(void **state)
{
	char text[400];
	ptrdiff_t len, i;
	int fd;

	(void)state;
	serve();
	door()->account->up = 12345;
	user(odd, 1)->up = 5;
	stop();
	fd = port_file_open(PORT_FS, PATH, FILE_READ, 0);
	len = port_file_read(fd, 0, text, sizeof(text));
	port_file_close(fd);
	assert_in_range(len, 100, 399);
	for (i = 0; i < 2 * len; i++) {
		text[i / 2] ^= i % 2;
		write_file(text, (size_t)(i % 2 != 0 ? len : i / 2));
		text[i / 2] ^= i % 2;
		assert_int_equal(read_one(&ss.ledger, PATH), -E_PROTO);
		assert_int_equal(ss_pasts.used, 0);
	}
	text[len] = '\n';
	write_file(text, (size_t)len + 1);
	assert_int_equal(read_one(&ss.ledger, PATH), -E_PROTO);
	serve();
	assert_int_equal(door()->account->up, 0);
	crash();
}

/* Cannot be written: it goes on, and tries again. */
static void t_no_room(void **state)
{
	struct ss_ledger_file f;

	(void)state;
	assert_int_equal(ss_ledger_file_make(&f, "/dev/full"), 0);
	assert_int_equal(ss_ledger_file_done(&f, true), -E_NOSPC);
	serve();
	text_copy(ss.ledger.path, sizeof(ss.ledger.path), "/no/such/x");
	door()->account->up = 1;
	on_time(&ss.ledger.timer);
	assert_false(ss.ledger.fresh);
	text_copy(ss.ledger.path, sizeof(ss.ledger.path), PATH);
	stop();
	serve();
	assert_int_equal(door()->account->up, 1);
	crash();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(t_restart, setup),
		cmocka_unit_test_setup(t_quota, setup),
		cmocka_unit_test_setup(t_quiet, setup),
		cmocka_unit_test_setup(t_minutes, setup),
		cmocka_unit_test_setup(t_torn, setup),
		cmocka_unit_test_setup(t_damaged, setup),
		cmocka_unit_test_setup(t_no_room, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) |
	    setup(NULL);
}
