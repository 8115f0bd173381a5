/* tls_hello.c - what a ClientHello offers: RFC 8446 4.1.2 and 5.1, which RFC
 * 5246 has alike. Knows no connection. */
#include "tls_hello.h"

#include "base/endian.h"

#define HANDSHAKE 22
#define CLIENT_HELLO 1
#define VERSION_AND_RANDOM 34

/* The octets that follow, and are not there: 0. */
struct rest {
	const uint8_t *p;
	size_t n;
};

static void skip(struct rest *r, size_t n)
{
	n = MIN(n, r->n);
	r->p += n;
	r->n -= n;
}

/* A length of so many octets. */
static size_t number(struct rest *r, size_t octets)
{
	size_t n = 0, i;

	for (i = 0; i < octets && i < r->n; i++)
		n = n << 8 | r->p[i];
	skip(r, octets);
	return n;
}

size_t tls_hello_suites(const uint8_t *record, size_t len,
    const uint8_t **list)
{
	struct rest r = { record, len };
	size_t n;

	if (number(&r, 1) != HANDSHAKE)
		return 0;
	skip(&r, 2);
	n = number(&r, 2);
	r.n = MIN(n, r.n);
	if (number(&r, 1) != CLIENT_HELLO || number(&r, 3) > r.n)
		return 0;
	skip(&r, VERSION_AND_RANDOM);
	skip(&r, number(&r, 1));
	n = number(&r, 2);
	*list = r.p;
	return n <= r.n ? n & ~(size_t)1 : 0;
}

static bool is_13(int suite)
{
	return suite >> 8 == 0x13;
}

static bool offers(const uint8_t *list, size_t len, int suite)
{
	for (size_t i = 0; i + 2 <= len; i += 2)
		if (get_u16be(list + i) == suite)
			return true;
	return false;
}

void tls_hello_choose(int *out, const int *ours, const uint8_t *list,
    size_t len)
{
	bool has_one = false;

	for (; *ours != 0; ours++) {
		if (is_13(*ours) && (has_one || !offers(list, len, *ours)))
			continue;
		has_one = has_one || is_13(*ours);
		*out++ = *ours;
	}
	*out = 0;
}
