/* t_http_tx.c - answers of web servers in every cut: what the client gets, and
 * where they end. */
#include "src/ss/http_tx.c"
#include "src/ss/http_body.c"

#include "tests/lib/codec_feed.h"

#define CLOSE "Connection: close\r\n\r\n"
#define KEEP "Connection: keep-alive\r\n\r\n"

static const struct {
	const char *in, *out;
	bool to_head, old_client, keep;
	bool over, kept;
	int rc;
} answers[] = {
	{ "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
	    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" KEEP "abc",
	    .keep = true, .over = true, .kept = true },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200",
	    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" CLOSE "abc",
	    .over = true },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc",
	    "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n" CLOSE "abc",
	    .rc = -E_PROTO },
	{ "HTTP/1.1 200 OK\r\nConnection: x\r\nX: 1\r\n\r\nall of it",
	    "HTTP/1.1 200 OK\r\n" CLOSE "all of it", .keep = true,
	    .over = true },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "3;x=y\r\nabc\r\n0a\r\n0123456789\r\n0\r\nT: 1\r\n\r\nrest",
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" KEEP
	    "3;x=y\r\nabc\r\n0a\r\n0123456789\r\n0\r\nT: 1\r\n\r\n",
	    .keep = true, .over = true, .kept = true },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd",
	    NULL, .rc = -E_PROTO },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
	    NULL, .rc = -E_PROTO },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
	    NULL, .rc = -E_PROTO },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "1000000000000000\r\n", NULL, .rc = -E_PROTO },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\nx",
	    NULL, .rc = -E_PROTO },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n a\r\n",
	    NULL, .rc = -E_PROTO },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n" KEEP,
	    .to_head = true, .keep = true, .over = true, .kept = true },
	{ "HTTP/1.1 204 No\r\n\r\n", "HTTP/1.1 204 No\r\n" KEEP, .keep = true,
	    .over = true, .kept = true },
	{ "HTTP/1.1 304 No\r\nContent-Length: 9\r\n\r\n",
	    "HTTP/1.1 304 No\r\nContent-Length: 9\r\n" CLOSE, .over = true },
	{ "HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 103 Hint\r\nLink: x\r\n\r\n"
	    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
	    "HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 103 Hint\r\nLink: x\r\n\r\n"
	    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" CLOSE, .over = true },
	{ "HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" CLOSE,
	    .old_client = true, .over = true },
	{ "HTTP/1.1 101 Switch\r\n\r\n", "", .rc = -E_PROTO },
	{ "HTTP/1.1 200 OK\r\nContent-Le", "", .rc = -E_PROTO },
	{ "", "", .rc = -E_PROTO },
	{ "SSH-2.0-x\r\n", "", .rc = -E_PROTO },
};

static void one(size_t i, size_t cut, uint64_t *seed)
{
	static uint8_t mem[4096];
	struct collected to = { .mem = mem, .room = sizeof(mem) };
	struct http_tx t;
	struct codec *c = http_tx_start(&t, answers[i].to_head,
	    answers[i].old_client, answers[i].keep);
	int rc = codec_feed(c, (const uint8_t *)answers[i].in,
	    strlen(answers[i].in), cut, seed, &to);

	if (rc == 0 && !t.over)
		rc = c->ops->in_end(c);
	if (rc != answers[i].rc || t.over != answers[i].over ||
	    (rc == 0 && t.keep_alive != answers[i].kept))
		fail_msg("%s: %d, over %d", answers[i].in, rc, t.over);
	if (answers[i].out != NULL) {
		mem[to.len] = '\0';
		assert_string_equal((char *)mem, answers[i].out);
	}
	c->ops->close(c);
	assert_int_equal(buf_used(), 0);
}

static void t_answers(void **state)
{
	uint64_t seed = 99;
	size_t i, cut;

	(void)state;
	for (i = 0; i < LEN(answers); i++) {
		for (cut = 1; cut < 300; cut++)
			one(i, cut, NULL);
		for (cut = 0; cut < 50; cut++)
			one(i, 20, &seed);
	}
}

/* Between two octets of a body nothing is borrowed. */
static void t_idle(void **state)
{
	static const char text[] = "HTTP/1.1 200 OK\r\n\r\nx";
	uint8_t mem[256];
	struct collected to = { .mem = mem, .room = sizeof(mem) };
	struct http_tx t;
	struct codec *c = http_tx_start(&t, false, false, true);

	(void)state;
	assert_int_equal(codec_feed(c, (const uint8_t *)text,
	    sizeof(text) - 1, 100, NULL, &to), 0);
	assert_int_equal(buf_used(), 0);
	assert_false(t.over);
}

static void t_long_heads(void **state)
{
	static uint8_t text[LIMIT_HTTP_HEAD + 100], mem[LIMIT_HTTP_HEAD * 2];
	size_t len, cut;

	(void)state;
	for (len = LIMIT_HTTP_HEAD - 1; len <= LIMIT_HTTP_HEAD + 1; len++) {
		for (cut = 100; cut < 10000; cut += 3300) {
			struct collected to = { .mem = mem,
				.room = sizeof(mem) };
			struct http_tx t;
			struct codec *c = http_tx_start(&t, true, false, true);

			memset(text, 'a', sizeof(text));
			memcpy(text, "HTTP/1.1 200 OK\r\nx:", 19);
			memcpy(text + len - 4, "\r\n\r\n", 4);
			assert_int_equal(codec_feed(c, text, len, cut, NULL,
			    &to), len > LIMIT_HTTP_HEAD ? -E_LONG : 0);
			c->ops->close(c);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_answers),
		cmocka_unit_test(t_idle),
		cmocka_unit_test(t_long_heads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
