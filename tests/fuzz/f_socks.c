/* f_socks.c - any octets as the messages of SOCKS4, 4a and 5. */
#include "src/ss/in_socks4.c"
#include "src/ss/in_socks5.h"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	uint8_t head[SS_ADDR_MAX];
	int n = socks5_greeting(mem, len, SOCKS5_LOGIN);

	HOLDS(n <= 0 || (size_t)n <= len);
	n = socks5_login(mem, len);
	HOLDS(n <= 0 || (size_t)n <= len);
	n = socks5_request(mem, len);
	HOLDS(n <= 0 || (size_t)n <= len);
	n = socks4_request(mem, len, SS_ADDR_MAX + 3);
	HOLDS(n <= 0 || (size_t)n <= len);
	if (n > 0) {
		n = socks4_address(head, mem);
		HOLDS(n <= (int)sizeof(head));
	}
	return 0;
}
