/* ss_check.c - small requests through servers, and how long each takes. Knows
 * not what is done with the numbers. */
#include "ss_check.h"

#include "base/endian.h"
#include "base/text.h"
#include "core/chan.h"
#include "core/log.h"
#include "port/net.h"
#include "port/rand.h"
#include "ss_addr.h"
#include "ss_codec.h"
#include "ss_serve.h"
#include "ss_sock.h"

#define LOOK_UP_MS 250		/* between two looks for an address */
#define REQUEST_MAX (SS_ADDR_MAX + SS_HOST + 64)

/* One that is under way. */
struct ss_check {
	struct chan out;
	union ss_rx rx;
	union ss_tx tx;
	struct ss_remote *remote;	/* NULL = it is over */
	struct timer deadline;
	int64_t begun_ms;
	struct addr to;
	bool open;
	struct task reap;
};

POOL_DEFINE(ss_checks, struct ss_check, LIMIT_CHECKS);

static const struct ss_balance_conf *conf_of(const struct ss_remote *r)
{
	return &r->ss->conf->balance;
}

static struct loop *loop_of(const struct ss_remote *r)
{
	return r->ss->loop;
}

static int64_t max_rtt_ms(const struct ss_remote *r)
{
	return conf_of(r)->max_rtt_s * 1000;
}

static void on_due(struct timer *t);

/* An eighth of it sooner or later, so that servers see no clockwork. */
static void due_in(struct ss_remote *r, int64_t ms)
{
	uint32_t luck;

	port_rand(&luck, sizeof(luck));
	ms += (int64_t)(luck % (uint32_t)(ms / 4 + 1)) - ms / 8;
	timer_set(loop_of(r), &r->check_due, loop_of(r)->now_ms + ms, on_due);
}

static int64_t interval_ms(const struct ss_remote *r)
{
	const struct ss_balance_conf *b = conf_of(r);
	bool best = r->ss->remotes.best[SS_FOR_TCP] == r;

	return 1000 * (best && b->best_interval_s > 0 ? b->best_interval_s :
	    b->interval_s);
}

/* ---- one of them ---- */

static void reap(struct task *t)
{
	pool_put(&ss_checks, OWNER(t, struct ss_check, reap));
}

static void over(struct ss_check *c)
{
	struct ss_remote *r = c->remote;

	chan_close(&c->out);
	timer_stop(loop_of(r), &c->deadline);
	c->remote = NULL;
	r->check = NULL;
	c->reap.fn = reap;
	loop_later(loop_of(r), &c->reap);
	ss_remote_drop(r);
}

/* No answer once may be the target's fault; no connection is the server's. */
static void failed(struct ss_check *c, int why)
{
	struct ss_remote *r = c->remote;

	if (!c->open)
		r->good.family = 0;
	if (!c->open || ++r->unanswered > 1) {
		ss_remote_on_trial(r);
		ss_remote_bad(r, why);
	}
	due_in(r, interval_ms(r));
	over(c);
}

static void on_open(struct chan *ch)
{
	OWNER(ch, struct ss_check, out)->open = true;
}

static void on_data(struct chan *ch)
{
	struct ss_check *c = OWNER(ch, struct ss_check, out);
	struct ss_remote *r = c->remote;

	r->unanswered = 0;
	ss_remote_measured(r, loop_of(r)->now_ms - c->begun_ms);
	ss_remote_good(r, &c->to);
	due_in(r, interval_ms(r));
	over(c);
}

static void on_end(struct chan *ch, int why)
{
	failed(OWNER(ch, struct ss_check, out), why != 0 ? why : -E_CLOSED);
}

static void on_fail(struct chan *ch, int why)
{
	failed(OWNER(ch, struct ss_check, out), why);
}

static const struct chan_ops ops = {
	.on_open = on_open,
	.on_data = on_data,
	.on_end = on_end,
	.on_fail = on_fail,
};

