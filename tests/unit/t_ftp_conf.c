/* t_ftp_conf.c - every option of vsftpd 3.0.5 is known; what would be unsafe to
 * leave out is refused. */
#include "src/ftp/ftp_conf.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* Name and default of each, from vsftpd.conf(5). */
static const char *const vsftpd[] = {
	"listen=YES", "listen_ipv6=NO", "listen_address=", "listen_address6=",
	"listen_port=21", "background=NO", "run_as_launching_user=NO",
	"one_process_model=NO", "isolate=YES", "isolate_network=YES",
	"seccomp_sandbox=YES", "ptrace_sandbox=NO", "nopriv_user=nobody",
	"secure_chroot_dir=/usr/share/empty", "setproctitle_enable=NO",
	"tcp_wrappers=NO", "ftp_enable=YES", "http_enable=NO",
	"max_clients=2000", "max_per_ip=50", "anonymous_enable=YES",
	"local_enable=NO", "guest_enable=NO", "guest_username=ftp",
	"ftp_username=ftp", "virtual_use_local_privs=NO",
	"no_anon_password=NO", "deny_email_enable=NO",
	"banned_email_file=/etc/vsftpd.banned_emails",
	"secure_email_list_enable=NO",
	"email_password_file=/etc/vsftpd.email_passwords",
	"userlist_enable=NO", "userlist_deny=YES",
	"userlist_file=/etc/vsftpd.user_list", "check_shell=YES",
	"pam_service_name=ftp", "session_support=NO", "user_config_dir=",
	"user_sub_token=", "max_login_fails=3", "delay_failed_login=1",
	"delay_successful_login=0", "tilde_user_enable=NO", "cmds_allowed=",
	"cmds_denied=", "chroot_local_user=NO", "chroot_list_enable=NO",
	"chroot_list_file=/etc/vsftpd.chroot_list", "passwd_chroot_enable=NO",
	"allow_writeable_chroot=NO", "anon_root=", "local_root=",
	"write_enable=NO", "anon_upload_enable=NO",
	"anon_mkdir_write_enable=NO", "anon_other_write_enable=NO",
	"anon_world_readable_only=YES", "download_enable=YES",
	"dirlist_enable=YES", "chmod_enable=YES", "mdtm_write=YES",
	"chown_uploads=NO", "chown_username=root", "chown_upload_mode=0600",
	"local_umask=077", "anon_umask=077", "file_open_mode=0666",
	"delete_failed_uploads=NO", "lock_upload_files=YES", "hide_file=",
	"deny_file=", "port_enable=YES", "pasv_enable=YES",
	"port_promiscuous=NO", "pasv_promiscuous=NO",
	"connect_from_port_20=NO", "ftp_data_port=20", "pasv_min_port=5001",
	"pasv_max_port=0", "pasv_address=", "pasv_addr_resolve=NO",
	"use_sendfile=YES", "trans_chunk_size=0", "idle_session_timeout=300",
	"data_connection_timeout=300", "accept_timeout=60",
	"connect_timeout=60", "anon_max_rate=0", "local_max_rate=0",
	"ascii_upload_enable=NO", "ascii_download_enable=NO",
	"async_abor_enable=NO", "ls_recurse_enable=NO", "force_dot_files=NO",
	"hide_ids=NO", "text_userdb_names=NO", "use_localtime=NO",
	"ftpd_banner=", "banner_file=", "dirmessage_enable=NO",
	"message_file=.message", "xferlog_enable=NO", "xferlog_std_format=NO",
	"xferlog_file=/var/log/xferlog",
	"vsftpd_log_file=/var/log/vsftpd.log", "dual_log_enable=NO",
	"syslog_enable=NO", "log_ftp_protocol=NO", "no_log_lock=NO",
	"ssl_enable=NO", "implicit_ssl=NO", "allow_anon_ssl=NO",
	"force_local_logins_ssl=YES", "force_local_data_ssl=YES",
	"force_anon_logins_ssl=NO", "force_anon_data_ssl=NO", "ssl_sslv2=NO",
	"ssl_sslv3=NO", "ssl_tlsv1=NO", "ssl_tlsv11=NO", "ssl_tlsv12=YES",
	"ssl_tlsv13=YES", "ssl_ciphers=ECDHE-RSA-AES256-GCM-SHA384",
	"rsa_cert_file=/usr/share/ssl/certs/vsftpd.pem",
	"rsa_private_key_file=", "dsa_cert_file=", "dsa_private_key_file=",
	"ca_certs_file=", "ssl_request_cert=YES", "require_cert=NO",
	"validate_cert=NO", "require_ssl_reuse=YES",
	"strict_ssl_read_eof=YES", "strict_ssl_write_shutdown=NO",
	"ssl_sni_hostname=", "debug_ssl=NO",
};

