/* ss_manage.h - ports and their users added and removed while the others serve,
 * as an object in JSON asks for it. Knows no dialogue and no socket. */
#ifndef SS_MANAGE_H
#define SS_MANAGE_H

#include "core/opt.h"
#include "ss_serve.h"

/*
 * Each reads len octets of JSON and does what it says. 0, or -E_* with why in
 * words in at->text; -E_INUSE and its like alone when the port could not be
 * listened at.
 *
 * ss_manage_add - a port: server_port, password, method (else that of the
 * configuration), mode, plugin with plugin_opts, plugin_args and plugin_mode
 * (else that of the configuration), rate_up, rate_down, quota, expires, users
 * (name, password, the same limits, of each). One that is there is replaced:
 * its sessions go on, but not through its plugin, and not those of users who
 * are not among the new ones.
 *
 * ss_manage_remove - server_port. One that is not there is no error.
 *
 * ss_manage_add_user - one more of a port's, or another key and other limits
 * for one of them: server_port, name, password, limits.
 *
 * ss_manage_remove_user - server_port, name.
 *
 * ss_manage_port - server_port, of one that listens, to *out.
 */
int ss_manage_add(struct ss *ss, const char *text, size_t len,
    struct opt_at *at);
int ss_manage_remove(struct ss *ss, const char *text, size_t len,
    struct opt_at *at);
int ss_manage_add_user(struct ss *ss, const char *text, size_t len,
    struct opt_at *at);
int ss_manage_remove_user(struct ss *ss, const char *text, size_t len,
    struct opt_at *at);
int ss_manage_port(struct ss *ss, const char *text, size_t len,
    struct opt_at *at, struct ss_door **out);

#endif
