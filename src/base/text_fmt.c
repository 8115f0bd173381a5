/* text_fmt.c - a small snprintf that knows no locale and no floating point. */
#include "base/text.h"

struct sink {
	char *out;
	size_t room, len;
};

/* So that it can be passed on: a va_list may be an array. */
struct args {
	va_list list;
};

struct spec {
	bool left, zero;
	size_t width;
	size_t max;		/* of a text: %.*s, %.5s */
	enum { SIZE_INT, SIZE_LONG, SIZE_LLONG, SIZE_SIZE } size;
};

static void put(struct sink *k, const char *s, size_t len)
{
	size_t n = MIN(len, k->room - 1 - k->len);

	memcpy(k->out + k->len, s, n);
	k->len += n;
}

static void fill(struct sink *k, char c, size_t n)
{
	for (; n > 0 && k->len < k->room - 1; n--)
		k->out[k->len++] = c;
}

static void put_padded(struct sink *k, const struct spec *sp, const char *s,
    size_t len)
{
	size_t pad = sp->width > len ? sp->width - len : 0;

	fill(k, ' ', sp->left ? 0 : pad);
	put(k, s, len);
	fill(k, ' ', sp->left ? pad : 0);
}

static void put_text(struct sink *k, const struct spec *sp, const char *s)
{
	size_t len = 0;

	if (s == NULL)
		s = "(null)";
	while (len < sp->max && s[len] != '\0')
		len++;
	put_padded(k, sp, s, len);
}

static void put_number(struct sink *k, const struct spec *sp, uint64_t v,
    unsigned radix, bool negative)
{
	char digits[24];
	size_t at = sizeof(digits);
	size_t len;

	do {
		digits[--at] = "0123456789abcdef"[v % radix];
		v /= radix;
	} while (v > 0);
	len = sizeof(digits) - at + negative;
	if (sp->zero && !sp->left) {
		put(k, "-", negative);
		fill(k, '0', sp->width > len ? sp->width - len : 0);
		put(k, digits + at, sizeof(digits) - at);
		return;
	}
	if (negative)
		digits[--at] = '-';
	put_padded(k, sp, digits + at, len);
}

static int64_t next_signed(struct args *a, const struct spec *sp)
{
	switch (sp->size) {
	case SIZE_LONG:
		return va_arg(a->list, long);
	case SIZE_LLONG:
		return va_arg(a->list, long long);
	case SIZE_SIZE:
		return va_arg(a->list, ptrdiff_t);
	default:
		return va_arg(a->list, int);
	}
}

static uint64_t next_unsigned(struct args *a, const struct spec *sp)
{
	switch (sp->size) {
	case SIZE_LONG:
		return va_arg(a->list, unsigned long);
	case SIZE_LLONG:
		return va_arg(a->list, unsigned long long);
	case SIZE_SIZE:
		return va_arg(a->list, size_t);
	default:
		return va_arg(a->list, unsigned);
	}
}

static void put_signed(struct sink *k, const struct spec *sp, int64_t v)
{
	bool negative = v < 0;

	put_number(k, sp, negative ? 0 - (uint64_t)v : (uint64_t)v, 10,
	    negative);
}

static const char *read_width(const char *f, size_t *width)
{
	for (*width = 0; text_is_digit(*f); f++)
		*width = *width * 10 + (size_t)(*f - '0');
	return f;
}

static const char *read_max(const char *f, struct spec *sp, struct args *a)
{
	int n;

	if (*f != '.')
		return f;
	if (f[1] != '*')
		return read_width(f + 1, &sp->max);
	n = va_arg(a->list, int);
	if (n >= 0)
		sp->max = (size_t)n;
	return f + 2;
}

static const char *read_size(const char *f, struct spec *sp)
{
	if (*f == 'z') {
		sp->size = SIZE_SIZE;
		return f + 1;
	}
	for (; *f == 'l' && sp->size < SIZE_LLONG; f++)
		sp->size++;
	return f;
}

/* f is just behind the '%'; returns where the text goes on. */
static const char *conversion(struct sink *k, const char *f, struct args *a)
{
	struct spec sp = { .max = SIZE_MAX };
	char c;

	for (; *f == '-' || *f == '0'; f++) {
		sp.left |= *f == '-';
		sp.zero |= *f == '0';
	}
	f = read_width(f, &sp.width);
	f = read_max(f, &sp, a);
	f = read_size(f, &sp);
	switch (*f) {
	case 's':
		put_text(k, &sp, va_arg(a->list, const char *));
		break;
	case 'c':
		c = (char)va_arg(a->list, int);
		put_padded(k, &sp, &c, 1);
		break;
	case 'd':
		put_signed(k, &sp, next_signed(a, &sp));
		break;
	case 'u':
		put_number(k, &sp, next_unsigned(a, &sp), 10, false);
		break;
	case 'x':
		put_number(k, &sp, next_unsigned(a, &sp), 16, false);
		break;
	default:
		ASSERT(*f == '%');
		put(k, f, 1);
	}
	return f + 1;
}

size_t text_vfmt(char *out, size_t room, const char *fmt, va_list ap)
{
	struct sink k = { .out = out, .room = room };
	struct args a;

	ASSERT(room > 0);
	va_copy(a.list, ap);
	while (*fmt != '\0') {
		size_t plain = 0;

		while (fmt[plain] != '\0' && fmt[plain] != '%')
			plain++;
		put(&k, fmt, plain);
		fmt += plain;
		if (*fmt == '%')
			fmt = conversion(&k, fmt + 1, &a);
	}
	va_end(a.list);
	out[k.len] = '\0';
	return k.len;
}

size_t text_fmt(char *out, size_t room, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = text_vfmt(out, room, fmt, ap);
	va_end(ap);
	return n;
}
