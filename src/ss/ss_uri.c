/* ss_uri.c - reads and writes ss:// addresses. Knows neither files nor which
 * methods there are. */
#include "ss_uri.h"

#include "base/addr.h"
#include "base/text.h"

/* A piece of the address being read. */
struct piece {
	const char *s;
	size_t len;
};

static const char *last_of(struct piece p, char c)
{
	while (p.len > 0)
		if (p.s[--p.len] == c)
			return p.s + p.len;
	return NULL;
}

/* Cuts p before the first c; what follows it is returned, empty if none. */
static struct piece cut(struct piece *p, char c)
{
	const char *at = memchr(p->s, c, p->len);
	struct piece after = { p->s + p->len, 0 };

	if (at == NULL)
		return after;
	after.s = at + 1;
	after.len = p->len - (size_t)(at + 1 - p->s);
	p->len = (size_t)(at - p->s);
	return after;
}

/* Terminated. Octets, or -E_INVAL (bad escape, does not fit, NUL unless that
 * may become C0 80). */
static int unescape_nul(char *out, size_t room, struct piece p, bool nul)
{
	size_t i, n = 0;
	uint8_t c;

	for (i = 0; i < p.len; i++) {
		c = (uint8_t)p.s[i];
		if (c == '%') {
			if (p.len - i < 3 ||
			    text_unhex(&c, 1, p.s + i + 1, 2) != 1)
				return -E_INVAL;
			i += 2;
		}
		if ((c == '\0' && !nul) || n + 2 >= room + (c != '\0'))
			return -E_INVAL;
		if (c == '\0')
			out[n++] = (char)0xc0;
		out[n++] = (char)(c == '\0' ? 0x80 : c);
	}
	out[n] = '\0';
	return (int)n;
}

static int unescape(char *out, size_t room, struct piece p)
{
	return unescape_nul(out, room, p, false);
}

static bool is_host(struct piece p)
{
	size_t i;

	for (i = 0; i < p.len; i++) {
		char c = text_lower(p.s[i]);

		if (!text_is_digit(c) && (c < 'a' || c > 'z') && c != '-' &&
		    c != '.' && c != '_')
			return false;
	}
	return p.len > 0;
}

static int read_host(struct ss_uri *u, struct piece p)
{
	struct addr a;

	if (p.len > 2 && p.s[0] == '[' && p.s[p.len - 1] == ']') {
		p.s++;
		p.len -= 2;
		if (addr_parse(&a, p.s, p.len) != 0 || a.family != 6)
			return -E_INVAL;
	} else if (!is_host(p)) {
		return -E_INVAL;
	}
	return text_copy_n(u->host, sizeof(u->host), p.s, p.len) ? 0 :
	    -E_INVAL;
}

static int read_server(struct ss_uri *u, struct piece p, const char **why)
{
	const char *colon = last_of(p, ':');
	uint64_t port;
	size_t len;

	*why = "no port within 1..65535";
	if (colon == NULL)
		return -E_INVAL;
	len = (size_t)(colon - p.s);
	if (text_u64(colon + 1, p.len - len - 1, 65535, &port) != 0 ||
	    port == 0)
		return -E_INVAL;
	u->port = (uint16_t)port;
	*why = "no host name or address";
	return read_host(u, (struct piece){ p.s, len });
}

/* method:password, both as they are. */
static int read_secret(struct ss_uri *u, struct piece p)
{
	struct piece password = cut(&p, ':');

	if (p.len == 0 || password.len == 0 ||
	    memchr(password.s, '\0', password.len) != NULL ||
	    memchr(p.s, '\0', p.len) != NULL)
		return -E_INVAL;
	if (!text_copy_n(u->method, sizeof(u->method), p.s, p.len) ||
	    !text_copy_n(u->password, sizeof(u->password), password.s,
	    password.len))
		return -E_INVAL;
	return 0;
}

/* What stands before '@': base64, or two escaped words. */
static int read_user(struct ss_uri *u, struct piece p)
{
	uint8_t octets[sizeof(u->method) + sizeof(u->password)];
	char plain[(sizeof(octets) + 2) / 3 * 4 + 1];
	struct piece password;
	int n, rc;

	if (memchr(p.s, ':', p.len) != NULL) {
		password = cut(&p, ':');
		/* Of no method's name; the other form would part there. */
		return unescape(u->method, sizeof(u->method), p) > 0 &&
		    strchr(u->method, ':') == NULL &&
		    unescape(u->password, sizeof(u->password), password) > 0 ?
		    0 : -E_INVAL;
	}
	/* Padding of the base64 may be escaped. */
	n = unescape(plain, sizeof(plain), p);
	if (n > 0)
		n = text_unbase64(octets, sizeof(octets), plain, (size_t)n);
	rc = n <= 0 ? -E_INVAL :
	    read_secret(u, (struct piece){ (char *)octets, (size_t)n });
	wipe(plain, sizeof(plain));
	wipe(octets, sizeof(octets));
	return rc;
}

/* Before SIP002: all of it in base64. */
static int read_old(struct ss_uri *u, struct piece p, const char **why)
{
	uint8_t octets[sizeof(u->method) + sizeof(u->password) +
	    sizeof(u->host) + 8];
	int n = text_unbase64(octets, sizeof(octets), p.s, p.len), rc;
	struct piece all = { (char *)octets, n > 0 ? (size_t)n : 0 };
	const char *at = last_of(all, '@');
	size_t len;

	*why = "neither method:password@host:port nor that in base64";
	if (at == NULL)
		return -E_INVAL;
	len = (size_t)(at - all.s);
	rc = read_secret(u, (struct piece){ all.s, len });
	if (rc == 0)
		rc = read_server(u, (struct piece){ at + 1,
		    all.len - len - 1 }, why);
	wipe(octets, sizeof(octets));
	return rc;
}

