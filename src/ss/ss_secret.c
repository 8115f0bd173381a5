/* ss_secret.c - passwords kept in clear, since libev's and rust's managers list
 * them. Knows no dialogue. */
#include "ss_secret.h"

#include "base/text.h"
#include "ss_wish.h"

struct kept {
	char text[SS_PASSWORD];
};

POOL_DEFINE(ss_secrets, struct kept, LIMIT_LISTENERS);

void ss_secret_drop(struct ss_door *d)
{
	if (d->secret != NULL)
		pool_put(&ss_secrets, OWNER(d->secret, struct kept, text));
	d->secret = NULL;
}

void ss_secret_keep(struct ss *ss, struct ss_door *d, const char *password)
{
	struct kept *k;

	ss_secret_drop(d);
	if (!ss->tells_secrets || ss_door_method(d)->kind == SS_2022)
		return;
	k = pool_get(&ss_secrets);
	ASSERT(k != NULL);	/* as many as doors */
	text_copy(k->text, sizeof(k->text), password);
	d->secret = k->text;
}

void ss_secret_text(const struct ss_door *d, char *out, size_t room)
{
	const struct ss_port *p = OWNER(d->ports.next, struct ss_port,
	    of_door);

	out[0] = '\0';
	if (d->secret != NULL)
		text_copy(out, room, d->secret);
	else if (!list_empty(&d->ports) && p->key.method->kind == SS_2022)
		(void)text_base64(out, room, p->key.master,
		    p->key.method->key_len);
}
