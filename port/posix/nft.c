/* nft.c - systems without nft. */
#include "port/nft.h"

int port_nft_open(void)
{
	return -E_NOSUP;
}

int port_nft_add(int fd, const struct nft_set *to, const struct addr *list,
    size_t n, uint32_t life_s)
{
	(void)fd, (void)to, (void)list, (void)n, (void)life_s;
	return -E_NOSUP;
}
