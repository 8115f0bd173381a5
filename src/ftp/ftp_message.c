/* ftp_message.c - texts of the owner before a reply: banner_file, and the
 * message_file of a directory. Knows no verb. */
#include "base/text.h"
#include "ftp_path.h"
#include "ftp_sess.h"

/* Lines from in, each behind "NNN-" and with CRLF; as many whole lines as
 * there is room for. Octets. */
static size_t message_lines(char *out, size_t room, int code, const char *in,
    size_t len)
{
	size_t n = 0;

	while (len > 0) {
		const char *end = memchr(in, '\n', len);
		size_t line = end != NULL ? (size_t)(end - in) : len;
		size_t took = end != NULL ? line + 1 : line;

		if (line > 0 && in[line - 1] == '\r')
			line--;
		if (n + line + sizeof("NNN-\r\n") > room)
			break;
		n += text_fmt(out + n, room - n, "%d-%.*s\r\n", code,
		    (int)line, in);
		in += took;
		len -= took;
	}
	return n;
}

void ftp_reply_message(struct ftp_sess *s, int code, int fd, const char *last)
{
	char text[FTP_MESSAGE_MAX], out[FTP_OUT_ROOM];
	ptrdiff_t len = fd < 0 ? 0 : port_file_read(fd, 0, text, sizeof(text));
	size_t n = 0;

	/* What is no text must not become replies of its own. */
	if (len > 0 && memchr(text, '\0', (size_t)len) == NULL)
		n = message_lines(out, sizeof(out) - 200, code, text,
		    (size_t)len);
	n += text_fmt(out + n, sizeof(out) - n - 2, "%d %s", code, last);
	ftp_reply_send(s, out, n);
}

void ftp_reply_directory(struct ftp_sess *s, int code, const char *last)
{
	const struct ftp_conf *c = ftp_conf(s);
	char path[PORT_PATH_MAX];
	int fd = -1;

	if (c->dirmessage_enable &&
	    ftp_path_join(path, sizeof(path), s->cwd, c->message_file) == 0)
		fd = port_file_open(s->root, path, FILE_READ, 0);
	ftp_reply_message(s, code, fd, last);
	if (fd >= 0)
		port_file_close(fd);
}
