/* syslog.c - one datagram to the system's log daemon; syslog(3) may block and
 * allocates. Source: RFC 3164 4.1. */
#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/text.h"
#include "port/out.h"
#include "port/posix/errno_map.h"
#include "port/proc.h"
#include "port/time.h"

/* RFC 3164 4.1: no longer packet than this. */
#define LINE_MAX_LEN 1024

static const char *syslog_path[] = { "/dev/log", "/var/run/log" };

static int syslog_fd = -1;

static int connect_path(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return sys_fail();
	if (!text_copy(sa.sun_path, sizeof sa.sun_path, path) ||
	    connect(fd, (struct sockaddr *)&sa, sizeof sa) < 0) {
		close(fd);
		return -E_NOENT;
	}
	return fd;
}

int port_syslog_open(void)
{
	if (syslog_fd >= 0)
		close(syslog_fd);
	syslog_fd = -1;
	for (size_t i = 0; i < LEN(syslog_path) && syslog_fd < 0; i++)
		syslog_fd = connect_path(syslog_path[i]);
	return syslog_fd < 0 ? -E_NOENT : 0;
}

/* "<13>Feb  5 17:32:18 wherry[12]: " and as much of text as fits. */
static size_t format(char *line, int prio, const char *tag, const char *text,
    size_t len)
{
	static const char month[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int64_t now_s = port_wall_ms() / 1000;
	struct civil c;
	size_t head;

	civil_from_unix(&c, now_s + port_tz_offset(now_s));
	head = text_fmt(line, LINE_MAX_LEN,
	    "<%d>%.*s %2d %02d:%02d:%02d %s[%d]: ", prio, 3,
	    month + 3 * (c.month - 1), c.day, c.hour, c.min, c.sec, tag,
	    port_pid());
	len = MIN(len, LINE_MAX_LEN - head);
	memcpy(line + head, text, len);
	return head + len;
}

static int send_line(const char *line, size_t len)
{
	ssize_t n;

	if (syslog_fd < 0)
		return -E_CLOSED;
	do
		n = send(syslog_fd, line, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return 0;
	return errno == EAGAIN || errno == ENOBUFS ? -E_AGAIN : -E_CLOSED;
}

int port_syslog(int prio, const char *tag, const char *text, size_t len)
{
	char line[LINE_MAX_LEN];
	size_t line_len = format(line, prio, tag, text, len);
	int err = send_line(line, line_len);

	if (err != -E_CLOSED)
		return err;
	if (port_syslog_open() < 0)
		return -E_NOENT;
	return send_line(line, line_len) == 0 ? 0 : -E_AGAIN;
}
