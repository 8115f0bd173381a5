/* addr_net.c - networks: an address and how many of its bits count. */
#include "base/addr.h"
#include "base/text.h"

/* Octet i of a mask with `bits` ones in front. */
static uint8_t mask_octet(unsigned bits, unsigned i)
{
	if (bits >= 8 * (i + 1))
		return 0xff;
	return bits <= 8 * i ? 0 : (uint8_t)(0xff00u >> (bits - 8 * i));
}

/* Zeros behind the mask; ::ffff:10.0.0.0/104 becomes 10.0.0.0/8. */
static void tidy(struct net *n)
{
	if (n->bits >= 96 && n->base.family == 6) {
		addr_unmap(&n->base);
		if (n->base.family == 4)
			n->bits = (uint8_t)(n->bits - 96);
	}
	for (unsigned i = 0; i < sizeof(n->base.ip); i++)
		n->base.ip[i] &= mask_octet(n->bits, i);
}

int net_parse(struct net *out, const char *s, size_t len)
{
	const char *slash = memchr(s, '/', len);
	size_t ip_len = slash != NULL ? (size_t)(slash - s) : len;
	struct net n;
	uint64_t bits;

	if (addr_parse(&n.base, s, ip_len) < 0)
		return -E_INVAL;
	bits = n.base.family == 4 ? 32 : 128;
	if (slash != NULL &&
	    text_u64(slash + 1, len - ip_len - 1, bits, &bits) < 0)
		return -E_INVAL;
	n.bits = (uint8_t)bits;
	tidy(&n);
	*out = n;
	return 0;
}

bool net_has(const struct net *n, const struct addr *a)
{
	struct addr plain = *a;

	addr_unmap(&plain);
	if (plain.family != n->base.family)
		return false;
	for (unsigned i = 0; 8 * i < n->bits; i++)
		if ((plain.ip[i] & mask_octet(n->bits, i)) != n->base.ip[i])
			return false;
	return true;
}
