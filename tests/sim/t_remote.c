/* t_remote.c - sslocal before several servers in the simulated system: some of
 * them down, all of them down and back, names that lead astray. Nobody gets a
 * wrong octet, nothing is stuck, and while one serves it is found. */
#include "src/ss/ss_remote.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "port/sim/sim.h"
#include "tests/lib/sim_case.h"
#include "tests/lib/sim_relay.h"

static struct ss second;
static struct ss_conf second_conf;

/* Another method, and of another kind: a process has one store of salts for
 * each. */
static const struct ss_method *second_method(void)
{
	return ss_method_find(R.server_conf.servers[0].method->kind == SS_AEAD ?
	    "2022-blake3-aes-256-gcm" : "aes-256-gcm");
}

/* A program of its own. */
static void second_start(void)
{
	char why[200];

	second_conf = R.server_conf;
	second_conf.servers[0].port = 8389;
	second_conf.servers[0].method = second_method();
	check(ss_start(&second, &R.loop, &second_conf, why, sizeof(why)) == 0);
}

static void add_server(const char *host, uint16_t port)
{
	struct ss_conf *conf = &R.local_conf;
	struct ss_server_conf *e = &conf->servers[conf->servers_n++];

	*e = conf->servers[0];
	e->host = host;
	e->port = port;
	if (port == 8389)
		e->method = second_method();
}

static bool is_stopped(void *ctx)
{
	return ((struct ss *)ctx)->sessions_n == 0;
}

static void local_anew(void)
{
	char why[200];

	ss_stop(&R.local);
	check(case_turn(&R.loop, 1000, is_stopped, &R.local));
	text_copy(R.local_conf.balance.choice, 16, sim_pick(2) ? "chance" :
	    "latency");
	check(ss_start(&R.local, &R.loop, &R.local_conf, why,
	    sizeof(why)) == 0);
}

static void begin(uint64_t seed, bool polite)
{
	struct sim_conf conf = sim_any_world(seed);

	relay_open(seed, sim_pick(2) ? "aes-128-gcm" : "aes-256-cfb", polite);
	second_start();
	sim_change(&conf);
}

static void end(void)
{
	sim_change(NULL);
	ss_stop(&second);
	ss_stop(&R.local);
	check(case_turn(&R.loop, 100000, is_stopped, &second));
	loop_turn(&R.loop, 0);	/* checks that were under way are over */
	relay_close();
}

static void turns(uint32_t n)
{
	while (n-- > 0)
		loop_turn(&R.loop, R.loop.now_ms + 200);
}

/* Refused, swallowed, unreachable, of a name that is none: and one that is
 * there. All calls come through, each within one session. */
static void one_of_many_seed(uint64_t seed)
{
	static const char *const hosts[] = { "127.0.0.1", "198.51.100.1",
		"192.0.2.1", "absent.test" };
	int n;

	begin(seed, true);
	R.local_conf.servers_n = 1;
	R.local_conf.servers[0].port = 8390;
	R.local_conf.sock.fast_open = false;
	for (n = (int)sim_pick(3); n > 0; n--)
		add_server(hosts[sim_pick(LEN(hosts))], 8391);
	add_server("127.0.0.1", 8389);
	local_anew();
	turns(sim_pick(20));
	for (int i = 0; i < RELAYS; i++) {
		relay_plan(i, CALL_TARGET);
		relay_call(i);
	}
	relay_settle();
	for (int i = 0; i < RELAYS; i++)
		check(relay_call_is_whole(i));
	end();
}

/* Servers stop and start under load; afterwards everything works again. */
static void come_and_go_seed(uint64_t seed)
{
	char why[200];

	begin(seed, false);
	add_server("127.0.0.1", 8389);
	local_anew();
	for (int i = 0; i < RELAYS - 1; i++) {
		relay_plan(i, CALL_TARGET);
		relay_call(i);
		turns(sim_pick(30));
		if (sim_pick(2)) {
			ss_stop(&second);
			turns(1 + sim_pick(30));
			second_start();
		}
		if (sim_pick(2)) {
			ss_stop(&R.server);
			turns(1 + sim_pick(30));
			check(ss_start(&R.server, &R.loop, &R.server_conf, why,
			    sizeof(why)) == 0);
		}
	}
	relay_settle();
	sim_change(NULL);
	R.polite = true;
	relay_plan(RELAYS - 1, CALL_TARGET);
	R.call[RELAYS - 1].client.whim = PEER_POLITE;
	R.call[RELAYS - 1].target.whim = PEER_POLITE;
	relay_call(RELAYS - 1);
	relay_settle();
	check(relay_call_is_whole(RELAYS - 1));
	end();
}

/* The server's name leads elsewhere, or nobody answers for it: what served
 * last still does. */
static void names_seed(uint64_t seed)
{
	const struct addr good = { 4, 80, 0, { 127, 0, 0, 1 } };
	const struct addr bad = { 4, 80, 0, { 198, 51, 100, 9 } };
	const int last = RELAYS - 1;

	begin(seed, true);
	R.local_conf.servers_n = 1;
	R.local_conf.servers[0].host = "t3.test";
	R.local_conf.sock.fast_open = false;
	local_anew();
	for (int i = 0; i < last; i++) {
		relay_plan(i, CALL_TARGET);
		R.call[i].form = R.names[i].family == 4 ? CALL_BY_IPV4 :
		    CALL_BY_IPV6;
		R.names[last] = i == 1 && sim_pick(2) ? bad : good;
		R.dns.sins.silent = i == 2 && sim_pick(2) ? 65535 : 0;
		relay_call(i);
		relay_settle();
		/* A lie may cost the connection that believed it. */
		check(relay_call_is_whole(i) || i == 1);
		sim_advance_ms(sim_pick(2) * 70000);	/* past its time */
		turns(1);
	}
	end();
}

static void one_that_serves_is_found(void **state)
{
	(void)state;
	case_seeds("t_remote", 100, one_of_many_seed);
}

static void servers_come_and_go(void **state)
{
	(void)state;
	case_seeds("t_remote", 60, come_and_go_seed);
}

static void names_lead_astray(void **state)
{
	(void)state;
	case_seeds("t_remote", 60, names_seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_serves_is_found),
		cmocka_unit_test(servers_come_and_go),
		cmocka_unit_test(names_lead_astray),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
