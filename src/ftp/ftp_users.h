/* ftp_users.h - the file of users, and what `wherry passwd` puts into it. */
#ifndef FTP_USERS_H
#define FTP_USERS_H

#include "base/addr.h"
#include "port/file.h"

#define FTP_NAME_MAX 64		/* with terminator */
#define FTP_PASS_MAX 129
#define FTP_SALT 16
#define FTP_HASH 64

/*
 * Rounds of a new hash, and the most a line may ask for. 10,000 rounds are
 * 20,000 SHA-512 compressions: about 10 ms of a desktop, a third of a second
 * of an 880 MHz MIPS, spent in slices.
 */
#define FTP_ROUNDS 10000
#define FTP_ROUNDS_MIN 1000
#define FTP_ROUNDS_MAX 10000000

/* "$pbkdf2-sha512$10000$SALT$HASH", both in base64. */
struct ftp_hash {
	uint32_t rounds;
	uint8_t salt_len;
	uint8_t salt[FTP_SALT];
	uint8_t hash[FTP_HASH];
};
#define FTP_HASH_TEXT 160

/* 0 or -E_INVAL. */
int ftp_hash_parse(struct ftp_hash *out, const char *s, size_t len);
void ftp_hash_text(char out[FTP_HASH_TEXT], const struct ftp_hash *h);
/* Hashes a password with a new salt; takes the processor for its time. */
void ftp_hash_make(struct ftp_hash *out, const char *password,
    uint32_t rounds);

#define FTP_MORE_MAX 256
#define FTP_NETS 4

/* What the last field of a line says: "down=1M,net=10.0.0.0/8". */
struct ftp_more {
	int64_t down, up;	/* octets a second of all his transfers
				 * together, 0 = any */
	int64_t quota;		/* octets in ROOT, 0 = any */
	uint8_t nets_n;
	struct net nets[FTP_NETS];	/* whence he may come, none = all */
	char run_as[FTP_NAME_MAX];	/* whom his process becomes */
	char group[FTP_NAME_MAX];	/* with this group; "" = as usual */
};

struct ftp_user {
	char name[FTP_NAME_MAX];
	struct ftp_hash hash;
	bool locked;		/* hash "!" or "*": nobody gets in */
	bool write;		/* rights "w" */
	char root[PORT_PATH_MAX];
	struct ftp_more more;
	char more_text[FTP_MORE_MAX];
};

/*
 * ftp_user_parse - one line, "NAME:HASH:ROOT[:RIGHTS[:MORE]]".
 *
 *   NAME    1..63 printable octets but ':' and blanks
 *   HASH    as above, or ! or * for a locked user
 *   ROOT    directory that is / to the user; empty = local_root
 *   RIGHTS  empty = read only, w = may write
 *   MORE    key=value, with commas between: down= and up= (octets a second
 *           of all his transfers together),
 *           quota= (octets), each with K, M, G or T behind; net= (a network he
 *           may come from, up to four times); uid= and gid= (name or number:
 *           whom his process becomes, where there is one for each)
 *
 * 0, or -E_INVAL with *why set to what is wrong.   Tests: unit/t_ftp_users.c
 */
int ftp_user_parse(struct ftp_user *out, const char *line, size_t len,
    const char **why);

/* Where a search ended: at the name's line, or at a bad one. */
struct ftp_users_at {
	int line;		/* 1.. */
	int64_t off;		/* octets before it */
	size_t len;		/* octets of it, with its LF */
	const char *why;	/* what is wrong with it */
	bool runs_as;		/* a line before has uid= or gid= */
};

/*
 * ftp_users_find - looks for name in a users file, read from fd.
 *
 * Blank lines and lines beginning with '#' are skipped; the first line of a
 * name counts. name NULL only checks all lines. When the name is not there,
 * out->hash.rounds is that of the last line seen, so that a wrong name can be
 * made to cost as much as a wrong password; of an empty file it stays.
 *
 * 0, -E_NOENT (at->off is the file's length), -E_INVAL for a bad line before
 * the name's, or port_file_read's errors.
 */
int ftp_users_find(int fd, const char *name, struct ftp_user *out,
    struct ftp_users_at *at);

#endif
