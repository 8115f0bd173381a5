/* ss_account.c - sums of octets. Knows neither sockets nor sessions. */
#include "ss_account.h"

#include "port/child.h"

/* A quarter of a second may come at once. */
#define BURST_MS 250

/* ---- one at a time, where there are several processes ---- */

static uint32_t *lock;		/* NULL: this process is alone */

void ss_accounts_share(uint32_t *of_all)
{
	lock = of_all;
}

bool ss_accounts_shared(void)
{
	return lock != NULL;
}

/* Whoever has it for milliseconds died with it: then it is no use waiting, a
 * sum may be short of what he had just added. */
static bool enter(void)
{
	return lock != NULL && port_shared_lock(lock);
}

static void leave(bool entered)
{
	if (entered)
		port_shared_unlock(lock);
}

/* ---- sums and limits ---- */

static void take(struct ss_bucket *b, uint64_t n)
{
	if (b->rate > 0)
		b->level -= (int64_t)n * 1000;
}

static void bucket_start(struct ss_bucket *b, int64_t rate, int64_t now_ms)
{
	*b = (struct ss_bucket){ .rate = rate, .at_ms = now_ms };
}

void ss_account_limit(struct ss_account *a, const struct ss_limits *l,
    int64_t now_ms)
{
	bool entered = enter();

	bucket_start(&a->of_up, l->rate_up, now_ms);
	bucket_start(&a->of_down, l->rate_down, now_ms);
	a->quota = l->quota;
	a->expires_s = l->expires_s;
	leave(entered);
}

bool ss_account_limited(const struct ss_account *a)
{
	return a->of_up.rate > 0 || a->of_down.rate > 0 || a->quota > 0 ||
	    a->expires_s > 0;
}

bool ss_account_spent(const struct ss_account *a, int64_t wall_ms)
{
	return (a->quota > 0 &&
	    ss_account_total(a) >= (uint64_t)a->quota) ||
	    (a->expires_s > 0 && wall_ms / 1000 >= a->expires_s);
}

/* What it is short of, in time, is all that counts: never past its brim. */
static void fill(struct ss_bucket *b, int64_t now_ms)
{
	int64_t brim = b->rate * BURST_MS;
	int64_t past_ms = now_ms - b->at_ms;

	b->at_ms = now_ms;
	if (past_ms >= (brim - b->level) / b->rate + 1)
		b->level = brim;
	else
		b->level += b->rate * past_ms;
}

int64_t ss_bucket_wait(struct ss_bucket *b, int64_t now_ms)
{
	int64_t wait_ms = 0;
	bool entered;

	if (b->rate == 0)
		return 0;
	entered = enter();
	fill(b, now_ms);
	if (b->level < 0)
		wait_ms = (-b->level + b->rate - 1) / b->rate;
	leave(entered);
	return wait_ms;
}

struct ss_sums ss_account_sums(const struct ss_account *a)
{
	bool entered = enter();
	struct ss_sums s = { a->up, a->down, a->sessions };

	leave(entered);
	return s;
}

void ss_account_resume(struct ss_account *a, const struct ss_sums *before)
{
	bool entered = enter();

	a->up += before->up;
	a->down += before->down;
	a->sessions += before->sessions;
	a->told = a->up + a->down;
	leave(entered);
}

void ss_account_begin(struct ss_account *a)
{
	bool entered = enter();

	a->sessions++;
	leave(entered);
}

static void add(struct ss_account *a, uint64_t up, uint64_t down)
{
	a->up += up;
	a->down += down;
	take(&a->of_up, up);
	take(&a->of_down, down);
}

void ss_account_move(struct ss_account *a, struct ss_share *last, uint64_t up,
    uint64_t down)
{
	const struct ss_bill b = { .port = a };

	ss_bill_move(&b, last, up, down);
}

void ss_bill_move(const struct ss_bill *b, struct ss_share *last, uint64_t up,
    uint64_t down)
{
	bool entered;

	ASSERT(up >= last->up && down >= last->down);
	if (up == last->up && down == last->down)
		return;
	entered = enter();
	add(b->port, up - last->up, down - last->down);
	if (b->user != NULL)
		add(b->user, up - last->up, down - last->down);
	leave(entered);
	last->up = up;
	last->down = down;
}

bool ss_bill_limited(const struct ss_bill *b)
{
	return ss_account_limited(b->port) ||
	    (b->user != NULL && ss_account_limited(b->user));
}

bool ss_bill_spent(const struct ss_bill *b, int64_t wall_ms)
{
	return ss_account_spent(b->port, wall_ms) ||
	    (b->user != NULL && ss_account_spent(b->user, wall_ms));
}

int64_t ss_bill_wait_up(const struct ss_bill *b, int64_t now_ms)
{
	int64_t port = ss_bucket_wait(&b->port->of_up, now_ms);

	return b->user == NULL ? port :
	    MAX(port, ss_bucket_wait(&b->user->of_up, now_ms));
}

int64_t ss_bill_wait_down(const struct ss_bill *b, int64_t now_ms)
{
	int64_t port = ss_bucket_wait(&b->port->of_down, now_ms);

	return b->user == NULL ? port :
	    MAX(port, ss_bucket_wait(&b->user->of_down, now_ms));
}

uint64_t ss_account_total(const struct ss_account *a)
{
	struct ss_sums s = ss_account_sums(a);

	return s.up + s.down;
}

uint64_t ss_account_news(struct ss_account *a)
{
	uint64_t n = ss_account_total(a) - a->told;

	a->told += n;
	return n;
}
