/* child.h - processes of one image that share memory and talk by messages: what
 * a monitor and its sessions are made of. */
#ifndef PORT_CHILD_H
#define PORT_CHILD_H

#include "base/base.h"

/*
 * port_child_fork - a child of this image. Nothing is closed or changed for it:
 * descriptors, the loop and its poll backend are the parent's until it says
 * otherwise. Parent: pid. Child: 0. -E_NOMEM, -E_NOSUP.
 */
int port_child_fork(void);
/*
 * In the child, after its rights were given up (which undoes it): it ends when
 * the parent does, by SIGTERM when gentle, else at once. parent is the pid of
 * that one. 0 or -E_CLOSED: it is gone already. Systems that cannot say so
 * answer 0: there the end of file of a pair must do.
 */
int port_child_follow(int parent, bool gentle);
/* At once and for sure. */
void port_child_kill(int pid);
/* The process forks no more. */
void port_child_last(void);

/* ---- memory that a process and all it forks have in common */

/* Zeros, page-aligned, len rounded up; NULL: no memory, or not supported. */
void *port_shared_map(size_t len);
/*
 * A lock in such memory, 0 = free, else the pid of who has it. Taken within
 * some milliseconds, or false: whoever has it died, or sleeps.
 */
bool port_shared_lock(uint32_t *lock);
void port_shared_unlock(uint32_t *lock);
bool port_shared_has(const uint32_t *lock, int pid);
/* len as it was given to port_shared_map, or whole pages of it. */
void port_shared_unmap(void *mem, size_t len);
/* Octets of a page: parts of a mapping are multiples of it. */
size_t port_page(void);
/* Wiped; pages are given back where the system can. For all who share it. */
void port_shared_wipe(void *mem, size_t len);
/* Nobody will read these octets again: whole pages of them are given back where
 * the system can. Then they are zeros, else as they were. */
void port_pages_drop(void *mem, size_t len);
/*
 * The same octets at the same address, for this process alone; what was shared
 * is wiped. 0, or -E_NOMEM: nothing was changed.
 */
int port_shared_take(void *mem, size_t len);

/* ---- messages, each with a descriptor or without */

/* Two connected ends, never blocking, closed on exec. 0 or -E_NOFILE... */
int port_pair_open(int end[2]);
/* Whole or not at all. pass: a descriptor to give, -1 = none; it stays open
 * here. 0, -E_AGAIN, -E_CLOSED, -E_IO. */
int port_pair_send(int end, const void *mem, size_t len, int pass);
/*
 * One message of exactly len octets. *got is the descriptor that came with it,
 * or -1. 0, -E_AGAIN, -E_CLOSED (the other is gone), or -E_PROTO: another
 * length, or more than one descriptor; what came is closed.
 */
int port_pair_recv(int end, void *mem, size_t len, int *got);
/* Until there is a message or an end: true, or false after ms. Blocks. */
bool port_pair_wait(int end, int64_t ms);

/* ---- where a process is locked in */

/* A directory that nobody can put anything into. fd, or -E_*. */
int port_empty_dir(void);
/* dir is "/" from now on, and the working directory. 0 or -E_PERM... */
int port_jail(int dir);

#endif
