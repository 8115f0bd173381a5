/* t_ss_users.c - users of ports come and go, found by the hash of their key. */
#include "src/ss/ss_users.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/log.h"

static struct loop loop;
static struct ss ss;
static struct ss_conf conf;

static const struct ss_method *method(const char *name)
{
	return ss_method_find(name);
}

static int setup(void **state)
{
	struct opt_table t;
	char why[200];

	(void)state;
	log_set_level(LOG_NONE);
	memset(&conf, 0, sizeof(conf));
	t = ss_conf_table(&conf, SS_SERVER);
	ss_conf_defaults(&t);
	for (size_t i = 0; i < 2; i++)
		conf.servers[i] = (struct ss_server_conf){ .of = &conf,
			.host = "127.0.0.1",
			.method = method("2022-blake3-aes-128-gcm") };
	conf.servers_n = 2;
	assert_int_equal(loop_open(&loop, ""), 0);
	assert_int_equal(ss_start(&ss, &loop, &conf, why, sizeof(why)), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ss_stop(&ss);
	loop_turn(&loop, 0);
	assert_int_equal(ss_users.used, 0);
	assert_null(ss_door_next(&ss, NULL));
	for (size_t i = 0; i < LEN(ss.users.row); i++)
		assert_null(ss.users.row[i]);
	loop_close(&loop);
	return 0;
}

static struct ss_door *door(void)
{
	return ss_door_next(&ss, NULL);
}

static int add(struct ss_door *d, const char *name, unsigned key)
{
	uint8_t psk[16] = { (uint8_t)key, (uint8_t)(key >> 8) };
	struct ss_user_spec spec = { .name = name, .psk = psk,
		.method = method("2022-blake3-aes-128-gcm") };

	return ss_user_add(&ss, d, &spec);
}

static struct ss_user *find(struct ss_door *d, unsigned key)
{
	uint8_t psk[16] = { (uint8_t)key, (uint8_t)(key >> 8) }, hash[32];

	blake3(hash, psk, sizeof(psk));
	return ss_user_find(&ss, d, hash);
}

static void t_found(void **state)
{
	struct ss_door *d = door(), *other = ss_door_next(&ss, d);
	const struct ss_port *p = OWNER(d->ports.next, struct ss_port,
	    of_door);
	struct ss_user *u;

	(void)state;
	assert_null(p->of_2022.who);
	assert_int_equal(add(d, "anna", 1), 0);
	assert_non_null(p->of_2022.who);
	assert_int_equal(add(d, "bert", 2), 0);
	assert_int_equal(add(other, "anna", 3), 0);
	u = find(d, 1);
	assert_string_equal(u->name, "anna");
	assert_ptr_equal(u->key.shared, &ss.of_2022);
	assert_ptr_equal(ss_user_named(d, "anna"), u);
	assert_string_equal(find(d, 2)->name, "bert");
	assert_ptr_equal(find(other, 3), ss_user_named(other, "anna"));
	/* Each port has its own. */
	assert_null(find(d, 3));
	assert_null(find(other, 1));
	assert_null(ss_user_named(other, "bert"));
	ss_user_remove(&ss, u);
	assert_null(find(d, 1));
	assert_null(ss_user_named(d, "anna"));
	ss_user_remove(&ss, find(d, 2));
	/* All were removed: the port's key alone still opens nothing. */
	assert_non_null(p->of_2022.who);
	assert_null(ss_user_next(d, NULL));
}

static void t_refused(void **state)
{
	static const struct {
		const char *name, *method;
		int rc;
	} rows[] = {
		{ "x", "2022-blake3-chacha20-poly1305", -E_NOSUP },
		{ "x", "aes-128-gcm", -E_NOSUP },
		{ "x", "aes-256-cfb", -E_NOSUP },
		{ "", "2022-blake3-aes-128-gcm", -E_INVAL },
		{ NULL, "2022-blake3-aes-128-gcm", -E_INVAL },
		{ "0123456789012345678901234567890123456789012345678901234567"
		    "890123", "2022-blake3-aes-128-gcm", -E_LONG },
	};
	uint8_t psk[KEY_MAX] = { 9 };
	struct ss_user_spec spec = { .psk = psk };

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		spec.name = rows[i].name;
		spec.method = method(rows[i].method);
		assert_int_equal(ss_user_add(&ss, door(), &spec), rows[i].rc);
	}
	assert_false(door()->by_users);
	assert_int_equal(add(door(), "anna", 1), 0);
	assert_int_equal(add(door(), "bert", 1), -E_EXIST);
	assert_null(ss_user_named(door(), "bert"));
}

/* The same name: with its key it is that one, with another the sums stay. */
static void t_again(void **state)
{
	struct ss_user *u;

	(void)state;
	assert_int_equal(add(door(), "anna", 1), 0);
	u = find(door(), 1);
	u->account->up = 5;
	assert_int_equal(add(door(), "anna", 1), 0);
	assert_ptr_equal(find(door(), 1), u);
	assert_int_equal(add(door(), "anna", 2), 0);
	assert_null(find(door(), 1));
	assert_ptr_equal(find(door(), 2), u);
	assert_int_equal(u->account->up, 5);
	assert_int_equal(ss_users.used, 1);
}

/* Closed with its port, a user stays for who holds it. */
static void t_held(void **state)
{
	struct ss_door *d = door();
	uint16_t number = d->number;
	struct ss_user *u;

	(void)state;
	assert_int_equal(add(d, "anna", 1), 0);
	assert_int_equal(add(d, "bert", 2), 0);
	u = find(d, 1);
	ss_user_hold(u);
	assert_int_equal(ss_port_remove(&ss, number), 0);
	assert_int_equal(ss_users.used, 1);
	assert_null(find(d, 1));
	assert_null(ss_user_named(d, "anna"));
	assert_ptr_equal(ss_user_next(d, NULL), u);
	assert_null(ss_user_next(d, u));
	assert_false(d->by_users);
	ss_user_drop(&ss, u);
	assert_int_equal(ss_users.used, 0);
	assert_null(ss_door_find(&ss, number));
}

static void t_as_many_as_there_is_room_for(void **state)
{
	struct ss_door *d = door();
	unsigned i, longest = 0, n;
	const struct ss_user *u;
	char name[16];

	(void)state;
	for (i = 0; i < LIMIT_USERS; i++) {
		text_fmt(name, sizeof(name), "user%u", i);
		assert_int_equal(add(d, name, i), 0);
	}
	assert_int_equal(add(d, "one more", i), -E_FULL);
	for (i = 0; i < LIMIT_USERS; i += 97) {
		text_fmt(name, sizeof(name), "user%u", i);
		assert_string_equal(find(d, i)->name, name);
	}
	for (i = 0; i < LEN(ss.users.row); i++, longest = MAX(longest, n))
		for (n = 0, u = ss.users.row[i]; u != NULL; u = u->next)
			n++;
	assert_in_range(longest, 2, 12);
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(t_found), ROW(t_refused), ROW(t_again), ROW(t_held),
		ROW(t_as_many_as_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
