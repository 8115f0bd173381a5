/* proc.c - the simulated process: signals, users, environment, and what it
 * says on standard output, standard error and to syslog. */
#include "port/proc.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "port/out.h"
#include "port/sim/inside.h"

#define TEXT_ROOM 65536
#define SIGNALS 16
#define ENVS 8
#define PID 4242

static struct {
	int signal_fd;		/* 0 = not opened */
	enum port_signal signals[SIGNALS];
	size_t signals_n;
	struct {
		size_t len;
		char mem[TEXT_ROOM];	/* the latest; always terminated */
	} text[3];			/* syslog, stdout, stderr */
	bool out_blocked;
	uint32_t uid;
	struct {
		char name[32], value[128];
	} env[ENVS];
	size_t envs;
} R;

void proc_reset(void)
{
	R.signal_fd = 0;
	R.signals_n = R.envs = 0;
	R.out_blocked = false;
	R.uid = 1000;
	spawn_reset();
	sim_out_clear();
}

/* ---- process ---- */

_Noreturn void port_exit(int code)
{
	fprintf(stderr, "port_exit(%d), seed %llu\n", code,
	    (unsigned long long)W.seed);
	_Exit(code);
}

int port_pid(void)
{
	return PID;
}

int port_self(char *out, size_t room)
{
	text_copy(out, room, "/bin/wherry");
	return 0;
}

int port_power(bool restart)
{
	(void)restart;
	return -E_PERM;
}

const char *port_env(const char *name)
{
	for (size_t i = 0; i < R.envs; i++)
		if (strcmp(R.env[i].name, name) == 0)
			return R.env[i].value;
	return NULL;
}

void sim_env(const char *name, const char *value)
{
	ASSERT(R.envs < ENVS);
	text_copy(R.env[R.envs].name, sizeof(R.env[0].name), name);
	text_copy(R.env[R.envs++].value, sizeof(R.env[0].value), value);
}

int64_t port_fd_limit(int64_t want)
{
	(void)want;
	return W.conf.fd_limit;
}

/* The test plays the child. */
int port_daemon_fork(int log_fd, int64_t wait_ms)
{
	(void)log_fd;
	(void)wait_ms;
	return 0;
}

void port_daemon_ready(void)
{
}

/* One process is all there is. */
int port_worker_fork(int *parent)
{
	(void)parent;
	return -E_NOMEM;
}

int port_worker_reap(void)
{
	int pid = spawn_reap();

	return pid != 0 ? pid : family_reap();
}

void port_sleep_ms(int64_t ms)
{
	sim_advance_ms(ms);
}

int port_read_password(const char *prompt, char *out, size_t room)
{
	(void)prompt;
	(void)out;
	(void)room;
	return -E_CLOSED;
}

void port_no_core(void)
{
}

/* ---- signals ---- */

int port_signal_open(void)
{
	int err;

	if (R.signal_fd != 0)
		return R.signal_fd;
	err = fd_room(false) ? fault(SIM_PROC, -1) : -E_NOFILE;
	if (err < 0)
		return -E_NOFILE;
	R.signal_fd = fd_new(FD_SIGNAL, NULL, false);
	return R.signal_fd;
}

void sim_signal(enum port_signal what)
{
	ASSERT(R.signals_n < SIGNALS);
	R.signals[R.signals_n++] = what;
}

enum port_signal port_signal_next(void)
{
	enum port_signal s = R.signals[0];

	if (R.signals_n == 0)
		return SIG_NONE;
	memmove(R.signals, R.signals + 1, --R.signals_n * sizeof(s));
	return s;
}

unsigned signal_ready(void)
{
	return R.signals_n > 0 ? POLL_IN : 0;
}

int port_signal_send(int pid, enum port_signal what)
{
	if (what == SIG_STOP && family_ask_end(pid))
		return 0;
	if (pid != PID)
		return pid == 1 ? -E_PERM : -E_NOENT;
	if (what != SIG_NONE)
		sim_signal(what);
	return 0;
}

