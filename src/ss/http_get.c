/* http_get.c - asks a web server for one document. Knows not what it is. */
#include "http_get.h"

#include "base/civil.h"
#include "base/text.h"
#include "port/net.h"
#include "ss_serve.h"
#include "ss_sock.h"

static struct loop *loop_of(const struct http_get *g)
{
	return g->ss->loop;
}

static void drop(struct http_get *g)
{
	chan_close(&g->chan);
	tls_close(&g->tls);
	/* Above the top there are zeros, in pages that are none. */
	wipe(g->mem, g->arena.top);
	g->arena = (struct tls_arena){ 0 };
	dns_cancel(&g->ask);
	timer_stop(loop_of(g), &g->step);
}

void http_get_stop(struct http_get *g)
{
	if (!g->busy)
		return;
	g->busy = false;
	drop(g);
	timer_stop(loop_of(g), &g->deadline);
}

static void end(struct http_get *g, int rc)
{
	http_get_stop(g);
	g->done(g, rc, g->in + g->head);
}

static void fail(struct http_get *g, int rc, const char *what)
{
	text_fmt(g->why, sizeof(g->why), "%s: %s", g->url.host,
	    what != NULL ? what : err_text(rc));
	end(g, rc);
}

/* ---- what came ---- */

static int hex(uint8_t c)
{
	uint8_t octet;
	char two[2] = { '0', (char)c };

	return text_unhex(&octet, 1, two, 2) == 1 ? octet : -1;
}

/* Of a chunked body, which was seen to be one, only what its chunks hold. */
static size_t join_chunks(uint8_t *mem, size_t len)
{
	size_t at = 0, n = 0, size;
	const uint8_t *lf;

	do {
		for (size = 0; hex(mem[at]) >= 0; at++)
			size = size * 16 + (size_t)hex(mem[at]);
		lf = memchr(mem + at, '\n', len - at);
		at = (size_t)(lf - mem) + 1;
		memmove(mem + n, mem + at, size);
		n += size;
		at += size + 2;
	} while (size > 0);
	return n;
}

static void whole(struct http_get *g)
{
	uint8_t *body = g->in + g->head;
	size_t len = g->seen - g->head;

	if (g->is.chunked)
		len = join_chunks(body, len);
	end(g, (int)len);
}

static void begin(struct timer *t);

/* Where the head's Location leads; a path is one of the same server. */
static int follow(struct http_get *g)
{
	struct http_text to = g->is.location;
	struct http_url next = g->url;
	int rc;

	if (to.p == NULL || ++g->redirects > HTTP_GET_REDIRECTS)
		return -E_LOOP;
	if (to.len > 0 && to.p[0] == '/') {
		if (to.len >= sizeof(next.path))
			return -E_INVAL;
		text_copy_n(next.path, sizeof(next.path), to.p, to.len);
	} else {
		rc = http_url_parse(&next, to.p, to.len);
		if (rc != 0)
			return rc;
	}
	/* Nobody leads us from where we are sure to where we are not. */
	if (g->url.tls && !next.tls)
		return -E_DENY;
	g->url = next;
	return 0;
}

/* Another connection, once this event is over. */
static void go_on(struct http_get *g)
{
	drop(g);
	timer_set(loop_of(g), &g->step, loop_of(g)->now_ms, begin);
}

static void redirect(struct http_get *g)
{
	int rc = follow(g);

	if (rc != 0) {
		fail(g, rc, rc == -E_DENY ? "leads on to http:" :
		    "leads on to nowhere");
		return;
	}
	go_on(g);
}

static void start_body(struct http_get *g)
{
	const struct http_head *h = &g->is;

	if (h->chunked)
		http_body_start(&g->body, HTTP_CHUNKED, 0);
	else if (h->has_length)
		http_body_start(&g->body, HTTP_LENGTH, h->length);
	else
		http_body_start(&g->body, HTTP_TO_END, 0);
	g->seen = g->head;
}

