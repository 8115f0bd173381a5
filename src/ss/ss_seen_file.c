/* ss_seen_file.c - the store of salts in a file: what it is, a sum over it, and
 * it as it lies in memory. */
#include "base/text.h"
#include "port/file.h"
#include "ss_seen.h"

struct head {
	char what[24];		/* "wherry-salts 1 LIMIT_SEEN" */
	uint32_t order;		/* 1, as this processor writes it */
	uint32_t sum;
};

static struct head head_of(const struct ss_seen *s)
{
	const uint8_t *p = (const uint8_t *)s;
	struct head h = { .order = 1, .sum = 0x811c9dc5 };
	size_t i;

	text_fmt(h.what, sizeof(h.what), "wherry-salts 1 %d", LIMIT_SEEN);
	for (i = 0; i < sizeof(*s); i++)
		h.sum = (h.sum ^ p[i]) * 0x01000193u;
	return h;
}

/* All of it. 0, -E_INVAL (it ends before), or port_file_read's. */
static int read_all(int fd, int64_t off, void *mem, size_t len)
{
	uint8_t *p = mem;
	ptrdiff_t n;

	for (; len > 0; len -= (size_t)n, p += n, off += n) {
		n = port_file_read(fd, off, p, len);
		if (n <= 0)
			return n < 0 ? (int)n : -E_INVAL;
	}
	return 0;
}

static int write_all(int fd, int64_t off, const void *mem, size_t len)
{
	const uint8_t *p = mem;
	ptrdiff_t n;

	for (; len > 0; len -= (size_t)n, p += n, off += n) {
		n = port_file_write(fd, off, p, len);
		if (n < 0)
			return (int)n;
	}
	return 0;
}

/* Read into place: a store that was just begun has nothing to lose. */
int ss_seen_load(struct ss_seen *s, const char *path)
{
	int fd = port_file_open(PORT_FS, path, FILE_READ, 0), rc;
	struct head stored = { .order = 0 }, right;

	if (fd < 0)
		return fd;
	ASSERT(s->n == 0);
	rc = read_all(fd, 0, &stored, sizeof(stored));
	if (rc == 0)
		rc = read_all(fd, sizeof(stored), s, sizeof(*s));
	port_file_close(fd);
	right = head_of(s);
	if (rc == 0 && (memcmp(&stored, &right, sizeof(right)) != 0 ||
	    s->at > 1 || s->n > LIMIT_SEEN))
		rc = -E_INVAL;
	if (rc != 0) {
		memset(s, 0, sizeof(*s));
		ss_seen_start(s);
	}
	return rc;
}

int ss_seen_save(const struct ss_seen *s, const char *path)
{
	struct head h = head_of(s);
	char fresh[PORT_PATH_MAX];
	int fd, rc;

	if (text_fmt(fresh, sizeof(fresh), "%s.new", path) >= sizeof(fresh))
		return -E_LONG;
	fd = port_file_open(PORT_FS, fresh, FILE_WRITE | FILE_CREATE |
	    FILE_TRUNC, 0600);
	if (fd < 0)
		return fd;
	rc = write_all(fd, 0, &h, sizeof(h));
	if (rc == 0)
		rc = write_all(fd, sizeof(h), s, sizeof(*s));
	if (rc == 0)
		rc = port_file_sync(fd);
	port_file_close(fd);
	return rc != 0 ? rc : port_path_rename(PORT_FS, fresh, path);
}
