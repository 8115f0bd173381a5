/* t_dns_sim.c - the resolver in the simulated system: good servers, dead ones,
 * liars, and a network that comes late. */
#include "src/core/dns.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/listen.h"
#include "port/sim/sim.h"
#include "port/time.h"
#include "tests/lib/sim_case.h"

#define SERVERS 2
#define ASKS 40

static struct loop loop;

/* ---- a name server; the first label of a name says what it does ---- */

struct server {
	struct watch udp;
	struct listener tcp;
	struct chan chan[4];
	int asked;
	bool silent, fails, lies;
	uint16_t last_port, last_id;
	int same_port, same_id;
};

static struct server server[SERVERS];
static int asked_by_tcp;
static const struct addr server_at[SERVERS] = {
	{ .family = 4, .port = 53, .ip = { 10, 0, 0, 1 } },
	{ .family = 4, .port = 53, .ip = { 10, 0, 0, 2 } },
};

static bool is_named(const uint8_t *ask, const char *label)
{
	size_t n = strlen(label);

	return ask[12] == n && memcmp(ask + 13, label, n) == 0;
}

static size_t add_record(uint8_t *out, uint16_t type, const void *data,
    size_t len)
{
	put_u16be(out, 0xc00c);
	put_u16be(out + 2, type);
	put_u16be(out + 4, 1);
	put_u32be(out + 6, 60);
	put_u16be(out + 10, (uint16_t)len);
	memcpy(out + 12, data, len);
	return 12 + len;
}

/* The answer over the question in mem; octets, 0 = none. */
static size_t answer(uint8_t *mem, size_t len, bool by_tcp)
{
	static const uint8_t v4[4] = { 192, 0, 2, 4 };
	static const uint8_t v6[16] = { 0x20, 1, 0xd, 0xb8, [15] = 6 };
	uint16_t type = get_u16be(mem + len - 4);
	bool has4 = !is_named(mem, "v6") && !is_named(mem, "none");
	bool has6 = !is_named(mem, "v4") && !is_named(mem, "none");
	int copies = is_named(mem, "big") ? 40 : 1;

	if (is_named(mem, "mute6") && type == DNS_AAAA)
		return 0;
	if (is_named(mem, "mute4") && type == DNS_A)
		return 0;
	if (is_named(mem, "cut") && !by_tcp) {
		put_u16be(mem + 2, 0x8380);
		return len;
	}
	put_u16be(mem + 2, is_named(mem, "none") ? 0x8183 : 0x8180);
	for (int i = 0; i < copies; i++) {
		if (type == DNS_A && has4)
			len += add_record(mem + len, DNS_A, v4, 4);
		else if (type == DNS_AAAA && has6)
			len += add_record(mem + len, DNS_AAAA, v6, 16);
		else
			break;
		put_u16be(mem + 6, (uint16_t)(i + 1));
	}
	return len;
}

/* Answers to what was not asked, from the right address. */
static void lie(struct server *s, const struct addr *to, const uint8_t *mem,
    size_t len)
{
	uint8_t false_id[2000], false_name[2000];

	memcpy(false_id, mem, len);
	memcpy(false_name, mem, len);
	false_id[1] ^= 1;
	false_name[13] ^= 2;
	false_id[len - 1] = false_name[len - 1] = 66;
	(void)port_udp_send(s->udp.fd, to, false_id, len);
	(void)port_udp_send(s->udp.fd, to, false_name, len);
	(void)port_udp_send(s->udp.fd, to, mem, 7);
}

