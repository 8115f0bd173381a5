/* ftp_talk.h - a server over loopback with a client to talk to it, in one
 * process and one loop. For tests of src/ftp. */
#ifndef FTP_TALK_H
#define FTP_TALK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text.h"
#include "core/log.h"
#include "port/rand.h"
#include "port/time.h"
#include "src/ftp/ftp_sess.h"
#include "tests/lib/tree.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
#define PATIENCE_MS 20000

static struct loop loop;
static struct ftp server;
static struct ftp_conf conf;
static struct tree tree;

/* ---- the server */

static inline int set(const char *pair)
{
	struct opt_table t = ftp_conf_table(&conf);
	struct opt_at at = { .strict = true };

	return opt_read_pair(&t, &at, pair);
}

static inline void write_users(uint32_t rounds)
{
	struct ftp_hash h = { .rounds = rounds, .salt_len = FTP_SALT };
	char text[FTP_HASH_TEXT], lines[1024];

	if (rounds == 1000)
		ftp_hash_make(&h, "secret", rounds);
	ftp_hash_text(text, &h);
	snprintf(lines, sizeof(lines), "joe:%s:%s/files:w\nro:%s:%s/files\n"
	    "gone:%s:%s/nowhere\nshut:!:%s/files\n", text, tree.base, text,
	    tree.base, text, tree.base, tree.base);
	tree_file(&tree, "users", lines);
	assert_int_equal(chmod(tree_path(&tree, "users"), 0600), 0);
}

static inline int setup(void **state)
{
	char pair[256];

	(void)state;
	tree_make(&tree);
	tree_dir(&tree, "files");
	tree_dir(&tree, "files/sub");
	tree_file(&tree, "files/a", "0123456789");
	tree_file(&tree, "outside", "secret");
	assert_int_equal(symlink("../outside", tree_path(&tree, "files/out")),
	    0);
	write_users(1000);
	ftp_conf_init(&conf);
	snprintf(pair, sizeof(pair), "users_file=%s/users", tree.base);
	assert_int_equal(set(pair), 0);
	snprintf(pair, sizeof(pair), "anon_root=%s/files", tree.base);
	assert_int_equal(set(pair), 0);
	set("local_enable=YES");
	set("write_enable=YES");
	set("local_umask=022");
	set("listen_port=0");
	set("listen_address=127.0.0.1");
	set("delay_failed_login=0");
	log_set_level(LOG_WARN);
	assert_int_equal(loop_open(&loop, NULL), 0);
	return 0;
}

static inline bool try_start(char *why, size_t room)
{
	struct opt_at at = { .strict = true };

	assert_int_equal(ftp_conf_check(&conf, &at), 0);
	return ftp_start(&server, &loop, &conf, why, room) == 0;
}

static inline void start(void)
{
	char why[320] = "";

	if (!try_start(why, sizeof(why)))
		fail_msg("%s", why);
}

static inline void turn(void)
{
	loop_turn(&loop, port_now_ms() + 10);
}

static inline int teardown(void **state)
{
	(void)state;
	ftp_stop(&server);
	turn();
	assert_int_equal(server.sessions_n, 0);
	for (struct pool *p = pool_first(); p != NULL; p = p->next)
		assert_int_equal(p->used, 0);
	loop_close(&loop);
	tree_remove(&tree);
	return 0;
}

/* ---- the client */

struct client {
	int fd;
	size_t len;
	char in[8192];
	bool ended;
};

static inline int dial(uint16_t port, const char *from)
{
	struct addr to = { .family = 4, .port = port, .ip = { 127, 0, 0, 1 } };
	struct addr mine = { .family = 0 };
	struct net_how how = { .from = &mine };
	int fd;

	if (from != NULL)
		assert_int_equal(addr_parse(&mine, from, strlen(from)), 0);
	else
		how.from = NULL;
	fd = port_tcp_connect(&to, &how);
	assert_true(fd >= 0);
	return fd;
}

static inline void greet(struct client *c)
{
	*c = (struct client){ .fd = dial(server.listener.at.port, NULL) };
}

static inline void fill(struct client *c)
{
	ptrdiff_t n;

	turn();
	n = port_recv(c->fd, c->in + c->len, sizeof(c->in) - 1 - c->len);
	if (n > 0)
		c->len += (size_t)n;
	else if (n != -E_AGAIN)
		c->ended = true;
	c->in[c->len] = '\0';
}

/* Octets of the first whole reply in c->in, several lines or one; 0 = none. */
static inline size_t whole_reply(const struct client *c)
{
	const char *at = c->in, *nl;

	while ((nl = strstr(at, "\r\n")) != NULL) {
		if (strlen(c->in) >= 4 && at + 3 < nl && at[3] == ' ' &&
		    memcmp(at, c->in, 3) == 0)
			return (size_t)(nl + 2 - c->in);
		at = nl + 2;
	}
	return 0;
}

