/* ss_online.c - when a list of servers is fetched, which one is in force, and
 * where it is kept. Knows not what stands in it. */
#include "ss_online.h"

#include "base/text.h"
#include "core/log.h"
#include "core/text_file.h"
#include "port/file.h"
#include "port/rand.h"
#include "ss_serve.h"
#include "ss_sip008.h"

/* Lists: the one in force, and the one that may come after it. */
static struct list_text {
	size_t len;
	char mem[LIMIT_ONLINE_LIST];
} lists[2];
static uint8_t in_force;
static bool on_trial;		/* it came just now, and may be no list */

static void put(struct list_text *t, const void *mem, size_t len)
{
	wipe(t->mem, t->len);
	memcpy(t->mem, mem, len);
	t->len = len;
}

/* ---- on the disk ---- */

static int write_file(const char *path, const char *mem, size_t len)
{
	int fd = port_file_open(PORT_FS, path, FILE_WRITE | FILE_CREATE |
	    FILE_TRUNC, 0600);
	ptrdiff_t n = 0;
	size_t at = 0;

	if (fd < 0)
		return fd;
	while (at < len && (n = port_file_write(fd, (int64_t)at, mem + at,
	    len - at)) > 0)
		at += (size_t)n;
	if (n >= 0)
		n = port_file_sync(fd);
	port_file_close(fd);
	return (int)MIN(n, 0);
}

/* Whole or not at all, as the power may fail. */
static void keep(const struct ss_online *o)
{
	const struct list_text *t = &lists[in_force];
	const char *path = o->conf->cache_file;
	char next[sizeof(o->conf->cache_file) + 4];
	int rc;

	if (path[0] == '\0')
		return;
	text_fmt(next, sizeof(next), "%s.new", path);
	rc = write_file(next, t->mem, t->len);
	if (rc == 0)
		rc = port_path_rename(PORT_FS, next, path);
	if (rc != 0)
		log_rated(LOG_WARN, "cache_file %s: %s", path, err_text(rc));
}

static void load(const char *path)
{
	struct list_text *t = &lists[in_force];
	ptrdiff_t n = text_file_read(path, t->mem, sizeof(t->mem));

	if (n >= 0)
		t->len = (size_t)n;
	else if (n != -E_NOENT)
		log_warn("cache_file %s: %s", path, err_text((int)n));
}

int ss_online_merge(struct ss_conf *conf, char *why, size_t room)
{
	struct list_text *t = &lists[in_force];

	if (conf->role != SS_LOCAL || conf->online.url[0] == '\0')
		return 0;
	if (t->len == 0 && conf->online.cache_file[0] != '\0')
		load(conf->online.cache_file);
	if (t->len == 0 || ss_sip008_take(conf, t->mem, t->len, why, room) > 0)
		return 0;
	if (on_trial)
		return -E_INVAL;
	log_warn("%s", why);
	return 0;
}

/* ---- now and then ---- */

static void on_time(struct timer *t);

/* An eighth of it sooner or later, so that not all clients come at once. */
static void again_in(struct ss_online *o, int64_t ms)
{
	uint32_t luck;

	port_rand(&luck, sizeof(luck));
	ms += (int64_t)(luck % (uint32_t)(ms / 4 + 1)) - ms / 8;
	timer_set(o->ss->loop, &o->timer, o->ss->loop->now_ms + ms, on_time);
}

static void failed(struct ss_online *o, const char *why)
{
	int64_t ms = SS_ONLINE_AGAIN_MAX_MS;

	if (o->fails < 6)
		ms = MIN((int64_t)SS_ONLINE_AGAIN_MS << o->fails, ms);
	/* A clock that is set late is set soon after the start. */
	if (o->get.bad_time)
		ms = MIN(ms, 6 * SS_ONLINE_AGAIN_MS);
	o->fails++;
	log_warn("online_config: %s", why);
	again_in(o, MIN(ms, o->conf->interval_s * 1000));
}

