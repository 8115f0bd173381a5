/* in_http.c - a client of sslocal that speaks HTTP. CONNECT becomes a relay;
 * any other request goes to its target over a connection of its own, which
 * ends with the answer, while the client's goes on. So nobody's octets can be
 * taken for another's request. Knows not where it leads. Source: RFC 9110. */
#include "in_http.h"

#include "base/text.h"
#include "http_head.h"
#include "ss_serve.h"
#include "ss_sess.h"

/* ---- pages ---- */

static const struct page {
	uint16_t status;
	const char *reason, *text;
} pages[] = {
	{ 400, "Bad Request", "This is no request that a proxy can pass on." },
	{ 403, "Forbidden", "The way there is closed." },
	{ 407, "Proxy Authentication Required", "Name and password, please." },
	{ 431, "Request Header Fields Too Large", "The head is too large." },
	{ 501, "Not Implemented", "This form of request is not known here." },
	{ 502, "Bad Gateway", "No server could be reached." },
	{ 504, "Gateway Timeout", "No server answered in time." },
};

static void refuse(struct ss_sess *s, uint16_t status)
{
	const struct page *p = pages;
	char out[512];
	size_t n;

	while (p->status != status)
		p++;
	n = text_fmt(out, sizeof(out), "HTTP/1.1 %u %s\r\n"
	    "Content-Type: text/plain\r\nContent-Length: %zu\r\n%s"
	    "Connection: close\r\n\r\n%s\n", p->status, p->reason,
	    strlen(p->text) + 1, status == 407 ?
	    "Proxy-Authenticate: Basic realm=\"wherry\"\r\n" : "", p->text);
	ss_sess_refuse(s, out, n);
}

static uint16_t status_of(int why)
{
	switch (why) {
	case -E_LONG:
		return 431;
	case -E_NOSUP:
		return 501;
	case -E_DENY:
		return 403;
	default:
		return 400;
	}
}

/* ---- a request ---- */

static bool may_come_in(const struct ss_sess *s, const struct http_head *h)
{
	static const char scheme[] = "Basic";
	const size_t n = sizeof(scheme) - 1;
	const char *p = h->auth.p;
	size_t len = h->auth.len;

	if (!ss_port_logins(s->port))
		return true;
	if (p == NULL || len <= n + 1 || p[n] != ' ' ||
	    !http_is((struct http_text){ p, n }, scheme))
		return false;
	for (p += n, len -= n; len > 0 && *p == ' '; p++)
		len--;
	return ss_auth_check_basic(&s->port->ss->auth, p, len);
}

/* Said at once when a server is known to take connections: the client's first
 * octets then travel with the address. Else it is told when it is so. */
static int say_established(struct ss_sess *s)
{
	static const char text[] = "HTTP/1.1 200 Connection established\r\n"
	    "\r\n";

	return chan_write(&s->in, text, sizeof(text) - 1);
}

static void start(struct ss_sess *s)
{
	if (s->state != SS_REQUEST)
		ss_sess_state(s, SS_REQUEST);
	ss_sess_log_target(s);
	s->egress->start(s);
}

static void connect_to(struct ss_sess *s, const struct http_head *h)
{
	bool early = s->egress->is_well != NULL && s->egress->is_well(s);
	int rc = early ? say_established(s) : 0;

	if (rc != 0 && rc != -E_FULL)
		ss_sess_close(s, rc);
	if (rc != 0) {
		s->head_len = 0;	/* on_sent says when to ask again */
		return;
	}
	chan_took(&s->in, h->end);
	s->http = early ? SS_HTTP_TUNNEL : SS_HTTP_CONNECT;
	start(s);
}

static void request(struct ss_sess *s)
{
	uint8_t *p;
	size_t len = chan_data(&s->in, &p);
	struct http_head h;
	int rc = http_request(&h, p, MIN(len, LIMIT_HTTP_HEAD));

	if (rc == 0 && len < LIMIT_HTTP_HEAD)
		return;
	if (rc == 0)
		rc = -E_LONG;
	if (rc < 0) {
		refuse(s, status_of(rc));
		return;
	}
	if (!may_come_in(s, &h)) {
		refuse(s, 407);
		return;
	}
	rc = http_address(&h, s->head);
	if (rc < 0) {
		refuse(s, 400);
		return;
	}
	s->head_len = (uint16_t)rc;
	if (http_is(h.method, "CONNECT")) {
		connect_to(s, &h);
		return;
	}
	s->http = SS_HTTP_PASS;
	start(s);
}

/* The head still lies where it came in: it is read anew. */
static struct http_head head_of(struct ss_sess *s, const uint8_t **mem)
{
	struct http_head h;
	uint8_t *p;
	size_t len = chan_data(&s->in, &p);
	int rc = http_request(&h, p, MIN(len, LIMIT_HTTP_HEAD));

	ASSERT(rc > 0);
	*mem = p;
	return h;
}

