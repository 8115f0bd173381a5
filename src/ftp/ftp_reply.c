/* ftp_reply.c - replies: whole ones, each in one write, so that each is one
 * segment and NAT boxes can read a 227. Knows no verb. */
#include "base/text.h"
#include "core/log.h"
#include "ftp_sess.h"

#define REPLY_MAX 1024

static void reply_send(struct ftp_sess *s, const char *text, size_t len)
{
	if (s->state == FTP_DEAD)
		return;
	if (ftp_conf(s)->log_ftp_protocol)
		log_info("reply session=%lu %.*s",
		    (unsigned long)s->number, (int)strcspn(text, "\r"), text);
	if (!ftp_tls_may_write(s) || chan_write(&s->ctl, text, len) < 0)
		ftp_sess_close(s, -E_FULL);
}

void ftp_reply(struct ftp_sess *s, int code, const char *fmt, ...)
{
	char out[REPLY_MAX];
	size_t n = text_fmt(out, sizeof(out), "%d ", code);
	va_list ap;

	va_start(ap, fmt);
	n += text_vfmt(out + n, sizeof(out) - n - 2, fmt, ap);
	va_end(ap);
	ftp_reply_send(s, out, n);
}

void ftp_reply_send(struct ftp_sess *s, char *text, size_t len)
{
	text[len++] = '\r';
	text[len++] = '\n';
	reply_send(s, text, len);
}

void ftp_reply_line(struct ftp_sess *s, const char *line)
{
	char out[80];
	size_t n = text_fmt(out, sizeof(out) - 2, "%s", line);

	ftp_reply_send(s, out, n);
}

void ftp_reply_bye(struct ftp_sess *s, int code, const char *text)
{
	ftp_reply(s, code, "%s", text);
	if (s->state != FTP_DEAD)
		ftp_sess_become(s, FTP_BYE);
}

/* Telnet doubles 0xff. RFC 959 appendix II: between quotes, so are these; a
 * line feed in a name travels as NUL. */
static size_t reply_name(char *out, const char *path, bool quoted)
{
	char *to = out;

	for (; *path != '\0'; path++) {
		*to++ = *path == '\n' ? '\0' : *path;
		if ((quoted && *path == '"') || (uint8_t)*path == 0xff)
			*to++ = *path;
	}
	return (size_t)(to - out);
}

void ftp_reply_path(struct ftp_sess *s, int code, const char *path,
    const char *text)
{
	char out[FTP_OUT_ROOM];
	size_t n = text_fmt(out, sizeof(out), "%d \"", code);

	n += reply_name(out + n, path, true);
	n += text_fmt(out + n, sizeof(out) - n, "\" %s\r\n", text);
	reply_send(s, out, n);
}

void ftp_reply_name(struct ftp_sess *s, int code, const char *text,
    const char *path)
{
	char out[FTP_OUT_ROOM];
	size_t n = text_fmt(out, sizeof(out), "%d %s ", code, text);

	n += reply_name(out + n, path, false);
	n += text_fmt(out + n, sizeof(out) - n, "\r\n");
	reply_send(s, out, n);
}

void ftp_reply_facts(struct ftp_sess *s, const char *facts,
    const char *path)
{
	char out[FTP_OUT_ROOM + FACTS_ROOM + 32];
	size_t n = text_fmt(out, sizeof(out), "250-Listing\r\n %s ", facts);

	n += reply_name(out + n, path, false);
	n += text_fmt(out + n, sizeof(out) - n, "\r\n250 End\r\n");
	if (n <= FTP_OUT_ROOM)
		reply_send(s, out, n);
	else
		ftp_reply(s, 550, "The name is too long.");
}

void ftp_reply_lines(struct ftp_sess *s, int code, const char *first,
    const char *body, const char *last)
{
	char out[REPLY_MAX];
	size_t n = text_fmt(out, sizeof(out), "%d-%s\r\n%s%d %s\r\n", code,
	    first, body, code, last);

	ASSERT(n < sizeof(out) - 1);
	reply_send(s, out, n);
}
