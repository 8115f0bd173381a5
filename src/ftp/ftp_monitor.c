/* ftp_monitor.c - accepts connections and counts them, before anything costs;
 * keeps configurations while a session has them. The life of a session is in
 * ftp_mon_sess.c. */
#include "ftp_monitor.h"

#include "base/text.h"
#include "core/log.h"
#include "core/metrics.h"
#include "ftp_mon_sess.h"
#include "ftp_rate.h"
#include "ftp_slot.h"
#include "port/child.h"
#include "port/rand.h"
#include "port/time.h"

/* For sessions to end what they do. */
#define STOP_MS 3000

METRIC(ftp_connections, "control connections accepted");
METRIC(ftp_turned_away, "control connections over a limit");

/* ---- connections */

/* NULL, or the reply for a client that is one too many. */
static const char *refusal(const struct ftp_monitor *m, const struct guard *g)
{
	const struct ftp_conf *c = m->now->conf;

	if (m->live >= c->max_clients || m->stopping)
		return "421 There are too many connected users, please try "
		    "later.\r\n";
	if (c->max_per_ip > 0 && g->live > c->max_per_ip)
		return "421 There are too many connections from your "
		    "internet address.\r\n";
	return NULL;
}

static void turn_away(int fd, const char *reply, bool tls)
{
	metric_add(&ftp_turned_away, 1);
	if (!tls)
		(void)port_send(fd, reply, strlen(reply));
	(void)port_shutdown_send(fd);
	port_close(fd);
}

static struct mon_sess *free_place(struct ftp_monitor *m)
{
	for (size_t i = 0; i < LEN(m->sess); i++)
		if (m->sess[i].state == MON_FREE)
			return &m->sess[i];
	return NULL;
}

static int on_accept(struct listener *ls, int fd, const struct addr *peer)
{
	struct ftp_monitor *m = ls->ctx;
	struct mon_sess *s = free_place(m);
	struct guard *g = guard_enter(&m->guards, peer);
	const char *no = refusal(m, g);
	bool tls = ls == &m->implicit || m->now->conf->implicit_ssl;
	struct addr local;

	metric_add(&ftp_connections, 1);
	if (no == NULL && s == NULL)
		no = "421 Service not available.\r\n";
	if (no != NULL)
		turn_away(fd, no, tls);
	else if (port_local_addr(fd, &local) < 0)
		port_close(fd);
	else
		mon_sess_begin(m, s, fd, peer, &local, tls);
	guard_leave(&m->guards, g);
	return 0;
}

/* ---- configurations */

static int gen_prepare(struct ftp_monitor *m, struct ftp_gen *g, char *why,
    size_t room)
{
	int rc = ftp_prepare(&g->ftp, m->loop, g->conf, true, why, room);

	g->ftp.pasv_ip = m->now->ftp.pasv_ip;
	g->monitor = m;
	g->whole = rc == 0;
	return rc;
}

static void gen_drop(struct ftp_gen *g)
{
	if (g->whole)
		ftp_stop(&g->ftp);
	g->whole = false;
}

struct ftp_conf *ftp_monitor_place(struct ftp_monitor *m)
{
	m->reload = false;
	for (size_t i = 0; i < LEN(m->gen); i++)
		if (&m->gen[i] != m->now && m->gen[i].used == 0) {
			gen_drop(&m->gen[i]);
			return m->gen[i].conf;
		}
	m->reload = true;
	return NULL;
}

int ftp_monitor_renew(struct ftp_monitor *m, struct ftp_conf *conf, char *why,
    size_t room)
{
	int rc = -E_NOENT;

	for (size_t i = 0; i < LEN(m->gen); i++) {
		if (m->gen[i].conf != conf)
			continue;
		rc = gen_prepare(m, &m->gen[i], why, room);
		if (rc < 0)
			return rc;
		if (!addr_eq(&conf->listen_at, &m->now->conf->listen_at))
			log_warn("listen_address, listen_port: in force "
			    "after a new start");
		m->now = &m->gen[i];
		mon_name_start(m);
	}
	return rc;
}

/* ---- sessions end */

void mon_freed(struct ftp_monitor *m)
{
	if (m->stopping && m->live == 0)
		loop_stop(m->loop, 0);
}

void ftp_monitor_reap(struct ftp_monitor *m)
{
	int pid;

	while ((pid = port_worker_reap()) != 0) {
		ftp_rates_lost(pid);
		if (!mon_name_lost(m, pid))
			mon_sess_lost(m, pid);
	}
}

