/* opt_file.c - the text that a reader of options works on, in one buffer.
 * Pages of it that no file reached are never touched. */
#include "base/limits.h"
#include "opt_file.h"
#include "port/file.h"

static struct {
	size_t len;
	char mem[LIMIT_CONF_FILE + 1];
} held;

static int report(struct opt_at *at, int err)
{
	if (err == -E_LONG)
		opt_fail(at, "longer than %d octets", LIMIT_CONF_FILE);
	else
		opt_fail(at, "%s", err_text(err));
	return err;
}

static void start(struct opt_at *at, const char *file)
{
	at->file = file;
	at->line = 0;
	at->key = NULL;
	at->index = 0;
	at->text[0] = '\0';
	held.len = 0;
}

static int refuse_odd(int fd)
{
	struct file_info info;
	int rc = port_file_info(fd, &info);

	if (rc < 0)
		return rc;
	if (info.type == FILE_DIR)
		return -E_ISDIR;
	return info.type == FILE_REGULAR ? 0 : -E_INVAL;
}

/* Until the end, or until there is one octet too many. */
static int read_all(int fd)
{
	for (;;) {
		size_t room = sizeof(held.mem) - held.len;
		ptrdiff_t n = port_file_read(fd, (int64_t)held.len,
		    held.mem + held.len, room);

		if (n <= 0)
			return (int)n;
		held.len += (size_t)n;
		if (held.len == sizeof(held.mem))
			return -E_LONG;
	}
}

static ptrdiff_t give(char **text)
{
	size_t mark = held.len >= 3 &&
	    memcmp(held.mem, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	held.mem[held.len] = '\0';
	*text = held.mem + mark;
	return (ptrdiff_t)(held.len - mark);
}

static int load(struct opt_at *at, const char *path)
{
	int rc, fd = port_file_open(PORT_FS, path, FILE_READ, 0);

	if (fd < 0)
		return fd;
	rc = refuse_odd(fd);
	if (rc == -E_INVAL)
		opt_fail(at, "not a regular file");
	if (rc == 0)
		rc = read_all(fd);
	port_file_close(fd);
	return rc;
}

ptrdiff_t opt_file_load(struct opt_at *at, const char *path, char **text)
{
	int rc;

	start(at, path);
	rc = load(at, path);
	if (rc < 0)
		return at->text[0] != '\0' ? rc : report(at, rc);
	return give(text);
}

ptrdiff_t opt_file_copy(struct opt_at *at, const char *from, size_t len,
    char **text)
{
	start(at, at->file);
	if (len > LIMIT_CONF_FILE)
		return report(at, -E_LONG);
	memcpy(held.mem, from, len);
	held.len = len;
	return give(text);
}

void opt_file_done(struct opt_at *at)
{
	wipe(held.mem, held.len);
	held.len = 0;
	/* It may have pointed into the text. */
	at->key = NULL;
}
