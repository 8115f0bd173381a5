/* ss_plugin.h - programs that carry connections between client and server
 * (SIP003), started with us, again when they die, and ended with us. */
#ifndef SS_PLUGIN_H
#define SS_PLUGIN_H

#include "core/loop.h"
#include "ss_conf.h"

/* What the plugin of e carries: enum ss_mode, 0 = there is none. */
uint8_t ss_plugin_mode(const struct ss_server_conf *e);
bool ss_has_plugin(const struct ss_conf *conf);

/* Of a struct ss. */
struct ss_plugins {
	struct loop *loop;
	struct list all;	/* struct ss_plugin */
	bool here_first;	/* libev's way: before PATH */
	bool of_server;		/* they listen out there, one at a place */
	bool started;
	const char *refused;	/* why no more can start; NULL = they can */
};

void ss_plugins_open(struct ss_plugins *ps, struct loop *l,
    const struct ss_conf *conf);
/*
 * ss_plugin_add - what e asks for; it starts with all of them, or at once when
 * these were. inner: where it and we meet, on loopback: a server's listener,
 * or a client's plugin's. What is read of e is copied. A server's starts when
 * none that was added before it has its place any more.
 * 0, -E_FULL (LIMIT_PLUGINS), -E_LONG.
 */
int ss_plugin_add(struct ss_plugins *ps, const struct ss_server_conf *e,
    const struct addr *inner);
/* Is the one that meets us there what e asks for? */
bool ss_plugin_is(const struct ss_plugins *ps, const struct addr *inner,
    const struct ss_server_conf *e);
/* The one that meets us there, if any, is asked to end; half a second later
 * it is ended. */
void ss_plugin_leave(struct ss_plugins *ps, const struct addr *inner);
/* A loopback port that is free now. 0 or port_tcp_listen's errors. */
int ss_plugin_place(struct addr *out);
/* Those that were not yet, once rights were given up: they run as we do. One
 * that cannot be started is tried again. */
void ss_plugins_start(struct ss_plugins *ps);
/* What is added from now on waits for ss_plugins_start. */
void ss_plugins_pause(struct ss_plugins *ps);
/* A child has ended: was it one of them? Then it starts again, after a pause
 * that grows while it dies young. */
bool ss_plugin_ended(struct ss_plugins *ps, int pid);
/* Asked to end, then ended; waits half a second at most. */
void ss_plugins_close(struct ss_plugins *ps);

/* Words of a line, blanks between; quotes and \ keep what is special. Cuts s
 * in place. How many, or -E_INVAL (a quote without its other), -E_FULL. */
int ss_plugin_words(char *s, const char **out, size_t max);

#endif
