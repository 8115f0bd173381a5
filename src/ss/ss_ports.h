/* ss_ports.h - ports that come and go while the others serve. */
#ifndef SS_PORTS_H
#define SS_PORTS_H

#include "core/listen.h"
#include "ss_2022.h"
#include "ss_account.h"
#include "ss_users.h"

struct ss;
struct ss_ingress;
struct ss_egress;
struct ss_udp_side;

/* All listeners of one port number, also those behind its plugin, and what they
 * moved together. Stays until the last session of the last of them is over. */
struct ss_door {
	struct list link;	/* of struct ss_doors */
	struct list ports;	/* struct ss_port, those that listen */
	struct list users;	/* struct ss_user */
	uint32_t holders;	/* users; ports, also those sessions hold */
	uint16_t number;
	bool open;		/* not removed, nor on its way out */
	bool by_users;		/* none but its users may come in */
	struct ss_account *account, own;	/* ss_book.h */
	char *secret;		/* its password (ss_secret.h), or NULL */
};

#define SS_DOOR_ROWS 64
struct ss_doors {
	struct list row[SS_DOOR_ROWS];	/* by number */
};

/* A listener and what its sessions share. Removed, it stays for them. */
struct ss_local_conf;
struct ss_server_conf;

struct ss_port {
	struct list link;	/* of struct ss, while it listens */
	struct list of_door;
	struct ss *ss;
	struct ss_door *door;
	uint32_t holders;	/* itself, and its sessions */
	struct listener listener;	/* mode udp_only: its `at` alone */
	struct watch udp;		/* open where the mode has it */
	const struct ss_udp_side *udp_side;
	struct ss_key key;	/* of a server; a client's are its remotes' */
	struct ss_2022 of_2022;	/* of its key */
	const struct ss_local_conf *local;	/* of a client; its own */
	const struct ss_ingress *ingress;
	const struct ss_egress *egress;
	/* For ss_reload.c. */
	bool of_conf;		/* and not a manager's */
	uint16_t behind;	/* a plugin that has this number; 0 = none */
	uint8_t mode;		/* enum ss_mode */
	uint8_t fate;		/* enum ss_fate, while it is being decided */
	struct ss_port *next;	/* takes its place, with another key */
};
extern struct pool *const ss_port_pool;

/* What is read of it is copied. */
struct ss_port_spec {
	const char *host;	/* an address, or a name of the hosts file */
	uint16_t port;		/* 0: any */
	/* It has host and port, and we are behind it. */
	const struct ss_server_conf *plugin;
	const struct ss_method *method;
	const uint8_t *master;	/* KEY_MAX octets */
	const struct ss_local_conf *local;	/* instead of the two */
	uint8_t mode;		/* enum ss_mode; 0 = the configuration's */
	struct ss_limits limits;	/* of the number, from now on */
	bool of_conf;
};

void ss_doors_start(struct ss_doors *d);

/*
 * ss_port_add - one more listener, now or at any time later; a number may have
 * several, one for each host.
 *
 * 0, -E_FULL (LIMIT_LISTENERS, ports whose sessions still run among them;
 * LIMIT_PLUGINS), -E_LONG (a plugin's words),
 * -E_NOADDR (no address, and no name that is known without a network), or
 * listen_open's errors. `why` has it in words, with host and port.
 */
int ss_port_add(struct ss *ss, const struct ss_port_spec *spec, char *why,
    size_t why_room);
/* The last one that ss_port_add made. */
struct ss_port *ss_port_newest(const struct ss *ss);
/*
 * ss_port_remove - all listeners of a number are closed when it returns: it
 * can be added again at once, with another key. Their sessions go on with the
 * key they have. 0, or -E_NOENT.
 */
int ss_port_remove(struct ss *ss, uint16_t number);
/* All of them. */
void ss_ports_remove(struct ss *ss);

/* ---- for ss_reload.c ---- */

/* What listens at its address, or behind just that plugin; NULL = nothing. */
struct ss_port *ss_port_find(const struct ss *ss,
    const struct ss_port_spec *spec);
/* Is it as spec wants it? Then it stays as it is. */
bool ss_port_is(const struct ss_port *p, const struct ss_port_spec *spec);
/* p->next is as spec wants it, ready to listen in p's place. Errors and `why`
 * as ss_port_add's. */
int ss_port_prepare(struct ss_port *p, const struct ss_port_spec *spec,
    char *why, size_t why_room);
/* It shall not: there is no p->next any more. */
void ss_port_stay(struct ss_port *p);
/* It shall: p is for its sessions only, and its associations end. Cannot
 * fail. */
void ss_port_follow(struct ss_port *p);
/* It alone; a number without any is removed. */
void ss_port_close(struct ss_port *p);

/* The one of a number; NULL = none listens. O(1). */
struct ss_door *ss_door_find(struct ss *ss, uint16_t number);
/* From the first to the last in no order, those on their way out too; NULL =
 * no more. after: the one before, NULL = from the start. */
struct ss_door *ss_door_next(struct ss *ss, const struct ss_door *after);

/* Its listeners go, its users stay: others are about to be added. */
void ss_door_shut(struct ss_door *d);
/* Of the first of its listeners, one at least. */
const struct ss_method *ss_door_method(const struct ss_door *d);

/* For ss_users.c: each holds its door, and nobody else may come in there. */
void ss_door_hold(struct ss_door *d);
void ss_door_drop(struct ss *ss, struct ss_door *d);
void ss_door_by_users(struct ss_door *d);

/* Those that nobody holds go: kept while ss->keeps_doors. */
void ss_doors_sweep(struct ss *ss);

/* Must its clients say who they are? */
bool ss_port_logins(const struct ss_port *p);

/* A session holds its port: the key lives as long. */
void ss_port_hold(struct ss_port *p);
void ss_port_drop(struct ss_port *p);

#endif
