/* f_ftp_line.c - any octets of a control connection, in any cuts: the lines are
 * the same, hold no NUL, and are ended. */
#include "src/ftp/ftp_line.c"

#include "tests/fuzz/fuzz.h"

/* Lines and what ended them, as one number. */
static uint32_t feed(const uint8_t *mem, size_t len, size_t cut)
{
	static struct ftp_line l;
	uint32_t sum = 5381;
	size_t n;
	int took;

	memset(&l, 0, sizeof(l));
	while (len > 0) {
		n = MIN(cut, len);
		took = ftp_line_feed(&l, mem, n);
		if (took < 0)
			return sum * 33 + 1;
		HOLDS((size_t)took <= n);
		if (took == 0) {
			mem += n;
			len -= n;
			continue;
		}
		HOLDS(strlen(l.text) == l.len && l.len < sizeof(l.text));
		for (const char *p = l.text; *p != '\0'; p++)
			sum = sum * 33 + (uint8_t)*p;
		sum = sum * 33 + '\n';
		mem += took;
		len -= (size_t)took;
		ftp_line_trim(ftp_line_split(l.text));
		ftp_line_next(&l);
	}
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	size_t cut = 1 + fuzz_octet(&mem, &len);

	HOLDS(feed(mem, len, cut) == feed(mem, len, len));
	return 0;
}
