/* ss_scrape.c - a listener that answers one question. Knows no number. */
#include "ss_scrape.h"

#include "base/text.h"
#include "core/chan.h"
#include "port/file.h"
#include "ss_exposition.h"

#define VISITS 4
#define REQUEST_MAX 4096
#define IDLE_MS 10000

struct visit {
	struct list link;
	struct chan chan;
	struct task reap;
	struct ss *ss;
	struct ss_exposition at;
	bool answers;
};

POOL_DEFINE(ss_visits, struct visit, VISITS);

static void reap(struct task *t)
{
	pool_put(&ss_visits, OWNER(t, struct visit, reap));
}

static void visit_close(struct visit *v)
{
	if (list_empty(&v->link))
		return;
	list_remove(&v->link);
	chan_close(&v->chan);
	v->reap.fn = reap;
	loop_later(v->ss->loop, &v->reap);
}

/* As much as there is room for; on_sent goes on. */
static void answer(struct visit *v)
{
	char text[4096];
	size_t n, room;

	while ((room = chan_room(&v->chan)) >= SS_EXPOSITION_ROOM) {
		n = ss_exposition_next(&v->at, v->ss, text, MIN(room,
		    sizeof(text)));
		if (n == 0) {
			v->answers = false;
			chan_finish(&v->chan);
			return;
		}
		if (chan_write(&v->chan, text, n) != 0) {
			visit_close(v);
			return;
		}
	}
}

static void refuse(struct visit *v, const char *status)
{
	char text[100];
	size_t n = text_fmt(text, sizeof(text), "HTTP/1.0 %s\r\n"
	    "Content-Length: 0\r\nConnection: close\r\n\r\n", status);

	if (chan_write(&v->chan, text, n) != 0)
		visit_close(v);
	else
		chan_finish(&v->chan);
}

static void begin(struct visit *v)
{
	static const char head[] = "HTTP/1.0 200 OK\r\nContent-Type: "
	    "text/plain; version=0.0.4; charset=utf-8\r\n"
	    "Cache-Control: no-store\r\nConnection: close\r\n\r\n";

	if (chan_write(&v->chan, head, sizeof(head) - 1) != 0) {
		visit_close(v);
		return;
	}
	v->answers = true;
	answer(v);
}

static bool starts(const uint8_t *p, size_t len, const char *with)
{
	size_t n = strlen(with);

	return len >= n && memcmp(p, with, n) == 0;
}

/* Octets of the request up to the empty line that ends it; 0 = not there. */
static size_t whole(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++) {
		if (p[i] != '\n')
			continue;
		if (p[i + 1] == '\n')
			return i + 2;
		if (i + 2 < len && p[i + 1] == '\r' && p[i + 2] == '\n')
			return i + 3;
	}
	return 0;
}

static void on_data(struct chan *c)
{
	struct visit *v = OWNER(c, struct visit, chan);
	uint8_t *p;
	size_t n = chan_data(c, &p), took = whole(p, n);
	bool get, ours;

	if (took == 0 && n < REQUEST_MAX)
		return;
	get = starts(p, n, "GET ");
	ours = starts(p, n, "GET /metrics ") || starts(p, n, "GET / ");
	chan_took(c, n);
	chan_read(c, false);
	if (took == 0)
		refuse(v, "400 Bad Request");
	else if (!get)
		refuse(v, "405 Method Not Allowed");
	else if (!ours)
		refuse(v, "404 Not Found");
	else
		begin(v);
}

static void on_sent(struct chan *c)
{
	struct visit *v = OWNER(c, struct visit, chan);

	if (v->answers)
		answer(v);
	else
		chan_read(c, true);	/* to see its end */
}

static void on_end(struct chan *c, int why)
{
	(void)why;
	visit_close(OWNER(c, struct visit, chan));
}

static const struct chan_ops ops = {
	.on_data = on_data,
	.on_sent = on_sent,
	.on_end = on_end,
	.on_fail = on_end,
};

static int on_visit(struct listener *ls, int fd, const struct addr *peer)
{
	struct ss_scrape *s = ls->ctx;
	struct visit *v = pool_get(&ss_visits);

	(void)peer;
	if (v == NULL)
		return -E_FULL;
	v->ss = s->ss;
	if (chan_open(&v->chan, s->ss->loop, fd, &ops, NULL, NULL) != 0) {
		pool_put(&ss_visits, v);
		return -E_FULL;
	}
	chan_idle(&v->chan, IDLE_MS);
	list_push(&s->visits, &v->link);
	return 0;
}

int ss_scrape_open(struct ss_scrape *s, struct ss *ss, const char *address)
{
	struct net_how how = { .backlog = 16 };
	int rc;

	*s = (struct ss_scrape){ 0 };
	rc = ss_place_read(&s->place, address);
	if (rc != 0)
		return rc;
	list_init(&s->visits);
	if (s->place.at.family != 0)
		rc = listen_open(&s->listener, ss->loop, &s->place.at, &how,
		    &ss_visits, on_visit, s);
	else
		rc = listen_open_path(&s->listener, ss->loop, s->place.path,
		    &ss_visits, on_visit, s);
	if (rc == 0)
		s->ss = ss;
	return rc;
}

void ss_scrape_close(struct ss_scrape *s)
{
	if (s->ss == NULL)
		return;
	while (!list_empty(&s->visits))
		visit_close(OWNER(s->visits.next, struct visit, link));
	listen_close(&s->listener);
	if (s->place.at.family == 0)
		(void)port_path_remove(PORT_FS, s->place.path);
	s->ss = NULL;
}