static void on_question(struct watch *w, unsigned got)
{
	struct server *s = OWNER(w, struct server, udp);
	struct addr from;
	uint8_t mem[2000];
	ptrdiff_t n = port_udp_recv(w->fd, &from, mem, 512);
	size_t len;

	(void)got;
	if (n < 12)
		return;
	s->asked++;
	s->same_port += from.port == s->last_port;
	s->same_id += get_u16be(mem) == s->last_id;
	s->last_port = from.port;
	s->last_id = get_u16be(mem);
	if (s->silent)
		return;
	len = answer(mem, (size_t)n, false);
	if (s->fails && len > 0)
		mem[3] |= 2;
	if (s->lies && len > 0)
		lie(s, &from, mem, len);
	if (len > 0)
		(void)port_udp_send(w->fd, &from, mem, len);
}

static void on_tcp_question(struct chan *c)
{
	uint8_t *p, mem[2000];
	size_t n = chan_data(c, &p), len;

	if (n < 2 || n - 2 < get_u16be(p))
		return;
	asked_by_tcp++;
	memcpy(mem + 2, p + 2, n - 2);
	chan_took(c, n);
	len = answer(mem + 2, n - 2, true);
	put_u16be(mem, (uint16_t)len);
	assert_int_equal(chan_write(c, mem, len + 2), 0);
}

static void on_tcp_over(struct chan *c, int why)
{
	(void)why;
	chan_close(c);
}

static int on_tcp(struct listener *ls, int fd, const struct addr *peer)
{
	static const struct chan_ops ops = { .on_data = on_tcp_question,
		.on_end = on_tcp_over, .on_fail = on_tcp_over };
	struct server *s = ls->ctx;

	(void)peer;
	for (size_t i = 0; i < LEN(s->chan); i++)
		if (!chan_is_open(&s->chan[i]))
			return chan_open(&s->chan[i], &loop, fd, &ops, NULL,
			    NULL);
	return -E_FULL;
}

static void server_open(size_t i)
{
	static const struct net_how how;
	struct addr at = server_at[i];
	int fd;

	sim_outside(true);
	fd = port_udp_open(&at);
	assert_true(fd >= 0);
	assert_int_equal(listen_open(&server[i].tcp, &loop, &at, &how, NULL,
	    on_tcp, &server[i]), 0);
	sim_outside(false);
	assert_int_equal(watch_open(&loop, &server[i].udp, fd, POLL_IN,
	    on_question), 0);
}

static void server_close(struct server *s)
{
	int fd = s->udp.fd;

	listen_close(&s->tcp);
	for (size_t i = 0; i < LEN(s->chan); i++)
		chan_close(&s->chan[i]);
	if (!watch_is_open(&s->udp))
		return;
	watch_close(&s->udp);
	port_close(fd);
}

/* ---- askers ---- */

struct asker {
	struct dns_ask ask;
	int calls, status;
	size_t n;
	struct addr list[DNS_ADDRS];
	struct asker *cancels;
};

static struct asker asker[ASKS];
static const struct dns_conf by_file;

static void on_answer(struct dns_ask *a, int status, const struct addr *list,
    size_t n)
{
	struct asker *k = OWNER(a, struct asker, ask);

	k->calls++;
	k->status = status;
	k->n = n;
	memcpy(k->list, list, n * sizeof(*list));
	if (k->cancels != NULL)
		dns_cancel(&k->cancels->ask);
}

static int ask_for(struct asker *k, const char *name, enum dns_prefer prefer)
{
	int rc;

	*k = (struct asker){ 0 };
	rc = dns_ask(&k->ask, name, strlen(name), prefer, on_answer, k->list,
	    &k->n);
	if (rc == 1)
		k->status = 0;
	else if (rc < 0)
		k->status = rc;
	return rc;
}

static bool is_told(void *ctx)
{
	return ((struct asker *)ctx)->calls > 0;
}

/* Asks and waits for it, no longer than that. */
static struct asker *ask_wait(const char *name, enum dns_prefer prefer,
    int64_t max_ms)
{
	struct asker *k = &asker[0];

	if (ask_for(k, name, prefer) == 0)
		assert_true(case_turn(&loop, max_ms, is_told, k));
	return k;
}

static void turn_for(int64_t ms)
{
	int64_t until = port_now_ms() + ms;

	while (port_now_ms() < until)
		loop_turn(&loop, until);
}

