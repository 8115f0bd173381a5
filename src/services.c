/* services.c - the only file that knows which services there are. */
#include "services.h"

#include <stddef.h>

/* All that is known of them. */
#ifdef SERVICE_ss
int ssserver_main(int argc, char **argv);
int sslocal_main(int argc, char **argv);
int own_ssserver_main(int argc, char **argv);
int own_sslocal_main(int argc, char **argv);
int ss_server_main(int argc, char **argv);
int ss_local_main(int argc, char **argv);
int ss_tunnel_main(int argc, char **argv);
int ss_redir_main(int argc, char **argv);
int ss_manager_main(int argc, char **argv);
int ssmanager_main(int argc, char **argv);
int ssservice_main(int argc, char **argv);
int keygen_main(int argc, char **argv);
int uri_main(int argc, char **argv);
#endif
#ifdef SERVICE_ftp
int ftpd_main(int argc, char **argv);
int passwd_main(int argc, char **argv);
#endif

const struct service services[] = {
#ifdef SERVICE_ss
	{ "ssserver", ssserver_main, "Shadowsocks server",
	    own_ssserver_main },
	{ "sslocal", sslocal_main, "Shadowsocks client: a SOCKS proxy",
	    own_sslocal_main },
	{ "ss-server", ss_server_main, "ssserver with libev's options", NULL },
	{ "ss-local", ss_local_main, "sslocal with libev's options", NULL },
	{ "ss-tunnel", ss_tunnel_main, "a port that leads to one place", NULL },
	{ "ss-redir", ss_redir_main, "libev's transparent proxy: not yet",
	    NULL },
	{ "ss-manager", ss_manager_main, "libev's server of many ports", NULL },
	{ "ssmanager", ssmanager_main, "rust's server of many ports", NULL },
	{ "ssservice", ssservice_main, "rust's programs by their first word",
	    NULL },
	{ "keygen", keygen_main, "makes a key for a Shadowsocks method", NULL },
	{ "uri", uri_main, "a server's ss:// address, read and written", NULL },
	{ "ssurl", uri_main, "the same", NULL },
#endif
#ifdef SERVICE_ftp
	{ "ftpd", ftpd_main, "FTP server", NULL },
	{ "vsftpd", ftpd_main, "the same", NULL },
	{ "passwd", passwd_main, "makes a line of ftpd's users file", NULL },
#endif
	{ NULL, NULL, NULL, NULL },
};
