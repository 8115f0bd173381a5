/* t_http_head.c - heads: whole, cut anywhere, of two minds, and passed on. */
#include "src/ss/http_head.c"

#include "tests/lib/codec_feed.h"

#define GET "GET http://a.test/x HTTP/1.1\r\n"

static const struct {
	const char *text;
	int rc;			/* 0 = all of it */
} requests[] = {
	{ GET "\r\n", 0 },
	{ GET "Host: a.test\r\nAccept: */*\r\n\r\n", 0 },
	{ GET "Content-Length: 5\r\n\r\n", 0 },
	{ GET "Transfer-Encoding: chunked\r\n\r\n", 0 },
	{ GET "A:\r\nB: \t \r\n\r\n", 0 },
	{ "CONNECT a.test:443 HTTP/1.0\r\n\r\n", 0 },
	{ "get http://a.test/x HTTP/1.7\r\n\r\n", 0 },
	/* Two readers, two messages. */
	{ GET "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
	    -E_PROTO },
	{ GET "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
	    -E_PROTO },
	{ GET "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", -E_PROTO },
	{ GET "Content-Length: 5, 5\r\n\r\n", -E_PROTO },
	{ GET "Content-Length: +5\r\n\r\n", -E_PROTO },
	{ GET "Content-Length: 0x5\r\n\r\n", -E_PROTO },
	{ GET "Content-Length: \r\n\r\n", -E_PROTO },
	{ GET "Content-Length: 99999999999999999999\r\n\r\n", -E_PROTO },
	{ GET "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"
	    "\r\n", -E_PROTO },
	{ GET "Transfer-Encoding: gzip, chunked\r\n\r\n", -E_NOSUP },
	{ GET "Transfer-Encoding: xchunked\r\n\r\n", -E_NOSUP },
	{ "POST http://a.test/ HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
	    -E_PROTO },
	{ GET "Host: a\r\nHost: b\r\n\r\n", -E_PROTO },
	{ GET "Proxy-Authorization: a\r\nProxy-Authorization: b\r\n\r\n",
	    -E_PROTO },
	/* Lines that are none. */
	{ GET "Content-Length : 5\r\n\r\n", -E_PROTO },
	{ GET " Content-Length: 5\r\n\r\n", -E_PROTO },
	{ GET "A: b\r\n folded\r\n\r\n", -E_PROTO },
	{ GET "A: b\n\r\n", -E_PROTO },
	{ GET "A: b\rc\r\n\r\n", -E_PROTO },
	{ GET "A: b\x01\r\n\r\n", -E_PROTO },
	{ GET "no colon\r\n\r\n", -E_PROTO },
	{ GET ": b\r\n\r\n", -E_PROTO },
	{ "GET http://a.test/x HTTP/1.1\n\n", -E_PROTO },
	{ "GET  http://a.test/x HTTP/1.1\r\n\r\n", -E_PROTO },
	{ "GET http://a.test/x  HTTP/1.1\r\n\r\n", -E_PROTO },
	{ "GET http://a.test/x\r\n\r\n", -E_PROTO },
	{ "GET http://a.test/x HTTP/1.1 \r\n\r\n", -E_PROTO },
	{ "GET http://a.test/x HTTP/2.0\r\n\r\n", -E_NOSUP },
	{ "GET http://a.test/x http/1.1\r\n\r\n", -E_PROTO },
	{ "G(T http://a.test/x HTTP/1.1\r\n\r\n", -E_PROTO },
	{ "\r\n\r\n", -E_PROTO },
}, responses[] = {
	{ "HTTP/1.1 200 OK\r\n\r\n", 0 },
	{ "HTTP/1.1 200 \r\n\r\n", 0 },
	{ "HTTP/1.0 404\r\nContent-Length: 1\r\n\r\n", 0 },
	{ "HTTP/1.1 099 x\r\n\r\n", -E_PROTO },
	{ "HTTP/1.1 20 x\r\n\r\n", -E_PROTO },
	{ "HTTP/1.1 2000\r\n\r\n", -E_PROTO },
	{ "ICY 200 OK\r\n\r\n", -E_PROTO },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked"
	    "\r\n\r\n", -E_PROTO },
};

/* From memory of just that size, so that nothing behind it is looked at. */
static int of_size(int (*read)(struct http_head *, const uint8_t *, size_t),
    const char *text, size_t len)
{
	uint8_t *mem = malloc(len + 1);
	struct http_head h;
	int rc;

	memcpy(mem + 1, text, len);
	rc = read(&h, mem + 1, len);
	free(mem);
	return rc;
}

static void in_every_cut(int (*read)(struct http_head *, const uint8_t *,
    size_t), const char *text, int rc)
{
	size_t len = strlen(text), n;
	int got;

	got = of_size(read, text, len);
	if (got != (rc == 0 ? (int)len : rc))
		fail_msg("%s: %d", text, got);
	for (n = 0; n < len; n++) {
		got = of_size(read, text, n);
		if (got != 0 && got != rc)
			fail_msg("%.*s: %d", (int)n, text, got);
	}
}

static void t_heads(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LEN(requests); i++)
		in_every_cut(http_request, requests[i].text, requests[i].rc);
	for (i = 0; i < LEN(responses); i++)
		in_every_cut(http_response, responses[i].text,
		    responses[i].rc);
}