/* ---- users ---- */

static const struct {
	const char *name;
	uint32_t id;
} users[] = { { "root", 0 }, { "owner", 1000 }, { "nobody", 65534 } };

int port_user_find(const char *name, struct port_user *out)
{
	int err = fault(SIM_PROC, -1);

	if (err < 0)
		return err;
	for (size_t i = 0; i < LEN(users); i++) {
		if (strcmp(users[i].name, name) != 0)
			continue;
		out->uid = out->gid = users[i].id;
		text_fmt(out->home, sizeof(out->home), "/home/%s", name);
		text_copy(out->shell, sizeof(out->shell), "/bin/sh");
		return 0;
	}
	return -E_NOENT;
}

bool port_user_name(uint32_t uid, char *out, size_t room)
{
	for (size_t i = 0; i < LEN(users); i++)
		if (users[i].id == uid)
			return text_copy(out, room, users[i].name);
	return false;
}

bool port_group_name(uint32_t gid, char *out, size_t room)
{
	return port_user_name(gid, out, room);
}

int port_group_find(const char *name, uint32_t *gid)
{
	struct port_user u;
	int err = port_user_find(name, &u);

	if (err == 0)
		*gid = u.gid;
	return err;
}

uint32_t port_uid(void)
{
	return R.uid;
}

int port_user_become(const struct port_user *u)
{
	if (R.uid != 0 && R.uid != u->uid)
		return -E_PERM;
	R.uid = u->uid;
	return 0;
}

/* ---- output ---- */

void port_out_open(void)
{
}

static void keep(int at, const char *mem, size_t len)
{
	char *to = R.text[at].mem;

	len = MIN(len, TEXT_ROOM / 2);
	if (R.text[at].len + len >= TEXT_ROOM) {	/* old ones go */
		R.text[at].len -= TEXT_ROOM / 2;
		memmove(to, to + TEXT_ROOM / 2, R.text[at].len);
	}
	memcpy(to + R.text[at].len, mem, len);
	R.text[at].len += len;
	to[R.text[at].len] = '\0';
}

ptrdiff_t port_out(int fd, const void *mem, size_t len)
{
	int err = fault(SIM_OUT, -1);

	ASSERT(fd == 1 || fd == 2);
	if (err < 0)
		return err;
	if (R.out_blocked)
		return -E_AGAIN;
	if (len > 1 && chance(W.conf.chop))
		len = 1 + luck((uint32_t)len);
	keep(fd, mem, len);
	if (W.trace_print)
		fprintf(stderr, "| %.*s", (int)len, (const char *)mem);
	return (ptrdiff_t)len;
}

void port_out_all(int fd, const void *mem, size_t len)
{
	ASSERT(fd == 1 || fd == 2);
	keep(fd, mem, len);
}

bool port_out_is_terminal(int fd)
{
	(void)fd;
	return false;
}

int port_syslog_open(void)
{
	return fault(SIM_OUT, -1) < 0 ? -E_NOENT : 0;
}

int port_syslog(int prio, const char *tag, const char *text, size_t len)
{
	char head[64];

	if (fault(SIM_OUT, -1) < 0 || R.out_blocked)
		return -E_AGAIN;
	keep(0, head, text_fmt(head, sizeof(head), "<%d>%s: ", prio, tag));
	keep(0, text, len);
	keep(0, "\n", 1);
	return 0;
}

const char *sim_out_text(int fd)
{
	ASSERT(fd >= 0 && fd <= 2);
	return R.text[fd].mem;
}

void sim_out_clear(void)
{
	for (size_t i = 0; i < LEN(R.text); i++) {
		R.text[i].len = 0;
		R.text[i].mem[0] = '\0';
	}
}

void sim_out_block(bool yes)
{
	R.out_blocked = yes;
}
