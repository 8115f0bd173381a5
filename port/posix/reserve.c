/* reserve.c - systems that set nothing aside without lengthening the file. */
#include "port/file.h"

int port_file_reserve(int fd, int64_t octets)
{
	(void)fd;
	(void)octets;
	return -E_NOSUP;
}
