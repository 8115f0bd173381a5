/* stream_rc4.c - RC4 with a key of MD5(key | IV), for those who still have such
 * peers. A direction in use holds 258 octets of a pool, so that no other
 * method's session grows by them. */
#include "base/limits.h"
#include "core/pool.h"
#include "stream_key.h"

struct rc4 {
	uint8_t box[256];
	uint8_t i, j;
};
POOL_DEFINE(rc4_streams, struct rc4, LIMIT_RC4 + 1);

static void swap(uint8_t *a, uint8_t *b)
{
	uint8_t t = *a;

	*a = *b;
	*b = t;
}

int stream_rc4_start(struct stream_state *s, const uint8_t iv[16], bool once)
{
	struct rc4 *r = NULL;
	uint8_t mem[32], key[16], j = 0;
	int i;

	if (once || rc4_streams.used < LIMIT_RC4)
		r = pool_get(&rc4_streams);
	s->rc4 = r;
	if (r == NULL)
		return -E_FULL;
	memcpy(mem, s->key->raw, 16);
	memcpy(mem + 16, iv, 16);
	md5(key, mem, sizeof(mem));
	for (i = 0; i < 256; i++)
		r->box[i] = (uint8_t)i;
	for (i = 0; i < 256; i++) {
		j = (uint8_t)(j + r->box[i] + key[i % 16]);
		swap(&r->box[i], &r->box[j]);
	}
	wipe(mem, sizeof(mem));
	wipe(key, sizeof(key));
	return 0;
}

void stream_rc4(struct stream_state *s, uint8_t *mem, size_t len)
{
	struct rc4 *r = s->rc4;

	for (; len > 0; len--, mem++) {
		r->i++;
		r->j = (uint8_t)(r->j + r->box[r->i]);
		swap(&r->box[r->i], &r->box[r->j]);
		*mem ^= r->box[(uint8_t)(r->box[r->i] + r->box[r->j])];
	}
}

void stream_rc4_end(struct stream_state *s)
{
	if (s->rc4 != NULL)
		pool_put(&rc4_streams, s->rc4);
	s->rc4 = NULL;
}
