/* f_http.c - any octets as a request, and as an answer in any cuts: what is
 * passed on is read as the same message. */
#include "src/ss/http_head.c"
#include "src/ss/http_tx.h"

#include "tests/fuzz/fuzz.h"

static void as_request(const uint8_t *mem, size_t len)
{
	char out[LIMIT_HTTP_HEAD + HTTP_FORWARD_MORE];
	uint8_t to[SS_ADDR_MAX];
	struct http_head h, again;
	size_t n;

	len = MIN(len, LIMIT_HTTP_HEAD);
	if (http_request(&h, mem, len) <= 0 || http_address(&h, to) <= 0 ||
	    http_is(h.method, "CONNECT"))
		return;
	n = http_forward_request(&h, mem, out);
	HOLDS(n > 0 && n <= h.end + HTTP_FORWARD_MORE);
	HOLDS(http_request(&again, (uint8_t *)out, n) == (int)n);
	HOLDS(again.has_length == h.has_length && again.length == h.length &&
	    again.chunked == h.chunked && again.auth.p == NULL);
}

static uint32_t as_answer(const uint8_t *mem, size_t len, size_t cut)
{
	struct http_tx t;
	struct codec *c = http_tx_start(&t, false, false, true);
	uint32_t sum = 5381;
	int rc = 0;

	while (len > 0 && rc == 0 && !t.over) {
		uint8_t *p;
		ptrdiff_t room = c->ops->in_room(c, &p);
		size_t n = MIN(MIN(cut, len), (size_t)room);

		HOLDS(room > 0);
		memcpy(p, mem, n);
		rc = c->ops->in_done(c, n);
		mem += n;
		len -= n;
		while ((n = c->ops->out_data(c, &p)) > 0) {
			for (size_t i = 0; i < n; i++)
				sum = sum * 33 + p[i];
			c->ops->out_done(c, n);
		}
	}
	c->ops->close(c);
	HOLDS(buf_used() == 0);
	return rc == 0 ? sum * 2 + t.over : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	size_t cut = 1 + fuzz_octet(&mem, &len);

	as_request(mem, len);
	HOLDS(as_answer(mem, len, cut) == as_answer(mem, len, 4096));
	return 0;
}
