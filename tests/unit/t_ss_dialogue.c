/* t_ss_dialogue.c - the manager's words in each of the three dialogues, and
 * what they do. */
#include "src/ss/ss_dialogue.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "port/net.h"

static struct loop loop;
static struct ss ss;
static struct ss_conf conf;
static const struct ss_dialogue *dialogue;
static uint16_t port, taken;
static int taken_fd;

/* Answers, one after the other, with '|' behind each. */
static char heard[60000], mem[16384];
static size_t heard_len, answers, longest;

static void on_say(struct ss_answer *a, const char *text, size_t len)
{
	(void)a;
	assert_true(heard_len + len + 2 < sizeof(heard));
	memcpy(heard + heard_len, text, len);
	heard_len += len;
	heard[heard_len++] = '|';
	heard[heard_len] = '\0';
	answers++;
	longest = MAX(longest, len);
}

static uint16_t free_port(int *fd)
{
	struct addr a = { .family = 4, .ip = { 127, 0, 0, 1 } };
	struct net_how how = { 0 };

	*fd = port_tcp_listen(&a, &how);
	assert_true(*fd >= 0);
	return a.port;
}

static void open_as(enum ss_flavour flavour)
{
	struct opt_table t;
	char why[100];
	int fd;

	log_set_level(LOG_NONE);
	memset(&conf, 0, sizeof(conf));
	t = ss_conf_table(&conf, SS_SERVER);
	ss_conf_defaults(&t);
	conf.base.method = ss_method_find("aes-256-gcm");
	conf.flavour = flavour;
	conf.is_manager = true;
	conf.host[0].host = "127.0.0.1";
	conf.host_n = 1;
	assert_int_equal(loop_open(&loop, ""), 0);
	assert_int_equal(ss_start(&ss, &loop, &conf, why, sizeof(why)), 0);
	dialogue = ss_dialogue_of(&conf);
	ss.tells_secrets = dialogue->entry != NULL;
	port = free_port(&fd);
	port_close(fd);
	taken = free_port(&taken_fd);
}

static void close_all(void)
{
	ss_stop(&ss);
	loop_turn(&loop, 0);
	port_close(taken_fd);
	assert_int_equal(ss_port_pool->used, 0);
	assert_int_equal(ss_user_pool->used, 0);
	assert_null(ss_door_next(&ss, NULL));
	loop_close(&loop);
}

/* $P and $T in text: a free port's number, and a taken one's. */
static bool say_room(const char *text, size_t room)
{
	struct ss_answer a = { on_say, mem, room };
	struct text_out o = { .mem = (char[4096]){ 0 }, .room = 4096 };

	heard_len = answers = longest = 0;
	heard[0] = '\0';
	for (; *text != '\0'; text++) {
		if (strncmp(text, "$P", 2) == 0 || strncmp(text, "$T", 2) == 0)
			text_put(&o, "%u", *++text == 'P' ? port : taken);
		else
			text_put(&o, "%c", *text);
	}
	assert_false(o.full);
	return ss_dialogue_hear(dialogue, &ss, o.mem, o.len, &a);
}

static bool tell(const char *text)
{
	return say_room(text, sizeof(mem));
}

/* What is expected may have $P in it too. */
static void check_heard(const char *want)
{
	struct text_out o = { .mem = (char[4096]){ 0 }, .room = 4096 };

	for (; *want != '\0'; want++) {
		if (strncmp(want, "$P", 2) == 0 && want++)
			text_put(&o, "%u", port);
		else
			text_put(&o, "%c", *want);
	}
	assert_string_equal(heard, o.mem);
}

#define KEY "AAECAwQFBgcICQoLDA0ODw=="
#define KEY_A "AQEBAQEBAQEBAQEBAQEBAQ=="
#define KEY_B "AgICAgICAgICAgICAgICAg=="
#define M2022 "\"method\":\"2022-blake3-aes-128-gcm\""

/* In order: a row finds what those above it left. NULL = no answer; "err" = a
 * failure, and in rust's its reason. */