size_t http_first(struct ss_sess *s, uint8_t *mem, size_t room)
{
	const uint8_t *from;
	struct http_head h;

	if (s->http != SS_HTTP_PASS)
		return 0;
	h = head_of(s, &from);
	ASSERT(h.end + HTTP_FORWARD_MORE <= room);
	return http_forward_request(&h, from, (char *)mem);
}

/* ---- a request and its answer ---- */

static void begin_exchange(struct ss_sess *s)
{
	const uint8_t *mem;
	struct http_head h = head_of(s, &mem);
	bool to_head = http_is(h.method, "HEAD");
	struct http_exchange *x = &s->exchange;

	ss_sess_state(s, SS_EXCHANGE);
	if (h.chunked)
		http_body_start(&x->up, HTTP_CHUNKED, 0);
	else
		http_body_start(&x->up, HTTP_LENGTH, h.length);
	chan_set_tx(&s->in, http_tx_start(&x->tx, to_head, h.minor == 0,
	    h.keep_alive));
	chan_took(&s->in, h.end);
	chan_idle(&s->in, s->port->ss->conf->base.timeout_s * 1000);
	chan_read(&s->in, true);
	http_data(s);
}

/* The way is there: CONNECT's client hears of it before all else. */
bool http_opened(struct ss_sess *s)
{
	if (s->http == SS_HTTP_PASS) {
		begin_exchange(s);
		return true;
	}
	if (s->http != SS_HTTP_CONNECT || say_established(s) == 0)
		return false;
	ss_sess_close(s, -E_FULL);
	return true;
}

/* All was sent and ended well: the client may ask for something else. */
static void next_request(struct ss_sess *s)
{
	uint8_t *p;

	chan_set_tx(&s->in, NULL);
	ss_sess_anew(s);
	s->http = SS_HTTP_IDLE;
	if (s->in.flags & CHAN_GOT_EOF)
		ss_sess_close(s, 0);
	else if (chan_data(&s->in, &p) > 0)
		request(s);
}

/* The answer was the last one on this connection. */
static void last_answer(struct ss_sess *s)
{
	chan_set_tx(&s->in, NULL);
	chan_close(&s->out);
	if (s->in.flags & CHAN_GOT_EOF)
		ss_sess_close(s, 0);
	else
		ss_sess_refuse(s, "", 0);
}

/* True: the session goes on as it is. */
static bool move_up(struct ss_sess *s)
{
	struct http_body *up = &s->exchange.up, was;
	uint8_t *p;
	size_t n;
	ptrdiff_t k;
	int rc;

	while (!up->over && (n = chan_data(&s->in, &p)) > 0) {
		was = *up;
		k = http_body_take(up, p, MIN(n, MAX(chan_room(&s->out), 1)));
		if (k < 0) {
			ss_sess_close(s, (int)k);
			return false;
		}
		rc = chan_write(&s->out, p, (size_t)k);
		if (rc == -E_FULL)
			*up = was;
		if (rc == -E_CLOSED)	/* it has heard enough */
			return true;
		if (rc != 0)
			return true;
		chan_took(&s->in, (size_t)k);
	}
	return true;
}

static bool is_cut(const struct ss_sess *s)
{
	return (s->in.flags & CHAN_GOT_EOF) != 0 && !s->exchange.up.over;
}

static bool move_down(struct ss_sess *s)
{
	struct http_tx *t = &s->exchange.tx;
	uint8_t *p;
	size_t n;
	int rc = 0;

	while (!t->over && (n = chan_data(&s->out, &p)) > 0) {
		n = MIN(n, MAX(chan_room(&s->in), 1));
		rc = chan_write(&s->in, p, n);
		if (rc == -E_FULL)
			return true;
		if (rc != 0)
			break;
		chan_took(&s->out, n);
	}
	if (rc == 0 && !t->over && (s->out.flags & CHAN_TOLD_END) != 0)
		rc = t->codec.ops->in_end(&t->codec);
	if (rc == 0)
		return true;
	return !http_failed(s, -E_PROTO);
}

static void exchange(struct ss_sess *s)
{
	struct http_exchange *x = &s->exchange;

	if (is_cut(s)) {
		ss_sess_close(s, -E_PROTO);
		return;
	}
	if (!move_up(s) || !move_down(s) || !x->tx.over ||
	    chan_unsent(&s->in) > 0)
		return;
	if (x->tx.keep_alive && x->up.over)
		next_request(s);
	else
		last_answer(s);
}

bool http_failed(struct ss_sess *s, int why)
{
	uint8_t was = s->http;

	s->http = SS_HTTP_IDLE;
	if (was != SS_HTTP_PASS && was != SS_HTTP_CONNECT)
		return false;
	if (s->state == SS_EXCHANGE && s->exchange.tx.begun) {
		chan_abort(&s->in);
		ss_sess_close(s, why);
		return true;
	}
	if (s->state == SS_EXCHANGE)
		chan_set_tx(&s->in, NULL);
	chan_close(&s->out);
	refuse(s, why == -E_TIMEOUT ? 504 : why == -E_DENY ? 403 : 502);
	return true;
}

void http_data(struct ss_sess *s)
{
	if (s->state == SS_EXCHANGE)
		exchange(s);
	else
		request(s);
}
