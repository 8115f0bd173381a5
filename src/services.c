/* services.c - the only file that knows which services there are. */
#include "services.h"

#include <stddef.h>

/* All that is known of them. */
#ifdef SERVICE_ss
int ssserver_main(int argc, char **argv);
int sslocal_main(int argc, char **argv);
int keygen_main(int argc, char **argv);
int uri_main(int argc, char **argv);
#endif
#ifdef SERVICE_ftp
int ftpd_main(int argc, char **argv);
int passwd_main(int argc, char **argv);
#endif

const struct service services[] = {
#ifdef SERVICE_ss
	{ "ssserver", ssserver_main, "Shadowsocks server" },
	{ "sslocal", sslocal_main, "Shadowsocks client: a SOCKS proxy" },
	{ "keygen", keygen_main, "makes a key for a Shadowsocks method" },
	{ "uri", uri_main, "a server's ss:// address, read and written" },
	{ "ssurl", uri_main, "the same" },
#endif
#ifdef SERVICE_ftp
	{ "ftpd", ftpd_main, "FTP server" },
	{ "passwd", passwd_main, "makes a line of ftpd's users file" },
#endif
	{ NULL, NULL, NULL },
};