/* True: go on with the body. */
static bool take_head(struct http_get *g)
{
	int n = http_response(&g->is, g->in, g->len);
	char what[40];

	if (n == 0 && g->len < HTTP_GET_HEAD)
		return false;
	if (n <= 0) {
		fail(g, n < 0 ? n : -E_LONG, "its answer is not HTTP");
		return false;
	}
	g->head = (size_t)n;
	if (g->is.status >= 301 && g->is.status <= 308 &&
	    g->is.status != 304) {
		redirect(g);
		return false;
	}
	if (g->is.status != 200) {
		text_fmt(what, sizeof(what), "says %u", g->is.status);
		fail(g, -E_REFUSED, what);
		return false;
	}
	start_body(g);
	return true;
}

static void look(struct http_get *g)
{
	ptrdiff_t n;

	if (g->head == 0 && !take_head(g))
		return;
	n = http_body_take(&g->body, g->in + g->seen, g->len - g->seen);
	if (n < 0) {
		fail(g, (int)n, "its answer is not HTTP");
		return;
	}
	g->seen += (size_t)n;
	if (g->body.over)
		whole(g);
	else if (g->len == sizeof(g->in))
		fail(g, -E_LONG, "the list is too long (LIMIT_ONLINE_LIST)");
}

static void on_data(struct chan *c)
{
	struct http_get *g = OWNER(c, struct http_get, chan);
	uint8_t *p;
	size_t n;

	while (g->busy && (n = chan_data(c, &p)) > 0) {
		n = MIN(n, sizeof(g->in) - g->len);
		memcpy(g->in + g->len, p, n);
		g->len += n;
		chan_took(c, n);
		look(g);
		if (timer_is_set(&g->step))
			return;		/* it leads on */
	}
}

static void on_end(struct chan *c, int why)
{
	struct http_get *g = OWNER(c, struct http_get, chan);

	if (why == 0 && g->head > 0 && g->body.kind == HTTP_TO_END)
		whole(g);
	else
		fail(g, -E_PROTO, "its answer was cut off");
}

/* ---- the way there ---- */

static void cert_text(struct http_get *g, unsigned faults, char *out,
    size_t room)
{
	struct civil c;
	char date[32];

	g->bad_time = (faults & (TLS_CERT_EXPIRED | TLS_CERT_EARLY)) != 0;
	if (g->bad_time) {
		civil_from_unix(&c, loop_of(g)->wall_ms / 1000);
		text_fmt(date, sizeof(date), "%04d-%02u-%02u %02u:%02u",
		    (int)c.year, c.month, c.day, c.hour, c.min);
		text_fmt(out, room, "its certificate %s, if it is %s now: is "
		    "this clock right?", (faults & TLS_CERT_EARLY) != 0 ?
		    "is not valid yet" : "has expired", date);
	} else {
		text_fmt(out, room, "its certificate is %s",
		    (faults & TLS_CERT_STRANGER) != 0 ?
		    "signed by nobody in ca_file" :
		    (faults & TLS_CERT_NAME) != 0 ? "another server's" :
		    "not good enough");
	}
}

static void on_fail(struct chan *c, int why)
{
	struct http_get *g = OWNER(c, struct http_get, chan);
	char what[128];
	unsigned faults;

	/* Another of its addresses may do. */
	if (!g->opened && ++g->tries < DNS_ADDRS) {
		g->turn++;
		go_on(g);
		return;
	}
	if (!g->url.tls || (why != -E_PROTO && why != -E_AUTH)) {
		fail(g, why, NULL);
		return;
	}
	faults = tls_cert_faults(&g->tls);
	if (faults != 0)
		cert_text(g, faults, what, sizeof(what));
	else
		text_fmt(what, sizeof(what), "TLS failed (-0x%04x)",
		    (unsigned)-tls_why(&g->tls));
	fail(g, why, what);
}

static void ask(struct http_get *g)
{
	bool v6 = strchr(g->url.host, ':') != NULL;
	bool usual = g->url.port == (g->url.tls ? 443 : 80);
	char text[HTTP_GET_PATH + SS_HOST + 128], port[8] = "";
	size_t n;

	g->asked = true;
	if (!usual)
		text_fmt(port, sizeof(port), ":%u", g->url.port);
	n = text_fmt(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: %s%s%s%s\r\n"
	    "User-Agent: wherry/" WHERRY_VERSION "\r\n"
	    "Accept: application/json\r\nConnection: close\r\n\r\n",
	    g->url.path, v6 ? "[" : "", g->url.host, v6 ? "]" : "", port);
	if (chan_write(&g->chan, text, n) != 0)
		fail(g, -E_IO, NULL);
}