static struct ftp_conf conf;
static struct opt_at at;

static int fresh(void **state)
{
	(void)state;
	memset(&at, 0, sizeof(at));
	at.strict = true;
	ftp_conf_init(&conf);
	return 0;
}

static int set(const char *pair)
{
	struct opt_table t = ftp_conf_table(&conf);

	at.text[0] = '\0';
	return opt_read_pair(&t, &at, pair);
}

static int check(void)
{
	at.text[0] = '\0';
	return ftp_conf_check(&conf, &at);
}

static void t_all_known(void **state)
{
	struct opt_table t = ftp_conf_table(&conf);

	(void)state;
	assert_int_equal(LEN(vsftpd), 136);
	for (size_t i = 0; i < LEN(vsftpd); i++) {
		char key[40];

		snprintf(key, sizeof(key), "%.*s",
		    (int)strcspn(vsftpd[i], "="), vsftpd[i]);
		if (opt_find(&t, key) == NULL)
			fail_msg("unknown: %s", key);
	}
	assert_int_equal(t.opts_n, LEN(vsftpd) + 8);
}

/* vsftpd's own default, spelled out, is taken for each, and changes nothing;
 * only more clients than the board has sessions is refused. */
static void t_all_defaults(void **state)
{
	struct ftp_conf before = conf;

	(void)state;
	for (size_t i = 0; i < LEN(vsftpd); i++) {
		if (strncmp(vsftpd[i], "max_clients=", 12) == 0)
			assert_int_equal(set(vsftpd[i]), -E_INVAL);
		else if (strncmp(vsftpd[i], "require_ssl_reuse=", 18) == 0)
			continue;	/* not said: a way between */
		else if (set(vsftpd[i]) != 0)
			fail_msg("%s: %s", vsftpd[i], at.text);
	}
	assert_memory_equal(&before, &conf, sizeof(conf));
}

/* All of them, with another value than the default: h = honoured, n =
 * taken with a note, t = taken, as what it asks for is always so, ! = refused
 * at start. */
