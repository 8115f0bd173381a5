/* ftp_explain.c - says what is weak or wrong in a configuration that could be
 * read. Starts nothing. */
#include "ftp_explain.h"

#include "base/limits.h"
#include "core/check.h"
#include "core/log.h"
#include "port/proc.h"

static void explain_doors(const struct ftp_conf *c)
{
	if (c->local_enable && !c->ssl_enable)
		log_warn("ssl_enable=NO: passwords and files pass unencrypted");
	else if (c->local_enable && !c->force_local_logins_ssl)
		log_warn("force_local_logins_ssl=NO: who does not ask for TLS "
		    "sends its password unencrypted");
	if (c->anonymous_enable && c->write_enable &&
	    (c->anon_upload_enable || c->anon_other_write_enable ||
	    c->anon_mkdir_write_enable))
		log_warn("anonymous_enable=YES with write_enable=YES: anybody "
		    "can fill the disk");
	if (c->port_promiscuous || c->pasv_promiscuous)
		log_warn("%s=YES: data connections may be turned against other "
		    "machines", c->port_promiscuous ? "port_promiscuous" :
		    "pasv_promiscuous");
	if (!c->seccomp_sandbox)
		log_warn("seccomp_sandbox=NO: sessions keep all system calls");
}

static void explain_limits(const struct ftp_conf *c)
{
	int64_t ports = c->pasv_max_port - c->pasv_min_port + 1;

	if (c->max_clients > LIMIT_FTP_SESSIONS)
		log_warn("max_clients=%lld: this build has room for %d",
		    (long long)c->max_clients, LIMIT_FTP_SESSIONS);
	if (c->pasv_enable && ports < c->max_clients)
		log_warn("pasv_min_port..pasv_max_port: %lld ports for %lld "
		    "clients", (long long)ports, (long long)c->max_clients);
}

static int explain_files(const struct ftp_conf *c)
{
	struct file_info info;
	int errors = 0;

	if (c->users_file[0] != '\0' && c->local_enable) {
		if (!c->session_processes || port_uid() != 0)
			errors += check_can_read("users_file", c->users_file);
		else if (port_path_info(PORT_FS, c->users_file, true,
		    &info) < 0)
			log_warn("users_file: there is no %s, so users are "
			    "those of the system", c->users_file);
		check_is_secret(c->users_file);
	}
	if (c->userlist_enable)
		errors += check_can_read("userlist_file", c->userlist_file);
	if (c->chroot_list_enable)
		errors += check_can_read("chroot_list_file",
		    c->chroot_list_file);
	if (c->deny_email_enable)
		errors += check_can_read("banned_email_file",
		    c->banned_email_file);
	errors += check_can_read("banner_file", c->banner_file);
	if (!c->ssl_enable)
		return errors;
	errors += check_can_read("ca_certs_file", c->ca_certs_file);
	errors += check_can_read("rsa_private_key_file",
	    c->rsa_private_key_file);
	if (c->rsa_private_key_file[0] != '\0') {
		check_is_secret(c->rsa_private_key_file);
		errors += check_can_read("rsa_cert_file", c->rsa_cert_file);
	}
	check_clock("certificates are valid from a day on");
	return errors;
}

int ftp_explain(const struct ftp_conf *c)
{
	struct addr implicit = c->listen_at;
	struct port_user user;
	int errors = 0;

	explain_doors(c);
	explain_limits(c);
	if (port_uid() == 0) {
		errors += check_user("nopriv_user", c->nopriv_user);
		if (c->anonymous_enable && c->anon_root[0] == '\0' &&
		    port_user_find(c->ftp_username, &user) < 0)
			log_warn("ftp_username: there is no user %s, so "
			    "nobody gets in as anonymous", c->ftp_username);
		if (c->guest_enable)
			errors += check_user("guest_username",
			    c->guest_username);
		if (c->chown_uploads)
			errors += check_user("chown_username",
			    c->chown_username);
	}
	errors += explain_files(c);
	errors += check_port(&c->listen_at, true, false);
	implicit.port = (uint16_t)c->implicit_listen_port;
	if (c->ssl_enable && implicit.port != 0)
		errors += check_port(&implicit, true, false);
	return errors;
}