/* The next reply, without its CRLF; valid until the next. */
static inline const char *reply(struct client *c)
{
	static char text[8192];
	int64_t until = port_now_ms() + PATIENCE_MS;
	size_t n;

	while ((n = whole_reply(c)) == 0) {
		if (c->ended || port_now_ms() > until)
			fail_msg("no reply; received: \"%s\"", c->in);
		fill(c);
	}
	memcpy(text, c->in, n);
	text[n - 2] = '\0';
	c->len -= n;
	memmove(c->in, c->in + n, c->len + 1);
	return text;
}

static inline const char *expect(struct client *c, const char *start_of)
{
	const char *got = reply(c);

	if (strncmp(got, start_of, strlen(start_of)) != 0)
		fail_msg("got \"%s\", not \"%s\"", got, start_of);
	return got;
}

static inline void say_octets(struct client *c, const char *mem, size_t len)
{
	assert_int_equal(port_send(c->fd, mem, len), len);
}

static inline void say(struct client *c, const char *line)
{
	char text[4096];

	text_fmt(text, sizeof(text), "%s\r\n", line);
	say_octets(c, text, strlen(text));
}

static inline const char *ask(struct client *c, const char *line,
    const char *want)
{
	say(c, line);
	return expect(c, want);
}

static inline void expect_end(struct client *c)
{
	int64_t until = port_now_ms() + PATIENCE_MS;

	while (!c->ended) {
		if (c->len > 0)
			fail_msg("got \"%s\" where the end was due", c->in);
		if (port_now_ms() > until)
			fail_msg("still open");
		fill(c);
	}
}

static inline void hang_up(struct client *c)
{
	port_close(c->fd);
	turn();
	turn();
}

static inline void connected(struct client *c)
{
	while (port_tcp_connected(c->fd) != 0)
		turn();
	expect(c, "220 ");
}

static inline void login_as(struct client *c, const char *user)
{
	char line[64];

	greet(c);
	connected(c);
	snprintf(line, sizeof(line), "USER %s", user);
	ask(c, line, "331 ");
	ask(c, "PASS secret", "230 ");
}

/* The only session of the server. */
static inline struct ftp_sess *session(void)
{
	assert_int_equal(server.sessions_n, 1);
	return OWNER(server.sessions.next, struct ftp_sess, link);
}

/* The timer has about as long to run as it should; now it is over. */
static inline void let_pass(struct timer *t, int64_t ms)
{
	assert_true(timer_is_set(t));
	assert_in_range(t->at_ms - loop.now_ms, ms - 500, ms);
	timer_set(&loop, t, loop.now_ms, t->fn);
}

/* ---- the client's data connections */

static inline uint16_t passive(struct client *c)
{
	const char *got = ask(c, "EPSV", "229 ");
	unsigned port = 0;

	assert_int_equal(sscanf(strstr(got, "(|||"), "(|||%u|)", &port), 1);
	return (uint16_t)port;
}

static inline int data(struct client *c)
{
	return dial(passive(c), NULL);
}

/* All octets until the end; a string. */
static inline char *take_all(int fd, size_t *len)
{
	static char mem[1 << 20];
	int64_t until = port_now_ms() + PATIENCE_MS;
	ptrdiff_t n;

	*len = 0;
	while ((n = port_recv(fd, mem + *len, sizeof(mem) - 1 - *len)) != 0) {
		if (n < 0 && n != -E_AGAIN)
			fail_msg("data: %s", err_text((int)n));
		if (port_now_ms() > until)
			fail_msg("data: no end");
		if (n > 0)
			*len += (size_t)n;
		turn();
	}
	mem[*len] = '\0';
	port_close(fd);
	return mem;
}

static inline void give(int fd, const char *mem, size_t len)
{
	while (len > 0) {
		ptrdiff_t n = port_send(fd, mem, len);

		assert_true(n > 0 || n == -E_AGAIN);
		if (n > 0) {
			mem += n;
			len -= (size_t)n;
		}
		turn();
	}
}

static inline const char *get(struct client *c, const char *line,
    size_t *len)
{
	int fd = data(c);
	const char *mem;

	ask(c, line, "150 ");
	mem = take_all(fd, len);
	expect(c, "226 ");
	return mem;
}

static inline void put(struct client *c, const char *line, const char *mem)
{
	int fd = data(c);

	ask(c, line, "150 ");
	give(fd, mem, strlen(mem));
	port_close(fd);
	expect(c, "226 ");
}

static inline bool exists(const char *name)
{
	return access(tree_path(&tree, name), F_OK) == 0;
}

static inline void holds(const char *name, const char *want)
{
	char got[4096] = "";
	FILE *f = fopen(tree_path(&tree, name), "r");

	if (f == NULL)
		fail_msg("%s is not there", name);
	got[fread(got, 1, sizeof(got) - 1, f)] = '\0';
	fclose(f);
	assert_string_equal(got, want);
}

/* No temporary file is left in the directory. */
static inline void no_leftovers(struct client *c)
{
	size_t len;

	assert_null(strstr(get(c, "NLST -a", &len), ".in."));
}

#endif
