/* cpu.c - the simulated processor has nothing special. */
#include "port/cpu.h"

bool port_cpu_has(unsigned what)
{
	return what == 0;
}
