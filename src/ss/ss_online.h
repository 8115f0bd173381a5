/* ss_online.h - a client's list of servers (SIP008) that is fetched now and
 * then; the last good one is in force. */
#ifndef SS_ONLINE_H
#define SS_ONLINE_H

#include "http_get.h"

#define SS_ONLINE_AGAIN_MS 10000	/* after the first failure */
#define SS_ONLINE_AGAIN_MAX_MS 600000

struct ss_online {
	struct ss *ss;			/* NULL = there is none to fetch */
	/* Reads the configuration anew, with the list: 0, or -E_* and why. */
	int (*apply)(struct ss_online *o, char *why, size_t room);
	const struct ss_online_conf *conf;
	struct http_url url;
	struct timer timer;
	uint32_t fails;
	struct http_trust trust;
	struct http_get get;
};

/*
 * ss_online_open - the first look comes at once, then one each interval; after
 * a failure sooner. The ca_file is read here; a long one is looked through
 * again each time.
 *
 * 0, or -E_* which is said in the log: a bad address, http: that is not
 * allowed, no ca_file or one that is not good.
 */
int ss_online_open(struct ss_online *o, struct ss *ss,
    int (*apply)(struct ss_online *o, char *why, size_t room));
void ss_online_close(struct ss_online *o);
/* Now, whenever the next one would be. */
void ss_online_look(struct ss_online *o);

/*
 * ss_online_merge - for who reads a configuration: the servers of the list in
 * force come to those of conf. The first list is what the cache_file has; what
 * is wrong with that is said in the log, and conf is as it was.
 *
 * 0, or -E_INVAL with why: a list that came just now is none.
 */
int ss_online_merge(struct ss_conf *conf, char *why, size_t room);

#endif
