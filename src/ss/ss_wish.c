/* ss_wish.c - one table of what a manager's client may ask for. Knows no port
 * that is there. */
#include "ss_wish.h"

#include "base/text.h"

#define AT(type, member) .offset = offsetof(struct type, member), \
	.size = sizeof(((struct type *)0)->member)
#define INT(k, type, member, hi) { .key = k, .kind = OPT_INT, \
	AT(type, member), .max = (hi) }
#define TEXT(k, member) { .key = k, .kind = OPT_TEXT, AT(ss_wish, member), \
	.flags = OPT_EMPTY_OK }
#define CALL(k, f, fl) { .key = k, .kind = OPT_CALL, .fn = (f), \
	.flags = (fl) }
/* Limits are the same of a port and of a user. */
#define LIMITS(type) \
	INT("rate_up", type, limits.rate_up, SS_RATE_MAX), \
	INT("rate_down", type, limits.rate_down, SS_RATE_MAX), \
	INT("quota", type, limits.quota, INT64_MAX), \
	INT("expires", type, limits.expires_s, INT64_MAX)

/* ---- a user ---- */

static int take_name(struct opt_at *at, const char *member, const char *value,
    char name[SS_USER_NAME])
{
	if (member != NULL)
		return opt_fail(at, "must not be an object");
	if (*value == '\0' || !text_is_utf8(value, strlen(value)))
		return opt_fail(at, "no name");
	if (!text_copy(name, SS_USER_NAME, value))
		return opt_fail(at, "longer than %d octets", SS_USER_NAME - 1);
	return 0;
}

static int set_user_name(void *user, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_wish_user *u = user;

	return take_name(at, member, value, u->name);
}

static int set_user_password(void *user, struct opt_at *at,
    const char *member, const char *value)
{
	struct ss_wish_user *u = user;
	int n = text_unbase64(u->psk.key, sizeof(u->psk.key), value,
	    strlen(value));

	if (member != NULL || n <= 0)
		return opt_fail(at, "no key in base64");
	u->psk.len = (uint8_t)n;
	return 0;
}

static const struct opt of_user[] = {
	CALL("name", set_user_name, 0),
	CALL("password", set_user_password, OPT_SECRET),
	LIMITS(ss_wish_user),
};

/* The one that was read last is whole. */
static int user_done(struct ss_wish *w, struct opt_at *at)
{
	int rc = 0;

	if (w->users_n == 0)
		return 0;
	at->key = "users";
	if (w->user.name[0] == '\0' || w->user.psk.len == 0)
		rc = opt_fail(at, "one without name or password");
	else if (w->each != NULL)
		rc = w->each(w->ctx, &w->user);
	wipe(&w->user, sizeof(w->user));
	return rc;
}

static int each_user(void *wish, struct opt_at *at, struct opt_table *of)
{
	struct ss_wish *w = wish;

	if (of == NULL)
		return 0;
	if (user_done(w, at) != 0)
		return -E_INVAL;
	w->users_n++;
	*of = (struct opt_table){ .opts = of_user, .opts_n = LEN(of_user),
		.conf = &w->user };
	return 0;
}

/* ---- a port ---- */

static int set_method(void *wish, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_wish *w = wish;

	w->method = ss_method_find(value);
	if (member != NULL || w->method == NULL)
		return opt_fail(at, "unrecognized method \"%.32s\"", value);
	return 0;
}

static int set_mode(void *wish, struct opt_at *at, const char *member,
    const char *value)
{
	static const char *const modes[] = { [SS_TCP_ONLY] = "tcp_only",
		[SS_UDP_ONLY] = "udp_only", [SS_TCP_AND_UDP] = "tcp_and_udp" };
	struct ss_wish *w = wish;

	for (size_t i = 1; member == NULL && i < LEN(modes); i++) {
		if (strcmp(modes[i], value) == 0) {
			w->mode = (uint8_t)i;
			return 0;
		}
	}
	return opt_fail(at, "unrecognized mode \"%.32s\"", value);
}

static int set_name(void *wish, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_wish *w = wish;

	return take_name(at, member, value, w->name);
}

static int set_plugin_mode(void *wish, struct opt_at *at, const char *member,
    const char *value)
{
	struct ss_wish *w = wish;
	uint8_t mode = w->mode;
	int rc = set_mode(wish, at, member, value);

	w->plugin_mode = w->mode;
	w->mode = mode;
	return rc;
}

static const struct opt of_port[] = {
	{ .key = "server_port", .kind = OPT_INT, AT(ss_wish, number),
	    .min = 1, .max = 65535 },
	{ .key = "password", .kind = OPT_TEXT, .flags = OPT_SECRET,
	    AT(ss_wish, password) },
	CALL("method", set_method, 0),
	CALL("mode", set_mode, 0),
	CALL("name", set_name, 0),
	LIMITS(ss_wish),
	{ .key = "users", .kind = OPT_OBJECT, .each = each_user },
	TEXT("plugin", plugin),
	TEXT("plugin_opts", plugin_opts),
	TEXT("plugin_args", plugin_args),
	CALL("plugin_mode", set_plugin_mode, 0),
};

int ss_wish_read(struct ss_wish *w, struct opt_at *at, const char *text,
    size_t len, int (*each)(void *ctx, const struct ss_wish_user *u),
    void *ctx)
{
	struct opt_table t = { .opts = of_port, .opts_n = LEN(of_port),
		.conf = w };
	int rc;

	wipe(w, sizeof(*w));
	w->each = each;
	w->ctx = ctx;
	*at = (struct opt_at){ 0 };
	rc = opt_read_json_text(&t, at, text, len);
	if (rc == 0)
		rc = user_done(w, at);
	at->key = "server_port";
	if (rc == 0 && w->number == 0)
		rc = opt_fail(at, "not there");
	w->port = (uint16_t)w->number;
	return rc;
}

int ss_wish_key(uint8_t key[KEY_MAX], const struct ss_method *m,
    const char *password)
{
	if (*password == '\0' && m->key_len > 0)
		return -E_INVAL;
	if (m->kind != SS_2022) {
		kdf_bytes_to_key(key, KEY_MAX, password);
		return 0;
	}
	return text_unbase64(key, KEY_MAX, password, strlen(password)) ==
	    m->key_len ? 0 : -E_INVAL;
}
