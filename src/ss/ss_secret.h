/* ss_secret.h - the passwords of ports that were added at run time, for the
 * dialogues of managers that tell them. Nobody else keeps any. */
#ifndef SS_SECRET_H
#define SS_SECRET_H

#include "ss_serve.h"

/* Kept where ss->tells_secrets, until the port is removed or replaced. The key
 * of a 2022 method is its password: nothing more is kept. */
void ss_secret_keep(struct ss *ss, struct ss_door *d, const char *password);
void ss_secret_drop(struct ss_door *d);
/* With a terminator, "" = it is not known (a port of the configuration). room:
 * SS_PASSWORD. */
void ss_secret_text(const struct ss_door *d, char *out, size_t room);

#endif