static void resolv_conf(const char *text)
{
	sim_put("/etc/resolv.conf", text, strlen(text));
}

static void begin(uint64_t seed)
{
	sim_reset(seed, NULL);
	memset(server, 0, sizeof(server));
	asked_by_tcp = 0;
	assert_int_equal(loop_open(&loop, NULL), 0);
	resolv_conf("nameserver 10.0.0.1\nnameserver 10.0.0.2\n");
	for (size_t i = 0; i < SERVERS; i++)
		server_open(i);
	dns_open(&loop, &by_file);
}

static int setup(void **state)
{
	(void)state;
	begin(1);
	return 0;
}

static void finish_case(void)
{
	dns_close();
	for (size_t i = 0; i < SERVERS; i++)
		server_close(&server[i]);
	loop_turn(&loop, 0);
	case_clean(&loop);
	loop_close(&loop);
}

static int teardown(void **state)
{
	(void)state;
	finish_case();
	return 0;
}

/* ---- what is asked and answered ---- */

static void both_families_in_the_order_preferred(void **state)
{
	struct asker *k = ask_wait("both.test", DNS_V4_FIRST, 1000);

	(void)state;
	assert_int_equal(k->status, 0);
	assert_int_equal(k->n, 2);
	assert_int_equal(k->list[0].family, 4);
	assert_int_equal(k->list[1].family, 6);
	assert_int_equal(k->list[0].ip[3], 4);
	assert_int_equal(server[0].asked, 2);
	assert_int_equal(server[0].same_id, 0);
	k = ask_wait("Both.Test.", DNS_V6_FIRST, 0);	/* from the cache */
	assert_int_equal(k->n, 2);
	assert_int_equal(k->list[0].family, 6);
	k = ask_wait("both.test", DNS_V6_ONLY, 0);
	assert_int_equal(k->n, 1);
	assert_int_equal(server[0].asked, 2);
	turn_for(61000);
	ask_wait("both.test", DNS_V4_ONLY, 1000);
	assert_int_equal(server[0].asked, 3);
}

static void one_family_only(void **state)
{
	struct asker *k = ask_wait("v4.test", DNS_V6_FIRST, 1000);

	(void)state;
	assert_int_equal(k->n, 1);
	assert_int_equal(k->list[0].family, 4);
	k = ask_wait("v4.test", DNS_V6_ONLY, 1000);
	assert_int_equal(k->status, -E_NOENT);
	k = ask_wait("v6.test", DNS_V4_FIRST, 1000);
	assert_int_equal(k->list[0].family, 6);
}

static void no_is_remembered(void **state)
{
	struct asker *k = ask_wait("none.test", DNS_V4_FIRST, 1000);

	(void)state;
	assert_int_equal(k->calls, 1);
	assert_int_equal(k->status, -E_NOENT);
	assert_int_equal(ask_for(k, "none.test", DNS_V4_FIRST), -E_NOENT);
	assert_int_equal(server[0].asked, 2);
}

static void literals_and_bad_names(void **state)
{
	struct asker *k = &asker[0];

	(void)state;
	assert_int_equal(ask_for(k, "192.0.2.77", DNS_V6_ONLY), 1);
	assert_int_equal(k->list[0].ip[3], 77);
	assert_int_equal(ask_for(k, "::1", DNS_V4_ONLY), 1);
	assert_int_equal(ask_for(k, "", DNS_V4_FIRST), -E_INVAL);
	assert_int_equal(ask_for(k, ".", DNS_V4_FIRST), -E_INVAL);
	assert_int_equal(ask_for(k, "a b", DNS_V4_FIRST), -E_INVAL);
	assert_int_equal(ask_for(k, "a..b", DNS_V4_FIRST), -E_INVAL);
	assert_int_equal(ask_for(k, "\xc3\xa4.test", DNS_V4_FIRST), -E_INVAL);
	assert_int_equal(server[0].asked, 0);
}

