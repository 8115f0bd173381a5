/* rules.h - what a firewall has to do for a transparent proxy. */
#ifndef SS_RULES_H
#define SS_RULES_H

#include "base/addr.h"
#include "base/limits.h"
#include "base/text.h"

#define RULES_NETS 64
#define RULES_PATH 256

enum rules_list {
	RULES_FROM,		/* these sources alone */
	RULES_NOT_FROM,
	RULES_BYPASS,		/* targets that are reached straight */
	RULES_FORWARD,		/* these targets alone */
	RULES_LISTS
};

/* Addresses of names, by how they were asked for: see ss_named.h. */
enum rules_named { RULES_DIRECT, RULES_PROXIED, RULES_NAMED };

struct rules_nets {
	size_t n;
	struct net net[RULES_NETS];
};

struct rules {
	bool help, apply, remove, iptables, local;
	bool named[RULES_NAMED];	/* sets that protocol dns fills */
	char config[RULES_PATH];
	char bypass_file[RULES_PATH], forward_file[RULES_PATH];
	char interfaces[16][16];
	size_t interfaces_n;
	struct rules_nets list[RULES_LISTS];
	int64_t mark, table;
	/* Of the proxy. */
	uint16_t port, udp_port;	/* 0 = it takes none of those */
	bool tproxy;			/* TCP too */
	uint32_t own_mark;		/* of what it sends; 0 = none */
	struct rules_nets servers;
	char by_name[256];		/* a server by its name; "" = none */
};

/* Where text goes: standard output, or a file. */
struct rules_out {
	int fd;			/* of the file; -1 = standard output */
	int64_t off;
	int rc;			/* the first thing that went wrong */
	size_t n;
	char mem[2048];
};
void rules_put(struct rules_out *o, const char *fmt, ...) PRINTF_LIKE(2, 3);
void rules_flush(struct rules_out *o);

#define RULES_TABLE "wherry"

/*
 * The whole as a file of nft, which changes all of it at once: a table of its
 * own, the one before it removed. 0, or -E_* after a line in the log: a file of
 * networks that cannot be read, or a line of it that is none.
 */
int rules_nft(struct rules_out *o, const struct rules *r);
/* As iptables-restore and ip6tables-restore take it. */
int rules_iptables(struct rules_out *o, const struct rules *r);
/* Each network of one family in a file, one a line, # before a remark. */
int rules_file(const char *path, uint8_t family,
    void (*fn)(void *to, const struct net *n), void *to);
/* Never led anywhere: of this machine, its neighbours, and many at once. */
extern const char *const rules_special[];
extern const size_t rules_special_n;
/* "10.0.0.0/8". */
void rules_net_text(char out[ADDR_TEXT + 5], const struct net *n);

/* Loads them by nft and ip, or takes them away. 0 or 1, and a line in the
 * log. */
int rules_apply(const struct rules *r);
int rules_remove(const struct rules *r);

int rules_main(int argc, char **argv);

#endif
