/* ss_sip008.h - servers from a list in the form of SIP008. */
#ifndef SS_SIP008_H
#define SS_SIP008_H

#include "ss_conf.h"

/*
 * ss_sip008_take - adds what conf can use of a list to its servers; those that
 * it cannot (an unknown method, a key that does not fit, a plugin) are named
 * in the log and left out, and so is what is more than LIMIT_REMOTES.
 *
 * Servers added; or -E_INVAL, with why, and conf as before: not such a list,
 * or one without a server that can be used.
 */
int ss_sip008_take(struct ss_conf *conf, const char *text, size_t len,
    char *why, size_t room);

#endif
