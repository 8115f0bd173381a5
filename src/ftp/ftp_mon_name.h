/* ftp_mon_name.h - the monitor's process that looks up pasv_address. */
#ifndef FTP_MON_NAME_H
#define FTP_MON_NAME_H

#include "core/loop.h"

struct ftp_monitor;

struct mon_name {
	struct watch watch;	/* our end of the pair */
	struct timer again;	/* it died: another one */
	int pid;		/* 0 = none */
};

/* As the configuration of new sessions wants it, from now on. */
void mon_name_start(struct ftp_monitor *m);
void mon_name_stop(struct ftp_monitor *m);
/* False: pid is no process of it. */
bool mon_name_lost(struct ftp_monitor *m, int pid);

#endif
