/* ss_manager.c - a manager's socket: datagrams in, answers and pushes out.
 * Knows none of the words in them. */
#include "ss_manager.h"

#include "base/text.h"
#include "core/log.h"
#include "port/file.h"
#include "ss_place.h"

/* ---- datagrams ---- */

static ptrdiff_t take(struct ss_manager *m, struct ss_client *from, char *mem,
    size_t room)
{
	if (m->path[0] != '\0')
		return port_unix_recv(m->watch.fd, &from->name, mem, room);
	return port_udp_recv(m->watch.fd, &from->at, mem, room);
}

static ptrdiff_t send_to(struct ss_manager *m, const struct ss_client *to,
    const char *mem, size_t len)
{
	if (m->path[0] != '\0')
		return port_unix_send(m->watch.fd, &to->name, mem, len);
	return port_udp_send(m->watch.fd, &to->at, mem, len);
}

/* An answer goes to who asked. */
struct reply {
	struct ss_answer answer;
	struct ss_manager *m;
	const struct ss_client *to;
};

static void on_say(struct ss_answer *a, const char *text, size_t len)
{
	struct reply *r = OWNER(a, struct reply, answer);

	if (send_to(r->m, r->to, text, len) < 0)
		log_rated(LOG_WARN, "manager: an answer of %zu octets could "
		    "not be sent", len);
}

static void hear(struct ss_manager *m, char *mem, size_t room)
{
	size_t most = MIN(m->dialogue->command_max, room - 1);
	struct ss_client from = { .known = true };
	struct reply r = { .answer = { on_say, mem, room }, .m = m,
		.to = &from };
	ptrdiff_t n = take(m, &from, mem, most + 1);

	if (n <= 0 || (size_t)n > most)
		return;
	if (ss_dialogue_hear(m->dialogue, m->ss, mem, (size_t)n, &r.answer))
		m->client = from;
	wipe(mem, (size_t)n);
}

/* Without a buffer a short command has room still. */
static void on_ready(struct watch *watch, unsigned got)
{
	struct ss_manager *m = OWNER(watch, struct ss_manager, watch);
	struct buf *b = buf_get();
	char little[512];

	(void)got;
	if (b != NULL)
		hear(m, (char *)b->data, b->size);
	else
		hear(m, little, sizeof(little));
	buf_put(&b);
}

/* ---- pushes ---- */

struct push {
	size_t len, n;
	struct ss_account *of[SS_PUSH_PORTS];
	uint64_t news[SS_PUSH_PORTS];
	/* "65535":18446744073709551615, */
	char text[SS_PUSH_PORTS * 30 + 16];
};

/* What could not be sent is told the next time. */
static void push_send(struct ss_manager *m, struct push *p)
{
	if (p->n == 0)
		return;
	p->text[p->len++] = '}';
	if (send_to(m, &m->client, p->text, p->len) < 0)
		while (p->n-- > 0)
			p->of[p->n]->told -= p->news[p->n];
	p->n = 0;
}

static void push_one(struct ss_manager *m, struct push *p, struct ss_door *d)
{
	uint64_t news = ss_account_news(d->account);

	if (news == 0)
		return;
	if (p->n == 0)
		p->len = text_fmt(p->text, sizeof(p->text), "stat: {");
	p->len += text_fmt(p->text + p->len, sizeof(p->text) - p->len,
	    "%s\"%u\":%llu", p->n > 0 ? "," : "", d->number,
	    (unsigned long long)news);
	p->of[p->n] = d->account;
	p->news[p->n++] = news;
	if (p->n == SS_PUSH_PORTS)
		push_send(m, p);
}

static void push(struct ss_manager *m)
{
	struct ss_door *d = NULL;
	struct push p = { 0 };

	if (!m->client.known || !m->dialogue->pushes)
		return;
	ss_serve_count(m->ss);
	while ((d = ss_door_next(m->ss, d)) != NULL)
		push_one(m, &p, d);
	push_send(m, &p);
	ss_doors_sweep(m->ss);
}

static void on_time(struct timer *t)
{
	struct ss_manager *m = OWNER(t, struct ss_manager, push);

	push(m);
	timer_set(m->ss->loop, t, m->ss->loop->now_ms + SS_PUSH_MS, on_time);
}

/* ---- open and close ---- */

static int socket_open(struct ss_manager *m, const char *address)
{
	struct ss_place place;
	int rc = ss_place_read(&place, address);

	if (rc != 0)
		return rc;
	if (place.at.family != 0)
		return port_udp_open(&place.at);
	text_copy(m->path, sizeof(m->path), place.path);
	m->ss->adds_plugins = true;
	return port_unix_open(m->path);
}

static void socket_close(struct ss_manager *m, int fd)
{
	port_close(fd);
	if (m->path[0] != '\0')
		(void)port_path_remove(PORT_FS, m->path);
}

int ss_manager_open(struct ss_manager *m, struct ss *ss, const char *address)
{
	int fd, rc;

	*m = (struct ss_manager){ .ss = ss,
		.dialogue = ss_dialogue_of(ss->conf) };
	fd = socket_open(m, address);
	if (fd < 0)
		return fd;
	rc = watch_open(ss->loop, &m->watch, fd, POLL_IN, on_ready);
	if (rc != 0) {
		socket_close(m, fd);
		return rc;
	}
	ss->keeps_doors = true;
	ss->tells_secrets = m->dialogue->entry != NULL;
	timer_set(ss->loop, &m->push, ss->loop->now_ms + SS_PUSH_MS, on_time);
	return 0;
}

void ss_manager_close(struct ss_manager *m)
{
	int fd = m->watch.fd;

	if (!watch_is_open(&m->watch))
		return;
	push(m);
	m->ss->keeps_doors = false;
	ss_doors_sweep(m->ss);
	timer_stop(m->ss->loop, &m->push);
	watch_close(&m->watch);
	socket_close(m, fd);
}
