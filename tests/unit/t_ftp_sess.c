/* t_ftp_sess.c - transcripts: a client over loopback, server and client in one
 * process and one loop. */
#include "src/ftp/ftp_sess.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "port/rand.h"
#include "port/time.h"
#include "tests/lib/codec_feed.h"
#include "tests/lib/ftp_talk.h"

/* ---- login */

static void t_login(void **state)
{
	struct client c;

	(void)state;
	start();
	greet(&c);
	connected(&c);
	ask(&c, "PASS secret", "503 ");
	ask(&c, "PWD", "530 ");
	ask(&c, "RETR a", "530 ");
	ask(&c, "user joe", "331 ");
	ask(&c, "PASS secret", "230 ");
	ask(&c, "PWD", "257 \"/\"");
	ask(&c, "USER joe", "530 ");
	ask(&c, "QUIT", "221 ");
	expect_end(&c);
	hang_up(&c);
}

/* One answer for a wrong name, a wrong password, a locked user. */
static void t_wrong(void **state)
{
	static const char *const names[] = { "joe", "nobody", "shut", "gone" };
	struct client c;

	(void)state;
	set("max_login_fails=9");
	start();
	greet(&c);
	connected(&c);
	for (size_t i = 0; i < LEN(names); i++) {
		char line[32];

		snprintf(line, sizeof(line), "USER %s", names[i]);
		assert_string_equal(ask(&c, line, ""),
		    "331 Please specify the password.");
		assert_string_equal(ask(&c, i == 3 ? "PASS secret" :
		    "PASS wrong", ""), "530 Login incorrect.");
	}
	ask(&c, "USER joe", "331 ");
	ask(&c, "PASS ", "530 ");
	hang_up(&c);
}

static void t_fails(void **state)
{
	struct client c;

	(void)state;
	start();
	greet(&c);
	connected(&c);
	for (int i = 0; i < 3; i++) {
		ask(&c, "USER joe", "331 ");
		ask(&c, "PASS wrong", "530 ");
	}
	expect_end(&c);
	hang_up(&c);
}

static void t_delay(void **state)
{
	struct client c;

	(void)state;
	set("delay_failed_login=7");
	start();
	greet(&c);
	connected(&c);
	ask(&c, "USER joe", "331 ");
	let_pass(&session()->timer, LOGIN_MS);
	expect(&c, "421 Timeout.");
	expect_end(&c);
	hang_up(&c);
	greet(&c);
	connected(&c);
	ask(&c, "USER joe", "331 ");
	say(&c, "PASS wrong");
	while (session()->state != FTP_CHECK || session()->login.hashing)
		turn();
	assert_int_equal(c.len, 0);
	let_pass(&session()->timer, 7000);
	expect(&c, "530 ");
	hang_up(&c);
}

static void t_anonymous(void **state)
{
	struct client c;
	int fd;

	(void)state;
	set("anon_upload_enable=YES");
	start();
	login_as(&c, "anonymous");
	fd = data(&c);
	ask(&c, "STOR a", "553 ");
	port_close(fd);
	put(&c, "STOR new", "anonymous");
	holds("files/new", "anonymous");
	assert_int_equal(chmod(tree_path(&tree, "files/a"), 0640), 0);
	fd = data(&c);
	ask(&c, "RETR a", "550 ");
	port_close(fd);
	hang_up(&c);
}

static void t_anonymous_only(void **state)
{
	struct client c;

	(void)state;
	set("local_enable=NO");
	set("no_anon_password=YES");
	start();
	greet(&c);
	connected(&c);
	ask(&c, "USER joe", "530 ");
	ask(&c, "USER FTP", "230 ");
	data(&c);
	ask(&c, "STOR x", "550 ");
	hang_up(&c);
}

static void t_rights(void **state)
{
	struct client c;

	(void)state;
	set("cmds_denied=SIZE,MDTM");
	set("download_enable=NO");
	start();
	login_as(&c, "ro");
	ask(&c, "STOR x", "550 Permission");
	ask(&c, "RETR a", "550 Permission");
	ask(&c, "SIZE a", "550 Permission");
	ask(&c, "NOOP", "200 ");
	hang_up(&c);
}

