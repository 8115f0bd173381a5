/* gcm_armv7.c - AES-GCM with the NEON that most ARMv7 processors have. */
#include "port/cpu.h"

#include "src/crypto/alt/gcm_neon.h"

static bool there(void)
{
	return port_cpu_has(CPU_NEON);
}

const struct gcm_way gcm_neon = { "neon", there, set, run };
