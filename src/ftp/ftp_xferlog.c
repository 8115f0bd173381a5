/* ftp_xferlog.c - a line of the transfer log. Knows no file. */
#include "ftp_xferlog.h"

#include "base/civil.h"
#include "base/text.h"

static size_t put_field(char *out, size_t room, const char *s)
{
	size_t n = 0;

	for (; *s != '\0' && n + 1 < room; s++)
		out[n++] = (uint8_t)*s <= ' ' || *s == 0x7f ? '_' : *s;
	return n;
}

size_t ftp_xferlog_line(char *out, size_t room, const struct ftp_xferlog *x)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char peer[ADDR_TEXT];
	struct civil c;
	size_t n;

	civil_from_unix(&c, x->at_s);
	addr_text_ip(peer, sizeof(peer), &x->peer);
	n = text_fmt(out, room, "%.3s %.3s %2d %02d:%02d:%02d %d %lld %s "
	    "%lld ", days + 3 * c.weekday, months + 3 * (c.month - 1), c.day,
	    c.hour, c.min, c.sec, (int)c.year,
	    (long long)((x->took_ms + 999) / 1000), peer,
	    (long long)x->octets);
	n += put_field(out + n, room - n - 100, x->path);
	n += text_fmt(out + n, room - n, " %c _ %c %c ",
	    x->ascii ? 'a' : 'b', x->upload ? 'i' : 'o',
	    x->anonymous ? 'a' : 'r');
	n += put_field(out + n, room - n - 16, x->user);
	n += text_fmt(out + n, room - n, " ftp 0 * %c\n",
	    x->whole ? 'c' : 'i');
	return n;
}
