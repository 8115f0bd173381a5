/* ss_book.h - the accounts of ports and users where a server has several
 * processes: one for each, which all of them have. */
#ifndef SS_BOOK_H
#define SS_BOOK_H

#include "ss_account.h"

/* Before the workers are forked. 0 or -E_NOMEM. */
int ss_book_share(void);
/*
 * ss_book_open - the account of a port, or of its user of that name (NULL: the
 * port itself). own: who asks has it, zeros; what is returned where a process
 * is alone, or, with a line in the log, where the book is full.
 *
 * The first to open it finds zeros, and it is the same for whoever opens it
 * until all have closed it.
 */
struct ss_account *ss_book_open(uint16_t number, const char *name,
    struct ss_account *own);
void ss_book_close(struct ss_account *a, struct ss_account *own);
/* The first process saw a worker end. */
void ss_book_died(int pid);

#endif