static void hosts_come_first(void **state)
{
	static const char text[] = "192.0.2.50 both.test nas\n";
	struct asker *k = &asker[0];

	(void)state;
	sim_put("/etc/hosts", text, sizeof(text) - 1);
	assert_int_equal(ask_for(k, "both.test", DNS_V6_FIRST), 1);
	assert_int_equal(k->list[0].ip[3], 50);
	assert_int_equal(ask_for(k, "NAS", DNS_V4_FIRST), 1);
	assert_int_equal(ask_for(k, "localhost", DNS_V4_FIRST), 1);
	assert_int_equal(k->list[0].ip[0], 127);
	assert_int_equal(ask_for(k, "x.localhost", DNS_V6_ONLY), 1);
	assert_int_equal(k->list[0].ip[15], 1);
	assert_int_equal(server[0].asked, 0);
}

static void a_single_word_goes_through_the_search_list(void **state)
{
	struct asker *k;

	(void)state;
	resolv_conf("search none none.lan test\nnameserver 10.0.0.1\n");
	k = ask_wait("both", DNS_V4_FIRST, 1000);
	assert_int_equal(k->status, 0);
	assert_int_equal(k->n, 2);
	assert_int_equal(ask_for(k, "both", DNS_V4_FIRST), 1);
	assert_int_equal(ask_wait("none", DNS_V4_FIRST, 1000)->status,
	    -E_NOENT);
	assert_int_equal(server[0].asked, 2 + 8);
}

static void askers_of_one_name_share_the_question(void **state)
{
	(void)state;
	for (size_t i = 0; i < ASKS; i++)
		assert_int_equal(ask_for(&asker[i], "both.test", DNS_V4_FIRST),
		    0);
	asker[3].cancels = &asker[4];
	dns_cancel(&asker[7].ask);
	assert_true(case_turn(&loop, 1000, is_told, &asker[ASKS - 1]));
	assert_int_equal(server[0].asked, 2);
	for (size_t i = 0; i < ASKS; i++)
		assert_int_equal(asker[i].calls, i != 4 && i != 7);
}

static void too_many_questions(void **state)
{
	struct asker *k = calloc(LIMIT_DNS_QUERIES + 1, sizeof(*k));
	char name[] = "n000.test";

	(void)state;
	for (int i = 0; i <= LIMIT_DNS_QUERIES; i++) {
		name[1] = (char)('0' + i / 100);
		name[2] = (char)('0' + i / 10 % 10);
		name[3] = (char)('0' + i % 10);
		assert_int_equal(ask_for(&k[i], name, DNS_V4_FIRST),
		    i < LIMIT_DNS_QUERIES ? 0 : -E_FULL);
	}
	turn_for(13000);	/* the servers' queues are short */
	for (int i = 0; i < LIMIT_DNS_QUERIES; i++)
		assert_int_equal(k[i].calls, 1);
	assert_int_equal(dns_questions.used, 0);
	free(k);
}

/* ---- servers that do not behave ---- */

static void the_second_server_helps(void **state)
{
	int64_t before;

	(void)state;
	server[0].silent = true;
	assert_int_equal(ask_wait("both.test", DNS_V4_FIRST, 3500)->n, 2);
	before = port_now_ms();
	assert_int_equal(ask_wait("v4.test", DNS_V4_FIRST, 1000)->n, 1);
	assert_true(port_now_ms() - before < 1000);	/* it is asked first */
	server[0].silent = false;
	server[1].fails = true;
	assert_int_equal(ask_wait("v6.test", DNS_V4_FIRST, 1000)->n, 1);
}

