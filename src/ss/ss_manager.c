/* ss_manager.c - the dialogue of ssserver's manager. Knows nothing of sessions
 * but what they add up to. */
#include "ss_manager.h"

#include "base/text.h"
#include "core/log.h"
#include "port/file.h"

#define SECRET 256

/* ---- the object behind a command ---- */

struct wish {
	int64_t port;
	char password[SECRET];
	char method[64];
	struct ss_limits limits;
};

/* Better refused than served without it. */
static int refuse(void *conf, struct opt_at *at, const char *member,
    const char *value)
{
	(void)conf;
	(void)member;
	return *value == '\0' ? 0 : opt_fail(at, "not supported");
}

#define AT(member) .offset = offsetof(struct wish, member), \
	.size = sizeof(((struct wish *)0)->member)

static const struct opt wishes[] = {
	{ .key = "server_port", .kind = OPT_INT, AT(port), .min = 1,
	    .max = 65535 },
	{ .key = "password", .kind = OPT_TEXT, .flags = OPT_SECRET,
	    AT(password) },
	{ .key = "method", .kind = OPT_TEXT, AT(method) },
	{ .key = "rate_up", .kind = OPT_INT, AT(limits.rate_up),
	    .max = SS_RATE_MAX },
	{ .key = "rate_down", .kind = OPT_INT, AT(limits.rate_down),
	    .max = SS_RATE_MAX },
	{ .key = "quota", .kind = OPT_INT, AT(limits.quota),
	    .max = INT64_MAX },
	{ .key = "expires", .kind = OPT_INT, AT(limits.expires_s),
	    .max = INT64_MAX },
	{ .key = "plugin", .kind = OPT_CALL, .fn = refuse },
	{ .key = "users", .kind = OPT_CALL, .fn = refuse },
};

/* The number of a port must be there, as in the original. */
static int read_wish(struct wish *w, const char *text, size_t len)
{
	struct opt_table t = { .opts = wishes, .opts_n = LEN(wishes),
		.conf = w };
	struct opt_at at = { 0 };
	int rc = opt_read_json_text(&t, &at, text, len);

	if (rc == 0 && w->port == 0)
		rc = opt_fail(&at, "can not find server_port in config");
	if (rc != 0)
		log_rated(LOG_ERROR, "manager: %s", at.text);
	return rc;
}

static int make_key(uint8_t key[KEY_MAX], const struct ss_method *m,
    const char *password)
{
	if (*password == '\0')
		return -E_INVAL;
	if (m->kind != SS_2022) {
		kdf_bytes_to_key(key, KEY_MAX, password);
		return 0;
	}
	return text_unbase64(key, KEY_MAX, password, strlen(password)) ==
	    m->key_len ? 0 : -E_INVAL;
}

/* ---- what is done ---- */

static int add_at_all(struct ss *ss, struct ss_port_spec *spec)
{
	const struct ss_conf *conf = ss->conf;
	size_t i, n = MAX(conf->host_n, (size_t)1);
	char why[SS_HOST + 64];
	int rc = 0;

	for (i = 0; i < n && rc == 0; i++) {
		spec->host = conf->host_n == 0 ? "0.0.0.0" :
		    conf->host[i].host;
		rc = ss_port_add(ss, spec, why, sizeof(why));
	}
	if (rc == 0)
		return 0;
	log_rated(LOG_ERROR, "manager: %s", why);
	if (i > 1)
		(void)ss_port_remove(ss, spec->port);
	return rc;
}

static int add(struct ss *ss, const struct wish *w)
{
	struct ss_port_spec spec = { .port = (uint16_t)w->port,
		.method = w->method[0] == '\0' ? ss->conf->base.method :
		    ss_method_find(w->method) };
	uint8_t key[KEY_MAX] = { 0 };
	int rc = -E_INVAL;

	if (spec.method != NULL)
		rc = make_key(key, spec.method, w->password);
	if (rc != 0) {
		log_rated(LOG_ERROR, "manager: port=%u: no such method, or no "
		    "key of it", spec.port);
		return rc;
	}
	spec.master = key;
	spec.limits = w->limits;
	ss_serve_count(ss);	/* what was moved without them is not theirs */
	(void)ss_port_remove(ss, spec.port);
	rc = add_at_all(ss, &spec);
	wipe(key, sizeof(key));
	if (rc == 0)
		ss_serve_pace(ss);
	if (rc == 0)
		log_info("manager: added port=%u", spec.port);
	return rc;
}

static int remove_port(struct ss *ss, const struct wish *w)
{
	uint16_t port = (uint16_t)w->port;

	if (ss_port_remove(ss, port) == 0)
		log_info("manager: removed port=%u", port);
	else
		log_rated(LOG_WARN, "manager: port=%u is not there", port);
	return 0;
}

/* ---- words ---- */

static const struct {
	const char *word;
	int (*fn)(struct ss *ss, const struct wish *w);
} commands[] = {
	{ "add", add },
	{ "remove", remove_port },
};

static bool is_word(const char *text, size_t len, const char *word)
{
	return len == strlen(word) && memcmp(text, word, len) == 0;
}

/* The answer to a command; NULL = none. */
static const char *answer(struct ss *ss, const char *text, size_t len)
{
	const char *colon = memchr(text, ':', len);
	struct wish w = { 0 };
	size_t n, i;
	int rc;

	while (len > 0 && (text_is_space(text[len - 1]) ||
	    text[len - 1] == '\0'))
		len--;
	if (is_word(text, len, "ping"))
		return "pong";
	if (colon == NULL)
		return NULL;
	n = (size_t)(colon - text);
	for (i = 0; i < LEN(commands); i++)
		if (is_word(text, n, commands[i].word))
			break;
	if (i == LEN(commands) || n + 1 >= len)
		return NULL;
	rc = read_wish(&w, colon + 1, len - n - 1);
	if (rc == 0)
		rc = commands[i].fn(ss, &w);
	wipe(&w, sizeof(w));
	return rc == 0 ? "ok" : "err";
}

