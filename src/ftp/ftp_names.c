/* ftp_names.c - files with a name to a line. Knows no session. */
#include "ftp_names.h"

/* A line being compared with the name. */
struct line {
	const char *name;
	size_t at;		/* octets of the name that were met */
	enum { LINE_START, LINE_NAME, LINE_AFTER, LINE_OTHER } state;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void line_octet(struct line *l, char c)
{
	if (l->state == LINE_START && is_blank(c))
		return;
	if (l->state == LINE_START)
		l->state = LINE_NAME;
	if (l->state == LINE_NAME && is_blank(c) && l->name[l->at] != c)
		l->state = LINE_AFTER;
	else if (l->state == LINE_NAME && l->name[l->at] == c && c != '\0')
		l->at++;
	else if (l->state == LINE_NAME ||
	    (l->state == LINE_AFTER && !is_blank(c)))
		l->state = LINE_OTHER;
}

/* It has ended. */
static bool line_is_name(const struct line *l)
{
	return (l->state == LINE_NAME || l->state == LINE_AFTER) &&
	    l->name[l->at] == '\0';
}

static void line_begin(struct line *l)
{
	l->at = 0;
	l->state = LINE_START;
}

int ftp_names_has(int fd, const char *name)
{
	struct line l = { .name = name, .state = LINE_START };
	char mem[512];
	int64_t off = 0;
	ptrdiff_t n;

	/* Such a line is a remark. */
	if (name[0] == '#' || name[0] == '\0')
		return 0;
	while ((n = port_file_read(fd, off, mem, sizeof(mem))) > 0) {
		for (ptrdiff_t i = 0; i < n; i++) {
			if (mem[i] != '\n') {
				line_octet(&l, mem[i]);
				continue;
			}
			if (line_is_name(&l))
				return 1;
			line_begin(&l);
		}
		off += n;
	}
	return n < 0 ? (int)n : line_is_name(&l);
}