static const struct row {
	const char *text, *python, *libev, *rust;
} rows[] = {
	{ "ping", "pong|", "stat: {}|", "stat: {}\n|" },
	{ "ping\n", "pong|", "stat: {}|", "stat: {}\n|" },
	{ "list", NULL, "[\n\t\n]|", "[]\n|" },
	{ "pin", NULL, NULL, NULL },
	{ "", NULL, NULL, NULL },
	{ ":", NULL, NULL, NULL },
	{ "add", NULL, NULL, NULL },
	{ "add:", NULL, NULL, NULL },
	{ "list: {}", NULL, NULL, NULL },
	{ "stop: {}", NULL, NULL, NULL },
	{ "stat: {\"8001\":5}", NULL, NULL, NULL },
	{ "add: {", "err", "err", "err" },
	{ "add: {}", "err", "err", "err" },
	{ "add: {\"server_port\":$P}", "err", "err", "err" },
	{ "add: {\"server_port\":0,\"password\":\"x\"}", "err", "err",
	    "err" },
	{ "add: {\"server_port\":$P,\"password\":\"\"}", "err", "err",
	    "err" },
	/* The old manager's default, which its own server refuses. */
	{ "add: {\"server_port\":$P,\"password\":\"x\",\"method\":\"table\"}",
	    "err", "err", "err" },
	{ "add: {\"server_port\":$P,\"password\":\"x\",\"mode\":\"some\"}",
	    "err", "err", "err" },
	{ "add: {\"server_port\":$P,\"password\":\"x\","
	    "\"plugin\":\"v2ray; reboot\"}", "err", "err", "err" },
	/* It is here that it would start a program, so it must be allowed. */
	{ "add: {\"server_port\":$P,\"password\":\"x\","
	    "\"plugin\":\"true\",\"plugin_mode\":\"some\"}", "err", "err",
	    "err" },
	{ "add: {\"server_port\":$P,\"password\":\"no key\"," M2022 "}", "err",
	    "err", "err" },
	{ "add: {\"server_port\":$P,\"password\":\"x\",\"users\":[{\"name\":"
	    "\"a\",\"password\":\"" KEY_A "\"}]}", "err", "err", "err" },
	{ "add: {\"server_port\":$T,\"password\":\"x\"}", "err",
	    "port is not available|", "err" },
	{ "ping", "pong|", "stat: {}|", "stat: {}\n|" },
	{ "add: {\"server_port\":\"$P\",\"password\":\"x\\\"y\\u00e4\","
	    "\"no_delay\":true,\"fast_open\":false,\"other\":[1]}", "ok|",
	    "ok|", "ok\n|" },
	{ "list", NULL, "[\n\t{\"server_port\":\"$P\",\"password\":"
	    "\"x\\\"y\xc3\xa4\",\"method\":\"aes-256-gcm\"}\n]|",
	    "[{\"server_port\":$P,\"password\":\"x\\\"y\xc3\xa4\","
	    "\"method\":\"aes-256-gcm\"}]\n|" },
	{ "ping", "pong|", "stat: {\"$P\":0}|", "stat: {\"$P\":0}\n|" },
	{ "users: {\"server_port\":$P}", "[]|", "[]|", "[]\n|" },
	{ "users: {\"server_port\":1}", "err", "err", "err" },
	{ "add_user: {\"server_port\":$P,\"name\":\"a\",\"password\":\"" KEY_A
	    "\"}", "err", "err", "err" },
	/* Replaced, with users. */
	{ "add: {\"server_port\":$P,\"password\":\"" KEY "\"," M2022
	    ",\"plugin\":\"\",\"users\":[{\"name\":\"a\",\"password\":\"" KEY_A
	    "\",\"quota\":9},{\"name\":\"b\\n\",\"password\":\"" KEY_B
	    "\"}]}", "ok|", "ok|", "ok\n|" },
	{ "list", NULL, "[\n\t{\"server_port\":\"$P\",\"password\":\"" KEY
	    "\",\"method\":\"2022-blake3-aes-128-gcm\"}\n]|",
	    "[{\"server_port\":$P,\"password\":\"" KEY "\"," M2022
	    ",\"users\":[{\"name\":\"a\",\"password\":\"" KEY_A "\"},"
	    "{\"name\":\"b\\u000a\",\"password\":\"" KEY_B "\"}]}]\n|" },
	{ "remove_user: {\"server_port\":$P,\"name\":\"b\\n\"}", "ok|", "ok|",
	    "ok\n|" },
	{ "remove_user: {\"server_port\":$P,\"name\":\"b\\n\"}", "err", "err",
	    "err" },
	{ "add_user: {\"server_port\":$P,\"name\":\"a\",\"password\":\"" KEY_A
	    "\",\"rate_up\":7}", "ok|", "ok|", "ok\n|" },
	{ "add_user: {\"server_port\":$P,\"name\":\"c\",\"password\":\"" KEY_A
	    "\"}", "err", "err", "err" },
	{ "add_user: {\"server_port\":$P,\"name\":\"c\",\"password\":\"x\"}",
	    "err", "err", "err" },
	{ "add_user: {\"server_port\":$P,\"password\":\"" KEY_B "\"}", "err",
	    "err", "err" },
	{ "users: {\"server_port\":$P}", "[{\"name\":\"a\",\"up\":0,\"down\":0,"
	    "\"sessions\":0,\"rate_up\":7,\"rate_down\":0,\"quota\":0,"
	    "\"expires\":0}]|", NULL, NULL },
	/* A list of users that fails half way leaves no port. */
	{ "add: {\"server_port\":$P,\"password\":\"" KEY "\"," M2022
	    ",\"users\":[{\"name\":\"a\",\"password\":\"" KEY_A "\"},"
	    "{\"name\":\"b\",\"password\":\"" KEY_A "\"}]}", "err", "err",
	    "err" },
	{ "ping", "pong|", "stat: {}|", "stat: {}\n|" },
	{ "remove: {}", "err", "err", "err" },
	{ "remove: {\"server_port\":\"$P\"}", "ok|", "ok|", "ok\n|" },
	{ "remove: {\"server_port\":$P}", "ok|", "ok|", "ok\n|" },
};

