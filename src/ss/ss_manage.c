/* ss_manage.c - what a manager's client asks for is done, or refused before
 * anything was done. Knows no dialogue and no socket. */
#include "ss_manage.h"

#include "base/text.h"
#include "core/log.h"
#include "ss_secret.h"
#include "ss_wish.h"

/* One command under way. */
struct job {
	struct ss *ss;
	struct opt_at *at;
	const struct ss_method *method;
	struct ss_door *door;
};

static int fail(struct opt_at *at, const char *key, int rc)
{
	at->key = key;
	(void)opt_fail(at, "%s", err_text(rc));
	return rc;
}

/* ---- users of an add ---- */

static int check_user(void *job, const struct ss_wish_user *u)
{
	const struct job *j = job;

	if (j->method->kind != SS_2022 || j->method->cipher != AEAD_AES_GCM)
		return opt_fail(j->at, "%s knows no users", j->method->name);
	if (u->psk.len != j->method->key_len)
		return opt_fail(j->at, "%s takes a key of %d octets",
		    j->method->name, j->method->key_len);
	return 0;
}

static int put_user(void *job, const struct ss_wish_user *u)
{
	struct job *j = job;
	struct ss_user_spec spec = { .name = u->name, .psk = u->psk.key,
		.method = j->method, .limits = u->limits };
	int rc = ss_user_add(j->ss, j->door, &spec);

	if (rc != 0)
		return fail(j->at, "users", rc);
	ss_user_named(j->door, u->name)->renewed = true;
	return 0;
}

/* Who is not among them any more goes. */
static int set_users(struct job *j, struct ss_wish *w, const char *text,
    size_t len)
{
	struct ss_user *u = NULL, *next;
	int rc;

	while ((u = ss_user_next(j->door, u)) != NULL)
		u->renewed = false;
	rc = ss_wish_read(w, j->at, text, len, put_user, j);
	for (u = ss_user_next(j->door, NULL); u != NULL; u = next) {
		next = ss_user_next(j->door, u);
		if (u->open && !u->renewed)
			ss_user_remove(j->ss, u);
	}
	return rc;
}

/* ---- ports ---- */

/* What of it no password can allow. */
static int check_plugin(struct job *j, const struct ss_wish *w)
{
	const struct ss *ss = j->ss;

	j->at->key = "plugin";
	if (w->plugin[0] != '\0' && !ss->adds_plugins)
		return opt_fail(j->at, "only where manager_address is a path: "
		    "who reaches it starts programs");
	if ((w->plugin[0] != '\0' || ss_plugin_mode(&ss->conf->base) != 0) &&
	    ss->plugins.refused != NULL)
		return opt_fail(j->at, "%s", ss->plugins.refused);
	return 0;
}

/* The plugin that was asked for, else that of the configuration. */
static struct ss_server_conf entry_of(const struct job *j,
    const struct ss_wish *w)
{
	struct ss_server_conf e = j->ss->conf->base;

	e.port = w->port;
	if (w->plugin[0] == '\0')
		return e;
	e.plugin = w->plugin;
	e.plugin_args = w->plugin_args;
	e.plugin_opts = w->plugin_opts;
	if (w->plugin_mode != 0)
		e.plugin_mode = w->plugin_mode;
	return e;
}

static int listen_at(struct job *j, const struct ss_port_spec *all,
    struct ss_server_conf *e)
{
	struct ss_port_spec spec;
	int part, rc = 0;

	e->host = all->host;
	for (part = 0; part < SS_PARTS && rc == 0; part++) {
		spec = *all;
		if (ss_serve_part(j->ss->conf, e, part, &spec))
			rc = ss_port_add(j->ss, &spec, j->at->text,
			    sizeof(j->at->text));
	}
	return rc;
}

static int listen_at_all(struct job *j, struct ss_port_spec *spec,
    const struct ss_wish *w)
{
	const struct ss_conf *conf = j->ss->conf;
	size_t i, n = MAX(conf->host_n, (size_t)1);
	struct ss_server_conf e = entry_of(j, w);
	int rc = 0;

	for (i = 0; i < n && rc == 0; i++) {
		spec->host = conf->host_n == 0 ? "0.0.0.0" :
		    conf->host[i].host;
		rc = listen_at(j, spec, &e);
	}
	return rc;
}

/* The old listeners make room; the door stays for users and sums. */
static int replace(struct job *j, const struct ss_wish *w, const uint8_t *key)
{
	struct ss_door *old = ss_door_find(j->ss, w->port);
	struct ss_port_spec spec = { .port = w->port, .method = j->method,
		.master = key, .mode = w->mode, .limits = w->limits };
	int rc;

	if (old != NULL) {
		ss_door_hold(old);
		ss_door_shut(old);
	}
	rc = listen_at_all(j, &spec, w);
	if (rc != 0)
		(void)ss_port_remove(j->ss, w->port);
	if (old != NULL)
		ss_door_drop(j->ss, old);
	return rc;
}

