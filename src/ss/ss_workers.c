/* ss_workers.c - several processes for the same ports, each with a listener of
 * its own among which the kernel shares out connections (SO_REUSEPORT). The
 * first is a worker like the others, and the one that is known: it passes
 * signals on, and when it is gone all are. */
#include "ss_workers.h"

#include "core/log.h"
#include "core/metrics.h"
#include "port/time.h"

int ss_workers_fork(struct ss_workers *w, int64_t n)
{
	int64_t i;
	int pid;

	ASSERT(n <= LIMIT_WORKERS);
	for (i = 1; i < n; i++) {
		pid = port_worker_fork(&w->parent_fd);
		if (pid < 0) {
			ss_workers_tell(w, SIG_STOP);
			return pid;
		}
		if (pid == 0) {
			w->is_worker = true;
			w->number = (unsigned)i;
			metrics_join(w->number);
			w->live = 0;
			return 0;
		}
		w->pid[w->live++] = pid;
	}
	return 0;
}

static void on_parent_gone(struct watch *w, unsigned got)
{
	(void)got;
	loop_stop(w->loop, 0);
}

int ss_workers_watch(struct ss_workers *w, struct loop *l)
{
	if (!w->is_worker)
		return 0;
	return watch_open(l, &w->parent, w->parent_fd, POLL_IN,
	    on_parent_gone);
}

void ss_workers_close(struct ss_workers *w)
{
	if (watch_is_open(&w->parent))
		watch_close(&w->parent);
}

void ss_workers_tell(const struct ss_workers *w, enum port_signal what)
{
	size_t i;

	for (i = 0; !w->is_worker && i < LEN(w->pid); i++)
		if (w->pid[i] != 0)
			(void)port_signal_send(w->pid[i], what);
}

void ss_workers_ended(struct ss_workers *w, int pid)
{
	size_t i;

	for (i = 0; i < LEN(w->pid); i++)
		if (w->pid[i] == pid) {
			w->pid[i] = 0;
			w->live--;
			metrics_left((unsigned)i + 1);
			log_debug("worker %d ended", pid);
		}
}

void ss_workers_wait(struct ss_workers *w, int64_t ms)
{
	int64_t until = port_now_ms() + ms;
	int pid;

	while (!w->is_worker && w->live > 0 && port_now_ms() < until) {
		pid = port_worker_reap();
		if (pid != 0)
			ss_workers_ended(w, pid);
		else
			port_sleep_ms(1);
	}
}
