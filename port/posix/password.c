/* password.c - one line that the terminal does not show. */
#include <errno.h>
#include <termios.h>
#include <unistd.h>

#include "port/out.h"
#include "port/proc.h"

/* Octet by octet: what follows the line stays for others to read. */
static int read_line(char *out, size_t room)
{
	size_t len = 0;
	bool is_long = false;

	for (;;) {
		char c;
		ssize_t n = read(0, &c, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 && len == 0)
			return -E_CLOSED;
		if (n <= 0 || c == '\n')
			break;
		if (len + 1 < room)
			out[len++] = c;
		else
			is_long = true;
	}
	out[len] = '\0';
	return is_long ? -E_LONG : (int)len;
}

/* The keys that send signals are off too: they would leave the echo off. */
int port_read_password(const char *prompt, char *out, size_t room)
{
	struct termios shown, hidden;
	int len;

	if (tcgetattr(0, &shown) < 0)
		return read_line(out, room);
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	hidden.c_lflag |= ICANON;
	port_out_all(2, prompt, strlen(prompt));
	(void)tcsetattr(0, TCSAFLUSH, &hidden);
	len = read_line(out, room);
	(void)tcsetattr(0, TCSAFLUSH, &shown);
	port_out_all(2, "\n", 1);
	return len;
}
