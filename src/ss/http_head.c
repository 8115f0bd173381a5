/* http_head.c - reads heads of HTTP messages and writes them anew for the next
 * one on the way. Calls nobody; knows no connection. */
#include "http_head.h"

#include "base/endian.h"
#include "base/text.h"

/* ---- characters ---- */

static bool is_token(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') ||
	    (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_value(uint8_t c)
{
	return c == '\t' || (c >= ' ' && c != 0x7f);
}

bool http_is(struct http_text t, const char *word)
{
	size_t i;

	for (i = 0; i < t.len && word[i] != '\0'; i++)
		if (text_lower(t.p[i]) != text_lower(word[i]))
			return false;
	return i == t.len && word[i] == '\0';
}

static bool is_same(struct http_text a, struct http_text b)
{
	size_t i;

	for (i = 0; i < a.len && i < b.len; i++)
		if (text_lower(a.p[i]) != text_lower(b.p[i]))
			return false;
	return a.len == b.len;
}

/* ---- lines ---- */

/* Octets of the line at mem with its CR LF, 0 = it has not ended, -E_PROTO. */
static int line_len(const uint8_t *mem, size_t len)
{
	const uint8_t *lf = memchr(mem, '\n', len);

	if (lf == NULL)
		return memchr(mem, '\0', len) != NULL ? -E_PROTO : 0;
	if (lf == mem || lf[-1] != '\r' ||
	    memchr(mem, '\r', (size_t)(lf - mem) - 1) != NULL)
		return -E_PROTO;
	return (int)(lf - mem) + 1;
}

struct field {
	struct http_text name, value;
};

/* A line without its end. 0 or -E_PROTO. */
static int field_of(struct field *f, const char *line, size_t len)
{
	size_t n = 0, i;

	while (n < len && is_token((uint8_t)line[n]))
		n++;
	if (n == 0 || n == len || line[n] != ':')
		return -E_PROTO;
	f->name = (struct http_text){ line, n };
	for (i = n + 1; i < len; i++)
		if (!is_value((uint8_t)line[i]))
			return -E_PROTO;
	for (i = n + 1; i < len && is_blank(line[i]); i++)
		;
	while (len > i && is_blank(line[len - 1]))
		len--;
	f->value = (struct http_text){ line + i, len - i };
	return 0;
}

/* Of a head that was read: the field at *at, which moves on. */
static bool next_field(const struct http_head *h, const uint8_t *mem,
    size_t *at, struct field *f)
{
	size_t len;

	if (*at + 2 >= h->end)
		return false;
	len = (size_t)line_len(mem + *at, h->end - *at);
	(void)field_of(f, (const char *)mem + *at, len - 2);
	*at += len;
	return true;
}

/* The next word of a list with commas; *list becomes what is behind it. */
static bool next_word(struct http_text *list, struct http_text *word)
{
	size_t n = 0;

	while (list->len > 0 && (is_blank(*list->p) || *list->p == ',')) {
		list->p++;
		list->len--;
	}
	if (list->len == 0)
		return false;
	while (n < list->len && list->p[n] != ',')
		n++;
	*word = (struct http_text){ list->p, n };
	list->p += n;
	list->len -= n;
	while (word->len > 0 && is_blank(word->p[word->len - 1]))
		word->len--;
	return true;
}

static bool has_word(struct http_text list, const char *wanted)
{
	struct http_text word;

	while (next_word(&list, &word))
		if (http_is(word, wanted))
			return true;
	return false;
}

/* ---- reading ---- */

static int take_length(struct http_head *h, struct http_text value)
{
	if (h->has_length || text_u64(value.p, value.len, INT64_MAX,
	    &h->length) != 0)
		return -E_PROTO;
	h->has_length = true;
	return 0;
}

static int take_coding(struct http_head *h, struct http_text value)
{
	if (h->chunked || h->minor == 0)
		return -E_PROTO;
	h->chunked = true;
	return http_is(value, "chunked") ? 0 : -E_NOSUP;
}

static int take_field(struct http_head *h, const struct field *f, int *hosts)
{
	if (http_is(f->name, "Content-Length"))
		return take_length(h, f->value);
	if (http_is(f->name, "Transfer-Encoding"))
		return take_coding(h, f->value);
	if (http_is(f->name, "Host"))
		return ++*hosts > 1 ? -E_PROTO : 0;
	if (http_is(f->name, "Proxy-Authorization")) {
		if (h->auth.p != NULL)
			return -E_PROTO;
		h->auth = f->value;
	}
	if (http_is(f->name, "Location"))
		h->location = f->value;
	if (!http_is(f->name, "Connection") &&
	    !http_is(f->name, "Proxy-Connection"))
		return 0;
	if (has_word(f->value, "close"))
		h->keep_alive = false;
	else if (h->minor == 0 && has_word(f->value, "keep-alive"))
		h->keep_alive = true;
	return 0;
}

/* From the first field to the empty line. */
static int take_fields(struct http_head *h, const uint8_t *mem, size_t len)
{
	size_t at = h->fields, n = 0;
	struct field f;
	int hosts = 0, line, rc;

	while ((line = line_len(mem + at, len - at)) > 2) {
		if (++n > HTTP_FIELDS_MAX)
			return -E_LONG;
		rc = field_of(&f, (const char *)mem + at, (size_t)line - 2);
		if (rc == 0)
			rc = take_field(h, &f, &hosts);
		if (rc != 0)
			return rc;
		at += (size_t)line;
	}
	if (line <= 0)
		return line;
	if (h->chunked && h->has_length)
		return -E_PROTO;
	h->end = at + 2;
	return (int)h->end;
}

/* "HTTP/1.1". 0, -E_NOSUP, -E_PROTO. */
static int take_version(struct http_head *h, const char *s, size_t len)
{
	if (len != 8 || memcmp(s, "HTTP/", 5) != 0 || !text_is_digit(s[5]) ||
	    s[6] != '.' || !text_is_digit(s[7]))
		return -E_PROTO;
	if (s[5] != '1')
		return -E_NOSUP;
	h->minor = s[7] > '0';
	h->keep_alive = h->minor > 0;
	return 0;
}

/* METHOD SP target SP version. */
static int request_line(struct http_head *h, const char *s, size_t len)
{
	size_t n = 0, t;

	while (n < len && is_token((uint8_t)s[n]))
		n++;
	if (n == 0 || n == len || s[n] != ' ')
		return -E_PROTO;
	h->method = (struct http_text){ s, n };
	for (t = ++n; n < len && (uint8_t)s[n] > ' ' && s[n] != 0x7f; n++)
		;
	if (n == t || n == len || s[n] != ' ')
		return -E_PROTO;
	h->target = (struct http_text){ s + t, n - t };
	return take_version(h, s + n + 1, len - n - 1);
}

/* version SP three digits [SP any text]. */
static int status_line(struct http_head *h, const char *s, size_t len)
{
	uint64_t status;
	size_t i;

	if (len < 12 || s[8] != ' ' || text_u64(s + 9, 3, 999, &status) != 0 ||
	    status < 100 || (len > 12 && s[12] != ' '))
		return -E_PROTO;
	for (i = 12; i < len; i++)
		if (!is_value((uint8_t)s[i]))
			return -E_PROTO;
	h->status = (uint16_t)status;
	return take_version(h, s, 8);
}

static int take_head(struct http_head *h, const uint8_t *mem, size_t len,
    int (*first)(struct http_head *h, const char *s, size_t len))
{
	int line = line_len(mem, len), rc;

	memset(h, 0, sizeof(*h));
	if (line <= 0)
		return line;
	rc = first(h, (const char *)mem, (size_t)line - 2);
	h->fields = (size_t)line;
	return rc != 0 ? rc : take_fields(h, mem, len);
}

int http_request(struct http_head *h, const uint8_t *mem, size_t len)
{
	return take_head(h, mem, len, request_line);
}

int http_response(struct http_head *h, const uint8_t *mem, size_t len)
{
	return take_head(h, mem, len, status_line);
}

/* ---- where it leads ---- */

#define SCHEME "http://"

/* The host and port of an absolute address, and what is behind them. */
static int split_target(const struct http_head *h, struct http_text *authority,
    struct http_text *path)
{
	const char *p = h->target.p;
	size_t len = h->target.len, n = strlen(SCHEME), i;

	if (len <= n || !http_is((struct http_text){ p, n }, SCHEME))
		return -E_INVAL;
	for (i = n; i < len && p[i] != '/' && p[i] != '?' && p[i] != '#'; i++)
		;
	*authority = (struct http_text){ p + n, i - n };
	*path = (struct http_text){ p + i, len - i };
	return i > n ? 0 : -E_INVAL;
}

/* host, host:port, [v6]:port; a port of 0 must be there. */
static int host_port(struct http_text t, uint16_t port, uint8_t *out)
{
	const char *colon = memchr(t.p, ':', t.len);
	const char *end = t.p + t.len;
	struct ss_addr ignored;
	uint64_t n = port;
	struct addr ip;
	size_t len;

	if (t.p[0] == '[') {
		colon = memchr(t.p, ']', t.len);
		if (colon == NULL)
			return -E_INVAL;
		colon = colon + 1 < end ? colon + 1 : NULL;
	}
	len = colon != NULL ? (size_t)(colon - t.p) : t.len;
	if (colon != NULL && (*colon != ':' || text_u64(colon + 1,
	    (size_t)(end - colon) - 1, 65535, &n) != 0))
		return -E_INVAL;
	if (n == 0 || len == 0 || len > 255)
		return -E_INVAL;
	if (addr_parse(&ip, t.p, len) == 0) {
		size_t k = ip.family == 4 ? 4 : 16;

		out[0] = ip.family == 4 ? SS_ATYP_IPV4 : SS_ATYP_IPV6;
		memcpy(out + 1, ip.ip, k);
		len = 1 + k;
	} else {
		out[0] = SS_ATYP_NAME;
		out[1] = (uint8_t)len;
		memcpy(out + 2, t.p, len);
		len += 2;
	}
	put_u16be(out + len, (uint16_t)n);
	return ss_addr_parse(&ignored, out, len + 2) == (int)len + 2 ?
	    (int)len + 2 : -E_INVAL;
}

int http_address(const struct http_head *h, uint8_t out[SS_ADDR_MAX])
{
	struct http_text authority, path;

	if (http_is(h->method, "CONNECT"))
		return host_port(h->target, 0, out);
	if (split_target(h, &authority, &path) != 0)
		return -E_INVAL;
	return host_port(authority, 80, out);
}

/* ---- writing ---- */

static bool is_named(const struct http_head *h, const uint8_t *mem,
    struct http_text name)
{
	size_t at = h->fields;
	struct http_text word, list;
	struct field f;

	while (next_field(h, mem, &at, &f)) {
		if (!http_is(f.name, "Connection"))
			continue;
		list = f.value;
		while (next_word(&list, &word))
			if (is_same(word, name))
				return true;
	}
	return false;
}

/* What says where the message ends is never anybody's to take out. */
static bool stays(const struct http_head *h, const uint8_t *mem,
    struct http_text name)
{
	static const char *const ours[] = { "Connection", "Keep-Alive", "TE",
		"Trailer", "Upgrade" };
	size_t i;

	if (http_is(name, "Content-Length") ||
	    http_is(name, "Transfer-Encoding"))
		return true;
	for (i = 0; i < LEN(ours); i++)
		if (http_is(name, ours[i]))
			return false;
	if (name.len > 6 && http_is((struct http_text){ name.p, 6 }, "Proxy-"))
		return false;
	return !is_named(h, mem, name);
}

struct out {
	char *p;
	size_t len;
};

static void add(struct out *o, const char *s, size_t len)
{
	memcpy(o->p + o->len, s, len);
	o->len += len;
}

static void add_text(struct out *o, const char *s)
{
	add(o, s, strlen(s));
}

static void add_fields(struct out *o, const struct http_head *h,
    const uint8_t *mem, bool host)
{
	size_t at = h->fields;
	struct field f;

	while (next_field(h, mem, &at, &f)) {
		if (!stays(h, mem, f.name) ||
		    (!host && http_is(f.name, "Host")))
			continue;
		/* An HTTP/1.0 client could not answer to it. */
		if (h->minor == 0 && http_is(f.name, "Expect"))
			continue;
		add(o, f.name.p, f.name.len);
		add_text(o, ": ");
		add(o, f.value.p, f.value.len);
		add_text(o, "\r\n");
	}
}

size_t http_forward_request(const struct http_head *h, const uint8_t *mem,
    char *to)
{
	struct out o = { to, 0 };
	struct http_text authority, path;
	size_t i;

	if (split_target(h, &authority, &path) != 0)
		return 0;
	add(&o, h->method.p, h->method.len);
	add_text(&o, " ");
	if (path.len == 0 && http_is(h->method, "OPTIONS"))
		add_text(&o, "*");
	else if (path.len == 0 || path.p[0] != '/')
		add_text(&o, "/");
	for (i = 0; i < path.len && path.p[i] != '#'; i++)
		;
	add(&o, path.p, i);
	add_text(&o, h->minor > 0 ? " HTTP/1.1\r\nHost: " :
	    " HTTP/1.0\r\nHost: ");
	add(&o, authority.p, authority.len);
	add_text(&o, "\r\n");
	add_fields(&o, h, mem, false);
	add_text(&o, "Connection: close\r\n\r\n");
	return o.len;
}

size_t http_forward_response(const struct http_head *h, const uint8_t *mem,
    bool keep_alive, char *to)
{
	struct out o = { to, 0 };

	add(&o, (const char *)mem, h->fields);
	add_fields(&o, h, mem, true);
	if (h->status >= 200)
		add_text(&o, keep_alive ? "Connection: keep-alive\r\n" :
		    "Connection: close\r\n");
	add_text(&o, "\r\n");
	return o.len;
}
