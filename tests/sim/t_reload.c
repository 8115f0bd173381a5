/* t_reload.c - another configuration for both programs while calls are under
 * way: who is connected is served to the end, who comes later finds the new
 * one, and one that cannot be had changes nothing. */
#include "src/ss/ss_reload.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "port/sim/sim.h"
#include "tests/lib/sim_case.h"
#include "tests/lib/sim_relay.h"

enum change { CHANGE_NOTHING, CHANGE_KEY, CHANGE_PORT, CHANGE_METHOD, CHANGES };

static struct ss_conf server_next, local_next;

static const char *some_method(void)
{
	static const char *const methods[] = { "aes-256-gcm", "aes-128-cfb",
		"chacha20-ietf-poly1305", "2022-blake3-aes-128-gcm" };

	return methods[sim_pick(LEN(methods))];
}

static void change(struct ss_server_conf *e, enum change what)
{
	if (what == CHANGE_KEY) {
		memset(e->secret.key, 9, KEY_MAX);
		memset(e->secret.psk.key, 9, KEY_MAX);
	} else if (what == CHANGE_PORT) {
		e->port++;
	} else if (what == CHANGE_METHOD) {
		e->method = ss_method_find("aes-192-gcm");
	}
}

static void reload(enum change what)
{
	char why[200];

	server_next = R.server_conf;
	local_next = R.local_conf;
	change(&server_next.servers[0], what);
	change(&local_next.servers[0], what);
	check(ss_reload(&R.server, &server_next, why, sizeof(why)) == 0);
	check(ss_reload(&R.local, &local_next, why, sizeof(why)) == 0);
	check(R.server.ports.next->next == &R.server.ports);
	check(R.local.ports.next->next == &R.local.ports);
}

static void turn(int n)
{
	while (n-- > 0)
		loop_turn(&R.loop, R.loop.now_ms + 50);
}

/* Two calls before it, as far as they came; two after it. */
static void a_seed(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);
	bool under_way[RELAYS];
	enum change what;
	int i;

	sim_reset(seed, NULL);
	relay_open(seed, some_method(), true);
	sim_change(&conf);
	for (i = 0; i < 2; i++) {
		relay_plan(i, CALL_TARGET);
		relay_call(i);
	}
	turn((int)sim_pick(60));
	for (i = 0; i < 2; i++)
		under_way[i] = R.call[i].target.opened;
	what = (enum change)sim_pick(CHANGES);
	reload(what);
	for (i = 2; i < RELAYS; i++) {
		relay_plan(i, CALL_TARGET);
		relay_call(i);
	}
	relay_settle();
	for (i = 0; i < RELAYS; i++)
		if (i >= 2 || under_way[i] || what == CHANGE_NOTHING)
			check(relay_call_is_whole(i));
	relay_close();
}

static void t_nobody_is_lost(void **state)
{
	(void)state;
	case_seeds("t_nobody_is_lost", 300, a_seed);
}

/* The second of its ports is somebody else's. */
static void a_refused_seed(uint64_t seed)
{
	struct addr at = { 4, 8500, 0, { 127, 0, 0, 1 } };
	struct sim_conf conf = sim_any_world(seed);
	struct net_how how = { 0 };
	char why[200];
	int fd, i;

	sim_reset(seed, NULL);
	relay_open(seed, some_method(), true);
	sim_change(&conf);
	for (i = 0; i < 2; i++) {
		relay_plan(i, CALL_TARGET);
		relay_call(i);
	}
	turn((int)sim_pick(40));
	fd = port_tcp_listen(&at, &how);
	check(fd >= 0);
	server_next = R.server_conf;
	change(&server_next.servers[0], CHANGE_KEY);
	server_next.servers[1] = server_next.servers[2] =
	    server_next.servers[0];
	server_next.servers_n = 3;
	server_next.servers[1].port = 8499;
	server_next.servers[2].port = 8500;
	check(ss_reload(&R.server, &server_next, why, sizeof(why)) ==
	    -E_INUSE);
	check(strstr(why, "127.0.0.1:8500") != NULL);
	check(R.server.conf == &R.server_conf);
	check(R.server.ports.next->next == &R.server.ports);
	port_close(fd);
	for (i = 2; i < RELAYS; i++) {
		relay_plan(i, CALL_TARGET);
		relay_call(i);
	}
	relay_settle();
	for (i = 0; i < RELAYS; i++)
		check(relay_call_is_whole(i));
	relay_close();
}

static void t_refused_as_a_whole(void **state)
{
	(void)state;
	case_seeds("t_refused_as_a_whole", 100, a_refused_seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_nobody_is_lost),
		cmocka_unit_test(t_refused_as_a_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
