/* spawn.c - simulated programs: they run and say nothing, or cannot be run; the
 * test ends them. */
#include "port/spawn.h"

#include "port/sim/inside.h"

#define SPAWNED 16
#define FIRST_PID 5000

static struct {
	int next, ended[SPAWNED], refused;
	size_t ended_n;
	uint32_t started, live;
	bool is_live[SPAWNED * 64], is_deaf;
} P;

void spawn_reset(void)
{
	memset(&P, 0, sizeof(P));
}

void sim_spawn_refuse(int err)
{
	P.refused = err;
}

void sim_spawn_deaf(bool deaf)
{
	P.is_deaf = deaf;
}

uint32_t sim_spawned(void)
{
	return P.started;
}

uint32_t sim_spawn_live(void)
{
	return P.live;
}

static void end(int pid)
{
	int i = pid - FIRST_PID;

	if (i < 0 || i >= P.next || !P.is_live[i])
		return;
	P.is_live[i] = false;
	P.live--;
	ASSERT(P.ended_n < SPAWNED);
	P.ended[P.ended_n++] = pid;
	sim_signal(SIG_CHILD);
}

void sim_spawn_die(void)
{
	end(FIRST_PID + P.next - 1);
}

int port_spawn(const struct port_spawn *what, int *out)
{
	int err = fault(SIM_PROC, -1);

	ASSERT(what->argv[0] != NULL);
	*out = -1;
	if (P.refused != 0 || err < 0)
		return P.refused != 0 ? P.refused : -E_NOMEM;
	ASSERT((size_t)P.next < LEN(P.is_live));
	P.is_live[P.next] = true;
	P.started++;
	P.live++;
	return FIRST_PID + P.next++;
}

void port_spawn_end(int pid, bool for_sure)
{
	if (for_sure || !P.is_deaf)
		end(pid);
}

int spawn_reap(void)
{
	return P.ended_n > 0 ? P.ended[--P.ended_n] : 0;
}

ptrdiff_t port_spawn_read(int out, void *mem, size_t len)
{
	(void)out;
	(void)mem;
	(void)len;
	return -E_AGAIN;
}

void port_spawn_close(int out)
{
	(void)out;
}
