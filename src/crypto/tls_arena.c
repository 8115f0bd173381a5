/* tls_arena.c - mbedTLS's memory: blocks in an arena of the caller's. Knows no
 * TLS. */
#include "tls_priv.h"

/* Before each block; size counts itself. They follow one another up to top. */
struct block {
	uint32_t size;
	uint32_t taken;
	uint64_t pad;
};
_Static_assert(sizeof(struct block) == 16, "blocks are aligned by it");

/* Those of the call under way; which memory it is stays with the caller. */
static struct tls_arena *now, *other;

void tls_arena_open(struct tls_arena *a, void *mem, size_t size)
{
	ASSERT(((uintptr_t)mem & 15u) == 0 && size <= UINT32_MAX);
	*a = (struct tls_arena){ .mem = mem, .size = (uint32_t)size & ~15u };
}

void tls_arena_use(struct tls_arena *a, struct tls_arena *also)
{
	now = a;
	other = also;
}

static struct block *block_at(const struct tls_arena *a, uint32_t off)
{
	return (struct block *)(void *)(a->mem + off);
}

/* Joins the free ones behind it. */
static void join(struct tls_arena *a, uint32_t off)
{
	struct block *b = block_at(a, off);

	while (off + b->size < a->top) {
		const struct block *next = block_at(a, off + b->size);

		if (next->taken)
			return;
		b->size += next->size;
	}
}

static struct block *take(struct tls_arena *a, uint32_t off, uint32_t size)
{
	struct block *b = block_at(a, off), *rest;

	if (b->size - size >= 2 * sizeof(*b)) {
		rest = block_at(a, off + size);
		*rest = (struct block){ .size = b->size - size };
		b->size = size;
	}
	b->taken = 1;
	memset(b + 1, 0, b->size - sizeof(*b));
	return b;
}

static struct block *find(struct tls_arena *a, uint32_t size)
{
	struct block *b;

	for (uint32_t off = 0; off < a->top; off += block_at(a, off)->size) {
		b = block_at(a, off);
		if (b->taken)
			continue;
		join(a, off);
		if (b->size >= size)
			return take(a, off, size);
	}
	if (size > a->size - a->top)
		return NULL;
	b = block_at(a, a->top);	/* fresh: zeros already */
	*b = (struct block){ .size = size, .taken = 1 };
	a->top += size;
	return b;
}

void *tls_arena_calloc(size_t n, size_t size)
{
	struct tls_arena *a = now;
	struct block *b;

	if (a == NULL || (size != 0 && n > UINT32_MAX / 2 / size))
		return NULL;
	size = (n * size + sizeof(*b) + 15) & ~(size_t)15;
	b = find(a, (uint32_t)size);
	if (b == NULL)
		return NULL;
	a->used += b->size;
	a->peak = MAX(a->peak, a->used);
	return b + 1;
}

void tls_arena_trim(struct tls_arena *a)
{
	uint32_t end = 0;

	for (uint32_t off = 0; off < a->top; off += block_at(a, off)->size)
		if (block_at(a, off)->taken)
			end = off + block_at(a, off)->size;
	wipe(a->mem + end, a->top - end);
	a->top = end;
}

static bool owns(const struct tls_arena *a, const void *p)
{
	return a != NULL && (const uint8_t *)p >= a->mem &&
	    (const uint8_t *)p < a->mem + a->size;
}

void tls_arena_free(void *p)
{
	struct tls_arena *a = owns(now, p) ? now : other;
	struct block *b;

	if (p == NULL)
		return;
	b = (struct block *)p - 1;
	ASSERT(owns(a, p) && b->taken == 1);
	b->taken = 0;
	a->used -= b->size;
}
