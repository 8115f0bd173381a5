/* text_file.c - lines of a file. Knows nothing of what they say. */
#include "core/text_file.h"

int text_file_open(struct text_file *l, const char *path)
{
	l->fd = port_file_open(PORT_FS, path, FILE_READ, 0);
	l->off = 0;
	l->at = l->n = 0;
	return MIN(l->fd, 0);
}

void text_file_close(struct text_file *l)
{
	port_file_close(l->fd);
}

/* More of the file: octets, 0 at its end, or an error. */
static ptrdiff_t fill(struct text_file *l)
{
	ptrdiff_t n = port_file_read(l->fd, l->off, l->mem, sizeof(l->mem));

	l->at = 0;
	l->n = (size_t)MAX(n, 0);
	l->off += (int64_t)l->n;
	return n;
}

ptrdiff_t text_file_next(struct text_file *l, char *line, size_t room)
{
	bool begun = false;
	size_t len = 0;
	ptrdiff_t n;

	for (;;) {
		n = l->at < l->n ? 1 : fill(l);
		if (n < 0)
			return n;
		if (n == 0 && !begun)
			return -E_CLOSED;
		begun = true;
		if (n == 0 || l->mem[l->at] == '\n')
			break;
		if (len + 1 < room)
			line[len++] = l->mem[l->at];
		l->at++;
	}
	l->at += n > 0;
	line[len] = '\0';
	return (ptrdiff_t)len;
}

ptrdiff_t text_file_read(const char *path, void *mem, size_t room)
{
	int fd = port_file_open(PORT_FS, path, FILE_READ, 0);
	ptrdiff_t n = fd;
	size_t len = 0;

	if (fd < 0)
		return fd;
	while (len < room && (n = port_file_read(fd, (int64_t)len,
	    (char *)mem + len, room - len)) > 0)
		len += (size_t)n;
	port_file_close(fd);
	if (n < 0)
		return n;
	return len < room ? (ptrdiff_t)len : -E_LONG;
}
