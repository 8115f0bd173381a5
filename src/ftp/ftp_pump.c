/* ftp_pump.c - octets between a file or a directory and the data connection,
 * with back-pressure and at a rate. Knows no replies. */
#include "ftp_ascii.h"
#include "ftp_sess.h"

/* Lines of a listing that leave together: a record, where TLS makes them. */
#define LIST_ROOM 8192
/* Of a file less is not worth a read. */
#define PLACE_MIN (LIMIT_BUF_PAYLOAD / 2)
/* Between two looks at the control connection. */
#define DIRECT_MOST (1u << 20)

static void pump_on_buffer(struct pool_waiter *w)
{
	ftp_xfer_turn(OWNER(w, struct ftp_sess, xfer.waiter));
}

/* Where there is room for so many octets, and how much; 0 = someone will call
 * again. */
static size_t pump_place(struct ftp_sess *s, size_t need, uint8_t **p)
{
	struct chan *c = &s->data.chan;
	size_t room = chan_place(c, need, p);

	if (room > 0 || chan_unsent(c) > 0)
		return room;
	s->xfer.waiter.fn = pump_on_buffer;
	buf_wait(&s->xfer.waiter);
	return 0;
}

/* ---- the rate */

static void pump_on_paid(struct timer *t)
{
	struct ftp_sess *s = OWNER(t, struct ftp_sess, data.timer);

	chan_read(&s->data.chan, true);
	ftp_xfer_turn(s);
}

static enum ftp_way pump_way(const struct ftp_sess *s)
{
	return s->xfer.kind == XFER_STOR ? FTP_UP : FTP_DOWN;
}

/* Of most octets so many now; 0 = when the timer says so. */
static size_t pump_may(struct ftp_sess *s, size_t most)
{
	struct loop *l = ftp_loop(s);
	int64_t at_ms;

	most = ftp_rate_may(&s->rate, pump_way(s), l->now_ms, most, &at_ms);
	if (most == 0)
		timer_set(l, &s->data.timer, at_ms, pump_on_paid);
	return most;
}

static void pump_pay(struct ftp_sess *s, size_t n)
{
	ftp_rate_pay(&s->rate, pump_way(s), ftp_loop(s)->now_ms, n);
}

/* ---- the octets */

int ftp_pump_list(struct ftp_sess *s)
{
	size_t room, len;
	uint8_t *p;
	int n = 1;

	while (n > 0 && (room = pump_place(s, LIST_ROOM, &p)) > 0) {
		for (len = 0; room - len >= LIST_LINE_MAX;
		    len += (size_t)n) {
			n = ftp_list_next(&s->xfer.list, (char *)p + len,
			    room - len);
			if (n <= 0)
				break;
		}
		if (chan_placed(&s->data.chan, len) < 0)
			return -E_FULL;
		s->xfer.off += (int64_t)len;
	}
	return n > 0 ? 0 : n == 0 ? 1 : n;
}

/* A line is a write of its own, and goes when the one before has gone. One that
 * no reply has room for is left out. */
int ftp_pump_stat(struct ftp_sess *s)
{
	char line[1 + LIST_LINE_MAX] = " ";
	int n;

	while (chan_unsent(&s->ctl) == 0) {
		n = ftp_list_next(&s->xfer.list, line + 1, sizeof(line) - 1);
		if (n <= 0)
			return n == 0 ? 1 : n;
		(void)chan_write(&s->ctl, line, (size_t)n + 1);
	}
	return 0;
}

/* Whatever goes wrong is the copying way's to say: x->direct ends. 1 = all of
 * the file went. */
static int pump_direct(struct ftp_sess *s)
{
	struct ftp_xfer *x = &s->xfer;
	struct chan *c = &s->data.chan;
	size_t most = chan_unsent(c) > 0 ? 0 : pump_may(s, DIRECT_MOST);
	ptrdiff_t n;

	if (most == 0)
		return 0;
	n = chan_send_file(c, x->fd, x->off, most);
	if (n > 0) {
		pump_pay(s, (size_t)n);
		x->off += n;
	}
	x->direct = n >= 0 || n == -E_AGAIN;
	return n == 0;
}

/* Octets of the file to p, as they are to be sent; *n as port_file_read says.
 * Converted they may become twice as many, so they are read behind those. */
static size_t pump_read(struct ftp_xfer *x, uint8_t *p, size_t most,
    ptrdiff_t *n)
{
	uint8_t *at = x->convert ? p + most : p;

	*n = port_file_read(x->fd, x->off, at, most);
	if (*n <= 0)
		return 0;
	x->off += *n;
	return x->convert ? ftp_ascii_down(p, at, (size_t)*n, &x->cr) :
	    (size_t)*n;
}

