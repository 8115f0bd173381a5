/* t_port_sandbox.c - the lists of system calls: the filter's program says what
 * they say, for every number there is, on the processor this is built for; and
 * where the kernel takes it, what is off the list is not there any more. */
#include "port/linux/sandbox.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define REFUSED (SECCOMP_RET_ERRNO | ENOSYS)
#define TOP 5000u	/* numbers end below it; MIPS begins at 4000 */

/* What a program answers; instructions it took are counted down. */
static uint32_t run(const struct sock_filter *code, size_t n,
    const struct seccomp_data *d)
{
	uint32_t a = 0;
	size_t i = 0;

	while (i < n) {
		const struct sock_filter *f = &code[i++];
		bool yes;

		switch (f->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			assert_true(f->k + 4 <= sizeof(*d));
			memcpy(&a, (const uint8_t *)d + f->k, 4);
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= f->k;
			continue;
		case BPF_RET | BPF_K:
			return f->k;
		case BPF_JMP | BPF_JA:
			i += f->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			yes = a == f->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			yes = a >= f->k;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			yes = (a & f->k) != 0;
			break;
		default:
			fail_msg("instruction %zu: code %x", i - 1, f->code);
			return 0;
		}
		i += yes ? f->jt : f->jf;
	}
	fail_msg("the program has no end");
	return 0;
}

static struct sock_filter code[SANDBOX_PROGRAM_MAX];
static size_t code_n;

static bool allows(struct seccomp_data d)
{
	uint32_t what = run(code, code_n, &d);

	assert_true(what == SECCOMP_RET_ALLOW || what == REFUSED);
	return what == SECCOMP_RET_ALLOW;
}

static bool allows_call(unsigned number)
{
	return allows((struct seccomp_data){ .arch = ARCH,
	    .nr = (int)number });
}

static bool is_on(unsigned number, unsigned list)
{
	for (size_t i = 0; i < LEN(calls); i++)
		if (calls[i].number == (int)number)
			return (calls[i].lists & list) != 0;
	return false;
}

static bool is_judged(unsigned number)
{
	for (size_t i = 0; i < LEN(judged); i++)
		if (judged[i].number == (int)number)
			return true;
	return false;
}

static void t_lists(void **state)
{
	unsigned which, number;

	(void)state;
	for (which = 0; which < SANDBOXES; which++) {
		code_n = sandbox_program(code, (enum sandbox)which, REFUSED);
		for (number = 0; number < TOP; number++)
			if (!is_judged(number))
				assert_int_equal(allows_call(number),
				    is_on(number, 1u << which));
		assert_true(allows_call(SYS_read));
		assert_true(allows_call(SYS_exit_group));
		assert_false(allows_call(SYS_execve));
		assert_false(allows_call(SYS_clone));
		assert_false(allows_call(SYS_ptrace));
		assert_false(allows_call(SYS_setuid));
		assert_false(allows_call(SYS_mount));
		assert_int_equal(allows_call(SYS_openat),
		    which != SANDBOX_FTP_LOGIN);
	}
}

/* The same number in another table of calls is another call. */
static void t_arch(void **state)
{
	(void)state;
	code_n = sandbox_program(code, SANDBOX_SS, REFUSED);
	assert_false(allows((struct seccomp_data){ .arch = ARCH ^ 1,
	    .nr = SYS_read }));
	if (ARCH == AUDIT_ARCH_X86_64)
		assert_false(allows_call(SYS_read | X32));
}

static struct seccomp_data call(int number, uint64_t a0, uint64_t a1,
    uint64_t a2)
{
	return (struct seccomp_data){ .arch = ARCH, .nr = number,
		.args = { a0, a1, a2 } };
}

static void t_judged(void **state)
{
	int map = SYS_mmap != NO_CALL ? SYS_mmap : SYS_mmap2;
	unsigned which;

	(void)state;
	for (which = 0; which < SANDBOXES; which++) {
		code_n = sandbox_program(code, (enum sandbox)which, REFUSED);
		assert_true(allows(call(map, 0, 1,
		    PROT_READ | PROT_WRITE)));
		assert_false(allows(call(map, 0, 1, PROT_READ | PROT_EXEC)));
		assert_false(allows(call(SYS_mprotect, 0, 1, PROT_EXEC)));
		assert_int_equal(allows(call(SYS_socket, AF_INET,
		    SOCK_STREAM | SOCK_NONBLOCK, 0)),
		    which != SANDBOX_FTP_LOGIN);
		assert_int_equal(allows(call(SYS_socket, AF_INET6,
		    SOCK_DGRAM, 0)), which == SANDBOX_SS);
		assert_int_equal(allows(call(SYS_socket, AF_UNIX, SOCK_DGRAM,
		    0)), which == SANDBOX_SS);
		assert_false(allows(call(SYS_socket, AF_NETLINK, SOCK_DGRAM,
		    0)));
		assert_false(allows(call(SYS_socket, AF_PACKET, SOCK_STREAM,
		    0)));
	}
}

/* To the kernel itself: a sanitizer that sees an end makes calls of its
 * own. */
static void leave(int with)
{
	(void)syscall(SYS_exit_group, with);
}

/* Exit code of a child: 0, or the line that failed. */
#define need(x) do { if (!(x)) leave(__LINE__ & 0xff); } while (0)

static void in_child(void)
{
	char octet;
	int rc = port_sandbox_enter(SANDBOX_SS, false);

	if (rc == -E_NOSUP)
		leave(255);
	need(rc == 0);
	need(syscall(SYS_getrandom, &octet, 1, 0) == 1);
	need(syscall(SYS_getpid) > 0);
	need(syscall(SYS_uname, NULL) == -1 && errno == ENOSYS);
	need(syscall(SYS_clone, 0, 0, 0, 0, 0) == -1 && errno == ENOSYS);
	need(socket(AF_NETLINK, SOCK_DGRAM, 0) == -1 && errno == ENOSYS);
	need(socket(AF_INET, SOCK_DGRAM, 0) >= 0);
	need(mmap(NULL, 4096, PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
	    0) == MAP_FAILED);
	/* The way in is closed behind it. */
	need(port_sandbox_enter(SANDBOX_FTP_LOGIN, false) == -E_NOSUP);
	leave(0);
}

static void t_kernel(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0)
		in_child();
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 255)
		print_message("this kernel, or emulator, takes no filter\n");
	else
		assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_lists),
		cmocka_unit_test(t_arch),
		cmocka_unit_test(t_judged),
		cmocka_unit_test(t_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
