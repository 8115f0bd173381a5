/* ss_conf_keys.c - passwords become keys, and keys fit their method or not.
 * Knows no reader of files. */
#include "base/text.h"
#include "port/proc.h"
#include "ss_conf_inner.h"

static void take_psk(struct ss_psk *psk, const char *s, size_t len)
{
	int n = text_unbase64(psk->key, sizeof(psk->key), s, len);

	psk->len = n > 0 ? (uint8_t)n : 0;
}

/* The place for one more key in front; NULL = no room. */
static struct ss_psk *chain_more(struct ss_conf *conf, struct ss_secret *s)
{
	if (s->chain_n == SS_IPSK_MAX || conf->psk_n == LEN(conf->psk))
		return NULL;
	s->chain_n++;
	return &conf->psk[conf->psk_n++];
}

/* iPSK0:iPSK1:...:uPSK. Other methods take no notice. */
static void take_chain(struct ss_conf *conf, struct ss_secret *s,
    const char *value)
{
	struct ss_psk *psk;
	size_t len;

	/* Read again: its place is used again if it was the last. */
	if (s->chain + (size_t)s->chain_n == conf->psk_n)
		conf->psk_n = s->chain;
	s->chain = (uint16_t)conf->psk_n;
	s->chain_n = 0;
	s->psk.len = 0;
	while (value[len = strcspn(value, ":")] == ':') {
		psk = chain_more(conf, s);
		if (psk == NULL)
			return;		/* ':' is in what is left: no key */
		take_psk(psk, value, len);
		value += len + 1;
	}
	take_psk(&s->psk, value, len);
}

/* ${NAME} of the environment; another text is itself. */
static int expand(const struct ss_conf *conf, struct opt_at *at,
    const char **value)
{
	size_t len = strlen(*value);
	char name[64];

	if (conf->flavour == SS_PYTHON || conf->flavour == SS_LIBEV ||
	    len < 4 || strncmp(*value, "${", 2) != 0 ||
	    (*value)[len - 1] != '}')
		return 0;
	text_copy_n(name, sizeof(name), *value + 2, MIN(len - 3,
	    sizeof(name) - 1));
	*value = port_env(name);
	if (*value == NULL)
		return opt_fail(at, "no %s in the environment", name);
	return 0;
}

enum kinds { DIGIT = 1, LOWER = 2, UPPER = 4, OTHER = 8 };

static unsigned kind_of(char c)
{
	if (text_is_digit(c))
		return DIGIT;
	if (text_lower(c) != c)
		return UPPER;
	return c >= 'a' && c <= 'z' ? LOWER : OTHER;
}

/* Tenths of bits that one character has where such kinds are used. */
static unsigned worth(unsigned kinds)
{
	static const uint8_t of[16] = { 0, 33, 47, 52, 47, 52, 57, 60,
		50, 54, 59, 61, 59, 61, 64, 66 };

	return of[kinds & 15];
}

/* Made of nothing but itself: words and dates are worth less still. One that
 * only goes on from the one before it ("aa", "12") adds nothing. */
static bool is_weak(const char *s)
{
	unsigned kinds = 0, n = 0;
	char before = '\0';

	for (; *s != '\0'; before = *s++) {
		kinds |= kind_of(*s);
		n += *s != before && *s != before + 1;
	}
	return n * worth(kinds) < 640;
}

int ss_conf_secret(struct ss_conf *conf, struct opt_at *at, const char *value,
    struct ss_secret *out)
{
	if (out->raw_len > 0)
		return 0;
	if (expand(conf, at, &value) != 0)
		return -E_INVAL;
	if (*value == '\0')
		return opt_fail(at, "must not be empty");
	kdf_bytes_to_key(out->key, KEY_MAX, value);
	take_chain(conf, out, value);
	out->set = true;
	out->is_mypassword = strcmp(value, "mypassword") == 0;
	out->is_weak = is_weak(value);
	out->line = at->file != NULL ? at->line : 0;
	return 0;
}

