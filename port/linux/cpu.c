/* cpu.c - instructions of ARM processors, by the words the kernel hands to each
 * program. One without them has zeros there. */
#include <sys/auxv.h>

#include "port/cpu.h"

#if defined(__aarch64__)
#define HAS_AES (getauxval(AT_HWCAP) >> 3 & 1)
#define HAS_PMULL (getauxval(AT_HWCAP) >> 4 & 1)
#define HAS_NEON 1
#elif defined(__arm__)
#define HAS_NEON (getauxval(AT_HWCAP) >> 12 & 1)
#define HAS_AES (getauxval(AT_HWCAP2) & 1)
#define HAS_PMULL (getauxval(AT_HWCAP2) >> 1 & 1)
#else
#define HAS_NEON 0
#define HAS_AES 0
#define HAS_PMULL 0
#endif

bool port_cpu_has(unsigned what)
{
	unsigned has = (HAS_NEON ? CPU_NEON : 0) | (HAS_AES ? CPU_AES : 0) |
	    (HAS_PMULL ? CPU_PMULL : 0);

	return (what & ~has) == 0;
}
