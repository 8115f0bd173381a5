/* ss_gate.c - refuses what a server must not lead to: forbidden_ip's networks
 * and, unless allowed, all that is not the Internet's. Knows no connection. */
#include "ss_gate.h"

#include "port/net.h"
#include "ss_acl.h"

/* ---- an address and what it stands for ---- */

#define FORMS 2

static struct addr v4_of(const uint8_t ip[4], uint8_t flip)
{
	struct addr a = { .family = 4 };

	for (int i = 0; i < 4; i++)
		a.ip[i] = ip[i] ^ flip;
	return a;
}

static bool starts(const struct addr *a, const char *octets, size_t n)
{
	return memcmp(a->ip, octets, n) == 0;
}

/* The IPv4 address that packets to an IPv6 one may end up at. */
static bool embedded(struct addr *out, const struct addr *a)
{
	static const char zeros[12], isatap[] = { 0x5e, (char)0xfe };

	if (a->family != 6)
		return false;
	if (starts(a, "\0\x64\xff\x9b\0\0\0\0\0\0\0", 12))	/* RFC 6052 */
		*out = v4_of(a->ip + 12, 0);
	else if (starts(a, "\0\0\0\0\0\0\0\0\xff\xff\0", 12))	/* RFC 2765 */
		*out = v4_of(a->ip + 12, 0);
	else if (starts(a, "\x20\x02", 2))		/* 6to4, RFC 3056 */
		*out = v4_of(a->ip + 2, 0);
	else if (starts(a, "\x20\x01\0", 4))		/* Teredo, RFC 4380 */
		*out = v4_of(a->ip + 12, 0xff);
	else if ((a->ip[8] & 0xfd) == 0 && a->ip[9] == 0 &&
	    memcmp(a->ip + 10, isatap, 2) == 0)		/* RFC 5214 */
		*out = v4_of(a->ip + 12, 0);
	else if (starts(a, zeros, 12))		/* compatible, RFC 4291 */
		*out = v4_of(a->ip + 12, 0);
	else
		return false;
	return true;
}

/* 0.0.0.0 and :: lead to this machine as its loopback addresses do. */
static void name_loopback(struct addr *a)
{
	static const uint8_t zeros[16];

	if (memcmp(a->ip, zeros, a->family == 4 ? 4 : 16) != 0)
		return;
	a->ip[a->family == 4 ? 3 : 15] = 1;
	if (a->family == 4)
		a->ip[0] = 127;
}

/* The address, and the one it stands for. How many. */
static size_t forms_of(struct addr out[FORMS], const struct addr *a)
{
	size_t n = 1;

	out[0] = *a;
	addr_unmap(&out[0]);
	name_loopback(&out[0]);
	if (embedded(&out[1], &out[0])) {
		name_loopback(&out[1]);
		n++;
	}
	return n;
}

/* ---- what is refused ---- */

#define V4(bits, ...) { { .family = 4, .ip = { __VA_ARGS__ } }, bits }
#define V6(bits, ...) { { .family = 6, .ip = { __VA_ARGS__ } }, bits }

/* Of this machine, its link, its owner's networks; and of nobody in
 * particular. Source: IANA's registries of special-purpose addresses. */
static const struct net not_public[] = {
	V4(8, 0),			/* "this" network */
	V4(8, 10),			/* RFC 1918 */
	V4(12, 172, 16),
	V4(16, 192, 168),
	V4(10, 100, 64),		/* carriers' NAT, RFC 6598 */
	V4(8, 127),
	V4(16, 169, 254),		/* link-local, with the metadata of */
	V4(24, 192, 0, 0),		/* clouds at 169.254.169.254 */
	V4(15, 198, 18),		/* benchmarks, RFC 2544 */
	V4(4, 224),			/* multicast */
	V4(4, 240),			/* reserved; broadcast */
	V6(127, 0),			/* :: and ::1 */
	V6(7, 0xfc),			/* unique local */
	V6(10, 0xfe, 0x80),		/* link-local */
	V6(10, 0xfe, 0xc0),		/* site-local */
	V6(8, 0xff),			/* multicast */
	V6(48, 0, 0x64, 0xff, 0x9b, 0, 1),	/* local NAT64, RFC 8215 */
	V6(64, 1),			/* discard, RFC 6666 */
};

static bool is_in(const struct net *nets, size_t n, const struct addr *a)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (net_has(&nets[i], a))
			return true;
	return false;
}

/* sets: what the lists say of it. A network of an allow list is its owner's
 * word; a name is not, as it can lead anywhere. */
static bool is_refused(const struct ss_gate *g, const struct addr *a,
    unsigned sets)
{
	const struct ss_conf *conf = g->conf;

	if (is_in(conf->forbidden, conf->forbidden_n, a))
		return true;
	if ((sets & ACL_BIT(ACL_OUT_BLOCK)) != 0)
		return true;
	if (!conf->refuse_private || (sets & ACL_BIT(ACL_OUT_ALLOW)) != 0)
		return false;
	return is_in(not_public, LEN(not_public), a) ||
	    (g->refuse_own && port_addr_is_own(a));
}

