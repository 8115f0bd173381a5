/* uri.h - `wherry uri`, also under the name ssurl. */
#ifndef SS_URI_MAIN_H
#define SS_URI_MAIN_H

#include "base/base.h"

#define URI_TOO_LONG "the address is too long for a code"

int uri_main(int argc, char **argv);

/* The configuration of an address to standard output, or its code: what the
 * program ends with. */
int uri_decode(const char *address, bool qr);

void uri_say(const char *s);
int uri_fail(const char *what);		/* 1 */

#endif