static void t_keep_alive(void **state)
{
	static const struct {
		const char *text;
		bool keep;
	} t[] = {
		{ GET "\r\n", true },
		{ GET "Connection: close\r\n\r\n", false },
		{ GET "Connection: x, Close\r\n\r\n", false },
		{ GET "Proxy-Connection: close\r\n\r\n", false },
		{ GET "Connection: closer\r\n\r\n", true },
		{ "GET http://a/ HTTP/1.0\r\n\r\n", false },
		{ "GET http://a/ HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
		    true },
	};
	struct http_head h;

	(void)state;
	for (size_t i = 0; i < LEN(t); i++) {
		assert_true(http_request(&h, (const uint8_t *)t[i].text,
		    strlen(t[i].text)) > 0);
		assert_int_equal(h.keep_alive, t[i].keep);
	}
}

static void t_addresses(void **state)
{
	static const struct {
		const char *line, *is;		/* NULL = refused */
	} t[] = {
		{ "GET http://a.test/x", "a.test:80" },
		{ "GET HTTP://a.test:8080?q", "a.test:8080" },
		{ "GET http://1.2.3.4/", "1.2.3.4:80" },
		{ "GET http://[::1]:81/", "[::1]:81" },
		{ "GET http://[::1]/", "[::1]:80" },
		{ "CONNECT a.test:443", "a.test:443" },
		{ "CONNECT [2001:db8::1]:443", "[2001:db8::1]:443" },
		{ "CONNECT a.test", NULL },
		{ "CONNECT a.test:", NULL },
		{ "CONNECT a.test:0", NULL },
		{ "CONNECT a.test:65536", NULL },
		{ "CONNECT :443", NULL },
		{ "GET /x", NULL },
		{ "GET https://a.test/", NULL },
		{ "GET http:///x", NULL },
		{ "GET http://u:p@a.test/", NULL },
		{ "GET http://a.test:/", NULL },
		{ "GET http://a_b%41/", NULL },
		{ "GET http://[::1/", NULL },
		{ "OPTIONS *", NULL },
	};
	char text[256], is[SS_ADDR_TEXT];
	uint8_t out[SS_ADDR_MAX];
	struct http_head h;
	struct ss_addr a;
	size_t len;
	int n;

	(void)state;
	for (size_t i = 0; i < LEN(t); i++) {
		len = text_fmt(text, sizeof(text), "%s HTTP/1.1\r\n\r\n",
		    t[i].line);
		assert_int_equal(http_request(&h, (uint8_t *)text, len), len);
		n = http_address(&h, out);
		if (t[i].is == NULL) {
			if (n != -E_INVAL)
				fail_msg("%s", t[i].line);
			continue;
		}
		if (n <= 0)
			fail_msg("%s: %d", t[i].line, n);
		assert_int_equal(ss_addr_parse(&a, out, (size_t)n), n);
		ss_addr_text(is, sizeof(is), &a);
		assert_string_equal(is, t[i].is);
	}
}

static const char *forwarded(const char *text)
{
	static char out[1024];
	struct http_head h;
	size_t n;

	assert_int_equal(http_request(&h, (const uint8_t *)text, strlen(text)),
	    strlen(text));
	n = http_forward_request(&h, (const uint8_t *)text, out);
	assert_true(n > 0 && n <= strlen(text) + HTTP_FORWARD_MORE);
	out[n] = '\0';
	return out;
}

static void t_requests_passed_on(void **state)
{
	(void)state;
	assert_string_equal(forwarded(
	    "GET http://a.test:81/x?y#z HTTP/1.1\r\nHost: other\r\n"
	    "Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic x\r\n"
	    "Connection: x-gone, TE,content-length, host\r\nX-Gone: 1\r\n"
	    "TE: trailers\r\nTrailer: x\r\nUpgrade: h2c\r\nKeep-Alive: 3\r\n"
	    "Accept:  */*  \r\nContent-Length: 3\r\n\r\n"),
	    "GET /x?y HTTP/1.1\r\nHost: a.test:81\r\nAccept: */*\r\n"
	    "Content-Length: 3\r\nConnection: close\r\n\r\n");
	assert_string_equal(forwarded("OPTIONS http://a.test HTTP/1.1\r\n\r\n"),
	    "OPTIONS * HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
	assert_string_equal(forwarded("GET http://a.test?q HTTP/1.0\r\n"
	    "Expect: 100-continue\r\n\r\n"),
	    "GET /?q HTTP/1.0\r\nHost: a.test\r\nConnection: close\r\n\r\n");
	assert_string_equal(forwarded("PUT http://a.test/ HTTP/1.1\r\n"
	    "Expect: 100-continue\r\n\r\n"),
	    "PUT / HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\n"
	    "Connection: close\r\n\r\n");
}

static void t_many_fields(void **state)
{
	char text[HTTP_FIELDS_MAX * 8 + 64];
	struct http_head h;
	size_t n, i;

	(void)state;
	n = text_fmt(text, sizeof(text), GET);
	for (i = 0; i <= HTTP_FIELDS_MAX; i++) {
		size_t end = n + text_fmt(text + n, sizeof(text) - n, "\r\n");

		assert_int_equal(http_request(&h, (uint8_t *)text, end), end);
		n += text_fmt(text + n, sizeof(text) - n, "a:b\r\n");
	}
	n += text_fmt(text + n, sizeof(text) - n, "\r\n");
	assert_int_equal(http_request(&h, (uint8_t *)text, n), -E_LONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_heads),
		cmocka_unit_test(t_keep_alive),
		cmocka_unit_test(t_addresses),
		cmocka_unit_test(t_requests_passed_on),
		cmocka_unit_test(t_many_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