/* Either alphabet of base64; more than a method needs is cut off. */
int ss_conf_raw_key(struct opt_at *at, const char *value,
    struct ss_secret *out)
{
	uint8_t octets[2 * KEY_MAX];
	int n = text_unbase64(octets, sizeof(octets), value, strlen(value));

	if (n <= 0)
		return opt_fail(at, "no key in base64");
	n = (int)MIN((size_t)n, (size_t)KEY_MAX);
	memset(out, 0, sizeof(*out));
	memcpy(out->key, octets, (size_t)n);
	memcpy(out->psk.key, octets, (size_t)n);
	wipe(octets, sizeof(octets));
	out->raw_len = out->psk.len = (uint8_t)n;
	out->line = at->file != NULL ? at->line : 0;
	out->set = true;
	return 0;
}

static int check_length(const struct ss_method *m, struct opt_at *at,
    const struct ss_psk *psk)
{
	if (psk->len == m->key_len)
		return 0;
	return opt_fail(at, "%s takes a key of %d octets in base64, as "
	    "`wherry keygen %s` makes; this is %s", m->name, m->key_len,
	    m->name, psk->len == 0 ? "none" : "of another length");
}

static int check_secret(const struct ss_conf *conf, struct opt_at *at,
    const struct ss_server_conf *e)
{
	const struct ss_secret *s = &e->secret;
	int rc = 0;
	size_t i;

	for (i = 0; i < s->chain_n && rc == 0; i++)
		rc = check_length(e->method, at, &conf->psk[s->chain + i]);
	if (rc == 0)
		rc = check_length(e->method, at, &s->psk);
	if (rc != 0 || s->chain_n == 0)
		return rc;
	if (conf->role == SS_SERVER)
		return opt_fail(at, "a chain of keys is for clients");
	if (e->method->cipher != AEAD_AES_GCM)
		return opt_fail(at, "%s knows no chain of keys",
		    e->method->name);
	return 0;
}

static int check_raw(const struct ss_server_conf *e, struct opt_at *at)
{
	if (e->secret.raw_len >= e->method->key_len)
		return 0;
	return opt_fail(at, "%s takes a key of %d octets, this has %d",
	    e->method->name, e->method->key_len, e->secret.raw_len);
}

static void stand_at(struct opt_at *at, const char *path, const char *key,
    int line)
{
	at->key = key;
	at->file = line > 0 ? path : NULL;
	at->line = line;
}

static int check_users(const struct ss_conf *conf, struct opt_at *at,
    const char *path, const struct ss_server_conf *e)
{
	const struct ss_user_conf *u = &conf->users[e->users];
	const struct ss_user_conf *end = u + e->users_n;
	int rc = 0;

	for (; u < end && rc == 0; u++) {
		stand_at(at, path, "users", u->line);
		if (e->method->kind != SS_2022 ||
		    e->method->cipher != AEAD_AES_GCM)
			return opt_fail(at, "%s knows no users",
			    e->method->name);
		rc = check_length(e->method, at, &u->psk);
	}
	return rc;
}

int ss_conf_check_key(const struct ss_conf *conf, struct opt_at *at,
    const struct ss_server_conf *e)
{
	if (e->secret.raw_len > 0)
		return check_raw(e, at);
	return e->method->kind == SS_2022 ? check_secret(conf, at, e) : 0;
}

int ss_conf_check_keys(const struct ss_conf *conf, struct opt_at *at,
    const char *path)
{
	const struct ss_server_conf *e = conf->servers;
	int rc = 0;

	for (; e < conf->servers + conf->servers_n && rc == 0; e++) {
		stand_at(at, path, e->from == SS_FROM_PORTS ?
		    "port_password" : "password", e->secret.line);
		rc = ss_conf_check_key(conf, at, e);
		if (rc == 0)
			rc = check_users(conf, at, path, e);
	}
	return rc;
}

const uint8_t *ss_conf_key(const struct ss_method *m,
    const struct ss_secret *secret)
{
	return m->kind == SS_2022 ? secret->psk.key : secret->key;
}
