/* ss_conf.h - what can be configured, in the one form that everything behind
 * reads, whichever program's command line and file it came from. */
#ifndef SS_CONF_H
#define SS_CONF_H

#include "base/addr.h"
#include "base/limits.h"
#include "core/opt.h"
#include "ss_2022.h"
#include "ss_account.h"
#include "ss_auth.h"

#define SS_HOSTS 16
#define SS_HOST_PORTS 64
#define SS_FORBIDDEN 64
#define SS_HOST 256

enum ss_role { SS_SERVER, SS_LOCAL };

/* Whose command line, texts and defaults: that of the name it runs under. */
enum ss_flavour { SS_OWN, SS_PYTHON, SS_LIBEV, SS_RUST };

/* Bits; 0 = not said. */
enum ss_mode { SS_TCP_ONLY = 1, SS_UDP_ONLY = 2, SS_TCP_AND_UDP = 3 };

enum ss_protocol { SS_SOCKS, SS_HTTP, SS_TUNNEL, SS_REDIR, SS_DNS };

/* A key of a 2022 method, as it stands in base64. */
struct ss_psk {
	uint8_t key[KEY_MAX];
	uint8_t len;		/* 0 = it is not one */
};

/* Passwords become keys where they are read and are not kept. The method may
 * stand behind them: both kinds of key are made. */
struct ss_secret {
	bool set;
	bool is_mypassword;	/* the original's example */
	bool is_weak;		/* fewer than 64 bits, by a rough count */
	int line;		/* where it was read; 0 = command line */
	uint8_t raw_len;	/* > 0: key is that many given octets (libev) */
	uint8_t key[KEY_MAX];	/* of any password */
	struct ss_psk psk;
	uint16_t chain;		/* identity keys in front of it: chain_n of */
	uint8_t chain_n;	/* ss_conf.psk[chain] */
};

struct ss_user_conf {
	const char *name;
	struct ss_psk psk;
	struct ss_limits limits;
	int line;
};

/* One place to listen at for clients (server), or to connect to (local). What
 * was not said is that of ss_conf.base; a text is NULL when there is none. */
struct ss_server_conf {
	struct ss_conf *of;
	const char *host;
	uint16_t port;
	uint8_t mode, plugin_mode;	/* enum ss_mode */
	bool disabled;
	uint8_t from;			/* which key of the file: ss_conf_* */
	int line;			/* where it begins; 0 = command line */
	const struct ss_method *method;
	struct ss_secret secret;
	uint16_t users, users_n;	/* users_n of ss_conf.users[users] */
	uint16_t tcp_weight, udp_weight;	/* thousandths, 0..1000 */
	struct ss_limits limits;	/* of a server's port */
	int64_t timeout_s;
	const char *plugin, *plugin_opts, *plugin_args;
	const char *remarks, *id, *acl;
	struct ss_prefix prefix;
};

/* One place to listen at for clients of sslocal and its like. */
struct ss_local_conf {
	struct ss_conf *of;
	const char *host, *udp_host;	/* udp_host NULL: the same */
	uint16_t port, udp_port;	/* udp_port 0: the same */
	uint8_t protocol, mode;		/* enum ss_protocol, ss_mode */
	bool disabled;
	bool tproxy;			/* SS_REDIR: not by REDIRECT */
	int line;
	const char *forward_host;	/* SS_TUNNEL: where it leads; SS_DNS:
					 * who is asked through the server */
	uint16_t forward_port;
	const char *direct_host;	/* SS_DNS: who is asked straight, an
					 * address; NULL = nobody */
	uint16_t direct_port;
	/* SS_DNS: ss_named.h, for the answers to names asked straight, and to
	 * all others; NULL = no set */
	const char *nft_direct, *nft_proxied;
	const char *socks5_auth, *http_auth;	/* files of users */
	const char *acl;
};

/* An entry of server[], server_port[] comes on top of it. */
struct ss_host_conf {
	const char *host;
	uint16_t port;		/* 0 = those of server_port */
};

/* Options of sockets; 0 and "" = as the system has it. */
struct ss_sock_conf {
	bool fast_open, no_delay, mptcp, reuse_port;
	int64_t keep_alive_s;
	int64_t fwmark;
	char interface[32];		/* of connections out */
	struct addr out4, out6;		/* source address of them; family 0 */
	int64_t in_snd, in_rcv, out_snd, out_rcv;	/* buffers, octets */
	struct ss_dscp {
		uint16_t port;
		uint8_t dscp;		/* 0..63 */
	} dscp[64];
	size_t dscp_n;
};

