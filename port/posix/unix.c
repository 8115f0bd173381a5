/* unix.c - datagram sockets with a path. */
#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "port/net.h"
#include "port/posix/errno_map.h"

static socklen_t name_to(struct sockaddr_un *sa, const char *path, size_t len)
{
	memset(sa, 0, sizeof *sa);
	sa->sun_family = AF_UNIX;
	memcpy(sa->sun_path, path, len);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + 1);
}

/* A socket that nobody reads any more makes room; all else is in use. */
static int make_room(int fd, const struct sockaddr_un *sa, socklen_t len)
{
	struct stat st;

	if (lstat(sa->sun_path, &st) < 0)
		return errno == ENOENT ? 0 : sys_fail();
	if (!S_ISSOCK(st.st_mode))
		return -E_EXIST;
	if (connect(fd, (const struct sockaddr *)sa, len) == 0 ||
	    errno != ECONNREFUSED)
		return -E_INUSE;
	return unlink(sa->sun_path) < 0 ? sys_fail() : 0;
}

static int bind_at(int fd, const struct sockaddr_un *sa, socklen_t len)
{
	int rc = make_room(fd, sa, len);
	mode_t was;

	if (rc < 0)
		return rc;
	was = umask(0177);
	rc = bind(fd, (const struct sockaddr *)sa, len) < 0 ? sys_fail() : 0;
	(void)umask(was);
	return rc;
}

static int new_socket(int type)
{
	int fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	return fd < 0 ? sys_fail() : fd;
}

int port_unix_nameless(void)
{
	return new_socket(SOCK_DGRAM);
}

static int open_at(const char *path, int type)
{
	struct sockaddr_un sa;
	size_t len = strlen(path);
	int fd, rc;

	if (len == 0 || len >= sizeof sa.sun_path || len >= UNIX_NAME)
		return -E_LONG;
	fd = new_socket(type);
	if (fd < 0)
		return fd;
	rc = bind_at(fd, &sa, name_to(&sa, path, len));
	if (rc < 0)
		close(fd);
	return rc < 0 ? rc : fd;
}

int port_unix_open(const char *path)
{
	return open_at(path, SOCK_DGRAM);
}

int port_unix_listen(const char *path)
{
	int fd = open_at(path, SOCK_STREAM), rc;

	if (fd < 0 || listen(fd, 16) == 0)
		return fd;
	rc = sys_fail();
	close(fd);
	return rc;
}

/* What is none of these is gone: the next may be there. */
int port_unix_accept(int fd)
{
	int got, rc;

	do
		got = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	while (got < 0 && errno == EINTR);
	rc = got < 0 ? sys_fail() : got;
	return rc >= 0 || rc == -E_AGAIN || rc == -E_NOFILE ||
	    rc == -E_NOMEM ? rc : -E_CLOSED;
}

ptrdiff_t port_unix_send(int fd, const struct unix_name *to, const void *mem,
    size_t len)
{
	struct sockaddr_un sa;
	socklen_t sa_len;
	ssize_t n;

	if (to->len == 0 || to->len >= sizeof sa.sun_path)
		return -E_NOADDR;
	sa_len = name_to(&sa, to->text, to->len);
	/* An abstract name (Linux) has no terminator. */
	if (to->text[0] == '\0')
		sa_len--;
	do
		n = sendto(fd, mem, len, MSG_NOSIGNAL,
		    (const struct sockaddr *)&sa, sa_len);
	while (n < 0 && errno == EINTR);
	return n < 0 ? sys_fail() : n;
}

/* The kernel counts the terminator of a path, or not. */
static void name_from(struct unix_name *out, const struct sockaddr_un *sa,
    socklen_t len)
{
	size_t head = offsetof(struct sockaddr_un, sun_path);
	size_t n = len > head ? MIN(len - head, sizeof sa->sun_path) : 0;

	if (n > 0 && sa->sun_path[0] != '\0')
		n = strnlen(sa->sun_path, n);
	out->len = (uint8_t)MIN(n, UNIX_NAME - 1);
	memcpy(out->text, sa->sun_path, out->len);
}

ptrdiff_t port_unix_recv(int fd, struct unix_name *from, void *mem, size_t len)
{
	struct sockaddr_un sa;
	socklen_t sa_len;
	ssize_t n;

	do {
		sa_len = sizeof sa;
		n = recvfrom(fd, mem, len, 0, (struct sockaddr *)&sa, &sa_len);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return sys_fail();
	name_from(from, &sa, sa_len);
	return n;
}
