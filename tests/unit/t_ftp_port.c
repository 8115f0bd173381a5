/* t_ftp_port.c - active mode: what PORT and EPRT may say, and connections that
 * are made, refused and given up. */
#include "src/ftp/ftp_port.c"

#include "tests/lib/ftp_talk.h"

static int ear(struct addr *at)
{
	int fd;

	*at = (struct addr){ .family = 4, .ip = { 127, 0, 0, 1 } };
	fd = port_tcp_listen(at, NULL);
	assert_true(fd >= 0);
	return fd;
}

static void ask_port(struct client *c, const struct addr *at)
{
	char line[64];

	snprintf(line, sizeof(line), "PORT %u,%u,%u,%u,%u,%u", at->ip[0],
	    at->ip[1], at->ip[2], at->ip[3], at->port >> 8u,
	    at->port & 0xffu);
	ask(c, line, "200 PORT command successful.");
}

/* The server's connection. */
static int answer(int ear_fd, struct addr *from)
{
	int64_t until = port_now_ms() + PATIENCE_MS;
	int fd;

	while ((fd = port_tcp_accept(ear_fd, from)) < 0) {
		assert_true(port_now_ms() < until);
		turn();
	}
	return fd;
}

static void t_syntax(void **state)
{
	static const struct {
		const char *line, *reply;
	} rows[] = {
		{ "PORT 127,0,0,1,4,0", "200 " },
		{ "PORT 127,0,0,1,255,255", "200 " },
		{ "PORT 127,0,0,1,3,255", "500 Illegal PORT" },
		{ "PORT 127,0,0,1,0,0", "500 " },
		{ "PORT 127,0,0,2,4,0", "500 Illegal PORT" },
		{ "PORT 127,0,0,1,4", "501 " },
		{ "PORT 127,0,0,1,4,0,", "501 " },
		{ "PORT 127,0,0,1,4,0,0", "501 " },
		{ "PORT 127,0,0,1,4,256", "501 " },
		{ "PORT 127,0,0,1,,0", "501 " },
		{ "PORT 127,0,0,1,4,-1", "501 " },
		{ "PORT 127.0.0.1,4,0", "501 " },
		{ "PORT", "501 " },
		{ "EPRT |1|127.0.0.1|1024|", "200 EPRT" },
		{ "EPRT !1!127.0.0.1!65535!", "200 " },
		{ "EPRT |2|::ffff:127.0.0.1|5000|", "200 " },
		{ "EPRT |1|127.0.0.1|1023|", "500 Illegal EPRT" },
		{ "EPRT |1|127.0.0.2|5000|", "500 " },
		{ "EPRT |2|::1|5000|", "500 " },
		{ "EPRT |3|127.0.0.1|5000|", "522 " },
		{ "EPRT |2|127.0.0.1|5000|", "501 " },
		{ "EPRT |1|::1|5000|", "501 " },
		{ "EPRT |1|127.0.0.1|65536|", "501 " },
		{ "EPRT |1|127.0.0.1|5000", "501 " },
		{ "EPRT |1|127.0.0.1|5000||", "501 " },
		{ "EPRT |1|127.0.0.1|", "501 " },
		{ "EPRT |", "501 " },
		{ "EPRT", "501 " },
	};
	struct client c;
	size_t i;

	(void)state;
	start();
	login_as(&c, "joe");
	for (i = 0; i < LEN(rows); i++)
		ask(&c, rows[i].line, rows[i].reply);
	ask(&c, "EPSV ALL", "200 ");
	ask(&c, "PORT 127,0,0,1,4,0", "503 ");
	ask(&c, "EPRT |1|127.0.0.1|5000|", "503 ");
	hang_up(&c);
}

static void t_not_allowed(void **state)
{
	struct client c;

	(void)state;
	set("port_enable=NO");
	start();
	greet(&c);
	connected(&c);
	ask(&c, "PORT 127,0,0,1,4,0", "530 ");
	hang_up(&c);
	login_as(&c, "joe");
	ask(&c, "PORT 127,0,0,1,4,0", "550 Permission denied.");
	ask(&c, "EPRT |1|127.0.0.1|5000|", "550 ");
	ask(&c, "LIST", "425 ");
	hang_up(&c);
}