/* How one of several servers is chosen. */
struct ss_balance_conf {
	char choice[16];	/* chance, latency; "" = by flavour */
	int64_t max_rtt_s;		/* of a check */
	int64_t interval_s;		/* between checks; 0 = none */
	int64_t best_interval_s;	/* of the one in use; 0 = the same */
	const char *host;		/* is asked through each */
	uint16_t port;
};

struct ss_udp_conf {
	int64_t timeout_s;		/* 0 = the program's own */
	int64_t max_associations;	/* 0 = LIMIT_* */
	int64_t mtu;			/* 0 = 1397 of payload (libev) */
};

/* A list of servers that is fetched (SIP008). */
struct ss_online_conf {
	char url[512];			/* "" = none */
	char ca_file[256];		/* whom to believe, for https: */
	char cache_file[256];		/* keeps the last good list */
	int64_t interval_s;
	bool allow_http;
};

/* What a server does to who does not open its door. */
enum ss_bad { SS_BAD_DRAIN, SS_BAD_RST, SS_BAD_SHUTDOWN_DRAIN };

enum ss_sandbox { SS_SANDBOX_ON, SS_SANDBOX_OFF, SS_SANDBOX_KILL };

struct ss_conf {
	/* First, so that a row of the table fills either: what servers[] takes
	 * from the options that stand outside of it. */
	struct ss_server_conf base;
	enum ss_role role;
	enum ss_flavour flavour;
	bool is_manager;	/* has no port but those of lists */

	/* What everything behind reads; complete after ss_conf_finish. */
	struct ss_server_conf servers[LIMIT_SERVERS];
	size_t servers_n;
	struct ss_local_conf locals[LIMIT_LOCALS];
	size_t locals_n;
	struct ss_user_conf users[LIMIT_USERS];
	size_t users_n;
	struct ss_psk psk[LIMIT_CHAIN_KEYS];
	size_t psk_n;

	struct ss_sock_conf sock;
	struct ss_udp_conf udp;
	int64_t idle_s;		/* of a relayed connection; by ss_conf_finish */
	struct ss_balance_conf balance;
	struct ss_online_conf online;
	struct ss_auth logins;
	bool prefer_ipv6, ipv6_only, split_header;
	struct net forbidden[SS_FORBIDDEN];
	size_t forbidden_n;
	bool forbidden_given, allow_private;
	bool refuse_private;	/* and all that is not the Internet's */
	struct addr dns_server[LIMIT_DNS_SERVERS];
	size_t dns_server_n;
	int64_t workers, nofile;
	int64_t half_open, half_open_per_source;
	bool chroot;
	char user[64];
	char salt_file[256];
	uint8_t sandbox;	/* enum ss_sandbox */
	uint8_t on_bad_request;	/* enum ss_bad */
	char acl[256];
	char manager_address[SS_HOST];
	int64_t manager_port;
	char workdir[256];
	char state_file[256];
	char metrics_address[SS_HOST];
	char daemon[16];
	char pid_file[256], log_file[256];
	bool log_file_set, use_syslog, log_without_time;
	bool background;		/* as libev and rust are, by -f or -d */
	int32_t verbose, quiet;
	char poll[16];
	bool one_time_auth;
	bool help, version, check;
	char file[512];		/* -c */

	/* For ss_conf_finish: the options of one server and one local. */
	struct ss_host_conf host[SS_HOSTS];
	size_t host_n;
	bool host_by_hand;	/* on the command line: beats servers[] */
	uint16_t host_port[SS_HOST_PORTS];
	size_t host_port_n;
	bool host_port_given;	/* and not only the default */
	struct ss_local_conf local;
	bool method_given;
	bool local_given;	/* its port was said, not only the default */
	bool local_host_given;

	/* Where their texts stand. */
	char text[LIMIT_CONF_TEXT];
	size_t text_n;
};

/* The table of a role for conf, with no flags of any command line, and its
 * defaults set. */
struct opt_table ss_conf_table(struct ss_conf *conf, enum ss_role role);
void ss_conf_defaults(const struct opt_table *t);
/* What is set by now are defaults: nobody gave it. */
void ss_conf_untouched(struct ss_conf *conf);

/*
 * Once all is read: servers[] and locals[] get what the options outside of
 * them say, and each entry what it left out. 0, or -E_INVAL with the text in
 * at (more than a LIMIT, an entry without host or port or password, keys that
 * do not fit the method); path is the file that was read.
 */
int ss_conf_finish(struct ss_conf *conf, struct opt_at *at, const char *path);

/* The master key that a method takes from a secret, KEY_MAX octets. */
const uint8_t *ss_conf_key(const struct ss_method *m,
    const struct ss_secret *secret);

#endif
