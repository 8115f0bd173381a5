/* t_ss_ota.c - tags of one-time authentication, against those that Python's
 * hmac makes, in every cut and with every octet wrong. */
#include "src/ss/ss_ota.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* IV 00..0f, key 64..83: 1.2.3.4:80, then "hello", "world!", an empty chunk. */
static const char stream[] =
    "\x11\x01\x02\x03\x04\x00\x50\xb6\x09\xbf\xb8\x9b\x77\xf5\x6f\xc4"
    "\x8b\x00\x05\x71\x86\x53\xe7\xe9\x7b\x8c\x0a\xea\x55\x68\x65\x6c"
    "\x6c\x6f\x00\x06\x01\x95\x3f\x97\xed\x18\xf2\x0a\x2e\xc8\x77\x6f"
    "\x72\x6c\x64\x21\x00\x00\x76\x10\x97\xf9\x0a\x20\x4b\x17\xe7\xed";
#define STREAM (sizeof(stream) - 1)
static const char clear[] = "\x01\x01\x02\x03\x04\0\x50"
		            "helloworld!";
#define CLEAR (sizeof(clear) - 1)

/* a.b:53, "query". */
static const char packet[] =
    "\x13\x03\x61\x2e\x62\x00\x35\x71\x75\x65\x72\x79\x51\xc6\x7a\xf1"
    "\x37\x11\xcb\x3a\x49\xf3";
#define PACKET (sizeof(packet) - 1)
static const char query[] = "\x03\x03"
		            "a.b"
		            "\0\x35"
		            "query";
#define QUERY (sizeof(query) - 1)

static uint8_t iv[16], key[32];

static struct ss_ota *start(void)
{
	for (size_t i = 0; i < sizeof(iv); i++)
		iv[i] = (uint8_t)i;
	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)(100 + i);
	return ss_ota_start(iv, sizeof(iv), key, sizeof(key));
}

/* All of mem in pieces of `cut`; how much came out, or an error. */
static ptrdiff_t open_all(
    const uint8_t *mem, size_t len, size_t cut, uint8_t *out)
{
	struct ss_ota *o = start();
	uint8_t some[STREAM];
	ptrdiff_t n = 0, got = 0;
	size_t i, take;

	for (i = 0; i < len && n >= 0; i += take) {
		take = MIN(cut, len - i);
		memcpy(some, mem + i, take);
		n = ss_ota_open(o, some, take);
		if (n > 0) {
			memcpy(out + got, some, (size_t)n);
			got += n;
		}
	}
	if (n >= 0 && len == STREAM && !ss_ota_may_end(o))
		n = -E_PROTO;
	ss_ota_end(&o);
	return n < 0 ? n : got;
}

static void t_known(void **state)
{
	uint8_t out[STREAM];

	(void)state;
	for (size_t cut = 1; cut <= STREAM; cut++) {
		assert_int_equal(
		    open_all((const uint8_t *)stream, STREAM, cut, out), CLEAR);
		assert_memory_equal(out, clear, CLEAR);
	}
}

static void t_sealed(void **state)
{
	struct ss_ota *o = start();
	uint8_t mem[STREAM + 1] = { 0 };
	uint8_t *at = mem;

	(void)state;
	memcpy(at, clear, 7);
	ss_ota_seal_header(o, at, 7, at + 7);
	at += 7 + OTA_CHUNK + OTA_TAG;
	memcpy(at, "hello", 5);
	ss_ota_seal_chunk(o, at, 5);
	at += 5 + OTA_CHUNK;
	memcpy(at, "world!", 6);
	ss_ota_seal_chunk(o, at, 6);
	ss_ota_seal_chunk(o, at + 6 + OTA_CHUNK, 0);
	assert_memory_equal(mem, stream, STREAM);
	ss_ota_end(&o);
}

/* Lengths are not authenticated, but then the next tag is not where it was. */
static void t_every_octet(void **state)
{
	uint8_t mem[STREAM], out[STREAM];
	ptrdiff_t n;

	(void)state;
	for (size_t i = 0; i < STREAM; i++) {
		memcpy(mem, stream, STREAM);
		mem[i] ^= 1;
		n = open_all(mem, STREAM, 1 + i % 9, out);
		assert_true(n == -E_PROTO || n == -E_AUTH);
	}
}

/* Of a header that is wrong the last octet does not come out. */
static void t_header_waits(void **state)
{
	uint8_t out[STREAM];

	(void)state;
	for (size_t len = 7; len < 17; len++)
		assert_int_equal(
		    open_all((const uint8_t *)stream, len, len, out), 6);
	assert_int_equal(open_all((const uint8_t *)stream, 17, 17, out), 7);
}

static void t_packets(void **state)
{
	uint8_t mem[PACKET];

	(void)state;
	ss_ota_end(&(struct ss_ota *){ start() });
	memcpy(mem, query, QUERY);
	ss_ota_seal_packet(iv, sizeof(iv), key, sizeof(key), mem, QUERY);
	assert_memory_equal(mem, packet, PACKET);
	assert_int_equal(
	    ss_ota_open_packet(iv, sizeof(iv), key, sizeof(key), mem, PACKET),
	    0);
	assert_memory_equal(mem, query, QUERY);
	for (size_t i = 0; i < PACKET; i++) {
		memcpy(mem, packet, PACKET);
		mem[i] ^= 0x10;
		assert_true(ss_ota_open_packet(iv, sizeof(iv), key, sizeof(key),
			        mem, PACKET) < 0);
		memcpy(mem, packet, PACKET);
		assert_true(ss_ota_open_packet(
			        iv, sizeof(iv), key, sizeof(key), mem, i) < 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_known),
		cmocka_unit_test(t_sealed),
		cmocka_unit_test(t_every_octet),
		cmocka_unit_test(t_header_waits),
		cmocka_unit_test(t_packets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
