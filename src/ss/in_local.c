/* in_local.c - ingress of sslocal: which protocol a client speaks shows in its
 * first octet. Knows none of them. */
#include "base/text.h"
#include "in_http.h"
#include "in_socks4.h"
#include "in_socks5.h"
#include "ss_sess.h"

#define SOCKS4 4

static bool is_letter(uint8_t c)
{
	c = (uint8_t)text_lower((char)c);
	return c >= 'a' && c <= 'z';
}

static void data(struct ss_sess *s)
{
	uint8_t *p;
	size_t n = chan_data(&s->in, &p);

	/* Once that, always that: a login is good for its own protocol. */
	if (s->http != SS_HTTP_NO) {
		http_data(s);
		return;
	}

	/* What waits for an answer is in the head. */
	if (s->head_len > 0)
		p = s->head;
	else if (n == 0)
		return;
	if (s->state == SS_GREET && is_letter(p[0])) {
		s->http = SS_HTTP_IDLE;
		http_data(s);
	} else if (s->state == SS_GREET && p[0] == SOCKS4)
		socks4_data(s);
	else
		socks5_data(s);
}

const struct ss_ingress ss_in_local = {
	.first = SS_GREET,
	.ciphered = false,
	.data = data,
	.first_octets = http_first,
	.opened = http_opened,
	.failed = http_failed,
};
