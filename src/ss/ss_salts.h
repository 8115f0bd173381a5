/* ss_salts.h - the store of SIP004's salts of a running server: in its file
 * from time to time, and at the end. */
#ifndef SS_SALTS_H
#define SS_SALTS_H

#include "core/loop.h"
#include "ss_seen.h"

/* Milliseconds between two writings. */
#define SS_SALTS_MS 600000

/* All zeros: there is none. */
struct ss_salts {
	struct ss_seen *seen;
	struct loop *loop;
	bool common;		/* seen is of several processes */
	struct timer timer;
	char path[256];		/* "" = no file */
	uint32_t in_file;	/* seen->n when it was written */
};

/* Once a process; harmless when it is open. A file that is missing or damaged
 * is a line in the log. common: of several processes, and read already, one of
 * which has the path and the others ""; NULL = its own. 0, or -E_BUSY. */
int ss_salts_open(struct ss_salts *s, struct loop *l, const char *path,
    struct ss_seen *common);
/* What is in the file, or a line in the log. */
void ss_salts_load(struct ss_seen *seen, const char *path);
void ss_salts_close(struct ss_salts *s);

#endif
