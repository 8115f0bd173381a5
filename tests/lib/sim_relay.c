/* sim_relay.c - the world of the relay tests. */
#include "sim_relay.h"

#include "base/endian.h"
#include "base/text.h"
#include "core/dns.h"
#include "port/sim/sim.h"
#include "sim_case.h"

struct relay_world R;
struct relay_users relay_users;

static const struct addr dns_at = { 4, 53, 0, { 10, 0, 0, 53 } };
static const struct addr local_at = { 4, 1080, 0, { 127, 0, 0, 1 } };
static const struct addr server_at = { 4, 8388, 0, { 127, 0, 0, 1 } };

/* ---- a SOCKS5 client ---- */

static struct call *call_of(struct peer *client)
{
	return OWNER(client, struct call, client);
}

static struct addr destination(const struct call *c)
{
	static const struct addr nowhere[] = {
		[CALL_REFUSED] = { 4, 9, 0, { 10, 0, 0, 99 } },
		[CALL_UNREACHABLE] = { 4, 9, 0, { 192, 0, 2, 1 } },
		[CALL_SWALLOWED] = { 4, 9, 0, { 198, 51, 100, 1 } },
		[CALL_FORBIDDEN] = { 4, 9, 0, { 127, 0, 0, 1 } },
		[CALL_NO_NAME] = { 4, 80, 0, { 0 } },
	};
	int i = (int)(c - R.call);

	return c->kind == CALL_TARGET ? R.names[i] : nowhere[c->kind];
}

static void say_greeting(struct peer *p)
{
	uint8_t mem[2 + 8] = { 5, (uint8_t)(1 + sim_pick(8)) };

	for (int i = 0; i < mem[1]; i++)
		mem[2 + i] = (uint8_t)i;	/* 0 is among them */
	peer_say(p, mem, 2u + mem[1]);
}

static void say_request(struct peer *p)
{
	struct call *c = call_of(p);
	struct addr to = destination(c);
	uint8_t mem[3 + 300] = { 5, 1, 0 };
	uint8_t *at = mem + 3;

	if (c->form == CALL_BY_NAME) {
		char name[32];
		size_t len = c->kind == CALL_NO_NAME ?
		    text_fmt(name, sizeof(name), "absent.test") :
		    text_fmt(name, sizeof(name), "t%d.test", (int)(c - R.call));

		*at++ = 3;
		*at++ = (uint8_t)len;
		memcpy(at, name, len);
		at += len;
	} else {
		size_t len = to.family == 4 ? 4 : 16;

		*at++ = to.family == 4 ? 1 : 4;
		memcpy(at, to.ip, len);
		at += len;
	}
	put_u16be(at, to.port);
	peer_say(p, mem, (size_t)(at + 2 - mem));
}

/* 05 00, then 05 REP 00 01 and six octets. */
static ptrdiff_t on_reply(struct peer *p, const uint8_t *mem, size_t len)
{
	struct call *c = call_of(p);

	if (c->asked == 1) {
		if (len < 2)
			return 0;
		check(mem[0] == 5 && mem[1] == 0);
		if (!c->eager)
			say_request(p);
		c->asked = 2;
		return 2;
	}
	if (len < 10)
		return 0;
	check(mem[0] == 5 && mem[2] == 0 && mem[3] == 1);
	c->reply = mem[1];
	if (c->reply != 0)
		return -E_PROTO;
	peer_stream(p);
	return 10;
}

/* ---- calls ---- */

static void on_over(struct peer *p)
{
	call_of(p)->over_ms = R.loop.now_ms;
}

void relay_plan(int i, enum call_kind kind)
{
	struct call *c = &R.call[i];
	uint8_t n = (uint8_t)i;

	c->kind = kind;
	c->eager = sim_pick(2);
	c->reply = -1;
	if (c->kind == CALL_NO_NAME)
		c->form = CALL_BY_NAME;
	else if (c->kind == CALL_TARGET)
		c->form = (enum call_form)sim_pick(3);
	else
		c->form = CALL_BY_IPV4;
	if (c->form == CALL_BY_IPV6 || (c->form == CALL_BY_NAME && sim_pick(2)))
		R.names[n] = (struct addr){ 6, 80, 0, { 0x20, 1, [15] = n } };
	else
		R.names[n] = (struct addr){ 4, 80, 0, { 10, 0, 1, n } };
	peer_plan(&c->client, &c->target, R.polite);
	if (c->kind != CALL_TARGET)
		c->client.in_total = 0;
	if (c->kind == CALL_GARBAGE && R.polite)
		c->client.way = PEER_WAITS;
}

void relay_call(int i)
{
	struct call *c = &R.call[i];
	const struct addr *to = &local_at;

	if (c->kind == CALL_TARGET) {
		peer_stream(&c->target);
		host_open(&c->host, &R.loop, &R.names[i], &c->target);
	}
	if (c->kind == CALL_GARBAGE) {
		to = &server_at;
		peer_stream(&c->client);
	} else {
		c->client.talk = on_reply;
		c->asked = 1;
		say_greeting(&c->client);
		if (c->eager)
			say_request(&c->client);
	}
	c->began_ms = R.loop.now_ms;
	c->client.on_over = on_over;
	peer_connect(&c->client, &R.loop, to);
}

