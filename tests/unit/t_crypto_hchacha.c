/* t_crypto_hchacha.c - HChaCha20 by the example of its draft. */
#include "src/crypto/hchacha.c"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/text.h"

/* draft-irtf-cfrg-xchacha-03, 2.2.1 */
static void t_known_answer(void **state)
{
	static const uint8_t nonce[16] = { 0, 0, 0, 9, 0, 0, 0, 0x4a, 0, 0, 0,
		0, 0x31, 0x41, 0x59, 0x27 };
	uint8_t key[32], out[32];
	char hex[65];

	(void)state;
	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)i;
	hchacha20(out, key, nonce);
	text_hex(hex, out, sizeof(out));
	assert_string_equal(hex, "82413b4227b27bfed30e42508a877d73"
	    "a0f9e4d58a74a853c12ec41326d3ecdc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_known_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
