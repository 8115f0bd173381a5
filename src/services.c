/* services.c - the only file that knows which services there are. */
#include "services.h"

#include <stddef.h>

#ifdef SERVICE_ss
#include "ss/ss_python.h"
#endif
#ifdef SERVICE_ftp
#include "ftp/ftp.h"
#endif

const struct service services[] = {
#ifdef SERVICE_ss
	{ "ssserver", ssserver_main, "Shadowsocks server" },
	{ "sslocal", sslocal_main, "Shadowsocks client: a SOCKS5 proxy" },
#endif
#ifdef SERVICE_ftp
	{ "ftpd", ftpd_main, "FTP server" },
	{ "passwd", passwd_main, "makes a line of ftpd's users file" },
#endif
	{ NULL, NULL, NULL },
};
