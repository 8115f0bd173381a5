/* rules_apply.c - rules loaded and taken away by the system's own programs, nft
 * and ip, started without a shell. Knows nothing of what is in them. */
#include "core/log.h"
#include "port/file.h"
#include "port/proc.h"
#include "port/spawn.h"
#include "rules.h"

#define LOOK_MS 2
#define WAIT_MS 20000
#define RULES_MAX 16		/* of ip, that were added again and again */

/* What a program says until it ends, cut. Octets, or -E_*. */
static ptrdiff_t run(const char *const *words, char *said, size_t room)
{
	struct port_spawn what = { .argv = { NULL } };
	char rest[256];
	size_t n = 0, i;
	int64_t waited_ms = 0;
	ptrdiff_t got;
	int out, pid;

	for (i = 0; i < SPAWN_ARGS && words[i] != NULL; i++)
		what.argv[i] = words[i];
	pid = port_spawn(&what, &out);
	if (pid <= 0)
		return pid < 0 ? pid : -E_NOENT;
	while (waited_ms < WAIT_MS) {
		got = n < room ? port_spawn_read(out, said + n, room - n) :
		    port_spawn_read(out, rest, sizeof(rest));
		if (got == 0 || (got < 0 && got != -E_AGAIN))
			break;
		if (got > 0 && n < room)
			n += (size_t)got;
		if (got < 0) {
			port_sleep_ms(LOOK_MS);
			waited_ms += LOOK_MS;
		}
	}
	port_spawn_close(out);
	if (waited_ms >= WAIT_MS)
		port_spawn_end(pid, true);
	while (port_worker_reap() == 0 && waited_ms < WAIT_MS) {
		port_sleep_ms(LOOK_MS);
		waited_ms += LOOK_MS;
	}
	return waited_ms >= WAIT_MS ? -E_TIMEOUT : (ptrdiff_t)n;
}

/* One that says nothing has done it. 0 or 1. */
static int must(const char *const *words)
{
	char said[300];
	ptrdiff_t n = run(words, said, sizeof(said) - 1);

	if (n == 0)
		return 0;
	if (n > 0) {
		said[n] = '\0';
		said[strcspn(said, "\n")] = '\0';
	}
	log_early("ERROR", "%s: %s", words[0], n > 0 ? said :
	    err_text((int)n));
	return 1;
}

/* ---- nft ---- */

static int put_removal(struct rules_out *o, const struct rules *r)
{
	(void)r;
	rules_put(o, "table inet " RULES_TABLE "\ndelete table inet "
	    RULES_TABLE "\n");
	return 0;
}

static int load(const struct rules *r,
    int (*put)(struct rules_out *o, const struct rules *r))
{
	char path[64];
	const char *const words[] = { "nft", "-f", path, NULL };
	struct rules_out o = { .fd = -1 };
	int rc;

	text_fmt(path, sizeof(path), "/tmp/wherry-rules.%d", port_pid());
	o.fd = port_file_open(PORT_FS, path, FILE_WRITE | FILE_CREATE |
	    FILE_EXCL, 0600);
	rc = MIN(o.fd, 0);
	if (rc == 0) {
		rc = put(&o, r);
		rules_flush(&o);
		port_file_close(o.fd);
		rc = rc != 0 ? rc : o.rc;
	}
	if (rc != 0)
		log_early("ERROR", "%s: %s", path, err_text(rc));
	else
		rc = must(words);
	if (o.fd >= 0)
		(void)port_path_remove(PORT_FS, path);
	return rc != 0;
}

/* ---- what TPROXY has marked comes to this machine ---- */

struct words {
	char mark[24], table[24];
};

static void remove_routes(const struct words *w)
{
	static const char *const family[] = { "-4", "-6" };
	char said[100];
	size_t i, n;

	for (i = 0; i < LEN(family); i++) {
		const char *const rule[] = { "ip", family[i], "rule", "del",
			"fwmark", w->mark, "table", w->table, NULL };
		const char *const routes[] = { "ip", family[i], "route",
			"flush", "table", w->table, NULL };

		/* Until it says that there is none. */
		for (n = 0; n < RULES_MAX &&
		    run(rule, said, sizeof(said)) == 0; n++)
			;
		(void)run(routes, said, sizeof(said));
	}
}

static int add_routes(const struct words *w)
{
	static const char *const family[] = { "-4", "-6" };
	int rc = 0;
	size_t i;

	for (i = 0; i < LEN(family) && rc == 0; i++) {
		const char *const rule[] = { "ip", family[i], "rule", "add",
			"fwmark", w->mark, "table", w->table, NULL };
		const char *const route[] = { "ip", family[i], "route", "add",
			"local", "default", "dev", "lo", "table", w->table,
			NULL };

		rc = must(rule);
		if (rc == 0)
			rc = must(route);
	}
	return rc;
}

static struct words words_of(const struct rules *r)
{
	struct words w = { "", "" };

	text_fmt(w.mark, sizeof(w.mark), "%lld", (long long)r->mark);
	text_fmt(w.table, sizeof(w.table), "%lld", (long long)r->table);
	return w;
}

int rules_apply(const struct rules *r)
{
	struct words w = words_of(r);
	int rc;

	remove_routes(&w);
	rc = r->udp_port != 0 || (r->tproxy && r->port != 0) ?
	    add_routes(&w) : 0;
	return rc != 0 ? rc : load(r, rules_nft);
}

int rules_remove(const struct rules *r)
{
	struct words w = words_of(r);
	int rc = load(r, put_removal);

	remove_routes(&w);
	return rc;
}
