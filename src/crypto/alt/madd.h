/* madd.h - d + a * b, in one instruction where compilers do not see that there
 * is one, and d / 2^32 where it is added up. */
#ifndef CRYPTO_ALT_MADD_H
#define CRYPTO_ALT_MADD_H

#include "base/base.h"

#if defined(__mips__) && __mips_isa_rev >= 1 && __mips_isa_rev < 6 && \
    !defined(__mips64)
static inline uint64_t madd(uint64_t d, uint32_t a, uint32_t b)
{
	__asm__("maddu %1,%2" : "+x"(d) : "d"(a), "d"(b));
	return d;
}

static inline uint64_t upper(uint64_t d, uint32_t *lower)
{
	uint32_t lo, hi;

	__asm__("mflo %1\n\tmfhi %2\n\tmthi $0\n\tmtlo %2" :
	    "+x"(d), "=&d"(lo), "=&d"(hi));
	*lower = lo;
	return d;
}
#else
static inline uint64_t madd(uint64_t d, uint32_t a, uint32_t b)
{
	return d + (uint64_t)a * b;
}

static inline uint64_t upper(uint64_t d, uint32_t *lower)
{
	*lower = (uint32_t)d;
	return d >> 32;
}
#endif

#endif