static const struct {
	const char *pair;
	char mark;
} marks[] = {
	{ "listen=NO", 'h' }, { "listen_ipv6=YES", 'h' },
	{ "listen_address=192.0.2.1", 'h' },
	{ "listen_address6=2001:db8::1", 'h' }, { "listen_port=2121", 'h' },
	{ "background=YES", 'h' }, { "run_as_launching_user=YES", 'h' },
	{ "one_process_model=YES", 'n' }, { "isolate=NO", 't' },
	{ "isolate_network=NO", 't' }, { "seccomp_sandbox=NO", 'h' },
	{ "ptrace_sandbox=YES", 'n' }, { "nopriv_user=ftpsecure", 'h' },
	{ "secure_chroot_dir=/empty", 'h' },
	{ "setproctitle_enable=YES", 'n' }, { "tcp_wrappers=YES", 'n' },
	{ "ftp_enable=NO", '!' }, { "http_enable=YES", '!' },
	{ "max_clients=3", 'h' }, { "max_per_ip=3", 'h' },
	{ "anonymous_enable=NO", 'h' }, { "local_enable=YES", 'h' },
	{ "guest_enable=YES", 'h' }, { "guest_username=web", 'h' },
	{ "ftp_username=web", 'h' }, { "virtual_use_local_privs=YES", 'h' },
	{ "no_anon_password=YES", 'h' }, { "deny_email_enable=YES", 'h' },
	{ "banned_email_file=/x", 'h' },
	{ "secure_email_list_enable=YES", 'h' },
	{ "email_password_file=/x", 'h' }, { "userlist_enable=YES", 'h' },
	{ "userlist_deny=NO", 'h' }, { "userlist_file=/x", 'h' },
	{ "check_shell=NO", 'h' }, { "pam_service_name=vsftpd", 'n' },
	{ "session_support=YES", 'n' }, { "user_config_dir=/x", 'h' },
	{ "user_sub_token=$USER", 'h' }, { "max_login_fails=5", 'h' },
	{ "delay_failed_login=2", 'h' }, { "delay_successful_login=1", 'h' },
	{ "tilde_user_enable=YES", 'h' }, { "cmds_allowed=PASV", 'h' },
	{ "cmds_denied=SITE", 'h' }, { "chroot_local_user=YES", 'h' },
	{ "chroot_list_enable=YES", 'h' }, { "chroot_list_file=/x", 'h' },
	{ "passwd_chroot_enable=YES", 'h' },
	{ "allow_writeable_chroot=YES", 't' }, { "anon_root=/x", 'h' },
	{ "local_root=/x", 'h' }, { "write_enable=YES", 'h' },
	{ "anon_upload_enable=YES", 'h' },
	{ "anon_mkdir_write_enable=YES", 'h' },
	{ "anon_other_write_enable=YES", 'h' },
	{ "anon_world_readable_only=NO", 'h' },
	{ "download_enable=NO", 'h' }, { "dirlist_enable=NO", 'h' },
	{ "chmod_enable=NO", 'h' }, { "mdtm_write=NO", 'h' },
	{ "chown_uploads=YES", 'h' }, { "chown_username=web", 'h' },
	{ "chown_upload_mode=0640", 'h' }, { "local_umask=022", 'h' },
	{ "anon_umask=022", 'h' }, { "file_open_mode=0777", 'h' },
	{ "delete_failed_uploads=YES", 'h' }, { "lock_upload_files=NO", 'h' },
	{ "hide_file=*.x", 'h' }, { "deny_file=*.x", 'h' },
	{ "port_enable=NO", 'h' }, { "pasv_enable=NO", 'h' },
	{ "port_promiscuous=YES", 'h' }, { "pasv_promiscuous=YES", 'h' },
	{ "connect_from_port_20=YES", 'h' }, { "ftp_data_port=2020", 'h' },
	{ "pasv_min_port=6000", 'h' }, { "pasv_max_port=7000", 'h' },
	{ "pasv_address=192.0.2.1", 'h' }, { "pasv_addr_resolve=YES", 'h' },
	{ "use_sendfile=NO", 'h' }, { "trans_chunk_size=4096", 'n' },
	{ "idle_session_timeout=7", 'h' },
	{ "data_connection_timeout=7", 'h' }, { "accept_timeout=7", 'h' },
	{ "connect_timeout=7", 'h' }, { "anon_max_rate=7", 'h' },
	{ "local_max_rate=7", 'h' }, { "ascii_upload_enable=YES", 'h' },
	{ "ascii_download_enable=YES", 'h' }, { "async_abor_enable=YES", 't' },
	{ "ls_recurse_enable=YES", 'h' }, { "force_dot_files=YES", 'h' },
	{ "hide_ids=YES", 'h' }, { "text_userdb_names=YES", 'n' },
	{ "use_localtime=YES", 'h' }, { "ftpd_banner=x", 'h' },
	{ "banner_file=/x", 'h' }, { "dirmessage_enable=YES", 'h' },
	{ "message_file=x", 'h' }, { "xferlog_enable=YES", 'h' },
	{ "xferlog_std_format=YES", 'h' }, { "xferlog_file=/x", 'h' },
	{ "vsftpd_log_file=/x", 'h' }, { "dual_log_enable=YES", 'h' },
	{ "syslog_enable=YES", 'h' }, { "log_ftp_protocol=YES", 'h' },
	{ "no_log_lock=YES", 't' },
	{ "ssl_enable=YES", 'h' }, { "implicit_ssl=YES", 'h' },
	{ "allow_anon_ssl=YES", 'h' }, { "force_local_logins_ssl=NO", 'h' },
	{ "force_local_data_ssl=NO", 'h' },
	{ "force_anon_logins_ssl=YES", 'h' },
	{ "force_anon_data_ssl=YES", 'h' }, { "ssl_sslv2=YES", '!' },
	{ "ssl_sslv3=YES", '!' }, { "ssl_tlsv1=YES", 'n' },
	{ "ssl_tlsv11=YES", 'n' }, { "ssl_tlsv12=NO", 'h' },
	{ "ssl_tlsv13=NO", 'h' }, { "ssl_ciphers=HIGH", 'h' },
	{ "rsa_cert_file=/x", 'h' }, { "rsa_private_key_file=/x", 'h' },
	{ "dsa_cert_file=/x", 'n' }, { "dsa_private_key_file=/x", 'n' },
	{ "ca_certs_file=/x", 'h' }, { "ssl_request_cert=NO", 't' },
	{ "require_cert=YES", 'h' }, { "validate_cert=YES", 'h' },
	{ "require_ssl_reuse=YES", 'h' }, { "strict_ssl_read_eof=NO", 'h' },
	{ "strict_ssl_write_shutdown=YES", 't' },
	{ "ssl_sni_hostname=x", 'h' }, { "debug_ssl=YES", 'h' },
};