static void t_allowed(void **state)
{
	struct client c;

	(void)state;
	set("cmds_allowed=PWD,QUIT");
	start();
	login_as(&c, "joe");
	ask(&c, "PWD", "257 ");
	ask(&c, "NOOP", "550 Permission");
	ask(&c, "QUIT", "221 ");
	expect_end(&c);
	hang_up(&c);
}

/* A hash that takes for ever stops nobody, and ends with its session. */
static void t_slow_hash(void **state)
{
	struct client slow[2], c;

	(void)state;
	write_users(FTP_ROUNDS_MAX);
	start();
	for (int i = 0; i < 2; i++) {
		greet(&slow[i]);
		connected(&slow[i]);
		ask(&slow[i], "USER joe", "331 ");
		say(&slow[i], "PASS secret");
		while (server.hashing_n == (uint32_t)i)
			turn();
	}
	login_as(&c, "anonymous");
	ask(&c, "PWD", "257 ");
	assert_int_equal(server.hashing_n, 2);
	port_abort(slow[0].fd);
	while (server.sessions_n > 2)
		turn();
	assert_int_equal(server.hashing_n, 1);
	port_close(slow[1].fd);
	hang_up(&c);
}

/* ---- lines */

static void t_pipelined(void **state)
{
	struct client c;

	(void)state;
	start();
	greet(&c);
	connected(&c);
	say(&c, "USER joe\r\nPASS secret\r\nPWD\r\n\r\nCWD sub\nPWD\r\nQUIT");
	expect(&c, "331 ");
	expect(&c, "230 ");
	expect(&c, "257 \"/\"");
	expect(&c, "250 ");
	expect(&c, "257 \"/sub\"");
	expect(&c, "221 ");
	expect_end(&c);
	hang_up(&c);
}

static void t_octets(void **state)
{
	static const char text[] = "\xff\xfb\x01USER joe\r\nPASS secret\r\n";
	struct client c;

	(void)state;
	start();
	greet(&c);
	connected(&c);
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		say_octets(&c, text + i, 1);
		turn();
	}
	expect(&c, "331 ");
	expect(&c, "230 ");
	hang_up(&c);
}

static void t_too_long(void **state)
{
	char mem[4200];
	struct client c;

	(void)state;
	start();
	login_as(&c, "joe");
	memset(mem, 'x', sizeof(mem));
	memcpy(mem, "CWD ", 4);
	memcpy(mem + 2000, "\r\n", 2);
	say_octets(&c, mem, 2002);
	expect(&c, "501 ");
	memset(mem + 1028, 0, 1);
	ask(&c, mem, "550 ");
	memset(mem, 'x', sizeof(mem));
	say_octets(&c, mem, sizeof(mem));
	expect(&c, "500 ");
	expect_end(&c);
	hang_up(&c);
}

/* The half that was closed has said all; what it asked for is done first. */
static void t_half_close(void **state)
{
	struct client c;

	(void)state;
	start();
	greet(&c);
	connected(&c);
	say(&c, "USER joe\r\nPASS secret\r\nSYST");
	assert_int_equal(port_shutdown_send(c.fd), 0);
	expect(&c, "331 ");
	expect(&c, "230 ");
	expect(&c, "215 ");
	expect_end(&c);
	hang_up(&c);
}

static void t_not_ftp(void **state)
{
	static const char *const verbs_of_http[] = { "GET / HTTP/1.1",
		"POST / HTTP/1.1", "OPTIONS *", "CONNECT x:1", "HEAD /",
		"PUT /", "delete /" };
	struct client c;

	(void)state;
	start();
	for (size_t i = 0; i < LEN(verbs_of_http); i++) {
		greet(&c);
		connected(&c);
		say(&c, verbs_of_http[i]);
		expect_end(&c);
		hang_up(&c);
	}
	greet(&c);
	connected(&c);
	for (int i = 0; i < 9; i++)
		ask(&c, "Host: example.org", "530 ");
	say(&c, "Host: example.org");
	expect_end(&c);
	hang_up(&c);
}

