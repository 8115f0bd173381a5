/* sandbox.c - lists of system calls, as seccomp filters. A static binary on one
 * libc makes a known set of calls: what is not on a process's list is refused.
 *
 * Calls that only start-up makes are on none. Source: seccomp(2); filters need
 * Linux 3.5, on MIPS 3.16, on RISC-V 5.5. */
#include "port/linux/sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "port/linux/calls.h"

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define ARCH AUDIT_ARCH_ARM
#elif defined(__mips__) && defined(__MIPSEB__)
#define ARCH AUDIT_ARCH_MIPS
#elif defined(__mips__)
#define ARCH AUDIT_ARCH_MIPSEL
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#else
#define ARCH 0		/* no filter */
#endif

/* Calls of x32 have this bit, and go by the name of x86-64. */
#define X32 0x40000000u

#define SS (1u << SANDBOX_SS)
#define LOGIN (1u << SANDBOX_FTP_LOGIN)
#define FTP (1u << SANDBOX_FTP)
#define ALL (SS | LOGIN | FTP)
#define FILES (SS | FTP)

/* Those of every octet first: they are compared one after the other. */
static const struct {
	int number;
	unsigned lists;
} calls[] = {
	{ SYS_read, ALL }, { SYS_write, ALL },
	{ SYS_recvfrom, ALL }, { SYS_sendto, ALL },
	{ SYS_recv, ALL }, { SYS_send, ALL },
	{ SYS_epoll_pwait, ALL }, { SYS_epoll_wait, ALL },
	{ SYS_epoll_ctl, ALL },
	{ SYS_clock_gettime, ALL }, { SYS_clock_gettime32, ALL },
	{ SYS_clock_gettime64, ALL },
	{ SYS_recvmmsg, SS }, { SYS_recvmmsg_time32, SS },
	{ SYS_recvmmsg_time64, SS }, { SYS_sendmmsg, SS },
	{ SYS_recvmsg, ALL }, { SYS_sendmsg, ALL },
	{ SYS_readv, ALL }, { SYS_writev, ALL },
	{ SYS_sendfile, FTP }, { SYS_sendfile64, FTP }, { SYS_splice, FTP },
	{ SYS_close, ALL }, { SYS_getrandom, ALL },
	{ SYS_fcntl, ALL }, { SYS_fcntl64, ALL },
	{ SYS_setsockopt, ALL }, { SYS_getsockopt, ALL },
	{ SYS_getsockname, ALL }, { SYS_getpeername, ALL },
	{ SYS_shutdown, ALL },
	{ SYS_accept4, FILES }, { SYS_accept, FILES },
	{ SYS_connect, FILES }, { SYS_bind, FILES }, { SYS_listen, FILES },
	{ SYS_poll, ALL }, { SYS_ppoll, ALL }, { SYS_ppoll_time32, ALL },
	{ SYS_ppoll_time64, ALL },
	{ SYS_select, ALL }, { SYS__newselect, ALL }, { SYS_pselect6, ALL },
	{ SYS_pselect6_time32, ALL }, { SYS_pselect6_time64, ALL },
	{ SYS_gettimeofday, ALL }, { SYS_gettimeofday_time32, ALL },
	{ SYS_time, ALL },

	{ SYS_open, FILES }, { SYS_openat, FILES }, { SYS_openat2, FTP },
	{ SYS_fstat, FILES }, { SYS_fstat64, FILES }, { SYS_stat, FILES },
	{ SYS_stat64, FILES }, { SYS_lstat, FILES }, { SYS_lstat64, FILES },
	{ SYS_newfstatat, FILES }, { SYS_fstatat64, FILES },
	{ SYS_statx, FILES },
	{ SYS_lseek, FILES }, { SYS__llseek, FILES },
	{ SYS_pread64, ALL }, { SYS_pwrite64, FILES },
	{ SYS_readlink, FILES }, { SYS_readlinkat, FILES },
	{ SYS_unlink, FILES }, { SYS_unlinkat, FILES },
	{ SYS_rename, FILES }, { SYS_renameat, FILES },
	{ SYS_renameat2, FILES },
	{ SYS_ftruncate, FILES }, { SYS_ftruncate64, FILES },
	{ SYS_fsync, FILES }, { SYS_fdatasync, FILES },
	{ SYS_fchmod, FILES }, { SYS_access, FILES },
	{ SYS_faccessat, FILES }, { SYS_getdents64, FILES },
	{ SYS_chmod, SS },	/* of a unix socket's path */
	{ SYS_fchmodat, FILES },
	{ SYS_mkdir, FTP }, { SYS_mkdirat, FTP }, { SYS_rmdir, FTP },
	{ SYS_utimensat, FTP }, { SYS_utimensat_time32, FTP },
	{ SYS_utimensat_time64, FTP },
	{ SYS_fallocate, FTP }, { SYS_flock, FILES },
	{ SYS_fadvise64, FTP }, { SYS_fadvise64_64, FTP },
	{ SYS_arm_fadvise64_64, FTP },
	{ SYS_sync_file_range, FTP }, { SYS_sync_file_range2, FTP },
	{ SYS_statfs, FTP }, { SYS_statfs64, FTP },
	{ SYS_fstatfs, FTP }, { SYS_fstatfs64, FTP },
	{ SYS_fchdir, FTP }, { SYS_chdir, FTP },

	{ SYS_dup, FILES }, { SYS_dup2, FILES }, { SYS_dup3, FILES },
	{ SYS_pipe, FTP }, { SYS_pipe2, ALL },
	{ SYS_epoll_create, FILES }, { SYS_epoll_create1, ALL },
	{ SYS_umask, FILES }, { SYS_getpid, ALL }, { SYS_gettid, ALL },
	{ SYS_getppid, ALL },
	{ SYS_getuid, ALL }, { SYS_geteuid, ALL }, { SYS_getgid, ALL },
	{ SYS_getegid, ALL },
	{ SYS_getuid32, ALL }, { SYS_geteuid32, ALL }, { SYS_getgid32, ALL },
	{ SYS_getegid32, ALL },
	{ SYS_getrlimit, FILES }, { SYS_ugetrlimit, FILES },
	{ SYS_prlimit64, FILES },
	{ SYS_wait4, SS }, { SYS_kill, SS },	/* of its workers */
	{ SYS_tgkill, ALL }, { SYS_tkill, ALL },
	{ SYS_rt_sigaction, ALL }, { SYS_rt_sigprocmask, ALL },
	{ SYS_rt_sigreturn, ALL }, { SYS_sigreturn, ALL },
	{ SYS_restart_syscall, ALL },
	{ SYS_nanosleep, ALL }, { SYS_clock_nanosleep, ALL },
	{ SYS_clock_nanosleep_time32, ALL },
	{ SYS_clock_nanosleep_time64, ALL },
	{ SYS_brk, ALL }, { SYS_munmap, ALL }, { SYS_mremap, ALL },
	{ SYS_madvise, ALL }, { SYS_futex, ALL },
	{ SYS_exit, ALL }, { SYS_exit_group, ALL },
};

