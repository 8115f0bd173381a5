/* ss_named.c - answers to the questions of a house become elements of sets, by
 * which a firewall knows who is reached straight and who is led. Knows neither
 * sockets of the house nor what rules there are. */
#include "ss_named.h"

#include "base/text.h"
#include "core/log.h"
#include "core/metrics.h"
#include "ss_names.h"

/* Who asked remembers the answer as well, and may connect late. */
#define LONGER_S 3600

METRIC(ss_named_told, "addresses put into sets of the firewall");
METRIC(ss_named_failed, "answers whose addresses a set did not take");

static int nft = -1;	/* of all ports that tell it */

/* ---- where to ---- */

/* The next word, without its blanks; false: none, or it is too long. */
static bool word(const char **s, char out[NFT_NAME])
{
	size_t n = 0;

	while (**s == ' ')
		++*s;
	while (**s != '\0' && **s != ' ' && n + 1 < NFT_NAME)
		out[n++] = *(*s)++;
	out[n] = '\0';
	return n > 0 && (**s == '\0' || **s == ' ');
}

static bool family_of(const char *name, uint8_t *out)
{
	static const struct {
		const char *name;
		uint8_t family;
	} all[] = { { "inet", NFT_INET }, { "ip", NFT_IP },
		{ "ip6", NFT_IP6 } };

	for (size_t i = 0; i < LEN(all); i++) {
		if (strcmp(name, all[i].name) != 0)
			continue;
		*out = all[i].family;
		return true;
	}
	return false;
}

static void no_set(struct nft_set *s)
{
	if (strcmp(s->name, "-") == 0)
		s->name[0] = '\0';
}

bool ss_named_parse(const char *text, struct nft_set *v4, struct nft_set *v6)
{
	char family[NFT_NAME];

	if (!word(&text, family) || !family_of(family, &v4->family) ||
	    !word(&text, v4->table) || !word(&text, v4->name) ||
	    !word(&text, v6->name) || *text != '\0')
		return false;
	v6->family = v4->family;
	memcpy(v6->table, v4->table, sizeof(v6->table));
	no_set(v4);
	no_set(v6);
	return true;
}

int ss_named_open(const struct ss_local_conf *l)
{
	if (nft >= 0 || (l->nft_direct == NULL && l->nft_proxied == NULL))
		return 0;
	nft = port_nft_open();
	return MIN(nft, 0);
}

/* ---- what is told ---- */

static void tell(const struct nft_set *to, const struct addr *list, size_t n,
    uint32_t life_s)
{
	int rc;

	if (n == 0 || to->name[0] == '\0')
		return;
	rc = port_nft_add(nft, to, list, n, life_s);
	metric_add(rc == 0 ? &ss_named_told : &ss_named_failed,
	    rc == 0 ? n : 1);
	if (rc != 0)
		log_rated(LOG_WARN, "nft: set %s of table %s: %s", to->name,
		    to->table, err_text(rc));
}

void ss_named_tell(const struct ss_local_conf *l, bool direct,
    const uint8_t *m, size_t len)
{
	const char *text = direct ? l->nft_direct : l->nft_proxied;
	struct addr all[NFT_MANY], v6[NFT_MANY];
	size_t n, i, n4 = 0, n6 = 0;
	struct nft_set of4, of6;
	uint32_t ttl_s;

	if (nft < 0 || text == NULL || !ss_named_parse(text, &of4, &of6))
		return;
	n = ss_names_addresses(m, len, all, LEN(all), &ttl_s);
	for (i = 0; i < n; i++) {
		if (all[i].family == 4)
			all[n4++] = all[i];
		else
			v6[n6++] = all[i];
	}
	tell(&of4, all, n4, ttl_s + LONGER_S);
	tell(&of6, v6, n6, ttl_s + LONGER_S);
}
