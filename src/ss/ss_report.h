/* ss_report.h - a server of libev or rust tells its manager what its ports have
 * moved. It is told nothing. */
#ifndef SS_REPORT_H
#define SS_REPORT_H

#include "port/net.h"
#include "ss_serve.h"

/* All zeros = closed. */
struct ss_report {
	struct ss *ss;
	struct timer timer;
	int fd;			/* + 1 */
	struct unix_name path;	/* len 0: UDP */
	struct addr at;
	int64_t every_ms;
	char end;		/* of a datagram: NUL (libev) or newline */
};

/*
 * ss_report_open - `stat: {"8001":11370}` to a path, or an address and port,
 * for each port: octets both ways since the start; every 5 s (libev) or 10 s
 * (rust). Nobody needs to be there. 0, -E_INVAL, -E_LONG, or the system's.
 */
int ss_report_open(struct ss_report *r, struct ss *ss, const char *address);
void ss_report_close(struct ss_report *r);

#endif
