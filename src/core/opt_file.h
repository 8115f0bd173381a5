/* opt_file.h - the text that a reader of options works on, in one buffer. */
#ifndef CORE_OPT_FILE_H
#define CORE_OPT_FILE_H

#include "core/opt.h"

/*
 * The whole of a regular file, of at most LIMIT_CONF_FILE octets, without a
 * UTF-8 mark at its start. There is one buffer in the process: *text is good
 * until opt_file_done, may be written to, and has a terminator at [len].
 * at starts anew, with path as its file.
 * Octets, or -E_* after opt_fail.
 */
ptrdiff_t opt_file_load(struct opt_at *at, const char *path, char **text);
/* The same with a copy of what is in memory already; at->file stays. */
ptrdiff_t opt_file_copy(struct opt_at *at, const char *from, size_t len,
    char **text);
/* Wipes it: it held passwords. */
void opt_file_done(struct opt_at *at);

#endif
