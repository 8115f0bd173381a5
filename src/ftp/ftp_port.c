/* ftp_port.c - PORT and EPRT: where the client waits for the data connection.
 * Source: RFC 959 4.1.2, RFC 2428; RFC 2577 for what is refused. */
#include "base/text.h"
#include "ftp_cmd.h"

/* "h1,h2,h3,h4,p1,p2" */
static bool port_parse(struct addr *to, const char *arg)
{
	uint8_t n[6];
	uint64_t v;

	for (size_t i = 0; i < LEN(n); i++) {
		size_t len = strcspn(arg, ",");

		if (text_u64(arg, len, 255, &v) < 0)
			return false;
		n[i] = (uint8_t)v;
		arg += len;
		if (*arg != (i + 1 < LEN(n) ? ',' : '\0'))
			return false;
		arg++;
	}
	*to = (struct addr){ .family = 4 };
	to->port = (uint16_t)(n[4] << 8 | n[5]);
	memcpy(to->ip, n, 4);
	return true;
}

/* "|1|192.0.2.1|6275|" or "|2|2001:db8::1|6275|"; any delimiter will do.
 * 0, -E_INVAL, or -E_NOSUP: another family than 1 and 2. */
static int eprt_parse(struct addr *to, const char *arg)
{
	char delimiter[2] = { arg[0], '\0' };
	const char *field[3];
	size_t len[3];
	uint64_t family, port;

	if (arg[0] < 33 || arg[0] > 126)
		return -E_INVAL;
	for (size_t i = 0; i < LEN(field); i++) {
		field[i] = arg + 1;
		len[i] = strcspn(field[i], delimiter);
		arg = field[i] + len[i];
		if (*arg == '\0')
			return -E_INVAL;
	}
	if (arg[1] != '\0' || text_u64(field[0], len[0], 65535, &family) < 0)
		return -E_INVAL;
	if (family != 1 && family != 2)
		return -E_NOSUP;
	if (addr_parse(to, field[1], len[1]) < 0 ||
	    to->family != (family == 1 ? 4 : 6) ||
	    text_u64(field[2], len[2], 65535, &port) < 0)
		return -E_INVAL;
	addr_unmap(to);
	to->port = (uint16_t)port;
	return 0;
}

/* A third host could be made to receive what it never asked for, and a well
 * known port to take it for commands (the bounce attack). */
static bool port_allows(const struct ftp_sess *s, const struct addr *to)
{
	return to->port >= 1024 && (ftp_conf(s)->port_promiscuous ||
	    addr_eq_ip(to, &s->peer));
}

/* False: refused with a reply, whatever the argument says. */
static bool port_may(struct ftp_sess *s, const char *verb)
{
	if (!ftp_conf(s)->port_enable)
		ftp_reply(s, 550, "Permission denied.");
	else if (s->epsv_all)
		ftp_reply(s, 503, "%s is not allowed after EPSV ALL.", verb);
	else
		return true;
	return false;
}

static void port_take(struct ftp_sess *s, const char *verb,
    const struct addr *to, const char *passive)
{
	if (!port_allows(s, to)) {
		ftp_reply(s, 500, "Illegal %s command.", verb);
		return;
	}
	ftp_data_aim(&s->data, to);
	ftp_reply(s, 200, "%s command successful. Consider using %s.", verb,
	    passive);
}

void ftp_verb_port(struct ftp_sess *s, char *arg)
{
	struct addr to;

	if (!port_may(s, "PORT"))
		return;
	if (port_parse(&to, arg))
		port_take(s, "PORT", &to, "PASV");
	else
		ftp_reply(s, 501, "Illegal PORT command.");
}

void ftp_verb_eprt(struct ftp_sess *s, char *arg)
{
	struct addr to;
	int rc;

	if (!port_may(s, "EPRT"))
		return;
	rc = eprt_parse(&to, arg);
	if (rc == -E_NOSUP)
		ftp_reply(s, 522, "Bad network protocol, use (1,2).");
	else if (rc < 0)
		ftp_reply(s, 501, "Illegal EPRT command.");
	else
		port_take(s, "EPRT", &to, "EPSV");
}
