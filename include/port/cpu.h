/* cpu.h - instructions that some processors of a kind have and others have not,
 * where only the system can tell. */
#ifndef PORT_CPU_H
#define PORT_CPU_H

#include "base/base.h"

#define CPU_NEON  1u
#define CPU_AES   2u
#define CPU_PMULL 4u	/* 64 bits times 64 without carry */

/* All of what is asked for. False where the system does not say. */
bool port_cpu_has(unsigned what);

#endif
