/* t_online.c - a list of servers from web servers that are slow, dead, cut off
 * or talk rubbish: each look ends in time, a list is taken whole or not at all,
 * and the last good one stays in force. */
#include "src/ss/ss_online.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "port/sim/sim.h"
#include "tests/lib/sim_case.h"
#include "tests/lib/sim_peer.h"

#define LIST "{\"version\":1,\"servers\":[{\"server\":\"h%u\"," \
	"\"server_port\":1,\"method\":\"aes-256-gcm\",\"password\":\"x\"}]}"

static struct loop loop;
static struct ss ss;
static struct ss_conf conf, read_into;
static struct ss_online online;
static struct host host;
static struct peer peer;
static const struct addr web = { .family = 4, .ip = { 203, 0, 114, 1 },
	.port = 80 };

/* What the web server does the next time. */
enum kind { WHOLE, CHUNKED, TO_END, CUT, SILENT, RUBBISH, STATUS, ROUND,
	NO_LIST, KINDS };
static enum kind kind;
static unsigned number;		/* which list */
static unsigned applied;	/* the last one that came into force */
static unsigned applies;

static size_t page(char *out, size_t room)
{
	char list[256];
	size_t len = text_fmt(list, sizeof(list), LIST, number);

	switch (kind) {
	case CHUNKED:
		return text_fmt(out, room, "HTTP/1.1 200 OK\r\n"
		    "Transfer-Encoding: chunked\r\n\r\n"
		    "5\r\n%.5s\r\n%zx;x=y\r\n%s\r\n0\r\nA: b\r\n\r\n", list,
		    len - 5, list + 5);
	case TO_END:
		return text_fmt(out, room, "HTTP/1.0 200 OK\r\n\r\n%s", list);
	case RUBBISH:
		return text_fmt(out, room, "\x16\x03\x01 rubbish\r\n\r\n");
	case STATUS:
		return text_fmt(out, room, "HTTP/1.1 500 No\r\n\r\n%s", list);
	case ROUND:
		return text_fmt(out, room, "HTTP/1.1 302 Found\r\n"
		    "Location: /\r\nContent-Length: 0\r\n\r\n");
	case NO_LIST:
		return text_fmt(out, room, "HTTP/1.1 200 OK\r\nContent-Length: "
		    "2\r\n\r\n{}");
	default:
		return text_fmt(out, room, "HTTP/1.1 200 OK\r\nContent-Length: "
		    "%zu\r\n\r\n%s", len, list);
	}
}

static ptrdiff_t talk(struct peer *p, const uint8_t *mem, size_t len)
{
	char out[900];
	size_t n;

	if (len < 4 || memcmp(mem + len - 4, "\r\n\r\n", 4) != 0)
		return 0;
	check(memcmp(mem, "GET / HTTP/1.1\r\n", 16) == 0);
	n = page(out, sizeof(out));
	if (kind == SILENT || kind == CUT)
		n = sim_pick((uint32_t)n);
	if (n > 0)
		peer_say(p, out, n);
	if (kind != SILENT)
		peer_stream(p);
	return (ptrdiff_t)len;
}

/* For the next caller: one at a time. */
static void fresh_peer(void)
{
	peer_drop(&peer);
	memset(&peer, 0, sizeof(peer));
	peer.talk = talk;
	host.peer = &peer;
}

static void on_over(struct peer *p);

static int apply(struct ss_online *o, char *why, size_t room)
{
	int rc;

	(void)o;
	memset(&read_into, 0, sizeof(read_into));
	read_into.online = conf.online;
	(void)ss_conf_table(&read_into, SS_LOCAL);
	read_into.base.of = &read_into;
	rc = ss_online_merge(&read_into, why, room);
	if (rc != 0)
		return rc;
	check(read_into.servers_n == 1);
	check(read_into.servers[0].host[0] == 'h');
	applied = number;
	applies++;
	return 0;
}

