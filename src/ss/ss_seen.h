/* ss_seen.h - the salts of SIP004's requests, nearly all there ever were: a
 * connection that was recorded and sent again is known by its salt. */
#ifndef SS_SEEN_H
#define SS_SEEN_H

#include "base/base.h"
#include "base/limits.h"

/*
 * Two Bloom filters of LIMIT_SEEN salts: when one is full the older is emptied
 * and takes over. So the last LIMIT_SEEN are known for certain, and a new salt
 * is taken for an old one in less than one of a million cases (32 bits a salt,
 * 20 of them set: 0.0000005 for both).
 */
struct ss_seen {
	uint8_t secret[32];	/* nobody can choose where a salt goes */
	uint32_t n;		/* in the one that is filled now */
	uint32_t at;		/* which, 0 or 1 */
	uint32_t bits[2][LIMIT_SEEN];
};

/* Zeros become a store. */
void ss_seen_start(struct ss_seen *s);
/* This one is of several processes. */
struct ss_lock;
void ss_seen_share(const struct ss_seen *s, struct ss_lock *l);
/*
 * Remembers the salt of an authenticated request. 0, -E_DENY: it was there, or
 * -E_BUSY: another process has the store. One BLAKE3 compression, 40 look-ups.
 */
int ss_seen_add(struct ss_seen *s, const uint8_t *salt, size_t len);

/*
 * A server's own salts are marked, so that its answers sent back to it as a
 * request are known without being remembered: the last SS_MARK octets are of a
 * hash of the others and the key. master: len octets.
 */
#define SS_MARK 4
void ss_seen_mark(uint8_t *salt, const uint8_t *master, size_t len);
bool ss_seen_is_marked(const uint8_t *salt, const uint8_t *master, size_t len);

/*
 * ss_seen_load, ss_seen_save - over a restart. The file is replaced as a
 * whole, mode 0600. 0, -E_INVAL (damaged, or of another LIMIT_SEEN; s is as it
 * was), or port/file.h's.
 */
int ss_seen_load(struct ss_seen *s, const char *path);
int ss_seen_save(const struct ss_seen *s, const char *path);

#endif
