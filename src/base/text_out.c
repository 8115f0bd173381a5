/* text_out.c - text that grows piece by piece; one is there whole or not. */
#include "base/text.h"

void text_put(struct text_out *o, const char *fmt, ...)
{
	size_t left = o->room - o->len, n;
	va_list ap;

	if (o->full)
		return;
	va_start(ap, fmt);
	n = text_vfmt(o->mem + o->len, left, fmt, ap);
	va_end(ap);
	/* All of the room taken: it may have been cut. */
	o->full = n + 1 >= left;
	if (!o->full)
		o->len += n;
	o->mem[o->len] = '\0';
}

void text_put_json(struct text_out *o, const char *s)
{
	size_t n;

	if (o->full)
		return;
	n = text_json(o->mem + o->len, o->room - o->len, s);
	o->full = n == 0;
	o->len += n;
}