static void begin(uint64_t seed, const struct sim_conf *world)
{
	static const struct dns_conf dns = { .servers_n = 0 };

	sim_reset(seed, world);
	check(loop_open(&loop, "") == 0);
	dns_open(&loop, &dns);
	memset(&conf, 0, sizeof(conf));
	memset(&ss, 0, sizeof(ss));
	memset(&online, 0, sizeof(online));
	memset(lists, 0, sizeof(lists));
	number = applied = applies = 0;
	(void)ss_conf_table(&conf, SS_LOCAL);
	text_copy(conf.online.url, sizeof(conf.online.url),
	    "http://203.0.114.1/");
	text_copy(conf.online.cache_file, sizeof(conf.online.cache_file),
	    "/tmp/list");
	conf.online.allow_http = true;
	conf.online.interval_s = 3600;
	sim_make_dir("/tmp");
	ss.loop = &loop;
	ss.conf = &conf;
	fresh_peer();
	host_open(&host, &loop, &web, &peer);
	check(ss_online_open(&online, &ss, apply) == 0);
}

static void end(void)
{
	ss_online_close(&online);
	peer_drop(&peer);
	host_close(&host);
	loop_turn(&loop, 0);
	dns_close();
	case_clean(&loop);
	loop_close(&loop);
}

static bool is_over(void *ctx)
{
	(void)ctx;
	return !online.get.busy && online.timer.at_ms > loop.now_ms;
}

/* One look. It is over in time, whatever the other side does. */
static void look(void)
{
	on_over(NULL);
	ss_online_look(&online);
	loop_turn(&loop, 0);
	check(case_turn(&loop, HTTP_GET_MS + 1000, is_over, NULL));
	check(!chan_is_open(&online.get.chan));
	check(timer_is_set(&online.timer));
}

/* A redirection comes again. */
static void on_over(struct peer *p)
{
	(void)p;
	fresh_peer();
	peer.on_over = kind == ROUND ? on_over : NULL;
}

static bool is_good(void)
{
	return kind == WHOLE || kind == CHUNKED || kind == TO_END;
}

static void check_disk(void)
{
	char text[256];
	size_t len, n = text_fmt(text, sizeof(text), LIST, applied);
	const uint8_t *mem = sim_get("/tmp/list", &len);

	if (applies == 0)
		check(mem == NULL);
	else
		check(mem != NULL && len == n && memcmp(mem, text, n) == 0);
}

static void any_seed(uint64_t seed)
{
	struct sim_conf world = sim_any_world(seed);
	unsigned before, i;

	begin(seed, &world);
	for (i = 0; i < 12; i++) {
		kind = (enum kind)sim_pick(KINDS);
		before = applied;
		number++;
		look();
		if (is_good())
			check(applied == number && online.fails == 0);
		else
			check(applied == before && online.fails > 0);
		check_disk();
	}
	end();
}

static void t_any(void **state)
{
	(void)state;
	case_seeds("t_online", 200, any_seed);
}

/* Nobody there, a hole, no room on the disk: it is tried again, later and
 * later, and what is in force stays. */
static void t_dead(void **state)
{
	int64_t was = 0, wait;

	(void)state;
	begin(1, NULL);
	kind = WHOLE;
	number = 1;
	look();
	check(applied == 1);
	host_close(&host);
	for (int i = 0; i < 5; i++) {
		ss_online_look(&online);
		loop_turn(&loop, 0);
		check(case_turn(&loop, HTTP_GET_MS + 1000, is_over, NULL));
		wait = online.timer.at_ms - loop.now_ms;
		check(wait > was * 4 / 3 && wait <= 700000);
		was = wait;
	}
	check(applied == 1);
	host_open(&host, &loop, &web, &peer);
	sim_disk_read_only(true);
	number = 2;
	look();
	check(applied == 2 && online.fails == 0);
	sim_disk_read_only(false);
	end();
}

/* At the next start the file's list is there before anything is fetched. */
static void t_kept(void **state)
{
	char text[256], why[300];

	(void)state;
	begin(1, NULL);
	sim_put("/tmp/list", text, text_fmt(text, sizeof(text), LIST, 7u));
	check(apply(&online, why, sizeof(why)) == 0);
	check(strcmp(read_into.servers[0].host, "h7") == 0);
	sim_put("/tmp/list", "{", 1);
	memset(lists, 0, sizeof(lists));
	memset(&read_into, 0, sizeof(read_into));
	read_into.online = conf.online;
	(void)ss_conf_table(&read_into, SS_LOCAL);
	check(ss_online_merge(&read_into, why, sizeof(why)) == 0);
	check(read_into.servers_n == 0);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_any),
		cmocka_unit_test(t_dead),
		cmocka_unit_test(t_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
