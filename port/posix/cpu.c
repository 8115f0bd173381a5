/* cpu.c - processors of systems that do not say what theirs has. */
#include "port/cpu.h"

bool port_cpu_has(unsigned what)
{
	return what == 0;
}
