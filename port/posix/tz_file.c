/* tz_file.c - a compiled time zone. Source: RFC 8536 3. Knows no files. */
#include "base/endian.h"
#include "port/posix/tz.h"

#define HEADER 44
#define TYPE 6			/* octets of a local time type */
#define FOOTER_MAX 128

/* One of the two data blocks: where its parts lie. */
struct block {
	uint32_t changes, types;
	uint32_t time_len;	/* octets of a transition time: 4 or 8 */
	const uint8_t *at, *type_of, *type, *end;
};

static bool is_header(const uint8_t *mem, size_t len)
{
	return len >= HEADER && memcmp(mem, "TZif", 4) == 0;
}

/* 0 or -E_INVAL when it is longer than what is there. */
static int block_at(struct block *b, const uint8_t *mem, size_t len,
    uint32_t time_len)
{
	uint64_t octets;

	if (!is_header(mem, len))
		return -E_INVAL;
	b->time_len = time_len;
	b->changes = get_u32be(mem + 32);
	b->types = get_u32be(mem + 36);
	octets = (uint64_t)b->changes * (time_len + 1) +
	    (uint64_t)b->types * TYPE + get_u32be(mem + 40) +
	    (uint64_t)get_u32be(mem + 28) * (time_len + 4) +
	    get_u32be(mem + 24) + (uint64_t)get_u32be(mem + 20);
	if (b->types == 0 || octets > len - HEADER)
		return -E_INVAL;
	b->at = mem + HEADER;
	b->type_of = b->at + (size_t)b->changes * time_len;
	b->type = b->type_of + b->changes;
	b->end = b->at + (size_t)octets;
	return 0;
}

static int64_t change_time(const struct block *b, uint32_t i)
{
	const uint8_t *p = b->at + (size_t)i * b->time_len;

	return b->time_len == 8 ? (int64_t)get_u64be(p) :
	    (int32_t)get_u32be(p);
}

/* Changes that lie at or before unix_s. */
static uint32_t changes_until(const struct block *b, int64_t unix_s)
{
	uint32_t low = 0, high = b->changes;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (change_time(b, mid) <= unix_s)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The rule behind the second block, for what comes after its last change. */
static int footer(const uint8_t *from, const uint8_t *end, int64_t unix_s,
    int32_t *out)
{
	char text[FOOTER_MAX];
	const uint8_t *stop;

	if (from >= end || *from != '\n')
		return -E_INVAL;
	from++;
	stop = memchr(from, '\n', (size_t)(end - from));
	if (stop == NULL || stop - from >= FOOTER_MAX)
		return -E_INVAL;
	memcpy(text, from, (size_t)(stop - from));
	text[stop - from] = '\0';
	return tz_rule(text, unix_s, out);
}

int tz_file(const uint8_t *mem, size_t len, int64_t unix_s, int32_t *out)
{
	struct block b;
	uint32_t n, type;
	int err = block_at(&b, mem, len, 4);

	if (err < 0)
		return err;
	if (mem[4] >= '2') {
		err = block_at(&b, b.end, (size_t)(mem + len - b.end), 8);
		if (err < 0)
			return err;
	}
	n = changes_until(&b, unix_s);
	if (n == b.changes && b.time_len == 8 &&
	    footer(b.end, mem + len, unix_s, out) == 0)
		return 0;
	type = n == 0 ? 0 : b.type_of[n - 1];
	if (type >= b.types)
		return -E_INVAL;
	*out = (int32_t)get_u32be(b.type + (size_t)type * TYPE);
	return 0;
}