/* What the log says goes to a file of the test. */
static size_t said(const char *path)
{
	FILE *f = fopen(path, "r");
	long n;

	assert_non_null(f);
	fseek(f, 0, SEEK_END);
	n = ftell(f);
	fclose(f);
	return (size_t)n;
}

static void one_mark(size_t i, const char *log)
{
	struct ftp_conf before;
	size_t was = said(log);
	int rc;

	ftp_conf_init(&conf);
	before = conf;
	rc = set(marks[i].pair);
	if ((rc != 0) != (marks[i].mark == '!') ||
	    (said(log) > was) != (marks[i].mark == 'n') ||
	    (memcmp(&before, &conf, sizeof(conf)) != 0) !=
	    (marks[i].mark == 'h'))
		fail_msg("%s: not %c: %s", marks[i].pair, marks[i].mark,
		    at.text);
}

static void t_marks(void **state)
{
	char path[] = "/tmp/wherry-conf-log-XXXXXX";

	(void)state;
	close(mkstemp(path));
	assert_int_equal(log_open(LOG_FILE, path, NULL), 0);
	for (size_t i = 0; i < LEN(marks); i++)
		one_mark(i, path);
	log_close();
	unlink(path);
	assert_int_equal(LEN(marks), LEN(vsftpd));
}

static void t_names_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(conf_opts); i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(conf_opts[i].key,
			    conf_opts[j].key);
}

static void t_values(void **state)
{
	(void)state;
	assert_int_equal(set("listen_port=2121"), 0);
	assert_int_equal(conf.listen_port, 2121);
	assert_int_equal(set("local_umask=022"), 0);
	assert_int_equal(conf.local_umask, 022);
	assert_int_equal(set("anonymous_enable=no"), 0);
	assert_false(conf.anonymous_enable);
	assert_int_equal(set("write_enable=TRUE"), 0);
	assert_true(conf.write_enable);
	assert_int_equal(set("anon_root=/srv/ftp"), 0);
	assert_string_equal(conf.anon_root, "/srv/ftp");
	assert_int_equal(set("anon_root="), 0);
	assert_string_equal(conf.anon_root, "");
}

static void t_bad_values(void **state)
{
	static const char *const bad[] = {
		"listen_port=70000", "listen_port=-1", "listen_port=x",
		"listen_port=", "write_enable=maybe", "write_enable=",
		"local_umask=09", "local_umask=01000", "ssl_tlsv1=x",
		"isolate=", "connect_timeout=1x", "no_such_option=YES",
		"Listen=YES", "max_login_fails=0", "=x",
		"listen_address=::1", "listen_address=host",
		"listen_address6=1.2.3.4", "pasv_address=1.2.3.256",
		"pasv_address=no name",
		"pasv_address=::1",
	};

	(void)state;
	for (size_t i = 0; i < LEN(bad); i++)
		if (set(bad[i]) == 0 || at.text[0] == '\0')
			fail_msg("taken: %s", bad[i]);
}

static void t_refused(void **state)
{
	static const char *const refused[] = {
		"ssl_sslv2=YES", "ssl_sslv3=YES", "http_enable=YES",
		"ftp_enable=NO",
	};

	(void)state;
	for (size_t i = 0; i < LEN(refused); i++) {
		if (set(refused[i]) == 0)
			fail_msg("taken: %s", refused[i]);
		assert_non_null(strstr(at.text, "not supported"));
	}
}