/* ---- the judgement ---- */

/* Where the system lets any address be bound, none can be told from its own:
 * one that is nobody's shows it. */
void ss_gate_open(struct ss_gate *g, const struct ss_conf *conf,
    const struct ss_acl *acl)
{
	static const struct addr nobodys = { .family = 4,
		.ip = { 192, 0, 2, 1 } };

	*g = (struct ss_gate){ .conf = conf, .acl = acl };
	g->refuse_own = conf->refuse_private && !port_addr_is_own(&nobodys);
}

bool ss_gate_admits(const struct ss_gate *g, const struct addr *client)
{
	unsigned sets;

	if (g->acl == NULL || g->conf->role != SS_SERVER)
		return true;
	sets = ss_acl_addr(g->acl, client);
	if (g->acl->broken || (sets & ACL_BIT(ACL_BLACK)) != 0)
		return false;
	return !g->acl->reject || (sets & ACL_BIT(ACL_WHITE)) != 0;
}

enum ss_word ss_gate_name(const struct ss_gate *g, const char *name,
    size_t len)
{
	const struct ss_acl *acl = g->acl;
	unsigned sets;

	if (acl == NULL)
		return SS_SAYS_NOTHING;
	sets = ss_acl_name(acl, name, len);
	if (acl->broken || (sets & ACL_BIT(ACL_OUT_BLOCK)) != 0)
		return SS_SAYS_NO;
	if ((sets & ACL_BIT(ACL_OUT_ALLOW)) != 0)
		return SS_SAYS_YES;
	/* No address can mend it. */
	if (acl->outbound_reject &&
	    (ss_acl_with_nets(acl) & ACL_BIT(ACL_OUT_ALLOW)) == 0)
		return SS_SAYS_NO;
	return SS_SAYS_NOTHING;
}

bool ss_gate_addr(const struct ss_gate *g, enum ss_word of_name,
    const struct addr *a)
{
	const struct ss_acl *acl = g->acl;
	struct addr form[FORMS];
	size_t i, n = forms_of(form, a);
	unsigned sets, first = 0;

	if (of_name == SS_SAYS_NO || (acl != NULL && acl->broken))
		return false;
	for (i = 0; i < n; i++) {
		sets = acl != NULL ? ss_acl_addr(acl, &form[i]) : 0;
		if (is_refused(g, &form[i], sets))
			return false;
		if (i == 0)
			first = sets;
	}
	return acl == NULL || !acl->outbound_reject ||
	    of_name == SS_SAYS_YES || (first & ACL_BIT(ACL_OUT_ALLOW)) != 0;
}

/* ---- sslocal: through the server or not ---- */

static enum ss_way way_else(const struct ss_acl *acl)
{
	return acl->reject ? SS_DIRECT : SS_PROXIED;
}

/* Of names rust lets [proxy_list] win, libev [bypass_list]. */
static enum ss_way way_of_name(const struct ss_gate *g, const char *name,
    size_t len)
{
	unsigned sets = ss_acl_name(g->acl, name, len);
	bool direct = (sets & ACL_BIT(ACL_BLACK)) != 0;
	bool proxied = (sets & ACL_BIT(ACL_WHITE)) != 0;
	enum acl_set asked = g->acl->reject ? ACL_WHITE : ACL_BLACK;

	if (direct && proxied)
		return g->conf->flavour == SS_RUST ? SS_PROXIED : SS_DIRECT;
	if (direct || proxied)
		return direct ? SS_DIRECT : SS_PROXIED;
	return (ss_acl_with_nets(g->acl) & ACL_BIT(asked)) != 0 ?
	    SS_BY_ADDRESS : way_else(g->acl);
}

enum ss_way ss_gate_way(const struct ss_gate *g, const struct ss_addr *to)
{
	unsigned sets;

	if (g->acl == NULL || g->acl->broken)
		return SS_PROXIED;
	if (to->name != NULL)
		return way_of_name(g, to->name, to->name_len);
	sets = ss_acl_addr(g->acl, &to->ip);
	if ((sets & ACL_BIT(ACL_BLACK)) != 0)
		return SS_DIRECT;
	return (sets & ACL_BIT(ACL_WHITE)) != 0 ? SS_PROXIED :
	    way_else(g->acl);
}

bool ss_gate_straight(const struct ss_gate *g, const char *name)
{
	struct ss_addr to = { .name = name, .name_len = strlen(name) };

	return to.name_len > 0 && ss_gate_way(g, &to) == SS_DIRECT;
}

enum ss_way ss_gate_way_addr(const struct ss_gate *g, const struct addr *list,
    size_t n)
{
	const struct ss_acl *acl = g->acl;
	size_t i;

	if (acl == NULL || acl->broken)
		return SS_PROXIED;
	for (i = 0; i < n; i++)
		if ((ss_acl_addr(acl, &list[i]) & ACL_BIT(acl->reject ?
		    ACL_WHITE : ACL_BLACK)) != 0)
			return acl->reject ? SS_PROXIED : SS_DIRECT;
	return way_else(acl);
}
