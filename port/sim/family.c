/* family.c - children of the simulated process, each of which the test plays:
 * it has the end of a pair, asks, is told, and ends it. Unless it wants them
 * nothing forks. */
#include <stdlib.h>

#include "port/child.h"
#include "port/file.h"
#include "port/sim/inside.h"

#define CHILDREN 512
#define FIRST_PID 20000
#define LETTERS 8
#define LETTER_MAX 512

struct letter {
	size_t len;
	bool passes;
	uint8_t mem[LETTER_MAX];
};

/* What one end sends lies at the other. */
struct pair {
	int open[2];		/* descriptors of each end */
	size_t n[2];
	struct letter box[2][LETTERS];
};
struct pair_end {
	struct pair *pair;
	int side;
};

enum life { LIFE_NEW, LIFE_KNOWN, LIFE_OVER, LIFE_REAPED };

static struct {
	bool on;
	struct pair_end *last;	/* the second end of the last pair */
	int n, ended_n;
	int ended[CHILDREN];	/* in their order */
	struct {
		enum life life;
		int pair;
		bool asked;
	} child[CHILDREN];
} F;

void family_reset(void)
{
	memset(&F, 0, sizeof(F));
}

void sim_children(void)
{
	F.on = true;
}

/* ---- pairs */

static struct pair_end *end_of(int fd)
{
	return fd_get(fd, FD_PAIR)->u.any;
}

static int end_fd(struct pair *p, int side, bool outside)
{
	struct pair_end *e = malloc(sizeof(*e));
	int fd = fd_new(FD_PAIR, e, outside);

	*e = (struct pair_end){ p, side };
	if (fd >= 0)
		p->open[side]++;
	else
		free(e);
	return fd;
}

int port_pair_open(int end[2])
{
	int err = F.on ? fault(SIM_PROC, -1) : -E_NOSUP;
	struct pair *p;

	if (err < 0)
		return err == -E_NOSUP ? err : -E_NOFILE;
	p = calloc(1, sizeof(*p));
	end[0] = end_fd(p, 0, false);
	end[1] = end[0] >= 0 ? end_fd(p, 1, false) : -E_NOFILE;
	if (end[1] < 0 && end[0] >= 0)
		pair_close(end[0]);
	else if (end[1] < 0)
		free(p);
	if (end[1] < 0)
		return -E_NOFILE;
	F.last = end_of(end[1]);
	return 0;
}

void pair_close(int fd)
{
	struct pair_end *e = end_of(fd);
	struct pair *p = e->pair;

	p->open[e->side]--;
	if (F.last == e)
		F.last = NULL;
	free(e);
	fd_free(fd);
	if (p->open[0] + p->open[1] == 0)
		free(p);
}

unsigned pair_ready(const struct fd *f)
{
	const struct pair_end *e = f->u.any;

	if (e->pair->open[!e->side] == 0)
		return POLL_IN | POLL_ERR;
	return e->pair->n[e->side] > 0 ? POLL_IN : 0;
}

int port_pair_send(int end, const void *mem, size_t len, int pass)
{
	struct pair_end *e = end_of(end);
	struct pair *p = e->pair;
	struct letter *l;
	int err = fault(SIM_SEND, end);

	ASSERT(len <= LETTER_MAX);
	if (err < 0 || p->open[!e->side] == 0)
		return -E_CLOSED;
	if (p->n[!e->side] == LETTERS)
		return -E_AGAIN;
	l = &p->box[!e->side][p->n[!e->side]++];
	*l = (struct letter){ .len = len, .passes = pass >= 0 };
	memcpy(l->mem, mem, len);
	return 0;
}

/* A descriptor that comes along is of a file called /passed. */
int port_pair_recv(int end, void *mem, size_t len, int *got)
{
	struct pair_end *e = end_of(end);
	struct pair *p = e->pair;
	struct letter *box = p->box[e->side], first = box[0];

	*got = -1;
	if (p->n[e->side] == 0)
		return p->open[!e->side] == 0 ? -E_CLOSED : -E_AGAIN;
	memmove(box, box + 1, --p->n[e->side] * sizeof(*box));
	if (first.len != len)
		return -E_PROTO;
	memcpy(mem, first.mem, len);
	if (first.passes && !fd_get(end, FD_PAIR)->outside)
		*got = port_file_open(PORT_FS, "/passed", FILE_READ, 0);
	*got = MAX(*got, -1);
	return 0;
}

bool port_pair_wait(int end, int64_t ms)
{
	(void)ms;
	return pair_ready(fd_get(end, FD_PAIR)) != 0;
}

/* ---- children */

/* It has what was opened last, as the only one from then on. */
int port_child_fork(void)
{
	int err = F.on ? fault(SIM_PROC, -1) : -E_NOSUP;

	if (err < 0)
		return err == -E_NOSUP ? err : -E_NOMEM;
	ASSERT(F.n < CHILDREN && F.last != NULL);
	F.child[F.n].pair = end_fd(F.last->pair, F.last->side, true);
	trace("fork", FIRST_PID + F.n, 0);
	return FIRST_PID + F.n++;
}

bool sim_child_next(int *pid, int *pair)
{
	for (int i = 0; i < F.n; i++)
		if (F.child[i].life == LIFE_NEW) {
			F.child[i].life = LIFE_KNOWN;
			*pid = FIRST_PID + i;
			*pair = F.child[i].pair;
			return true;
		}
	return false;
}

bool sim_child_lives(int pid)
{
	ASSERT(pid >= FIRST_PID && pid < FIRST_PID + F.n);
	return F.child[pid - FIRST_PID].life <= LIFE_KNOWN;
}

bool sim_child_is_asked(int pid)
{
	return F.child[pid - FIRST_PID].asked;
}

void sim_child_exit(int pid)
{
	int i = pid - FIRST_PID;

	if (!sim_child_lives(pid))
		return;
	trace("exit", pid, 0);
	F.child[i].life = LIFE_OVER;
	F.ended[F.ended_n++] = i;
	pair_close(F.child[i].pair);
}

int family_reap(void)
{
	for (int i = 0; i < F.ended_n; i++)
		if (F.child[F.ended[i]].life == LIFE_OVER) {
			F.child[F.ended[i]].life = LIFE_REAPED;
			return FIRST_PID + F.ended[i];
		}
	return 0;
}

bool family_ask_end(int pid)
{
	if (pid < FIRST_PID || pid >= FIRST_PID + F.n || !sim_child_lives(pid))
		return false;
	F.child[pid - FIRST_PID].asked = true;
	return true;
}

void port_child_kill(int pid)
{
	if (pid >= FIRST_PID && pid < FIRST_PID + F.n)
		sim_child_exit(pid);
}

/* ---- memory: nobody else looks at it */

void *port_shared_map(size_t len)
{
	return F.on ? calloc(1, len) : NULL;
}

void port_shared_unmap(void *mem, size_t len)
{
	(void)len;
	free(mem);
}

void port_shared_wipe(void *mem, size_t len)
{
	trace("wipe", (int64_t)len, 0);
	(void)mem;
}
