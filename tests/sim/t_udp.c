/* t_udp.c - datagrams through sslocal and ssserver in a simulated system, seed
 * after seed: lost, doubled, overtaken; clients that move, packets replayed,
 * servers started anew, full tables, name servers that lie. Nobody gets a
 * wrong octet, and nothing is left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/endian.h"
#include "core/dns.h"
#include "port/sim/sim.h"
#include "src/ss/ss_reload.h"
#include "src/ss/ss_serve.h"
#include "tests/lib/sim_case.h"
#include "tests/lib/sim_dns.h"

#define CLIENTS 3
#define TARGETS 3
#define DATAGRAM 2000
#define LENS 64

static const char *const methods[] = { "2022-blake3-aes-128-gcm",
	"2022-blake3-chacha20-poly1305", "2022-blake3-aes-256-gcm",
	"aes-256-gcm", "chacha20-ietf-poly1305", "aes-128-cfb" };

static const struct addr dns_at = { 4, 53, 0, { 10, 0, 0, 53 } };
static const struct addr local_at = { 4, 1080, 0, { 192, 168, 1, 1 } };
static const struct addr server_at = { 4, 8388, 0, { 192, 168, 1, 1 } };

/* Somebody on another machine. */
struct host {
	struct watch watch;
	struct addr at;
	uint32_t got;		/* good datagrams */
	uint16_t len[LENS];	/* of payloads: got % LENS */
	struct addr last;	/* where the last came from */
};

static struct world {
	struct loop loop;
	struct ss_conf server_conf, local_conf, next_conf;
	struct ss server, local;
	struct name_server dns;
	struct addr names[TARGETS];
	struct host client[CLIENTS], target[TARGETS];
	bool no_names;
} U;

/* ---- the others ---- */

static size_t draw_len(void)
{
	return 4 + sim_pick(sim_pick(4) == 0 ? 1400 : 60);
}

/* Client, target, and octets that follow from them. */
static size_t fill(uint8_t *mem, size_t len, unsigned client, unsigned target)
{
	mem[0] = (uint8_t)client;
	mem[1] = (uint8_t)target;
	put_u16be(mem + 2, (uint16_t)len);
	for (size_t i = 4; i < len; i++)
		mem[i] = (uint8_t)(i * 13 + client + 5 * target);
	return len;
}

static void check_octets(const uint8_t *mem, size_t len, unsigned client,
    unsigned target)
{
	check(len >= 4 && mem[0] == client && mem[1] == target);
	check(get_u16be(mem + 2) == len);
	for (size_t i = 4; i < len; i++)
		check(mem[i] == (uint8_t)(i * 13 + client + 5 * target));
}

/* Says it back, sometimes twice. */
static void on_target(struct watch *w, unsigned got)
{
	struct host *h = OWNER(w, struct host, watch);
	uint8_t mem[DATAGRAM];
	ptrdiff_t n;

	(void)got;
	while ((n = port_udp_recv(w->fd, &h->last, mem, sizeof(mem))) >= 0) {
		check(n >= 4);
		check_octets(mem, (size_t)n, mem[0],
		    (unsigned)(h - U.target));
		h->len[h->got++ % LENS] = (uint16_t)n;
		(void)port_udp_send(w->fd, &h->last, mem, (size_t)n);
	}
}

static void on_client(struct watch *w, unsigned got)
{
	struct host *h = OWNER(w, struct host, watch);
	struct ss_packet p;
	uint8_t mem[DATAGRAM];
	ptrdiff_t n;

	(void)got;
	while ((n = port_udp_recv(w->fd, &h->last, mem, sizeof(mem))) >= 0) {
		unsigned target;

		check(addr_eq(&h->last, &local_at));
		check(n > 3 && mem[0] == 0 && mem[1] == 0 && mem[2] == 0);
		check(ss_packet_parse(&p, mem + 3, (size_t)n - 3) == 0);
		check(p.len >= 4);
		target = p.payload[1];
		check(target < TARGETS);
		check_octets(p.payload, p.len, (unsigned)(h - U.client),
		    target);
		check(addr_eq(&p.addr.ip, &U.target[target].at));
		h->len[h->got++ % LENS] = (uint16_t)p.len;
	}
}

