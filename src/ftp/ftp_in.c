/* ftp_in.c - octets of a control connection on their way to the line parser: a
 * codec that only keeps them. Knows no line. */
#include "ftp_in.h"

static struct ftp_in *in_of(struct codec *c)
{
	return OWNER(c, struct ftp_in, codec);
}

static ptrdiff_t in_room(struct codec *c, uint8_t **p)
{
	struct ftp_in *in = in_of(c);

	memmove(in->octets, in->octets + in->off, in->len);
	in->off = 0;
	*p = in->octets + in->len;
	return (ptrdiff_t)(sizeof(in->octets) - in->len);
}

static int in_put(struct codec *c, size_t n)
{
	struct ftp_in *in = in_of(c);

	in->len = (uint16_t)(in->len + n);
	return 0;
}

static int in_end(struct codec *c)
{
	(void)c;
	return 0;
}

static size_t in_data(struct codec *c, uint8_t **p)
{
	struct ftp_in *in = in_of(c);

	*p = in->octets + in->off;
	return in->len;
}

static void in_took(struct codec *c, size_t n)
{
	struct ftp_in *in = in_of(c);

	in->off = (uint16_t)(in->off + n);
	in->len = (uint16_t)(in->len - n);
}

/* They may be a password. */
static void in_close(struct codec *c)
{
	struct ftp_in *in = in_of(c);

	wipe(in->octets, sizeof(in->octets));
	in->off = in->len = 0;
}

static const struct codec_ops in_ops = {
	.in_room = in_room,
	.in_done = in_put,
	.in_end = in_end,
	.out_data = in_data,
	.out_done = in_took,
	.close = in_close,
};

struct codec *ftp_in_open(struct ftp_in *in)
{
	/* Left by another process: it may be anything. */
	if ((size_t)in->off + in->len > sizeof(in->octets))
		in->off = in->len = 0;
	in->codec.ops = &in_ops;
	return &in->codec;
}
