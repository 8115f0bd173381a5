/* ss_ledger_file.h - the lines of a state file, and whether they are all there.
 * Knows not what they are for. */
#ifndef SS_LEDGER_FILE_H
#define SS_LEDGER_FILE_H

#include "ss_ledger.h"

/*
 *	wherry-state 1
 *	port 8001 up 11370 down 20 sessions 3
 *	user 8001 up 11000 down 10 sessions 2 name anna
 *	end 0123456789abcdef
 *
 * Of a name blanks, control characters and '%' are %XX. The last line has a sum
 * (FNV-1a) of all octets before it.
 */
struct ss_ledger_file {
	int fd, rc;
	int64_t off;
	uint64_t sum;
	size_t len;
	char mem[4096];
};

/* For this user alone; what was there is gone. 0 or port/file.h's. */
int ss_ledger_file_make(struct ss_ledger_file *f, const char *path);
void ss_ledger_file_put(struct ss_ledger_file *f, const struct ss_past *p);
/* Closes it, on the disk if sync. 0, or what went wrong since make. */
int ss_ledger_file_done(struct ss_ledger_file *f, bool sync);

/*
 * ss_ledger_file_read - fn for each entry, once all of the file was found to be
 * there and right. 0, -E_PROTO (it is not), port/file.h's, or what fn returned,
 * which ends it.
 */
int ss_ledger_file_read(const char *path, int (*fn)(void *ctx,
    const struct ss_past *p), void *ctx);

#endif
