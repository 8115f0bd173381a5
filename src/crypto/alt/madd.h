/* madd.h - d + a * b, in one instruction where compilers do not see that there
 * is one. */
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
#else
static inline uint64_t madd(uint64_t d, uint32_t a, uint32_t b)
{
	return d + (uint64_t)a * b;
}
#endif

#endif
