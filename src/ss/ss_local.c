/* ss_local.c - what a listener for clients was told, for as long as it or a
 * session of it lives: a configuration does not. */
#include "ss_local.h"

#include "base/text.h"

#define TEXTS 9

/* With its texts behind it. */
struct copy {
	struct ss_local_conf conf;
	char text[768];
};

/* Those of a configuration, and of the one before it. */
POOL_DEFINE(ss_locals, struct copy, 2 * LIMIT_LOCALS);

static const char **text_at(struct ss_local_conf *l, int i)
{
	const char **const all[TEXTS] = { &l->host, &l->udp_host,
		&l->forward_host, &l->direct_host, &l->nft_direct,
		&l->nft_proxied, &l->socks5_auth, &l->http_auth, &l->acl };

	return all[i];
}

int ss_local_copy(const struct ss_local_conf **out,
    const struct ss_local_conf *from)
{
	struct copy *c = pool_get(&ss_locals);
	size_t n = 0, len;
	int i;

	*out = NULL;
	if (c == NULL)
		return -E_FULL;
	c->conf = *from;
	c->conf.of = NULL;
	for (i = 0; i < TEXTS; i++) {
		const char **text = text_at(&c->conf, i);

		if (*text == NULL)
			continue;
		len = strlen(*text) + 1;
		if (len > sizeof(c->text) - n) {
			pool_put(&ss_locals, c);
			return -E_LONG;
		}
		memcpy(c->text + n, *text, len);
		*text = c->text + n;
		n += len;
	}
	*out = &c->conf;
	return 0;
}

void ss_local_free(const struct ss_local_conf *l)
{
	if (l != NULL)
		pool_put(&ss_locals, OWNER(l, struct copy, conf));
}

static bool text_is(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool ss_local_is(const struct ss_local_conf *a, const struct ss_local_conf *b)
{
	struct ss_local_conf x = *a, y = *b;
	bool same = a->port == b->port && a->udp_port == b->udp_port &&
	    a->protocol == b->protocol && a->mode == b->mode &&
	    a->forward_port == b->forward_port &&
	    a->direct_port == b->direct_port && a->tproxy == b->tproxy;
	int i;

	for (i = 0; i < TEXTS && same; i++)
		same = text_is(*text_at(&x, i), *text_at(&y, i));
	return same;
}
