/* ftp_pump.c - octets between a file or a directory and the data connection,
 * with back-pressure. Knows no replies. */
#include "ftp_sess.h"

static void pump_on_buffer(struct pool_waiter *w)
{
	ftp_xfer_turn(OWNER(w, struct ftp_sess, xfer.waiter));
}

static int pump_wait_buffer(struct ftp_sess *s)
{
	s->xfer.waiter.fn = pump_on_buffer;
	buf_wait(&s->xfer.waiter);
	return 0;
}

/* Room for so many octets; without it someone will call again. */
static bool pump_room(struct ftp_sess *s, size_t need)
{
	struct chan *c = &s->data.chan;

	if (chan_room(c) >= need)
		return true;
	if (chan_unsent(c) == 0)
		(void)pump_wait_buffer(s);
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

/* A buffer's worth of the file, read into b. */
static int pump_read(struct ftp_sess *s, struct buf *b)
{
	struct ftp_xfer *x = &s->xfer;
	ptrdiff_t n = port_file_read(x->fd, x->off, b->data,
	    LIMIT_BUF_PAYLOAD);

	if (n <= 0)
		return n == 0 ? 1 : (int)n;
	/* The channel asks again when its buffer was the last one. */
	if (chan_write(&s->data.chan, b->data, (size_t)n) == 0)
		x->off += n;
	return 0;
}

int ftp_pump_retr(struct ftp_sess *s)
{
	struct buf *b;
	int rc;

	if (!pump_room(s, LIMIT_BUF_PAYLOAD))
		return 0;
	b = buf_get();
	if (b == NULL)
		return pump_wait_buffer(s);
	rc = pump_read(s, b);
	buf_put(&b);
	return rc;
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