static void host_open(struct host *h, const struct addr *at, watch_fn *fn)
{
	int fd;

	h->at = *at;
	sim_outside(true);
	fd = port_udp_open(&h->at);
	sim_outside(false);
	check(fd >= 0);
	check(watch_open(&U.loop, &h->watch, fd, POLL_IN, fn) == 0);
}

static void host_close(struct host *h)
{
	int fd = h->watch.fd;

	if (!watch_is_open(&h->watch))
		return;
	watch_close(&h->watch);
	port_close(fd);
}

/* ---- the programs ---- */

static void configure(struct ss_conf *conf, enum ss_role role,
    const char *method)
{
	struct ss_server_conf *e;
	struct opt_table t;

	memset(conf, 0, sizeof(*conf));
	t = ss_conf_table(conf, role);
	ss_conf_defaults(&t);
	conf->base.method = ss_method_find(method);
	conf->base.mode = SS_TCP_AND_UDP;
	conf->base.timeout_s = 60;
	conf->udp.timeout_s = 40;
	e = &conf->servers[conf->servers_n++];
	*e = conf->base;
	kdf_bytes_to_key(e->secret.key, KEY_MAX, "secret");
	memset(e->secret.psk.key, 7, KEY_MAX);
	e->tcp_weight = e->udp_weight = 1000;
	e->host = "192.168.1.1";
	e->port = server_at.port;
	conf->locals[conf->locals_n++] = (struct ss_local_conf){
		.host = "192.168.1.1", .port = local_at.port,
		.mode = SS_TCP_AND_UDP };
}

static void start(struct ss *ss, const struct ss_conf *conf)
{
	char why[200];
	int rc = ss_start(ss, &U.loop, conf, why, sizeof(why));

	if (rc != 0)
		print_error("%s\n", why);
	check(rc == 0);
}

static void begin(uint64_t seed, const char *method)
{
	static const struct dns_conf dns_conf = {
		.servers = { { 4, 53, 0, { 10, 0, 0, 53 } } }, .servers_n = 1,
	};

	sim_reset(seed, NULL);
	memset(&U, 0, sizeof(U));
	check(loop_open(&U.loop, "sim") == 0);
	for (uint8_t i = 0; i < TARGETS; i++) {
		U.names[i] = (struct addr){ 4, (uint16_t)(i == 0 ? 53 : 80), 0,
			{ 10, 0, 1, i } };
		if (i == 2)
			U.names[i] = (struct addr){ 6, 80, 0,
				{ 0x20, 1, [15] = i } };
		host_open(&U.target[i], &U.names[i], on_target);
	}
	for (uint8_t i = 0; i < CLIENTS; i++) {
		struct addr at = { 4, 5000, 0, { 10, 1, 0, i } };

		host_open(&U.client[i], &at, on_client);
	}
	name_server_open(&U.dns, &U.loop, &dns_at, U.names, TARGETS);
	dns_open(&U.loop, &dns_conf);
	configure(&U.server_conf, SS_SERVER, method);
	configure(&U.local_conf, SS_LOCAL, method);
}

static bool never(void *ctx)
{
	(void)ctx;
	return false;
}

static void pass(int64_t ms)
{
	(void)case_turn(&U.loop, ms, never, NULL);
}

static void end(void)
{
	sim_change(NULL);
	if (U.local.loop != NULL)
		ss_stop(&U.local);
	if (U.server.loop != NULL)
		ss_stop(&U.server);
	dns_close();
	pass(50);
	for (int i = 0; i < TARGETS; i++)
		host_close(&U.target[i]);
	for (int i = 0; i < CLIENTS; i++)
		host_close(&U.client[i]);
	name_server_close(&U.dns);
	case_clean(&U.loop);
	loop_close(&U.loop);
}

/* ---- through both programs ---- */

/* By address or by name. */
static void say_len(unsigned client, unsigned target, size_t len)
{
	uint8_t mem[DATAGRAM] = { 0 }, *at = mem + 3 + SS_ADDR_MAX, name[] =
	    "\x03\x07t0.test";
	size_t n = fill(at, len, client, target);
	uint8_t *payload = at;

	if (sim_pick(3) == 0 && !U.no_names) {
		at -= 11;
		name[3] = (uint8_t)('0' + target);
		memcpy(at, name, 9);
		put_u16be(at + 9, U.names[target].port);
	} else {
		(void)ss_addr_put_ip(&at, &U.names[target]);
	}
	at -= 3;
	memset(at, 0, 3);
	n += (size_t)(payload - at);
	(void)port_udp_send(U.client[client].watch.fd, &local_at, at, n);
}

