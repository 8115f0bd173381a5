/* ss_window.c - a ring of bits behind the newest packet. Knows no session.
 * Source: SIP022 3.2.4, RFC 6479. */
#include "ss_window.h"

_Static_assert((SS_WINDOW & (SS_WINDOW - 1)) == 0, "not a power of two");

static uint32_t *word_of(struct ss_window *w, uint64_t id)
{
	return &w->bits[id % SS_WINDOW / 32];
}

static uint32_t bit_of(uint64_t id)
{
	return (uint32_t)1 << id % 32;
}

/* The last of all numbers has no next: nobody gets there by counting. */
bool ss_window_may(const struct ss_window *w, uint64_t id)
{
	if (id >= w->next)
		return id != UINT64_MAX;
	if (w->next - id > SS_WINDOW)
		return false;
	return (w->bits[id % SS_WINDOW / 32] & bit_of(id)) == 0;
}

/* What falls out of the window makes room for what was skipped. */
static void advance(struct ss_window *w, uint64_t id)
{
	uint64_t n;

	if (id - w->next >= SS_WINDOW)
		memset(w->bits, 0, sizeof(w->bits));
	else
		for (n = w->next; n <= id; n++)
			*word_of(w, n) &= ~bit_of(n);
	w->next = id + 1;
}

void ss_window_set(struct ss_window *w, uint64_t id)
{
	if (id >= w->next)
		advance(w, id);
	*word_of(w, id) |= bit_of(id);
}

void ss_window_resume(struct ss_window *w, uint64_t next)
{
	w->next = next;
	memset(w->bits, 0xff, sizeof(w->bits));
}