static int add(struct job *j, struct ss_wish *w, const char *text, size_t len)
{
	uint8_t key[KEY_MAX] = { 0 };
	int rc = ss_wish_key(key, j->method, w->password);

	if (rc != 0)
		return opt_fail(j->at, "no key of %s", j->method->name);
	ss_serve_count(j->ss);	/* what was moved without them is not theirs */
	rc = replace(j, w, key);
	wipe(key, sizeof(key));
	if (rc != 0)
		return rc;
	j->door = ss_door_find(j->ss, w->port);
	ss_secret_keep(j->ss, j->door, w->password);
	rc = set_users(j, w, text, len);
	if (rc != 0)
		(void)ss_port_remove(j->ss, w->port);
	ss_serve_pace(j->ss);
	return rc;
}

int ss_manage_add(struct ss *ss, const char *text, size_t len,
    struct opt_at *at)
{
	struct job j = { .ss = ss, .at = at };
	struct ss_wish w;
	int rc = ss_wish_read(&w, at, text, len, NULL, NULL);

	j.method = w.method != NULL ? w.method : ss->conf->base.method;
	if (rc == 0)
		rc = check_plugin(&j, &w);
	at->key = "password";
	if (rc == 0 && w.users_n > 0)
		rc = ss_wish_read(&w, at, text, len, check_user, &j);
	if (rc == 0)
		rc = add(&j, &w, text, len);
	if (rc == 0)
		log_info("manager: added port=%u users=%lu", w.port,
		    (unsigned long)w.users_n);
	wipe(&w, sizeof(w));
	return rc;
}

int ss_manage_remove(struct ss *ss, const char *text, size_t len,
    struct opt_at *at)
{
	struct ss_wish w;
	int rc = ss_wish_read(&w, at, text, len, NULL, NULL);

	if (rc == 0) {
		if (ss_port_remove(ss, w.port) == 0)
			log_info("manager: removed port=%u", w.port);
		else
			log_rated(LOG_WARN, "manager: port=%u is not there",
			    w.port);
	}
	wipe(&w, sizeof(w));
	return rc;
}

/* ---- one user ---- */

static int find_door(struct ss *ss, const struct ss_wish *w,
    struct opt_at *at, struct ss_door **out)
{
	*out = ss_door_find(ss, w->port);
	if (*out != NULL && !list_empty(&(*out)->ports))
		return 0;
	return fail(at, "server_port", -E_NOENT);
}

static int put_one(struct ss *ss, const struct ss_wish *w, struct opt_at *at)
{
	struct ss_user_spec spec = { .name = w->name, .limits = w->limits };
	uint8_t key[KEY_MAX] = { 0 };
	struct ss_door *d;
	int rc = find_door(ss, w, at, &d);

	if (rc != 0)
		return rc;
	spec.method = ss_door_method(d);
	spec.psk = key;
	rc = spec.method->kind == SS_2022 ? ss_wish_key(key, spec.method,
	    w->password) : -E_NOSUP;
	if (rc == 0)
		rc = ss_user_add(ss, d, &spec);
	wipe(key, sizeof(key));
	return rc == 0 ? 0 : fail(at, w->name, rc);
}

int ss_manage_add_user(struct ss *ss, const char *text, size_t len,
    struct opt_at *at)
{
	struct ss_wish w;
	int rc = ss_wish_read(&w, at, text, len, NULL, NULL);

	ss_serve_count(ss);
	if (rc == 0)
		rc = put_one(ss, &w, at);
	if (rc == 0) {
		ss_serve_pace(ss);
		log_info("manager: added port=%u user=%s", w.port, w.name);
	}
	wipe(&w, sizeof(w));
	return rc;
}

int ss_manage_remove_user(struct ss *ss, const char *text, size_t len,
    struct opt_at *at)
{
	struct ss_user *u = NULL;
	struct ss_door *d;
	struct ss_wish w;
	int rc = ss_wish_read(&w, at, text, len, NULL, NULL);

	if (rc == 0)
		rc = find_door(ss, &w, at, &d);
	if (rc == 0) {
		u = ss_user_named(d, w.name);
		rc = u != NULL ? 0 : fail(at, "name", -E_NOENT);
	}
	if (rc == 0) {
		ss_user_remove(ss, u);
		log_info("manager: removed port=%u user=%s", w.port, w.name);
	}
	wipe(&w, sizeof(w));
	return rc;
}

int ss_manage_port(struct ss *ss, const char *text, size_t len,
    struct opt_at *at, struct ss_door **out)
{
	struct ss_wish w;
	int rc = ss_wish_read(&w, at, text, len, NULL, NULL);

	if (rc == 0)
		rc = find_door(ss, &w, at, out);
	wipe(&w, sizeof(w));
	return rc;
}