static void say(unsigned client, unsigned target)
{
	say_len(client, target, draw_len());
}

static void say_noise(void)
{
	uint8_t mem[200];
	size_t n = sim_pick(sizeof(mem));

	for (size_t i = 0; i < n; i++)
		mem[i] = (uint8_t)sim_pick(256);
	(void)port_udp_send(U.client[0].watch.fd, sim_pick(2) == 0 ?
	    &local_at : &server_at, mem, n);
}

static struct sim_conf bad_network(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);

	conf.udp_no_trains = (uint16_t)(sim_pick(2) * 40000);
	conf.udp_loss = (uint16_t)sim_pick(20000);
	conf.udp_twice = (uint16_t)sim_pick(20000);
	conf.udp_late = (uint16_t)sim_pick(20000);
	return conf;
}

static void say_some(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		say(sim_pick(CLIENTS), sim_pick(TARGETS));
		if (sim_pick(8) == 0)
			say_noise();
		pass(sim_pick(10) == 0 ? sim_pick(70000) : sim_pick(200));
	}
}

static uint32_t answers(void)
{
	uint32_t n = 0;

	for (int i = 0; i < CLIENTS; i++)
		n += U.client[i].got;
	return n;
}

static void bad_seed(uint64_t seed)
{
	struct sim_conf conf;

	begin(seed, methods[seed % LEN(methods)]);
	start(&U.server, &U.server_conf);
	start(&U.local, &U.local_conf);
	conf = bad_network(seed);
	U.dns.sins = (struct dns_sins){ .silent = 9000, .other_id = 9000,
		.other_name = 9000, .junk = 9000 };
	sim_change(&conf);
	say_some(40);
	/* Kind again: everything that is said gets through, but to names that
	 * are known not to be known for a while. */
	U.no_names = true;
	sim_change(NULL);
	memset(&U.dns.sins, 0, sizeof(U.dns.sins));
	pass(2000);
	for (unsigned i = 0; i < CLIENTS; i++) {
		uint32_t before = answers();

		say(i, i);
		pass(7000);
		check(answers() >= before + 1);
	}
	/* And at last all is idle. */
	pass(130000);
	check(U.server.udp.n == 0 && U.local.udp.n == 0);
	end();
}

/* Many at once, in runs of one length: whatever comes joined to us goes on as
 * it was, in its order, there and back. */
static void trains_seed(uint64_t seed)
{
	struct host *c = &U.client[0], *t = &U.target[1];
	uint16_t len[LENS];
	size_t i, n;

	begin(seed, methods[seed % LEN(methods)]);
	start(&U.server, &U.server_conf);
	start(&U.local, &U.local_conf);
	U.no_names = true;
	for (int round = 0; round < 4; round++) {
		c->got = t->got = 0;
		n = 1 + sim_pick(LENS - 1);
		len[0] = (uint16_t)draw_len();
		for (i = 1; i < n; i++)
			len[i] = sim_pick(8) == 0 ? (uint16_t)draw_len() :
			    len[i - 1];
		for (i = 0; i < n; i++)
			say_len(0, 1, len[i]);
		say(1, 1);
		sim_fail_nth(SIM_BIT(SIM_UDP_RECV), 0);
		pass(100);
		check(t->got == n + 1 && c->got == n);
		check(memcmp(t->len, len, n * sizeof(*len)) == 0);
		check(memcmp(c->len, len, n * sizeof(*len)) == 0);
		/* One by one it were as many for each of four sockets. */
		check(n < 32 || LIMIT_UDP_OCTETS < UDP_TRAIN_OCTETS ||
		    sim_calls() < 3 * n);
	}
	end();
}

static void t_trains(void **state)
{
	(void)state;
	case_seeds("t_udp", 60, trains_seed);
}

static void t_bad_network(void **state)
{
	(void)state;
	case_seeds("t_udp", 60, bad_seed);
}

