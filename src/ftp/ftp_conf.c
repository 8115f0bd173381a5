/* ftp_conf.c - every option of vsftpd 3.0.5 and ours, in one table. Knows no
 * session. Source: vsftpd.conf(5); reference: the FTP facts, section 2. */
#include "base/limits.h"
#include "base/text.h"
#include "core/log.h"
#include "ftp_conf.h"

#define SECONDS_MAX INT32_MAX
#define RATE_MAX 1000000000000

static const char *conf_default(const char *key);

/* ---- options that do nothing here, or nothing yet */

static int conf_bool(struct opt_at *at, const char *s, bool *out)
{
	*out = text_eq_nocase(s, "YES") || text_eq_nocase(s, "TRUE") ||
	    strcmp(s, "1") == 0;
	if (*out || text_eq_nocase(s, "NO") || text_eq_nocase(s, "FALSE") ||
	    strcmp(s, "0") == 0)
		return 0;
	return opt_fail(at, "\"%s\" is not YES or NO", s);
}

static void conf_note(const struct opt_at *at, const char *value)
{
	log_warn("%s%s%s=%s has no effect in this version",
	    at->file != NULL ? at->file : "", at->file != NULL ? ": " : "",
	    at->key, value);
}

/* Any value suits: what wherry does holds for both. */
static int take_bool(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	bool yes;

	(void)conf;
	(void)member;
	return conf_bool(at, value, &yes);
}

static int take_int(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	uint64_t n;

	(void)conf;
	(void)member;
	if (text_u64(value, strlen(value), UINT32_MAX, &n) == 0)
		return 0;
	return opt_fail(at, "\"%s\" is not a number", value);
}

/* Harmless to leave out, but the owner should know. */
static int note_bool(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	bool yes, usual;
	int rc = conf_bool(at, value, &yes);

	(void)conf;
	(void)member;
	if (rc < 0)
		return rc;
	conf_bool(at, conf_default(at->key), &usual);
	if (yes != usual)
		conf_note(at, value);
	return 0;
}

static int note_int(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	int rc = take_int(conf, at, member, value);

	if (rc == 0 && strcmp(value, conf_default(at->key)) != 0)
		conf_note(at, value);
	return rc;
}

static int note_text(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	(void)conf;
	(void)member;
	if (strcmp(value, conf_default(at->key)) != 0)
		conf_note(at, value);
	return 0;
}

/* Leaving these out would open what the owner meant to close. */
static int refuse_bool(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	bool yes, usual;
	int rc = conf_bool(at, value, &yes);

	(void)conf;
	(void)member;
	if (rc < 0)
		return rc;
	conf_bool(at, conf_default(at->key), &usual);
	if (yes == usual)
		return 0;
	return opt_fail(at, "%s is not supported", value);
}

/* ---- addresses; an empty value is none */

static int conf_addr(struct opt_at *at, const char *value, uint8_t family,
    struct addr *out)
{
	*out = (struct addr){ .family = 0 };
	if (value[0] == '\0' || (addr_parse(out, value, strlen(value)) == 0 &&
	    out->family == family))
		return 0;
	return opt_fail(at, "\"%s\" is not an IPv%d address", value, family);
}

static int set_listen4(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	(void)member;
	return conf_addr(at, value, 4,
	    &((struct ftp_conf *)conf)->listen_address);
}

static int set_listen6(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	(void)member;
	return conf_addr(at, value, 6,
	    &((struct ftp_conf *)conf)->listen_address6);
}

