/* ss_account.c - sums of octets. Knows neither sockets nor sessions. */
#include "ss_account.h"

void ss_account_move(struct ss_account *a, struct ss_share *last, uint64_t up,
    uint64_t down)
{
	ASSERT(up >= last->up && down >= last->down);
	a->up += up - last->up;
	a->down += down - last->down;
	last->up = up;
	last->down = down;
}

uint64_t ss_account_total(const struct ss_account *a)
{
	return a->up + a->down;
}

uint64_t ss_account_news(struct ss_account *a)
{
	uint64_t n = ss_account_total(a) - a->told;

	a->told += n;
	return n;
}