/* Every call of the network's fails by chance: that is a lost datagram. */
static void faults_seed(uint64_t seed)
{
	struct sim_conf conf;

	begin(seed, methods[seed % LEN(methods)]);
	start(&U.server, &U.server_conf);
	start(&U.local, &U.local_conf);
	conf = sim_any_world(seed);
	conf.fault[SIM_UDP_OPEN] = conf.fault[SIM_UDP_SEND] =
	    conf.fault[SIM_UDP_RECV] = conf.fault[SIM_POLL_SET] = 6000;
	conf.fd_limit = 30 - sim_pick(20);
	sim_change(&conf);
	say_some(40);
	end();
}

static void t_faults(void **state)
{
	(void)state;
	case_seeds("t_udp", 60, faults_seed);
}

/* Few places: those least recently used go, and come again. */
static void full_seed(uint64_t seed)
{
	begin(seed, methods[seed % LEN(methods)]);
	U.server_conf.udp.max_associations = 1 + sim_pick(2);
	U.local_conf.udp.max_associations = 1 + sim_pick(2);
	start(&U.server, &U.server_conf);
	start(&U.local, &U.local_conf);
	for (unsigned i = 0; i < 30; i++) {
		uint32_t before = answers();

		say(sim_pick(CLIENTS), sim_pick(TARGETS));
		pass(3000);
		check(answers() == before + 1);
		check(U.server.udp.n <= 2 && U.local.udp.n <= 2);
	}
	end();
}

static void t_full(void **state)
{
	(void)state;
	case_seeds("t_udp", 20, full_seed);
}

/* The server is another one in between, and the clock is set. */
static void restart_seed(uint64_t seed)
{
	uint32_t before;

	begin(seed, methods[seed % LEN(methods)]);
	start(&U.server, &U.server_conf);
	start(&U.local, &U.local_conf);
	say(0, 1);
	pass(1000);
	check(answers() == 1);
	ss_stop(&U.server);
	pass(1000);
	say(0, 1);
	pass(1000);
	check(answers() == 1);
	start(&U.server, &U.server_conf);
	sim_wall_set_ms(INT64_C(1800000000000) + sim_pick(1000000));
	pass(100);
	before = answers();
	say(0, 1);
	pass(1000);
	check(answers() == before + 1);
	end();
}

static void t_restart(void **state)
{
	(void)state;
	case_seeds("t_udp", 20, restart_seed);
}

/* All clients are heard, and go to that server from now on, each as the one
 * that it was. */
static void check_by(const struct ss_remote *r)
{
	uint32_t before = answers();
	const struct ss_assoc *a;

	for (unsigned i = 0; i < CLIENTS; i++)
		say(i, i % 2);
	pass(500);
	check(answers() == before + CLIENTS && U.local.udp.n == CLIENTS);
	for (a = ss_assoc_oldest(&U.local.udp); a != NULL;
	    a = ss_assoc_newer(a))
		check(a->key == &r->key);
}

/* Two servers, of two methods or one. Who is given up is left at once, by those
 * who were there already as well, after a reload too; and nobody goes to one
 * that is not in the list any more. */
static void failover_seed(uint64_t seed)
{
	struct ss_server_conf *e;
	char why[200];

	begin(seed, methods[seed % LEN(methods)]);
	e = &U.server_conf.servers[U.server_conf.servers_n++];
	*e = U.server_conf.servers[0];
	e->method = ss_method_find(methods[sim_pick(LEN(methods))]);
	e->port++;
	U.local_conf.servers[U.local_conf.servers_n++] = *e;
	U.no_names = true;
	start(&U.server, &U.server_conf);
	start(&U.local, &U.local_conf);
	U.next_conf = U.local_conf;
	for (unsigned round = 0; round < 7; round++) {
		struct ss_remote **at = U.local.remotes.at;

		if (round == 3)
			check(ss_reload(&U.local, &U.next_conf, why,
			    sizeof(why)) == 0);
		ss_remote_bad(at[round % 2], -E_REFUSED);
		ss_remote_good(at[1 - round % 2], NULL);
		check_by(at[1 - round % 2]);
	}
	U.local_conf.servers_n = 1;
	check(ss_reload(&U.local, &U.local_conf, why, sizeof(why)) == 0);
	check_by(U.local.remotes.at[0]);
	end();
}

