/* t_ss_exposition.c - ports and users as Prometheus reads them, in pieces of
 * any size. */
#include "src/ss/ss_exposition.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/log.h"

static struct loop loop;
static struct ss ss;
static struct ss_conf conf;
static char all[200000], whole[200000];

static int setup(void **state)
{
	struct opt_table t;
	char why[200];

	(void)state;
	log_set_level(LOG_NONE);
	memset(&conf, 0, sizeof(conf));
	t = ss_conf_table(&conf, SS_SERVER);
	ss_conf_defaults(&t);
	for (size_t i = 0; i < 3; i++)
		conf.servers[i] = (struct ss_server_conf){ .of = &conf,
			.host = "127.0.0.1", .limits = { .quota = 77 },
			.method = ss_method_find("2022-blake3-aes-128-gcm") };
	conf.servers_n = 3;
	assert_int_equal(loop_open(&loop, ""), 0);
	assert_int_equal(ss_start(&ss, &loop, &conf, why, sizeof(why)), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ss_stop(&ss);
	loop_turn(&loop, 0);
	loop_close(&loop);
	return 0;
}

static struct ss_user *add(struct ss_door *d, const char *name, unsigned key)
{
	uint8_t psk[16] = { (uint8_t)key, (uint8_t)(key >> 8), 1 };
	struct ss_user_spec spec = { .name = name, .psk = psk,
		.method = ss_method_find("2022-blake3-aes-128-gcm") };

	assert_int_equal(ss_user_add(&ss, d, &spec), 0);
	return ss_user_named(d, name);
}

static size_t expose(char *out, size_t room)
{
	struct ss_exposition e = { 0 };
	char part[5000];
	size_t at = 0, n;

	while ((n = ss_exposition_next(&e, &ss, part, room)) > 0) {
		assert_true(n < room && part[n - 1] == '\n');
		assert_true(at + n < sizeof(all));
		memcpy(out + at, part, n);
		at += n;
	}
	out[at] = '\0';
	return at;
}

static void t_samples(void **state)
{
	struct ss_door *d = ss_door_next(&ss, NULL);
	char want[200];

	(void)state;
	d->account->up = UINT64_MAX;
	add(d, "anna", 1)->account->down = 5;
	expose(all, 5000);
	text_fmt(want, sizeof(want), "wherry_port_up_octets_total{port=\"%u\"} "
	    "18446744073709551615\n", d->number);
	assert_non_null(strstr(all, want));
	text_fmt(want, sizeof(want), "# HELP wherry_port_quota_octets octets "
	    "both ways, 0 = any\n# TYPE wherry_port_quota_octets gauge\n"
	    "wherry_port_quota_octets{port=\"%u\"} 77\n", d->number);
	assert_non_null(strstr(all, want));
	text_fmt(want, sizeof(want), "wherry_user_down_octets_total{port="
	    "\"%u\",user=\"anna\"} 5\n", d->number);
	assert_non_null(strstr(all, want));
	assert_non_null(strstr(all, "wherry_pool_used{pool=\"ss_users\"} 1"));
	/* None that is removed, and no family without a sample. */
	ss_user_remove(&ss, ss_user_named(d, "anna"));
	expose(all, 5000);
	assert_null(strstr(all, "wherry_user_"));
}

static void t_labels(void **state)
{
	static const struct {
		const char *name, *shown;
	} rows[] = {
		{ "plain", "plain" }, { "a\"b\\c", "a\\\"b\\\\c" },
		{ "x\ny", "x\\ny" }, { "m\xc3\xbcller", "m\xc3\xbcller" },
		{ "\xff{}", "\xef\xbf\xbd{}" },
		{ "}\n# TYPE x", "}\\n# TYPE x" },
		{ "\xc3", "\xef\xbf\xbd" },
	};
	char longest[SS_USER_NAME], out[3 * SS_USER_NAME];

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		put_label(out, sizeof(out), rows[i].name);
		assert_string_equal(out, rows[i].shown);
	}
	memset(longest, '\xff', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	put_label(out, sizeof(out), longest);
	assert_int_equal(strlen(out), 3 * (SS_USER_NAME - 1));
}

/* However it is cut, it is the same text; each line stands there once. */
static void t_pieces(void **state)
{
	struct ss_door *d = NULL;
	char name[20];
	size_t room, len;
	unsigned n = 0;

	(void)state;
	while ((d = ss_door_next(&ss, d)) != NULL)
		for (int i = 0; i < 30; i++, n++) {
			text_fmt(name, sizeof(name), "user %u", n);
			add(d, name, n)->account->up = n;
		}
	len = expose(whole, 5000);
	assert_true(len > 20000);
	for (room = SS_EXPOSITION_ROOM; room < 5000; room += 97) {
		assert_int_equal(expose(all, room), len);
		assert_string_equal(all, whole);
	}
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(t_samples), ROW(t_labels), ROW(t_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
