/* rand.h - the system's cryptographic randomness. */
#ifndef PORT_RAND_H
#define PORT_RAND_H

#include "base/base.h"

/*
 * Fills all of mem. Never fails after start-up: getrandom(2), where the kernel
 * lacks it /dev/urandom opened by port_rand_open. Nothing is kept in user
 * space, so a fork duplicates nothing.
 */
void port_rand(void *mem, size_t len);

/* At start-up, before any chroot. 0 or -E_NOSUP: no source at all. */
int port_rand_open(void);

#endif