static void check_row(const struct row *row, const char *want)
{
	bool same = want == NULL && row->python != NULL &&
	    strncmp(row->text, "users", 5) == 0;
	bool answered = tell(row->text);

	if (same)
		return;		/* but for its end it is python's */
	assert_int_equal(answered, want != NULL);
	if (want == NULL)
		return;
	if (strcmp(want, "err") != 0)
		check_heard(want);
	else if (dialogue->failed != NULL)
		assert_string_equal(heard, "err|");
	else
		assert_true(strncmp(heard, "err: ", 5) == 0 &&
		    strcmp(heard + heard_len - 2, "\n|") == 0);
}

static void t_words(void **state)
{
	static const enum ss_flavour flavours[] = { SS_OWN, SS_PYTHON,
		SS_LIBEV, SS_RUST };
	size_t i, k;

	(void)state;
	for (i = 0; i < LEN(flavours); i++) {
		open_as(flavours[i]);
		for (k = 0; k < LEN(rows); k++)
			check_row(&rows[k], flavours[i] == SS_LIBEV ?
			    rows[k].libev : flavours[i] == SS_RUST ?
			    rows[k].rust : rows[k].python);
		close_all();
	}
}

/* Each datagram whole, and every port in one of them: the original left out
 * the one at the border, and what stands before them. */
static void t_split(void **state)
{
	struct ss_port_spec spec = { .host = "127.0.0.1",
		.method = ss_method_find("aes-256-gcm"),
		.master = (uint8_t[KEY_MAX]){ 0 } };
	size_t room, i, n, ports = 0;
	char why[100];

	(void)state;
	open_as(SS_LIBEV);
	for (i = 0; i < 100; i++)
		assert_int_equal(ss_port_add(&ss, &spec, why, sizeof(why)), 0);
	for (room = 60; room < 5000; room = room * 3 / 2) {
		assert_true(say_room("ping", room));
		assert_true(longest <= room);
		for (i = ports = n = 0; i < heard_len; i++) {
			ports += heard[i] == ':';
			if (i > 0 && heard[i - 1] != '|')
				continue;
			assert_memory_equal(heard + i, "stat: {\"", 8);
			n++;
		}
		assert_int_equal(n, answers);
		assert_int_equal(ports, 100 + answers);
		assert_true(answers < 100 || room < 100);
	}
	assert_true(say_room("list", 500));
	for (i = n = 0; i < heard_len; i++)
		n += strncmp(heard + i, "\"server_port\":", 14) == 0;
	assert_int_equal(n, 100);
	assert_true(answers > 10);
	close_all();
}

/* More users than a datagram takes: the port is listed all the same. */
static void t_many_users(void **state)
{
	uint8_t psk[KEY_MAX] = { 0 };
	struct ss_user_spec spec = { .psk = psk,
		.method = ss_method_find("2022-blake3-aes-128-gcm") };
	size_t i, n, many = MIN(LIMIT_USERS, 300);
	char name[16];

	(void)state;
	open_as(SS_RUST);
	assert_true(tell("add: {\"server_port\":$P,\"password\":\"" KEY "\","
	    M2022 "}"));
	for (i = 0; i < many; i++) {
		text_fmt(name, sizeof(name), "user %lu", (unsigned long)i);
		spec.name = name;
		psk[0] = (uint8_t)i;
		psk[1] = (uint8_t)(i >> 8);
		assert_int_equal(ss_user_add(&ss, ss_door_find(&ss, port),
		    &spec), 0);
	}
	assert_true(say_room("list", 4000));
	check_heard("[{\"server_port\":$P,\"password\":\"" KEY "\"," M2022
	    "}]\n|");
	assert_true(say_room("users: {\"server_port\":$P}", 4000));
	for (i = n = 0; i < heard_len; i++)
		n += strncmp(heard + i, "\"name\":", 7) == 0;
	assert_int_equal(n, many);
	assert_true(answers > 5 && longest <= 4000);
	close_all();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_words),
		cmocka_unit_test(t_split),
		cmocka_unit_test(t_many_users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
