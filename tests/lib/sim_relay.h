/* sim_relay.h - ssserver and sslocal as they are, between simulated SOCKS5
 * clients, targets and a name server. Tests of tests/sim only. */
#ifndef TEST_SIM_RELAY_H
#define TEST_SIM_RELAY_H

#include "sim_dns.h"
#include "sim_peer.h"
#include "src/ss/ss_serve.h"

#define RELAYS 4
#define RELAY_TIMEOUT_S 60

enum call_kind {
	CALL_TARGET,		/* to a target that listens */
	CALL_REFUSED, CALL_UNREACHABLE, CALL_SWALLOWED, CALL_FORBIDDEN,
	CALL_NO_NAME,		/* to nowhere, in some way */
	CALL_GARBAGE		/* octets that open under no key, to ssserver */
};

enum call_form { CALL_BY_IPV4, CALL_BY_IPV6, CALL_BY_NAME };

/* A client's connection through both programs, and who it is to reach. */
struct call {
	enum call_kind kind;
	enum call_form form;
	bool eager;		/* greeting and request in one */
	int asked;		/* messages said */
	int reply;		/* REP of SOCKS5, -1 = none came */
	int64_t began_ms, over_ms;
	struct peer client, target;
	struct host host;
};

struct relay_world {
	struct loop loop;
	struct ss_conf server_conf, local_conf;
	struct ss server, local;
	struct name_server dns;
	struct addr names[RELAYS];	/* "tN.test" */
	struct call call[RELAYS];
	bool polite;
};
extern struct relay_world R;

/* Before relay_open: the server's port has n users ("u0", "u1" ...), and the
 * client is user `as` of them, or nobody (as >= n). No users: n = 0. */
struct relay_users {
	unsigned n, as;
};
extern struct relay_users relay_users;

/* Both programs listen, everything is idle and kind. */
void relay_open(uint64_t seed, const char *method, bool polite);
/* Fills R.call[i] at random; what is wanted otherwise is set after it. */
void relay_plan(int i, enum call_kind kind);
/* Call i sets out. */
void relay_call(int i);
/* Turns until all calls that set out are over; checks what must hold. */
void relay_settle(void);
/* Went through whole, both ways. */
bool relay_call_is_whole(int i);
/* Every call that reaches a target is under way in both directions. */
bool relay_all_stream(void);
/* Stops both programs, whatever they are at, drops the peers, and checks that
 * nothing is left. */
void relay_close(void);

#endif
