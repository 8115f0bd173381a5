/* f_ftp_match.c - any pattern against any name. Input: pattern, NUL, name. */
#include "src/ftp/ftp_match.c"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	char *s = fuzz_text(mem, len);
	size_t n = strlen(s);
	const char *name = n < len ? s + n + 1 : "name";

	if (n > 0 && n < FTP_PATTERN_MAX) {
		(void)ftp_match_path(s, name);
		(void)ftp_match_name(s, name);
		if (!ftp_match_is_pattern(s))
			HOLDS(ftp_match_name(s, name) ==
			    (strcmp(s, name) == 0));
	}
	free(s);
	return 0;
}
