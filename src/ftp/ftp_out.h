/* ftp_out.h - replies on their way to the client. */
#ifndef FTP_OUT_H
#define FTP_OUT_H

#include "core/codec.h"
#include "port/file.h"

/* The longest reply: a path, of which every octet may be doubled. */
#define FTP_OUT_ROOM (2 * PORT_PATH_MAX + 128)

/* Memory is borrowed only while octets are in it. */
struct ftp_out {
	struct codec codec;
	struct ftp_out_mem *mem;
};

/* What a control channel sends through; the channel closes it. */
struct codec *ftp_out_open(struct ftp_out *o);

#endif
