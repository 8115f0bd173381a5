/* sandbox.c - the simulated system has no list of calls. */
#include "port/sandbox.h"

int port_sandbox_enter(enum sandbox which, bool kill)
{
	(void)which, (void)kill;
	return -E_NOSUP;
}

int port_sandbox_files(const struct sandbox_file *file, size_t n)
{
	(void)file, (void)n;
	return -E_NOSUP;
}

int port_sandbox_tree(int dir)
{
	(void)dir;
	return -E_NOSUP;
}
