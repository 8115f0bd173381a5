/* ss_report.c - sums of ports, sent to who manages them. Knows no answer: the
 * sender has no name, and no file for one stands anywhere. */
#include "ss_report.h"

#include "base/text.h"

static void send(struct ss_report *r, const char *text, size_t len)
{
	if (r->path.len > 0)
		(void)port_unix_send(r->fd - 1, &r->path, text, len);
	else
		(void)port_udp_send(r->fd - 1, &r->at, text, len);
}

static void on_time(struct timer *t)
{
	struct ss_report *r = OWNER(t, struct ss_report, timer);
	const struct ss_door *d = NULL;
	char text[64];
	size_t n;

	ss_serve_count(r->ss);
	while ((d = ss_door_next(r->ss, d)) != NULL) {
		if (!d->open)
			continue;
		n = text_fmt(text, sizeof(text) - 1, "stat: {\"%u\":%llu}",
		    d->number, (unsigned long long)
		    ss_account_total(d->account));
		text[n++] = r->end;
		send(r, text, n);
	}
	timer_set(r->ss->loop, t, r->ss->loop->now_ms + r->every_ms, on_time);
}

static int take_udp(struct ss_report *r, const char *address,
    const char *colon)
{
	size_t len = (size_t)(colon - address);
	struct addr any = { 0 };
	uint64_t port;

	if (text_u64(colon + 1, strlen(colon + 1), 65535, &port) != 0 ||
	    port == 0 || addr_parse(&r->at, address, len) != 0)
		return -E_INVAL;
	r->at.port = (uint16_t)port;
	any.family = r->at.family;
	return port_udp_open(&any);
}

static int open_socket(struct ss_report *r, const char *address)
{
	const char *colon = strrchr(address, ':');
	size_t len = strlen(address);

	if (colon != NULL)
		return take_udp(r, address, colon);
	if (len == 0 || len >= sizeof(r->path.text))
		return -E_LONG;
	memcpy(r->path.text, address, len);
	r->path.len = (uint8_t)len;
	return port_unix_nameless();
}

int ss_report_open(struct ss_report *r, struct ss *ss, const char *address)
{
	bool libev = ss->conf->flavour == SS_LIBEV;
	int fd;

	*r = (struct ss_report){ .ss = ss, .every_ms = libev ? 5000 : 10000,
		.end = libev ? '\0' : '\n' };
	fd = open_socket(r, address);
	if (fd < 0)
		return fd;
	r->fd = fd + 1;
	timer_set(ss->loop, &r->timer, ss->loop->now_ms + r->every_ms,
	    on_time);
	return 0;
}

void ss_report_close(struct ss_report *r)
{
	if (r->fd == 0)
		return;
	timer_stop(r->ss->loop, &r->timer);
	port_close(r->fd - 1);
	r->fd = 0;
}