/* What Debian and OpenWrt ship starts, but for where the users are. */
static void t_shipped(void **state)
{
	static const char *const debian[] = {
		"listen=NO", "listen_ipv6=YES", "anonymous_enable=NO",
		"local_enable=YES", "dirmessage_enable=NO",
		"use_localtime=YES", "xferlog_enable=YES",
		"connect_from_port_20=NO",
		"secure_chroot_dir=/var/run/vsftpd/empty",
		"pam_service_name=ftp",
		"rsa_cert_file=/etc/ssl/certs/ssl-cert-snakeoil.pem",
		"rsa_private_key_file=/etc/ssl/private/k", "ssl_enable=NO",
		"background=YES", "check_shell=NO", "session_support=NO",
	};

	(void)state;
	for (size_t i = 0; i < LEN(debian); i++)
		if (set(debian[i]) != 0)
			fail_msg("%s", at.text);
	assert_int_equal(check(), 0);
	assert_int_equal(conf.listen_at.family, 6);
	assert_int_equal(conf.listen_at.port, 21);
}

static void t_check_defaults(void **state)
{
	(void)state;
	assert_int_equal(check(), 0);
	assert_int_equal(conf.listen_at.family, 4);
	assert_int_equal(conf.pasv_min_port, 5001);
	assert_int_equal(conf.pasv_max_port, 65535);
	assert_int_equal(conf.pasv_address.family, 0);
	assert_int_equal(conf.max_clients, LIMIT_FTP_SESSIONS);
}

static void t_check_refused(void **state)
{
	static const char *const bad[] = {
		"listen=NO", "pasv_max_port=5000", "pasv_max_port=1",
		"anonymous_enable=NO", "implicit_ssl=YES",
		"implicit_listen_port=990", "require_cert=YES",
		"validate_cert=YES",
	};

	for (size_t i = 0; i < LEN(bad); i++) {
		fresh(state);
		assert_int_equal(set(bad[i]), 0);
		if (check() == 0 || at.text[0] == '\0')
			fail_msg("taken: %s", bad[i]);
	}
}

/* Both at once is one socket for both families; an IPv4 address that would be
 * forgotten is not taken. */
static void t_check_both(void **state)
{
	(void)state;
	assert_int_equal(set("listen_ipv6=YES"), 0);
	assert_int_equal(check(), 0);
	assert_int_equal(conf.listen_at.family, 6);
	assert_int_equal(set("listen_address=192.0.2.1"), 0);
	assert_int_equal(check(), -E_INVAL);
}

static void t_check_pasv(void **state)
{
	(void)state;
	assert_int_equal(set("pasv_min_port=1"), 0);
	assert_int_equal(set("pasv_max_port=1024"), 0);
	assert_int_equal(set("pasv_address=192.0.2.1"), 0);
	assert_int_equal(check(), 0);
	assert_int_equal(conf.pasv_min_port, 1024);
	assert_int_equal(conf.pasv_address.ip[0], 192);
	/* A name takes its place, and is looked up only when that is said. */
	assert_int_equal(set("pasv_address=nas.example.org"), 0);
	assert_int_equal(conf.pasv_address.family, 0);
	assert_int_equal(check(), -E_INVAL);
	assert_non_null(strstr(at.text, "pasv_addr_resolve"));
	assert_int_equal(set("pasv_addr_resolve=YES"), 0);
	assert_int_equal(check(), 0);
	assert_string_equal(conf.pasv_name, "nas.example.org");
	assert_int_equal(set("pasv_address=192.0.2.1"), 0);
	assert_string_equal(conf.pasv_name, "");
}

/* The message names file and line. */
static void t_file(void **state)
{
	struct opt_table t = ftp_conf_table(&conf);
	char path[] = "/tmp/wherry-conf-XXXXXX";
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");

	(void)state;
	fputs("# comment\n\n  listen_port = 99 \r\nno_such=1\n", f);
	fclose(f);
	at.file = path;
	assert_int_equal(opt_read_ini(&t, &at, path), -E_INVAL);
	assert_int_equal(conf.listen_port, 99);
	assert_non_null(strstr(at.text, ":4: no_such: "));
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(t_all_known, fresh),
		cmocka_unit_test_setup(t_all_defaults, fresh),
		cmocka_unit_test_setup(t_marks, fresh),
		cmocka_unit_test_setup(t_names_once, fresh),
		cmocka_unit_test_setup(t_values, fresh),
		cmocka_unit_test_setup(t_bad_values, fresh),
		cmocka_unit_test_setup(t_refused, fresh),
		cmocka_unit_test_setup(t_shipped, fresh),
		cmocka_unit_test_setup(t_check_defaults, fresh),
		cmocka_unit_test_setup(t_check_refused, fresh),
		cmocka_unit_test_setup(t_check_both, fresh),
		cmocka_unit_test_setup(t_check_pasv, fresh),
		cmocka_unit_test_setup(t_file, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
