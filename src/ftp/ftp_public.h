/* ftp_public.h - a name that is looked up again and again: of the address that
 * PASV tells (pasv_addr_resolve). Knows no session. */
#ifndef FTP_PUBLIC_H
#define FTP_PUBLIC_H

#include "core/dns.h"

struct ftp_public {
	struct loop *loop;
	const char *name;
	/* Another address than before, of IPv4. */
	void (*found)(struct ftp_public *p, const struct addr *ip);
	struct addr now;	/* family 0 = not known yet */
	struct timer timer;
	struct dns_ask ask;
};

/* The process's resolver is opened; what fails is tried again. */
void ftp_public_open(struct ftp_public *p, struct loop *l, const char *name,
    void (*found)(struct ftp_public *p, const struct addr *ip));
/* At once, whatever is remembered. Of one that is not open, all zeros, this and
 * the next are harmless. */
void ftp_public_again(struct ftp_public *p);
void ftp_public_close(struct ftp_public *p);

#endif