static void t_failover(void **state)
{
	(void)state;
	case_seeds("t_udp", 20, failover_seed);
}

/* ---- SIP022: a client of its own making ---- */

static struct ss_key key;
static struct ss_2022 shared;

struct sealed {
	uint8_t mem[2 * DATAGRAM];
	uint8_t *at;
	size_t len;
};

static void seal(struct sealed *s, struct ss_packet_tx *tx)
{
	uint8_t *payload = s->mem + SS_PACKET_BEFORE + 60;
	size_t n = fill(payload, draw_len(), 0, 1);

	n = MIN(n, 100);
	put_u16be(payload + 2, (uint16_t)n);
	s->at = payload;
	n += ss_addr_put_ip(&s->at, &U.names[1]);
	s->len = ss_packet_seal_2022(&key, NULL, key.master, tx, NULL,
	    U.loop.wall_ms / 1000, 0, &s->at, n);
}

static void throw(const struct sealed *s, unsigned from)
{
	(void)port_udp_send(U.client[from].watch.fd, &server_at, s->at,
	    s->len);
}

/* Its answers are counted only. */
static void on_any(struct watch *w, unsigned got)
{
	struct host *h = OWNER(w, struct host, watch);
	uint8_t mem[DATAGRAM];

	(void)got;
	while (port_udp_recv(w->fd, &h->last, mem, sizeof(mem)) >= 0)
		h->got++;
}

#define PACKETS 40

/* Moves with each packet; each is replayed from everywhere, at any time, also
 * when its session was given up: no target hears it twice, and no answer goes
 * where only a replay came from. */
static void replay_seed(uint64_t seed)
{
	static struct sealed s[PACKETS];
	struct ss_packet_tx tx;
	uint32_t before;

	begin(seed, methods[seed % 3]);
	U.server_conf.udp.timeout_s = 10;
	for (int i = 0; i < CLIENTS; i++)
		U.client[i].watch.fn = on_any;
	start(&U.server, &U.server_conf);
	check(ss_key_make(&key, U.server_conf.base.method,
	    U.server_conf.servers[0].secret.psk.key) == 0);
	memset(&shared, 0, sizeof(shared));
	key.shared = &shared;
	ss_packet_tx_start(&tx, key.method, key.master);
	for (unsigned i = 0; i < PACKETS; i++) {
		unsigned at = sim_pick(CLIENTS);

		pass(1);
		seal(&s[i], &tx);
		before = U.client[at].got;
		throw(&s[i], at);
		pass(sim_pick(6) == 0 ? 13000 : 200);
		check(U.target[1].got == i + 1);
		check(U.client[at].got == before + 1);
		before = answers();
		for (unsigned j = 0; j < 20; j++)
			throw(&s[sim_pick(i + 1)], sim_pick(CLIENTS));
		pass(100);
		check(U.target[1].got == i + 1);
		check(answers() == before);
	}
	/* Overtaken within the window: each once. */
	for (unsigned i = 0; i < PACKETS; i++)
		seal(&s[i], &tx);
	for (unsigned i = PACKETS; i-- > 0;)
		throw(&s[i], 0);
	pass(500);
	check(U.target[1].got == 2 * PACKETS);
	ss_packet_key_wipe(key.method, tx.key);
	ss_key_free(&key);
	end();
}

static void t_replays(void **state)
{
	(void)state;
	case_seeds("t_udp", 20, replay_seed);
}

/* ---- SIP004: a salt that came before ---- */

static void seal_old(struct sealed *s)
{
	uint8_t *payload = s->mem + SS_PACKET_BEFORE + 60;

	memcpy(payload, "\0\1\0\4", 4);
	s->at = payload;
	s->len = 4 + ss_addr_put_ip(&s->at, &U.names[1]);
	s->len = ss_packet_seal(&key, NULL, &s->at, s->len);
}

/* Each is led on once, whoever sends it again and whenever; what was not
 * proved leaves no trace. */