/* ---- small verbs */

static void t_small(void **state)
{
	struct client c;

	(void)state;
	start();
	greet(&c);
	connected(&c);
	ask(&c, "FEAT", "211-Features:");
	ask(&c, "OPTS UTF8 ON", "200 ");
	ask(&c, "OPTS MLST x", "501 ");
	ask(&c, "USER joe", "331 ");
	ask(&c, "PASS secret", "230 ");
	ask(&c, "SYST", "215 UNIX Type: L8");
	ask(&c, "TYPE I ", "200 Switching to Binary mode.");
	ask(&c, "type a n", "200 ");
	ask(&c, "TYPE L 8", "200 ");
	ask(&c, "TYPE L 7", "504 ");
	ask(&c, "TYPE", "501 ");
	ask(&c, "MODE S", "200 ");
	ask(&c, "MODE Z", "504 ");
	ask(&c, "STRU F", "200 ");
	ask(&c, "ALLO 100", "200 ");
	ask(&c, "HELP", "214-");
	ask(&c, "STAT", "211-");
	ask(&c, "ABOR", "225 ");
	ask(&c, "SMNT", "502 ");
	ask(&c, "NOPE", "500 ");
	ask(&c, "REST 18446744073709551616", "501 ");
	ask(&c, "REST 9223372036854775808", "501 ");
	ask(&c, "REST -1", "501 ");
	ask(&c, "REST 9223372036854775807", "350 ");
	ask(&c, "RETR a", "425 ");
	hang_up(&c);
}

static void t_paths(void **state)
{
	struct client c;

	(void)state;
	tree_dir(&tree, "files/q\"q");
	start();
	login_as(&c, "joe");
	ask(&c, "CWD sub", "250 ");
	ask(&c, "PWD", "257 \"/sub\" ");
	ask(&c, "CWD", "250 ");
	ask(&c, "CDUP", "250 ");
	ask(&c, "CDUP", "250 ");
	ask(&c, "PWD", "257 \"/\" ");
	ask(&c, "CWD ../../..", "250 ");
	ask(&c, "CWD q\"q", "250 ");
	ask(&c, "PWD", "257 \"/q\"\"q\" ");
	ask(&c, "XCWD /a", "550 ");
	ask(&c, "CWD /none", "550 ");
	ask(&c, "SIZE /a", "213 10");
	ask(&c, "SIZE /sub", "550 ");
	ask(&c, "MDTM /sub", "550 ");
	assert_int_equal(strlen(ask(&c, "MDTM /a", "213 ")), 18);
	/* Outside the root nothing can be had, linked or not. */
	ask(&c, "SIZE /out", "550 ");
	ask(&c, "SIZE /../../outside", "550 ");
	data(&c);
	ask(&c, "RETR /out", "550 ");
	hang_up(&c);
}

/* ---- passive */

static void t_passive(void **state)
{
	struct client c;
	unsigned ip[4], hi, lo;

	(void)state;
	set("pasv_min_port=40000");
	set("pasv_max_port=40099");
	start();
	login_as(&c, "joe");
	assert_int_equal(sscanf(ask(&c, "PASV ", "227 "),
	    "227 Entering Passive Mode (%u,%u,%u,%u,%u,%u).", &ip[0], &ip[1],
	    &ip[2], &ip[3], &hi, &lo), 6);
	assert_int_equal(ip[0], 127);
	assert_in_range(hi * 256 + lo, 40000, 40099);
	assert_in_range(passive(&c), 40000, 40099);
	ask(&c, "EPSV 1", "229 ");
	ask(&c, "EPSV 2", "522 ");
	ask(&c, "EPSV x", "522 ");
	ask(&c, "EPSV ALL", "200 ");
	ask(&c, "PASV", "503 ");
	ask(&c, "EPSV", "229 ");
	hang_up(&c);
}

static void t_passive_address(void **state)
{
	struct client c;

	(void)state;
	set("pasv_address=192.0.2.7");
	start();
	login_as(&c, "joe");
	ask(&c, "PASV", "227 Entering Passive Mode (192,0,2,7,");
	hang_up(&c);
}

