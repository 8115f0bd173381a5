/* calls.h - numbers of system calls, where not every processor or libc has
 * them: NO_CALL = not this one. On 32 bits musl and glibc name calls with and
 * without 64-bit times differently; what either makes is on the lists. */
#ifndef PORT_LINUX_CALLS_H
#define PORT_LINUX_CALLS_H

#include <sys/syscall.h>

#define NO_CALL (-1)

#ifndef SYS__llseek
#define SYS__llseek NO_CALL
#endif
#ifndef SYS__newselect
#define SYS__newselect NO_CALL
#endif
#ifndef SYS_accept
#define SYS_accept NO_CALL
#endif
#ifndef SYS_access
#define SYS_access NO_CALL
#endif
#ifndef SYS_arm_fadvise64_64
#define SYS_arm_fadvise64_64 NO_CALL
#endif
#ifndef SYS_chmod
#define SYS_chmod NO_CALL
#endif
#ifndef SYS_clock_gettime
#define SYS_clock_gettime NO_CALL
#endif
#ifndef SYS_clock_gettime32
#define SYS_clock_gettime32 NO_CALL
#endif
#ifndef SYS_clock_gettime64
#define SYS_clock_gettime64 NO_CALL
#endif
#ifndef SYS_clock_nanosleep
#define SYS_clock_nanosleep NO_CALL
#endif
#ifndef SYS_clock_nanosleep_time32
#define SYS_clock_nanosleep_time32 NO_CALL
#endif
#ifndef SYS_clock_nanosleep_time64
#define SYS_clock_nanosleep_time64 NO_CALL
#endif
#ifndef SYS_dup2
#define SYS_dup2 NO_CALL
#endif
#ifndef SYS_epoll_create
#define SYS_epoll_create NO_CALL
#endif
#ifndef SYS_epoll_wait
#define SYS_epoll_wait NO_CALL
#endif
#ifndef SYS_fadvise64
#define SYS_fadvise64 NO_CALL
#endif
#ifndef SYS_fadvise64_64
#define SYS_fadvise64_64 NO_CALL
#endif
#ifndef SYS_fcntl
#define SYS_fcntl NO_CALL
#endif
#ifndef SYS_fcntl64
#define SYS_fcntl64 NO_CALL
#endif
#ifndef SYS_fstat
#define SYS_fstat NO_CALL
#endif
#ifndef SYS_fstat64
#define SYS_fstat64 NO_CALL
#endif
#ifndef SYS_fstatat64
#define SYS_fstatat64 NO_CALL
#endif
#ifndef SYS_fstatfs64
#define SYS_fstatfs64 NO_CALL
#endif
#ifndef SYS_ftruncate64
#define SYS_ftruncate64 NO_CALL
#endif
#ifndef SYS_getegid32
#define SYS_getegid32 NO_CALL
#endif
#ifndef SYS_geteuid32
#define SYS_geteuid32 NO_CALL
#endif
#ifndef SYS_getgid32
#define SYS_getgid32 NO_CALL
#endif
#ifndef SYS_getrlimit
#define SYS_getrlimit NO_CALL
#endif
#ifndef SYS_gettimeofday
#define SYS_gettimeofday NO_CALL
#endif
#ifndef SYS_gettimeofday_time32
#define SYS_gettimeofday_time32 NO_CALL
#endif
#ifndef SYS_getuid32
#define SYS_getuid32 NO_CALL
#endif
#ifndef SYS_lseek
#define SYS_lseek NO_CALL
#endif
#ifndef SYS_lstat
#define SYS_lstat NO_CALL
#endif
#ifndef SYS_lstat64
#define SYS_lstat64 NO_CALL
#endif
#ifndef SYS_mkdir
#define SYS_mkdir NO_CALL
#endif
#ifndef SYS_mmap
#define SYS_mmap NO_CALL
#endif
#ifndef SYS_mmap2
#define SYS_mmap2 NO_CALL
#endif
#ifndef SYS_newfstatat
#define SYS_newfstatat NO_CALL
#endif
#ifndef SYS_open
#define SYS_open NO_CALL
#endif
#ifndef SYS_openat2
#define SYS_openat2 NO_CALL
#endif
#ifndef SYS_pipe
#define SYS_pipe NO_CALL
#endif
#ifndef SYS_poll
#define SYS_poll NO_CALL
#endif
#ifndef SYS_ppoll_time32
#define SYS_ppoll_time32 NO_CALL
#endif
#ifndef SYS_ppoll
#define SYS_ppoll NO_CALL
#endif
#ifndef SYS_ppoll_time64
#define SYS_ppoll_time64 NO_CALL
#endif
#ifndef SYS_pselect6
#define SYS_pselect6 NO_CALL
#endif
#ifndef SYS_pselect6_time32
#define SYS_pselect6_time32 NO_CALL
#endif
#ifndef SYS_pselect6_time64
#define SYS_pselect6_time64 NO_CALL
#endif
#ifndef SYS_readlink
#define SYS_readlink NO_CALL
#endif
#ifndef SYS_recv
#define SYS_recv NO_CALL
#endif
#ifndef SYS_recvmmsg
#define SYS_recvmmsg NO_CALL
#endif
#ifndef SYS_recvmmsg_time32
#define SYS_recvmmsg_time32 NO_CALL
#endif
#ifndef SYS_recvmmsg_time64
#define SYS_recvmmsg_time64 NO_CALL
#endif
#ifndef SYS_rename
#define SYS_rename NO_CALL
#endif
#ifndef SYS_renameat
#define SYS_renameat NO_CALL
#endif
#ifndef SYS_renameat2
#define SYS_renameat2 NO_CALL
#endif
#ifndef SYS_rmdir
#define SYS_rmdir NO_CALL
#endif
#ifndef SYS_select
#define SYS_select NO_CALL
#endif
#ifndef SYS_send
#define SYS_send NO_CALL
#endif
#ifndef SYS_sendfile64
#define SYS_sendfile64 NO_CALL
#endif
#ifndef SYS_sigreturn
#define SYS_sigreturn NO_CALL
#endif
#ifndef SYS_stat
#define SYS_stat NO_CALL
#endif
#ifndef SYS_stat64
#define SYS_stat64 NO_CALL
#endif
#ifndef SYS_statfs64
#define SYS_statfs64 NO_CALL
#endif
#ifndef SYS_statx
#define SYS_statx NO_CALL
#endif
#ifndef SYS_sync_file_range
#define SYS_sync_file_range NO_CALL
#endif
#ifndef SYS_sync_file_range2
#define SYS_sync_file_range2 NO_CALL
#endif
#ifndef SYS_time
#define SYS_time NO_CALL
#endif
#ifndef SYS_ugetrlimit
#define SYS_ugetrlimit NO_CALL
#endif
#ifndef SYS_unlink
#define SYS_unlink NO_CALL
#endif
#ifndef SYS_utimensat
#define SYS_utimensat NO_CALL
#endif
#ifndef SYS_utimensat_time32
#define SYS_utimensat_time32 NO_CALL
#endif
#ifndef SYS_utimensat_time64
#define SYS_utimensat_time64 NO_CALL
#endif
#ifndef SYS_nanosleep
#define SYS_nanosleep NO_CALL
#endif

#endif
