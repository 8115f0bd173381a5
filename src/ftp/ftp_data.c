/* ftp_data.c - the data connection of a session: from the passive listener, or
 * the address of PORT, to an open channel. Knows no verb and no file. */
#include "ftp_data.h"
#include "port/rand.h"

/* Ports tried before giving up; a small range is tried as a whole. */
#define PORT_TRIES 64

static void data_become(struct ftp_data *d, enum ftp_data_state state)
{
	d->state = (uint8_t)state;
	d->wake(d);
}

/* A stranger is closed without a word; the client may still come. */
static int data_accept(struct listener *ls, int fd, const struct addr *peer)
{
	struct ftp_data *d = ls->ctx;

	if (d->peer.family != 0 && !addr_eq_ip(&d->peer, peer)) {
		port_close(fd);
		return 0;
	}
	d->fd = fd;
	listen_close(&d->listener);
	timer_stop(d->loop, &d->timer);
	data_become(d, DATA_CONNECTED);
	return 0;
}

static void data_late(struct timer *t)
{
	data_become(OWNER(t, struct ftp_data, timer), DATA_FAILED);
}

static int data_try(struct ftp_data *d, struct addr *at, uint16_t port)
{
	static const struct net_how how = { .flags = NET_V6_ONLY,
		.backlog = 1 };

	at->port = port;
	return listen_open(&d->listener, d->loop, at, &how, NULL,
	    data_accept, d);
}

int ftp_data_listen(struct ftp_data *d, struct addr *at,
    const struct addr *peer, uint16_t min, uint16_t max)
{
	uint32_t span = (uint32_t)max - min + 1, from;
	int rc = -E_INUSE;

	ftp_data_close(d);
	port_rand(&from, sizeof(from));
	for (uint32_t i = 0; i < MIN(span, PORT_TRIES); i++) {
		rc = data_try(d, at, (uint16_t)(min + (from + i) % span));
		if (rc != -E_INUSE && rc != -E_PERM)
			break;
	}
	if (rc < 0)
		return rc;
	d->peer = *peer;
	d->state = DATA_LISTENING;
	return 0;
}

/* ---- active */

void ftp_data_aim(struct ftp_data *d, const struct addr *to)
{
	ftp_data_close(d);
	d->peer = *to;
	d->state = DATA_AIMED;
}

static void data_called(struct watch *w, unsigned got)
{
	struct ftp_data *d = OWNER(w, struct ftp_data, listener.watch);
	int fd = w->fd, rc = port_tcp_connected(fd);

	(void)got;
	watch_close(w);
	timer_stop(d->loop, &d->timer);
	if (rc == 0)
		d->fd = fd;
	else
		port_close(fd);
	data_become(d, rc == 0 ? DATA_CONNECTED : DATA_FAILED);
}

int ftp_data_dial(const struct addr *to, const struct addr *from)
{
	struct net_how how = { .from = from };

	return port_tcp_connect(to, &how);
}

void ftp_data_call(struct ftp_data *d, int fd, const struct addr *from,
    int64_t timeout_ms)
{
	struct addr any_port = *from;

	ASSERT(d->state == DATA_AIMED);
	any_port.port = 0;
	if (fd < 0)
		fd = ftp_data_dial(&d->peer, &any_port);
	d->state = fd < 0 ? DATA_FAILED : DATA_CALLING;
	if (fd < 0)
		return;
	if (watch_open(d->loop, &d->listener.watch, fd, POLL_OUT,
	    data_called) < 0) {
		port_close(fd);
		d->state = DATA_FAILED;
	} else if (timeout_ms > 0) {
		timer_set(d->loop, &d->timer, d->loop->now_ms + timeout_ms,
		    data_late);
	}
}

/* ---- both */

void ftp_data_wait(struct ftp_data *d, int64_t timeout_ms)
{
	if (d->state == DATA_LISTENING && timeout_ms > 0)
		timer_set(d->loop, &d->timer, d->loop->now_ms + timeout_ms,
		    data_late);
}

int ftp_data_open(struct ftp_data *d, const struct chan_ops *ops,
    struct codec *rx, struct codec *tx)
{
	int rc;

	ASSERT(d->state == DATA_CONNECTED);
	rc = chan_open(&d->chan, d->loop, d->fd, ops, rx, tx);
	if (rc == 0)
		d->state = DATA_OPEN;
	return rc;
}

void ftp_data_close(struct ftp_data *d)
{
	if (d->state == DATA_NONE)
		return;
	timer_stop(d->loop, &d->timer);
	listen_close(&d->listener);
	chan_close(&d->chan);
	if (d->state == DATA_CONNECTED)
		port_close(d->fd);
	d->state = DATA_NONE;
}
