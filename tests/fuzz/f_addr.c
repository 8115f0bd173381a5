/* f_addr.c - any text as an address or a network: what is one is written and
 * read again as the same. */
#include "src/base/addr.c"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	char text[ADDR_TEXT];
	struct addr a, b;
	struct net net;

	if (addr_parse(&a, (const char *)mem, len) == 0) {
		size_t n = addr_text_ip(text, sizeof(text), &a);

		HOLDS(n == strlen(text) && n < sizeof(text));
		HOLDS(addr_parse(&b, text, n) == 0 && addr_eq(&a, &b));
		HOLDS(addr_text(text, sizeof(text), &a) < sizeof(text));
		addr_unmap(&a);
		HOLDS(a.family == 4 || a.family == 6);
	}
	if (net_parse(&net, (const char *)mem, len) == 0)
		(void)net_has(&net, &a);
	return 0;
}