/* Calls whose argument decides. */
static const struct {
	int number;
	unsigned lists;
	uint8_t argument;
	uint32_t forbidden;	/* bits that must not be in it */
	uint8_t n;		/* if > 0: it must be one of these */
	uint32_t allowed[3];
	bool stream;		/* a socket: of TCP alone */
} judged[] = {
	{ SYS_mmap, ALL, 2, PROT_EXEC, 0, { 0 }, false },
	{ SYS_mmap2, ALL, 2, PROT_EXEC, 0, { 0 }, false },
	{ SYS_mprotect, ALL, 2, PROT_EXEC, 0, { 0 }, false },
	/* Is it a terminal; octets that wait. */
	{ SYS_ioctl, ALL, 1, 0, 2, { TIOCGWINSZ, FIONREAD }, false },
	{ SYS_socket, SS, 0, 0, 3, { AF_INET, AF_INET6, AF_UNIX }, false },
	{ SYS_socket, FTP, 0, 0, 2, { AF_INET, AF_INET6 }, true },
};

struct program {
	struct sock_filter *out;
	size_t n;
};

static void put(struct program *p, uint16_t code, uint32_t k, uint8_t yes,
    uint8_t no)
{
	p->out[p->n++] = (struct sock_filter){ code, yes, no, k };
}