static void nobody_answers(void **state)
{
	int64_t before = port_now_ms(), took;

	(void)state;
	server[0].silent = server[1].silent = true;
	assert_int_equal(ask_wait("both.test", DNS_V4_FIRST, 20000)->status,
	    -E_TIMEOUT);
	took = port_now_ms() - before;
	assert_true(took >= 12000 && took < 12200);	/* 2 x 2 x 3 s */
	assert_int_equal(server[0].asked, 4);
	assert_int_equal(server[1].asked, 4);
	assert_int_equal(server[0].same_port + server[1].same_port, 4);
	server[0].silent = false;
	assert_int_equal(ask_wait("both.test", DNS_V4_FIRST, 4000)->n, 2);
}

static void all_say_failure(void **state)
{
	(void)state;
	server[0].fails = server[1].fails = true;
	assert_int_equal(ask_wait("both.test", DNS_V4_FIRST, 1000)->status,
	    -E_REFUSED);
	assert_int_equal(ask_for(&asker[0], "both.test", DNS_V4_FIRST), 0);
}

static void liars_are_not_heard(void **state)
{
	struct asker *k;

	(void)state;
	server[0].lies = true;
	k = ask_wait("both.test", DNS_V4_FIRST, 1000);
	assert_int_equal(k->n, 2);
	assert_int_equal(k->list[0].ip[3], 4);
	assert_int_equal(k->list[1].ip[15], 6);
}

static void who_does_not_answer_for_one_family(void **state)
{
	int64_t before = port_now_ms();

	(void)state;
	assert_int_equal(ask_wait("mute6.test", DNS_V4_FIRST, 1000)->n, 1);
	assert_true(port_now_ms() - before < 100);
	assert_int_equal(ask_for(&asker[0], "mute6.test", DNS_V4_FIRST), 1);
	before = port_now_ms();
	assert_int_equal(ask_wait("mute4.test", DNS_V4_FIRST, 1000)->n, 1);
	assert_true(port_now_ms() - before < 400);
	assert_int_equal(ask_for(&asker[0], "mute4.test", DNS_V4_FIRST), 1);
}

/* ---- TCP ---- */

static void what_was_cut_is_asked_by_tcp(void **state)
{
	(void)state;
	assert_int_equal(ask_wait("cut.test", DNS_V4_FIRST, 1000)->n, 2);
	assert_int_equal(server[0].asked, 2);
	assert_int_equal(asked_by_tcp, 2);
}

static void no_tcp_there(void **state)
{
	(void)state;
	listen_close(&server[0].tcp);
	listen_close(&server[1].tcp);
	assert_int_equal(ask_wait("cut.test", DNS_V4_ONLY, 20000)->status,
	    -E_REFUSED);
}

/* ---- the network comes late ---- */

static void no_server_is_known_yet(void **state)
{
	(void)state;
	sim_remove("/etc/resolv.conf");
	assert_int_equal(ask_wait("both.test", DNS_V4_FIRST, 1000)->status,
	    -E_TIMEOUT);
	assert_non_null(strstr(sim_out_text(2), "no name server is known"));
	resolv_conf("nameserver 10.0.0.2\n");
	assert_int_equal(ask_wait("both.test", DNS_V4_FIRST, 1000)->n, 2);
}

static void servers_that_cannot_be_reached(void **state)
{
	(void)state;
	resolv_conf("nameserver 192.0.2.1\nnameserver fd00::53\n");
	assert_true(ask_wait("both.test", DNS_V4_FIRST, 20000)->status < 0);
	resolv_conf("nameserver 10.0.0.1\n");
	assert_int_equal(ask_wait("both.test", DNS_V4_FIRST, 1000)->n, 2);
}

static void closed_while_asking(void **state)
{
	(void)state;
	server[0].silent = true;
	assert_int_equal(ask_for(&asker[0], "both.test", DNS_V4_FIRST), 0);
	assert_int_equal(ask_for(&asker[1], "v4.test", DNS_V4_FIRST), 0);
	turn_for(100);
	dns_close();
	assert_int_equal(asker[0].status, -E_CLOSED);
	assert_int_equal(asker[1].calls, 1);
	dns_open(&loop, &by_file);
	assert_int_equal(ask_for(&asker[0], "both.test", DNS_V4_FIRST), 0);
	assert_true(case_turn(&loop, 5000, is_told, &asker[0]));
}

