/* f_tls_hello.c - any octets as the first record of a client. */
#include "src/crypto/tls_hello.c"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	static const int ours[] = { 0x1303, 0x1301, 0x1302, 0xcca9, 0xc02b, 0 };
	const uint8_t *list = NULL;
	size_t n = tls_hello_suites(mem, len, &list);
	int out[LEN(ours)];

	if (n > 0)
		HOLDS(list >= mem && list + n <= mem + len && n % 2 == 0);
	tls_hello_choose(out, ours, list, n);
	HOLDS(out[0] == 0xcca9 || out[1] == 0xcca9);
	return 0;
}
