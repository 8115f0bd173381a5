/* ftp_tls.h - TLS of a session: its control connection, and one for data after
 * the other, which only it can resume. */
#ifndef FTP_TLS_H
#define FTP_TLS_H

#include "crypto/tls.h"

struct ftp_cert;
struct ftp_sess;

/* No variable of the process holds anything of it. */
struct ftp_tls {
	struct tls_arena arena;
	struct ftp_cert *cert;
	bool on;		/* the control connection goes through ctl */
	bool up;		/* its handshake was seen to be over */
	bool clearing;		/* the last octets of ctl are on their way */
	bool cleared;		/* CCC: ctl is there for the data's sake */
	bool ends;		/* with the control connection's: REIN */
	bool resumes;		/* the client can: now it has to */
	bool only;		/* no other handshake was good for data */
	bool noted;		/* that its data does not resume */
	struct tls ctl, data;
	_Alignas(16) uint8_t mem[TLS_ARENA_TWO];
};

/* What another process goes on with; nothing in it is believed. */
struct ftp_kept {
	uint8_t on, prot;
	struct tls_given tls;
};
/* s parks, and leaves it there. 0 or -E_BUSY. */
int ftp_tls_give(const struct ftp_sess *s, struct ftp_kept *k);
/* s->tls from it, if there was TLS; k is wiped. 0, -E_FULL, -E_PROTO. */
int ftp_tls_take(struct ftp_sess *s, struct ftp_kept *k);

/* s->tls, before the first octet of the handshake. 0 or -E_FULL. */
int ftp_tls_open(struct ftp_sess *s);
/* Back to the pool, and wiped. Without any it is harmless. */
void ftp_tls_close(struct ftp_sess *s);
/*
 * The control connection goes on without TLS, when the reply that said so is
 * out, and close_notify both ways. ends: so do data, and AUTH is as new (RFC
 * 4217 11); otherwise they are as before (CCC).
 */
void ftp_tls_clear(struct ftp_sess *s, bool ends);
/* In the session's turn: where it begins, is up, and is left. */
void ftp_tls_turn(struct ftp_sess *s);
/* A reply may be written: there is none inside of a handshake. */
bool ftp_tls_may_write(const struct ftp_sess *s);

/* s->tls->data, for a transfer. 0 or -E_FULL. */
int ftp_tls_data(struct ftp_sess *s, bool upload);
/* Of a transfer that is encrypted: its handshake is over. */
bool ftp_tls_data_up(struct ftp_sess *s);
/* The client has said that it sends no more. */
bool ftp_tls_data_ended(const struct ftp_sess *s);
/* NULL, or why this client may not log in as it is. */
const char *ftp_tls_login_refusal(const struct ftp_sess *s);
/* Data of this user has to be encrypted. */
bool ftp_tls_data_forced(const struct ftp_sess *s);

#endif
