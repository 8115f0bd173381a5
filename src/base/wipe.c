/* wipe.c - what must be done with secrets: forget them, compare them evenly.
 * Knows nothing of ciphers. */
#include "base/base.h"

/* Called through a volatile pointer, so that no compiler proves it useless. */
static void *(*const volatile set_memory)(void *, int, size_t) = memset;

void wipe(void *mem, size_t len)
{
	if (len > 0)
		set_memory(mem, 0, len);
}

bool equal_ct(const void *a, const void *b, size_t len)
{
	const volatile uint8_t *x = a, *y = b;
	uint8_t differ = 0;

	for (size_t i = 0; i < len; i++)
		differ |= x[i] ^ y[i];
	return differ == 0;
}
