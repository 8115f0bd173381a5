/* ss_gate.h - who may come in, and where they may be led: one judgement for
 * TCP and UDP. */
#ifndef SS_GATE_H
#define SS_GATE_H

#include "ss_addr.h"
#include "ss_conf.h"

struct ss_acl;

/* What the lists say of a name, before anyone looks it up. */
enum ss_word { SS_SAYS_NOTHING, SS_SAYS_YES, SS_SAYS_NO };

struct ss_gate {
	const struct ss_conf *conf;
	const struct ss_acl *acl;	/* NULL = no file */
	bool refuse_own;	/* this machine's addresses can be told */
};

/* Every struct ss has one. acl may be loaded anew while it is in use. */
void ss_gate_open(struct ss_gate *g, const struct ss_conf *conf,
    const struct ss_acl *acl);

/* Server: may this client come in? */
bool ss_gate_admits(const struct ss_gate *g, const struct addr *client);

/*
 * Server: may it be led there? First the name is asked about: SS_SAYS_NO = it
 * is not even looked up. Then each address it has is, with what was said of
 * the name (SS_SAYS_NOTHING where the client gave an address). Nothing that is
 * refused can be reached by a name that leads to it, nor by an IPv6 address
 * that stands for an IPv4 one (v4-mapped, 64:ff9b::/96, 6to4, Teredo, ISATAP).
 */
enum ss_word ss_gate_name(const struct ss_gate *g, const char *name,
    size_t len);
bool ss_gate_addr(const struct ss_gate *g, enum ss_word of_name,
    const struct addr *a);

/*
 * Local: through the server, or right there? SS_BY_ADDRESS: it hangs on the
 * addresses of the name, which ss_gate_way_addr is to be asked about with all
 * of them (n = 0: it has none).
 */
enum ss_way { SS_PROXIED, SS_DIRECT, SS_BY_ADDRESS };
enum ss_way ss_gate_way(const struct ss_gate *g, const struct ss_addr *to);
/* Is a name that is asked for reached straight, for sure? */
bool ss_gate_straight(const struct ss_gate *g, const char *name);
enum ss_way ss_gate_way_addr(const struct ss_gate *g, const struct addr *list,
    size_t n);

#endif
