/* out_ss.c - egress of sslocal: an encrypted connection to a server, whose
 * first write carries salt, address header and the first octets together.
 * Knows not how the client speaks. */
#include "core/log.h"
#include "port/rand.h"
#include "ss_serve.h"
#include "ss_sess.h"

/* Address header and the octets that ride with it: about one segment. */
#define FLIGHT_MAX 1400

/* Protocols whose server speaks first: nothing to wait for. */
static bool server_speaks_first(uint16_t port)
{
	static const uint16_t ports[] = { 21, 22, 25, 110, 143, 3306 };
	size_t i;

	for (i = 0; i < LEN(ports); i++)
		if (ports[i] == port)
			return true;
	return false;
}

static size_t random_below(size_t n)
{
	uint32_t r;

	port_rand(&r, sizeof(r));
	return r % n;
}

/* One of the servers, as the original chooses: by chance, for each client. */
static void payload(struct ss_sess *s)
{
	const struct ss_conf *conf = s->port->ss->conf;
	const struct ss_server_conf *e =
	    &conf->servers[random_below(conf->servers_n)];
	struct ss_addr to = { .name = e->host, .name_len = strlen(e->host) };

	if (addr_parse(&to.ip, e->host, to.name_len) == 0)
		to.name = NULL;
	to.ip.port = e->port;
	ss_sess_dial(s, &to, conf->prefer_ipv6 ? DNS_V6_FIRST : DNS_V4_FIRST);
}

static void start(struct ss_sess *s)
{
	struct ss_addr target = ss_sess_target(s);
	uint8_t *p;

	ss_sess_state(s, SS_PAYLOAD);
	if (chan_data(&s->in, &p) > 0 || server_speaks_first(target.ip.port))
		payload(s);
}

/* A router without a battery starts in 1970. The server will not answer, so
 * this is the place to say why; it is looked at anew each time. */
static void warn_unset_clock(const struct ss_sess *s)
{
	if (s->port->key.method->kind == SS_2022 &&
	    s->port->ss->loop->wall_ms < SS_CLOCK_UNSET_MS)
		log_rated(LOG_WARN, "clock not set: a server refuses %s until "
		    "it is", s->port->key.method->name);
}

static int begun(struct ss_sess *s)
{
	uint8_t flight[FLIGHT_MAX], *p;
	size_t n = chan_data(&s->in, &p);
	int rc;

	warn_unset_clock(s);
	n = MIN(n, sizeof(flight) - s->head_len);
	memcpy(flight, s->head, s->head_len);
	if (n > 0)
		memcpy(flight + s->head_len, p, n);
	rc = chan_write(&s->out, flight, s->head_len + n);
	s->flight = rc == 0 ? (uint16_t)n : 0;
	return rc;
}

const struct ss_egress ss_out_ss = {
	.ciphered = true,
	.start = start,
	.payload = payload,
	.begun = begun,
};
