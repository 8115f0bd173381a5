/* ss_remote.h - the servers of a client: where they are, with which key, how
 * they fare, and which of them comes next. For TCP and UDP. */
#ifndef SS_REMOTE_H
#define SS_REMOTE_H

#include "core/dns.h"
#include "ss_2022.h"
#include "ss_conf.h"

struct ss;

enum ss_carried { SS_FOR_TCP, SS_FOR_UDP };

/* One server at run time. Not configured any more, it stays for those who
 * hold it. */
struct ss_remote {
	struct ss *ss;
	uint32_t holders;
	uint8_t at;		/* its place, and its bit among those tried */
	uint8_t mode;		/* enum ss_mode */
	uint16_t weight[2];	/* by enum ss_carried, thousandths; 0 = not */
	uint16_t port;
	bool is_name;		/* host is to be looked up */
	char host[SS_HOST];
	struct addr ip;		/* of host where that is an address */
	struct ss_key key;
	struct ss_prefix prefix;
	struct ss_2022 of_2022;
	/* A plugin's listener that connections, or datagrams, go through;
	 * family 0 = straight. */
	struct addr via, udp_via;
	struct addr good;	/* the last that took a connection */

	/* Health. */
	uint32_t fails;		/* in a row; 0 = it is well */
	int64_t again_ms;	/* failed: left alone till then */
	bool proven;		/* it took a connection once */
	bool on_trial;		/* failed, and one connection may try it */
	uint8_t turn;		/* which of its addresses, none being good */
	uint32_t latency_ms;	/* of a small request through it, smoothed */
	bool measured;
	uint8_t unanswered;	/* checks, in a row */
	struct ss_check *check;	/* one is under way */
	struct timer check_due;
	struct dns_ask ask;	/* for ss_remote_addr */
	struct addr udp_at;	/* what that said; family 0 = nothing yet */
	int64_t udp_at_ms;	/* and when, by the loop */
};
extern struct pool *const ss_remote_pool;

/* Of a struct ss. */
struct ss_remotes {
	struct ss_remote *at[LIMIT_REMOTES];
	size_t n;
	bool by_chance;		/* as the original and libev choose */
	struct ss_remote *best[2];	/* by enum ss_carried: kept as long as
					 * no other is clearly better */
};

/*
 * ss_remotes_open - makes those of conf, which is not looked at again. 0,
 * -E_FULL (LIMIT_REMOTES, or streams' keys): `why` has it in words. Checks
 * begin where there are several to choose from by latency.
 */
int ss_remotes_open(struct ss *ss, const struct ss_conf *conf, char *why,
    size_t why_room);
/* Nobody new gets one. */
void ss_remotes_close(struct ss *ss);

/*
 * ss_remote_pick - the one that the next connection or association takes, not
 * held yet; NULL = none but those in `tried` (bits by ->at; 0 = none). All
 * that failed: the one that is to be tried again first. O(servers).
 */
struct ss_remote *ss_remote_pick(struct ss *ss, enum ss_carried what,
    uint64_t tried);
/* Would there be one? */
bool ss_remote_has_others(const struct ss *ss, enum ss_carried what,
    uint64_t tried);
/*
 * ss_remote_now - the one of today's list that r is: itself, or after a reload
 * one of the same host, port, method and keys. NULL: it is not in it any more.
 * O(1), after a reload O(servers).
 */
struct ss_remote *ss_remote_now(struct ss_remote *r);
void ss_remote_hold(struct ss_remote *r);
void ss_remote_drop(struct ss_remote *r);

/* It took a connection there, or answered. NULL = the address is not known. */
void ss_remote_good(struct ss_remote *r, const struct addr *at);
/* It did not: left alone for a while that grows. Its name is looked up anew. */
void ss_remote_bad(struct ss_remote *r, int why);
/* It failed, and is tried: others keep off until that is over. */
void ss_remote_on_trial(struct ss_remote *r);
/* What a check through it took. */
void ss_remote_measured(struct ss_remote *r, int64_t ms);
/* Did one of them take the last connection that was tried? */
bool ss_remote_any_well(const struct ss *ss);

/* Where its datagrams go: 0, or -E_AGAIN: it is being looked up, ask again with
 * the next one. */
int ss_remote_addr(struct ss_remote *r, struct addr *out);
/* The same for each datagram, looked up anew after 10 s. NULL: not known yet.
 * It changes in place, and is there as long as r is held. */
const struct addr *ss_remote_udp_at(struct ss_remote *r);

/* "[::1]:8388", "example.net:8388". */
#define SS_REMOTE_TEXT (SS_HOST + 10)
size_t ss_remote_text(char *out, size_t room, const struct ss_remote *r);

#endif
