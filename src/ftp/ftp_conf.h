/* ftp_conf.h - what vsftpd.conf and -oname=value say, as one struct. */
#ifndef FTP_CONF_H
#define FTP_CONF_H

#include "base/addr.h"
#include "core/opt.h"
#include "ftp_match.h"
#include "port/file.h"

#define FTP_TEXT 256

/* Must data connections resume the session of the control connection? Not
 * said: from when the client has shown that it can. */
enum ftp_reuse { FTP_REUSE_SHOWN, FTP_REUSE_ALWAYS, FTP_REUSE_NEVER };

/* Filled by the table in ftp_conf.c, then const. Names are vsftpd's. */
struct ftp_conf {
	/* listener and process */
	bool listen, listen_ipv6, background, run_as_launching_user;
	int64_t listen_port, max_clients, max_per_ip;
	struct addr listen_address, listen_address6;	/* family 0 = any */
	char nopriv_user[FTP_TEXT];
	/* login */
	bool anonymous_enable, local_enable, no_anon_password;
	bool seccomp_sandbox;
	bool session_processes, system_users, check_shell, tilde_user_enable;
	bool ccc_enable;
	bool guest_enable, virtual_use_local_privs;
	char guest_username[FTP_TEXT], user_sub_token[FTP_TEXT];
	bool deny_email_enable, secure_email_list_enable;
	char banned_email_file[FTP_TEXT], email_password_file[FTP_TEXT];
	char user_config_dir[FTP_TEXT], secure_chroot_dir[FTP_TEXT];
	int64_t max_login_fails, delay_failed_login, delay_successful_login;
	char ftp_username[FTP_TEXT];
	char users_file[FTP_TEXT];
	bool userlist_enable, userlist_deny;
	char userlist_file[FTP_TEXT];
	char cmds_allowed[2 * FTP_TEXT], cmds_denied[2 * FTP_TEXT];
	/* roots */
	char anon_root[PORT_PATH_MAX], local_root[PORT_PATH_MAX];
	bool chroot_local_user, chroot_list_enable, passwd_chroot_enable;
	char chroot_list_file[FTP_TEXT];
	/* rights */
	bool write_enable, anon_upload_enable, anon_other_write_enable;
	bool anon_mkdir_write_enable, chmod_enable, mdtm_write;
	bool anon_world_readable_only, download_enable, dirlist_enable;
	char hide_file[FTP_PATTERN_MAX], deny_file[FTP_PATTERN_MAX];
	bool delete_failed_uploads, lock_upload_files;
	bool chown_uploads;
	char chown_username[FTP_TEXT];
	int64_t chown_upload_mode;
	int64_t local_umask, anon_umask, file_open_mode;
	/* data connections */
	bool pasv_enable, pasv_promiscuous;
	bool ascii_upload_enable, ascii_download_enable;
	bool port_enable, port_promiscuous, connect_from_port_20;
	int64_t ftp_data_port;
	int64_t pasv_min_port, pasv_max_port;
	struct addr pasv_address;	/* family 0 = where the client is */
	bool pasv_addr_resolve;
	char pasv_name[FTP_TEXT];	/* pasv_address, when it is a name */
	/* limits, in seconds; 0 = none */
	int64_t min_free_space;
	bool use_sendfile;
	int64_t idle_session_timeout, data_connection_timeout, accept_timeout;
	int64_t connect_timeout;
	int64_t anon_max_rate, local_max_rate;	/* octets in a second */
	int64_t max_rate_down, max_rate_up;	/* of the whole server */
	/* listings, messages, logs */
	bool force_dot_files, hide_ids, use_localtime, ls_recurse_enable;
	char ftpd_banner[FTP_TEXT];
	char banner_file[FTP_TEXT];
	bool dirmessage_enable;
	char message_file[FTP_TEXT];
	bool xferlog_std_format, dual_log_enable;
	char xferlog_file[FTP_TEXT];
	bool xferlog_enable, syslog_enable, log_ftp_protocol;
	char vsftpd_log_file[FTP_TEXT];
	/* TLS */
	bool ssl_enable, implicit_ssl, allow_anon_ssl;
	bool force_local_logins_ssl, force_local_data_ssl;
	bool force_anon_logins_ssl, force_anon_data_ssl;
	bool ssl_tlsv12, ssl_tlsv13, require_cert, validate_cert;
	bool strict_ssl_read_eof, debug_ssl;
	uint8_t require_ssl_reuse;	/* enum ftp_reuse */
	int64_t implicit_listen_port;	/* 0 = none */
	char ssl_ciphers[2 * FTP_TEXT], ssl_sni_hostname[FTP_TEXT];
	char rsa_cert_file[FTP_TEXT], rsa_private_key_file[FTP_TEXT];
	char ca_certs_file[FTP_TEXT];
	/* made of the above by ftp_conf_check */
	struct addr listen_at;
};

/* The table over conf: every option of vsftpd 3.0.5 and ours. */
struct opt_table ftp_conf_table(struct ftp_conf *conf);

/* Which of the two logs get transfers: xferlog_file, vsftpd_log_file. */
bool ftp_conf_logs_std(const struct ftp_conf *conf);
bool ftp_conf_logs_own(const struct ftp_conf *conf);

/* All defaults. */
void ftp_conf_init(struct ftp_conf *conf);

/*
 * What single options cannot know: ranges, combinations this version refuses.
 * 0, or -E_INVAL with at->text.
 */
int ftp_conf_check(struct ftp_conf *conf, struct opt_at *at);

#endif