int ftp_pump_retr(struct ftp_sess *s)
{
	struct ftp_xfer *x = &s->xfer;
	size_t room, len = 0;
	ptrdiff_t n = 1;
	uint8_t *p;

	if (x->direct) {
		int rc = pump_direct(s);

		if (x->direct)
			return rc;
	}
	room = pump_place(s, PLACE_MIN, &p);
	if (room == 0)
		return 0;
	room = pump_may(s, x->convert ? room / 2 : room);
	if (room > 0)
		len = pump_read(x, p, room, &n);
	if (chan_placed(&s->data.chan, len) < 0)
		return -E_FULL;
	pump_pay(s, len);
	return n > 0 ? 0 : n == 0 ? 1 : (int)n;
}

static int pump_write(struct ftp_xfer *x, const uint8_t *p, size_t len)
{
	while (len > 0) {
		ptrdiff_t n = port_file_write(x->fd, x->off, p, len);

		if (n <= 0)
			return n < 0 ? (int)n : -E_IO;
		x->off += n;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* p is overwritten. */
static int pump_store(struct ftp_xfer *x, uint8_t *p, size_t len)
{
	int rc = 0;

	if (!x->convert)
		return pump_write(x, p, len);
	if (x->cr && *p != '\n')
		rc = pump_write(x, (const uint8_t *)"\r", 1);
	len = ftp_ascii_up(p, len, &x->cr);
	return rc < 0 ? rc : pump_write(x, p, len);
}

/* The client has sent all; what was held back was no line's end. */
static int pump_stored(struct ftp_xfer *x)
{
	int rc = x->cr ? pump_write(x, (const uint8_t *)"\r", 1) : 0;

	x->cr = false;
	return rc < 0 ? rc : 1;
}

/* 0, or why the file may not have so many octets more. */
static int pump_fits(const struct ftp_sess *s, size_t n)
{
	if (!ftp_quota_allows(s, s->xfer.off + (int64_t)n))
		return -E_DENY;
	return ftp_store_fits(s, n) ? 0 : -E_NOSPC;
}

ptrdiff_t ftp_pump_receive(struct chan *c, int fd)
{
	struct ftp_sess *s = OWNER(c, struct ftp_sess, data.chan);
	struct ftp_xfer *x = &s->xfer;
	ptrdiff_t n;
	size_t most;

	if (x->kind != XFER_STOR || !x->direct || x->phase != XFER_PUMP)
		return -E_NOSUP;
	most = pump_may(s, DIRECT_MOST);
	if (most == 0) {
		chan_read(c, false);
		return -E_AGAIN;
	}
	n = port_pipe_fill(&x->pipe, fd, most);
	x->direct = n != -E_NOSUP;
	return n;
}

/* What does not go from the pipe to this file goes by way of us, and so does
 * all that follows. */
static int pump_unpipe(struct ftp_xfer *x)
{
	uint8_t mem[2048];

	x->direct = false;
	while (x->pipe.held > 0) {
		ptrdiff_t n = port_pipe_read(&x->pipe, mem, sizeof(mem));
		int rc = n < 0 ? (int)n : pump_write(x, mem, (size_t)n);

		if (rc < 0)
			return rc;
	}
	return 0;
}

/* The file gets what the pipe holds. */
static int pump_piped(struct ftp_sess *s)
{
	struct ftp_xfer *x = &s->xfer;
	size_t held = x->pipe.held;
	int rc = held > 0 ? pump_fits(s, held) : 0;

	while (rc == 0 && x->pipe.held > 0) {
		ptrdiff_t n = port_pipe_drain(&x->pipe, x->fd, x->off);

		if (n > 0)
			x->off += n;
		else
			rc = n == -E_NOSUP ? pump_unpipe(x) : (int)n;
	}
	pump_pay(s, held);
	return rc;
}

int ftp_pump_stor(struct ftp_sess *s)
{
	struct chan *c = &s->data.chan;
	uint8_t *p;
	size_t n;
	int rc = s->xfer.direct ? pump_piped(s) : 0;

	if (rc < 0)
		return rc;
	while ((n = chan_data(c, &p)) > 0) {
		n = pump_may(s, n);
		if (n == 0) {
			chan_read(c, false);
			return 0;
		}
		rc = pump_fits(s, n);
		if (rc == 0)
			rc = pump_store(&s->xfer, p, n);
		if (rc < 0)
			return rc;
		pump_pay(s, n);
		chan_took(c, n);
	}
	if (!s->xfer.ended && !ftp_tls_data_ended(s))
		return 0;
	return pump_stored(&s->xfer);
}
