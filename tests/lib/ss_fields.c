/* ss_fields.c - reads as a program does and compares by names. */
#include "ss_fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"

static struct ss_conf conf;

static void hosts(char *out, size_t room)
{
	size_t i, n = 0;

	for (i = 0; i < conf.servers_n; i++)
		n += (size_t)snprintf(out + n, room - n, "%s%s:%u",
		    i > 0 ? "," : "", conf.servers[i].host,
		    conf.servers[i].port);
}

static void local(char *out, size_t room)
{
	static const char *const names[] = { "socks", "http", "tunnel",
		"redir", "dns" };
	size_t i, n = 0;

	for (i = 0; i < conf.locals_n; i++)
		n += (size_t)snprintf(out + n, room - n, "%s%s/%s:%u",
		    i > 0 ? "," : "", names[conf.locals[i].protocol],
		    conf.locals[i].host, conf.locals[i].port);
}

static void forward(char *out, size_t room)
{
	snprintf(out, room, "%s:%u", conf.locals[0].forward_host,
	    conf.locals[0].forward_port);
}

static void mode(char *out, size_t room)
{
	static const char *const names[] = { "?", "tcp", "udp", "both" };

	snprintf(out, room, "%s", names[conf.servers_n > 0 ?
	    conf.servers[0].mode : conf.base.mode]);
}

static void key(char *out, size_t room)
{
	const struct ss_server_conf *e = &conf.servers[0];

	text_hex(out, ss_conf_key(e->method, &e->secret), 4);
	(void)room;
}

static void method(char *out, size_t room)
{
	snprintf(out, room, "%s", (conf.servers_n > 0 ? conf.servers[0].method :
	    conf.base.method)->name);
}

static void source(char *out, size_t room)
{
	char four[ADDR_TEXT] = "", six[ADDR_TEXT] = "";

	if (conf.sock.out4.family != 0)
		addr_text_ip(four, sizeof(four), &conf.sock.out4);
	if (conf.sock.out6.family != 0)
		addr_text_ip(six, sizeof(six), &conf.sock.out6);
	snprintf(out, room, "%s/%s", four, six);
}

static void buffers(char *out, size_t room)
{
	snprintf(out, room, "%d,%d,%d,%d", (int)conf.sock.in_snd,
	    (int)conf.sock.in_rcv, (int)conf.sock.out_snd,
	    (int)conf.sock.out_rcv);
}

static void dns(char *out, size_t room)
{
	size_t i, n = 0;

	out[0] = '\0';
	for (i = 0; i < conf.dns_server_n && n < room; i++) {
		out[n] = ',';
		n += i > 0;
		n += addr_text_ip(out + n, room - n, &conf.dns_server[i]);
	}
}

static void dscp(char *out, size_t room)
{
	size_t i, n = 0;

	out[0] = '\0';
	for (i = 0; i < conf.sock.dscp_n; i++)
		n += (size_t)snprintf(out + n, room - n, "%s%u:%u",
		    i > 0 ? "," : "", conf.sock.dscp[i].port,
		    conf.sock.dscp[i].dscp);
}

#define AT(m) offsetof(struct ss_conf, m)

/* A name is a function, or a member of its kind. */
static const struct {
	const char *name;
	void (*fn)(char *out, size_t room);
	char kind;		/* see value_of */
	size_t at;
} fields[] = {
	{ "servers", hosts, 0, 0 }, { "locals", local, 0, 0 },
	{ "forward", forward, 0, 0 }, { "mode", mode, 0, 0 },
	{ "key", key, 0, 0 }, { "method", method, 0, 0 },
	{ "source", source, 0, 0 }, { "buffers", buffers, 0, 0 },
	{ "dns", dns, 0, 0 }, { "dscp", dscp, 0, 0 },
	{ "timeout", NULL, 'i', AT(base.timeout_s) },
	{ "idle", NULL, 'i', AT(idle_s) },
	{ "plugin", NULL, 'p', AT(base.plugin) },
	{ "plugin_opts", NULL, 'p', AT(base.plugin_opts) },
	{ "fast_open", NULL, 'b', AT(sock.fast_open) },
	{ "no_delay", NULL, 'b', AT(sock.no_delay) },
	{ "mptcp", NULL, 'b', AT(sock.mptcp) },
	{ "reuse_port", NULL, 'b', AT(sock.reuse_port) },
	{ "keep_alive", NULL, 'i', AT(sock.keep_alive_s) },
	{ "fwmark", NULL, 'i', AT(sock.fwmark) },
	{ "interface", NULL, 't', AT(sock.interface) },
	{ "udp_timeout", NULL, 'i', AT(udp.timeout_s) },
	{ "udp_max", NULL, 'i', AT(udp.max_associations) },
	{ "mtu", NULL, 'i', AT(udp.mtu) },
	{ "ipv6_first", NULL, 'b', AT(prefer_ipv6) },
	{ "ipv6_only", NULL, 'b', AT(ipv6_only) },
	{ "workers", NULL, 'i', AT(workers) },
	{ "nofile", NULL, 'i', AT(nofile) },
	{ "ota", NULL, 'b', AT(one_time_auth) },
	{ "tproxy", NULL, 'b', AT(local.tproxy) },
	{ "chroot", NULL, 'b', AT(chroot) },
	{ "half", NULL, 'i', AT(half_open) },
	{ "half_from", NULL, 'i', AT(half_open_per_source) },
	{ "user", NULL, 't', AT(user) }, { "acl", NULL, 't', AT(acl) },
	{ "manager", NULL, 't', AT(manager_address) },
	{ "weak", NULL, 'b', AT(base.secret.is_weak) },
	{ "online", NULL, 't', AT(online.url) },
	{ "online_ca", NULL, 't', AT(online.ca_file) },
	{ "online_cache", NULL, 't', AT(online.cache_file) },
	{ "online_interval", NULL, 'i', AT(online.interval_s) },
	{ "allow_http", NULL, 'b', AT(online.allow_http) },
	{ "metrics", NULL, 't', AT(metrics_address) },
	{ "state_file", NULL, 't', AT(state_file) },
	{ "workdir", NULL, 't', AT(workdir) },
	{ "daemon", NULL, 't', AT(daemon) },
	{ "pid", NULL, 't', AT(pid_file) },
	{ "log", NULL, 't', AT(log_file) },
	{ "log_set", NULL, 'b', AT(log_file_set) },
	{ "syslog", NULL, 'b', AT(use_syslog) },
	{ "bare", NULL, 'b', AT(log_without_time) },
	{ "background", NULL, 'b', AT(background) },
	{ "verbose", NULL, 'c', AT(verbose) },
	{ "quiet", NULL, 'c', AT(quiet) },
	{ "help", NULL, 'b', AT(help) },
	{ "version", NULL, 'b', AT(version) },
	{ "forbidden", NULL, 'z', AT(forbidden_n) },
	{ "refuse_private", NULL, 'b', AT(refuse_private) },
	{ "users", NULL, 'z', AT(users_n) },
};

