/* inside.h - what the files of port/sim share; tests use sim.h only. */
#ifndef SIM_INSIDE_H
#define SIM_INSIDE_H

#include "port/poll.h"
#include "port/sim/sim.h"

#define SIM_FDS 4096
#define NEVER INT64_MAX

enum fd_kind { FD_NONE, FD_LISTEN, FD_TCP, FD_UDP, FD_SIGNAL, FD_FILE, FD_DIR,
	FD_ROOT, FD_PIPE, FD_PAIR };

struct fd {
	enum fd_kind kind;
	bool outside;
	unsigned want;		/* poll: watched for */
	uint64_t tag;
	int watched_at;		/* poll: place in its list */
	union {
		struct listener_end *listen;
		struct end *tcp;
		struct udp *udp;
		struct open_file *file;
		struct node *node;
		void *any;
	} u;
};

struct world {
	uint64_t seed, luck, rand, pick;	/* generators' states */
	struct sim_conf conf;
	int64_t now_us, wall_ms;		/* wall: of now_us 0 */
	bool outside;
	uint32_t nth_kinds;
	uint64_t nth, calls, faults, waits, trace;
	bool trace_print;
	int open_in, open_out, fd_low, fd_top;
	struct fd fd[SIM_FDS];
};
extern struct world W;

/* Generators: out of the world's luck. */
uint64_t next_random(uint64_t *state);
uint32_t luck(uint32_t below);
bool chance(uint16_t of_65536);
uint32_t between(uint32_t low, uint32_t high);

/* Time passes; the network does what became due. */
void spend(int64_t us);

/*
 * One call of a kind on a descriptor (-1: none) begins: spends time, counts,
 * and returns 0 or the error it is to fail with.
 */
int fault(enum sim_kind kind, int fd);
void trace(const char *what, int64_t a, int64_t b);

/* A new descriptor, the lowest free one, or -E_NOFILE. */
int fd_new(enum fd_kind kind, void *what, bool outside);
struct fd *fd_get(int fd, enum fd_kind kind);
bool fd_room(bool outside);
void fd_free(int fd);

/* POLL_* that hold now; and when (> now) that may change by itself. */
unsigned tcp_ready(struct fd *f);
int64_t tcp_next(struct fd *f);
unsigned udp_ready(struct fd *f);
int64_t udp_next(struct fd *f);
unsigned signal_ready(void);
/* Connections under way: does what is due; when the next is due. */
void tcp_step(void);
int64_t tcp_step_next(void);

/* What a packet to an address meets: 0, -E_UNREACH, -E_TIMEOUT (nobody). */
int net_route(const struct addr *to);
/* May be bound: 0, -E_NOADDR, -E_PERM. Port 0 becomes a free one. */
int net_bind(struct addr *at);
/* The sender's address as the receiver sees it. */
struct addr net_source(const struct addr *bound, const struct addr *to);
/* Does what is bound at `at` receive what is sent to `to`? */
bool net_matches(const struct addr *at, const struct addr *to, bool v6_only);
bool net_is_any(const struct addr *a);
int64_t net_delay(void);
void udp_close(int fd);
void tcp_close(int fd);
bool udp_has(const struct addr *at);
bool tcp_has(const struct addr *at);

void net_reset(void);
void tcp_reset(void);
void udp_reset(void);
void file_reset(void);
void proc_reset(void);
void spawn_reset(void);
void family_reset(void);
unsigned pair_ready(const struct fd *f);
void pair_close(int fd);
/* pid of a child that has ended, 0 = none. */
int family_reap(void);
/* SIG_STOP for it: true if it is there. */
bool family_ask_end(int pid);
/* pid of a simulated program that has ended, 0 = none. */
int spawn_reap(void);
void poll_reset(void);

#endif
