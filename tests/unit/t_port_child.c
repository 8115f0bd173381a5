/* t_port_child.c - children, the memory they share, and their messages. */
#include "port/posix/shared.c"
#include "port/posix/pair.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "port/file.h"
#include "port/proc.h"

static int code_of(int pid)
{
	int status = -1;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status);
}

/* A child writes, another takes it over: the first sees no more of it. */
static void t_shared(void **state)
{
	size_t page = port_page(), len = 4 * page;
	uint8_t *mem = port_shared_map(len);
	int pid;

	(void)state;
	assert_non_null(mem);
	pid = port_child_fork();
	if (pid == 0) {
		memset(mem + page, 7, page);
		mem[3 * page] = 9;
		_exit(0);
	}
	assert_int_equal(code_of(pid), 0);
	assert_int_equal(mem[page], 7);
	pid = port_child_fork();
	if (pid == 0) {
		uint8_t *was = mem;

		if (port_shared_take(mem, len) < 0 || was != mem)
			_exit(1);
		if (mem[page] != 7 || mem[2 * page - 1] != 7 ||
		    mem[3 * page] != 9 || mem[0] != 0)
			_exit(2);
		memset(mem, 5, len);
		_exit(0);
	}
	assert_int_equal(code_of(pid), 0);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(mem[i], 0);
	mem[len - 1] = mem[5] = 1;
	port_shared_wipe(mem, len);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(mem[i], 0);
	port_shared_unmap(mem, len);
}

static void t_messages(void **state)
{
	char in[8] = "";
	int end[2], got;

	(void)state;
	assert_int_equal(port_pair_open(end), 0);
	assert_int_equal(port_pair_recv(end[0], in, 4, &got), -E_AGAIN);
	assert_false(port_pair_wait(end[0], 0));
	assert_int_equal(port_pair_send(end[1], "abcd", 4, -1), 0);
	assert_int_equal(port_pair_send(end[1], "efgh", 4, -1), 0);
	assert_true(port_pair_wait(end[0], 1000));
	assert_int_equal(port_pair_recv(end[0], in, 4, &got), 0);
	assert_int_equal(got, -1);
	assert_memory_equal(in, "abcd", 4);
	assert_int_equal(port_pair_recv(end[0], in, 4, &got), 0);
	/* Another length is no message of ours. */
	assert_int_equal(port_pair_send(end[1], "abc", 3, -1), 0);
	assert_int_equal(port_pair_recv(end[0], in, 4, &got), -E_PROTO);
	assert_int_equal(port_pair_send(end[1], "abcde", 5, -1), 0);
	assert_int_equal(port_pair_recv(end[0], in, 4, &got), -E_PROTO);
	close(end[1]);
	assert_int_equal(port_pair_recv(end[0], in, 4, &got), -E_CLOSED);
	assert_int_equal(port_pair_send(end[0], "abcd", 4, -1), -E_CLOSED);
	close(end[0]);
}

static int open_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void t_descriptors(void **state)
{
	int before = open_fds(), end[2], file[2], got;
	char in[4];

	(void)state;
	assert_int_equal(port_pair_open(end), 0);
	assert_int_equal(pipe(file), 0);
	assert_int_equal(port_pair_send(end[0], "file", 4, file[0]), 0);
	assert_int_equal(port_pair_recv(end[1], in, 4, &got), 0);
	assert_true(got >= 0);
	assert_int_equal(fcntl(got, F_GETFD), FD_CLOEXEC);
	assert_int_equal(write(file[1], "x", 1), 1);
	assert_int_equal(read(got, in, 1), 1);
	close(got);
	/* With a message of the wrong length it is closed. */
	assert_int_equal(port_pair_send(end[0], "f", 1, file[0]), 0);
	assert_int_equal(port_pair_recv(end[1], in, 4, &got), -E_PROTO);
	assert_int_equal(got, -1);
	close(file[0]);
	close(file[1]);
	close(end[0]);
	close(end[1]);
	assert_int_equal(open_fds(), before);
}

/* n descriptors at once, as nobody here would send them. */
static void send_many(int end, int n)
{
	struct iovec v = { .iov_base = "many", .iov_len = 4 };
	char mem[CMSG_SPACE(8 * sizeof(int))] = { 0 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1,
		.msg_control = mem,
		.msg_controllen = CMSG_SPACE((size_t)n * sizeof(int)) };
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);

	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN((size_t)n * sizeof(int));
	for (int i = 0; i < n; i++)
		memcpy(CMSG_DATA(h) + (size_t)i * sizeof(int), &(int){ 1 },
		    sizeof(int));
	assert_int_equal(sendmsg(end, &m, 0), 4);
}

/* More than one, and more than there is room for (MSG_CTRUNC): none stays. */
static void t_too_many(void **state)
{
	int before = open_fds(), end[2], got;
	char in[4];

	(void)state;
	assert_int_equal(port_pair_open(end), 0);
	for (int n = 2; n <= 8; n++) {
		send_many(end[0], n);
		assert_int_equal(port_pair_recv(end[1], in, 4, &got),
		    -E_PROTO);
		assert_int_equal(got, -1);
	}
	close(end[0]);
	close(end[1]);
	assert_int_equal(open_fds(), before);
}

/* A child whose parent is gone goes as well. */
static void t_follows(void **state)
{
	int word[2], pid;
	char c;

	(void)state;
	assert_int_equal(pipe(word), 0);
	pid = port_child_fork();
	if (pid == 0) {
		int me = port_pid();

		if (port_child_fork() == 0) {
			if (port_child_follow(me, false) < 0)
				_exit(1);
			close(word[0]);
			(void)!write(word[1], "y", 1);
			for (;;)
				pause();
		}
		close(word[1]);
		(void)!read(word[0], &c, 1);
		_exit(0);
	}
	close(word[1]);
	assert_int_equal(code_of(pid), 0);
	/* The end of file comes when the grandchild is gone. */
	while (read(word[0], &c, 1) > 0)
		;
	close(word[0]);
}

static void t_no_children(void **state)
{
	struct port_user nobody;
	int pid;

	(void)state;
	if (port_uid() != 0)
		skip();
	assert_int_equal(port_user_find("nobody", &nobody), 0);
	pid = port_child_fork();
	if (pid == 0) {
		if (port_user_become(&nobody) < 0)
			_exit(1);
		port_child_last();
		_exit(fork() < 0 ? 0 : 2);
	}
	assert_int_equal(code_of(pid), 0);
}

/* Out of the empty directory leads nothing, and into it neither. */
static void t_jail(void **state)
{
	int dir = port_empty_dir(), pid;

	(void)state;
	assert_true(dir >= 0);
	if (port_uid() != 0)
		skip();
	pid = port_child_fork();
	if (pid == 0) {
		struct stat st;

		if (port_jail(dir) < 0)
			_exit(1);
		close(dir);
		if (stat("/etc", &st) == 0 || stat("../etc", &st) == 0)
			_exit(2);
		if (mkdir("/x", 0755) == 0 ||
		    open("/x", O_WRONLY | O_CREAT, 0600) >= 0)
			_exit(3);
		_exit(0);
	}
	close(dir);
	assert_int_equal(code_of(pid), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_shared),
		cmocka_unit_test(t_messages),
		cmocka_unit_test(t_descriptors),
		cmocka_unit_test(t_too_many),
		cmocka_unit_test(t_follows),
		cmocka_unit_test(t_no_children),
		cmocka_unit_test(t_jail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
