/* f_ss_addr.c - any octets as an address header. */
#include "src/ss/ss_addr.c"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	char text[SS_ADDR_TEXT];
	struct ss_addr a;
	int n = ss_addr_parse(&a, mem, len);
	size_t i;

	if (n <= 0)
		return 0;
	HOLDS((size_t)n <= len && n <= SS_ADDR_MAX);
	HOLDS(ss_addr_parse(&a, mem, (size_t)n) == n);
	for (i = 0; i < (size_t)n; i++)
		HOLDS(ss_addr_parse(&a, mem, i) == 0);
	HOLDS(ss_addr_parse(&a, mem, (size_t)n) == n);
	HOLDS(ss_addr_text(text, sizeof(text), &a) < sizeof(text));
	if (a.name != NULL)
		for (i = 0; i < a.name_len; i++)
			HOLDS(a.name[i] > ' ' && a.name[i] < 0x7f);
	return 0;
}
