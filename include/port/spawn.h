/* spawn.h - other programs, as children that never outlive us. */
#ifndef PORT_SPAWN_H
#define PORT_SPAWN_H

#include "base/base.h"

#define SPAWN_ARGS 32
#define SPAWN_ENVS 8

struct port_spawn {
	const char *argv[SPAWN_ARGS + 1];	/* then NULL */
	const char *env[SPAWN_ENVS + 1];	/* "NAME=value" over ours */
	bool here_first;	/* the working directory before PATH */
};

/*
 * port_spawn - starts it by its name, no shell between: in a process group of
 * its own, with all signals as they are by default and no descriptor of ours
 * but a standard input that ends when we do, and *out to be read: what it says
 * on standard output and error, never blocking. Where the system can, it is
 * killed when we die, however that happens. Waits until it runs or cannot.
 * Its pid (port_worker_reap tells its end), or -E_NOENT, -E_PERM, -E_NOMEM...
 */
int port_spawn(const struct port_spawn *what, int *out);
/* All of its group: to end, or for sure. Harmless when they are gone. */
void port_spawn_end(int pid, bool for_sure);
/* Octets, 0 = it closed both, -E_AGAIN... */
ptrdiff_t port_spawn_read(int out, void *mem, size_t len);
void port_spawn_close(int out);

#endif
