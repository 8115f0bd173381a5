/* ftp_names.h - files with a name to a line: userlist_file. */
#ifndef FTP_NAMES_H
#define FTP_NAMES_H

#include "port/file.h"

/*
 * ftp_names_has - is name a line of the file? Blanks around a line do not
 * count, nor do lines that begin with '#'. Read from its start in constant
 * memory, a line of any length.
 *
 *   name  not empty
 *
 * 1 or 0, or port_file_read's errors.   Tests: unit/t_ftp_names.c
 */
int ftp_names_has(int fd, const char *name);

#endif
