/* in_socks4.c - a client of sslocal that speaks SOCKS4 or SOCKS4a. Knows not
 * where it leads. */
#include "in_socks4.h"
#include "ss_serve.h"
#include "ss_sess.h"

#define VERSION 4
#define CONNECT 1
#define BEFORE_USER 8		/* VN CD DSTPORT DSTIP */
#define GRANTED 0x5a
#define REJECTED 0x5b

/* 0.0.0.x: a name follows. */
static bool is_4a(const uint8_t *mem)
{
	return mem[4] == 0 && mem[5] == 0 && mem[6] == 0 && mem[7] != 0;
}

/* Octets of the text at off with its zero, 0 = it has not ended. */
static size_t text_len(const uint8_t *mem, size_t len, size_t off)
{
	const uint8_t *end = memchr(mem + off, 0, len - off);

	return end != NULL ? (size_t)(end - mem) + 1 - off : 0;
}

int socks4_address(uint8_t out[SS_ADDR_MAX], const uint8_t *mem)
{
	size_t n = 1 + 4;
	struct ss_addr ignored;

	out[0] = SS_ATYP_IPV4;
	memcpy(out + 1, mem + 4, 4);
	if (is_4a(mem)) {
		const char *user = (const char *)mem + BEFORE_USER;
		const char *name = user + strlen(user) + 1;
		size_t len = strlen(name);

		if (len > 255)
			return -E_INVAL;
		out[0] = SS_ATYP_NAME;
		out[1] = (uint8_t)len;
		memcpy(out + 2, name, len);
		n = 2 + len;
	}
	memcpy(out + n, mem + 2, 2);
	return ss_addr_parse(&ignored, out, n + 2) > 0 ? (int)n + 2 : -E_INVAL;
}

int socks4_request(const uint8_t *mem, size_t len, size_t room)
{
	uint8_t address[SS_ADDR_MAX];
	size_t whole = 0, name = 0;
	int rc;

	if (len > 0 && mem[0] != VERSION)
		return -E_PROTO;
	if (len > 1 && mem[1] != CONNECT)
		return -E_NOSUP;
	if (len > BEFORE_USER)
		whole = text_len(mem, len, BEFORE_USER);
	if (whole > 0)
		whole += BEFORE_USER;
	if (whole > 0 && is_4a(mem)) {
		name = text_len(mem, len, whole);
		whole = name > 0 ? whole + name : 0;
	}
	if (whole == 0)
		return len >= room ? -E_LONG : 0;
	rc = socks4_address(address, mem);
	return rc < 0 ? rc : (int)whole;
}

static int parse(const uint8_t *mem, size_t len)
{
	return socks4_request(mem, len, SS_HEAD_MAX);
}

/* Granted before connecting, as SOCKS5 is here. With no buffer left, on_sent
 * says when to ask again; the request stays in s->head till then. */
void socks4_data(struct ss_sess *s)
{
	static const uint8_t granted[BEFORE_USER] = { 0, GRANTED };
	static const uint8_t rejected[BEFORE_USER] = { 0, REJECTED };
	uint8_t address[SS_ADDR_MAX];
	int rc = ss_sess_gather(s, parse);

	/* It knows no passwords. */
	if (rc > 0 && ss_port_logins(s->port))
		rc = -E_DENY;
	if (rc == -E_PROTO)
		ss_sess_close(s, rc);
	else if (rc < 0)
		ss_sess_refuse(s, rejected, sizeof(rejected));
	if (rc <= 0)
		return;
	rc = chan_write(&s->in, granted, sizeof(granted));
	if (rc != 0 && rc != -E_FULL)
		ss_sess_close(s, rc);
	if (rc != 0)
		return;
	rc = socks4_address(address, s->head);
	ASSERT(rc > 0);
	memcpy(s->head, address, (size_t)rc);
	s->head_len = (uint16_t)rc;
	ss_sess_state(s, SS_REQUEST);
	ss_sess_log_target(s);
	s->egress->start(s);
}