static void load(struct program *p, size_t offset)
{
	put(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void answer(struct program *p, uint32_t what)
{
	put(p, BPF_RET | BPF_K, what, 0, 0);
}

/* Is the accumulator k? Else the next n instructions are passed over. */
static void unless_skip(struct program *p, uint32_t k, uint8_t n)
{
	put(p, BPF_JMP | BPF_JEQ | BPF_K, k, 0, n);
}

/* The word of an argument that holds what is below 2^32. */
static size_t word_of(unsigned argument)
{
	size_t at = offsetof(struct seccomp_data, args) + 8 * argument;

	return at + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0);
}

static void put_judged(struct program *p, size_t i, uint32_t refused)
{
	size_t j, n = judged[i].n;
	size_t body = n > 0 ? 2 * n + 2 : 4;

	body += judged[i].stream ? 4 : 0;
	unless_skip(p, (uint32_t)judged[i].number, (uint8_t)body);
	if (judged[i].stream) {
		load(p, word_of(1));
		put(p, BPF_ALU | BPF_AND | BPF_K, 0xf, 0, 0);
		put(p, BPF_JMP | BPF_JEQ | BPF_K, SOCK_STREAM, 1, 0);
		answer(p, refused);
	}
	load(p, word_of(judged[i].argument));
	if (n == 0) {
		put(p, BPF_JMP | BPF_JSET | BPF_K, judged[i].forbidden, 0, 1);
		answer(p, refused);
		answer(p, SECCOMP_RET_ALLOW);
		return;
	}
	for (j = 0; j < n; j++) {
		unless_skip(p, judged[i].allowed[j], 1);
		answer(p, SECCOMP_RET_ALLOW);
	}
	answer(p, refused);
}

size_t sandbox_program(struct sock_filter out[SANDBOX_PROGRAM_MAX],
    enum sandbox which, uint32_t refused)
{
	struct program p = { out, 0 };
	unsigned list = 1u << which;
	size_t i;

	load(&p, offsetof(struct seccomp_data, arch));
	unless_skip(&p, ARCH, 1);
	put(&p, BPF_JMP | BPF_JA, 1, 0, 0);
	answer(&p, refused);
	load(&p, offsetof(struct seccomp_data, nr));
	if (ARCH == AUDIT_ARCH_X86_64) {
		put(&p, BPF_JMP | BPF_JGE | BPF_K, X32, 0, 1);
		answer(&p, refused);
	}
	for (i = 0; i < LEN(calls); i++) {
		if (calls[i].number == NO_CALL ||
		    (calls[i].lists & list) == 0)
			continue;
		unless_skip(&p, (uint32_t)calls[i].number, 1);
		answer(&p, SECCOMP_RET_ALLOW);
	}
	for (i = 0; i < LEN(judged); i++)
		if (judged[i].number != NO_CALL &&
		    (judged[i].lists & list) != 0)
			put_judged(&p, i, refused);
	answer(&p, refused);
	return p.n;
}

/* Bounded by what the lists hold: none can outgrow the program. */
_Static_assert(2 * LEN(calls) + 14 * LEN(judged) + 8 <= SANDBOX_PROGRAM_MAX,
    "SANDBOX_PROGRAM_MAX");

int port_sandbox_enter(enum sandbox which, bool kill)
{
	struct sock_filter code[SANDBOX_PROGRAM_MAX];
	struct sock_fprog program = { 0, code };
	uint32_t refused = kill ? SECCOMP_RET_KILL :
	    SECCOMP_RET_ERRNO | ENOSYS;

	if (ARCH == 0)
		return -E_NOSUP;
	program.len = (unsigned short)sandbox_program(code, which, refused);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -E_NOSUP;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		return errno == EACCES ? -E_PERM : -E_NOSUP;
	return 0;
}
