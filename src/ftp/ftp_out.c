/* ftp_out.c - replies on their way to the client: a codec that only keeps them,
 * in memory of its own. Knows no reply. */
#include "core/pool.h"
#include "ftp_out.h"

/*
 * Memory for one session's replies. There is one for each, so that a reply
 * never waits for the large buffers: sessions that hold one, with commands in
 * it, and wait for another to answer would wait for each other.
 */
struct ftp_out_mem {
	uint32_t off, len;
	uint8_t octets[FTP_OUT_ROOM];
};
POOL_DEFINE_RAW(ftp_replies, struct ftp_out_mem, LIMIT_FTP_SESSIONS);

static struct ftp_out *out_of(struct codec *c)
{
	return OWNER(c, struct ftp_out, codec);
}

static void out_close(struct codec *c)
{
	struct ftp_out *o = out_of(c);

	if (o->mem != NULL)
		pool_put(&ftp_replies, o->mem);
	o->mem = NULL;
}

static ptrdiff_t out_room(struct codec *c, uint8_t **p)
{
	struct ftp_out *o = out_of(c);
	struct ftp_out_mem *m = o->mem;

	if (m == NULL) {
		m = o->mem = pool_get(&ftp_replies);
		if (m == NULL)
			return -E_FULL;
		m->off = m->len = 0;
	}
	memmove(m->octets, m->octets + m->off, m->len);
	m->off = 0;
	*p = m->octets + m->len;
	return (ptrdiff_t)(sizeof(m->octets) - m->len);
}

static int out_put(struct codec *c, size_t n)
{
	struct ftp_out_mem *m = out_of(c)->mem;

	m->len += (uint32_t)n;
	if (m->len == 0)
		out_close(c);
	return 0;
}

static int out_end(struct codec *c)
{
	(void)c;
	return 0;
}

static size_t out_data(struct codec *c, uint8_t **p)
{
	struct ftp_out_mem *m = out_of(c)->mem;

	if (m == NULL)
		return 0;
	*p = m->octets + m->off;
	return m->len;
}

static void out_took(struct codec *c, size_t n)
{
	struct ftp_out_mem *m = out_of(c)->mem;

	m->off += (uint32_t)n;
	m->len -= (uint32_t)n;
	if (m->len == 0)
		out_close(c);
}

static const struct codec_ops out_ops = {
	.in_room = out_room,
	.in_done = out_put,
	.in_end = out_end,
	.out_data = out_data,
	.out_done = out_took,
	.close = out_close,
};

struct codec *ftp_out_open(struct ftp_out *o)
{
	*o = (struct ftp_out){ .codec.ops = &out_ops };
	return &o->codec;
}
