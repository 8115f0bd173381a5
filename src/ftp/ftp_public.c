/* ftp_public.c - a name that is looked up again and again. A name that cannot
 * be found leaves the address as it was. */
#include "ftp_public.h"

#include "core/log.h"

/* An answer is good for so long, or as its record says. */
#define AGAIN_MS 60000
#define RETRY_MS 10000

static void on_time(struct timer *t);

static void public_arm(struct ftp_public *p, int64_t ms)
{
	timer_set(p->loop, &p->timer, p->loop->now_ms + ms, on_time);
}

static void public_failed(struct ftp_public *p, int why)
{
	log_rated(LOG_WARN, "pasv_address: %s: %s; tried again", p->name,
	    err_text(why));
	public_arm(p, RETRY_MS);
}

static void public_is(struct ftp_public *p, const struct addr *ip)
{
	char text[ADDR_TEXT];

	public_arm(p, AGAIN_MS);
	if (addr_eq_ip(&p->now, ip))
		return;
	p->now = *ip;
	addr_text_ip(text, sizeof(text), ip);
	log_info("pasv_address: %s is %s", p->name, text);
	p->found(p, ip);
}

static void on_answer(struct dns_ask *a, int status, const struct addr *list,
    size_t n)
{
	struct ftp_public *p = OWNER(a, struct ftp_public, ask);

	if (status == -E_CLOSED)
		return;
	if (status < 0 || n == 0)
		public_failed(p, status < 0 ? status : -E_NOENT);
	else
		public_is(p, &list[0]);
}

static void public_ask(struct ftp_public *p)
{
	struct addr list[DNS_ADDRS];
	size_t n;
	int rc = dns_ask(&p->ask, p->name, strlen(p->name), DNS_V4_ONLY,
	    on_answer, list, &n);

	if (rc != 0)
		on_answer(&p->ask, MIN(rc, 0), list, n);
}

static void on_time(struct timer *t)
{
	public_ask(OWNER(t, struct ftp_public, timer));
}

void ftp_public_open(struct ftp_public *p, struct loop *l, const char *name,
    void (*found)(struct ftp_public *p, const struct addr *ip))
{
	static const struct dns_conf usual;

	*p = (struct ftp_public){ .loop = l, .name = name, .found = found };
	dns_open(l, &usual);
	public_ask(p);
}

void ftp_public_again(struct ftp_public *p)
{
	if (p->loop == NULL)
		return;
	dns_cancel(&p->ask);
	dns_forget(p->name, strlen(p->name));
	public_ask(p);
}

void ftp_public_close(struct ftp_public *p)
{
	if (p->loop == NULL)
		return;
	timer_stop(p->loop, &p->timer);
	dns_cancel(&p->ask);
	dns_close();
	p->loop = NULL;
}
