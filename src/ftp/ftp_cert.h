/* ftp_cert.h - the certificate of the server, from its files or made once. */
#ifndef FTP_CERT_H
#define FTP_CERT_H

#include "crypto/tls.h"

struct ftp_conf;

/* What is in memory of one state of the files. */
struct ftp_cert {
	struct tls_shared shared;
	/* Connections, and whoever has it for new ones; it stays while there
	 * are any. */
	uint32_t users;
};

/*
 * ftp_cert_open - reads the files that conf names, into memory that no
 * connection uses, and says the fingerprint in the log. A certificate that is
 * not there, and has no key of its own, is made: where rsa_cert_file says, or
 * with the option as it is by default at /etc/wherry.pem.
 *
 * 0 with *out; or with why -E_BUSY (connections use what was before the last
 * one), -E_INVAL, -E_LONG, port_file_open's errors.
 */
int ftp_cert_open(struct ftp_cert **out, const struct ftp_conf *conf,
    char *why, size_t room);
/* NULL is harmless. */
void ftp_cert_close(struct ftp_cert **c);
/* Wipes all private keys of this process but that of one (NULL = none). */
void ftp_cert_forget(const struct ftp_cert *but);

#endif