/* The handshake ends with octets of theirs or of ours. */
static void on_step(struct timer *t)
{
	struct http_get *g = OWNER(t, struct http_get, step);

	if (!g->asked && chan_is_open(&g->chan) && tls_is_up(&g->tls))
		ask(g);
}

static void on_got(struct chan *c)
{
	struct http_get *g = OWNER(c, struct http_get, chan);

	if (g->url.tls && !g->asked)
		timer_set(loop_of(g), &g->step, loop_of(g)->now_ms, on_step);
}

static void on_open(struct chan *c)
{
	struct http_get *g = OWNER(c, struct http_get, chan);

	g->opened = true;
	if (!g->url.tls)
		ask(g);
}

static const struct chan_ops ops = {
	.on_open = on_open,
	.on_data = on_data,
	.on_end = on_end,
	.on_fail = on_fail,
	.on_got = on_got,
};

static int open_tls(struct http_get *g)
{
	struct tls_how how = { .shared = &g->trust->shared,
		.issuers = &g->trust->issuers, .arena = &g->arena,
		.client = true, .name = g->url.host, .tls12 = true,
		.tls13 = true };

	tls_arena_open(&g->arena, g->mem, sizeof(g->mem));
	return tls_open(&g->tls, &how);
}

static void connect_to(struct http_get *g, const struct addr *list, size_t n)
{
	struct net_how how;
	int rc = g->url.tls ? open_tls(g) : 0;

	g->to = list[g->turn % n];
	g->to.port = g->url.port;
	ss_sock_out(g->ss, &g->to, &how);
	how.flags &= ~NET_FAST_OPEN;
	if (rc == 0)
		rc = chan_connect(&g->chan, loop_of(g), &g->to, &how,
		    HTTP_GET_MS, &ops, g->url.tls ? &g->tls.rx : NULL,
		    g->url.tls ? &g->tls.tx : NULL);
	ss_sock_said(g->ss);
	if (rc != 0)
		fail(g, rc, NULL);
}

static void on_dns(struct dns_ask *a, int status, const struct addr *list,
    size_t n)
{
	struct http_get *g = OWNER(a, struct http_get, ask);

	if (status == 0 && n > 0)
		connect_to(g, list, n);
	else
		fail(g, status != 0 ? status : -E_NOENT, NULL);
}

static void begin(struct timer *t)
{
	struct http_get *g = OWNER(t, struct http_get, step);
	enum dns_prefer prefer = g->ss->conf->prefer_ipv6 ? DNS_V6_FIRST :
	    DNS_V4_FIRST;
	struct addr list[DNS_ADDRS];
	size_t n = 0;
	int rc;

	g->head = g->len = g->seen = 0;
	g->asked = g->opened = false;
	if (!g->url.tls && !g->plain_too) {
		fail(g, -E_DENY, "http: is not allowed");
		return;
	}
	if (g->url.tls && g->trust == NULL) {
		fail(g, -E_DENY, "https: needs a ca_file");
		return;
	}
	rc = dns_ask(&g->ask, g->url.host, strlen(g->url.host), prefer, on_dns,
	    list, &n);
	if (rc == 1 && n > 0)
		connect_to(g, list, n);
	else if (rc != 0)
		fail(g, rc == 1 ? -E_NOENT : rc, NULL);
}

static void on_late(struct timer *t)
{
	fail(OWNER(t, struct http_get, deadline), -E_TIMEOUT, NULL);
}

void http_get_open(struct http_get *g, struct ss *ss,
    struct http_trust *trust, bool plain_too)
{
	g->ss = ss;
	g->trust = trust;
	g->plain_too = plain_too;
}

void http_get_start(struct http_get *g, const struct http_url *url,
    http_get_fn *done)
{
	ASSERT(!g->busy);
	g->url = *url;
	g->done = done;
	g->busy = true;
	g->bad_time = false;
	g->redirects = g->tries = 0;
	g->why[0] = '\0';
	timer_set(loop_of(g), &g->deadline, loop_of(g)->now_ms + HTTP_GET_MS,
	    on_late);
	timer_set(loop_of(g), &g->step, loop_of(g)->now_ms, begin);
}
