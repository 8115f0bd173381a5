/* ss_serve.h - the listeners of one configuration on one loop, and what runs
 * behind them. Needs no command line: tests start it as the programs do. */
#ifndef SS_SERVE_H
#define SS_SERVE_H

#include "core/loop.h"
#include "ss_auth.h"
#include "ss_conf.h"
#include "ss_gate.h"
#include "ss_plugin.h"
#include "ss_ports.h"
#include "ss_salts.h"
#include "ss_remote.h"
#include "ss_sess.h"
#include "ss_ledger.h"
#include "ss_udp.h"

struct ss {
	struct loop *loop;
	const struct ss_conf *conf;
	struct ss_gate gate;	/* who may come in, and where it may lead */
	struct ss_plugins plugins;
	int64_t handshake_ms;	/* the timeout, a little longer by chance */
	struct list ports;	/* struct ss_port, those that listen */
	struct ss_doors doors;
	struct ss_users users;	/* of all doors */
	struct ss_ledger ledger;	/* what of them outlives the process */
	struct ss_udp udp;
	struct list sessions;	/* struct ss_sess */
	uint32_t sessions_n;
	struct ss_halves halves;	/* who has not shown who he is */
	int64_t fds_max;	/* descriptors this process may have, 0 = any */
	void (*on_gone)(struct ss *ss);	/* quiet, and the last session ended */
	struct ss_salts salts;	/* of SIP004, once a port has it */
	struct ss_2022 of_2022;	/* what all keys of a 2022 method share */
	struct ss_remotes remotes;	/* of a client */
	struct ss_auth auth;	/* who may come to it */
	unsigned refused, refused_said;	/* NET_NOT_*, and in the log */
	bool keeps_doors;	/* a manager's client is to be told of them */
	bool tells_secrets;	/* its dialogue lists passwords */
	bool adds_plugins;	/* who may speak to it may start programs */
	bool shared;		/* other processes listen on the same ports */
	uint32_t others;	/* that this one waits for when quiet */
	bool no_udp;		/* one of those takes the datagrams */
	bool no_files;		/* another writes salts and sums for all */
	bool quiet;
};

/*
 * ss_start - binds every address of conf; one failing = none is bound, and
 * `why` has the text. conf and loop outlive it; the resolver (dns_open) is the
 * caller's. A port of 0 is bound to any (tests).
 *
 * 0, -E_FULL (more than LIMIT_LISTENERS), -E_INVAL (no address), or
 * listen_open's errors.
 */
int ss_start(struct ss *ss, struct loop *loop, const struct ss_conf *conf,
    char *why, size_t why_room);
/* The same on ports that other processes of ours have bound so as well. The
 * first takes the datagrams of all clients: who knows their salts and sessions
 * must see them all, and the kernel would share them out by address. It writes
 * the files of salts and sums for all. */
int ss_start_shared(struct ss *ss, struct loop *loop,
    const struct ss_conf *conf, bool first, char *why, size_t why_room);
/* To see that nobody else has the ports: no file is read or written. */
int ss_start_alone(struct ss *ss, struct loop *loop,
    const struct ss_conf *conf, char *why, size_t why_room);
/* "starting server at ..." for each listener, at level info. */
void ss_say_ready(const struct ss *ss);
/* Listeners go, sessions live on; on_gone when there are none. */
void ss_quiet(struct ss *ss);
/* Listeners and sessions go at once; memory is free after the loop's turn. */
void ss_stop(struct ss *ss);

/* Where the first listener is bound. */
struct addr ss_listens_at(const struct ss *ss);

/* Those of the configuration and of all its files: who has a name may come in
 * at each listener that asks for one. 0 or ss_auth_load's errors. */
int ss_serve_logins(struct ss *ss, char *why, size_t why_room);

/* Every session's octets until now are in the accounts. */
void ss_serve_count(struct ss *ss);
/* Limits have changed: every session sees to them. */
void ss_serve_pace(struct ss *ss);
/* What a user has under way ends with a reset. */
void ss_serve_end_user(struct ss *ss, const struct ss_user *u);
/* "port=8001 up=... down=... sessions=..." for each, and for each user, at
 * level info. */
void ss_serve_log(struct ss *ss);

/* For ss_ports.c: what all ports of a method share is there. 0, or -E_BUSY
 * (another server of this process has it). */
int ss_serve_method(struct ss *ss, const struct ss_method *m);
/* For ss_reload.c: the listeners that a configuration wants, by number; what
 * each is, and whose users may come in; the time of a handshake. */
size_t ss_serve_wants(const struct ss_conf *conf);
struct ss_port_spec ss_serve_spec(const struct ss_conf *conf, size_t i);
/* A listener has two parts: behind its plugin (0), and itself (1). spec, all
 * of it, becomes that of a part; false: there is no such part. */
#define SS_PARTS 2
bool ss_serve_part(const struct ss_conf *conf, const struct ss_server_conf *e,
    int part, struct ss_port_spec *spec);
int ss_serve_users(struct ss *ss, struct ss_door *d, size_t i, char *why,
    size_t why_room);
int64_t ss_serve_handshake_ms(const struct ss_conf *conf);
/* For ss_sess.c: a session of ss is freed. */
void ss_serve_gone(struct ss *ss);

#endif