/* It comes into force, or the one before stays. */
static void take(struct ss_online *o, const uint8_t *mem, size_t len)
{
	struct list_text *now = &lists[in_force], *next = &lists[!in_force];
	char why[512];
	int rc;

	if (len == 0 || len > sizeof(next->mem)) {
		failed(o, len == 0 ? "the list is empty" :
		    "the list is too long (LIMIT_ONLINE_LIST)");
		return;
	}
	if (len != now->len || memcmp(now->mem, mem, len) != 0) {
		put(next, mem, len);
		in_force = !in_force;
		on_trial = true;
		rc = o->apply(o, why, sizeof(why));
		on_trial = false;
		if (rc != 0) {
			in_force = !in_force;
			failed(o, why);
			return;
		}
		keep(o);
	}
	o->fails = 0;
	again_in(o, o->conf->interval_s * 1000);
}

static void done(struct http_get *g, int rc, const uint8_t *body)
{
	struct ss_online *o = OWNER(g, struct ss_online, get);

	/* The configuration may be another one since. */
	o->conf = &o->ss->conf->online;
	if (rc < 0)
		failed(o, g->why);
	else
		take(o, body, (size_t)rc);
	wipe(g->in, g->len);
}

static void on_time(struct timer *t)
{
	struct ss_online *o = OWNER(t, struct ss_online, timer);

	o->conf = &o->ss->conf->online;
	if (http_url_parse(&o->url, o->conf->url, strlen(o->conf->url)) != 0) {
		failed(o, "config_url is no address of HTTPS");
		return;
	}
	o->get.plain_too = o->conf->allow_http;
	http_get_start(&o->get, &o->url, done);
}

/* ---- coming and going ---- */

/* The system's authorities, where no others are named. */
static const char *ca_file(const struct ss_online_conf *conf)
{
	return conf->ca_file[0] != '\0' ? conf->ca_file : http_trust_find();
}

static int trust(struct ss_online *o, const char *path)
{
	char why[160];
	int rc = http_trust_open(&o->trust, path, why, sizeof(why));

	if (rc != 0)
		log_error("online_config: ca_file %s: %s", path, why);
	return rc;
}

int ss_online_open(struct ss_online *o, struct ss *ss,
    int (*apply)(struct ss_online *o, char *why, size_t room))
{
	const struct ss_online_conf *conf = &ss->conf->online;
	const char *path = NULL;
	int rc = 0;

	if (ss->conf->role != SS_LOCAL || conf->url[0] == '\0')
		return 0;
	if (ss->conf->chroot) {
		log_error("online_config: not with chroot, which leaves no "
		    "configuration to read with the list");
		return -E_NOSUP;
	}
	o->conf = conf;
	rc = http_url_parse(&o->url, conf->url, strlen(conf->url));
	if (rc != 0)
		log_error("online_config: config_url is no address of HTTPS");
	else if (!o->url.tls && !conf->allow_http)
		rc = -E_DENY;
	else if (o->url.tls && (path = ca_file(conf)) == NULL)
		rc = -E_NOENT;
	if (rc == -E_DENY)
		log_error("online_config: config_url is not https:, and "
		    "allow_http is not set: who is on the way reads the "
		    "passwords and can name servers of his own");
	if (rc == -E_NOENT)
		log_error("online_config: https: needs a ca_file, whose "
		    "certificates are believed; this system has none of its "
		    "own");
	if (rc == 0 && path != NULL)
		rc = trust(o, path);
	if (rc != 0)
		return rc;
	o->ss = ss;
	o->apply = apply;
	http_get_open(&o->get, ss, path != NULL ? &o->trust : NULL,
	    conf->allow_http);
	timer_set(ss->loop, &o->timer, 0, on_time);
	return 0;
}

void ss_online_look(struct ss_online *o)
{
	if (o->ss != NULL && !o->get.busy)
		timer_set(o->ss->loop, &o->timer, 0, on_time);
}

void ss_online_close(struct ss_online *o)
{
	if (o->ss == NULL)
		return;
	http_get_stop(&o->get);
	timer_stop(o->ss->loop, &o->timer);
	http_trust_close(&o->trust);
	o->ss = NULL;
}