static bool is_idle(void *ctx)
{
	(void)ctx;
	for (int i = 0; i < RELAYS; i++) {
		struct call *c = &R.call[i];

		if ((c->client.opened && !c->client.over) ||
		    (c->target.opened && !c->target.over))
			return false;
	}
	return R.local.sessions_n == 0 && R.server.sessions_n == 0;
}

/* A stream cipher may by chance find an address in garbage. */
static bool opens_nothing(const struct call *c)
{
	return c->kind == CALL_GARBAGE && R.polite && !R.server.quiet &&
	    R.server_conf.base.method->kind != SS_STREAM;
}

/* Every octet or a reset; silence till the timeout after a bad handshake. */
static void check_call(const struct call *c)
{
	check(peer_honest(&c->client, &c->target) &&
	    peer_honest(&c->target, &c->client));
	if (c->kind != CALL_TARGET)
		check(c->client.got == 0 && !c->target.opened);
	if (opens_nothing(c) && sim_faults() == 0)
		check(c->over_ms - c->began_ms >= RELAY_TIMEOUT_S * 1000);
}

void relay_settle(void)
{
	check(case_turn(&R.loop, 1000000, is_idle, NULL));
	for (int i = 0; i < RELAYS; i++)
		if (R.call[i].client.loop != NULL)
			check_call(&R.call[i]);
}

bool relay_call_is_whole(int i)
{
	return peer_whole(&R.call[i].client) && peer_whole(&R.call[i].target);
}

/* ---- the programs ---- */

static void psk_of(uint8_t psk[KEY_MAX], unsigned user)
{
	memset(psk, 3, KEY_MAX);
	put_u16be(psk, (uint16_t)user);
}

static void configure_users(struct ss_conf *conf, struct ss_server_conf *e)
{
	static char names[LIMIT_USERS][8];
	struct ss_user_conf *u = conf->users;

	e->users_n = (uint16_t)relay_users.n;
	for (unsigned i = 0; i < relay_users.n; i++, u++) {
		text_fmt(names[i], sizeof(names[i]), "u%u", i);
		u->name = names[i];
		psk_of(u->psk.key, i);
	}
	conf->users_n = relay_users.n;
}

/* The port's key, then its own. */
static void configure_as_user(struct ss_conf *conf, struct ss_server_conf *e)
{
	memcpy(conf->psk[0].key, e->secret.psk.key, KEY_MAX);
	conf->psk_n = e->secret.chain_n = 1;
	psk_of(e->secret.psk.key, relay_users.as);
}

static void configure(struct ss_conf *conf, enum ss_role role,
    const char *method)
{
	struct ss_server_conf *e;
	struct opt_table t;

	memset(conf, 0, sizeof(*conf));
	t = ss_conf_table(conf, role);
	ss_conf_defaults(&t);
	conf->split_header = true;
	conf->base.method = ss_method_find(method);
	conf->base.timeout_s = conf->idle_s = RELAY_TIMEOUT_S;
	conf->sock.fast_open = sim_pick(2);
	e = &conf->servers[conf->servers_n++];
	*e = conf->base;
	kdf_bytes_to_key(e->secret.key, KEY_MAX, "secret");
	memset(e->secret.psk.key, 7, KEY_MAX);
	e->tcp_weight = e->udp_weight = 1000;
	e->host = "127.0.0.1";
	e->port = server_at.port;
	if (relay_users.n > 0 && role == SS_SERVER)
		configure_users(conf, e);
	else if (relay_users.n > 0)
		configure_as_user(conf, e);
	conf->locals[conf->locals_n++] = (struct ss_local_conf){
		.host = "127.0.0.1", .port = local_at.port };
}

void relay_open(uint64_t seed, const char *method, bool polite)
{
	static const struct dns_conf dns_conf = {
		.servers = { { 4, 53, 0, { 10, 0, 0, 53 } } }, .servers_n = 1,
	};
	char why[200];

	sim_reset(seed, NULL);
	memset(&R, 0, sizeof(R));
	R.polite = polite;
	check(loop_open(&R.loop, "sim") == 0);
	name_server_open(&R.dns, &R.loop, &dns_at, R.names, RELAYS);
	dns_open(&R.loop, &dns_conf);
	configure(&R.server_conf, SS_SERVER, method);
	configure(&R.local_conf, SS_LOCAL, method);
	check(ss_start(&R.server, &R.loop, &R.server_conf, why,
	    sizeof(why)) == 0);
	check(ss_start(&R.local, &R.loop, &R.local_conf, why,
	    sizeof(why)) == 0);
}

bool relay_all_stream(void)
{
	for (int i = 0; i < RELAYS; i++) {
		const struct call *c = &R.call[i];

		if (c->kind == CALL_TARGET && c->client.opened &&
		    (!c->client.streams || !c->target.opened))
			return false;
	}
	return true;
}

static bool is_stopped(void *ctx)
{
	(void)ctx;
	return R.local.sessions_n == 0 && R.server.sessions_n == 0 &&
	    list_empty(&R.local.ports) && list_empty(&R.server.ports);
}

void relay_close(void)
{
	sim_change(NULL);
	ss_stop(&R.local);
	ss_stop(&R.server);
	dns_close();
	check(case_turn(&R.loop, 1000, is_stopped, NULL));
	for (int i = 0; i < RELAYS; i++) {
		peer_drop(&R.call[i].client);
		peer_drop(&R.call[i].target);
		host_close(&R.call[i].host);
	}
	name_server_close(&R.dns);
	case_clean(&R.loop);
	loop_close(&R.loop);
}