/* A third host only with port_promiscuous, a well known port never. */
static void t_promiscuous(void **state)
{
	struct client c;

	(void)state;
	set("port_promiscuous=YES");
	start();
	login_as(&c, "joe");
	ask(&c, "PORT 127,0,0,2,4,0", "200 ");
	ask(&c, "PORT 127,0,0,2,0,25", "500 ");
	hang_up(&c);
}

static void t_both_ways(void **state)
{
	struct addr at, from;
	struct client c;
	size_t len;
	int l, fd;

	(void)state;
	start();
	login_as(&c, "joe");
	l = ear(&at);
	ask_port(&c, &at);
	ask(&c, "RETR a", "150 ");
	assert_string_equal(take_all(answer(l, &from), &len), "0123456789");
	expect(&c, "226 ");
	/* A transfer each: what PORT said is used up. */
	ask(&c, "RETR a", "425 Use PORT or PASV first.");
	ask_port(&c, &at);
	ask(&c, "STOR b", "150 ");
	fd = answer(l, &from);
	assert_true(addr_eq_ip(&from, &at));
	give(fd, "active", 6);
	port_close(fd);
	expect(&c, "226 ");
	holds("files/b", "active");
	/* The last one counts. */
	ask_port(&c, &at);
	get(&c, "RETR b", &len);
	assert_int_equal(len, 6);
	port_close(l);
	hang_up(&c);
}

static void t_from_port(void **state)
{
	struct addr at, from, mine;
	struct client c;
	char pair[40];
	size_t len;
	int l;

	(void)state;
	l = ear(&mine);		/* a port that is free */
	port_close(l);
	snprintf(pair, sizeof(pair), "ftp_data_port=%u", mine.port);
	set("connect_from_port_20=YES");
	set(pair);
	start();
	login_as(&c, "joe");
	for (int i = 0; i < 3; i++) {
		l = ear(&at);
		ask_port(&c, &at);
		ask(&c, "NLST", "150 ");
		take_all(answer(l, &from), &len);
		assert_int_equal(from.port, mine.port);
		expect(&c, "226 ");
		port_close(l);
	}
	hang_up(&c);
}

static void t_refused(void **state)
{
	struct addr at;
	struct client c;
	size_t len;

	(void)state;
	start();
	login_as(&c, "joe");
	port_close(ear(&at));
	ask_port(&c, &at);
	ask(&c, "RETR a", "150 ");
	expect(&c, "425 Failed to establish connection.");
	ask_port(&c, &at);
	ask(&c, "STOR new", "150 ");
	expect(&c, "425 ");
	assert_false(exists("files/new"));
	get(&c, "RETR a", &len);
	hang_up(&c);
}

/* Nobody accepts: the queue of the client is full. */
static void fill_queue(struct addr *at, int fds[], size_t n)
{
	static const struct net_how one = { .backlog = 1 };

	*at = (struct addr){ .family = 4, .ip = { 127, 0, 0, 1 } };
	fds[0] = port_tcp_listen(at, &one);
	assert_true(fds[0] >= 0);
	for (size_t i = 1; i < n; i++)
		fds[i] = dial(at->port, NULL);
}

static void t_given_up(void **state)
{
	struct ftp_data *d;
	struct addr at;
	struct client c;
	int fds[6];

	(void)state;
	start();
	login_as(&c, "joe");
	fill_queue(&at, fds, LEN(fds));
	ask_port(&c, &at);
	ask(&c, "RETR a", "150 ");
	turn();
	d = &session()->data;
	assert_int_equal(d->state, DATA_CALLING);
	let_pass(&d->timer, 60000);
	expect(&c, "425 ");
	ask_port(&c, &at);
	ask(&c, "STOR x", "150 ");
	assert_int_equal(d->state, DATA_CALLING);
	ask(&c, "ABOR", "426 ");
	expect(&c, "226 ");
	assert_int_equal(d->state, DATA_NONE);
	assert_false(exists("files/x"));
	ask_port(&c, &at);
	ask(&c, "RETR a", "150 ");
	hang_up(&c);
	for (size_t i = 0; i < LEN(fds); i++)
		port_close(fds[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(t_syntax), TEST(t_not_allowed), TEST(t_promiscuous),
		TEST(t_both_ways), TEST(t_from_port), TEST(t_refused),
		TEST(t_given_up),
	};

	port_rand_open();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
