/* panic.c - the end of a process whose own invariant is broken. */
#include <stdlib.h>

#include "base/text.h"
#include "port/out.h"

_Noreturn void port_panic(const char *file, int line, const char *what)
{
	char text[256];
	size_t len = text_fmt(text, sizeof text, "wherry: %s:%d: broken: %s\n",
	    file, line, what);

	(void)port_out(2, text, len);
	abort();
}