static bool is_param(struct piece *p, const char *key)
{
	size_t len = strlen(key);

	if (p->len < len || memcmp(p->s, key, len) != 0)
		return false;
	p->s += len;
	p->len -= len;
	return true;
}

/* The parameters after '?'. */
static int read_query(struct ss_uri *u, struct piece p, const char **why)
{
	struct piece next;

	for (; p.len > 0; p = next) {
		next = cut(&p, '&');
		*why = "the plugin is not well escaped or too long";
		if (is_param(&p, "plugin=") &&
		    unescape(u->plugin, sizeof(u->plugin), p) < 0)
			return -E_INVAL;
		*why = "the prefix is not well escaped or too long";
		if (is_param(&p, "prefix=") &&
		    unescape_nul(u->prefix, sizeof(u->prefix), p, true) < 0)
			return -E_INVAL;
	}
	return 0;
}

static bool skip_scheme(const char **s)
{
	static const char scheme[] = "ss://";
	size_t i;

	for (i = 0; i < strlen(scheme); i++)
		if (text_lower((*s)[i]) != scheme[i])
			return false;
	*s += i;
	return true;
}

static int read_rest(struct ss_uri *u, struct piece p, const char **why)
{
	const char *at = last_of(p, '@');
	struct piece user = { p.s, 0 };

	while (p.len > 0 && p.s[p.len - 1] == '/')
		p.len--;
	if (at == NULL)
		return read_old(u, p, why);
	user.len = (size_t)(at - p.s);
	*why = "no method:password before the @";
	if (read_user(u, user) != 0)
		return -E_INVAL;
	p.s = at + 1;
	p.len -= user.len + 1;
	return read_server(u, p, why);
}

int ss_uri_parse(struct ss_uri *out, const char *s, const char **why)
{
	struct piece p, query, tag;

	memset(out, 0, sizeof(*out));
	*why = "it does not begin with ss://";
	if (!skip_scheme(&s))
		return -E_INVAL;
	p = (struct piece){ s, strlen(s) };
	tag = cut(&p, '#');
	query = cut(&p, '?');
	*why = "the name after # is not well escaped or too long";
	if (unescape(out->tag, sizeof(out->tag), tag) < 0)
		return -E_INVAL;
	if (read_query(out, query, why) != 0)
		return -E_INVAL;
	return read_rest(out, p, why);
}

/* ---- and back ---- */

struct text {
	char *out;
	size_t room, len;	/* len >= room: it did not fit */
};

static void put(struct text *t, const char *s)
{
	for (; *s != '\0'; s++, t->len++)
		if (t->len < t->room)
			t->out[t->len] = *s;
}

/* RFC 3986: all but the unreserved characters as %XX. */
static void put_escaped(struct text *t, const char *s)
{
	char one[4];

	for (; *s != '\0'; s++) {
		char c = text_lower(*s);

		if (text_is_digit(c) || (c >= 'a' && c <= 'z') ||
		    strchr("-._~", c) != NULL)
			text_fmt(one, sizeof(one), "%c", *s);
		else
			text_fmt(one, sizeof(one), "%%%02x",
			    (unsigned)(uint8_t)*s);
		put(t, one);
	}
}

/* C0 80 is NUL. */
static void put_prefix(struct text *t, const char *s)
{
	while (*s != '\0') {
		char one[] = { *s, '\0' };
		bool nul = strncmp(s, "\xc0\x80", 2) == 0;

		if (nul)
			put(t, "%00");
		else
			put_escaped(t, one);
		s += nul ? 2 : 1;
	}
}

/* RFC 4648 section 5, without padding. */
static void put_base64url(struct text *t, const char *s)
{
	char code[(sizeof(((struct ss_uri *)0)->method) +
	    sizeof(((struct ss_uri *)0)->password)) * 4 / 3 + 8];
	int i, n = text_base64(code, sizeof(code), s, strlen(s));

	ASSERT(n >= 0);
	for (i = 0; i < n; i++) {
		if (code[i] == '+')
			code[i] = '-';
		else if (code[i] == '/')
			code[i] = '_';
		else if (code[i] == '=')
			code[i] = '\0';
	}
	put(t, code);
	wipe(code, sizeof(code));
}

static void put_user(struct text *t, const struct ss_uri *u, bool plain)
{
	char both[sizeof(u->method) + sizeof(u->password)];

	if (plain) {
		put_escaped(t, u->method);
		put(t, ":");
		put_escaped(t, u->password);
		return;
	}
	text_fmt(both, sizeof(both), "%s:%s", u->method, u->password);
	put_base64url(t, both);
	wipe(both, sizeof(both));
}

int ss_uri_text(char *out, size_t room, const struct ss_uri *u, bool plain)
{
	bool bracket = strchr(u->host, ':') != NULL;
	struct text t = { out, room, 0 };
	char port[8];

	put(&t, "ss://");
	put_user(&t, u, plain);
	put(&t, bracket ? "@[" : "@");
	put(&t, u->host);
	text_fmt(port, sizeof(port), "%s:%u", bracket ? "]" : "", u->port);
	put(&t, port);
	if (u->plugin[0] != '\0') {
		put(&t, "/?plugin=");
		put_escaped(&t, u->plugin);
	}
	if (u->prefix[0] != '\0') {
		put(&t, u->plugin[0] != '\0' ? "&prefix=" : "/?prefix=");
		put_prefix(&t, u->prefix);
	}
	if (u->tag[0] != '\0') {
		put(&t, "#");
		put_escaped(&t, u->tag);
	}
	if (t.len >= room)
		return -E_LONG;
	out[t.len] = '\0';
	return (int)t.len;
}
