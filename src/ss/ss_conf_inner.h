/* ss_conf_inner.h - what the files of the configuration share among them. */
#ifndef SS_CONF_INNER_H
#define SS_CONF_INNER_H

#include "ss_conf.h"

#define SS_TIMEOUT_MAX (30 * 86400)	/* seconds; in ms it fits 32 bits */

/* .from */
enum { SS_FROM_BASE, SS_FROM_PORTS, SS_FROM_SERVERS, SS_FROM_ONLINE };

/* Shared by rows: an opt.fn for one value that is neither list nor object. */
int ss_conf_alone(struct opt_at *at, const char *member);
int ss_conf_port(struct opt_at *at, const char *value, uint16_t *out);
/* A host name or address; the copy stands in conf. */
int ss_conf_host(struct ss_conf *conf, struct opt_at *at, const char *value,
    const char **out);
/* "host:port", "[::1]:port", or a host alone with port 0. */
int ss_conf_host_port(struct ss_conf *conf, struct opt_at *at,
    const char *value, const char **host, uint16_t *port);
int ss_conf_text(struct ss_conf *conf, struct opt_at *at, const char *value,
    const char **out);
int ss_conf_mode(const struct ss_conf *conf, struct opt_at *at,
    const char *value, uint8_t *out);

/* Keys (ss_conf_keys.c). */
int ss_conf_secret(struct ss_conf *conf, struct opt_at *at, const char *value,
    struct ss_secret *out);
int ss_conf_raw_key(struct opt_at *at, const char *value,
    struct ss_secret *out);
int ss_conf_check_keys(const struct ss_conf *conf, struct opt_at *at,
    const char *path);
/* Of one server. */
int ss_conf_check_key(const struct ss_conf *conf, struct opt_at *at,
    const struct ss_server_conf *e);

/* opt.fn of base or of one of servers[] (ss_conf_server.c). */
int ss_set_method(void *entry, struct opt_at *at, const char *member,
    const char *value);
int ss_set_password(void *entry, struct opt_at *at, const char *member,
    const char *value);
int ss_set_raw_key(void *entry, struct opt_at *at, const char *member,
    const char *value);
int ss_set_mode(void *entry, struct opt_at *at, const char *member,
    const char *value);
int ss_set_plugin(void *entry, struct opt_at *at, const char *member,
    const char *value);
int ss_set_plugin_opts(void *entry, struct opt_at *at, const char *member,
    const char *value);
int ss_set_prefix(void *entry, struct opt_at *at, const char *member,
    const char *value);
int ss_set_plugin_mode(void *entry, struct opt_at *at, const char *member,
    const char *value);
int ss_set_server(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_server_port(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_port_password(void *conf, struct opt_at *at, const char *member,
    const char *value);
/* opt.each. */
int ss_each_user(void *entry, struct opt_at *at, struct opt_table *of);
int ss_each_server(void *conf, struct opt_at *at, struct opt_table *of);
int ss_each_local(void *conf, struct opt_at *at, struct opt_table *of);

/* opt.fn of the whole (ss_conf_set.c, ss_conf_url.c). */
int ss_set_forbidden(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_dns(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_dns_server(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_on_bad_request(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_sandbox(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_log_file(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_library(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_outbound(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_dscp(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_check_target(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_logins(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_choice(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_background_pid(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_udp_only(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_tcp_and_udp(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_auth(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_unsupported(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_server_url(void *conf, struct opt_at *at, const char *member,
    const char *value);

/* opt.fn of ss_conf.local (ss_conf_local.c); conf is the whole of it. */
int ss_set_local_address(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_local_port(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_local_addr(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_tcp_redir(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_protocol(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_forward(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_direct(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_nft_direct(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_nft_proxied(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_direct_port(void *conf, struct opt_at *at, const char *member,
    const char *value);
int ss_set_forward_port(void *conf, struct opt_at *at, const char *member,
    const char *value);

/* One more of servers[], empty; NULL after opt_fail. */
struct ss_server_conf *ss_conf_more(struct ss_conf *conf, struct opt_at *at,
    uint8_t from);
/* A list begins anew: what it said before goes. */
void ss_conf_forget(struct ss_conf *conf, uint8_t from);

/* The two halves of ss_conf_finish. */
int ss_conf_finish_servers(struct ss_conf *conf, struct opt_at *at,
    const char *path);
int ss_conf_finish_locals(struct ss_conf *conf, struct opt_at *at,
    const char *path);

#endif
