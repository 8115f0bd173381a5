/* ftp_line.h - command lines out of the octets of a control connection. */
#ifndef FTP_LINE_H
#define FTP_LINE_H

#include "base/base.h"
#include "port/file.h"

/* A longer line ends the session. */
#define FTP_LINE_MAX 4096
/* What is kept of one: a verb, a space, the longest path, a terminator. */
#define FTP_LINE_ROOM (PORT_PATH_MAX + 8)

/* All zeros = at the start of a line. */
struct ftp_line {
	uint16_t seen;		/* octets of this line on the wire */
	uint16_t len;		/* octets kept in text */
	uint8_t telnet;		/* inside a Telnet command */
	bool cut;		/* text holds only the start of the line */
	char text[FTP_LINE_ROOM];
};

/*
 * ftp_line_feed - takes octets until a line is complete.
 *
 * Telnet commands are removed, at the line's start also those without IAC, and
 * an IAC without its command; IAC IAC is one 0xff; NUL stands for a line feed
 * inside a name, so text never holds a NUL but its terminator. The line ends
 * at LF; all CRs before it are dropped.
 *
 * Returns the octets taken when text is a whole line (call ftp_line_next
 * before feeding again), 0 when all len octets were taken and more are needed,
 * or -E_LONG.
 * Source: RFC 959 3.1, 5.3; RFC 854.   Tests: unit/t_ftp_line.c
 */
int ftp_line_feed(struct ftp_line *l, const uint8_t *p, size_t len);

/* Wipes the line (it may hold a password) and begins the next. */
void ftp_line_next(struct ftp_line *l);

/* Cuts text after the verb, which becomes upper case; the argument begins
 * after exactly one space. Returns it, "" when there is none. */
char *ftp_line_split(char *text);

/* Drops trailing spaces: for verbs whose argument is not a name. */
void ftp_line_trim(char *arg);

#endif