static void on_late(struct timer *t)
{
	failed(OWNER(t, struct ss_check, deadline), -E_TIMEOUT);
}

/* Address header and request, as one write. */
static size_t request(const struct ss_remote *r, uint8_t out[REQUEST_MAX])
{
	const struct ss_balance_conf *b = conf_of(r);
	size_t len = strlen(b->host);

	out[0] = SS_ATYP_NAME;
	out[1] = (uint8_t)len;
	memcpy(out + 2, b->host, len);
	put_u16be(out + 2 + len, b->port);
	len += 4;
	return len + text_fmt((char *)out + len, REQUEST_MAX - len,
	    "HEAD / HTTP/1.0\r\nHost: %s\r\n\r\n", b->host);
}

static int connect_it(struct ss_check *c)
{
	uint8_t mem[REQUEST_MAX];
	struct ss_remote *r = c->remote;
	struct net_how how;
	int rc;

	c->begun_ms = loop_of(r)->now_ms;
	ss_sock_out(r->ss, &c->to, &how);
	rc = chan_connect(&c->out, loop_of(r), r->via.family != 0 ? &r->via :
	    &c->to, &how, max_rtt_ms(r), &ops,
	    ss_rx_start(&c->rx, &c->tx, &r->key),
	    ss_tx_start(&c->tx, &c->rx, &r->key));
	return rc != 0 ? rc : chan_write(&c->out, mem, request(r, mem));
}

/* No buffer, or no descriptor, is not the server's fault. */
static bool is_ours(int why)
{
	return why == -E_FULL || why == -E_NOFILE || why == -E_NOMEM;
}

static void set_out(struct timer *t)
{
	struct ss_check *c = OWNER(t, struct ss_check, deadline);
	struct ss_remote *r = c->remote;
	int64_t now = loop_of(r)->now_ms;
	int rc = ss_remote_addr(r, &c->to);

	if (rc == -E_AGAIN && now - c->begun_ms < max_rtt_ms(r)) {
		timer_set(loop_of(r), &c->deadline, now + LOOK_UP_MS, set_out);
		return;
	}
	if (rc == 0)
		rc = connect_it(c);
	if (is_ours(rc)) {
		due_in(r, 1000);
		over(c);
	} else if (rc != 0) {
		failed(c, rc == -E_AGAIN ? -E_TIMEOUT : rc);
	} else {
		timer_set(loop_of(r), &c->deadline, now +
		    max_rtt_ms(r), on_late);
	}
}

static void on_due(struct timer *t)
{
	struct ss_remote *r = OWNER(t, struct ss_remote, check_due);
	struct ss_check *c = pool_get(&ss_checks);

	if (c == NULL) {
		due_in(r, 500);
		return;
	}
	c->remote = r;
	c->begun_ms = loop_of(r)->now_ms;
	r->check = c;
	ss_remote_hold(r);
	timer_set(loop_of(r), &c->deadline, 0, set_out);
}

/* ---- all of them ---- */

static bool is_chosen_from(const struct ss_remote *r)
{
	return r->weight[SS_FOR_TCP] > 0 && r->mode != SS_UDP_ONLY;
}

void ss_checks_begin(struct ss *ss)
{
	struct ss_remotes *all = &ss->remotes;
	size_t i, n = 0;

	for (i = 0; i < all->n; i++)
		n += is_chosen_from(all->at[i]);
	if (all->by_chance || n < 2 || ss->conf->balance.interval_s == 0)
		return;
	for (i = 0; i < all->n; i++)
		if (is_chosen_from(all->at[i]))
			due_in(all->at[i], 100 + 50 * (int64_t)i);
}

void ss_checks_end(struct ss *ss)
{
	struct ss_remotes *all = &ss->remotes;
	size_t i;

	for (i = 0; i < all->n; i++) {
		timer_stop(ss->loop, &all->at[i]->check_due);
		if (all->at[i]->check != NULL)
			over(all->at[i]->check);
	}
}
