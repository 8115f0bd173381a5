/* ss_auth.c - who may use sslocal. Knows neither SOCKS nor HTTP. */
#include "ss_auth.h"

#include "base/text.h"
#include "core/opt.h"
#include "crypto/crypto.h"

static void mac_of(uint8_t out[20], const void *name, size_t name_len,
    const void *password, size_t password_len)
{
	static const char key[] = "wherry login";
	uint8_t mem[1 + 2 * SS_LOGIN_MAX];

	mem[0] = (uint8_t)name_len;
	memcpy(mem + 1, name, name_len);
	memcpy(mem + 1 + name_len, password, password_len);
	hmac_sha1(out, key, sizeof(key), mem, 1 + name_len + password_len);
	wipe(mem, sizeof(mem));
}

int ss_auth_add(struct ss_auth *a, const char *name, const char *password)
{
	size_t n = strlen(name), k = strlen(password);

	if (n == 0)
		return -E_INVAL;
	if (n > SS_LOGIN_MAX || k > SS_LOGIN_MAX)
		return -E_LONG;
	if (a->n == LIMIT_LOGINS)
		return -E_FULL;
	mac_of(a->mac[a->n++], name, n, password, k);
	return 0;
}

bool ss_auth_check(const struct ss_auth *a, const void *name, size_t name_len,
    const void *password, size_t password_len)
{
	uint8_t mac[20];
	bool known = false;
	size_t i;

	if (name_len > SS_LOGIN_MAX || password_len > SS_LOGIN_MAX)
		return false;
	mac_of(mac, name, name_len, password, password_len);
	for (i = 0; i < a->n; i++)
		known |= equal_ct(mac, a->mac[i], sizeof(mac));
	return known;
}

bool ss_auth_check_basic(const struct ss_auth *a, const char *text, size_t len)
{
	uint8_t mem[2 * SS_LOGIN_MAX + 1];
	int n = text_unbase64(mem, sizeof(mem), text, len);
	const uint8_t *colon = n > 0 ? memchr(mem, ':', (size_t)n) : NULL;
	bool known = false;

	if (colon != NULL)
		known = ss_auth_check(a, mem, (size_t)(colon - mem), colon + 1,
		    (size_t)(mem + n - colon) - 1);
	wipe(mem, sizeof(mem));
	return known;
}

/* ---- files ---- */

struct reader {
	struct ss_auth *auth;
	bool any;		/* an entry is being read */
	char name[SS_LOGIN_MAX + 1], password[SS_LOGIN_MAX + 1];
};

static int finish(struct reader *r, struct opt_at *at)
{
	int rc = r->any ? ss_auth_add(r->auth, r->name, r->password) : 0;

	r->any = false;
	wipe(r->name, sizeof(r->name));
	wipe(r->password, sizeof(r->password));
	if (rc == -E_FULL)
		return opt_fail(at, "more than %d (LIMIT_LOGINS)",
		    LIMIT_LOGINS);
	return rc == 0 ? 0 : opt_fail(at, "one without a name");
}

#define TEXT(k, member, fl) { .key = k, .kind = OPT_TEXT, \
	.flags = OPT_EMPTY_OK | (fl), .offset = offsetof(struct reader, \
	member), .size = sizeof(((struct reader *)0)->member) }

static const struct opt login_opts[] = {
	TEXT("user_name", name, 0),
	TEXT("password", password, OPT_SECRET),
};

static int each_login(void *reader, struct opt_at *at, struct opt_table *of)
{
	struct reader *r = reader;
	int rc = finish(r, at);

	if (rc != 0 || of == NULL)
		return rc;
	r->any = true;
	*of = (struct opt_table){ .opts = login_opts,
		.opts_n = LEN(login_opts), .conf = r };
	return 0;
}

static const struct opt users_opts[] = {
	{ .key = "users", .kind = OPT_OBJECT, .each = each_login },
};

static int each_kind(void *reader, struct opt_at *at, struct opt_table *of)
{
	(void)at;
	if (of != NULL)
		*of = (struct opt_table){ .opts = users_opts,
			.opts_n = LEN(users_opts), .conf = reader };
	return 0;
}

static const struct opt file_opts[] = {
	{ .key = "password", .kind = OPT_OBJECT, .each = each_kind },
	{ .key = "basic", .kind = OPT_OBJECT, .each = each_kind },
};

int ss_auth_load(struct ss_auth *a, const char *path, char *why,
    size_t why_room)
{
	struct reader r = { .auth = a };
	struct opt_table t = { .opts = file_opts, .opts_n = LEN(file_opts),
		.conf = &r };
	struct opt_at at = { 0 };
	int rc = opt_read_json(&t, &at, path);

	if (rc == 0)
		rc = finish(&r, &at);
	if (rc != 0)
		text_copy(why, why_room, at.text);
	wipe(&r, sizeof(r));
	return rc;
}
