/* ss_conf.h - what can be configured, and the table that every reader uses. */
#ifndef SS_CONF_H
#define SS_CONF_H

#include "base/addr.h"
#include "base/limits.h"
#include "core/opt.h"
#include "ss_2022.h"

#define SS_SERVERS 16
#define SS_SERVER_PORTS 64
#define SS_FORBIDDEN 64
#define SS_HOST 256

enum ss_role { SS_SERVER, SS_LOCAL };

/* Passwords become keys where they are read and are not kept. The method may
 * stand behind them: both kinds of key are made. */
struct ss_secret {
	uint16_t port;		/* of port_password */
	int line;		/* where it was read; 0 = command line */
	uint8_t key[KEY_MAX];	/* of any password */
	struct ss_psk {		/* of one in base64, for the 2022 methods */
		uint8_t key[KEY_MAX];
		uint8_t len;	/* 0 = it is not */
	} psk;
	uint8_t before;		/* identity keys in front of it */
};

struct ss_conf {
	enum ss_role role;
	/* Server: where to listen. Local: whom to connect to. */
	char server[SS_SERVERS][SS_HOST];
	size_t server_n;
	uint16_t server_port[SS_SERVER_PORTS];
	size_t server_port_n;
	char local_address[SS_HOST];
	int64_t local_port;
	struct ss_secret password;
	bool password_set, password_default;
	struct ss_psk ipsk[SS_IPSK_MAX];	/* password.before of them */
	struct ss_secret port_password[LIMIT_LISTENERS];
	size_t port_password_n;
	const struct ss_method *method;
	int64_t timeout_s;
	bool fast_open, prefer_ipv6, split_header;
	struct net forbidden[SS_FORBIDDEN];
	size_t forbidden_n;
	struct addr dns_server[LIMIT_DNS_SERVERS];
	size_t dns_server_n;
	int64_t workers;
	char user[64];
	char daemon[16];
	char pid_file[256], log_file[256];
	bool log_file_set;
	int32_t verbose, quiet;
	char poll[16];
	bool one_time_auth;
	char manager_address[SS_HOST];
	bool help, version;
	char file[512];		/* -c */
};

/* The table of a role for conf, and its defaults set. */
struct opt_table ss_conf_table(struct ss_conf *conf, enum ss_role role);
void ss_conf_defaults(const struct opt_table *t);

/*
 * Once all is read: do the keys fit the method? 0, or -E_INVAL with the text
 * in at; path is the file that was read.
 */
int ss_conf_check_keys(const struct ss_conf *conf, struct opt_at *at,
    const char *path);
/* The master key that conf's method takes from a secret. */
const uint8_t *ss_conf_key(const struct ss_conf *conf,
    const struct ss_secret *secret);

#endif
