/* ss_half.c - one list in order of time, and a count for each row of sources.
 * Knows no sessions. */
#include "ss_half.h"

#include "base/endian.h"
#include "port/rand.h"

void ss_halves_start(struct ss_halves *h)
{
	memset(h, 0, sizeof(*h));
	port_rand(h->mix, sizeof(h->mix));
	list_init(&h->all);
}

/* Multiply and shift: any two sources share a row by chance alone. */
uint16_t ss_half_row(const struct ss_halves *h, const struct addr *peer)
{
	struct addr a = *peer;
	uint64_t x;

	addr_unmap(&a);
	x = a.family == 6 ? get_u64be(a.ip) : get_u32be(a.ip);
	x = (x ^ h->mix[0]) * (h->mix[1] | 1);
	return (uint16_t)((x >> 48) % SS_HALF_ROWS);
}

struct ss_half *ss_half_over(const struct ss_halves *h, uint16_t row,
    uint32_t total, uint32_t per_source)
{
	struct list *at;

	if (per_source > 0 && h->count[row] >= per_source)
		for (at = h->all.next; at != &h->all; at = at->next)
			if (OWNER(at, struct ss_half, link)->row == row)
				return OWNER(at, struct ss_half, link);
	if (total > 0 && h->n >= total)
		return OWNER(h->all.next, struct ss_half, link);
	return NULL;
}

void ss_half_add(struct ss_halves *h, struct ss_half *x, uint16_t row)
{
	x->row = row;
	h->count[row]++;
	h->n++;
	list_push(&h->all, &x->link);
}

void ss_half_leave(struct ss_halves *h, struct ss_half *x)
{
	list_remove(&x->link);
	h->count[x->row]--;
	h->n--;
}