/* Letters in its last label: nothing that was meant to be an address. */
static bool is_name(const char *s)
{
	const char *dot = strrchr(s, '.');
	const char *last = dot != NULL ? dot + 1 : s;

	return s[strspn(s, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")] == '\0' &&
	    last[strspn(last, "0123456789")] != '\0';
}

static int set_pasv(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	struct ftp_conf *c = conf;
	struct addr any;
	bool is_ip = addr_parse(&any, value, strlen(value)) == 0;

	(void)member;
	c->pasv_name[0] = '\0';
	if (is_ip || value[0] == '\0')
		return conf_addr(at, value, 4, &c->pasv_address);
	c->pasv_address = (struct addr){ .family = 0 };
	return is_name(value) &&
	    text_copy(c->pasv_name, sizeof(c->pasv_name), value) ? 0 :
	    opt_fail(at, "\"%s\" is neither an address nor a name", value);
}

/* ---- TLS */

/* vsftpd's default is of RSA keys only: it stands for all of ours. */
static int set_ciphers(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	struct ftp_conf *c = conf;

	(void)member;
	if (strcmp(value, conf_default("ssl_ciphers")) == 0)
		value = "";
	return text_copy(c->ssl_ciphers, sizeof(c->ssl_ciphers), value) ? 0 :
	    opt_fail(at, "is too long");
}

static int set_reuse(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	struct ftp_conf *c = conf;
	bool yes;
	int rc = conf_bool(at, value, &yes);

	(void)member;
	if (rc == 0)
		c->require_ssl_reuse = yes ? FTP_REUSE_ALWAYS :
		    FTP_REUSE_NEVER;
	return rc;
}

/* ---- the table */

#define AT(member) \
	.offset = offsetof(struct ftp_conf, member), \
	.size = sizeof(((struct ftp_conf *)0)->member)
#define BOOL(name, usual, text) \
	{ .key = #name, .kind = OPT_BOOL, AT(name), .def = usual, .help = text }
#define INT(name, lo, hi, usual, text) \
	{ .key = #name, .kind = OPT_INT, .flags = OPT_OCTAL, AT(name), \
	  .min = lo, .max = hi, .def = usual, .help = text }
#define TEXT(name, usual, text) \
	{ .key = #name, .kind = OPT_TEXT, .flags = OPT_EMPTY_OK, AT(name), \
	  .def = usual, .help = text }
#define CALL(name, how, usual) \
	{ .key = #name, .kind = OPT_CALL, .fn = how, .def = usual, \
	  .help = HELP_##how }
#define HELP_set_listen4 "IPv4 address to listen on"
#define HELP_set_listen6 "IPv6 address to listen on"
#define HELP_set_pasv "IPv4 address that PASV names, or a name"
#define HELP_set_ciphers "OpenSSL's names; the default means all of ours"
#define HELP_set_reuse "data must resume TLS; unset: if the client can"
#define HELP_take_bool "taken; nothing depends on it"
#define HELP_take_int "taken; nothing depends on it"
#define HELP_note_bool "no effect in this version"
#define HELP_note_int "no effect in this version"
#define HELP_note_text "no effect in this version"
#define HELP_refuse_bool "not supported: the default only"

static const struct opt conf_opts[] = {
	/* listener and process */
	BOOL(listen, "YES", "listen on IPv4"),
	BOOL(listen_ipv6, "NO", "listen on IPv6, which takes IPv4 as well"),
	CALL(listen_address, set_listen4, ""),
	CALL(listen_address6, set_listen6, ""),
	INT(listen_port, 0, 65535, "21", "port to listen on, 0 = any"),
	BOOL(background, "NO", "run as a daemon"),
	BOOL(run_as_launching_user, "NO", "keep the user it was started by"),
	CALL(one_process_model, note_bool, "NO"),
	CALL(isolate, take_bool, "YES"),
	CALL(isolate_network, take_bool, "YES"),
	BOOL(seccomp_sandbox, "YES",
	    "sessions' processes keep the system calls they need"),
	CALL(ptrace_sandbox, note_bool, "NO"),
	TEXT(nopriv_user, "nobody", "user to become when started as root"),
	TEXT(secure_chroot_dir, "/usr/share/empty",
	    "where sessions are locked in before login"),
	CALL(setproctitle_enable, note_bool, "NO"),
	CALL(tcp_wrappers, note_bool, "NO"),
	CALL(ftp_enable, refuse_bool, "YES"),
	CALL(http_enable, refuse_bool, "NO"),
	INT(max_clients, 0, LIMIT_FTP_SESSIONS, NULL,
	    "sessions at once, 0 = all this board has"),
	INT(max_per_ip, 0, INT32_MAX, "50", "sessions of one address, 0 = all"),
	/* login */
	BOOL(anonymous_enable, "YES", "let in anonymous and ftp"),
	BOOL(local_enable, "NO", "let in users of users_file, or the system's"),
	BOOL(guest_enable, "NO", "all but anonymous users are guests"),
	TEXT(guest_username, "ftp", "who guests are to the system"),
	TEXT(ftp_username, "ftp", "whose home anonymous users see"),
	BOOL(virtual_use_local_privs, "NO", "guests have users' rights"),
	BOOL(no_anon_password, "NO", "anonymous users need no PASS"),
	BOOL(deny_email_enable, "NO", "look at banned_email_file"),
	TEXT(banned_email_file, "/etc/vsftpd.banned_emails",
	    "passwords of anonymous users who are refused"),
	BOOL(secure_email_list_enable, "NO", "look at email_password_file"),
	TEXT(email_password_file, "/etc/vsftpd.email_passwords",
	    "passwords of anonymous users, all others are refused"),
	BOOL(userlist_enable, "NO", "look at userlist_file at USER"),
	BOOL(userlist_deny, "YES", "its names are refused; NO: all others are"),
	TEXT(userlist_file, "/etc/vsftpd.user_list", "a name to a line"),
	BOOL(check_shell, "YES",
	    "the system's users need a shell of /etc/shells"),
	CALL(pam_service_name, note_text, "ftp"),
	CALL(session_support, note_bool, "NO"),
	TEXT(user_config_dir, "", "in it a file for a user, named like him"),
	TEXT(user_sub_token, "", "in local_root and homes: the user's name"),
	INT(max_login_fails, 1, INT32_MAX, "3", "wrong passwords per session"),
	INT(delay_failed_login, 0, 3600, "1", "seconds before the answer"),
	INT(delay_successful_login, 0, 3600, "0", "seconds before the answer"),
	BOOL(tilde_user_enable, "NO", "~ and ~user begin paths at a home"),
	TEXT(cmds_allowed, "", "only these commands, with commas between"),
	TEXT(cmds_denied, "", "not these commands"),
	/* roots */
	BOOL(chroot_local_user, "NO", "the system's users stay in their homes"),
	BOOL(chroot_list_enable, "NO", "not so those of chroot_list_file"),
	TEXT(chroot_list_file, "/etc/vsftpd.chroot_list", "a name to a line"),
	BOOL(passwd_chroot_enable, "NO", "a home of ROOT/./START"),
	CALL(allow_writeable_chroot, take_bool, "NO"),
	TEXT(anon_root, "", "what anonymous users see as /"),
	TEXT(local_root, "", "root of users whose line names none"),
	/* rights */
	BOOL(write_enable, "NO", "allow what changes files"),
	BOOL(anon_upload_enable, "NO", "anonymous users may upload new files"),
	BOOL(anon_mkdir_write_enable, "NO", "anonymous users may MKD"),
	BOOL(anon_other_write_enable, "NO",
	    "anonymous users may overwrite, append, rename and delete"),
	BOOL(anon_world_readable_only, "YES",
	    "anonymous users get what everybody may read"),
	BOOL(download_enable, "YES", "allow RETR"),
	BOOL(dirlist_enable, "YES", "allow LIST and NLST"),
	BOOL(chmod_enable, "YES", "allow SITE CHMOD"),
	BOOL(mdtm_write, "YES", "allow MFMT, and MDTM with a time"),
	BOOL(chown_uploads, "NO", "give anonymous uploads to another"),
	TEXT(chown_username, "root", "to him"),
	INT(chown_upload_mode, 0, 0777, "0600", "with this mode"),
	INT(local_umask, 0, 0777, "077", "bits users' uploads do without"),
	INT(anon_umask, 0, 0777, "077", "bits anonymous uploads do without"),
	INT(file_open_mode, 0, 0777, "0666", "mode of uploads"),
	BOOL(delete_failed_uploads, "NO", "keep no part of a failed upload"),
	INT(min_free_space, 0, INT64_MAX, "0",
	    "octets of the disk that uploads leave free"),
	BOOL(lock_upload_files, "YES", "no upload into a file that is in use"),
	TEXT(hide_file, "", "pattern of names that no listing shows"),
	TEXT(deny_file, "", "pattern of names that no command reaches"),
	/* data connections */
	BOOL(port_enable, "YES", "allow PORT and EPRT: we connect"),
	BOOL(pasv_enable, "YES", "allow PASV and EPSV"),
	BOOL(port_promiscuous, "NO", "to any host, not only the client's"),
	BOOL(pasv_promiscuous, "NO", "take data connections from any address"),
	BOOL(connect_from_port_20, "NO", "from ftp_data_port, if it may"),
	INT(ftp_data_port, 0, 65535, "20", "the port of that, 0 = any"),
	INT(pasv_min_port, 0, 65535, "5001", "first port for data, 1024.."),
	INT(pasv_max_port, 0, 65535, "0", "last port for data, 0 = 65535"),
	CALL(pasv_address, set_pasv, ""),
	BOOL(pasv_addr_resolve, "NO",
	    "pasv_address is a name, looked up again each minute"),
	BOOL(use_sendfile, "YES", "plain transfers: the kernel copies"),
	CALL(trans_chunk_size, note_int, "0"),
	/* limits */
	INT(idle_session_timeout, 0, SECONDS_MAX, "300",
	    "seconds between commands, 0 = no limit"),
	INT(data_connection_timeout, 0, SECONDS_MAX, "300",
	    "seconds without an octet of data, 0 = no limit"),
	INT(accept_timeout, 0, SECONDS_MAX, "60",
	    "seconds to wait for a data connection, 0 = no limit"),
	INT(connect_timeout, 0, 86400, "60",
	    "seconds to reach the client, 0 = any time"),
	INT(anon_max_rate, 0, RATE_MAX, "0",
	    "octets a second of a transfer, 0 = any"),
	INT(local_max_rate, 0, RATE_MAX, "0", "the same of other users"),
	/* modes and listings */
	BOOL(ascii_upload_enable, "NO", "TYPE A: CR LF becomes LF"),
	BOOL(ascii_download_enable, "NO", "TYPE A: LF becomes CR LF"),
	CALL(async_abor_enable, take_bool, "NO"),
	BOOL(ls_recurse_enable, "NO", "LIST -R and NLST -R go down"),
	BOOL(force_dot_files, "NO", "list names that begin with a dot"),
	BOOL(hide_ids, "NO", "list user and group as ftp"),
	CALL(text_userdb_names, note_bool, "NO"),
	BOOL(use_localtime, "NO", "list local times, not UTC"),
	/* messages */
	TEXT(ftpd_banner, "", "text of the greeting"),
	TEXT(banner_file, "", "lines before the greeting, 1,536 octets"),
	BOOL(dirmessage_enable, "NO", "show message_file of a directory"),
	TEXT(message_file, ".message", "lines for who enters a directory"),
	/* logging */
	BOOL(xferlog_enable, "NO", "log to vsftpd_log_file"),
	BOOL(xferlog_std_format, "NO", "transfers to xferlog_file instead"),
	TEXT(xferlog_file, "/var/log/xferlog", "as wu-ftpd wrote it"),
	TEXT(vsftpd_log_file, "/var/log/vsftpd.log",
	    "log of a daemon, or with xferlog_enable"),
	BOOL(dual_log_enable, "NO", "to both of them"),
	BOOL(syslog_enable, "NO", "log to syslog"),
	BOOL(log_ftp_protocol, "NO", "log commands and replies"),
	CALL(no_log_lock, take_bool, "NO"),
	/* TLS */
	BOOL(ssl_enable, "NO", "offer TLS"),
	BOOL(implicit_ssl, "NO", "TLS from the first octet at listen_port"),
	BOOL(allow_anon_ssl, "NO", "anonymous users may use TLS"),
	BOOL(force_local_logins_ssl, "YES", "other users must log in by TLS"),
	BOOL(force_local_data_ssl, "YES", "and encrypt data as well"),
	BOOL(force_anon_logins_ssl, "NO", "anonymous users must use TLS"),
	BOOL(force_anon_data_ssl, "NO", "and encrypt data as well"),
	CALL(ssl_sslv2, refuse_bool, "NO"),
	CALL(ssl_sslv3, refuse_bool, "NO"),
	CALL(ssl_tlsv1, note_bool, "NO"),
	CALL(ssl_tlsv11, note_bool, "NO"),
	BOOL(ssl_tlsv12, "YES", "TLS 1.2"),
	BOOL(ssl_tlsv13, "YES", "TLS 1.3"),
	CALL(ssl_ciphers, set_ciphers, "ECDHE-RSA-AES256-GCM-SHA384"),
	TEXT(rsa_cert_file, "/usr/share/ssl/certs/vsftpd.pem",
	    "certificates, of any kind; made when it is not there"),
	TEXT(rsa_private_key_file, "", "its key, if that is elsewhere"),
	CALL(dsa_cert_file, note_text, ""),
	CALL(dsa_private_key_file, note_text, ""),
	TEXT(ca_certs_file, "", "whose certificates of clients are good"),
	CALL(ssl_request_cert, take_bool, "YES"),
	BOOL(require_cert, "NO", "clients need one; with validate_cert only"),
	BOOL(validate_cert, "NO", "a good one; with require_cert only"),
	CALL(require_ssl_reuse, set_reuse, NULL),
	BOOL(strict_ssl_read_eof, "YES",
	    "an upload that ends without a word of TLS has failed"),
	CALL(strict_ssl_write_shutdown, take_bool, "NO"),
	TEXT(ssl_sni_hostname, "", "the name clients must ask for"),
	BOOL(debug_ssl, "NO", "log what TLS each data connection has"),
	/* ours */
	TEXT(users_file, "/etc/wherry.users", "made by wherry passwd"),
	BOOL(session_processes, "YES",
	    "started as root: a process for each session"),
	INT(max_rate_down, 0, RATE_MAX, "0",
	    "octets a second of all downloads together, 0 = any"),
	INT(max_rate_up, 0, RATE_MAX, "0", "the same of uploads"),
	INT(implicit_listen_port, 0, 65535, "0",
	    "TLS from the first octet at this port as well, 0 = none"),
	BOOL(ccc_enable, "NO", "CCC: commands go on without TLS"),
	BOOL(system_users, "NO", "the system's beside those of users_file"),
};

static const char *conf_default(const char *key)
{
	for (size_t i = 0; i < LEN(conf_opts); i++)
		if (strcmp(conf_opts[i].key, key) == 0)
			return conf_opts[i].def;
	return "";
}

struct opt_table ftp_conf_table(struct ftp_conf *conf)
{
	return (struct opt_table){
		.opts = conf_opts, .opts_n = LEN(conf_opts), .conf = conf,
	};
}

void ftp_conf_init(struct ftp_conf *conf)
{
	struct opt_table t = ftp_conf_table(conf);

	memset(conf, 0, sizeof(*conf));
	opt_defaults(&t);
}

/* ---- what single options cannot know */

static int conf_listen(struct ftp_conf *c, struct opt_at *at)
{
	bool v6 = c->listen_ipv6;

	at->key = "listen";
	if (!c->listen && !v6)
		return opt_fail(at, "NO without listen_ipv6=YES means inetd, "
		    "which is not supported");
	at->key = "listen_address";
	if (v6 && c->listen_address.family != 0)
		return opt_fail(at, "has no meaning with listen_ipv6=YES; "
		    "listen_address6 has");
	c->listen_at = v6 ? c->listen_address6 : c->listen_address;
	c->listen_at.family = v6 ? 6 : 4;
	c->listen_at.port = (uint16_t)c->listen_port;
	return 0;
}

static int conf_pasv(struct ftp_conf *c, struct opt_at *at)
{
	at->key = "pasv_address";
	if (c->pasv_name[0] != '\0' && !c->pasv_addr_resolve)
		return opt_fail(at, "\"%s\" is not an IPv4 address; names need "
		    "pasv_addr_resolve=YES", c->pasv_name);
	at->key = "pasv_max_port";
	if (c->pasv_max_port == 0)
		c->pasv_max_port = UINT16_MAX;
	c->pasv_min_port = MAX(c->pasv_min_port, 1024);
	if (c->pasv_max_port < c->pasv_min_port)
		return opt_fail(at, "%lld is below pasv_min_port, %lld",
		    (long long)c->pasv_max_port, (long long)c->pasv_min_port);
	return 0;
}

static int conf_tls(const struct ftp_conf *c, struct opt_at *at)
{
	at->key = "ssl_enable";
	if (!c->ssl_enable && (c->implicit_ssl || c->implicit_listen_port != 0))
		return opt_fail(at, "NO, and a port that wants it");
	at->key = "ssl_tlsv12";
	if (c->ssl_enable && !c->ssl_tlsv12 && !c->ssl_tlsv13)
		return opt_fail(at, "NO and ssl_tlsv13=NO leave nothing");
	at->key = "require_cert";
	if (c->require_cert != c->validate_cert)
		return opt_fail(at, "and validate_cert: one without the other "
		    "is not supported");
	at->key = "ca_certs_file";
	if (c->validate_cert && c->ca_certs_file[0] == '\0')
		return opt_fail(at, "validate_cert=YES needs it");
	return 0;
}

int ftp_conf_check(struct ftp_conf *c, struct opt_at *at)
{
	int rc;

	at->file = NULL;
	at->line = 0;
	rc = conf_listen(c, at);
	if (rc == 0)
		rc = conf_pasv(c, at);
	if (rc == 0)
		rc = conf_tls(c, at);
	if (rc < 0)
		return rc;
	at->key = "anonymous_enable";
	if (rc == 0 && !c->anonymous_enable && !c->local_enable)
		rc = opt_fail(at, "NO and local_enable=NO let nobody in");
	if (c->max_clients == 0)
		c->max_clients = LIMIT_FTP_SESSIONS;
	return rc;
}

bool ftp_conf_logs_std(const struct ftp_conf *conf)
{
	return conf->xferlog_enable &&
	    (conf->xferlog_std_format || conf->dual_log_enable);
}

bool ftp_conf_logs_own(const struct ftp_conf *conf)
{
	return conf->xferlog_enable &&
	    (!conf->xferlog_std_format || conf->dual_log_enable);
}