/* One socket for both families: an IPv4 client is one, an IPv6 client has
 * EPSV, and PASV that names no address. */
static void t_both_families(void **state)
{
	struct addr to = { .family = 6, .ip = { [15] = 1 } };
	struct client c;
	char why[320];
	int fd;

	(void)state;
	set("listen_address=");
	set("listen_ipv6=YES");
	if (!try_start(why, sizeof(why))) {
		print_message("no IPv6 here: %s\n", why);
		skip();
	}
	login_as(&c, "joe");
	ask(&c, "PASV", "227 Entering Passive Mode (127,0,0,1,");
	ask(&c, "EPSV 1", "229 ");
	hang_up(&c);
	to.port = server.listener.at.port;
	fd = port_tcp_connect(&to, &(struct net_how){ .flags = 0 });
	if (fd < 0) {
		print_message("no ::1 here: %s\n", err_text(fd));
		skip();
	}
	c = (struct client){ .fd = fd };
	connected(&c);
	ask(&c, "USER joe", "331 ");
	ask(&c, "PASS secret", "230 ");
	ask(&c, "PASV", "227 Entering Passive Mode (0,0,0,0,");
	ask(&c, "EPSV 1", "522 ");
	ask(&c, "EPSV 2", "229 ");
	to.port = passive(&c);
	fd = port_tcp_connect(&to, &(struct net_how){ .flags = 0 });
	ask(&c, "NLST a", "150 ");
	assert_string_equal(take_all(fd, &(size_t){ 0 }), "a\r\n");
	expect(&c, "226 ");
	hang_up(&c);
}

/* A stranger is shown the door; the client still gets in. */
static void t_stranger(void **state)
{
	struct client c;
	uint16_t port;
	size_t len;
	char octet;
	int fd;

	(void)state;
	start();
	login_as(&c, "joe");
	port = passive(&c);
	fd = dial(port, "127.0.0.2");
	while (port_recv(fd, &octet, 1) == -E_AGAIN)
		turn();
	port_close(fd);
	fd = dial(port, NULL);
	ask(&c, "RETR a", "150 ");
	assert_string_equal(take_all(fd, &len), "0123456789");
	expect(&c, "226 ");
	hang_up(&c);
}

static void t_nobody_comes(void **state)
{
	struct client c;

	(void)state;
	set("accept_timeout=9");
	start();
	login_as(&c, "joe");
	passive(&c);
	ask(&c, "RETR a", "150 ");
	let_pass(&session()->data.timer, 9000);
	expect(&c, "425 ");
	ask(&c, "RETR a", "425 Use");
	hang_up(&c);
}

/* ---- transfers */

static void t_get(void **state)
{
	struct client c;
	size_t len;

	(void)state;
	start();
	login_as(&c, "joe");
	assert_string_equal(get(&c, "RETR a", &len), "0123456789");
	ask(&c, "REST 4", "350 ");
	assert_string_equal(get(&c, "RETR a", &len), "456789");
	assert_string_equal(get(&c, "RETR a", &len), "0123456789");
	ask(&c, "REST 10", "350 ");
	get(&c, "RETR a", &len);
	assert_int_equal(len, 0);
	ask(&c, "REST 11", "350 ");
	passive(&c);
	ask(&c, "RETR a", "550 ");
	ask(&c, "RETR a", "425 ");
	passive(&c);
	ask(&c, "RETR sub", "550 ");
	hang_up(&c);
}

