/* beneath.c - a system without a call for it: walk. */
#include "port/posix/beneath.h"

int beneath_open(int root, const char *path, int flags, mode_t mode)
{
	return walk_open(root, path, flags, mode);
}

int beneath_stat(int root, const char *path, bool follow, struct stat *out)
{
	return walk_stat(root, path, follow, out);
}
