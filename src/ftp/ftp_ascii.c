/* ftp_ascii.c - the ends of lines of TYPE A. Knows neither file nor socket. */
#include "ftp_ascii.h"

size_t ftp_ascii_down(uint8_t *out, const uint8_t *in, size_t n, bool *cr)
{
	size_t to = 0;

	for (size_t i = 0; i < n; i++) {
		if (in[i] == '\n' && !*cr)
			out[to++] = '\r';
		*cr = in[i] == '\r';
		out[to++] = in[i];
	}
	return to;
}

size_t ftp_ascii_up(uint8_t *mem, size_t n, bool *held)
{
	size_t to = 0;

	*held = n > 0 && mem[n - 1] == '\r';
	for (size_t i = 0; i < n; i++)
		if (mem[i] != '\r' || (i + 1 < n && mem[i + 1] != '\n'))
			mem[to++] = mem[i];
	return to;
}
