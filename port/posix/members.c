/* members.c - the groups whose lines in /etc/group name a user. Octet by octet:
 * a group of many members is a line of any length. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "port/posix/members.h"

static const char *group_path = "/etc/group";

/* A line, "name:password:gid:member,member". */
struct line {
	const char *want;
	uint8_t field;		/* 0.. */
	bool has_gid, bad;
	uint32_t gid;
	size_t met;		/* octets of the member that are want's */
	bool other;		/* this member is not he */
	bool found;
};

static void start(struct line *l)
{
	*l = (struct line){ .want = l->want };
}

static void member_ends(struct line *l)
{
	if (!l->other && l->met > 0 && l->want[l->met] == '\0')
		l->found = true;
	l->met = 0;
	l->other = false;
}

static void gid_octet(struct line *l, char c)
{
	if (c < '0' || c > '9' || l->gid > (UINT32_MAX - 9) / 10) {
		l->bad = true;
		return;
	}
	l->gid = l->gid * 10 + (uint32_t)(c - '0');
	l->has_gid = true;
}

static void octet(struct line *l, char c)
{
	if (l->field < 3 && c == ':')
		l->field++;
	else if (l->field == 2)
		gid_octet(l, c);
	else if (l->field == 3 && c == ',')
		member_ends(l);
	else if (l->field == 3 && c != '\r' && l->want[l->met] == c)
		l->met++;
	else if (l->field == 3 && c != '\r')
		l->other = true;
}

static void add(const struct line *l, struct port_groups *out)
{
	if (!l->found || !l->has_gid || l->bad)
		return;
	for (uint32_t i = 0; i < out->n; i++)
		if (out->gid[i] == l->gid)
			return;
	if (out->n < PORT_GROUPS)
		out->gid[out->n++] = l->gid;
}

static void take(struct line *l, const char *mem, size_t len,
    struct port_groups *out)
{
	for (size_t i = 0; i < len; i++) {
		if (mem[i] != '\n') {
			octet(l, mem[i]);
			continue;
		}
		member_ends(l);
		add(l, out);
		start(l);
	}
}

int members_groups(const char *name, struct port_groups *out)
{
	struct line l = { .want = name };
	char mem[512];
	ssize_t n;
	int fd;

	if (*name == '\0')
		return 0;
	do
		fd = open(group_path, O_RDONLY | O_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return errno == ENOENT ? 0 : -E_IO;
	do {
		n = read(fd, mem, sizeof mem);
		if (n > 0)
			take(&l, mem, (size_t)n, out);
	} while (n > 0 || (n < 0 && errno == EINTR));
	member_ends(&l);
	add(&l, out);
	close(fd);
	return n < 0 ? -E_IO : 0;
}
