/* ftp_pump.c - octets between a file or a directory and the data connection,
 * with back-pressure. Knows no replies. */
#include "ftp_sess.h"

static void pump_on_buffer(struct pool_waiter *w)
{
	ftp_xfer_turn(OWNER(w, struct ftp_sess, xfer.waiter));
}

/* Room for so many octets; without it someone will call again. */
static bool pump_room(struct ftp_sess *s, size_t need)
{
	struct chan *c = &s->data.chan;

	if (chan_room(c) >= need)
		return true;
	if (chan_unsent(c) > 0)
		return false;
	s->xfer.waiter.fn = pump_on_buffer;
	buf_wait(&s->xfer.waiter);
	return false;
}

int ftp_pump_list(struct ftp_sess *s)
{
	char line[LIST_LINE_MAX];
	int n;

	while (pump_room(s, sizeof(line))) {
		n = ftp_list_next(&s->xfer.list, line, sizeof(line));
		if (n <= 0)
			return n == 0 ? 1 : n;
		if (chan_write(&s->data.chan, line, (size_t)n) < 0)
			return -E_FULL;
		s->xfer.off += n;
	}
	return 0;
}

/* On the stack: who holds one buffer must not wait for another. */
int ftp_pump_retr(struct ftp_sess *s)
{
	struct ftp_xfer *x = &s->xfer;
	uint8_t mem[LIMIT_BUF_PAYLOAD];
	ptrdiff_t n;

	if (!pump_room(s, sizeof(mem)))
		return 0;
	n = port_file_read(x->fd, x->off, mem, sizeof(mem));
	if (n <= 0)
		return n == 0 ? 1 : (int)n;
	if (chan_write(&s->data.chan, mem, (size_t)n) < 0)
		return -E_FULL;
	x->off += n;
	return 0;
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

int ftp_pump_stor(struct ftp_sess *s)
{
	struct chan *c = &s->data.chan;
	uint8_t *p;
	size_t n;
	int rc;

	while ((n = chan_data(c, &p)) > 0) {
		rc = pump_write(&s->xfer, p, n);
		if (rc < 0)
			return rc;
		chan_took(c, n);
	}
	return s->xfer.ended ? 1 : 0;
}