/* ---- luck ---- */

static const char *const any_names[] = { "both.test", "v4.test", "v6.test",
	"none.test", "cut.test", "mute4.test", "big.test", "mute6.test" };

/* Right, or an honest failure. */
static void check_answer(const struct asker *k, size_t name)
{
	bool no = k->status == -E_NOENT;

	if (k->status == 0)
		check(k->n > 0 && any_names[name] != any_names[3]);
	else
		check(no || k->status == -E_TIMEOUT ||
		    k->status == -E_REFUSED || k->status == -E_FULL);
	for (size_t i = 0; i < k->n; i++)
		check(k->list[i].ip[k->list[i].family == 4 ? 3 : 15] ==
		    k->list[i].family);
}

static void any_world(uint64_t seed)
{
	struct sim_conf world = sim_any_world(seed);
	size_t name[ASKS];
	int rc[ASKS];

	begin(seed);
	world.udp_loss = world.udp_twice = world.udp_late = 8000;
	world.fault[SIM_UDP_OPEN] = world.fault[SIM_UDP_SEND] = 2000;
	world.fault[SIM_CONNECT] = world.fault[SIM_POLL_SET] = 2000;
	sim_change(&world);
	server[0].lies = sim_pick(2) == 0;
	server[1].fails = sim_pick(2) == 0;
	for (size_t i = 0; i < ASKS; i++) {
		name[i] = sim_pick(LEN(any_names));
		rc[i] = ask_for(&asker[i], any_names[name[i]],
		    (enum dns_prefer)sim_pick(4));
		if (sim_pick(3) == 0)
			turn_for(sim_pick(2000));
		if (sim_pick(10) == 0) {
			dns_cancel(&asker[i].ask);
			rc[i] = asker[i].calls == 0 ? -1 : rc[i];
		}
	}
	turn_for(60000);
	check(dns_questions.used == 0);
	for (size_t i = 0; i < ASKS; i++) {
		check(asker[i].calls == (rc[i] == 0));
		if (rc[i] >= 0)
			check_answer(&asker[i], name[i]);
	}
	finish_case();
}

static void seeds(void **state)
{
	(void)state;
	case_seeds("t_dns_sim", 60, any_world);
}

static bool nth(uint64_t n)
{
	bool failed;

	begin(n);
	sim_fail_nth(SIM_ALL, n);
	for (size_t i = 0; i < LEN(any_names); i++) {
		int rc = ask_for(&asker[i], any_names[i], DNS_V4_FIRST);

		if (rc == 0)
			check(case_turn(&loop, 30000, is_told, &asker[i]));
		check_answer(&asker[i], i);
	}
	failed = sim_faults() > 0;
	sim_fail_nth(0, 0);
	finish_case();
	return failed;
}

static void every_call_fails_once(void **state)
{
	(void)state;
	case_nth("t_dns_sim", nth);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_families_in_the_order_preferred),
		TEST(one_family_only),
		TEST(no_is_remembered),
		TEST(literals_and_bad_names),
		TEST(hosts_come_first),
		TEST(a_single_word_goes_through_the_search_list),
		TEST(askers_of_one_name_share_the_question),
		TEST(too_many_questions),
		TEST(the_second_server_helps),
		TEST(nobody_answers),
		TEST(all_say_failure),
		TEST(liars_are_not_heard),
		TEST(who_does_not_answer_for_one_family),
		TEST(what_was_cut_is_asked_by_tcp),
		TEST(no_tcp_there),
		TEST(no_server_is_known_yet),
		TEST(servers_that_cannot_be_reached),
		TEST(closed_while_asking),
		cmocka_unit_test(seeds),
		cmocka_unit_test(every_call_fails_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
