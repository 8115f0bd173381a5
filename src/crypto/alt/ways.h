/* ways.h - how a processor of this kind can compute what is worth it: the best
 * way first, the last one can always be taken. One ways.c for each kind. */
#ifndef CRYPTO_ALT_WAYS_H
#define CRYPTO_ALT_WAYS_H

#include "chacha.h"
#include "gcm_alt.h"
#include "poly.h"

struct chacha_way {
	const char *name;
	bool (*there)(void);	/* NULL: on every processor of its kind */
	chacha_blocks *run;
};

struct poly_way {
	const char *name;
	bool (*there)(void);
	poly_blocks *run;
};

/* Ended by one that is always there. */
extern const struct chacha_way chacha_ways[];
extern const struct poly_way poly_ways[];
extern const struct gcm_way *const gcm_ways[];

extern const struct gcm_way gcm_c, gcm_aesni, gcm_aesce, gcm_neon;

#endif
