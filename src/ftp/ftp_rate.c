/* ftp_rate.c - token buckets of transfers, users and the server. The last two
 * are in shared memory, under a lock of which any owner may die: without it,
 * for a piece, they have no say. */
#include "ftp_rate.h"

#include "base/limits.h"
#include "port/child.h"

/* Ahead of its rate a transfer may be so much: then one timer does for all
 * octets of that time. */
#define AHEAD_US 50000
#define PIECE_MIN 64

/* A bucket that nothing is owed to is anybody's: so there is one for each user
 * that has a transfer. */
static struct rates {
	uint32_t lock;
	int64_t server_us[FTP_WAYS];
	struct {
		uint64_t name;	/* 0 = nobody's */
		int64_t paid_us[FTP_WAYS];
	} user[LIMIT_FTP_SESSIONS];
} own, *rates = &own;

int ftp_rates_make(void)
{
	struct rates *shared = port_shared_map(sizeof(*shared));

	if (shared == NULL)
		return -E_NOMEM;
	rates = shared;
	return 0;
}

void ftp_rates_free(void)
{
	if (rates != &own)
		port_shared_unmap(rates, sizeof(*rates));
	rates = &own;
}

void ftp_rates_lost(int pid)
{
	if (port_shared_has(&rates->lock, pid))
		port_shared_unlock(&rates->lock);
}

/* FNV-1a, 64 bits. Two users of the same would share. */
void ftp_rate_user(struct ftp_rate *r, const char *name)
{
	r->name = UINT64_C(14695981039346656037);
	for (; *name != '\0'; name++)
		r->name = (r->name ^ (uint8_t)*name) * UINT64_C(1099511628211);
	r->name += r->name == 0;
}

/* ---- one bucket */

static int64_t piece_of(int64_t rate)
{
	return MAX(rate / 20, PIECE_MIN);
}

/* Of *most octets fewer, or none before *at_us. */
static void may(int64_t rate, int64_t paid_us, int64_t now_us, size_t *most,
    int64_t *at_us)
{
	if (rate == 0)
		return;
	*most = (size_t)MIN((int64_t)*most, piece_of(rate));
	if (paid_us > now_us + AHEAD_US)
		*at_us = MAX(*at_us, paid_us);
}

static void pay(int64_t rate, int64_t *paid_us, int64_t now_us, size_t n)
{
	if (rate > 0)
		*paid_us = MAX(*paid_us, now_us - AHEAD_US) +
		    (int64_t)n * 1000000 / rate;
}

/* ---- those in common */

static bool is_shared(const struct ftp_rate *r, enum ftp_way way)
{
	return r->user[way] > 0 || r->server[way] > 0;
}

static int64_t last_us(uint32_t i)
{
	return MAX(rates->user[i].paid_us[FTP_DOWN],
	    rates->user[i].paid_us[FTP_UP]);
}

/* His bucket, or the one that was paid first. */
static int64_t *user_bucket(struct ftp_rate *r, enum ftp_way way)
{
	uint32_t oldest = 0, i = 0;

	if (r->at < LEN(rates->user) && rates->user[r->at].name == r->name)
		return &rates->user[r->at].paid_us[way];
	for (; i < LEN(rates->user) && rates->user[i].name != r->name; i++)
		if (last_us(i) < last_us(oldest))
			oldest = i;
	r->at = i < LEN(rates->user) ? i : oldest;
	if (rates->user[r->at].name != r->name)
		memset(&rates->user[r->at], 0, sizeof(rates->user[r->at]));
	rates->user[r->at].name = r->name;
	return &rates->user[r->at].paid_us[way];
}

size_t ftp_rate_may(struct ftp_rate *r, enum ftp_way way, int64_t now_ms,
    size_t most, int64_t *at_ms)
{
	int64_t now_us = now_ms * 1000, at_us = 0;

	may(r->own, r->paid_us, now_us, &most, &at_us);
	if (is_shared(r, way) && port_shared_lock(&rates->lock)) {
		may(r->server[way], rates->server_us[way], now_us, &most,
		    &at_us);
		if (r->user[way] > 0)
			may(r->user[way], *user_bucket(r, way), now_us, &most,
			    &at_us);
		port_shared_unlock(&rates->lock);
	}
	*at_ms = at_us / 1000;
	return at_us == 0 ? most : 0;
}

void ftp_rate_pay(struct ftp_rate *r, enum ftp_way way, int64_t now_ms,
    size_t n)
{
	int64_t now_us = now_ms * 1000;

	pay(r->own, &r->paid_us, now_us, n);
	if (!is_shared(r, way) || !port_shared_lock(&rates->lock))
		return;
	pay(r->server[way], &rates->server_us[way], now_us, n);
	if (r->user[way] > 0)
		pay(r->user[way], user_bucket(r, way), now_us, n);
	port_shared_unlock(&rates->lock);
}
