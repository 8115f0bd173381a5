/* t_port_pipe.c - octets of a socket in a file, by way of a pipe alone. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/addr.h"
#include "port/net.h"
#include "port/pipe.h"

static struct port_pipe p;
static int here, there, file;

/* A pair of TCP on loopback: the client's end and ours. */
static int setup(void **state)
{
	static const struct net_how how = { .backlog = 1 };
	struct addr at = { .family = 4, .ip = { 127, 0, 0, 1 } }, peer;
	char path[] = "/tmp/wherry-pipe-XXXXXX";
	int listener = port_tcp_listen(&at, &how), rc;

	(void)state;
	assert_true(listener >= 0);
	assert_int_equal(port_local_addr(listener, &at), 0);
	there = port_tcp_connect(&at, &how);
	assert_true(there >= 0);
	while ((rc = port_tcp_accept(listener, &peer)) == -E_AGAIN)
		;
	here = rc;
	assert_true(here >= 0);
	port_close(listener);
	file = mkstemp(path);
	assert_true(file >= 0);
	unlink(path);
	assert_int_equal(port_pipe_open(&p), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	port_pipe_close(&p);
	port_close(here);
	port_close(there);
	close(file);
	return 0;
}

static ptrdiff_t fill(size_t len)
{
	ptrdiff_t n;

	do
		n = port_pipe_fill(&p, here, len);
	while (n == -E_AGAIN);
	return n;
}

static void t_whole(void **state)
{
	char text[16] = "";

	(void)state;
	assert_int_equal(port_pipe_fill(&p, here, 100), -E_AGAIN);
	assert_int_equal(port_send(there, "twelve chars", 12), 12);
	assert_int_equal(fill(6), 6);
	assert_int_equal(p.held, 6);
	assert_int_equal(port_pipe_drain(&p, file, 3), 6);
	assert_int_equal(p.held, 0);
	assert_int_equal(fill(100), 6);
	/* By way of us, in two pieces. */
	assert_int_equal(port_pipe_read(&p, text, 4), 4);
	assert_int_equal(port_pipe_read(&p, text + 4, 10), 2);
	assert_string_equal(text, " chars");
	assert_int_equal(p.held, 0);
	assert_int_equal(pread(file, text, 10, 0), 9);
	assert_memory_equal(text, "\0\0\0twelve", 9);
	assert_int_equal(port_shutdown_send(there), 0);
	assert_int_equal(fill(100), 0);
}

/* What a file does not take stays in the pipe. */
static void t_not_this_file(void **state)
{
	char text[4];
	int other = open("/dev/full", O_WRONLY | O_CLOEXEC);
	int appended = open("/tmp", O_WRONLY | O_TMPFILE | O_APPEND, 0600);

	(void)state;
	assert_int_equal(port_send(there, "abc", 3), 3);
	assert_int_equal(fill(100), 3);
	if (other >= 0)
		assert_true(port_pipe_drain(&p, other, 0) < 0);
	if (appended >= 0)
		assert_int_equal(port_pipe_drain(&p, appended, 0), -E_NOSUP);
	assert_int_equal(p.held, 3);
	assert_int_equal(port_pipe_read(&p, text, sizeof(text)), 3);
	assert_memory_equal(text, "abc", 3);
	if (other >= 0)
		close(other);
	if (appended >= 0)
		close(appended);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(t_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(t_not_this_file, setup,
		    teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
