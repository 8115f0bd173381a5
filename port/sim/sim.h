/* sim.h - a test's handle on the simulated system: one machine in memory whose
 * clock, network, disk and luck come from a seed. Replaces the whole port. */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "base/addr.h"
#include "base/base.h"
#include "port/proc.h"

/*
 * The machine under test is "inside". A test also plays its peers (clients,
 * targets, name servers): what it opens between sim_outside(true) and
 * sim_outside(false) belongs to other machines. Calls on those descriptors
 * never fail by luck, are not counted and take none of the inside's table.
 *
 * A house: what is sent from 192.168.0.0/16 or fd00::/16 outside comes to who
 * takes datagrams for others (NET_ANY_TARGET).
 * Addresses: 192.0.2.0/24 is unreachable, 198.51.100.0/24 swallows every
 * packet, 203.0.113.0/24 is on no interface (-E_NOADDR); any other address is
 * a machine that refuses where nobody listens. The inside is loopback,
 * 192.168.1.1 and fd00::1; others bind addresses of their own, never "any".
 *
 * A call on a closed descriptor, closing one that is still watched, and
 * waiting for something that cannot happen are bugs of the caller: they panic
 * with the seed.
 */

/* Calls that can be made to fail, as bits of a mask by SIM_BIT. */
enum sim_kind {
	SIM_LISTEN, SIM_ACCEPT, SIM_CONNECT, SIM_CONNECTED, SIM_RECV, SIM_SEND,
	SIM_SHUTDOWN, SIM_ADDR, SIM_NET_SET, SIM_UDP_OPEN, SIM_UDP_SEND,
	SIM_UDP_RECV, SIM_POLL_SET, SIM_POLL_WAIT, SIM_FILE_OPEN, SIM_FILE_READ,
	SIM_FILE_WRITE, SIM_FILE_META, SIM_PATH, SIM_DIR, SIM_OUT, SIM_PROC,
	SIM_KINDS
};
#define SIM_BIT(kind) (1u << (kind))
#define SIM_ALL (SIM_BIT(SIM_KINDS) - 1)

/* Chances are out of 65536 for each call or packet; 0 = never. */
struct sim_conf {
	uint32_t delay_us_min, delay_us_max;	/* of a packet, one way */
	uint32_t sock_min, sock_max;	/* octets unread or on the way */
	uint32_t fd_limit;		/* inside; 0 = 1000 */
	uint64_t disk;			/* octets free at the start */
	uint32_t disk_us;		/* time of one file call */
	uint16_t chop;			/* short reads, writes, accepts */
	uint16_t again;			/* -E_AGAIN though it was ready */
	uint16_t syn_loss;
	uint16_t udp_loss, udp_twice, udp_late, udp_no_trains;
	bool fast_open;			/* NET_FAST_OPEN works */
	uint16_t fault[SIM_KINDS];	/* a fitting error */
};

/* A fast and kind world; and one drawn from the seed, unkind in moderation:
 * delays, small buffers, chops, but no fault and no loss. */
extern const struct sim_conf sim_kind_world;
struct sim_conf sim_any_world(uint64_t seed);

/* A new machine: nothing open, an empty file tree. NULL = sim_kind_world. */
void sim_reset(uint64_t seed, const struct sim_conf *conf);
/* From now on. NULL = sim_kind_world: no more bad luck. */
void sim_change(const struct sim_conf *conf);
uint64_t sim_seed(void);
/* 0..below-1, for the test's own choices; does not disturb the world's. */
uint32_t sim_pick(uint32_t below);

/* Belongs to other machines from now on, or not. Returns how it was. */
bool sim_outside(bool yes);

/*
 * The nth (1..) call of these kinds from now fails, once; n = 0 stops it.
 * Both counters start again.
 */
void sim_fail_nth(uint32_t kinds, uint64_t n);
uint64_t sim_calls(void);	/* of those kinds, inside, since then */
uint64_t sim_faults(void);	/* that failed, by number or by chance */

int64_t sim_now_us(void);
void sim_advance_ms(int64_t ms);	/* nothing is polled meanwhile */
void sim_wall_set_ms(int64_t unix_ms);
uint64_t sim_waits(void);	/* of the poll backend: finds spinning */
int sim_open_fds(void);		/* inside */
int sim_open_fds_outside(void);
/* Everything that happened so far in 64 bits: equal runs, equal hashes.
 * SIM_TRACE=1 in the environment prints it to stderr, line by line. */
uint64_t sim_trace(void);

/* ---- network ---- */

/* Both ends of this connection learn nothing of each other any more. */
void sim_vanish(int fd);

/* ---- files: absolute paths; parents are made; panics when impossible ---- */

void sim_put(const char *path, const void *mem, size_t len);
/* Contents, or NULL when there is no such file. Valid until it changes. */
const uint8_t *sim_get(const char *path, size_t *len);
void sim_make_dir(const char *path);
void sim_make_link(const char *path, const char *target);
void sim_chmod(const char *path, unsigned mode);
void sim_remove(const char *path);	/* a file, link or whole tree */
void sim_disk_room(uint64_t octets);
void sim_disk_read_only(bool yes);

/* ---- the process ---- */

void sim_signal(enum port_signal what);
/* What was written to 1, 2 or (fd 0) syslog since reset or sim_out_clear. */
const char *sim_out_text(int fd);
void sim_out_clear(void);
/* Nobody reads 1 and 2: port_out gives -E_AGAIN. */
void sim_out_block(bool yes);
/* Programs that port_spawn started: how many in all, and now. The last one
 * dies; or none can be started (0 = they can). */
uint32_t sim_spawned(void);
uint32_t sim_spawn_live(void);
void sim_spawn_die(void);
void sim_spawn_refuse(int err);
/* They do not end when they are asked to. */
void sim_spawn_deaf(bool deaf);
/*
 * From now on port_child_fork works, and shared memory is to be had. The test
 * plays each child: it has its end of the pair that was opened before, which
 * nobody else has when the parent has closed it. Descriptors passed to the
 * parent are of /passed; none reaches a child.
 */
void sim_children(void);
/* One that was not told of yet. */
bool sim_child_next(int *pid, int *pair);
bool sim_child_lives(int pid);
bool sim_child_is_asked(int pid);	/* by SIG_STOP, to end */
void sim_child_exit(int pid);
void sim_env(const char *name, const char *value);

#endif
