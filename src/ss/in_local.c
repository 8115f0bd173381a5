/* in_local.c - ingress of sslocal: which protocol a client speaks shows in its
 * first octet. Knows none of them. */
#include "in_socks4.h"
#include "in_socks5.h"
#include "ss_sess.h"

#define SOCKS4 4

static void data(struct ss_sess *s)
{
	uint8_t *p;
	size_t n = chan_data(&s->in, &p);

	/* What waits for an answer is in the head. */
	if (s->head_len > 0)
		p = s->head;
	else if (n == 0)
		return;
	if (s->state == SS_GREET && p[0] == SOCKS4)
		socks4_data(s);
	else
		socks5_data(s);
}

const struct ss_ingress ss_in_local = {
	.first = SS_GREET,
	.ciphered = false,
	.data = data,
};
