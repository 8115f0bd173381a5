/* in_socks5.c - a client of sslocal that speaks SOCKS5. Knows not where it
 * leads. Source: RFC 1928, RFC 1929; replies as the original's. */
#include "in_socks5.h"
#include "ss_serve.h"
#include "ss_sess.h"

#define VERSION 5
#define NONE_FITS 0xff
#define LOGIN_VERSION 1
#define CONNECT 1
#define ASSOCIATE 3
#define KEEP_ALIVE_S 60
#define BEFORE_ADDRESS 3	/* VER CMD RSV */

enum reply { REP_OK = 0, REP_FAILURE = 1, REP_COMMAND = 7, REP_ADDRESS = 8 };

int socks5_greeting(const uint8_t *mem, size_t len, uint8_t method)
{
	size_t whole;

	if (len > 0 && mem[0] != VERSION)
		return -E_PROTO;
	if (len < 2 || len < (whole = 2u + mem[1]))
		return 0;
	if (memchr(mem + 2, method, mem[1]) == NULL)
		return -E_DENY;
	return (int)whole;
}

int socks5_login(const uint8_t *mem, size_t len)
{
	size_t password;

	if (len > 0 && mem[0] != LOGIN_VERSION)
		return -E_PROTO;
	if (len < 2 || len < (password = 2u + mem[1]) + 1 ||
	    len < password + 1 + mem[password])
		return 0;
	return (int)password + 1 + mem[password];
}

int socks5_request(const uint8_t *mem, size_t len)
{
	struct ss_addr ignored;
	int n;

	if (len > 0 && mem[0] != VERSION)
		return -E_PROTO;
	if (len > 1 && mem[1] != CONNECT && mem[1] != ASSOCIATE)
		return -E_NOSUP;
	if (len <= BEFORE_ADDRESS)
		return 0;
	n = ss_addr_parse(&ignored, mem + BEFORE_ADDRESS, len - BEFORE_ADDRESS);
	if (n == -E_PROTO)
		return -E_RANGE;
	return n > 0 ? BEFORE_ADDRESS + n : n;
}

static void refuse(struct ss_sess *s, int why)
{
	uint8_t reply[] = { VERSION, REP_FAILURE, 0, 1, 0, 0, 0, 0, 0, 0 };

	if (why == -E_PROTO) {
		ss_sess_close(s, why);
		return;
	}
	if (why == -E_NOSUP)
		reply[1] = REP_COMMAND;
	else if (why == -E_RANGE)
		reply[1] = REP_ADDRESS;
	ss_sess_refuse(s, reply, sizeof(reply));
}

/* False: not now. With no buffer left, on_sent says when to ask again; the
 * message that is answered stays in s->head till then. */
static bool reply(struct ss_sess *s, const void *mem, size_t len)
{
	int rc = chan_write(&s->in, mem, len);

	if (rc != 0 && rc != -E_FULL)
		ss_sess_close(s, rc);
	return rc == 0;
}

/* Before connecting, and with the address that the original sends. */
static const uint8_t accepted[] = { VERSION, REP_OK, 0, 1, 0, 0, 0, 0, 0x10,
	0x10 };

/* Where its datagrams go: the address it knows us by, unless they are taken
 * at another; never "any", which it cannot send to. Its end may go unsaid. */
static void associate(struct ss_sess *s)
{
	uint8_t answer[BEFORE_ADDRESS + 1 + 16 + 2] = { VERSION, REP_OK };
	uint8_t *end = answer + sizeof(answer);
	struct addr at;
	size_t n;

	if (ss_udp_where(s->port, s->in.watch.fd, &at) != 0) {
		refuse(s, -E_NOSUP);
		return;
	}
	n = ss_addr_put_ip(&end, &at);
	memmove(answer + BEFORE_ADDRESS, end, n);
	if (!reply(s, answer, BEFORE_ADDRESS + n))
		return;
	s->head_len = (uint16_t)(s->head_len - BEFORE_ADDRESS);
	memmove(s->head, s->head + BEFORE_ADDRESS, s->head_len);
	(void)port_net_set(s->in.watch.fd, NET_KEEP_ALIVE, KEEP_ALIVE_S);
	ss_udp_own(&s->port->ss->udp, s);
	ss_sess_state(s, SS_ASSOCIATE);
}

static void request(struct ss_sess *s)
{
	int rc = ss_sess_gather(s, socks5_request);

	if (rc < 0)
		refuse(s, rc);
	if (rc > 0 && s->head[1] == ASSOCIATE) {
		associate(s);
		return;
	}
	if (rc <= 0 || !reply(s, accepted, sizeof(accepted)))
		return;
	s->head_len = (uint16_t)(s->head_len - BEFORE_ADDRESS);
	memmove(s->head, s->head + BEFORE_ADDRESS, s->head_len);
	ss_sess_log_target(s);
	s->egress->start(s);
}

static int greeting_open(const uint8_t *mem, size_t len)
{
	return socks5_greeting(mem, len, SOCKS5_NO_AUTH);
}

static int greeting_login(const uint8_t *mem, size_t len)
{
	return socks5_greeting(mem, len, SOCKS5_LOGIN);
}

/* The longest is twice what the head holds: it stays where it came in. */
static void login(struct ss_sess *s)
{
	static const uint8_t good[] = { LOGIN_VERSION, 0 };
	static const uint8_t bad[] = { LOGIN_VERSION, 1 };
	const struct ss_auth *a = &s->port->ss->auth;
	uint8_t *p;
	size_t len = chan_data(&s->in, &p);
	int rc = socks5_login(p, len);

	if (rc < 0)
		ss_sess_close(s, rc);
	if (rc <= 0)
		return;
	if (!ss_auth_check(a, p + 2, p[1], p + 3 + p[1], p[2 + p[1]])) {
		ss_sess_refuse(s, bad, sizeof(bad));
		return;
	}
	if (!reply(s, good, sizeof(good)))
		return;
	chan_took(&s->in, (size_t)rc);
	ss_sess_state(s, SS_REQUEST);
}

static void greeting(struct ss_sess *s)
{
	bool logins = ss_port_logins(s->port);
	const uint8_t good[] = { VERSION, logins ? SOCKS5_LOGIN :
	    SOCKS5_NO_AUTH };
	static const uint8_t bad[] = { VERSION, NONE_FITS };
	int rc = ss_sess_gather(s, logins ? greeting_login : greeting_open);

	if (rc == -E_DENY)
		ss_sess_refuse(s, bad, sizeof(bad));
	else if (rc < 0)
		ss_sess_close(s, rc);
	if (rc <= 0 || !reply(s, good, sizeof(good)))
		return;
	s->head_len = 0;
	ss_sess_state(s, logins ? SS_LOGIN : SS_REQUEST);
}

void socks5_data(struct ss_sess *s)
{
	if (s->state == SS_GREET)
		greeting(s);
	else if (s->state == SS_LOGIN)
		login(s);
	else
		request(s);
}