static void t_put(void **state)
{
	struct client c;
	struct stat st;

	(void)state;
	start();
	login_as(&c, "joe");
	put(&c, "STOR new", "one");
	holds("files/new", "one");
	assert_int_equal(stat(tree_path(&tree, "files/new"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	assert_int_equal(chmod(tree_path(&tree, "files/new"), 0600), 0);
	put(&c, "STOR new", "again");
	holds("files/new", "again");
	assert_int_equal(stat(tree_path(&tree, "files/new"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	put(&c, "STOR empty", "");
	holds("files/empty", "");
	ask(&c, "REST 2", "350 ");
	put(&c, "STOR new", "XX");
	holds("files/new", "agXXn");
	passive(&c);
	ask(&c, "STOR sub", "553 ");
	passive(&c);
	ask(&c, "STOR none/x", "553 ");
	ask(&c, "REST 99", "350 ");
	passive(&c);
	ask(&c, "STOR new", "550 ");
	no_leftovers(&c);
	hang_up(&c);
}

/* A link inside the root keeps pointing; one that leads out creates nothing
 * outside. */
static void t_put_link(void **state)
{
	struct client c;

	(void)state;
	assert_int_equal(symlink("a", tree_path(&tree, "files/l")), 0);
	start();
	login_as(&c, "joe");
	put(&c, "STOR l", "by link");
	holds("files/a", "by link");
	assert_true(readlink(tree_path(&tree, "files/l"), (char[8]){ 0 }, 7) >
	    0);
	put(&c, "STOR out", "inside");
	holds("outside", "secret");
	holds("files/outside", "inside");
	hang_up(&c);
}

/* What the disk is to keep is not there for uploads, nor for promises. */
static void t_floor(void **state)
{
	struct client c;
	int fd;

	(void)state;
	start();
	login_as(&c, "joe");
	fd = data(&c);
	conf.min_free_space = INT64_MAX;
	ask(&c, "ALLO 1", "552 There are 0 ");
	ask(&c, "STOR new", "452 ");
	assert_false(exists("files/new"));
	port_close(fd);
	/* It comes to it in the middle. */
	conf.min_free_space = 0;
	fd = data(&c);
	ask(&c, "STOR new", "150 ");
	give(fd, "part", 4);
	turn();
	conf.min_free_space = INT64_MAX;
	give(fd, "more", 4);
	expect(&c, "452 ");
	port_close(fd);
	holds("files/new", "part");
	no_leftovers(&c);
	hang_up(&c);
}

/* What was announced and did not come is given back. */
static void t_announced(void **state)
{
	struct client c;
	struct stat st;

	(void)state;
	start();
	login_as(&c, "joe");
	ask(&c, "ALLO 8000000", "200 ");
	put(&c, "STOR new", "short");
	holds("files/new", "short");
	assert_int_equal(stat(tree_path(&tree, "files/new"), &st), 0);
	assert_true(st.st_blocks * 512 < 1000000);
	hang_up(&c);
}

/* The connection breaks in the middle of an upload. */
static void break_upload(struct client *c, const char *line)
{
	int fd = data(c);

	ask(c, line, "150 ");
	give(fd, "part", 4);
	turn();
	port_abort(fd);
	expect(c, "426 ");
}

static void t_broken_put(void **state)
{
	struct client c;

	(void)state;
	start();
	login_as(&c, "joe");
	break_upload(&c, "STOR a");
	holds("files/a", "0123456789");
	break_upload(&c, "STOR part");
	holds("files/part", "part");
	conf.delete_failed_uploads = true;
	break_upload(&c, "STOR none");
	assert_false(exists("files/none"));
	no_leftovers(&c);
	hang_up(&c);
}

/* No file before the data connection is there. */
static void t_no_early_file(void **state)
{
	struct client c;
	size_t len;
	int fd;

	(void)state;
	start();
	login_as(&c, "joe");
	passive(&c);
	ask(&c, "STOR early", "150 ");
	turn();
	assert_false(exists("files/early"));
	ask(&c, "ABOR", "426 ");
	expect(&c, "226 ");
	assert_false(exists("files/early"));
	fd = data(&c);
	port_close(fd);
	assert_null(strstr(get(&c, "NLST -a", &len), "early"));
	hang_up(&c);
}

static void t_list(void **state)
{
	struct client c;
	const char *got;
	size_t len;

	(void)state;
	start();
	login_as(&c, "joe");
	got = get(&c, "LIST", &len);
	assert_non_null(strstr(got, " a\r\n"));
	assert_non_null(strstr(got, " out -> ../outside\r\n"));
	assert_null(strstr(got, " .\r\n"));
	assert_non_null(strstr(get(&c, "LIST -la", &len), " ..\r\n"));
	get(&c, "LIST sub", &len);
	assert_int_equal(len, 0);
	assert_string_equal(get(&c, "NLST a", &len), "a\r\n");
	ask(&c, "CWD sub", "250 ");
	put(&c, "STOR x", "");
	assert_string_equal(get(&c, "NLST", &len), "x\r\n");
	assert_string_equal(get(&c, "NLST .", &len), "x\r\n");
	assert_string_equal(get(&c, "NLST /sub", &len), "/sub/x\r\n");
	ask(&c, "CDUP", "250 ");
	assert_string_equal(get(&c, "NLST sub/", &len), "sub/x\r\n");
	passive(&c);
	ask(&c, "LIST none", "550 ");
	ask(&c, "LIST", "425 ");
	hang_up(&c);
}

/* A file larger than all buffers, to a client that takes its time: the
 * session goes on answering, and every octet arrives. */
static void t_slow_client(void **state)
{
	enum { SIZE = 8 << 20 };
	uint32_t sum = 0, want = 0;
	size_t total = 0;
	struct client c;
	char mem[30000];
	FILE *f = fopen(tree_path(&tree, "files/big"), "w");
	ptrdiff_t n;
	int fd;

	(void)state;
	for (int i = 0; i < SIZE; i++) {
		uint8_t octet = (uint8_t)(i * 7 + (i >> 13));

		fputc(octet, f);
		want = want * 31 + octet;
	}
	fclose(f);
	start();
	login_as(&c, "joe");
	fd = data(&c);
	ask(&c, "RETR big", "150 ");
	for (int i = 0; i < 50; i++)
		turn();
	ask(&c, "NOOP", "200 ");
	assert_non_null(strstr(ask(&c, "STAT", "211-"),
	    "download, "));
	while ((n = port_recv(fd, mem, sizeof(mem))) != 0) {
		for (ptrdiff_t i = 0; i < n; i++)
			sum = sum * 31 + (uint8_t)mem[i];
		total += n > 0 ? (size_t)n : 0;
		turn();
	}
	port_close(fd);
	assert_int_equal(total, SIZE);
	assert_int_equal(sum, want);
	expect(&c, "226 ");
	hang_up(&c);
}

static void make_sparse(const char *name, off_t size)
{
	tree_file(&tree, name, "");
	assert_int_equal(truncate(tree_path(&tree, name), size), 0);
}

static void t_abort(void **state)
{
	struct client c;
	size_t len;
	int fd;

	(void)state;
	make_sparse("files/big", 64 << 20);
	start();
	login_as(&c, "joe");
	fd = data(&c);
	ask(&c, "RETR big", "150 ");
	say_octets(&c, "\r\n\xff\xf4\xff\xf2" "ABOR\r\n", 12);
	expect(&c, "426 ");
	expect(&c, "226 ");
	port_close(fd);
	assert_string_equal(get(&c, "RETR a", &len), "0123456789");
	ask(&c, "ABOR", "225 ");
	hang_up(&c);
}

/* The client of a download goes: never 226. */
static void t_client_gone(void **state)
{
	struct client c;
	int fd;

	(void)state;
	make_sparse("files/big", 64 << 20);
	start();
	login_as(&c, "joe");
	fd = data(&c);
	ask(&c, "RETR big", "150 ");
	port_close(fd);
	expect(&c, "426 ");
	ask(&c, "NOOP", "200 ");
	hang_up(&c);
}

/* QUIT, and what is said after RETR, wait for the end of the transfer. */
static void t_quit_waits(void **state)
{
	struct client c;
	size_t len;
	int fd;

	(void)state;
	make_sparse("files/big", 900 << 10);
	start();
	login_as(&c, "joe");
	fd = data(&c);
	say(&c, "RETR big\r\nPWD\r\nQUIT");
	expect(&c, "150 ");
	take_all(fd, &len);
	assert_int_equal(len, 900 << 10);
	expect(&c, "226 ");
	expect(&c, "257 ");
	expect(&c, "221 ");
	expect_end(&c);
	hang_up(&c);
}

/* The control connection goes in the middle of everything. */
static void t_control_gone(void **state)
{
	struct client c;
	int fd;

	(void)state;
	make_sparse("files/big", 64 << 20);
	start();
	login_as(&c, "joe");
	fd = data(&c);
	ask(&c, "RETR big", "150 ");
	port_abort(c.fd);
	while (server.sessions_n > 0)
		turn();
	port_close(fd);
	greet(&c);
	connected(&c);
	say(&c, "USER joe\r\nPASS secret");
	expect(&c, "331 ");
	port_abort(c.fd);
	while (server.sessions_n > 0)
		turn();
}

/* Offsets beyond 32 bits: sizes, restarts and octets. */
static void t_large(void **state)
{
	const int64_t size = 5368709120;	/* 5 GiB */
	struct client c;
	size_t len;
	int fd;

	(void)state;
	tree_file(&tree, "files/huge", "");
	fd = port_file_open(tree.root, "files/huge", FILE_WRITE, 0);
	if (port_file_truncate(fd, size - 4) != 0) {
		port_file_close(fd);
		skip();
	}
	assert_int_equal(port_file_write(fd, size - 4, "tail", 4), 4);
	port_file_close(fd);
	start();
	login_as(&c, "joe");
	ask(&c, "SIZE huge", "213 5368709120");
	assert_non_null(strstr(get(&c, "LIST huge", &len), " 5368709120 "));
	ask(&c, "REST 5368709116", "350 ");
	assert_string_equal(get(&c, "RETR huge", &len), "tail");
	ask(&c, "REST 5368709118", "350 ");
	put(&c, "STOR huge", "XX+");
	ask(&c, "SIZE huge", "213 5368709121");
	ask(&c, "REST 5368709116", "350 ");
	assert_string_equal(get(&c, "RETR huge", &len), "taXX+");
	hang_up(&c);
}

/* ---- limits */

static void t_too_many(void **state)
{
	struct client c[3];

	(void)state;
	set("max_clients=2");
	start();
	for (int i = 0; i < 2; i++) {
		greet(&c[i]);
		connected(&c[i]);
	}
	greet(&c[2]);
	expect(&c[2], "421 There are too many connected users");
	expect_end(&c[2]);
	hang_up(&c[2]);
	hang_up(&c[0]);
	while (server.sessions_n > 1)
		turn();
	greet(&c[2]);
	connected(&c[2]);
	hang_up(&c[1]);
	hang_up(&c[2]);
}

static void t_too_many_of_one(void **state)
{
	struct client c[2];

	(void)state;
	set("max_per_ip=1");
	start();
	greet(&c[0]);
	connected(&c[0]);
	greet(&c[1]);
	expect(&c[1], "421 There are too many connections from your");
	expect_end(&c[1]);
	hang_up(&c[0]);
	hang_up(&c[1]);
}

/* A full pool pauses accepting; whoever waits gets in when one goes. */
static void t_pool_full(void **state)
{
	static struct client c[LIMIT_FTP_SESSIONS + 1];
	int n = LIMIT_FTP_SESSIONS;

	(void)state;
	set("max_per_ip=0");
	start();
	for (int i = 0; i <= n; i++)
		greet(&c[i]);
	for (int i = 0; i < n; i++)
		connected(&c[i]);
	for (int i = 0; i < 5; i++)
		fill(&c[n]);
	assert_int_equal(c[n].len, 0);
	assert_true(server.listener.paused);
	hang_up(&c[0]);
	expect(&c[n], "220 ");
	for (int i = 1; i <= n; i++)
		port_close(c[i].fd);
}

static void t_idle(void **state)
{
	struct client c;

	(void)state;
	start();
	login_as(&c, "joe");
	let_pass(&session()->timer, 300000);
	expect(&c, "421 Timeout.");
	expect_end(&c);
	hang_up(&c);
}

static void t_data_timeout(void **state)
{
	struct client c;
	int fd;

	(void)state;
	set("data_connection_timeout=1");
	start();
	login_as(&c, "joe");
	fd = data(&c);
	ask(&c, "STOR x", "150 ");
	expect(&c, "421 ");
	expect_end(&c);
	port_close(fd);
	hang_up(&c);
}

/* An idle session holds no large buffer, not even behind half a line. */
static void t_no_buffer(void **state)
{
	struct client c;

	(void)state;
	start();
	login_as(&c, "joe");
	say_octets(&c, "CWD /su", 7);
	for (int i = 0; i < 5; i++)
		turn();
	assert_int_equal(buf_used(), 0);
	say(&c, "b");
	expect(&c, "250 ");
	hang_up(&c);
}

/* ---- nonsense */

static void babble(struct client *c, uint64_t *random)
{
	static const char *const words[] = { "USER ", "joe", "PASS ",
		"secret", "anonymous", "\r\n", "\r\n", "\n", "\xff", "\xff\xfb",
		"RETR ", "STOR ", "LIST ", "NLST ", "-la ", "CWD ", "..", "/",
		"a", "sub", "out", "PASV", "EPSV", "EPSV ALL", "REST 5", "ABOR",
		"STAT", "MDTM ", "SIZE ", "PWD", "TYPE ", "%s%n", " ", "x",
		"\0", "QUIT", "GE", "NOOP" };
	char text[512];
	size_t n = 0;

	for (int i = 0; i < 40; i++) {
		const char *word = words[test_random(random) % LEN(words)];

		memcpy(text + n, word, strlen(word) + (*word == '\0'));
		n += strlen(word) + (*word == '\0');
	}
	(void)port_send(c->fd, text, n);
}

/* Whatever is said: no crash, nothing outside, and the next one is served. */
static void t_babble(void **state)
{
	unsigned seeds = test_seeds(60);

	(void)state;
	start();
	for (unsigned seed = 1; seed <= seeds; seed++) {
		uint64_t random = seed;
		struct client c;

		print_message("seed %u\n", seed);
		if (seed % 2)
			login_as(&c, "joe");
		else
			greet(&c);
		for (int i = 0; i < 10; i++) {
			babble(&c, &random);
			turn();
			c.len = 0;
			fill(&c);
		}
		port_abort(c.fd);
		while (server.sessions_n > 0)
			turn();
		holds("outside", "secret");
	}
}

/* ---- starting */

static void t_start_fails(void **state)
{
	char why[320];

	(void)state;
	tree_file(&tree, "users", "joe:!:/x\nbroken\n");
	assert_false(try_start(why, sizeof(why)));
	assert_non_null(strstr(why, "users:2: "));
	set("users_file=/nowhere/users");
	assert_false(try_start(why, sizeof(why)));
	assert_non_null(strstr(why, "/nowhere/users"));
	set("local_enable=NO");
	set("anon_root=/nowhere");
	assert_false(try_start(why, sizeof(why)));
	assert_non_null(strstr(why, "/nowhere"));
	assert_int_equal(loop.watches, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(t_login), TEST(t_wrong), TEST(t_fails), TEST(t_delay),
		TEST(t_anonymous), TEST(t_anonymous_only), TEST(t_rights),
		TEST(t_allowed), TEST(t_slow_hash),
		TEST(t_pipelined), TEST(t_octets), TEST(t_too_long),
		TEST(t_half_close), TEST(t_not_ftp), TEST(t_small),
		TEST(t_paths), TEST(t_passive), TEST(t_passive_address),
		TEST(t_both_families), TEST(t_stranger),
		TEST(t_nobody_comes), TEST(t_get),
		TEST(t_put), TEST(t_put_link), TEST(t_floor),
		TEST(t_put), TEST(t_put_link), TEST(t_announced),
		TEST(t_put), TEST(t_put_link), TEST(t_broken_put),
		TEST(t_no_early_file), TEST(t_list), TEST(t_slow_client),
		TEST(t_abort), TEST(t_client_gone), TEST(t_quit_waits),
		TEST(t_control_gone), TEST(t_large), TEST(t_too_many),
		TEST(t_too_many_of_one), TEST(t_pool_full), TEST(t_idle),
		TEST(t_data_timeout), TEST(t_no_buffer),
		TEST(t_babble), TEST(t_start_fails),
	};

	port_rand_open();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
