/* landlock.c - systems where a process cannot give up files. */
#include "port/sandbox.h"

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
