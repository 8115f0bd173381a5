/* ss_ledger.h - sums of ports and users kept over restarts, in a file. Knows
 * neither sessions nor who asks for them. */
#ifndef SS_LEDGER_H
#define SS_LEDGER_H

#include "core/loop.h"
#include "ss_users.h"

#define SS_LEDGER_MS 60000
#define SS_LEDGER_PATH 256

/* What a port or a user had moved, and nobody has come to go on with it yet. */
struct ss_past {
	struct ss_past *next;	/* in its row */
	uint16_t number;
	char name[SS_USER_NAME];	/* "": the port itself */
	struct ss_sums moved;
};

/* All zeros: nothing is kept. */
struct ss_ledger {
	struct ss *ss;
	struct timer timer;
	struct ss_past *row[256];
	uint64_t written;	/* a sum over all that stands in the file */
	bool fresh;		/* what was written last has its own name yet */
	char path[SS_LEDGER_PATH];
};

/*
 * ss_ledger_open - reads path; from now on it is written when something has
 * changed, every minute, and when it is closed.
 *
 * The file is text, and replaced as a whole. It is given its name a minute
 * after it was written, so that the system has put it on the disk without
 * anybody waiting for that; until then it is PATH.new, read before the other
 * if all of it is there. Missing or damaged: a line in the log, and zeros.
 */
void ss_ledger_open(struct ss_ledger *s, struct ss *ss, const char *path);
/* Writes what is to be known the next time, and waits for the disk. */
void ss_ledger_close(struct ss_ledger *s);

/* One is there now (name: a user's, NULL = the port itself): what it had moved
 * is in its account. */
void ss_ledger_take(struct ss_ledger *s, uint16_t number, const char *name,
    struct ss_account *a);
/* One goes while all end: its sums are to be written still. */
void ss_ledger_put(struct ss_ledger *s, uint16_t number, const char *name,
    const struct ss_account *a);

#endif
