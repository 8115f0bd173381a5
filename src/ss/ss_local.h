/* ss_local.h - what a listener for clients was told, while it is needed. */
#ifndef SS_LOCAL_H
#define SS_LOCAL_H

#include "core/pool.h"
#include "ss_conf.h"

/* A copy with its texts. 0, -E_FULL (twice LIMIT_LOCALS), or -E_LONG; then
 * *out is NULL. */
int ss_local_copy(const struct ss_local_conf **out,
    const struct ss_local_conf *from);
void ss_local_free(const struct ss_local_conf *l);	/* NULL: nothing */
/* Do both say the same? */
bool ss_local_is(const struct ss_local_conf *a, const struct ss_local_conf *b);

#endif
