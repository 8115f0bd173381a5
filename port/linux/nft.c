/* nft.c - sets of nft, by its netlink messages: Linux 3.13. An address that is
 * there already keeps the time it has, so that a transaction adds it, takes it
 * out and adds it anew. Source: nfnetlink.h, nf_tables.h of the kernel. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/endian.h"
#include "port/nft.h"
#include "port/posix/errno_map.h"

/* An address with its attributes: 40 octets of IPv6. */
struct batch {
	size_t n, message;	/* octets; where the last message begins */
	_Alignas(4) uint8_t mem[3 * (NFT_MANY * 48 + 2 * NFT_NAME + 64) + 64];
};

static void put(struct batch *b, const void *mem, size_t len)
{
	ASSERT(NLMSG_ALIGN(len) <= sizeof b->mem - b->n);
	memcpy(b->mem + b->n, mem, len);
	memset(b->mem + b->n + len, 0, NLMSG_ALIGN(len) - len);
	b->n += NLMSG_ALIGN(len);
}

static void begin(struct batch *b, uint16_t type, uint16_t flags,
    uint8_t family, uint16_t subsystem)
{
	struct nlmsghdr head = { .nlmsg_type = type,
		.nlmsg_flags = NLM_F_REQUEST | flags };
	struct nfgenmsg of = { .nfgen_family = family,
		.version = NFNETLINK_V0, .res_id = htons(subsystem) };

	b->message = b->n;
	put(b, &head, sizeof head);
	put(b, &of, sizeof of);
}

static void end(struct batch *b)
{
	struct nlmsghdr head;

	memcpy(&head, b->mem + b->message, sizeof head);
	head.nlmsg_len = (uint32_t)(b->n - b->message);
	memcpy(b->mem + b->message, &head, sizeof head);
}

static void attribute(struct batch *b, uint16_t type, const void *mem,
    size_t len)
{
	struct nlattr a = { .nla_len = (uint16_t)(sizeof a + len),
		.nla_type = type };

	put(b, &a, sizeof a);
	put(b, mem, len);
}

/* What follows is inside it, until leave. */
static size_t enter(struct batch *b, uint16_t type)
{
	struct nlattr a = { .nla_type = (uint16_t)(type | NLA_F_NESTED) };

	put(b, &a, sizeof a);
	return b->n - sizeof a;
}

static void leave(struct batch *b, size_t at)
{
	struct nlattr a;

	memcpy(&a, b->mem + at, sizeof a);
	a.nla_len = (uint16_t)(b->n - at);
	memcpy(b->mem + at, &a, sizeof a);
}

static void element(struct batch *b, const struct addr *a, uint32_t life_s)
{
	size_t outer = enter(b, NFTA_LIST_ELEM), key;
	uint8_t life[8];

	key = enter(b, NFTA_SET_ELEM_KEY);
	attribute(b, NFTA_DATA_VALUE, a->ip, a->family == 4 ? 4 : 16);
	leave(b, key);
	put_u64be(life, (uint64_t)life_s * 1000);
	if (life_s > 0)
		attribute(b, NFTA_SET_ELEM_TIMEOUT, life, sizeof life);
	leave(b, outer);
}

struct elements {
	const struct nft_set *to;
	const struct addr *list;
	size_t n;
};

static void change(struct batch *b, int what, const struct elements *e,
    uint32_t life_s)
{
	uint16_t flags = what == NFT_MSG_NEWSETELEM ? NLM_F_CREATE : 0;
	size_t i, list;

	begin(b, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | what), flags,
	    e->to->family, 0);
	attribute(b, NFTA_SET_ELEM_LIST_TABLE, e->to->table,
	    strlen(e->to->table) + 1);
	attribute(b, NFTA_SET_ELEM_LIST_SET, e->to->name,
	    strlen(e->to->name) + 1);
	list = enter(b, NFTA_SET_ELEM_LIST_ELEMENTS);
	for (i = 0; i < e->n; i++)
		element(b, &e->list[i], life_s);
	leave(b, list);
	end(b);
}

/* The first error that waits; a transaction that was done says nothing. */
static int answer(int fd)
{
	_Alignas(4) uint8_t mem[4096];
	const struct nlmsghdr *head = (const void *)mem;
	int rc = 0, what;
	ssize_t n;

	while ((n = recv(fd, mem, sizeof mem, MSG_DONTWAIT)) > 0) {
		if ((size_t)n < sizeof *head + sizeof what ||
		    head->nlmsg_type != NLMSG_ERROR || rc != 0)
			continue;
		memcpy(&what, mem + sizeof *head, sizeof what);
		errno = -what;
		rc = what == 0 ? 0 : sys_fail();
	}
	return rc;
}

static int transact(int fd, const struct elements *e, uint32_t life_s)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct batch b;

	b.n = 0;
	begin(&b, NFNL_MSG_BATCH_BEGIN, 0, 0, NFNL_SUBSYS_NFTABLES);
	end(&b);
	change(&b, NFT_MSG_NEWSETELEM, e, life_s);
	if (life_s > 0) {
		change(&b, NFT_MSG_DELSETELEM, e, 0);
		change(&b, NFT_MSG_NEWSETELEM, e, life_s);
	}
	begin(&b, NFNL_MSG_BATCH_END, 0, 0, NFNL_SUBSYS_NFTABLES);
	end(&b);
	(void)answer(fd);	/* nothing is left of the one before */
	if (sendto(fd, b.mem, b.n, 0, (const struct sockaddr *)&kernel,
	    sizeof kernel) < 0)
		return sys_fail();
	return answer(fd);
}

int port_nft_open(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    NETLINK_NETFILTER);

	return fd < 0 ? sys_fail() : fd;
}

int port_nft_add(int fd, const struct nft_set *to, const struct addr *list,
    size_t n, uint32_t life_s)
{
	struct elements e = { to, list, n };
	int rc;

	ASSERT(n > 0 && n <= NFT_MANY);
	rc = transact(fd, &e, life_s);
	/* A set may have no times. */
	return rc == -E_INVAL && life_s > 0 ? transact(fd, &e, 0) : rc;
}
