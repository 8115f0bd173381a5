/* ftp_line.c - command lines out of the octets of a control connection.
 * Knows no verb and no socket. */
#include "ftp_line.h"

enum { TELNET_NONE, TELNET_IAC, TELNET_OPTION };
enum { IAC = 0xff, WILL = 0xfb, DONT = 0xfe, COMMANDS = 0xf0 };

static void line_keep(struct ftp_line *l, uint8_t octet)
{
	if (l->len + 1u == sizeof(l->text)) {
		l->cut = true;
		return;
	}
	l->text[l->len++] = octet == '\0' ? '\n' : (char)octet;
}

static void line_octet(struct ftp_line *l, uint8_t octet)
{
	switch (l->telnet) {
	case TELNET_OPTION:
		l->telnet = TELNET_NONE;
		return;
	case TELNET_IAC:
		l->telnet = octet >= WILL && octet <= DONT ?
		    TELNET_OPTION : TELNET_NONE;
		/* Its command got lost on the way: that was urgent. */
		if (octet == IAC || (octet >= ' ' && octet < COMMANDS))
			line_keep(l, octet);
		return;
	}
	if (octet == IAC)
		l->telnet = TELNET_IAC;
	else if (octet < COMMANDS || l->len > 0)	/* its IAC got lost */
		line_keep(l, octet);
}

static void line_end(struct ftp_line *l)
{
	while (l->len > 0 && l->text[l->len - 1] == '\r')
		l->len--;
	l->text[l->len] = '\0';
}

int ftp_line_feed(struct ftp_line *l, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (p[i] == '\n' && l->telnet == TELNET_NONE) {
			line_end(l);
			return (int)i + 1;
		}
		if (++l->seen > FTP_LINE_MAX)
			return -E_LONG;
		line_octet(l, p[i]);
	}
	return 0;
}

void ftp_line_next(struct ftp_line *l)
{
	wipe(l->text, l->len);
	l->seen = l->len = 0;
	l->telnet = TELNET_NONE;
	l->cut = false;
}

char *ftp_line_split(char *text)
{
	for (; *text != '\0' && *text != ' '; text++)
		if (*text >= 'a' && *text <= 'z')
			*text = (char)(*text - 'a' + 'A');
	if (*text == ' ')
		*text++ = '\0';
	return text;
}

void ftp_line_trim(char *arg)
{
	size_t len = strlen(arg);

	while (len > 0 && arg[len - 1] == ' ')
		arg[--len] = '\0';
}