/* ---- datagrams ---- */

static ptrdiff_t take(struct ss_manager *m, struct ss_client *from, char *mem,
    size_t room)
{
	if (m->path[0] != '\0')
		return port_unix_recv(m->watch.fd, &from->name, mem, room);
	return port_udp_recv(m->watch.fd, &from->at, mem, room);
}

static ptrdiff_t say(struct ss_manager *m, const char *mem, size_t len)
{
	if (m->path[0] != '\0')
		return port_unix_send(m->watch.fd, &m->client.name, mem, len);
	return port_udp_send(m->watch.fd, &m->client.at, mem, len);
}

static void on_ready(struct watch *watch, unsigned got)
{
	struct ss_manager *m = OWNER(watch, struct ss_manager, watch);
	char text[SS_COMMAND_MAX + 1];
	struct ss_client from = { .known = true };
	const char *reply;
	ptrdiff_t n;

	(void)got;
	n = take(m, &from, text, sizeof(text));
	if (n <= 0 || n > SS_COMMAND_MAX)
		return;
	reply = answer(m->ss, text, (size_t)n);
	wipe(text, sizeof(text));
	if (reply == NULL)
		return;
	m->client = from;
	(void)say(m, reply, strlen(reply));
}

/* ---- pushes ---- */

struct push {
	size_t len, n;
	struct ss_account *of[SS_PUSH_PORTS];
	uint64_t news[SS_PUSH_PORTS];
	/* "65535":18446744073709551615, */
	char text[SS_PUSH_PORTS * 30 + 16];
};

/* What could not be sent is told the next time. */
static void push_send(struct ss_manager *m, struct push *p)
{
	if (p->n == 0)
		return;
	p->text[p->len++] = '}';
	if (say(m, p->text, p->len) < 0)
		while (p->n-- > 0)
			p->of[p->n]->told -= p->news[p->n];
	p->n = 0;
}

static void push_one(struct ss_manager *m, struct push *p, struct ss_door *d)
{
	uint64_t news = ss_account_news(&d->account);

	if (news == 0)
		return;
	if (p->n == 0)
		p->len = text_fmt(p->text, sizeof(p->text), "stat: {");
	p->len += text_fmt(p->text + p->len, sizeof(p->text) - p->len,
	    "%s\"%u\":%llu", p->n > 0 ? "," : "", d->number,
	    (unsigned long long)news);
	p->of[p->n] = &d->account;
	p->news[p->n++] = news;
	if (p->n == SS_PUSH_PORTS)
		push_send(m, p);
}

static void push(struct ss_manager *m)
{
	struct ss_door *d = NULL;
	struct push p = { 0 };

	if (!m->client.known)
		return;
	ss_serve_count(m->ss);
	while ((d = ss_door_next(m->ss, d)) != NULL)
		push_one(m, &p, d);
	push_send(m, &p);
	ss_doors_sweep(m->ss);
}

static void on_time(struct timer *t)
{
	struct ss_manager *m = OWNER(t, struct ss_manager, push);

	push(m);
	timer_set(m->ss->loop, t, m->ss->loop->now_ms + SS_PUSH_MS, on_time);
}

/* ---- open and close ---- */

static bool is_loopback(const struct addr *a)
{
	static const uint8_t one[16] = { [15] = 1 };

	return a->family == 4 ? a->ip[0] == 127 : memcmp(a->ip, one, 16) == 0;
}

/* "127.0.0.1:6001"; brackets around IPv6 may be missing. */
static int udp_open(const char *text, const char *colon)
{
	size_t len = (size_t)(colon - text);
	struct addr at;
	uint64_t port;

	if (len > 1 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (is_word(text, len, "localhost")) {
		text = "127.0.0.1";
		len = strlen(text);
	}
	if (addr_parse(&at, text, len) != 0 ||
	    text_u64(colon + 1, strlen(colon + 1), 65535, &port) != 0)
		return -E_INVAL;
	at.port = (uint16_t)port;
	return is_loopback(&at) ? port_udp_open(&at) : -E_DENY;
}

static int socket_open(struct ss_manager *m, const char *address)
{
	const char *colon = strrchr(address, ':');

	if (colon != NULL)
		return udp_open(address, colon);
	if (!text_copy(m->path, sizeof(m->path), address))
		return -E_LONG;
	return port_unix_open(address);
}

static void socket_close(struct ss_manager *m, int fd)
{
	port_close(fd);
	if (m->path[0] != '\0')
		(void)port_path_remove(PORT_FS, m->path);
}

int ss_manager_open(struct ss_manager *m, struct ss *ss, const char *address)
{
	int fd, rc;

	*m = (struct ss_manager){ .ss = ss };
	fd = socket_open(m, address);
	if (fd < 0)
		return fd;
	rc = watch_open(ss->loop, &m->watch, fd, POLL_IN, on_ready);
	if (rc != 0) {
		socket_close(m, fd);
		return rc;
	}
	ss->keeps_doors = true;
	timer_set(ss->loop, &m->push, ss->loop->now_ms + SS_PUSH_MS, on_time);
	return 0;
}

void ss_manager_close(struct ss_manager *m)
{
	int fd = m->watch.fd;

	if (!watch_is_open(&m->watch))
		return;
	push(m);
	m->ss->keeps_doors = false;
	ss_doors_sweep(m->ss);
	timer_stop(m->ss->loop, &m->push);
	watch_close(&m->watch);
	socket_close(m, fd);
}
