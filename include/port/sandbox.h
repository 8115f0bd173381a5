/* sandbox.h - what a process gives up for good, beyond its user's rights. */
#ifndef PORT_SANDBOX_H
#define PORT_SANDBOX_H

#include "base/base.h"

/* Who asks: each has a list of the system calls that it makes. */
enum sandbox {
	SANDBOX_SS,		/* a Shadowsocks process once its ports are
				 * open: sockets, and files by its user's
				 * rights; no new process, no new program */
	SANDBOX_FTP_LOGIN,	/* an FTP session nobody has logged in to: the
				 * descriptors it has, nothing new */
	SANDBOX_FTP,		/* one that has a user: files, TCP sockets */
	SANDBOXES
};

/*
 * port_sandbox_enter - from now on, in this process and its children, every
 * call off the list fails as if the kernel did not have it; with kill it ends
 * the process (for tests). No program that is started gains rights.
 *
 * Memory that can be executed can no longer be had. Once in a process: the
 * call that enters is on no list.
 * 0, -E_NOSUP (this system or kernel has none), -E_PERM.
 */
int port_sandbox_enter(enum sandbox which, bool kill);

/* A file that is still needed, or will be; what else lies in its folder can be
 * had with it. */
struct sandbox_file {
	const char *path;
	bool write;
};
/*
 * From now on, in this process and its children, only these can be opened,
 * whatever the user may. Before port_sandbox_enter. 0, -E_NOSUP (this system or
 * kernel cannot), -E_PERM.
 */
int port_sandbox_files(const struct sandbox_file *file, size_t n);
/*
 * The same for who serves a directory: what lies beneath it can be read,
 * written, made, renamed and removed, as far as the user may; no program is
 * started, and no device, link or socket made. dir: -1 = no file at all.
 * 0, -E_NOSUP (as above; or it could not rename into another folder), -E_PERM.
 */
int port_sandbox_tree(int dir);

#endif
