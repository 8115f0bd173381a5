/* t_port_old.c - a kernel that lacks what newer ones have: a filter answers
 * ENOSYS to those calls, and everything must go on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "port/linux/beneath.c"
#include "port/linux/poll_epoll.c"
#include "port/linux/rand.c"
#include "port/linux/udp_many.c"

#include "port/file.h"
#include "port/net.h"
#include "port/proc.h"
#include "port/time.h"

/* Calls of Linux 2.6.27 and later. glibc relies on some; musl does not. */
static const long newer[] = {
	SYS_getrandom, SYS_openat2, SYS_recvmmsg, SYS_sendmmsg,
#ifdef SYS_epoll_create
	SYS_epoll_create1,
#if !defined(__GLIBC__)
	SYS_accept4, SYS_dup3, SYS_pipe2, SYS_prlimit64, SYS_renameat2,
#ifdef SYS_statx
	SYS_statx,
#endif
#endif
#endif
};

static bool has_filter;

static int add(struct sock_filter *code, int at, unsigned short what,
    unsigned value, unsigned char skip_unless)
{
	code[at] = (struct sock_filter){ what, 0, skip_unless, value };
	return at + 1;
}

static int age(void **state)
{
	struct sock_filter code[2 * LEN(newer) + 2];
	struct sock_fprog program = { .filter = code };
	int at = add(code, 0, BPF_LD | BPF_W | BPF_ABS,
	    offsetof(struct seccomp_data, nr), 0);

	(void)state;
	for (size_t i = 0; i < LEN(newer); i++) {
		at = add(code, at, BPF_JMP | BPF_JEQ | BPF_K,
		    (unsigned)newer[i], 1);
		at = add(code, at, BPF_RET | BPF_K,
		    SECCOMP_RET_ERRNO | ENOSYS, 0);
	}
	at = add(code, at, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0);
	program.len = (unsigned short)at;
	has_filter = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
	if (!has_filter)
		print_message("no system call filter here (an emulator?)\n");
	return 0;
}

static void need_filter(void)
{
	if (!has_filter)
		skip();
	errno = 0;
	assert_int_equal(syscall(SYS_openat2, 0, 0, 0, 0), -1);
	assert_int_equal(errno, ENOSYS);
}

static void randomness(void **state)
{
	uint8_t a[64], b[64];

	(void)state;
	need_filter();
	assert_int_equal(port_rand_open(), 0);
	assert_true(no_getrandom);
	port_rand(a, sizeof(a));
	port_rand(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
}

static void files_beneath_a_root(void **state)
{
	char base[] = "/tmp/t_port_old.XXXXXX";
	struct file_info i;
	int root, fd;

	(void)state;
	need_filter();
	assert_non_null(mkdtemp(base));
	root = port_root_open(base);
	assert_true(root >= 0);
	fd = port_file_open(root, "/../a", FILE_WRITE | FILE_CREATE, 0600);
	assert_true(fd >= 0);
	assert_true(no_openat2);
	assert_int_equal(port_file_write(fd, 0, "abc", 3), 3);
	port_file_close(fd);
	assert_int_equal(port_path_rename(root, "a", "b"), 0);
	assert_int_equal(port_path_info(root, "b", true, &i), 0);
	assert_int_equal(i.size, 3);
	assert_int_equal(port_path_remove(root, "b"), 0);
	port_file_close(root);
	assert_int_equal(port_dir_remove(PORT_FS, base), 0);
}

static void sockets_and_events(void **state)
{
	struct addr at = { .family = 4, .ip = { 127, 0, 0, 1 } }, peer;
	struct poll_event ev[4];
	int listener, near, far;

	(void)state;
	need_filter();
	assert_int_equal(poll_epoll.open(), 0);
	listener = port_tcp_listen(&at, NULL);
	near = port_tcp_connect(&at, NULL);
	assert_true(listener >= 0 && near >= 0);
	assert_int_equal(poll_epoll.set(listener, 7, 0, POLL_IN), 0);
	assert_int_equal(poll_epoll.wait(ev, 4, port_now_ms() + 5000), 1);
	assert_true(ev[0].tag == 7);
	far = port_tcp_accept(listener, &peer);
	assert_true(far >= 0);
	assert_true(fcntl(far, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(far, F_GETFD) & FD_CLOEXEC);
	poll_epoll.close();
	port_close(far);
	port_close(near);
	port_close(listener);
}

static void datagrams_one_by_one(void **state)
{
	static const struct net_how plain;
	struct addr at = { .family = 4, .ip = { 127, 0, 0, 1 } };
	uint8_t mem[2][4] = { "one", "two" };
	struct udp_msg m[2];
	int fd = port_udp_listen(&at, &plain);

	(void)state;
	need_filter();
	assert_true(fd >= 0);
	for (int i = 0; i < 2; i++)
		m[i] = (struct udp_msg){ .peer = at, .mem = mem[i], .len = 3 };
	assert_int_equal(port_udp_send_many(fd, m, 2), 2);
	memset(mem, 0, sizeof(mem));
	for (int i = 0; i < 100 && mem[1][0] == '\0'; i++)
		(void)port_udp_recv_many(fd, mem[0][0] == '\0' ? m : m + 1,
		    mem[0][0] == '\0' ? 2 : 1);
	assert_string_equal((char *)mem[0], "one");
	assert_string_equal((char *)mem[1], "two");
	assert_true(none_to_recv && none_to_send);
	port_close(fd);
}

static void the_process(void **state)
{
	(void)state;
	need_filter();
	assert_true(port_signal_open() >= 0);
	assert_int_equal(port_signal_send(port_pid(), SIG_RELOAD), 0);
	assert_int_equal(port_signal_next(), SIG_RELOAD);
	assert_true(port_fd_limit(0) > 0);
	port_no_core();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(randomness),
		cmocka_unit_test(files_beneath_a_root),
		cmocka_unit_test(sockets_and_events),
		cmocka_unit_test(datagrams_one_by_one),
		cmocka_unit_test(the_process),
	};

	return cmocka_run_group_tests(tests, age, NULL);
}
