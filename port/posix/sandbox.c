/* sandbox.c - systems that know no list of calls. */
#include "port/sandbox.h"

int port_sandbox_enter(enum sandbox which, bool kill)
{
	(void)which, (void)kill;
	return -E_NOSUP;
}
