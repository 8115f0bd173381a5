/* ftp_explain.h - what an owner should know of a configuration. */
#ifndef FTP_EXPLAIN_H
#define FTP_EXPLAIN_H

#include "ftp_conf.h"

/* --check: files, users, ports, and what is open to strangers; nothing is
 * started. The number of errors. */
int ftp_explain(const struct ftp_conf *conf);

#endif
