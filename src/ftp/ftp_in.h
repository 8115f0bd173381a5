/* ftp_in.h - octets of a control connection that no line was made of yet. */
#ifndef FTP_IN_H
#define FTP_IN_H

#include "core/codec.h"

#define FTP_IN_ROOM 512

/*
 * Memory of the session's own: lines are short, and who waits for a large
 * buffer with commands in another would wait for itself. All that one process
 * leaves to the next of a plain connection is in here.
 */
struct ftp_in {
	struct codec codec;
	uint16_t off, len;
	uint8_t octets[FTP_IN_ROOM];
};

/* What a control channel receives through, with what was left in it before
 * (all zeros: nothing). */
struct codec *ftp_in_open(struct ftp_in *in);

#endif