static void old_replay_seed(uint64_t seed)
{
	static struct sealed s[PACKETS];
	struct sealed bad;

	begin(seed, methods[3 + seed % 2]);
	for (int i = 0; i < CLIENTS; i++)
		U.client[i].watch.fn = on_any;
	start(&U.server, &U.server_conf);
	check(ss_key_make(&key, U.server_conf.base.method,
	    U.server_conf.servers[0].secret.key) == 0);
	for (unsigned i = 0; i < PACKETS; i++) {
		seal_old(&s[i]);
		bad = s[i];
		bad.at = bad.mem + (s[i].at - s[i].mem);
		bad.at[bad.len - 1] ^= 1;
		throw(&bad, 0);
		pass(200);
		throw(&s[i], sim_pick(CLIENTS));
		pass(sim_pick(9) == 0 ? 90000 : 200);
		check(U.target[1].got == i + 1 && answers() == i + 1);
		for (unsigned j = 0; j < 5; j++)
			throw(&s[sim_pick(i + 1)], sim_pick(CLIENTS));
		pass(200);
		check(U.target[1].got == i + 1 && answers() == i + 1);
	}
	ss_key_free(&key);
	end();
}

static void t_old_replays(void **state)
{
	(void)state;
	case_seeds("t_udp", 20, old_replay_seed);
}

/* ---- led here by a firewall ---- */

/* It talked to the target, and to nobody else. */
static void on_led(struct watch *w, unsigned got)
{
	struct host *h = OWNER(w, struct host, watch);
	uint8_t mem[DATAGRAM];
	ptrdiff_t n;

	(void)got;
	while ((n = port_udp_recv(w->fd, &h->last, mem, sizeof(mem))) >= 0) {
		check(n >= 4 && mem[1] < TARGETS);
		check_octets(mem, (size_t)n, (unsigned)(h - U.client), mem[1]);
		check(addr_eq(&h->last, &U.names[mem[1]]));
		h->got++;
	}
}

/* To a target of the client's family; the last one's is IPv6. */
static void say_led(unsigned client)
{
	unsigned target = client == 2 ? 2 : sim_pick(2);
	uint8_t mem[DATAGRAM];
	size_t n = fill(mem, draw_len(), client, target);

	(void)port_udp_send(U.client[client].watch.fd, &U.names[target], mem,
	    n);
}

static void led_begin(uint64_t seed)
{
	begin(seed, methods[seed % LEN(methods)]);
	for (uint8_t i = 0; i < CLIENTS; i++) {
		struct addr at = { 4, 5000, 0, { 192, 168, 2, i } };

		if (i == 2)
			at = (struct addr){ 6, 5000, 0, { 0xfd, 0, [15] = 2 } };
		host_close(&U.client[i]);
		host_open(&U.client[i], &at, on_led);
	}
	U.local_conf.locals[0].protocol = SS_REDIR;
	start(&U.server, &U.server_conf);
	start(&U.local, &U.local_conf);
}

static void led_seed(uint64_t seed)
{
	struct sim_conf conf;

	led_begin(seed);
	/* Where sockets are few, they go from one target to the next. */
	case_pool_limit("ss_replies", 1 + (uint32_t)seed % 3);
	for (unsigned i = 0; i < 20; i++) {
		say_led(i % CLIENTS);
		pass(sim_pick(5) == 0 ? 61000 : 100);
		check(answers() == i + 1);
	}
	/* In the name of this machine nobody is answered. */
	check(ss_reply_socket(&U.local.udp, &local_at) == -E_DENY);
	/* To the proxy itself: led nowhere. */
	(void)port_udp_send(U.client[0].watch.fd, &local_at, "x", 1);
	pass(100);
	check(U.local.udp.n <= CLIENTS);
	conf = bad_network(seed);
	for (int i = 0; i < SIM_KINDS; i++)
		conf.fault[i] = 250;
	sim_change(&conf);
	for (unsigned i = 0; i < 40; i++) {
		say_led(sim_pick(CLIENTS));
		pass(sim_pick(5) == 0 ? sim_pick(61000) : sim_pick(100));
	}
	case_pool_limit("ss_replies", 0);
	end();
}

static void t_led(void **state)
{
	(void)state;
	case_seeds("t_udp", 100, led_seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_bad_network),
		cmocka_unit_test(t_trains),
		cmocka_unit_test(t_faults),
		cmocka_unit_test(t_full),
		cmocka_unit_test(t_restart),
		cmocka_unit_test(t_failover),
		cmocka_unit_test(t_replays),
		cmocka_unit_test(t_old_replays),
		cmocka_unit_test(t_led),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