static void value_of(char *out, size_t room, const char *name)
{
	const char *at;
	size_t i;

	snprintf(out, room, "no field of that name");
	for (i = 0; i < LEN(fields); i++)
		if (strcmp(fields[i].name, name) == 0)
			break;
	if (i == LEN(fields))
		return;
	out[0] = '\0';
	at = (const char *)&conf + fields[i].at;
	if (fields[i].fn != NULL)
		fields[i].fn(out, room);
	else if (fields[i].kind == 'b')
		snprintf(out, room, "%d", *(const bool *)at);
	else if (fields[i].kind == 'i')
		snprintf(out, room, "%lld", (long long)*(const int64_t *)at);
	else if (fields[i].kind == 'c')
		snprintf(out, room, "%d", (int)*(const int32_t *)at);
	else if (fields[i].kind == 'z')
		snprintf(out, room, "%zu", *(const size_t *)at);
	else if (fields[i].kind == 't')
		snprintf(out, room, "%s", at);
	else if (*(const char *const *)at != NULL)
		snprintf(out, room, "%s", *(const char *const *)at);
}

/* ---- one row ---- */

static char text[2048];

static const char *with_json(const char *json)
{
	static char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/tmp/wherry-fields-%d", (int)getpid());
	f = fopen(path, "w");
	if (f == NULL)
		abort();
	fputs(json, f);
	fclose(f);
	return path;
}

static int read_row(const struct fields_row *row, struct ss_fault *f)
{
	static char line[1024];
	char *argv[64] = { (char *)"program" };
	struct ss_call call;
	const char *path = row->json != NULL ? with_json(row->json) : "";
	int argc = 1, rc;
	char *p = line;

	snprintf(line, sizeof(line), row->args, path);
	/* '' is an empty word. */
	for (p = strtok(line, " "); p != NULL; p = strtok(NULL, " "))
		argv[argc++] = strcmp(p, "''") == 0 ? p + 2 : p;
	call = (struct ss_call){ .program = row->program, .argc = argc,
		.argv = argv };
	rc = ss_program_read(&call, &conf, f);
	if (row->json != NULL)
		unlink(path);
	return rc;
}

static const char *compare(const char *expect)
{
	char copy[512], got[512], *word, *save;

	snprintf(copy, sizeof(copy), "%s", expect);
	for (word = strtok_r(copy, " ", &save); word != NULL;
	    word = strtok_r(NULL, " ", &save)) {
		char *value = strchr(word, '=');

		*value++ = '\0';
		value_of(got, sizeof(got), word);
		if (strcmp(got, value) == 0)
			continue;
		snprintf(text, sizeof(text), "%s is '%s', not '%s'", word, got,
		    value);
		return text;
	}
	return NULL;
}

const char *fields_wrong(const struct fields_row *row)
{
	struct ss_fault f;
	int rc, wanted = 0;
	const char *part = "";
	static char why[4096];

	if (row->expect[0] == '!') {
		wanted = atoi(row->expect + 1);
		part = strchr(row->expect, ' ');
		part = part != NULL ? part + 1 : "";
	}
	rc = read_row(row, &f);
	if (rc != wanted)
		snprintf(text, sizeof(text), "exit %d: %s", rc, f.text);
	else if (rc != 0 && strstr(f.text, part) == NULL)
		snprintf(text, sizeof(text), "says: %s", f.text);
	else if (rc != 0 || compare(row->expect) == NULL)
		return NULL;
	snprintf(why, sizeof(why), "%s %s %s: %s", row->program->name,
	    row->args, row->json != NULL ? row->json : "", text);
	return why;
}
