/* ftp_slot.h - memory of sessions that outlives the process they are in: a slot
 * of a mapping that the monitor makes before it forks. */
#ifndef FTP_SLOT_H
#define FTP_SLOT_H

#include "ftp_sess.h"

/* All that a session owns. Zeros when it begins. */
struct ftp_slot {
	struct ftp_sess sess;
	struct ftp_kept kept;
};

/* In the monitor, once: n of them. 0 or -E_NOMEM. */
int ftp_slots_make(uint32_t n);
void ftp_slots_free(void);
struct ftp_slot *ftp_slot(uint32_t at);
static inline struct ftp_slot *ftp_slot_of(struct ftp_sess *s)
{
	return OWNER(s, struct ftp_slot, sess);
}
/* In a session's process, first of all: the others are out of its reach. */
void ftp_slots_keep(uint32_t at);
/* In the process of a user: nobody else can write to it any more. 0 or
 * -E_NOMEM. */
int ftp_slot_take(uint32_t at);
/* Later: what was handed over has been taken up. */
void ftp_slot_spare(uint32_t at);
/* In the monitor, when no process uses it. */
void ftp_slot_wipe(uint32_t at);

#endif
