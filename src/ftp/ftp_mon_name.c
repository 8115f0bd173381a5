/* ftp_mon_name.c - the monitor's process that looks up pasv_address: nobody's,
 * with the two files that a resolver reads. What it answers is four octets; the
 * monitor sees nothing else of the net's names. */
#include "ftp_mon_name.h"

#include "core/log.h"
#include "ftp_cert.h"
#include "ftp_child.h"
#include "ftp_mon_sess.h"
#include "ftp_public.h"
#include "ftp_rate.h"
#include "ftp_slot.h"
#include "port/child.h"
#include "port/sandbox.h"

#define AGAIN_MS 10000

/* ---- in the process */

static struct {
	struct loop *loop;
	struct watch pair;
	struct ftp_public name;
} self;

static void on_found(struct ftp_public *p, const struct addr *ip)
{
	(void)p;
	if (port_pair_send(self.pair.fd, ip->ip, 4, -1) < 0)
		loop_stop(self.loop, 0);
}

/* The monitor says nothing: it is gone. */
static void on_end(struct watch *w, unsigned got)
{
	(void)w;
	(void)got;
	loop_stop(self.loop, 0);
}

/* All that was read for the sessions, keys included. */
static void forget(struct ftp_monitor *m)
{
	ftp_cert_forget(NULL);
	for (size_t i = 0; i < LEN(m->gen); i++)
		if (m->gen[i].whole) {
			ftp_forget(&m->gen[i].ftp, true);
			ftp_forget(&m->gen[i].ftp, false);
		}
	port_file_close(m->jail);
	ftp_slots_free();
	ftp_rates_free();
}

static int enter(const struct ftp_monitor *m)
{
	static const struct sandbox_file files[] = {
		{ "/etc/resolv.conf", false }, { "/etc/hosts", false } };
	int rc = port_user_become(&m->nobody);

	port_child_last();
	if (rc == 0)
		rc = port_child_follow(m->pid, false);
	if (rc < 0 || !m->now->conf->seccomp_sandbox)
		return rc;
	(void)port_sandbox_files(files, LEN(files));
	(void)port_sandbox_enter(SANDBOX_SS, false);
	return 0;
}

static _Noreturn void run(struct ftp_monitor *m, int pair)
{
	forget(m);
	self.loop = ftp_child_loop();
	if (enter(m) < 0 || loop_open(self.loop, NULL) < 0 ||
	    watch_open(self.loop, &self.pair, pair, POLL_IN, on_end) < 0)
		port_exit(1);
	ftp_public_open(&self.name, self.loop, m->now->conf->pasv_name,
	    on_found);
	loop_run(self.loop);
	port_exit(0);
}

/* ---- in the monitor */

static void on_pair(struct watch *w, unsigned got)
{
	struct ftp_monitor *m = OWNER(w, struct ftp_monitor, name.watch);
	struct addr ip = { .family = 4 };
	int fd, rc = port_pair_recv(w->fd, ip.ip, 4, &fd);

	(void)got;
	if (rc == -E_AGAIN)
		return;
	if (fd >= 0)
		port_close(fd);
	if (rc < 0 || fd >= 0) {
		watch_shut(&m->name.watch);	/* SIGCHLD tells the rest */
		port_child_kill(m->name.pid);
		return;
	}
	for (size_t i = 0; i < LEN(m->gen); i++)
		m->gen[i].ftp.pasv_ip = ip;
}

static int name_fork(struct ftp_monitor *m)
{
	int pair[2], rc = port_pair_open(pair);

	if (rc < 0)
		return rc;
	m->name.pid = port_child_fork();
	if (m->name.pid == 0) {
		port_close(pair[0]);
		mon_leave(m, NULL);
		run(m, pair[1]);
	}
	port_close(pair[1]);
	rc = MIN(m->name.pid, 0);
	if (rc == 0)
		rc = watch_open(m->loop, &m->name.watch, pair[0], POLL_IN,
		    on_pair);
	if (rc < 0)
		port_close(pair[0]);
	m->name.pid = MAX(m->name.pid, 0);
	return rc;
}

static void on_again(struct timer *t)
{
	mon_name_start(OWNER(t, struct ftp_monitor, name.again));
}

void mon_name_start(struct ftp_monitor *m)
{
	mon_name_stop(m);
	if (m->now->conf->pasv_name[0] == '\0' || m->stopping)
		return;
	if (name_fork(m) < 0)
		timer_set(m->loop, &m->name.again, m->loop->now_ms + AGAIN_MS,
		    on_again);
}

void mon_name_stop(struct ftp_monitor *m)
{
	timer_stop(m->loop, &m->name.again);
	watch_shut(&m->name.watch);
	port_child_kill(m->name.pid);
	m->name.pid = 0;
}

bool mon_name_lost(struct ftp_monitor *m, int pid)
{
	if (pid != m->name.pid)
		return false;
	watch_shut(&m->name.watch);
	m->name.pid = 0;
	log_warn("pasv_address: who looks it up has died; another will in %d "
	    "seconds", AGAIN_MS / 1000);
	timer_set(m->loop, &m->name.again, m->loop->now_ms + AGAIN_MS,
	    on_again);
	return true;
}