static void on_late(struct timer *t)
{
	struct ftp_monitor *m = OWNER(t, struct ftp_monitor, late);

	for (size_t i = 0; i < LEN(m->sess); i++)
		if (m->sess[i].state != MON_FREE)
			mon_sess_end(m, &m->sess[i]);
	loop_stop(m->loop, 0);
}

void ftp_monitor_stop(struct ftp_monitor *m)
{
	if (m->stopping)
		return;
	m->stopping = true;
	mon_name_stop(m);
	listen_close(&m->listener);
	listen_close(&m->implicit);
	timer_set(m->loop, &m->late, m->loop->now_ms + STOP_MS, on_late);
	for (size_t i = 0; i < LEN(m->sess); i++)
		mon_sess_ask_end(m, &m->sess[i]);
	mon_freed(m);
}

/* ---- the beginning and the end */

/* Where it is, root's own, and not to be written to; or one of ours. */
static int open_jail(const struct ftp_conf *c)
{
	struct file_info info;
	int fd = port_root_open(c->secure_chroot_dir);

	if (fd >= 0 && port_file_info(fd, &info) == 0 && info.uid == 0 &&
	    !(info.mode & 0022u))
		return fd;
	if (fd >= 0) {
		log_warn("secure_chroot_dir: %s: others may write there; an "
		    "empty directory takes its place", c->secure_chroot_dir);
		port_file_close(fd);
	}
	return port_empty_dir();
}

static int listen_at(struct ftp_monitor *m, struct listener *ls,
    const struct addr *where, char *why, size_t room)
{
	static const struct net_how how = { 0 };
	char at[ADDR_TEXT];
	int rc = listen_open(ls, m->loop, where, &how, NULL, on_accept, m);

	addr_text(at, sizeof(at), where);
	if (rc < 0)
		text_fmt(why, room, "cannot listen at %s: %s", at,
		    err_text(rc));
	return rc;
}

static int start(struct ftp_monitor *m, char *why, size_t room)
{
	const struct ftp_conf *c = m->now->conf;
	struct addr implicit = c->listen_at;
	int rc = port_user_find(c->nopriv_user, &m->nobody);

	if (rc < 0 || m->nobody.uid == 0) {
		text_fmt(why, room, "nopriv_user: %s: %s", c->nopriv_user,
		    rc < 0 ? err_text(rc) : "it is root");
		return -E_NOENT;
	}
	m->jail = open_jail(c);
	if (m->jail < 0 || ftp_slots_make(LIMIT_FTP_SESSIONS) < 0 ||
	    ftp_rates_make() < 0) {
		text_fmt(why, room, "secure_chroot_dir: %s",
		    m->jail < 0 ? err_text(m->jail) : "no memory");
		return -E_NOMEM;
	}
	rc = listen_at(m, &m->listener, &c->listen_at, why, room);
	implicit.port = (uint16_t)c->implicit_listen_port;
	if (rc == 0 && implicit.port != 0)
		rc = listen_at(m, &m->implicit, &implicit, why, room);
	if (rc == 0)
		mon_name_start(m);
	return rc;
}

int ftp_monitor_open(struct ftp_monitor *m, struct loop *l,
    struct ftp_conf conf[FTP_GENS], char *why, size_t room)
{
	uint32_t key;
	int rc;

	/* Read now: a session may not find it where it is locked in. */
	(void)port_tz_offset(port_wall_ms() / 1000);
	m->loop = l;
	m->jail = -1;
	m->pid = port_pid();
	list_init(&m->queue);
	port_rand(&key, sizeof(key));
	guard_open(&m->guards, key);
	for (size_t i = 0; i < LEN(m->gen); i++)
		m->gen[i].conf = &conf[i];
	m->now = &m->gen[0];
	rc = gen_prepare(m, m->now, why, room);
	return rc < 0 ? rc : start(m, why, room);
}

void ftp_monitor_close(struct ftp_monitor *m)
{
	timer_stop(m->loop, &m->late);
	mon_name_stop(m);
	listen_close(&m->listener);
	listen_close(&m->implicit);
	for (size_t i = 0; i < LEN(m->gen); i++)
		gen_drop(&m->gen[i]);
	if (m->jail >= 0)
		port_file_close(m->jail);
	ftp_slots_free();
	ftp_rates_free();
}
