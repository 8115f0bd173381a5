/* nft.h - addresses into sets of this machine's firewall. */
#ifndef PORT_NFT_H
#define PORT_NFT_H

#include "base/addr.h"

#define NFT_NAME 32
#define NFT_MANY 16		/* addresses at once */

/* The numbers are Linux's. */
enum nft_family { NFT_INET = 1, NFT_IP = 2, NFT_IP6 = 10 };

struct nft_set {
	uint8_t family;			/* enum nft_family, of the table */
	char table[NFT_NAME];
	char name[NFT_NAME];		/* "" = none */
};

/* What port_nft_add needs: a descriptor, -E_NOSUP (this system) or -E_*. */
int port_nft_open(void);
/*
 * All n addresses, at most NFT_MANY, none twice and all of one family, are in
 * the set for life_s seconds from now on; for good in a set without times. One
 * transaction, done when this returns. 0, -E_NOENT (no such table or set),
 * -E_PERM (of root alone), -E_INVAL (a set of something else)...
 */
int port_nft_add(int fd, const struct nft_set *to, const struct addr *list,
    size_t n, uint32_t life_s);

#endif
